"""Name and colour of a device, and its removal with everything that hangs on it."""
import json

import paho.mqtt.client as paho
import pytest
from stack import Stack

EMMA = ("emma", "device-Emma-Pa55")
FRED = ("fred", "device-Fred-Pa55")
ROOT = ("root", "device-Root-Pa55")
URL = "/api/devices/my.phone/settings/"
T0 = 1_772_800_000


@pytest.fixture
def stack():
    with Stack(users=dict([EMMA, FRED])) as s:
        s.add_user(*ROOT, admin=True)
        report(s, "my.phone", 3)
        report(s, "other", 2)
        yield s


def report(stack, device, n, who=EMMA):
    for i in range(n):
        message = {"_type": "location", "topic": f"owntracks/{who[0]}/{device}", "lat": 1, "lon": 2, "tst": T0 + i}
        assert stack.request("POST", "/api/locations/", message, auth=who)[0] == 200


def share(stack, device, owner, receiver):
    with stack.writing() as db:
        db.execute("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', d.id, r.id"
                   " from my_tracks_device d join auth_user o on o.id = d.owner_id, auth_user r"
                   " where d.device_id = ? and o.username = ? and r.username = ?", (device, owner, receiver))


def settings(stack, method="GET", body=None, who=EMMA, url=URL):
    status, text = stack.request(method, url, body, auth=who)
    return (status, json.loads(text)) if text else (status, None)


def test_name_and_colour_are_kept_and_shown(stack):
    status, body = settings(stack)
    assert (status, body["device_id"], body["colour"]) == (200, "my.phone", None)
    status, body = settings(stack, "PATCH", {"name": "  Anna’s \u260e ", "colour": "#c2410c"})
    assert (status, body["name"], body["colour"]) == (200, "Anna’s \u260e", "#c2410c")
    assert settings(stack, "PATCH", {"name": ""})[1] == {**body, "name": ""}, "the colour stays"
    cookie = {"Cookie": stack.sign_in(*EMMA)["cookie"]}
    assert f'data-colours="{body["id"]}:#c2410c,"'.encode() in stack.answer("GET", "/", headers=cookie)[2]
    stranger = {"Cookie": stack.sign_in(*FRED)["cookie"]}
    assert b'data-colours=""' in stack.answer("GET", "/", headers=stranger)[2]
    assert settings(stack, "PATCH", {"colour": None})[1]["colour"] is None
    assert stack.sql("select count(*) from mytracks_device_look") == [(0,)]


@pytest.mark.parametrize("body", [
    {"name": "x" * 201}, {"name": 7}, {"name": None}, {"name": "a\nb"}, {"colour": "red"}, {"colour": "#C2410C"}, {"colour": "#c2410"},
    {"colour": "#c2410c;"}, {"colour": 1}, {"name": "good", "colour": "bad"}, []])
def test_what_cannot_be_is_refused_and_changes_nothing(stack, body):
    before = stack.sql("select name from my_tracks_device")
    assert settings(stack, "PATCH", body)[0] == 400
    assert stack.sql("select name from my_tracks_device") == before


def test_only_the_owner_and_staff(stack):
    assert settings(stack, who=FRED)[0] == 404 and settings(stack, "DELETE", who=FRED)[0] == 404
    share(stack, "my.phone", "emma", "fred")
    assert settings(stack, "PATCH", {"name": "mine"}, FRED)[0] == 403 and settings(stack, "DELETE", who=FRED)[0] == 403
    assert settings(stack, "PATCH", {"name": "by staff"}, ROOT)[1]["name"] == "by staff"


def test_removal_takes_everything_along_and_nothing_else(stack):
    device, = stack.sql("select id from my_tracks_device where device_id = 'my.phone'")[0]
    other, = stack.sql("select id from my_tracks_device where device_id = 'other'")[0]
    with stack.writing() as db:
        for d in (device, other):
            db.execute("insert into my_tracks_transition (event, region_id, description, timestamp, received_at, device_id)"
                       " values ('enter', 'r', '', '2026-01-01', '2026-01-01', ?)", (d,))
            db.execute("insert into my_tracks_owntracksmessage (message_type, payload, received_at, device_id)"
                       " values ('lwt', '{}', '2026-01-01', ?)", (d,))
            db.execute("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', ?, id"
                       " from auth_user where username = 'fred'", (d,))
            db.execute("insert into mytracks_device_look values (?, '#123456')", (d,))
        # More than go in one transaction.
        db.execute("with recursive n(i) as (select 0 union all select i + 1 from n where i < 12000) insert into my_tracks_location"
                   " (latitude, longitude, timestamp, connection_type, tracker_id, received_at, device_id, received_via, fix_source,"
                   " owntracks_message_id, \"trigger\", wifi_bssid, wifi_ssid) select 1, 2, datetime(?, 'unixepoch'), '', '',"
                   " '2026-01-01', ?, 'http', '', '', '', '', '' from n", (T0, device))
    assert settings(stack, "DELETE")[0] == 204
    assert settings(stack)[0] == 404
    for table, column in (("my_tracks_location", "device_id"), ("my_tracks_transition", "device_id"), ("my_tracks_owntracksmessage", "device_id"),
                          ("my_tracks_deviceshare", "device_id"), ("mytracks_device_look", "device_id"), ("my_tracks_device", "id")):
        left = {row[0] for row in stack.sql(f"select {column} from {table}")}
        assert left == {other}, table
    assert stack.sql("select count(*) from my_tracks_location") == [(2,)]
    assert json.loads(stack.request("GET", "/api/locations/?limit=1", auth=ROOT)[1])["count"] == 2, "the kept counts follow"
    assert stack.sql("pragma foreign_key_check") == []
    report(stack, "my.phone", 1)
    assert settings(stack)[1]["id"] > other, "a new device"


