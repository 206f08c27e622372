"""Friends and what they share, as both sides and their phones and pages see it."""
import json
import threading

import paho.mqtt.client as paho
import pytest
import websocket
from stack import Stack
from test_flow import open_socket, position

PASSWORD = "Friendly-Horse-7"


@pytest.fixture(scope="module")
def stack():
    with Stack(users={"anna": PASSWORD, "ben": PASSWORD, "cleo": PASSWORD}, env={"MYTRACKS_POLICY": "strict"}) as s:
        yield s


def ask(s, user, method, path, body=None):
    status, text = s.request(method, path, body, auth=(user, PASSWORD))
    return status, json.loads(text) if text else None


def uid(s, name):
    return s.sql("select id from auth_user where username = ?", name)[0][0]


def befriend(s, a, b):
    status, request = ask(s, a, "POST", "/api/friends/requests/", {"username": b})
    assert status == 201
    assert ask(s, b, "POST", f"/api/friends/requests/{request['id']}/accept/", {})[0] == 200


def unfriend(s, a, b):
    assert ask(s, a, "DELETE", f"/api/friends/{uid(s, b)}/")[0] == 204


def listen(s, user, topic):
    heard, ready = [], threading.Event()
    c = paho.Client(client_id=f"{user}-listener")
    c.username_pw_set(user, PASSWORD)
    c.on_connect = lambda c, *_: c.subscribe(topic, 1)
    c.on_subscribe = lambda *_: ready.set()
    c.on_message = lambda c, u, m: heard.append((m.topic, json.loads(m.payload)["tst"]))
    c.connect("127.0.0.1", s.mqtt_port)
    c.loop_start()
    assert ready.wait(10)
    return c, heard


def post(s, user, device, tst):
    """Over MQTT, so that the broker has it to deliver."""
    c = paho.Client(client_id=f"{user}-{device}-{tst}")
    c.username_pw_set(user, PASSWORD)
    c.connect("127.0.0.1", s.mqtt_port)
    c.loop_start()
    c.publish(f"owntracks/{user}/{device}", json.dumps(position(tst)), 1).wait_for_publish(10)
    c.disconnect()
    c.loop_stop()


def until(check, within=6):
    ending = threading.Event()
    for _ in range(int(within / 0.05)):
        if check():
            return True
        ending.wait(0.05)
    return False


def test_a_share_is_seen_and_its_end_too(stack):
    """Over the API, in an open MQTT session and in an open page: within 5 s both ways."""
    s = stack
    post(s, "anna", "bike", 1_772_800_000)
    befriend(s, "anna", "ben")
    client, heard = listen(s, "ben", "owntracks/+/+")
    page = open_socket(s, s.sign_in("ben", PASSWORD)["cookie"])
    page.settimeout(0.2)
    seen, tst = [], iter(range(1_772_800_100, 1_772_801_000))

    def gets_through():
        """One more position of the bike; did the phone and the page hear of it?"""
        at = next(tst)
        post(s, "anna", "bike", at)
        try:
            while True:
                seen.append(json.loads(page.recv())["data"]["timestamp_unix"])
        except websocket.WebSocketTimeoutException:
            pass
        return ("owntracks/anna/bike", at) in heard and at in seen

    assert not gets_through() and ask(s, "ben", "GET", "/api/devices/")[1]["count"] == 0
    path = f"/api/friends/{uid(s, 'ben')}/shares/"
    assert ask(s, "anna", "POST", path, {"device_id": "bike"})[0] == 201
    assert ask(s, "anna", "POST", path, {"device_id": "bike"})[0] == 200
    assert ask(s, "ben", "GET", "/api/devices/")[1]["count"] == 1
    assert until(gets_through), (heard, seen)
    row = ask(s, "ben", "GET", "/api/locations/?limit=1")[1]["results"][0]["id"]
    for method in ("DELETE", "PATCH"):
        assert ask(s, "ben", method, f"/api/locations/{row}/", {} if method == "PATCH" else None)[0] == 403
    assert ask(s, "anna", "DELETE", path + "bike/")[0] == 204
    assert ask(s, "ben", "GET", "/api/devices/")[1]["count"] == 0
    assert ask(s, "ben", "GET", f"/api/locations/{row}/")[0] == 404
    assert until(lambda: not gets_through()), "still told"
    client.disconnect()
    client.loop_stop()
    page.close()
    unfriend(s, "anna", "ben")


def test_the_end_of_a_friendship_ends_both_sides_shares(stack):
    s = stack
    post(s, "anna", "bike", 1_772_810_000)
    post(s, "cleo", "car", 1_772_810_000)
    befriend(s, "cleo", "anna")
    for a, b, device in (("anna", "cleo", "bike"), ("cleo", "anna", "car")):
        assert ask(s, a, "POST", f"/api/friends/{uid(s, b)}/shares/", {"device_id": device})[0] == 201
    unfriend(s, "anna", "cleo")
    assert s.sql("select count(*) from my_tracks_deviceshare") == [(0,)]
    assert ask(s, "cleo", "GET", "/api/friends/") == (200, [])


def test_one_friendship_whatever_happens_at_once(stack):
    """50 accepts and 50 questions at the same time: one row, no error."""
    s = stack
    _, request = ask(s, "ben", "POST", "/api/friends/requests/", {"username": "cleo", "auto_accept_reciprocal": True})
    answers = []

    def run(i):
        if i % 2:
            answers.append(ask(s, "cleo", "POST", f"/api/friends/requests/{request['id']}/accept/", {})[0])
        else:
            answers.append(ask(s, "cleo", "POST", "/api/friends/requests/", {"username": "ben"})[0])

    threads = [threading.Thread(target=run, args=(i,)) for i in range(100)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert answers.count(200) == 1 and set(answers) <= {200, 400, 409}, sorted(answers)
    assert s.sql("select status from my_tracks_friendrequest") == [("accepted",)]
    unfriend(s, "ben", "cleo")


def test_people_are_found_by_two_letters(stack):
    """With the strict policy nobody lists all users letter by letter (H-12)."""
    assert ask(stack, "anna", "GET", "/api/friends/user-search/?q=c") == (200, [])
    assert ask(stack, "anna", "GET", "/api/friends/user-search/?q=cl")[1][0]["username"] == "cleo"
    for odd in ("%25%25", "__", "c%00l", "%00%00", "x" * 151):
        assert ask(stack, "anna", "GET", f"/api/friends/user-search/?q={odd}") == (200, []), odd
