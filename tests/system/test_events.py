"""What follows from a message: live events of transitions and regions for those who may hear of them."""
import json
import time

import paho.mqtt.client as paho
import pytest
import websocket
from stack import Stack

ADMIN = ("root", "events-Admin-Pa55")
EMMA = ("emma", "events-Emma-Pa55")
PHONE = {"X-Limit-U": "emma", "X-Limit-D": "phone"}


@pytest.fixture(scope="module")
def stack():
    s = Stack(users={EMMA[0]: EMMA[1]})
    s.add_user(*ADMIN, admin=True)
    with s:
        assert publish(s, {"_type": "location", "lat": 1, "lon": 2, "tst": 1_772_800_000})
        assert s.wait_sql("select count(*) from my_tracks_device", [(1,)]) == [(1,)]
        yield s


def publish(stack, *messages, device="phone", user=EMMA):
    """All acknowledged?"""
    c = paho.Client(client_id=f"{user[0]}-{device}-{time.monotonic_ns()}")
    c.username_pw_set(*user)
    c.connect("127.0.0.1", stack.mqtt_port)
    c.loop_start()
    try:
        sent = [c.publish(f"owntracks/{user[0]}/{device}", json.dumps(m), 1) for m in messages]
        for info in sent:
            info.wait_for_publish(10)
        return all(info.is_published() for info in sent)
    finally:
        c.disconnect()
        c.loop_stop()


def post(stack, message, headers=PHONE):
    assert stack.request("POST", "/pub", message, headers, auth=EMMA) == (200, b"[]")


def listen(stack, user):
    ws = websocket.create_connection(f"ws://127.0.0.1:{stack.http_port}/ws/locations/",
                                     cookie=stack.sign_in(*user)["cookie"], timeout=5)
    assert json.loads(ws.recv())["type"] == "welcome"
    return ws


def transition(tst, event="enter", desc="Work", **more):
    return {"_type": "transition", "tst": tst, "event": event, "desc": desc, **more}


@pytest.mark.parametrize("send", [publish, post], ids=["mqtt", "http"])
def test_staff_alone_hear_of_transitions_and_regions(stack, send):
    root, emma = listen(stack, ADMIN), listen(stack, EMMA)
    at = 1_772_810_000 + (send is post)
    send(stack, transition(at))
    send(stack, {"_type": "waypoints", "waypoints": [
        {"_type": "waypoint", "desc": f"{at} {i}", "lat": 1 + i, "lon": 2, "rad": 50} for i in range(3)]})
    told = json.loads(root.recv())
    row, = stack.sql("select id from my_tracks_transition order by id desc limit 1")
    assert told == {"type": "transition", "data": {
        "id": row[0], "device_id": "phone", "device_display": "emma/phone", "event": "enter", "region_id": "",
        "description": "Work", "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(at)),
        "waypoint_label": None}}
    assert json.loads(root.recv()) == {"type": "waypoint_event", "data": {"device_display": "emma/phone", "new_count": 3}}
    send(stack, {"_type": "location", "lat": 3, "lon": 4, "tst": at})
    assert json.loads(root.recv())["type"] == json.loads(emma.recv())["type"] == "location", "emma hears of nothing else"
    root.close()
    emma.close()


def test_many_at_once_keep_their_order(stack):
    root = listen(stack, ADMIN)
    messages = [transition(1_772_820_000 + i) if i % 2 else {"_type": "location", "lat": 1, "lon": 2, "tst": 1_772_820_000 + i}
                for i in range(60)]
    assert publish(stack, *messages)
    told = [json.loads(root.recv()) for _ in messages]
    assert [e["type"] for e in told] == [m["_type"] for m in messages]
    for kind in ("transition", "location"):
        ids = [e["data"]["id"] for e in told if e["type"] == kind]
        assert ids == sorted(ids)
    root.close()
