"""What administrators do to users, and what it does to their phones and pages."""
import json
import threading

import paho.mqtt.client as paho
import pytest
from stack import Stack

PASSWORD = "Adminis-Horse-7"


@pytest.fixture(scope="module")
def stack():
    with Stack(users={"emma": PASSWORD}, env={"MYTRACKS_POLICY": "strict"}) as s:
        s.add_user("root", PASSWORD, admin=True)
        yield s


def ask(s, user, method, path, body=None, password=PASSWORD):
    status, text = s.request(method, path, body, auth=(user, password))
    return status, json.loads(text) if text else None


def make(s, name, **more):
    status, user = ask(s, "root", "POST", "/api/admin/users/", {"username": name, "password": PASSWORD, **more})
    assert status == 201, user
    return user["id"]


def test_a_deactivated_user_is_out_everywhere(stack):
    s = stack
    number = make(s, "frida")
    cookie = {"Cookie": s.sign_in("frida", PASSWORD)["cookie"]}
    assert s.request("GET", "/api/devices/", headers=cookie)[0] == 200
    ready, gone = threading.Event(), threading.Event()
    c = paho.Client(client_id="frida-phone")
    c.username_pw_set("frida", PASSWORD)
    c.on_connect = lambda *_: ready.set()
    c.on_disconnect = lambda *_: gone.set()
    c.connect("127.0.0.1", s.mqtt_port)
    c.loop_start()
    assert ready.wait(10)
    assert ask(s, "root", "DELETE", f"/api/admin/users/{number}/")[0] == 200
    assert s.request("GET", "/api/devices/", headers=cookie)[0] == 403
    assert ask(s, "frida", "GET", "/api/devices/")[0] == 403
    assert gone.wait(5), "the MQTT session goes on"
    c.disconnect()
    c.loop_stop()
    assert ask(s, "root", "POST", f"/api/admin/users/{number}/reactivate/", {})[0] == 200
    assert ask(s, "frida", "GET", "/api/devices/")[0] == 200


@pytest.mark.parametrize("body", [
    {"username": "+"}, {"username": "a/b"}, {"username": "a#"}, {"username": "a\r\nb"}, {"username": "x" * 151},
    {"username": ["x"]}, {"username": 5}, {"username": "has space"}, {"username": "gast", "password": "short"},
    {"username": "gast", "is_staff": "false"}, {"username": "gast", "is_staff": 1}, {"username": "gast", "first_name": 7},
    {"username": "gast", "email": "a" * 255}, {"username": "gast\u0000"},
])
def test_odd_users_are_not_made(stack, body):
    status, answer = ask(stack, "root", "POST", "/api/admin/users/", {"password": PASSWORD, **body})
    assert status == 400 and answer
    assert stack.sql("select count(*) from auth_user where username like 'gast%'") == [(0,)]


def test_compatible_rules_can_be_chosen(stack):
    """NFKC as Django, and no other rule, for who has scripts that need it."""
    with Stack(env={"MYTRACKS_POLICY": "strict", "MYTRACKS_USER_RULES": "compatible"}) as s:
        s.add_user("root", PASSWORD, admin=True)
        status, user = ask(s, "root", "POST", "/api/admin/users/", {"username": "\uff21nna b", "password": "x"})
        assert status == 201 and user["username"] == "Anna b"


def test_a_new_password_ends_sessions(stack):
    s = stack
    number = make(s, "gerda")
    cookie = {"Cookie": s.sign_in("gerda", PASSWORD)["cookie"]}
    assert ask(s, "root", "POST", f"/api/admin/users/{number}/set-password/", {"password": "Another-Horse-8"})[0] == 200
    assert s.request("GET", "/api/devices/", headers=cookie)[0] == 403
    assert ask(s, "gerda", "GET", "/api/devices/", password="Another-Horse-8")[0] == 200
    assert ask(s, "gerda", "GET", "/api/devices/")[0] == 403


def test_deleting_a_user_keeps_positions_and_integrity(stack):
    s = stack
    number = make(s, "hugo")
    fix = {"_type": "location", "lat": 1, "lon": 2, "tst": 1_772_800_000, "tid": "hu", "topic": "owntracks/hugo/phone"}
    assert s.request("POST", "/api/locations/", fix, auth=("hugo", PASSWORD))[0] == 200
    assert ask(s, "root", "DELETE", f"/api/admin/users/{number}/hard-delete/")[0] == 200
    assert s.sql("select owner_id from my_tracks_device where device_id = 'phone'") == [(None,)]
    assert s.sql("select count(*) from my_tracks_location") == [(1,)]
    assert s.sql("pragma foreign_key_check") == [] and s.sql("pragma integrity_check") == [("ok",)]
    assert ask(s, "hugo", "GET", "/api/devices/")[0] == 403


def test_what_administrators_do_is_in_the_log(stack):
    number = make(stack, "ida")
    assert ask(stack, "root", "POST", f"/api/admin/users/{number}/toggle-admin/", {})[0] == 200
    log = (stack.folder / "serve.log").read_text()
    assert "user-created" in log and "user-made-admin" in log and "by=root" in log and PASSWORD not in log
