"""The broker plugin in the real broker, with a small agent in place of ours."""
import os
import resource
import signal
import time

import paho.mqtt.client as paho
import pytest

from brokerkit import (AGENT, FIX, LWT, REPORT, Broker, Closed, User, agent, alice, bob, broker,  # noqa: F401
                       topics, will)
from stack import until


# ---------------------------------------------------------------- login

@pytest.mark.parametrize("name,password,rc", [
    ("alice", "a-secret", 0), ("alice", "wrong", 5), ("alice", "", 5), ("Alice", "a-secret", 5),
    ("nobody", "x", 5), ("idle", "i-secret", 5), ("alice", None, 5), (None, None, 5), ("", "x", 5),
])
def test_login(broker, name, password, rc):
    assert broker.phone(name, password).rc == rc


@pytest.mark.parametrize("version,refused", [(3, 5), (4, 5), (5, 135)])
def test_protocols(broker, version, refused):
    phone = alice(broker, version=version)
    assert phone.rc == 0
    phone.publish("owntracks/alice/ipad", FIX)
    assert broker.phone("alice", "wrong", version=version).rc == refused
    assert [r["topic"] for r in broker.spool()] == ["owntracks/alice/ipad"]


def test_agent_is_told_who_asks(broker, agent):
    alice(broker)
    origin, address, name, password, wait = agent.asked[0]
    assert (origin, address, name, password) == ("mqtt", "127.0.0.1", "alice", "a-secret")
    assert 2000 < wait <= 3000  # quiet: the account is full


def test_no_agent_no_connack(broker, agent):
    known = alice(broker)
    agent.stop()
    assert bob(broker).rc is None
    assert alice(broker, client_id="other").rc is None
    # Who is connected goes on.
    known.publish("owntracks/alice/ipad", FIX)
    assert len(broker.spool()) == 1
    agent.start()
    end = time.monotonic() + 5
    while bob(broker).rc != 0:
        assert time.monotonic() < end


def test_slow_hash_is_waited_for_when_quiet(broker, agent):
    agent.cost = 0.5
    assert alice(broker).rc == 0
    assert bob(broker).rc == 0


def test_slow_hash_with_traffic_is_kept_for_the_next_attempt(broker, agent):
    phone = alice(broker)
    agent.cost = 0.5
    for _ in range(10):
        phone.publish("owntracks/alice/ipad", FIX)
    assert bob(broker).rc is None  # 250 ms are not enough
    deadline = time.monotonic() + 3
    while True:
        phone.publish("owntracks/alice/ipad", FIX)
        if bob(broker).rc == 0:
            break
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_hanging_agent_does_not_stop_the_broker(broker, agent):
    phone = alice(broker)
    for _ in range(10):
        phone.publish("owntracks/alice/ipad", FIX)
    agent.hang = True
    assert bob(broker).rc is None
    began = time.monotonic()
    for _ in range(20):  # it is left alone now
        assert bob(broker).rc is None
        phone.publish("owntracks/alice/ipad", FIX)
    assert time.monotonic() - began < 1.5
    agent.hang = False


# ---------------------------------------------------------------- access

PUBLISH_CASES = [  # user, topic, payload, delivered, stored
    ("alice", "owntracks/alice/ipad", FIX, True, True),
    ("alice", "owntracks/alice/ipad/event", "{}", True, True),
    ("alice", "owntracks/alice/ipad/cmd", '{"_type":"cmd","action":"dump"}', True, True),
    ("alice", "owntracks/alice/a/b/c/d", "x", True, True),
    ("alice", "owntracks/alice", "x", True, False),
    ("alice", "owntracks/alice/", FIX, False, False),
    ("alice", "owntracks/alice//x", FIX, False, False),
    ("alice", "owntracks//x", FIX, False, False),
    ("alice", "owntracks/bob/pixel", FIX, False, False),
    ("alice", "owntracks/alice2/ipad", FIX, False, False),
    ("alice", "owntracks/bob/pixel/cmd", REPORT, True, False),
    ("alice", "owntracks/bob/pixel/cmd", '{"_type":"cmd","action":"dump"}', False, False),
    ("alice", "owntracks/bob/pixel/cmd/x", REPORT, False, False),
    ("mallory", "owntracks/alice/ipad/cmd", REPORT, False, False),
    ("mallory", "owntracks/alice/ipad", LWT, False, False),
    ("alice", "foo/bar", "x", False, False),
    ("alice", "Owntracks/alice/ipad", FIX, False, False),
    ("alice", "/owntracks/alice/ipad", FIX, False, False),
    ("alice", "$SYS/broker/x", "x", False, False),
    ("alice", "$CONTROL/dynamic-security/v1", "{}", False, False),
    ("admin", "owntracks/alice/ipad", FIX, True, True),
    ("admin", "owntracks/nobody/thing", FIX, True, True),
    ("admin", "owntracks/bob/pixel/cmd", '{"_type":"cmd","action":"dump"}', True, False),
    ("admin", "foo/bar", "x", False, False),
    (AGENT, "owntracks/alice/ipad/cmd", REPORT, True, False),
    (AGENT, "owntracks/alice/ipad", FIX, True, False),
]


