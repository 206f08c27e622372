"""The status page's numbers: who is connected, what came, what waits, and that nothing of it hangs."""
import json
import os
import signal
import sqlite3
import time
from urllib.parse import urlencode

import paho.mqtt.client as paho
import pytest
from stack import Stack

ADMIN = ("root", "sta-Admin-Pa55")
EMMA = ("emma", "sta-Emma-Pa55")
T0 = 1_772_800_000


@pytest.fixture(scope="module")
def stack():
    s = Stack(users=dict([EMMA]))
    s.add_user(*ADMIN, admin=True)
    with s:
        yield s


def status(stack):
    code, body = stack.request("GET", "/api/admin/status/", auth=ADMIN)
    assert code == 200
    return json.loads(body)


def wait_for(stack, check, within=10):
    end = time.monotonic() + within
    while not check(now := status(stack)) and time.monotonic() < end:
        time.sleep(0.05)
    assert check(now), now
    return now


class Phone:
    """with Phone(stack) as p: connected; p.say(message)."""

    def __init__(self, stack, client_id, protocol=paho.MQTTv311, **transport):
        self.port = stack.ws_port if transport else stack.mqtt_port
        self.client = paho.Client(client_id=client_id, protocol=protocol, **transport)
        self.client.username_pw_set(*EMMA)

    def __enter__(self):
        self.client.connect("127.0.0.1", self.port)
        self.client.loop_start()
        return self

    def __exit__(self, *_):
        self.client.disconnect()
        self.client.loop_stop()

    def say(self, payload, topic="owntracks/emma/phone"):
        body = payload if isinstance(payload, (bytes, str)) else json.dumps(payload)
        self.client.publish(topic, body, 1).wait_for_publish(10)


def location(i):
    return {"_type": "location", "lat": 1, "lon": 2, "tst": T0 + i}


def only(now, client_id):
    return [c for c in now["broker"]["clients"] if c["client_id"] == client_id]


def test_a_client_is_listed_while_it_is_connected(stack):
    with Phone(stack, "emma-one") as phone:
        phone.say(location(1))
        now = wait_for(stack, lambda s: s["broker"] and only(s, "emma-one") and only(s, "emma-one")[0]["messages"])
        found, = only(now, "emma-one")
        assert (found["user"], found["device"], found["address"], found["version"]) == ("emma", "phone", "127.0.0.1", 4)
        assert not found["websocket"] and not found["certificate"] and found["since"] <= found["last_message"]
        assert "$mytracks-agent" not in {c["user"] for c in now["broker"]["clients"]}
        with Phone(stack, "emma-two", paho.MQTTv5, transport="websockets"):
            second, = only(wait_for(stack, lambda s: only(s, "emma-two")), "emma-two")
            assert second["websocket"] and second["version"] == 5 and second["device"] == "" and second["last_message"] is None
    wait_for(stack, lambda s: not s["broker"]["clients"] and s["broker"]["connected"] == 0)


def test_one_client_id_twice_is_one_client(stack):
    with Phone(stack, "emma-same"):
        wait_for(stack, lambda s: only(s, "emma-same"))
        first = only(status(stack), "emma-same")[0]["since"]
        other = Phone(stack, "emma-same")
        other.client.reconnect_delay_set(60, 60)
        with other:
            wait_for(stack, lambda s: len(only(s, "emma-same")) == 1 and only(s, "emma-same")[0]["since"] != first)


def test_messages_are_counted(stack):
    before = status(stack)
    with Phone(stack, "emma-count") as phone:
        for i in range(10, 20):
            phone.say(location(i))
        phone.say("no json")
    now = wait_for(stack, lambda s: s["agent"]["quarantined"] == before["agent"]["quarantined"] + 1)
    assert now["broker"]["received"]["total"] - before["broker"]["received"]["total"] == 11
    assert now["agent"]["stored"]["total"] - before["agent"]["stored"]["total"] == 10
    assert now["agent"]["read"]["minutes_5"]["bytes"] > 10 * 40
    assert now["broker"]["received"]["minutes_60"]["count"] >= 11
    assert now["database"]["quarantine"] == before["database"]["quarantine"] + 1
    assert now["database"]["locations"] == stack.sql("select count(*) from my_tracks_location")[0][0]
    assert now["spool"] == {"bytes": 0, "records": 0, "more": False}


