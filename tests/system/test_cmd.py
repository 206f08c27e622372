"""Commands that wait for a phone: over MQTT, over HTTP, through crashes, for who may give them."""
import json
import queue
import time

import paho.mqtt.client as paho
import pytest
from stack import Stack

EMMA = ("emma", "cmd-Emma-Pa55")
FRED = ("fred", "cmd-Fred-Pa55")
GINA = ("gina", "cmd-Gina-Pa55")
ADMIN = ("root", "cmd-Admin-Pa55")
KEY = "a-command-key"
PHONE = {"X-Limit-U": "emma", "X-Limit-D": "phone"}
ANDROID = {**PHONE, "User-Agent": "Owntracks-Android/gms/420500"}
URL = "/api/devices/phone/cmd/"
T0 = 1_772_800_000


@pytest.fixture
def stack():
    s = Stack(users=dict([EMMA, FRED, GINA]), env={"COMMAND_API_KEY": KEY})
    s.add_user(*ADMIN, admin=True)
    with s:
        assert post(s, location(0)) == []
        yield s


def location(i, **more):
    return {"_type": "location", "lat": 1, "lon": 2, "tst": T0 + i, **more}


def post(stack, message, headers=ANDROID):
    """A phone's report; the answer's array."""
    status, body = stack.request("POST", "/pub", message, headers, auth=EMMA)
    assert status == 200
    return json.loads(body)


def ask(stack, body, who=EMMA, headers=None):
    status, text = stack.request("POST", URL, body, headers, auth=who)
    return status, json.loads(text)


def state(stack, command, who=EMMA):
    status, text = stack.request("GET", f"{URL}{command['id']}/", auth=who)
    assert status == 200
    return json.loads(text)


def wait_state(stack, command, want, within=5):
    end = time.monotonic() + within
    while (now := state(stack, command))["state"] != want and time.monotonic() < end:
        time.sleep(0.02)
    return now


class Phone:
    """with Phone(stack) as p: connected with a session that stays; p.next(): the next command."""

    def __init__(self, stack, client_id="emma-phone", topic="owntracks/emma/phone/cmd", clean=False):
        self.stack, self.topic, self.got, self.ready = stack, topic, queue.Queue(), queue.Queue()
        self.client = paho.Client(client_id=client_id, clean_session=clean)
        self.client.username_pw_set(*EMMA)
        self.client.on_connect = lambda c, *_: c.subscribe(self.topic, 1)
        self.client.on_subscribe = lambda *_: self.ready.put(True)
        self.client.on_message = lambda c, u, m: self.got.put((m.topic, json.loads(m.payload), m.qos, m.retain))

    def __enter__(self):
        self.client.connect("127.0.0.1", self.stack.mqtt_port)
        self.client.loop_start()
        self.ready.get(timeout=10)
        return self

    def __exit__(self, *_):
        self.client.disconnect()
        self.client.loop_stop()

    def next(self, within=5):
        return self.got.get(timeout=within)

    def say(self, message, sub=""):
        self.client.publish(f"owntracks/emma/phone{sub}", json.dumps(message), 1).wait_for_publish(5)


def test_a_phone_that_is_there_gets_it_and_its_answer_confirms(stack):
    with Phone(stack) as phone:
        status, command = ask(stack, {"action": "reportLocation"})
        assert status == 202 and command["state"] in ("queued", "delivered") and command["answer"] == "location"
        assert phone.next() == ("owntracks/emma/phone/cmd", {"_type": "cmd", "action": "reportLocation"}, 1, 0)
        assert wait_state(stack, command, "delivered")["delivered_via"] == "mqtt"
        phone.say(location(1, t="r"))
        done = wait_state(stack, command, "confirmed")
        assert done["state"] == "confirmed" and done["confirmed_at"]


def test_a_phone_that_comes_later_gets_all_in_order(stack):
    commands = [ask(stack, {"action": a})[1] for a in ("status", "clearWaypoints", "reportLocation")]
    assert {state(stack, c)["state"] for c in commands} == {"queued"}
    with Phone(stack) as phone:
        assert [phone.next()[1]["action"] for _ in range(3)] == ["status", "clearWaypoints", "reportLocation"]
        assert [wait_state(stack, c, "delivered")["state"] for c in commands] == ["delivered"] * 3
        phone.say({"_type": "status", "android": {"wifi": 1}}, "/status")
        assert wait_state(stack, commands[0], "confirmed")["state"] == "confirmed"


def test_a_session_that_sleeps_keeps_it(stack):
    with Phone(stack):
        pass
    _, command = ask(stack, {"action": "reportLocation"})
    assert wait_state(stack, command, "delivered")["state"] == "delivered", "the broker holds it for the session"
    with Phone(stack) as phone:
        assert phone.next()[1]["action"] == "reportLocation"


def test_the_apps_own_wildcards_count_as_listening(stack):
    _, command = ask(stack, {"action": "status"})
    with Phone(stack, topic="owntracks/+/+/cmd") as phone:
        assert phone.next()[1]["action"] == "status"
        assert wait_state(stack, command, "delivered")["state"] == "delivered"