def test_removal_takes_back_what_the_broker_keeps(stack):
    target = "owntracks/emma/my.phone"
    got = []
    client = paho.Client("emma-look")
    client.username_pw_set(*EMMA)
    client.on_message = lambda _c, _u, m: got.append((m.retain, m.payload))
    client.connect("127.0.0.1", stack.mqtt_port)
    client.loop_start()
    try:
        client.publish(target, json.dumps({"_type": "location", "lat": 1, "lon": 2, "tst": T0 + 50}), 1, retain=True).wait_for_publish(5)
        assert settings(stack, "DELETE")[0] == 204

        def kept():
            client.unsubscribe(target)
            got.clear()
            client.subscribe(target, 1)
            stack.wait_sql("select 1", [(0,)], within=0.3)
            return [payload for retain, payload in got if retain]
        for _ in range(20):
            if kept() == []:
                break
        assert kept() == []
    finally:
        client.disconnect()
        client.loop_stop()


@pytest.fixture
def twins(stack):
    """Both have a my.phone; Fred sees Emma's too."""
    report(stack, "my.phone", 1, FRED)
    share(stack, "my.phone", "emma", "fred")
    return stack


def of(owner, part):
    return f"/api/devices/my.phone/{part}/?owner={owner}"


def names(stack):
    return dict(stack.sql("select u.username, d.name from my_tracks_device d join auth_user u on u.id = d.owner_id where d.device_id = 'my.phone'"))


@pytest.mark.parametrize("who", [FRED, ROOT])
def test_of_two_with_one_id_the_owner_s_is_meant(twins, who):
    for part in ("settings", "cmd", "key"):
        assert "Ambiguous" in settings(twins, who=who, url=f"/api/devices/my.phone/{part}/")[1]["error"]
        assert settings(twins, who=who, url=of("nobody", part))[0] == settings(twins, who=who, url=of("", part))[0] == 404
    assert settings(twins, "PATCH", {"name": "Fred's"}, who, of("fred", "settings"))[1]["name"] == "Fred's"
    assert names(twins)["fred"] == "Fred's" != names(twins)["emma"]
    for owner in ("emma", "fred"):
        status, command = settings(twins, "POST", {"action": "reportLocation"}, who, of(owner, "cmd"))
        assert status == 202
        assert [one["id"] for one in settings(twins, who=who, url=of(owner, "cmd"))[1]["results"]] == [command["id"]]
        assert settings(twins, who=who, url=of(owner, f"cmd/{command['id']}"))[0] == 200
    assert sorted(twins.sql("select topic from mytracks_command")) == [("owntracks/emma/my.phone/cmd",), ("owntracks/fred/my.phone/cmd",)]
    assert settings(twins, "DELETE", who=who, url=of("fred", "settings"))[0] == 204
    assert list(names(twins)) == ["emma"]


def test_of_two_with_one_id_the_key_is_the_owner_s(twins):
    key = {"key": "a key of mine"}
    for who, owner in ((FRED, "emma"), (ROOT, "emma"), (ROOT, "fred")):
        assert settings(twins, "PUT", key, who, of(owner, "key"))[0] == 403
    assert settings(twins, "PUT", key, FRED, of("fred", "key"))[1]["set"] is True
    assert settings(twins, who=EMMA, url=of("emma", "key"))[1]["set"] is False
    assert settings(twins, "DELETE", who=FRED, url=of("fred", "key"))[0] == 204
    assert settings(twins, who=FRED, url=of("fred", "key"))[1]["set"] is False


def test_a_device_of_nobody_is_meant_by_an_empty_owner(twins):
    with twins.writing() as db:
        db.execute("update my_tracks_device set owner_id = null where device_id = 'my.phone' and owner_id = (select id from auth_user where username = 'fred')")
    assert settings(twins, "PATCH", {"name": "nobody's"}, ROOT, of("", "settings"))[0] == 200
    assert settings(twins, who=FRED, url=of("", "settings"))[0] == 404
    assert twins.sql("select owner_id from my_tracks_device where name = 'nobody''s'") == [(None,)]