@pytest.mark.parametrize("user,topic,payload,delivered,stored", PUBLISH_CASES)
def test_publish(broker, agent, user, topic, payload, delivered, stored):
    watcher = broker.phone("admin", "x-secret", client_id="watcher")
    watcher.subscribe("#")
    phone = broker.phone(user, agent.users[user].password, client_id="p")
    phone.publish(topic, payload)  # acknowledged in any case
    phone.publish("owntracks/%s/last" % user, "z")  # and the connection works
    watcher.expect(2 if delivered else 1)
    assert [m[0] for m in watcher.messages if m[0] == topic] == ([topic] if delivered else [])
    assert [r["topic"] for r in broker.spool() if r["topic"] == topic] == ([topic] if stored else [])


@pytest.mark.parametrize("user,filters,got", [
    ("bob", ["owntracks/+/+"], ["owntracks/alice/pixel7"]),
    ("bob", ["#"], ["owntracks/alice/pixel7", "owntracks/alice/pixel7/event"]),
    ("bob", ["owntracks/alice/pixel7/cmd", "owntracks/alice/pixel7/waypoints"], []),
    ("bob", ["owntracks/alice/ipad"], []),
    ("mallory", ["#", "owntracks/#", "owntracks/+/+"], []),
    ("alice", ["owntracks/alice/#"], ["owntracks/alice/" + t for t in (
        "ipad", "pixel7", "pixel7/event", "pixel7/cmd", "pixel7/waypoints", "pixel7/dump")]),
    ("admin", ["owntracks/+/+/cmd"], ["owntracks/alice/pixel7/cmd"]),
])
def test_delivery(broker, agent, user, filters, got):
    reader = broker.phone(user, agent.users[user].password, client_id="reader")
    assert reader.subscribe(*filters) == [1] * len(filters)  # granted, whatever they are
    phone = alice(broker)
    for t in ("ipad", "pixel7", "pixel7/event", "pixel7/cmd", "pixel7/waypoints", "pixel7/dump"):
        phone.publish("owntracks/alice/" + t, "{}")
    assert topics(reader) == got


def test_retained(broker):
    phone = alice(broker)
    phone.publish("owntracks/alice/pixel7", FIX, retain=True)
    phone.publish("owntracks/alice/ipad", FIX, retain=True)
    before = broker.spool()
    for reader, got in ((bob(broker), 1), (alice(broker, client_id="2"), 2),
                        (broker.phone("mallory", "m-secret", client_id="m"), 0)):
        reader.subscribe("owntracks/+/+")
        assert len(topics(reader)) == got
        assert all(m[3] == 1 for m in reader.messages)
    # The broker asks for the publisher's rights again each time: that is no will.
    time.sleep(0.3)
    assert broker.spool() == before and len(before) == 2
    assert all(r["retain"] and not r["will"] for r in before)


def test_sys_is_readable(broker):
    phone = alice(broker)
    phone.subscribe("$SYS/broker/version")
    assert topics(phone) == ["$SYS/broker/version"]


def test_command_to_a_friend_is_made_bare(broker):
    phone = bob(broker)
    phone.subscribe("owntracks/bob/pixel/cmd")
    alice(broker).publish("owntracks/bob/pixel/cmd",
                          ' {"_id":"x7", "action" : "reportLocation","n":1,"_type":"cmd"}')
    assert phone.expect(1)[0][1] == b'{"_type": "cmd", "action": "reportLocation"}'
    for bad in ('{"_type":"cmd","action":"reportLocation","action":"dump"}',
                '{"_type":"cmd","action":"dump","action":"reportLocation"}',
                '{"_type":"cmd","\\u0061ction":"dump","action":"reportLocation"}',
                '{"_type":"cmd","action":"reportLocation","x":{"y":1}}', "[]", "", "{", '{"_type":"cmd"}',
                REPORT + "x", REPORT[:-1], '{"_type":"cmd","action":"reportLocation","x":"' + "y" * 2000 + '"}'):
        alice(broker, client_id="2").publish("owntracks/bob/pixel/cmd", bad)
    assert len(topics(phone)) == 1