def test_it_survives_the_death_of_all_of_us(stack):
    _, command = ask(stack, {"action": "status"})
    stack.kill("agent")
    _, other = ask(stack, {"action": "reportLocation"})
    stack.kill("all")
    stack.process.wait()
    stack.start()
    with Phone(stack) as phone:
        assert [phone.next(10)[1]["action"] for _ in range(2)] == ["status", "reportLocation"]
        assert wait_state(stack, command, "delivered")["state"] == wait_state(stack, other, "delivered")["state"] == "delivered"


def test_in_the_answer_to_a_phone_over_http(stack):
    region = {"desc": "Harbour", "lat": 1.5, "lon": 2.5, "rad": 100, "tst": 7}
    _, first = ask(stack, {"action": "setWaypoints", "waypoints": [region]})
    _, second = ask(stack, {"action": "reportLocation"})
    answer = post(stack, location(1))
    assert answer == [
        {"_type": "cmd", "action": "setWaypoints", "waypoints": {
            "_type": "waypoints", "waypoints": [{"_type": "waypoint", **region}]}},
        {"_type": "cmd", "action": "reportLocation"}]
    assert state(stack, first)["delivered_via"] == "http"
    assert post(stack, location(1)) == answer, "the same report again: its answer was lost"
    assert post(stack, location(2)) == []
    assert post(stack, location(3, t="r")) == []
    assert state(stack, second)["state"] == "confirmed"


def test_android_gets_nothing_that_breaks_its_answer(stack):
    _, dump = ask(stack, {"action": "dump"})
    _, status = ask(stack, {"action": "status"})
    assert [c["action"] for c in post(stack, location(1))] == ["status"]
    assert state(stack, dump)["state"] == "queued"
    assert [c["action"] for c in post(stack, location(2), PHONE)] == ["dump"]
    post(stack, {"_type": "status", "android": {}})
    assert state(stack, status)["state"] == "confirmed"


def test_others_do_not_get_it(stack):
    ask(stack, {"action": "status"})
    status, body = stack.request("POST", "/pub", location(1), {"X-Limit-U": "fred", "X-Limit-D": "phone"}, auth=FRED)
    assert (status, body) == (200, b"[]")
    status, body = stack.request("POST", "/api/locations/", {**location(2), "topic": "owntracks/emma/phone"}, auth=EMMA)
    assert (status, body) == (200, b"[]"), "an API client is no phone"
    assert [c["action"] for c in post(stack, location(3))] == ["status"]


def test_who_may(stack):
    with stack.writing() as db:
        db.execute("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', d.id, u.id"
                   " from my_tracks_device d, auth_user u where u.username = 'fred'")
    _, mine = ask(stack, {"action": "status"})
    assert ask(stack, {"action": "status"}, ADMIN)[0] == 202
    assert ask(stack, {"action": "status"}, None, {"Authorization": f"Bearer {KEY}"})[0] == 202
    assert ask(stack, {"action": "status"}, None, {"Authorization": "Bearer wrong"}) == (403, {"detail": "Invalid API key"})
    assert ask(stack, {"action": "status"}, None)[0] == 403
    assert ask(stack, {"action": "status"}, GINA)[0] == 404
    assert ask(stack, {"action": "setConfiguration", "configuration": {"cmd": False}}, FRED)[0] == 403
    status, his = ask(stack, {"action": "reportLocation"}, FRED)
    assert status == 202
    _, text = stack.request("GET", URL, auth=FRED)
    assert [c["id"] for c in json.loads(text)["results"]] == [his["id"]]
    assert stack.request("GET", f"{URL}{mine['id']}/", auth=FRED)[0] == 404
    _, text = stack.request("GET", URL, auth=EMMA)
    assert [c["id"] for c in json.loads(text)["results"]] == list(range(his["id"], 0, -1))
    s = stack.sign_in(*EMMA)
    assert ask(stack, {"action": "status"}, None, {"Cookie": s["cookie"]})[0] == 403, "without a CSRF token"
    assert ask(stack, {"action": "status"}, None, {"Cookie": s["cookie"], "X-CSRFToken": s["csrf"]})[0] == 202


@pytest.mark.parametrize("body", [
    [], {}, {"action": 1}, {"action": "restart"}, {"action": "setWaypoints"}, {"action": "status", "expires_in": 1},
    {"action": "status", "expires_in": "600"}, {"action": "setConfiguration", "configuration": {"a": "x" * 99_000}}])
def test_what_no_phone_understands_is_refused(stack, body):
    status, reply = ask(stack, body)
    assert status == 400 and reply
    assert stack.sql("select count(*) from mytracks_command") == [(0,)]


def test_it_expires(stack):
    status, command = ask(stack, {"action": "status", "expires_in": 60})
    assert status == 202
    with stack.writing() as db:
        db.execute("update mytracks_command set expires_at = '2026-01-01 00:00:00', due_at = '2026-01-01 00:00:00'")
    assert state(stack, command)["state"] == "expired"
    assert post(stack, location(1)) == []


def test_no_more_than_fifty_wait(stack):
    for _ in range(50):
        assert ask(stack, {"action": "status"})[0] == 202
    assert ask(stack, {"action": "status"})[0] == 409