def test_programs_and_sizes(stack):
    now = status(stack)
    for name in ("web", "agent", "broker", "nginx"):
        assert now[name]["memory"] > 500_000 and now[name]["uptime"] >= 0, name
    assert now["web"]["processes"] >= 3
    assert now["agent"]["broker_connected"] and "mosquitto" in now["agent"]["broker_version"]
    assert now["web"]["version"] == now["agent"]["version"]
    assert now["database"]["file"] > 0 and now["database"]["disk_free"] > 0
    assert now["certificates"] == [] and now["outbox"]["items"] == []


def test_a_silent_agent_costs_less_than_a_second(stack):
    agent, = stack.pids("agent")
    os.kill(agent, signal.SIGSTOP)
    try:
        started = time.monotonic()
        now = status_by_session(stack)
        assert time.monotonic() - started < 1.5, "0.8 s for the agent, the rest for the request"
        assert now["agent"] is None and now["broker"] is None and now["database"]["users"] == 2
    finally:
        os.kill(agent, signal.SIGCONT)
    wait_for(stack, lambda s: s["agent"] and s["broker"])


def status_by_session(stack):
    """A password would be checked by the agent."""
    code, body = stack.request("GET", "/api/admin/status/", headers={"Cookie": stack.session})
    assert code == 200
    return json.loads(body)


@pytest.fixture(autouse=True)
def session(stack):
    if not hasattr(stack, "session"):
        stack.session = stack.sign_in(*ADMIN)["cookie"]


def test_a_silent_broker_is_told_by_the_agent(stack):
    broker, = stack.pids("broker")
    os.kill(broker, signal.SIGSTOP)
    try:
        started = time.monotonic()
        now = status_by_session(stack)
        assert time.monotonic() - started < 1
        assert now["agent"]["version"] and now["broker"] is None
    finally:
        os.kill(broker, signal.SIGCONT)
    wait_for(stack, lambda s: s["broker"])


def test_what_waits_in_the_spool_is_counted_without_the_agent(stack):
    """The database is held: the agent cannot store."""
    with Phone(stack, "emma-spool") as phone:
        db = sqlite3.connect(stack.db_path, timeout=10, isolation_level=None)
        db.execute("begin immediate")
        try:
            for i in range(30, 37):
                phone.say(location(i))
            end = time.monotonic() + 5
            while (now := status_by_session(stack))["spool"]["records"] != 7 and time.monotonic() < end:
                time.sleep(0.05)
            assert now["spool"]["records"] == 7 and now["spool"]["bytes"] > 7 * 60
        finally:
            db.execute("rollback")
            db.close()
        wait_for(stack, lambda s: s["spool"]["records"] == 0)


def test_outbox_items_are_tried_again_and_dropped(stack):
    with stack.writing() as db:
        for state, error in ((0, "no route"), (2, "refused")):
            db.execute("insert into mytracks_outbox (way, kind, user_id, ref_id, recipient, created_at, due_at, attempts, state, error)"
                       " select 1, 2, id, 0, 'x@example.org', '2026-01-01 00:00:00', '2099-01-01 00:00:00', 3, ?, ? from auth_user"
                       " where username = 'emma'", (state, error))
    now = status(stack)
    lost, waits = now["outbox"]["items"]
    assert (lost["given_up"], lost["error"], lost["user"], lost["way"]) == (True, "refused", "emma", "mail")
    assert (waits["given_up"], waits["attempts"], waits["due_at"]) == (False, 3, "2099-01-01T00:00:00Z")
    assert (now["outbox"]["mail"]["waiting"], now["outbox"]["mail"]["given_up"]) == (1, 1)
    for path, method, code in ((f"{lost['id']}/", "DELETE", 204), (f"{lost['id']}/", "DELETE", 404), ("99999/retry/", "POST", 404),
                               (f"{waits['id']}/retry/", "POST", 200), ("retry/", "POST", 200)):
        assert stack.request(method, f"/api/admin/outbox/{path}", auth=ADMIN)[0] == code, path
    # Nobody is there to be told of, and no server: it is given up, or waits no longer until 2099.
    rows = stack.sql("select * from mytracks_outbox where due_at > '2098-01-01'")
    assert rows == []


