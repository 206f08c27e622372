"""Messages that the app encrypts: both ways, over HTTP and MQTT, with no key, the wrong one, and a later right one."""
import base64
import ctypes
import ctypes.util
import json
import os
import queue

import paho.mqtt.client as paho
import pytest
from stack import Stack, until

EMMA = ("emma", "crypt-Emma-Pa55")
FRED = ("fred", "crypt-Fred-Pa55")
PHONE = {"X-Limit-U": "emma", "X-Limit-D": "phone", "User-Agent": "Owntracks-Android/gms/420500"}
KEY = "correct horse battery staple 99!"
URL = "/api/devices/phone/key/"
T0 = 1_772_800_000
sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
assert sodium.sodium_init() >= 0


def seal(plain, key=KEY):
    """As the apps do it; independent of the server's code but for the library."""
    text = plain if isinstance(plain, bytes) else json.dumps(plain).encode()
    nonce, out = os.urandom(24), ctypes.create_string_buffer(len(text) + 16)
    sodium.crypto_secretbox_easy(out, text, ctypes.c_ulonglong(len(text)), nonce, key.encode().ljust(32, b"\0"))
    return {"_type": "encrypted", "data": base64.b64encode(nonce + out.raw).decode()}


def unseal(message, key=KEY):
    assert message["_type"] == "encrypted"
    box = base64.b64decode(message["data"], validate=True)
    out = ctypes.create_string_buffer(len(box) - 40)
    assert sodium.crypto_secretbox_open_easy(out, box[24:], ctypes.c_ulonglong(len(box) - 24), box[:24],
                                             key.encode().ljust(32, b"\0")) == 0
    return json.loads(out.raw)


@pytest.fixture
def stack():
    with Stack(users=dict([EMMA, FRED]), env={"COMMAND_API_KEY": "k"}) as s:
        assert post(s, location(0)) == []
        yield s


def location(i, **more):
    return {"_type": "location", "lat": 1, "lon": 2, "tst": T0 + i, **more}


def post(stack, message):
    status, body = stack.request("POST", "/pub", message, PHONE, auth=EMMA)
    assert status == 200
    return json.loads(body)


def set_key(stack, key=KEY, who=EMMA):
    status, body = stack.request("PUT", URL, {"key": key}, auth=who)
    return json.loads(body) if status == 200 else status


def state(stack):
    return json.loads(stack.request("GET", URL, auth=EMMA)[1])


def rows(stack):
    return stack.sql("select strftime('%s', timestamp) - ?, received_via from my_tracks_location order by timestamp", T0)


def kept(stack):
    return stack.sql("select count(*) from my_tracks_owntracksmessage where message_type = 'encrypted'")[0][0]


def publish(stack, message, sub=""):
    client, ready = paho.Client(client_id="emma-phone"), queue.Queue()
    client.username_pw_set(*EMMA)
    client.on_connect = lambda *_: ready.put(True)
    client.connect("127.0.0.1", stack.mqtt_port)
    client.loop_start()
    ready.get(timeout=10)
    payload = message if isinstance(message, (bytes, str)) else json.dumps(message)
    client.publish(f"owntracks/emma/phone{sub}", payload, 1).wait_for_publish(5)
    client.disconnect()
    client.loop_stop()


def test_over_http_in_and_out(stack):
    assert state(stack) == {"set": False, "set_at": None, "failed": 0, "failed_at": None, "waiting": 0}
    got = set_key(stack)
    assert got["set"] and got["set_at"] and got["opened"] == 0
    assert stack.request("POST", "/api/devices/phone/cmd/", {"action": "status"}, auth=EMMA)[0] == 202
    answer = post(stack, seal(location(1, topic="owntracks/emma/phone")))
    assert [unseal(m) for m in answer] == [{"_type": "cmd", "action": "status"}]
    assert rows(stack) == [(0, "http"), (1, "http")] and kept(stack) == 0
    assert stack.request("POST", "/api/devices/phone/cmd/", {"action": "reportLocation"}, auth=EMMA)[0] == 202
    assert post(stack, location(2)) == [{"_type": "cmd", "action": "reportLocation"}], "plain in, plain out"
    assert post(stack, seal(location(3))) == []


