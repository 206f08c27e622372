"""Wills: the broker publishes them by itself; the plugin has to find and spool each exactly once."""
import time

import pytest

from brokerkit import FIX, LWT, agent, alice, broker, topics, will  # noqa: F401


def test_will_is_spooled_once(broker):
    phone = alice(broker, will=will(qos=1, retain=True))
    phone.publish("owntracks/alice/ipad", FIX)
    connected = broker.spool()[0]["connected"]
    phone.drop()  # silence after it: nothing else happens in the broker
    records = broker.wait_spool(2, within=1.0)
    assert len(records) == 2
    r = records[1]
    assert r["will"] and r["payload"] == LWT.encode() and r["topic"] == "owntracks/alice/ipad"
    assert (r["username"], r["client_id"], r["address"]) == ("alice", "alice-phone", "127.0.0.1")
    assert (r["qos"], r["retain"], r["connected"]) == (1, True, connected)
    time.sleep(0.5)
    assert len(broker.spool()) == 2


def test_will_reaches_subscribers_and_spool_once(broker):
    readers = [alice(broker, client_id=f"r{i}") for i in range(3)]
    for r in readers:
        r.subscribe("owntracks/alice/+")
    alice(broker, will=will()).drop()
    for r in readers:
        assert r.expect(1)[0][1] == LWT.encode()
    assert [r["will"] for r in broker.wait_spool(1)] == [True]


def test_no_will_after_disconnect(broker):
    alice(broker, will=will()).disconnect()
    watcher = alice(broker, client_id="w")
    watcher.publish("owntracks/alice/x", "1")
    assert [r["will"] for r in broker.spool()] == [False]


@pytest.mark.parametrize("topic", ["owntracks/bob/pixel", "foo/bar", "owntracks/bob/pixel/cmd"])
def test_foreign_will_is_dropped(broker, topic):
    reader = broker.phone("admin", "x-secret", client_id="r")
    reader.subscribe("#")
    alice(broker, will=will(topic)).drop()
    watcher = alice(broker, client_id="w")
    watcher.publish("owntracks/alice/x", "1")
    time.sleep(0.3)
    assert topics(reader) == ["owntracks/alice/x"]
    assert [r["topic"] for r in broker.spool()] == ["owntracks/alice/x"]


def test_published_lwt_is_no_will(broker):
    phone = alice(broker)
    phone.publish("owntracks/alice/ipad", LWT)
    phone.publish("owntracks/alice/ipad", LWT, qos=2)
    phone.drop()
    time.sleep(0.3)
    assert [r["will"] for r in broker.spool()] == [False, False]


@pytest.mark.parametrize("clean", [True, False])
@pytest.mark.parametrize("version", [4, 5])
def test_takeover(broker, clean, version):
    first = alice(broker, will=will(), clean=clean, version=version)
    first.publish("owntracks/alice/ipad", "1")
    second = alice(broker, clean=clean, version=version)
    second.publish("owntracks/alice/ipad", "2")
    assert first.closed()
    records = broker.wait_spool(3, within=0.6)
    # Mosquitto sends the will at a takeover of clean sessions only.
    wills = [r for r in records if r["will"]]
    assert len(wills) == (1 if clean else 0)
    assert [r["payload"] for r in records if not r["will"]] == [b"1", b"2"]
    if wills:
        assert wills[0]["connected"] == records[0]["connected"] < records[-1]["connected"]


def test_delayed_will(broker):
    phone = alice(broker, will=will(), version=5, will_delay=1, clean=False)
    phone.publish("owntracks/alice/ipad", "1")
    phone.drop()
    time.sleep(0.5)
    assert len(broker.spool()) == 1
    records = broker.wait_spool(2, within=6)
    assert [r["will"] for r in records] == [False, True]
    assert records[1]["connected"] == records[0]["connected"]


def test_wills_of_a_stopping_broker(broker):
    for i in range(5):
        alice(broker, client_id=f"p{i}", will=will(f"owntracks/alice/d{i}"))
    phones = [alice(broker, client_id=f"q{i}", will=will(f"owntracks/alice/e{i}")) for i in range(5)]
    broker.wait_spool(5)  # the first five were garbage collected, so dropped
    broker.stop()
    topics_now = [r["topic"] for r in broker.spool() if r["will"]]
    assert sorted(topics_now) == sorted(f"owntracks/alice/{k}{i}" for k in "de" for i in range(5))
    assert phones
    broker.start()


def test_many_wills_at_once(broker):
    phones = [alice(broker, client_id=f"p{i}", will=will(f"owntracks/alice/d{i}")) for i in range(50)]
    other = alice(broker, client_id="other")
    for i, p in enumerate(phones):
        p.drop()
        other.publish("owntracks/alice/other", str(i))
    records = broker.wait_spool(100)
    assert sorted(r["topic"] for r in records if r["will"]) == sorted(
        f"owntracks/alice/d{i}" for i in range(50))
    assert [r["payload"] for r in records if not r["will"]] == [str(i).encode() for i in range(50)]
