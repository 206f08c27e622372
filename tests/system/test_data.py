"""What is stored, as an administrator looks through it: filters, pages, removal, owners, and the quarantine."""
import hashlib
import json
import time
from urllib.parse import urlencode

import paho.mqtt.client as paho
import pytest
from stack import Stack, until

ADMIN = ("root", "dat-Admin-Pa55")
EMMA = ("emma", "dat-Emma-Pa55")
FINN = ("finn", "dat-Finn-Pa55")
T0 = 1_772_800_000
TABLES = ("devices", "locations", "messages", "transitions", "geofences", "quarantine")


@pytest.fixture(scope="module")
def stack():
    s = Stack(users=dict([EMMA, FINN]), env={"DEBUG": "False"})
    s.add_user(*ADMIN, admin=True)
    with s:
        yield s


@pytest.fixture(autouse=True)
def empty(stack):
    with stack.writing() as db:
        db.execute("update my_tracks_device set latest_location_id = null")
        for table in ("location", "transition", "owntracksmessage", "deviceshare", "waypoint", "device"):
            db.execute(f"delete from my_tracks_{table}")
        db.execute("delete from mytracks_quarantine")
        db.execute("delete from mytracks_command")


def ask(stack, method, table, rest="", body=None, auth=ADMIN, **query):
    path = f"/api/admin/data/{table}/{rest}" + (f"?{urlencode(query)}" if query else "")
    status, answer = stack.request(method, path, body, auth=auth)
    return status, json.loads(answer)


def browse(stack, table, **query):
    status, body = ask(stack, "GET", table, **query)
    assert status == 200, body
    return body["rows"]


def pages(stack, table, limit, **query):
    """All rows, page by page."""
    found, after = [], None
    while True:
        status, body = ask(stack, "GET", table, limit=limit, **query, **({"after": after} if after else {}))
        assert status == 200 and len(body["rows"]) <= limit, body
        found += body["rows"]
        after = body["next"]
        if after is None:
            return found
        assert len(body["rows"]) == limit


def post(stack, message, who=EMMA, device="phone"):
    status, body = stack.request("POST", f"/pub?u={who[0]}&d={device}", message, auth=who)
    assert status == 200, body
    return body


def fix(i, lat=50.0):
    return {"_type": "location", "lat": lat, "lon": 8.5, "tst": T0 + i, "acc": 12, "vel": 7, "batt": 81, "t": "u"}


def device_id(stack, name="phone"):
    return stack.sql("select id from my_tracks_device where device_id = ?", name)[0][0]


def test_nothing_is_nothing(stack):
    assert [browse(stack, table) for table in TABLES] == [[]] * 6