def test_what_was_sent_is_told_with_its_result(stack):
    with stack.writing() as db:
        db.execute("delete from mytracks_outbox")
        for minutes in (3, 1, 2):
            db.execute("insert into mytracks_outbox (way, kind, user_id, ref_id, recipient, created_at, due_at, attempts, state, error,"
                       " finished_at) select 2, 4, id, 0, 'emma/phone', '2026-01-01 00:00:00', '2026-01-01 00:00:00', ?, 1, '',"
                       " datetime('now', '-' || ? || ' minutes') from auth_user where username = 'emma'", (minutes, minutes))
    now = status(stack)["outbox"]
    assert [row["attempts"] for row in now["delivered"]] == [1, 2, 3], "the last one first"
    first = now["delivered"][0]
    assert (first["way"], first["kind"], first["user"], first["given_up"], first["due_at"]) == ("webhook", "position", "emma", False, None)
    assert first["finished_at"] > "2026-01-01" and now["items"] == [] and now["webhook"]["sent"] == 3


def test_warnings_and_errors_of_all_programs_are_told(stack):
    """Of the web application's processes and its supervisor, the agent, the broker, `mytracks serve`; secrets are masked there."""
    assert stack.request("POST", "/api/admin/pki/ca/", json.dumps({"key_size": 256}), {"Content-Type": "application/json"}, auth=ADMIN)[0] == 201
    agent, = stack.pids("agent")
    os.kill(agent, signal.SIGKILL)
    now = wait_for(stack, lambda s: s["agent"] and {"fcgi", "serve"} <= {line["program"] for line in s["log"]})
    line = next(one for one in now["log"] if one["program"] == "fcgi" and one["text"].startswith("ca-made"))
    assert line["level"] == "WARNING" and "by=root" in line["text"] and line["at"].endswith("Z")
    died = next(one for one in now["log"] if one["program"] == "serve")
    assert "child_died" in died["text"] and "signal=9" in died["text"]
    assert [one["at"] for one in now["log"]] == sorted((one["at"] for one in now["log"]), reverse=True)
    assert {one["level"] for one in now["log"]} <= {"WARNING", "ERROR"} and len(now["log"]) <= 100


def form(stack, name, password, agent):
    _, headers, _ = stack.answer("GET", "/login/")
    token = headers["set-cookie"].split("csrftoken=")[1].split(";")[0]
    body = urlencode({"csrfmiddlewaretoken": token, "username": name, "password": password})
    return stack.request("POST", "/login/", body, {
        "Cookie": f"csrftoken={token}", "Content-Type": "application/x-www-form-urlencoded", "User-Agent": agent,
        "Referer": f"http://127.0.0.1:{stack.http_port}/login/"})[0]


def test_sign_ins_are_noted(stack):
    """Good ones, bad ones together, names that are nobody's; never a password."""
    assert form(stack, "emma", "wrong-Pa55", "Firefox/<b>") == 200
    assert form(stack, "emma", "wronger-Pa55", "Firefox/<b>") == 200
    assert form(stack, "nobody-here", "x", "curl/8") == 200
    assert form(stack, "emma", EMMA[1], "Firefox/" + "ä" * 300) == 302
    newest, unknown, failed = status(stack)["signins"][:3]
    assert (newest["user"], newest["ok"], newest["times"], newest["address"]) == ("emma", True, 1, "127.0.0.1")
    assert len(newest["agent"]) <= 200
    assert (unknown["user"], unknown["ok"]) == ("nobody-here", False)
    assert (failed["user"], failed["ok"], failed["times"], failed["agent"]) == ("emma", False, 2, "Firefox/<b>")
    everything = json.dumps(stack.sql("select * from mytracks_signin"))
    assert "Pa55" not in everything


def test_sign_ins_do_not_pile_up(stack):
    with stack.writing() as db:
        db.execute("with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000) insert into mytracks_signin"
                   " (username, ok, times, address, agent, at) select 'flood', 0, 1, i, '', '2026-01-01 00:00:00' from n")
    assert form(stack, "emma", EMMA[1], "Firefox") == 302
    assert stack.sql("select count(*) from mytracks_signin")[0][0] <= 2000
