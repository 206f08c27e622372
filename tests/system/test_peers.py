"""Friends in the OwnTracks apps: over HTTP in the answer to a report, over MQTT as retained messages."""
import base64
import json
import queue
import time

import paho.mqtt.client as paho
import pytest
from stack import Stack

EMMA = ("emma", "peers-Emma-Pa55")
FRED = ("fred", "peers-Fred-Pa55")
GINA = ("gina", "peers-Gina-Pa55")
T0 = 1_772_800_000
FACE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 40).decode()


@pytest.fixture
def stack():
    s = Stack(users=dict([EMMA, FRED, GINA]))
    with s:
        for user in (EMMA, FRED, GINA):
            assert post(s, user, 0) == []
        yield s


def post(stack, user, i, device="phone", **more):
    """A phone's report and what it is answered."""
    status, body = stack.request("POST", "/pub", {"_type": "location", "lat": 1 + i / 100, "lon": 2, "tst": T0 + i, **more},
                                 {"X-Limit-U": user[0], "X-Limit-D": device, "User-Agent": "Owntracks-Android/gms/1"}, auth=user)
    assert status == 200
    return json.loads(body)


def share(stack, device="phone", to="fred"):
    with stack.writing() as db:
        db.execute("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', d.id, u.id"
                   " from my_tracks_device d, auth_user u, auth_user o where o.username = 'emma' and d.owner_id = o.id"
                   " and d.device_id = ? and u.username = ?", (device, to))


def unshare(stack):
    with stack.writing() as db:
        db.execute("delete from my_tracks_deviceshare")


def kinds(answer):
    return [m["_type"] for m in answer]


def test_a_phone_over_http_hears_of_friends_when_there_is_news(stack):
    share(stack)
    card, where = post(stack, FRED, 1)
    assert card == {"_type": "card", "tid": "ep", "name": "emma"}
    assert where == {"_type": "location", "tid": "ep", "lat": 1.0, "lon": 2.0, "tst": T0, "topic": "owntracks/emma/phone"}
    assert post(stack, FRED, 2) == []
    assert post(stack, EMMA, 3, batt=50, acc=7) == [], "nobody shares with her, and she is not told of herself"
    again = post(stack, FRED, 4)
    assert kinds(again) == ["location"] and again[0]["batt"] == 50 and again[0]["tst"] == T0 + 3
    assert kinds(post(stack, FRED, 4)) == ["card", "location"], "the same report again: its answer was lost"
    assert post(stack, GINA, 5) == []
    unshare(stack)
    post(stack, EMMA, 6)
    assert post(stack, FRED, 7) == []


def test_two_devices_have_two_names(stack):
    post(stack, EMMA, 1, "pixel")
    share(stack)
    share(stack, "pixel")
    answer = post(stack, FRED, 2)
    assert kinds(answer) == ["card", "location"] * 2
    assert len({m["tid"] for m in answer}) == 2 and all(len(m["tid"]) == 2 and m["tid"].isalnum() for m in answer)
    assert [m["name"] for m in answer if m["_type"] == "card"] == ["emma · phone", "emma · pixel"]


def test_a_card_is_told_again_when_it_changes(stack):
    share(stack)
    assert kinds(post(stack, FRED, 1)) == ["card", "location"]
    status, body = stack.request("PUT", "/api/account/card/", {"name": "Em", "face": FACE}, auth=EMMA)
    assert status == 200 and json.loads(body)["face"] == FACE
    answer = post(stack, FRED, 2)
    assert answer == [{"_type": "card", "tid": "ep", "name": "Em", "face": FACE}]
    assert post(stack, FRED, 3) == []
    assert json.loads(stack.request("GET", "/api/account/card/", auth=EMMA)[1])["name"] == "Em"
    assert stack.request("DELETE", "/api/account/card/", auth=EMMA)[0] == 204
    assert post(stack, FRED, 4) == [{"_type": "card", "tid": "ep", "name": "emma"}]
    assert json.loads(stack.request("GET", "/api/account/card/", auth=EMMA)[1]) == {"name": "", "face": None, "updated_at": None}


@pytest.mark.parametrize("body", [[], {"name": 1}, {"name": "x" * 51}, {"name": "a\nb"}, {"face": "PHN2Zz4="}, {"face": 5},
                                  {"face": "A" * 70_000}])