def test_locations_by_device_and_time_page_by_page(stack):
    for i in range(7):
        post(stack, fix(i // 2))  # pairs of one fix time
        post(stack, fix(i), FINN, "tablet")
    with stack.writing() as db:  # the same fix time more often than a page is long
        db.execute("update my_tracks_location set timestamp = '2026-03-06 12:00:00' where id % 3 = 0")
    everything = stack.sql("select id from my_tracks_location order by timestamp desc, id")
    assert [(row["id"],) for row in pages(stack, "locations", 2)] == everything
    of_emma = stack.sql("select id from my_tracks_location where device_id = ? order by timestamp desc, id", device_id(stack))
    assert [(row["id"],) for row in pages(stack, "locations", 3, device="emma/phone")] == of_emma
    assert {row["device"] for row in browse(stack, "locations", device="emma/phone")} == {"emma/phone"}
    row = pages(stack, "locations", 50, device="tablet", start_time=T0 + 6, end_time=T0 + 6)
    assert len(row) <= 1
    first = browse(stack, "locations", limit=1)[0]
    assert (first["accuracy"], first["velocity"], first["battery"], first["via"], first["latitude"]) == (12, 7, 81, "http", 50.0)


def test_messages_by_type_device_and_time(stack):
    for i in range(5):
        post(stack, {"_type": "status", "n": i})
        post(stack, {"_type": "card", "n": i})
        post(stack, {"_type": "status", "n": i}, FINN, "tablet")
    order = "order by received_at desc, id desc"
    for where, query in (("1", {}), ("message_type = 'status'", {"type": "status"}),
                         (f"device_id = {device_id(stack)}", {"device": "emma/phone"}),
                         (f"device_id = {device_id(stack)} and message_type = 'card'", {"device": "phone", "type": "card"})):
        want = [row[0] for row in stack.sql(f"select id from my_tracks_owntracksmessage where {where} {order}")]
        assert len(want) >= 5
        assert [row["id"] for row in pages(stack, "messages", 2, **query)] == want
    assert browse(stack, "messages", end_time=T0) == [] and len(browse(stack, "messages", start_time=T0)) == 15


def test_a_long_message_is_cut_in_the_list_and_whole_by_itself(stack):
    text = "ü" * 2000
    post(stack, {"_type": "dump", "text": text})
    row, = browse(stack, "messages")
    assert len(row["payload"]) == 300 and row["size"] > 2000
    status, whole = ask(stack, "GET", "messages", f"{row['id']}/")
    assert status == 200 and json.loads(whole["payload"])["text"] == text
    assert ask(stack, "GET", "messages", "0/")[0] == 404 and ask(stack, "GET", "locations", "1/")[0] == 404


def test_what_was_set_aside_is_whole_however_long(stack):
    raw = b"\xff" * 3_000_000
    status, row = ask(stack, "GET", "quarantine", f"{quarantined(stack, raw=raw)}/")
    assert status == 200 and row["raw"] == "\ufffd" * 3_000_000 and row["size"] == 3_000_000
    cookie = stack.sign_in(*ADMIN)["cookie"]
    status, headers, body = stack.answer("GET", f"/api/admin/data/quarantine/{row['id']}/", headers={"Cookie": cookie})
    assert status == 200 and len(json.loads(body)["raw"]) == 3_000_000
    assert again(stack, row["id"])[0] == 409


def test_devices_and_geofences_by_owner_and_name(stack):
    post(stack, fix(0))
    post(stack, fix(0), FINN, "Tab%let_")
    with stack.writing() as db:
        db.execute("update my_tracks_device set is_online = 1 where device_id = 'phone'")
        db.execute("insert into my_tracks_device (device_id, name, created_at, last_seen, is_online, mqtt_user, owner_id)"
                   " values ('lost', 'Nobody''s', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 0, '', null)")
    names = lambda **query: sorted(row["device_id"] for row in browse(stack, "devices", **query))
    assert names() == ["Tab%let_", "lost", "phone"]
    assert names(owner="finn") == ["Tab%let_"] and names(unowned="true") == ["lost"]
    assert names(online="true") == ["phone"] and names(online="false") == ["Tab%let_", "lost"]
    assert names(q="NOBODY") == ["lost"] and names(q="%let_") == ["Tab%let_"] and names(q="emma") == ["phone"]
    assert ask(stack, "GET", "devices", owner="nobody")[0] == 404
    post(stack, {"_type": "waypoint", "desc": "Mill", "lat": 50, "lon": 8, "rad": 80, "tst": T0})
    row, = browse(stack, "geofences", owner="emma", q="mil")
    assert (row["label"], row["owner"], row["radius"]) == ("Mill", "emma", 80)
    assert browse(stack, "geofences", owner="finn") == []


def test_what_cannot_be_read_is_listed_all_the_same(stack):
    post(stack, fix(0))
    with stack.writing() as db:
        db.execute("update my_tracks_location set timestamp = 'never', accuracy = 'far', received_at = ''")
    row, = browse(stack, "locations")
    assert row["timestamp"] is None and row["accuracy"] is None and row["latitude"] == 50.0
    assert ask(stack, "POST", "locations", "remove/", {"ids": [row["id"]]}) == (200, {"removed": 1})


def test_unknown_names_are_refused(stack):
    assert ask(stack, "GET", "users")[0] == 404
    for table, query in (("locations", {"devise": "x"}), ("locations", {"type": "x"}), ("devices", {"device": "x"}),
                         ("messages", {"limit": 0}), ("messages", {"limit": 501}), ("messages", {"after": "x"}),
                         ("messages", {"start_time": "soon"})):
        assert ask(stack, "GET", table, **query)[0] == 400, (table, query)
    assert ask(stack, "GET", "locations", device="nowhere")[0] == 404


@pytest.mark.parametrize("who", [EMMA, None])
def test_administrators_alone(stack, who):
    for table in TABLES:
        assert ask(stack, "GET", table, auth=who)[0] in (401, 403)
        assert ask(stack, "POST", table, "remove/", {"ids": [1]}, auth=who)[0] in (401, 403)


# ---- removal

def latest(stack, name="phone"):
    return stack.sql("select latest_location_id from my_tracks_device where device_id = ?", name)[0][0]


def test_the_fix_before_is_the_latest_after_one_is_removed(stack):
    for i in range(3):
        post(stack, fix(i))
    ids = [i for (i,) in stack.sql("select id from my_tracks_location order by timestamp")]
    assert latest(stack) == ids[2]
    assert ask(stack, "POST", "locations", "remove/", {"ids": [ids[2], 999999]}) == (200, {"removed": 1})
    assert latest(stack) == ids[1]
    assert ask(stack, "POST", "locations", "remove/", {"ids": [ids[0]]}) == (200, {"removed": 1})
    assert latest(stack) == ids[1]
    assert ask(stack, "POST", "locations", "remove/", {"ids": [ids[1]]}) == (200, {"removed": 1})
    assert latest(stack) is None and stack.sql("pragma foreign_key_check") == []


def test_a_span_of_positions_goes_and_the_rest_stays(stack):
    post(stack, fix(0))
    post(stack, fix(0), FINN, "tablet")
    with stack.writing() as db:
        for name, n in (("phone", 12_000), ("tablet", 100)):
            db.execute("insert into my_tracks_location (latitude, longitude, timestamp, connection_type, tracker_id, received_at,"
                       " device_id, received_via, fix_source, owntracks_message_id, \"trigger\", wifi_bssid, wifi_ssid)"
                       " with recursive n(i) as (values(1) union all select i + 1 from n where i < ?)"
                       " select 50, 8, datetime(?, 'unixepoch', i || ' seconds'), '', '', '2026-03-06 00:00:00', ?, 'http', '', '', '', '', '' from n",
                       (n, T0, device_id(stack, name)))
        db.execute("update my_tracks_device set latest_location_id = (select max(id) from my_tracks_location where device_id = my_tracks_device.id)")
    span = {"start_time": T0 + 1, "end_time": T0 + 11_999}
    assert ask(stack, "POST", "locations", "remove/", {"all": True, "dry_run": True}, device="emma/phone", **span) == (200, {"count": 11_999})
    assert stack.sql("select count(*) from my_tracks_location") == [(12_102,)]
    assert ask(stack, "POST", "locations", "remove/", {"all": True}, device="emma/phone", **span) == (200, {"removed": 11_999})
    assert stack.sql("select count(*) from my_tracks_location where device_id = ?", device_id(stack)) == [(2,)]
    newest = stack.sql("select id from my_tracks_location where device_id = ? order by timestamp desc limit 1", device_id(stack))[0][0]
    assert latest(stack) == newest
    assert ask(stack, "POST", "locations", "remove/", {"all": True}, end_time=T0 + 50)[1] == {"removed": 52}
    assert ask(stack, "POST", "locations", "remove/", {"all": True}, start_time=T0)[1] == {"removed": 51}
    assert stack.sql("select n from mytracks_location_count where n <> 0") == []
    assert latest(stack) is None and latest(stack, "tablet") is None


def test_all_must_be_said_and_a_wrong_filter_removes_nothing(stack):
    for i in range(3):
        post(stack, fix(i))
    for body in ({}, None, {"ids": []}, {"ids": ["1"]}, {"ids": [1.5]}, {"all": "true"}, {"ids": list(range(1001))}, []):
        assert ask(stack, "POST", "locations", "remove/", body)[0] == 400, body
    for query in ({"devise": "emma/phone"}, {"type": "x"}, {"start_time": "x"}, {"device": "elsewhere"}):
        assert ask(stack, "POST", "locations", "remove/", {"all": True}, **query)[0] in (400, 404)
    many = urlencode([(f"x{i}", "1") for i in range(1100)])
    assert stack.request("POST", f"/api/admin/data/locations/remove/?{many}", {"all": True}, auth=ADMIN)[0] == 400
    for table in ("devices", "transitions", "geofences"):
        assert ask(stack, "POST", table, "remove/", {"all": True})[0] == 400
    assert stack.sql("select count(*) from my_tracks_location") == [(3,)]


def test_messages_of_one_type_go(stack):
    for i in range(3):
        post(stack, {"_type": "status", "n": i})
        post(stack, {"_type": "card", "n": i})
    assert ask(stack, "POST", "messages", "remove/", {"all": True, "dry_run": True}, type="card") == (200, {"count": 3})
    assert ask(stack, "POST", "messages", "remove/", {"all": True}, type="card", device="phone") == (200, {"removed": 3})
    assert stack.sql("select distinct message_type from my_tracks_owntracksmessage") == [("status",)]
    ids = [row["id"] for row in browse(stack, "messages")]
    assert ask(stack, "POST", "messages", "remove/", {"ids": ids[:2]}) == (200, {"removed": 2})


def test_devices_and_places_go_with_what_hangs_on_them(stack):
    post(stack, {"_type": "waypoint", "desc": "Mill", "lat": 50, "lon": 8, "rad": 80, "tst": T0})
    post(stack, fix(0))
    post(stack, {"_type": "transition", "event": "enter", "desc": "Mill", "wtst": T0, "tst": T0 + 1, "lat": 50, "lon": 8, "acc": 5})
    assert stack.sql("select count(*) from my_tracks_transition where waypoint_id is not null") == [(1,)]
    place = browse(stack, "geofences")[0]["id"]
    assert ask(stack, "POST", "geofences", "remove/", {"ids": [place]}) == (200, {"removed": 1})
    event, = browse(stack, "transitions", device="phone", type="enter")
    assert event["place"] == "Mill" and browse(stack, "transitions", type="leave") == []
    assert ask(stack, "POST", "devices", "remove/", {"ids": [device_id(stack)]}) == (200, {"removed": 1})
    assert stack.sql("select (select count(*) from my_tracks_location), (select count(*) from my_tracks_transition)") == [(0, 0)]
    assert stack.sql("pragma foreign_key_check") == []


# ---- what belongs to people

def between(stack):
    """Friends with a shared device, a request that waits, rules, home places."""
    post(stack, fix(0))
    with stack.writing() as db:
        for table in ("friendrequest", "transitionaction"):
            db.execute(f"delete from my_tracks_{table}")
        emma, finn, root = (db.execute("select id from auth_user where username = ?", (name,)).fetchone()[0] for name in ("emma", "finn", "root"))
        db.executemany("insert into my_tracks_friendrequest (status, created_at, updated_at, from_user_id, to_user_id, auto_accept_reciprocal)"
                       " values (?, '2026-01-01', '2026-01-02', ?, ?, 0)", [("accepted", emma, finn), ("pending", finn, root)])
        db.execute("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) values ('2026-01-01', ?, ?)", (device_id(stack), finn))
        db.executemany("insert into my_tracks_transitionaction (event, action_type, email_address, is_active, created_at, user_id)"
                       " values ('enter', 'email', ?, 1, '2026-01-01', ?)", [("one@example.org", emma), ("two@example.org", finn)])
        db.execute("insert or replace into my_tracks_userprofile (home_latitude, home_longitude, home_label, created_at, updated_at, user_id)"
                   " values (48.2, 16.3, 'Flat', '2026-01-01', '2026-01-02', ?)", (emma,))


def test_rules_profiles_requests_and_shares(stack):
    between(stack)
    rule, = browse(stack, "rules", owner="emma")
    assert {k: rule[k] for k in ("owner", "place", "event", "action_type", "email", "is_active")} == {
        "owner": "emma", "place": None, "event": "enter", "action_type": "email", "email": "one@example.org", "is_active": True}
    assert [r["email"] for r in browse(stack, "rules")] == ["two@example.org", "one@example.org"] == [r["email"] for r in pages(stack, "rules", 1)]
    assert browse(stack, "rules", q="TWO")[0]["owner"] == "finn"
    home, = browse(stack, "profiles", owner="emma")
    assert (home["label"], home["latitude"], home["longitude"]) == ("Flat", 48.2, 16.3)
    assert browse(stack, "profiles", q="flat") == [home]
    waiting, = browse(stack, "requests", type="pending")
    assert (waiting["from_user"], waiting["to_user"], waiting["eager"]) == ("finn", "root", False)
    assert len(pages(stack, "requests", 1)) == 2 and len(browse(stack, "requests", q="emma")) == 1
    share, = browse(stack, "shares", q="phone")
    assert (share["device"], share["shared_with"]) == ("emma/phone", "finn") and browse(stack, "shares", q="x") == []
    for table, query in (("rules", {"type": "x"}), ("profiles", {"device": "phone"}), ("requests", {"owner": "emma"}), ("shares", {"owner": "emma"})):
        assert ask(stack, "GET", table, **query)[0] == 400
        assert ask(stack, "POST", table, "remove/", {"all": True})[0] == 400
        assert ask(stack, "GET", table, "1/")[0] == 404
        assert ask(stack, "GET", table, auth=EMMA)[0] == 403


def test_people_s_rows_go_by_their_ids(stack):
    between(stack)
    for table, query in (("rules", {"owner": "emma"}), ("profiles", {"owner": "emma"}), ("requests", {"type": "pending"}), ("shares", {})):
        row, = browse(stack, table, **query)
        assert ask(stack, "POST", table, "remove/", {"ids": [row["id"], 10 ** 9]}) == (200, {"removed": 1}), table
        assert browse(stack, table, **query) == []
    assert [r["owner"] for r in browse(stack, "rules")] == ["finn"]
    assert [r["status"] for r in browse(stack, "requests")] == ["accepted"]
    assert stack.sql("pragma foreign_key_check") == []
    assert stack.request("GET", "/api/account/", auth=EMMA)[0] == 200  # without a profile


def test_a_friendship_ends_with_what_is_shared(stack):
    between(stack)
    row, = browse(stack, "requests", type="accepted")
    assert ask(stack, "POST", "requests", "remove/", {"ids": [row["id"]]}) == (200, {"removed": 1})
    assert browse(stack, "shares") == [] and len(browse(stack, "requests")) == 1
    assert stack.request("GET", "/api/devices/phone/", auth=FINN)[0] == 404


def limited(stack):
    """Emma's phone, shared with finn within limits, and by a link: its secret."""
    between(stack)
    finn = stack.sql("select id from auth_user where username = 'finn'")[0][0]
    with stack.writing() as db:
        db.execute("delete from mytracks_share")
        db.execute("delete from mytracks_link")
    limits = {"precision": "area", "history": "since", "since": T0, "expires_at": int(time.time()) + 9000}
    assert stack.request("PUT", f"/api/shares/{finn}/phone/", limits, auth=EMMA)[0] == 200
    status, body = stack.request("POST", "/api/links/", {"device_id": "phone", "expires_in": 3600, "label": "Our tour", "trail": True}, auth=EMMA)
    assert status == 201, body
    return json.loads(body)["url"].split("#")[1]


def test_shares_within_limits_and_links_are_listed_without_their_secrets(stack):
    secret = limited(stack)
    share, = browse(stack, "limits", owner="emma", q="FINN")
    assert {k: share[k] for k in ("device", "shared_with", "precision", "history", "since", "paused_at", "active")} == {
        "device": "emma/phone", "shared_with": "finn", "precision": "area", "history": "since", "since": "2026-03-06T12:26:40Z", "paused_at": None, "active": True}
    assert share["expires_at"] and share["created_at"]
    link, = browse(stack, "links", owner="emma", q="tour")
    assert {k: link[k] for k in ("device", "owner", "label", "precision", "trail", "used_at", "active")} == {
        "device": "emma/phone", "owner": "emma", "label": "Our tour", "precision": "exact", "trail": True, "used_at": None, "active": True}
    told = json.dumps(link)
    assert secret not in told and hashlib.sha256(secret.encode()).hexdigest() not in told
    assert stack.sql("select token from mytracks_link")[0][0] not in told
    with stack.writing() as db:
        db.execute("update mytracks_share set paused_at = '2026-01-01 00:00:00'")
        db.execute("update mytracks_link set expires_at = '2026-01-01 00:00:00'")
    assert [browse(stack, table)[0]["active"] for table in ("limits", "links")] == [False, False]
    for table in ("limits", "links"):
        assert browse(stack, table, owner="finn") == browse(stack, table, q="nothing") == []
        assert ask(stack, "GET", table, device="phone")[0] == 400 and ask(stack, "GET", table, "1/")[0] == 404
        assert ask(stack, "POST", table, "remove/", {"all": True})[0] == 400
        assert ask(stack, "GET", table, auth=EMMA)[0] == 403


def test_shares_within_limits_page_by_page(stack):
    limited(stack)
    with stack.writing() as db:
        db.execute("insert into my_tracks_device (id, device_id, name, created_at, last_seen, is_online, mqtt_user) values (5000000, 'last', '', '2026-01-01', '2026-01-01', 0, '')")
        db.execute("insert or ignore into mytracks_share (device_id, viewer_id, precision, history, created_at)"
                   " select d.id, u.id, 'exact', 'live', '2026-01-01 00:00:00' from my_tracks_device d, auth_user u")
    everything = [(row["device"], row["shared_with"]) for row in browse(stack, "limits")]
    assert len(set(everything)) == len(everything) == 6
    assert [(row["device"], row["shared_with"]) for row in pages(stack, "limits", 2)] == everything
    assert everything[0][0] == "last"


def test_what_is_removed_there_shows_nothing_any_more(stack):
    secret = limited(stack)
    look = lambda: stack.request("GET", "/api/public/position/", None, {"X-Share-Link": secret})[0]  # noqa: E731
    assert look() == 200 and stack.request("GET", "/api/devices/phone/", auth=FINN)[0] == 200
    for table in ("limits", "links"):
        row, = browse(stack, table)
        assert ask(stack, "POST", table, "remove/", {"ids": [row["id"] + 1, row["id"], 10 ** 9]}) == (200, {"removed": 1}), table
        assert browse(stack, table) == []
    assert look() == 404 and stack.request("GET", "/api/devices/phone/", auth=FINN)[0] == 404


# ---- owners

def test_a_device_is_given_away(stack):
    post(stack, fix(0))
    device = device_id(stack)
    with stack.writing() as db:
        db.execute("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', ?, id"
                   " from auth_user where username = 'finn'", (device,))
    assert stack.request("POST", "/api/devices/phone/cmd/", {"action": "reportLocation"}, auth=EMMA)[0] == 202
    assert ask(stack, "PATCH", "devices", f"{device}/", {"owner": "finn"}) == (200, {"owner": "finn"})
    assert stack.sql("select u.username, d.mqtt_user from my_tracks_device d join auth_user u on u.id = d.owner_id") == [("finn", "finn")]
    assert stack.sql("select count(*) from my_tracks_deviceshare") == [(0,)] and stack.sql("select count(*) from mytracks_command") == [(0,)]
    assert json.loads(stack.request("GET", "/api/devices/", auth=FINN)[1])["count"] == 1
    assert json.loads(stack.request("GET", "/api/devices/", auth=EMMA)[1])["count"] == 0
    post(stack, fix(1))  # emma's phone is a new device
    other = stack.sql("select id from my_tracks_device where id <> ?", device)[0][0]
    assert ask(stack, "PATCH", "devices", f"{other}/", {"owner": "finn"})[0] == 409
    assert ask(stack, "PATCH", "devices", f"{other}/", {"owner": None}) == (200, {"owner": None})
    for body in ({}, {"owner": 1}, {"owner": "nobody"}, None):
        assert ask(stack, "PATCH", "devices", f"{other}/", body)[0] == 400
    assert ask(stack, "PATCH", "locations", "1/", {"owner": "finn"})[0] == 404


# ---- quarantine

def quarantined(stack, **columns):
    row = {"received_at": "2026-03-06 12:00:00", "via": "mqtt", "username": "emma", "address": "192.0.2.7",
           "topic": "owntracks/emma/phone", "raw": b"", "reason": "test", **columns}
    if not isinstance(row["raw"], bytes):
        row["raw"] = json.dumps(row["raw"]).encode()
    with stack.writing() as db:
        return db.execute(f"insert into mytracks_quarantine ({', '.join(row)}) values ({', '.join('?' * len(row))}) returning id",
                          list(row.values())).fetchone()[0]


def again(stack, row):
    return ask(stack, "POST", "quarantine", f"{row}/again/")


def test_what_phones_sent_is_listed_with_its_bytes(stack):
    client = paho.Client(client_id="emma-data", protocol=paho.MQTTv311)
    client.username_pw_set(*EMMA)
    client.connect("127.0.0.1", stack.mqtt_port)
    client.loop_start()
    client.publish("owntracks/emma/phone", b'{"_type": "location", \xff\x00', 1).wait_for_publish(10)
    row = until(lambda: browse(stack, "quarantine"))[0]
    client.disconnect()
    client.loop_stop()
    assert (row["via"], row["username"], row["topic"], row["size"]) == ("mqtt", "emma", "owntracks/emma/phone", 24)
    assert row["raw"] == '{"_type": "location", \ufffd\x00' and row["reason"]
    assert again(stack, row["id"])[0] == 409 and len(browse(stack, "quarantine")) == 1
    assert browse(stack, "quarantine", q="EMMA/PHONE") and not browse(stack, "quarantine", q="finn")
    assert ask(stack, "POST", "quarantine", "remove/", {"all": True}, q="emma") == (200, {"removed": 1})


def test_a_message_is_read_again_as_who_sent_it_when_it_came(stack):
    for row in (quarantined(stack, raw=fix(0)),
                quarantined(stack, raw={**fix(1), "topic": "owntracks/emma/phone"}, via="http", topic="")):
        assert again(stack, row) == (200, {"result": "stored"})
    assert stack.sql("select d.device_id, u.username, l.received_at, l.received_via, l.ip_address from my_tracks_location l join my_tracks_device d"
                     " on d.id = l.device_id join auth_user u on u.id = d.owner_id order by l.id") == [
        ("phone", "emma", "2026-03-06 12:00:00", "mqtt", "192.0.2.7"), ("phone", "emma", "2026-03-06 12:00:00", "http", "192.0.2.7")]
    assert browse(stack, "quarantine") == []


def test_what_was_stored_meanwhile_is_not_stored_twice(stack):
    assert again(stack, quarantined(stack, raw=fix(0))) == (200, {"result": "stored"})
    assert again(stack, quarantined(stack, raw=fix(0))) == (200, {"result": "repeated"})
    assert stack.sql("select count(*) from my_tracks_location") == [(1,)] and browse(stack, "quarantine") == []


def test_readable_but_nothing_to_store(stack):
    assert again(stack, quarantined(stack, raw={"_type": "lwt", "tst": T0}, topic="owntracks/emma/unknown")) == (200, {"result": "dropped"})


def test_what_still_cannot_be_stored_stays_with_the_reason(stack):
    for columns, why in (({"raw": {"_type": "location", "lat": 91, "lon": 0, "tst": T0}}, "lat"), ({"raw": {"_type": "magic"}}, "unknown _type"),
                         ({"raw": fix(0), "username": "gone"}, "the user who sent it is gone"),
                         ({"raw": {"_type": "location"}, "via": "http", "topic": ""}, "device identification"), ({"raw": b"x", "via": "http"}, "Expecting value")):
        row = quarantined(stack, **columns)
        status, body = again(stack, row)
        assert status == 409 and why in body["error"], (columns, body)
        assert stack.sql("select count(*) from mytracks_quarantine where id = ?", row) == [(1,)]
    assert stack.sql("select count(*) from my_tracks_location") == [(0,)]
    assert again(stack, 999999)[0] == 404


def test_no_mail_follows_from_what_is_read_late(stack):
    post(stack, {"_type": "waypoint", "desc": "Mill", "lat": 50, "lon": 8, "rad": 80, "tst": T0})
    with stack.writing() as db:
        db.execute("delete from mytracks_outbox")
        db.execute("insert into my_tracks_transitionaction (event, action_type, email_address, is_active, created_at, user_id, waypoint_id)"
                   " select 'enter', 'email', 'a@example.org', 1, '2026-01-01', user_id, id from my_tracks_waypoint")
    event = {"_type": "transition", "event": "enter", "desc": "Mill", "wtst": T0, "tst": int(time.time()), "lat": 50, "lon": 8, "acc": 5}
    assert again(stack, quarantined(stack, raw=event, topic="owntracks/emma/phone/event")) == (200, {"result": "stored"})
    assert stack.sql("select count(*) from my_tracks_transition") == [(1,)] and stack.sql("select count(*) from mytracks_outbox") == [(0,)]