def test_session_keeps_what_may_be_read(broker, agent):
    phone = bob(broker, clean=False)
    phone.subscribe("owntracks/+/+", "owntracks/bob/pixel/cmd")
    phone.drop()
    a = alice(broker)
    a.publish("owntracks/alice/pixel7", FIX)
    a.publish("owntracks/alice/ipad", FIX)
    a.publish("owntracks/bob/pixel/cmd", REPORT)
    phone = bob(broker, clean=False)
    assert phone.session_present == 1
    assert topics(phone) == ["owntracks/alice/pixel7", "owntracks/bob/pixel/cmd"]


def test_session_read_from_disk_belongs_to_its_user(broker, agent):
    phone = bob(broker, clean=False)
    phone.subscribe("owntracks/+/+")
    phone.drop()
    broker.stop()
    broker.start()
    a = alice(broker)  # bob has not been here since: his rights are asked for
    a.publish("owntracks/alice/pixel7", FIX)
    a.publish("owntracks/alice/ipad", FIX)
    assert topics(bob(broker, clean=False)) == ["owntracks/alice/pixel7"]


# ---------------------------------------------------------------- spool

def test_each_qos_is_spooled_once(broker):
    phone = alice(broker)
    before = int(time.time() * 1e6)
    for qos in (0, 1, 2):
        phone.publish("owntracks/alice/ipad", f"q{qos}", qos=qos, retain=qos == 1)
    records = broker.wait_spool(3)
    assert [(r["payload"], r["qos"], r["retain"]) for r in records] == [
        (b"q0", 0, False), (b"q1", 1, True), (b"q2", 2, False)]
    for r in records:
        assert (r["username"], r["client_id"], r["address"]) == ("alice", "alice-phone", "127.0.0.1")
        assert r["tls_cn"] == "" and not r["will"]
        assert before - 1e6 <= r["connected"] <= r["received"] <= time.time() * 1e6


def test_spooled_before_puback(broker):
    phone = alice(broker)
    for i in range(200):
        phone.publish("owntracks/alice/ipad", str(i))
        size = sum(f.stat().st_size for f in broker.spool_dir.glob("*.spool"))
        assert i == 0 or size > last
        last = size
    broker.stop(signal.SIGKILL)
    assert [r["payload"] for r in broker.spool()] == [str(i).encode() for i in range(200)]
    broker.start()


@pytest.mark.parametrize("size", [65535, 65536, 300_000])
def test_big_payload(broker, size):
    payload = os.urandom(size)
    phone = alice(broker)
    phone.publish("owntracks/alice/ipad", payload)
    phone.publish("owntracks/alice/ipad", "after")
    assert [r["payload"] for r in broker.spool()] == [payload, b"after"]


def test_strange_bytes(broker, agent):
    name = 'zoë "x" \u2028 日本'
    agent.users[name] = User("ÄÖ 日本")
    phone = broker.phone(name, "ÄÖ 日本", client_id='c"=\\')
    assert phone.rc == 0
    phone.publish(f"owntracks/{name}/a b", b"\0\xff\n")
    (r,) = broker.spool()
    assert (r["username"], r["topic"], r["payload"]) == (name, f"owntracks/{name}/a b", b"\0\xff\n")
    assert broker.phone('x" why=forged', "y").rc == 5
    assert 'user="x\\" why=forged"' in broker.logged()


