"""One position all the way through: sent over HTTP and over MQTT, stored, listed, told to open pages."""
import json
import threading

import paho.mqtt.client as paho
import pytest
import websocket
from stack import Stack

PASSWORD = "flow-Test-Pa55word"


@pytest.fixture(scope="module")
def stack():
    with Stack(users={"emma": PASSWORD}, env={"MYTRACKS_POLICY": "strict"}) as s:
        yield s


def position(tst, **more):
    return {"_type": "location", "lat": 48.137154, "lon": 11.576124, "tst": tst, "tid": "em", "acc": 12,
            "batt": 71, **more}


def publish(stack, user, password, topic, message, will=None):
    """(CONNACK code, acknowledged)"""
    done, result = threading.Event(), {}
    c = paho.Client(client_id=f"{user}-phone")
    c.username_pw_set(user, password)
    if will:
        c.will_set(topic, json.dumps(will), qos=1)
    c.on_connect = lambda c, u, f, rc: (result.update(rc=rc), done.set() if rc else c.publish(topic, message, 1))
    c.on_publish = lambda c, u, mid: (result.update(ack=True), done.set())
    c.connect("127.0.0.1", stack.mqtt_port)
    c.loop_start()
    done.wait(10)
    if will:
        c._sock_close()  # no DISCONNECT: the will is due
    else:
        c.disconnect()
    c.loop_stop()
    return result.get("rc"), result.get("ack", False)


def open_socket(stack, cookie):
    ws = websocket.create_connection(f"ws://127.0.0.1:{stack.http_port}/ws/locations/", cookie=cookie, timeout=5)
    assert json.loads(ws.recv())["type"] == "welcome"
    return ws


def test_http_to_row_api_and_page(stack):
    ws = open_socket(stack, stack.sign_in("emma", PASSWORD)["cookie"])
    status, body = stack.request("POST", "/api/locations/", position(1_772_800_000, topic="owntracks/emma/pixel"),
                                 auth=("emma", PASSWORD))
    assert (status, body) == (200, b"[]")
    event = json.loads(ws.recv())
    assert event["type"] == "location" and event["data"]["device_name"] == "emma/pixel"
    assert event["data"]["latitude"] == "48.1371540000"
    status, body = stack.request("GET", "/api/locations/?device=pixel", auth=("emma", PASSWORD))
    listed = json.loads(body)
    assert status == 200 and listed["count"] == 1 and listed["results"][0] == event["data"]
    ws.close()


def test_mqtt_to_row_api_and_page(stack):
    ws = open_socket(stack, stack.sign_in("emma", PASSWORD)["cookie"])
    assert publish(stack, "emma", PASSWORD, "owntracks/emma/tablet", json.dumps(position(1_772_800_100)),
                   will={"_type": "lwt", "tst": 1_772_800_000}) == (0, True)
    event = json.loads(ws.recv())
    assert event["type"] == "location" and event["data"]["device_name"] == "emma/tablet"
    offline = json.loads(ws.recv())
    assert offline["type"] == "device_status" and offline["data"]["device_display"] == "emma/tablet"
    rows = stack.sql("select l.received_via, d.is_online, d.mqtt_user from my_tracks_location l "
                     "join my_tracks_device d on d.id = l.device_id where d.device_id = 'tablet'")
    assert rows == [("mqtt", 0, "emma")]
    ws.close()


def test_wrong_password(stack):
    assert publish(stack, "emma", "wrong", "owntracks/emma/tablet", "{}") == (5, False)
    status, _ = stack.request("GET", "/api/locations/", auth=("emma", "wrong"))
    assert status == 403


def test_phone_answers(stack):
    """What the apps can bear: always an array, never a 4xx for a message that cannot be used."""
    phone = {"X-Limit-U": "emma", "X-Limit-D": "iphone", "Content-Type": "application/json"}
    for path in ("/api/locations/", "/pub", "/owntracks/pub"):
        for body in (b"", b"{", b"[]", b'{"_type":"location"}', b'{"_type":"nonsense"}', b"\xff\xfe",
                     json.dumps(position(1, lat=95)).encode()):
            status, answer = stack.request("POST", path, body, phone, auth=("emma", PASSWORD))
            assert (status, answer) == (200, b"[]"), (path, body, status, answer)
    reasons = {r for (r,) in stack.sql("select reason from mytracks_quarantine")}
    assert len(reasons) >= 3, reasons
    status, answer = stack.request("POST", "/pub?u=other&d=x", position(1_772_800_200), phone, auth=("emma", PASSWORD))
    assert (status, answer) == (200, b"[]")
    assert stack.sql("select d.device_id, u.username from my_tracks_device d join auth_user u on u.id = d.owner_id "
                     "where d.device_id in ('iphone', 'x')") == [("iphone", "emma")]
    status, answer = stack.request("POST", "/pub", b"x" * (17 * 1024 * 1024), phone, auth=("emma", PASSWORD))
    assert (status, answer) == (200, b"[]"), "too large is taken and forgotten, not refused for ever"


def test_resend_is_stored_once(stack):
    phone = {"X-Limit-U": "emma", "X-Limit-D": "again"}
    for _ in range(3):
        assert stack.request("POST", "/api/locations/", position(1_772_800_300), phone,
                             auth=("emma", PASSWORD)) == (200, b"[]")
    for _ in range(3):  # a new connection each time
        assert publish(stack, "emma", PASSWORD, "owntracks/emma/mq", json.dumps(position(1_772_800_400))) == (0, True)
    rows = stack.wait_sql("select d.device_id, count(*) from my_tracks_location l join my_tracks_device d "
                          "on d.id = l.device_id where d.device_id in ('again', 'mq') group by 1 order by 1",
                          [("again", 1), ("mq", 1)], within=3)
    assert rows == [("again", 1), ("mq", 1)]
