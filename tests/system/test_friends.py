"""Friends and what they share, as both sides and their phones and pages see it."""
import json
import re
import threading

import paho.mqtt.client as paho
import pytest
import websocket
from stack import Stack, routes
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
    c.on_message = lambda c, u, m: heard.append((m.topic, json.loads(m.payload).get("tst")))
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
    stored = s.sql("select * from my_tracks_location where id = ?", row)
    for method, body in (("PUT", position(1)), ("PATCH", position(1)), ("PATCH", {}), ("DELETE", None)):
        assert ask(s, "ben", method, f"/api/locations/{row}/", body and {**body, "device_id": "bike"})[0] == 403
    assert s.sql("select * from my_tracks_location where id = ?", row) == stored
    assert ask(s, "ben", "POST", f"/api/friends/{uid(s, 'anna')}/shares/", {"device_id": "bike"})[0] == 403, "not his to share"
    assert ask(s, "anna", "DELETE", path + "bike/")[0] == 204
    assert ask(s, "ben", "GET", "/api/devices/")[1]["count"] == 0
    assert ask(s, "ben", "GET", f"/api/locations/{row}/")[0] == 404
    assert until(lambda: not gets_through()), "still told"
    client.disconnect()
    client.loop_stop()
    page.close()
    unfriend(s, "anna", "ben")


def test_friends_ask_each_other_s_phones(stack):
    """reportLocation to the phone of somebody else, in sessions that were open before: as long as they are friends."""
    s = stack
    phone, heard = listen(s, "cleo", "owntracks/cleo/car/cmd")
    asker, _ = listen(s, "ben", "owntracks/ben/+")

    def gets_through():
        before = len(heard)
        asker.publish("owntracks/cleo/car/cmd", '{"_type": "cmd", "action": "reportLocation"}', 1).wait_for_publish(5)
        return until(lambda: len(heard) > before, 0.3)

    assert not gets_through()
    befriend(s, "ben", "cleo")
    assert until(gets_through), "not heard"
    unfriend(s, "cleo", "ben")
    assert until(lambda: not gets_through()), "still heard"
    for c in (phone, asker):
        c.disconnect()
        c.loop_stop()


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


# ---- HTTP: every route of the table

def named(route):
    """An address of nothing that exists."""
    return route.path("999999")


ROUTES = [r for r in routes() if r.pattern.startswith("/api/friends/")]
METHODS = {path: sorted(m for r in ROUTES if named(r) == path for m in r.methods) for path in map(named, ROUTES)}
WRITES = [(m, named(r), r.body) for r in ROUTES for m in r.methods if m != "GET"]


@pytest.fixture(scope="module")
def anna(stack):
    """Headers of a browser in which she has signed in."""
    browser = stack.sign_in("anna", PASSWORD)
    return {"Cookie": browser["cookie"], "X-CSRFToken": browser["csrf"]}


def detail(answer):
    status, headers, body = answer
    return status, headers["content-type"], json.loads(body).get("detail")


def test_the_table_is_not_empty():
    assert len(ROUTES) == 11 and len(WRITES) == 7 and len(METHODS) == 9


@pytest.mark.parametrize("path", METHODS)
def test_methods(stack, anna, path):
    """OPTIONS, HEAD, 405 and who may ask at all."""
    allow = {*METHODS[path], "OPTIONS", *({"HEAD"} if "GET" in METHODS[path] else ())}
    status, headers, body = stack.answer("OPTIONS", path, headers=anna)
    described = json.loads(body)
    assert status == 200 and set(headers["allow"].split(", ")) == allow
    assert described["name"] and described["renders"] == described["parses"] == ["application/json"]
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - allow:
        answer = stack.answer(method, path, headers=anna)
        assert detail(answer) == (405, "application/json", f'Method "{method}" not allowed.')
        assert set(answer[1]["allow"].split(", ")) == allow
    for method in (*sorted(allow - {"HEAD"}), "PUT"):
        assert detail(stack.answer(method, path)) == (
            403, "application/json", "Authentication credentials were not provided."), method
    if "GET" in allow:
        status, headers, body = stack.answer("GET", path, headers=anna)
        head = stack.answer("HEAD", path, headers=anna)
        assert head[0] == status and head[2] == b"" and head[1]["content-length"] == str(len(body))
        assert head[1]["content-type"] == headers["content-type"] == "application/json"


@pytest.mark.parametrize("method, path, body", WRITES)
def test_a_session_needs_the_token(stack, anna, method, path, body):
    cookie = {"Cookie": anna["Cookie"]}
    assert detail(stack.answer(method, path, headers=cookie))[2] == "CSRF Failed: CSRF token missing."
    wrong = {**cookie, "X-CSRFToken": "x" * 32}
    assert detail(stack.answer(method, path, headers=wrong))[2] == \
        "CSRF Failed: CSRF token from the 'X-Csrftoken' HTTP header incorrect."
    foreign = {**anna, "Origin": "https://evil.example"}
    assert detail(stack.answer(method, path, headers=foreign))[2] == \
        "CSRF Failed: Origin checking failed - https://evil.example does not match any trusted origins."
    assert stack.answer(method, path, headers=anna)[0] in (400, 404), "and with it nothing is found"


@pytest.mark.parametrize("path", [path for _, path, body in WRITES if body == "json"])
@pytest.mark.parametrize("kind, body, status, says", [
    ("text/plain", "{}", 415, 'Unsupported media type "text/plain" in request.'),
    ("application/x-www-form-urlencoded", "username=ben", 415, 'Unsupported media type "application/x-www-form-urlencoded" in request.'),
    ("application/json", "{", 400, "JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ("application/json", '{"username": NaN}', 400, "JSON parse error - Out of range float values are not JSON compliant: 'NaN'"),
    ("application/json", "[" * 65 + "]" * 65, 400, None), ("application/json", b'{"username": "\xff"}', 400, None),
    ("application/json", "[]", 400, None), ("application/json", "null", 400, None), ("application/json", '"ben"', 400, None),
])
def test_bodies_that_are_none(stack, anna, path, kind, body, status, says):
    answer = stack.answer("POST", path, body, {**anna, "Content-Type": kind})
    assert answer[0] == status and answer[1]["content-type"] == "application/json"
    assert says is None or detail(answer)[2] == says
    assert stack.sql("select count(*) from my_tracks_friendrequest") == [(0,)]


@pytest.mark.parametrize("number", ["0", "999999", "9223372036854775808", "1" * 60, "-1", "abc", "1%2e5", "%F0%9F%90%B4"])
def test_numbers_of_nobody(stack, anna, number):
    for r in ROUTES:
        for m in r.methods if "{" in r.pattern else ():
            path = re.sub(r"{\w+}", number, r.pattern)
            body = {"device_id": "bike"} if r.body == "json" else None
            assert stack.answer(m, path, body, anna)[0] == 404, (m, path)