def test_bad_cards_are_refused(stack, body):
    assert stack.request("PUT", "/api/account/card/", body, auth=EMMA)[0] == 400
    assert stack.sql("select count(*) from mytracks_card") == [(0,)]


def test_nothing_that_ios_would_drop(stack):
    assert post(stack, EMMA, 1, "null") == []
    with stack.writing() as db:
        db.execute("update my_tracks_location set latitude = 0, longitude = 0 where device_id = (select id from my_tracks_device where device_id = 'null')")
    share(stack, "null")
    assert kinds(post(stack, FRED, 2)) == ["card"]


def test_commands_and_friends_come_together(stack):
    share(stack)
    assert stack.request("POST", "/api/devices/phone/cmd/", {"action": "reportLocation"}, auth=FRED)[0] in (202, 400)
    answer = post(stack, FRED, 1)
    assert kinds(answer)[:2] == ["card", "location"]


class App:
    """An app in MQTT mode with its own subscriptions."""

    def __init__(self, stack, user):
        self.got = queue.Queue()
        self.client = paho.Client(client_id=f"{user[0]}-app")
        self.client.username_pw_set(*user)
        self.client.on_message = lambda c, u, m: self.got.put((m.topic, json.loads(m.payload) if m.payload else None, m.retain))
        ready = queue.Queue()
        self.client.on_subscribe = lambda *_: ready.put(True)
        self.client.connect("127.0.0.1", stack.mqtt_port)
        self.client.loop_start()
        self.client.subscribe([("owntracks/+/+", 1), ("owntracks/+/+/info", 1)])
        ready.get(timeout=10)

    def next(self, within=5):
        return self.got.get(timeout=within)

    def silent(self, within=0.7):
        try:
            return self.got.get(timeout=within)
        except queue.Empty:
            return None

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def retained(stack, user):
    """Topics that a new session gets."""
    app, topics = App(stack, user), set()
    while message := app.silent():
        topics.add(message[0])
    app.close()
    return topics


def test_an_app_over_mqtt_sees_phones_that_use_http(stack):
    share(stack)
    post(stack, EMMA, 1, batt=60)
    assert stack.wait_sql("select count(*) from my_tracks_location", [(4,)]) == [(4,)]
    fred, gina = App(stack, FRED), App(stack, GINA)
    topic, message, _ = fred.next()
    assert topic == "owntracks/emma/phone" and message["tst"] == T0 + 1 and message["batt"] == 60
    post(stack, EMMA, 2)
    assert fred.next()[1]["tst"] == T0 + 2
    assert stack.request("PUT", "/api/account/card/", {"name": "Em", "face": FACE}, auth=EMMA)[0] == 200
    topic, message, _ = fred.next()
    assert topic == "owntracks/emma/phone/info" and message["name"] == "Em"
    assert gina.silent() is None
    fred.close()
    later = App(stack, FRED)
    assert {later.next()[0], later.next()[0]} == {"owntracks/emma/phone", "owntracks/emma/phone/info"}
    later.close()
    unshare(stack)
    for app in (gina, fred):
        app.close()
    # The rights of the session are known anew within 5 s; a new session asks at once.
    assert stack.wait_sql("select count(*) from my_tracks_deviceshare", [(0,)]) == [(0,)]


def test_a_card_comes_with_a_device_that_appears_later(stack):
    assert stack.request("PUT", "/api/account/card/", {"name": "Em", "face": FACE}, auth=EMMA)[0] == 200
    post(stack, EMMA, 1, "new-phone")
    for device in ("phone", "new-phone"):
        share(stack, device)
        post(stack, EMMA, 2, device)
    want = {f"owntracks/emma/{d}{sub}" for d in ("phone", "new-phone") for sub in ("", "/info")}
    end = time.monotonic() + 8
    while (got := retained(stack, FRED)) != want and time.monotonic() < end:
        pass
    assert got == want
    assert stack.request("DELETE", "/api/account/card/", auth=EMMA)[0] == 204
    while (got := retained(stack, FRED)) != {t for t in want if not t.endswith("/info")} and time.monotonic() < end:
        pass
    assert got == {t for t in want if not t.endswith("/info")}