def test_over_mqtt_in_and_out(stack):
    set_key(stack)
    got, ready = queue.Queue(), queue.Queue()
    phone = paho.Client(client_id="emma-listens", clean_session=False)
    phone.username_pw_set(*EMMA)
    phone.on_connect = lambda c, *_: c.subscribe("owntracks/emma/phone/cmd", 1)
    phone.on_subscribe = lambda *_: ready.put(True)
    phone.on_message = lambda c, u, m: got.put(json.loads(m.payload))
    publish(stack, seal(location(1)))
    publish(stack, location(2))
    until(lambda: rows(stack)[1:] == [(1, "mqtt"), (2, "mqtt")])
    phone.connect("127.0.0.1", stack.mqtt_port)
    phone.loop_start()
    ready.get(timeout=10)
    command = json.loads(stack.request("POST", "/api/devices/phone/cmd/", {"action": "status"}, auth=EMMA)[1])
    assert unseal(got.get(timeout=5)) == {"_type": "cmd", "action": "status"}
    until(lambda: json.loads(stack.request("GET", f"/api/devices/phone/cmd/{command['id']}/", auth=EMMA)[1])["state"] == "delivered")
    assert stack.request("POST", "/api/commands/report-location/", {"device_id": "emma/phone"}, {"Authorization": "Bearer k"})[0] == 200
    assert unseal(got.get(timeout=5))["action"] == "reportLocation"
    phone.disconnect()
    phone.loop_stop()
    publish(stack, seal({"_type": "status", "android": {}}), "/status")
    until(lambda: stack.sql("select message_type from my_tracks_owntracksmessage") == [("status",)])


def test_without_a_key_it_is_kept_and_a_later_key_opens_it(stack):
    for i in (1, 2):
        assert post(stack, seal(location(i))) == []
    publish(stack, seal(location(3)))
    until(lambda: kept(stack) == 3)
    assert set_key(stack, "another key")["opened"] == 0
    post(stack, seal(location(4)))
    now = state(stack)
    assert (now["waiting"], now["failed"]) == (4, 1) and now["failed_at"]
    got = set_key(stack)
    assert (got["opened"], got["waiting"], got["failed"]) == (4, 0, 0)
    assert [r[0] for r in rows(stack)] == [0, 1, 2, 3, 4] and kept(stack) == 0
    assert stack.sql("select l.timestamp from my_tracks_device d join my_tracks_location l on l.id = d.latest_location_id") == \
        stack.sql("select max(timestamp) from my_tracks_location")
    assert set_key(stack)["opened"] == 0, "nothing is stored twice"
    assert len(rows(stack)) == 5


def test_what_opens_and_cannot_be_used_is_quarantined(stack):
    set_key(stack)
    for plain in (b"no json", b"[]", b"{}", seal(location(1)), location(1, lat=100), b'{"_type": "nonsense"}'):
        before = stack.sql("select count(*) from mytracks_quarantine")[0][0]
        publish(stack, seal(plain))
        until(lambda: stack.sql("select count(*) from mytracks_quarantine")[0][0] == before + 1)
    for plain in (b"no json", b"[]", location(1, lat=100)):
        assert post(stack, seal(plain)) == []
    assert stack.sql("select count(*) from mytracks_quarantine") == [(9,)] and len(rows(stack)) == 1
    raw = [json.loads(r[0]) for r in stack.sql("select raw from mytracks_quarantine")]
    assert all(m["_type"] == "encrypted" for m in raw), "what is kept is what was sent"


def test_plain_wills_and_nul_bytes_at_the_end(stack):
    set_key(stack)
    assert post(stack, seal(json.dumps(location(1)).encode() + b"\0\0")) == []
    assert len(rows(stack)) == 2
    publish(stack, {"_type": "lwt", "tst": T0})
    until(lambda: stack.sql("select count(*) from my_tracks_owntracksmessage where message_type = 'lwt'") == [(1,)])


@pytest.mark.parametrize("key", ["", "x" * 33, "ä", "a\nb", 5, None, ["x"]])
def test_bad_keys(stack, key):
    assert set_key(stack, key) == 400 and not state(stack)["set"]


def test_the_key_is_the_owners_and_is_nowhere_to_be_read(stack):
    with stack.writing() as db:
        db.execute("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', d.id, u.id"
                   " from my_tracks_device d, auth_user u where u.username = 'fred'")
    assert set_key(stack, who=FRED) == 403
    set_key(stack)
    assert KEY not in json.dumps(state(stack)) and stack.request("GET", URL, auth=FRED)[0] == 403
    (sealed,) = stack.sql("select sealed from mytracks_device_key")[0]
    assert sealed.startswith("gAAAAA") and KEY not in sealed
    assert KEY not in stack.log_text()
    assert stack.request("DELETE", URL, auth=EMMA)[0] == 204
    assert stack.request("DELETE", URL, auth=EMMA)[0] == 404 and not state(stack)["set"]