def test_write_that_fails(broker):
    """The limit of file sizes stands in for a full disk: a write ends short, the next one fails."""
    phone = alice(broker)
    phone.publish("owntracks/alice/ipad", "first")
    limit = resource.RLIM_INFINITY
    resource.prlimit(broker.process.pid, resource.RLIMIT_FSIZE, (4096, limit))
    acknowledged = 1
    with pytest.raises((Closed, OSError)):
        while True:
            phone.publish("owntracks/alice/ipad", "x" * 500)
            acknowledged += 1
    assert broker.alive()
    assert len(broker.spool()) == acknowledged
    resource.prlimit(broker.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
    alice(broker).publish("owntracks/alice/ipad", "again")
    assert len(broker.spool()) == acknowledged + 1
    assert "spool_failed" in broker.logged()


def test_websocket(broker):
    """The broker's other path for connections, with a library's client."""
    def client(password):
        c = paho.Client("web", transport="websockets")
        c.username_pw_set("alice", password)
        c.will_set("owntracks/alice/web", LWT, 1)
        c.codes = []
        c.on_connect = lambda _c, _u, _f, code: c.codes.append(code)
        c.connect("127.0.0.1", broker.ws_port)
        c.loop_start()
        until(lambda: c.codes)
        return c

    wrong = client("wrong")
    assert wrong.codes[0] == 5
    wrong.loop_stop()
    right = client("a-secret")
    assert right.codes == [0]
    right.publish("owntracks/alice/web", FIX, 1).wait_for_publish(5)
    right.loop_stop()
    right._sock_close()  # gone without DISCONNECT
    assert [(r["will"], r["client_id"]) for r in broker.wait_spool(2)] == [
        (False, "web"), (True, "web")]


# ---------------------------------------------------------------- changes while connected

def test_kick(broker, agent):
    one, two, other = alice(broker), alice(broker, client_id="2"), bob(broker)
    agent.kick("alice")
    assert one.closed() and two.closed()
    other.publish("owntracks/bob/pixel", FIX)
    assert alice(broker).rc == 0


def test_kick_sends_the_will(broker, agent):
    phone = alice(broker, will=will())
    agent.kick("alice")
    assert phone.closed()
    assert [r["will"] for r in broker.wait_spool(1)] == [True]


def test_deactivated(broker, agent):
    phone = alice(broker, will=will())
    agent.users["alice"].active = False
    agent.changed("alice")
    assert phone.closed()
    assert alice(broker).rc == 5
    agent.users["alice"].active = True
    agent.results.clear()
    assert alice(broker).rc == 0
    time.sleep(0.2)
    assert broker.spool() == []  # nor is the will of a deactivated user taken


def test_unshared(broker, agent):
    reader = bob(broker)
    reader.subscribe("owntracks/alice/+")
    phone = alice(broker)
    phone.publish("owntracks/alice/pixel7", "1")
    reader.expect(1)
    agent.users["bob"].readable.clear()
    agent.changed("bob")
    time.sleep(0.3)
    phone.publish("owntracks/alice/pixel7", "2")
    assert len(topics(reader)) == 1


def test_agent_restart(broker, agent):
    reader = bob(broker)
    reader.subscribe("owntracks/alice/+")
    phone = alice(broker)
    agent.stop()
    phone.publish("owntracks/alice/pixel7", "1")  # rights are remembered meanwhile
    reader.expect(1)
    agent.users["bob"].readable.clear()
    agent.watched.clear()
    agent.start()
    until(lambda: {"alice", "bob"} <= set(agent.watched))
    time.sleep(0.3)
    phone.publish("owntracks/alice/pixel7", "2")
    assert len(topics(reader)) == 1
    assert len(broker.spool()) == 2


def test_nonsense_from_the_agent(broker, agent):
    phone = alice(broker)
    for packet in (b"", b"\x04", b"\xff" * 50, b"\x04\0\0\0\0\xff\xff\xff\xff", b"\x08\0\0\0\0",
                   b"\x04\0\0\0\0" + b"\x01\0\0\0x" * 9, os.urandom(100_000), b"\x04\0\0\0\0" * 3):
        if packet:
            agent.push(packet)
        phone.publish("owntracks/alice/ipad", "1")
        time.sleep(0.15)
    assert broker.alive()
    until(lambda: bob(broker).rc == 0)


def test_reload_keeps_everybody(broker, agent):
    phone, sleeper = alice(broker), bob(broker, clean=False)
    sleeper.drop()
    asked = len(agent.asked)
    broker.process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    phone.publish("owntracks/alice/ipad", "1")
    assert len(agent.asked) == asked
    assert broker.phone("alice", "wrong", client_id="w").rc == 5
    assert bob(broker, clean=False).session_present == 1


@pytest.mark.parametrize("options", [
    "", "plugin_opt_run_dir /tmp\n", "plugin_opt_run_dir /tmp\nplugin_opt_spool_dir /nonexistent/a/b\n",
    "plugin_opt_run_dir /tmp\nplugin_opt_spool_dir /tmp/x\nplugin_opt_spool_sync maybe\n",
    "plugin_opt_run_dir /tmp\nplugin_opt_spool_dir /tmp/x\nplugin_opt_typo 1\n",
])
def test_wrong_options_stop_the_broker(tmp_path, options):
    with pytest.raises(RuntimeError, match="mytracks"):
        Broker(tmp_path, plugin_options=options).start()
