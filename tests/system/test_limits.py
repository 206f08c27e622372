"""Shares within limits: no way of reading tells more than they allow, and Django never sees them as shares without.

WAYS is every way in which somebody reads positions over HTTP; each limit is tried on all of them. A new way of reading
belongs there."""
import json
import queue
import re
import threading
import time

import paho.mqtt.client as paho
import pytest
import websocket
from stack import Stack, until

EMMA, FRED, GINA, ROOT = (("emma", "limits-Emma-Pa55"), ("fred", "limits-Fred-Pa55"), ("gina", "limits-Gina-Pa55"),
                          ("root", "limits-Root-Pa55"))
NOW = int(time.time())
OLD, MIDDLE, NEW = NOW - 10 * 86400, NOW - 86400, NOW - 600
# Where she was: places of which no digit may come through, some kilometres apart.
PLACES = {OLD: (47.111111, 15.222222), MIDDLE: (48.333333, 16.444444), NEW: (49.555555, 17.666666)}
HOME = "Secret Home"
FACTS = {"vel": 77, "alt": 1234, "cog": 213, "vac": 17, "SSID": "emma-wifi", "BSSID": "aa:bb:cc:dd:ee:ff", "inregions": [HOME],
         "conn": "w", "t": "c", "acc": 9, "batt": 55}


def report(tst, device="phone", place=None):
    lat, lon = place or PLACES[tst]
    return {"_type": "location", "lat": lat, "lon": lon, "tst": tst, "topic": f"owntracks/emma/{device}", **FACTS}


def phone_of(user, device="phone"):
    return {"X-Limit-U": user[0], "X-Limit-D": device, "User-Agent": "Owntracks-iOS/1"}


def tell(stack, tst, place=None, device="phone"):
    assert stack.request("POST", "/pub", report(tst, device, place), phone_of(EMMA, device), auth=EMMA)[0] == 200


@pytest.fixture(scope="module")
def stack():
    s = Stack(users=dict([EMMA, FRED, GINA]))
    s.add_user(*ROOT, admin=True)
    with s:
        for tst in (OLD, MIDDLE, NEW):
            tell(s, tst)
            assert s.request("POST", "/pub", {"_type": "transition", "tst": tst + 1, "event": "enter", "desc": HOME, "lat": PLACES[tst][0],
                                              "lon": PLACES[tst][1]}, phone_of(EMMA), auth=EMMA)[0] == 200
        with s.writing() as db:
            db.execute("insert into my_tracks_waypoint (label, latitude, longitude, radius, rid, is_active, created_at, updated_at, user_id)"
                       " select ?, 49.555555, 17.666666, 5000, 'r1', 1, '2026-01-01', '2026-01-01', id from auth_user where username = 'emma'", (HOME,))
        yield s


@pytest.fixture(autouse=True)
def friends(stack):
    """emma and fred are friends, and nothing is shared."""
    with stack.writing() as db:
        for table in ("my_tracks_deviceshare", "mytracks_share", "my_tracks_friendrequest", "mytracks_peer_told", "mytracks_link"):
            db.execute(f"delete from {table}")
        others = "owner_id = (select id from auth_user where username = 'fred')"
        db.execute(f"update my_tracks_device set latest_location_id = null where {others}")
        db.execute(f"delete from my_tracks_location where device_id in (select id from my_tracks_device where {others})")
        db.execute(f"delete from my_tracks_device where {others}")
        db.execute("insert into my_tracks_friendrequest (status, auto_accept_reciprocal, created_at, updated_at, from_user_id, to_user_id)"
                   " select 'accepted', 0, '2026-01-01', '2026-01-01', a.id, b.id from auth_user a, auth_user b"
                   " where a.username = 'fred' and b.username = 'emma'")


def user_id(stack, name):
    return stack.sql("select id from auth_user where username = ?", name)[0][0]


def put(stack, device="phone", friend="fred", want=200, by=EMMA, **limits):
    status, body = stack.request("PUT", f"/api/shares/{user_id(stack, friend)}/{device}/", limits, auth=by)
    assert status == want, body
    return json.loads(body)


def get(stack, path, user=FRED):
    status, body = stack.request("GET", path, auth=user)
    assert status in (200, 404), (path, status, body)
    return body.decode()


def ids(stack):
    return [i for (i,) in stack.sql("select l.id from my_tracks_location l join my_tracks_device d on d.id = l.device_id"
                                    " where d.device_id = 'phone' order by l.id")]


def track(stack, query):
    """And its places one by one: the columns hold differences."""
    text = get(stack, f"/api/tracks/?device=emma/phone&{query}")
    body = json.loads(text)
    for column in ("t", "lat", "lon"):
        text += " ".join(str(sum(body.get(column, [])[:i + 1])) for i in range(len(body.get(column, [])))) + " "
    return text


SPAN = f"start={OLD - 100}&end={NOW + 100}"
WAYS = {
    "list": lambda s: get(s, "/api/locations/?limit=1000"),
    "list by id": lambda s: get(s, "/api/locations/?since_id=0"),
    "list by time": lambda s: get(s, f"/api/locations/?start_time={OLD - 100}&end_time={NOW}"),
    "list of the device": lambda s: get(s, "/api/locations/?device=emma/phone"),
    "list from the second on": lambda s: get(s, "/api/locations/?limit=1&offset=1") + get(s, "/api/locations/?device=emma/phone&limit=1&offset=1"),
    "all at once": lambda s: get(s, "/api/locations/?resolution=0"),
    "thinned": lambda s: get(s, "/api/locations/?resolution=1"),
    "one by one": lambda s: "".join(get(s, f"/api/locations/{i}/") for i in ids(s)),
    "latest": lambda s: get(s, "/api/locations/last-known/") + get(s, "/api/locations/last-known/?device=emma/phone"),
    "the device's": lambda s: get(s, "/api/devices/phone/locations/?owner=emma"),
    "devices": lambda s: get(s, "/api/devices/") + get(s, "/api/devices/phone/?owner=emma"),
    "track": lambda s: track(s, f"{SPAN}&spans=1&tolerance=0"),
    "track of the accurate": lambda s: track(s, f"{SPAN}&accuracy=100"),
    "timeline": lambda s: get(s, f"/api/timeline/?device=emma/phone&{SPAN}"),
    "transitions": lambda s: get(s, f"/api/transitions/?start_time={OLD - 100}&end_time={NOW}")
    + get(s, f"/api/transitions/?device=emma/phone&start_time={OLD - 100}&end_time={NOW}"),
    **{f"file {kind}": lambda s, kind=kind: get(s, f"/api/tracks/file/?device=emma/phone&{SPAN}&as={kind}") for kind in ("gpx", "geojson", "csv", "rec")},
    "statistics": lambda s: get(s, f"/api/statistics/?device=emma/phone&{SPAN}"),
    "shares": lambda s: get(s, "/api/shares/"),
    "the phone's answer": lambda s: s.request("POST", "/pub", {"_type": "location", "lat": 1, "lon": 2, "tst": int(time.time() * 1000) % 10**9},
                                              phone_of(FRED), auth=FRED)[1].decode(),
}


def micro(n):
    return str(round(n * 1e6))


def digits_of(tst):
    """Forms in which a place could come through: in degrees, and in the tracks' millionths, which differ from the first one."""
    return [f"{n:.6f}"[:-1] for n in PLACES[tst]] + [micro(n)[:-1] for n in PLACES[tst]]


def times_of(tst):
    return [str(tst), time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(tst))]


def found(text, needles):
    """A short number by itself: any may stand within a time or an id."""
    return [n for n in needles if (re.search(rf"(?<!\d){n}(?!\d)", text) if n.isdigit() and len(n) < 6 else n in text)]


SECRETS = ["emma-wifi", "aa:bb:cc", HOME, "1234", '"velocity":77', "speed>21", "213"]


@pytest.mark.parametrize("way", WAYS)
def test_without_limits_this_way_shows_it(stack, way):
    """Else the tests below could not fail."""
    put(stack)
    text = WAYS[way](stack)
    if way in ("devices", "shares"):
        assert "phone" in text
    elif way == "statistics":  # of single positions it has numbers alone
        assert json.loads(text)["positions"] == len(ids(stack))
    else:
        shown = MIDDLE if "second" in way or way == "timeline" else NEW
        assert found(text, digits_of(shown)) or way == "transitions" and HOME in text, text[:500]


@pytest.mark.parametrize("way", WAYS)
def test_an_area_is_all_that_is_told(stack, way):
    put(stack, precision="area")
    text = WAYS[way](stack)
    assert found(text, [*digits_of(OLD), *digits_of(MIDDLE), *digits_of(NEW), *SECRETS]) == [], text[:800]
    if way == "list":
        rows = json.loads(text)["results"]
        assert len(rows) == 3
        for row in rows:
            lat, lon = PLACES[row["timestamp_unix"]]
            assert abs(float(row["latitude"]) - lat) < 0.0051 and abs(float(row["longitude"]) - lon) < 0.01
            assert row["accuracy"] >= 1100 and row["battery_level"] == 55
            assert all(row[k] in (None, "") for k in ("velocity", "altitude", "course", "vertical_accuracy", "wifi_ssid", "wifi_bssid",
                                                      "ip_address", "in_regions", "trigger", "fix_source"))


@pytest.mark.parametrize("way", WAYS)
def test_nothing_from_before_a_date(stack, way):
    put(stack, history="since", since=MIDDLE)
    text = WAYS[way](stack)
    assert found(text, [*digits_of(OLD), *times_of(OLD)]) == [], text[:800]
    if way == "list":
        assert json.loads(text)["count"] == 2 and [r["timestamp_unix"] for r in json.loads(text)["results"]] == [NEW, MIDDLE]
    if way == "devices":
        assert json.loads(get(stack, "/api/devices/phone/?owner=emma"))["location_count"] == 2


@pytest.mark.parametrize("way", WAYS)
def test_the_latest_position_alone(stack, way):
    put(stack, history="live")
    text = WAYS[way](stack)
    assert found(text, [*digits_of(OLD), *times_of(OLD), *digits_of(MIDDLE), *times_of(MIDDLE), '"place":"' + HOME]) == [], text[:800]
    if way in ("list", "list by id", "the device's", "list by time", "list of the device"):
        assert json.loads(text)["count"] == 1 and [r["timestamp_unix"] for r in json.loads(text)["results"]] == [NEW]
    if way == "transitions":
        assert HOME not in text
    if way == "devices":
        assert json.loads(get(stack, "/api/devices/phone/?owner=emma"))["location_count"] == 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("end", ["paused", "over", "no friends"])
def test_nothing_at_all(stack, way, end):
    put(stack, precision="exact", paused=end == "paused", expires_at=NOW + 3600)
    with stack.writing() as db:
        if end == "over":
            db.execute("update mytracks_share set expires_at = '2026-01-01 00:00:00'")
        elif end == "no friends":  # Django ends friendships without our rows
            db.execute("delete from my_tracks_friendrequest")
    text = WAYS[way](stack)
    assert found(text, [*digits_of(NEW), *times_of(NEW), HOME, "emma/phone\""]) == [], text[:800]


def test_calendar_counts_what_may_be_seen(stack):
    start = OLD - OLD % 86400
    path = f"/api/calendar/?device=emma/phone&start={start}&days=12"
    put(stack)
    assert sum(json.loads(get(stack, path))["days"]) == 3
    put(stack, history="since", since=MIDDLE)
    assert sum(json.loads(get(stack, path))["days"]) == 2
    put(stack, history="live")
    days = json.loads(get(stack, path))["days"]
    assert sum(days) == 1 and days[(NEW - start) // 86400] == 1


def test_a_box_does_not_find_the_exact_place(stack):
    put(stack, precision="area")
    lat, lon = PLACES[NEW]
    tight = f"{lon - 0.00001},{lat - 0.00001},{lon + 0.00001},{lat + 0.00001}"
    near = json.loads(get(stack, f"/api/tracks/?device=emma/phone&start={NEW - 10}&end={NEW + 10}&bbox={tight}"))
    cell = json.loads(get(stack, f"/api/tracks/?device=emma/phone&start={NEW - 10}&end={NEW + 10}&bbox=-180,-90,180,90"))
    assert len(cell["lat"]) == 1 and cell["lat"][0] != round(lat * 1e6)
    assert near["lat"] in ([], cell["lat"])


def test_a_late_report_is_not_where_somebody_is(stack):
    """The newest report is the device's latest; the newest fix is where it is."""
    put(stack, history="live")
    tell(stack, OLD + 5000, (41.424242, 11.232323))
    for way in ("list", "latest", "the device's", "the phone's answer", "track", "one by one"):
        text = WAYS[way](stack)
        assert "41.42424" not in text and "4142424" not in text and str(OLD + 5000) not in text, way
        assert found(text, digits_of(NEW)), way


def test_owner_and_staff_see_all(stack):
    put(stack, precision="area", history="live")
    for user in (EMMA, ROOT):
        text = get(stack, "/api/locations/?limit=1000", user)
        assert found(text, digits_of(OLD)) and found(text, digits_of(NEW)) and "emma-wifi" in text


# ---- where shares are kept

def tables(stack):
    return (stack.sql("select count(*) from my_tracks_deviceshare")[0][0], stack.sql("select count(*) from mytracks_share")[0][0])


@pytest.mark.parametrize("limits", [{"precision": "area"}, {"history": "live"}, {"history": "since", "since": OLD}, {"paused": True},
                                    {"expires_at": NOW + 5000}])
def test_django_knows_of_no_limited_share(stack, limits):
    put(stack, **limits)
    assert tables(stack) == (0, 1)
    put(stack)
    assert tables(stack) == (1, 0), "without limits it is Django's"
    assert put(stack, **limits)["state"] == ("paused" if limits.get("paused") else "active")
    assert tables(stack) == (0, 1), "and with limits it goes at once"


def test_the_reference_s_routes_switch_and_end_both(stack):
    fred = user_id(stack, "fred")
    put(stack, precision="area")
    assert json.loads(stack.request("GET", f"/api/friends/{fred}/shares/", auth=EMMA)[1]) == []
    assert stack.request("POST", f"/api/friends/{fred}/shares/", {"device_id": "phone"}, auth=EMMA)[0] == 201
    assert tables(stack) == (1, 0)
    put(stack, precision="area")
    assert stack.request("DELETE", f"/api/friends/{fred}/shares/phone/", auth=EMMA)[0] == 204
    assert stack.request("DELETE", f"/api/friends/{fred}/shares/phone/", auth=EMMA)[0] == 404
    assert tables(stack) == (0, 0)
    put(stack, history="live")
    assert stack.request("DELETE", f"/api/friends/{fred}/", auth=EMMA)[0] == 204
    assert tables(stack) == (0, 0)


def test_a_share_that_django_made_is_without_limits(stack):
    put(stack, precision="area")
    with stack.writing() as db:
        db.execute("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', d.id, u.id"
                   " from my_tracks_device d, auth_user u where d.device_id = 'phone' and u.username = 'fred'")
    assert found(WAYS["list"](stack), digits_of(NEW))
    assert [s["precision"] for s in json.loads(get(stack, "/api/shares/"))["received"]] == ["exact"]


@pytest.mark.parametrize("limits", [{"precision": "street"}, {"precision": None}, {"history": "some"}, {"history": "since"}, {"since": 5},
                                    {"history": "since", "since": "x"}, {"history": "since", "since": -1}, {"expires_at": NOW - 5},
                                    {"expires_at": 10**30}, {"expires_at": "soon"}, {"paused": "yes"}, {"history": "since", "since": 10**18}])
def test_what_is_no_limit_is_refused_and_changes_nothing(stack, limits):
    put(stack, precision="area")
    put(stack, want=400, **limits)
    assert stack.sql("select precision, history, since, expires_at, paused_at from mytracks_share") == [("area", "all", None, None, None)]


def test_only_the_owner_and_only_with_friends(stack):
    put(stack, friend="gina", want=403, precision="area")
    put(stack, device="nothing", want=403, precision="area")
    put(stack, friend="emma", by=FRED, want=403, precision="area")
    assert stack.request("PUT", "/api/shares/99999/phone/", {}, auth=EMMA)[0] == 403
    assert stack.request("PUT", f"/api/shares/{user_id(stack, 'fred')}/phone/", [1], auth=EMMA)[0] == 400
    assert tables(stack) == (0, 0)


def test_both_lists_say_what_is_shared(stack):
    put(stack, precision="area", history="since", since=MIDDLE, expires_at=NOW + 9000)
    given = json.loads(get(stack, "/api/shares/", EMMA))["given"]
    got = json.loads(get(stack, "/api/shares/", FRED))["received"]
    assert len(given) == len(got) == 1
    for row, person in ((given[0], "fred"), (got[0], "emma")):
        assert row["person"]["username"] == person and row["device_id"] == "phone" and row["device_name"] == "emma/phone"
        assert (row["precision"], row["history"], row["since"], row["expires_at"], row["state"]) == ("area", "since", MIDDLE, NOW + 9000, "active")
    put(stack, paused=True)
    assert json.loads(get(stack, "/api/shares/", FRED))["received"] == []
    assert json.loads(get(stack, "/api/shares/", EMMA))["given"][0]["state"] == "paused"
    assert json.loads(get(stack, "/api/shares/", GINA)) == {"given": [], "received": []}


def test_seen_by_is_on_the_owner_s_page_alone(stack):
    put(stack, precision="area")
    device = stack.sql("select id from my_tracks_device where device_id = 'phone' and owner_id = ?", user_id(stack, "emma"))[0][0]

    def seen(user):
        cookie = stack.sign_in(*user)["cookie"]
        return re.search(r'data-seen="([^"]*)"', stack.request("GET", "/", headers={"Cookie": cookie})[1].decode()).group(1)
    assert seen(EMMA) == f"{device}:1:0," and seen(FRED) == ""
    put(stack, paused=True)
    assert seen(EMMA) == ""


# ---- as it happens

def listen(stack, user):
    ws = websocket.create_connection(f"ws://127.0.0.1:{stack.http_port}/ws/locations/", cookie=stack.sign_in(*user)["cookie"], timeout=10)
    assert json.loads(ws.recv())["type"] == "welcome"
    return ws


def heard(ws, last):
    """Locations up to the one of that time."""
    out = []
    while True:
        event = json.loads(ws.recv())
        if event["type"] == "location":
            out.append(event["data"])
            if event["data"]["timestamp_unix"] == last:
                return out


SPOTS = {}


def tell_some(stack, *more):
    """A late report, then a new one; the time of the new one."""
    now = NOW + 10 * (len(SPOTS) + 1)
    SPOTS[now] = True
    for tst, place in (*more, (now, (50.123456, 18.654321))):
        tell(stack, tst, place)
    return now


def test_the_live_feed_tells_an_area_as_one(stack):
    put(stack, precision="area")
    fred, emma, root = listen(stack, FRED), listen(stack, EMMA), listen(stack, ROOT)
    last = tell_some(stack)
    (row,) = heard(fred, last)
    assert float(row["latitude"]) == 50.125 and abs(float(row["longitude"]) - 18.654321) < 0.01 and row["longitude"][:8] != "18.65432"
    assert row["accuracy"] >= 1100 and row["velocity"] is None and row["wifi_ssid"] in (None, "") and HOME not in json.dumps(row)
    for full in (emma, root):
        assert heard(full, last)[-1]["latitude"] == "50.1234560000"
    for ws in (fred, emma, root):
        ws.close()


@pytest.mark.parametrize("limits", [{"history": "live"}, {"history": "since", "since": NOW}])
def test_the_live_feed_keeps_late_reports_to_itself(stack, limits):
    put(stack, **limits)
    fred, emma = listen(stack, FRED), listen(stack, EMMA)
    late = OLD + 1000 + len(SPOTS)
    last = tell_some(stack, (late, (40.111111, 10.222222)))
    assert [r["timestamp_unix"] for r in heard(fred, last)] == [last]
    assert [r["timestamp_unix"] for r in heard(emma, last)] == [late, last]
    fred.close()
    emma.close()


@pytest.mark.parametrize("end", ["paused", "over"])
def test_the_live_feed_ends_with_the_share(stack, end):
    put(stack)
    fred = listen(stack, FRED)
    heard(fred, tell_some(stack))
    put(stack, paused=end == "paused", expires_at=NOW + 3600)
    if end == "over":
        with stack.writing() as db:
            db.execute("update mytracks_share set expires_at = '2026-01-01 00:00:00'")
    emma = listen(stack, EMMA)
    heard(emma, tell_some(stack))
    fred.settimeout(1)
    with pytest.raises(websocket.WebSocketTimeoutException):
        fred.recv()
    emma.close()
    fred.close()


# ---- over MQTT

class Reader:
    def __init__(self, stack):
        self.got, ready = queue.Queue(), threading.Event()
        self.client = paho.Client(client_id=f"fred-{time.monotonic_ns()}")
        self.client.username_pw_set(*FRED)
        self.client.on_connect = lambda c, *_: c.subscribe([("owntracks/+/+", 1), ("owntracks/+/+/event", 1)])
        self.client.on_subscribe = lambda *_: ready.set()
        self.client.on_message = lambda c, u, m: self.got.put((m.topic, m.payload.decode()))
        self.client.connect("127.0.0.1", stack.mqtt_port)
        self.client.loop_start()
        assert ready.wait(10)

    def drain(self):
        out = []
        while not self.got.empty():
            out.append(self.got.get())
        return out

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def mqtt(stack):
    """say(): emma's phone says something over MQTT, and fred's app has had the time to hear it: does it?"""
    reader = Reader(stack)
    emma = paho.Client(client_id="emma-limits")
    emma.username_pw_set(*EMMA)
    emma.connect("127.0.0.1", stack.mqtt_port)
    emma.loop_start()
    fred = paho.Client(client_id="fred-own")
    fred.username_pw_set(*FRED)
    fred.connect("127.0.0.1", stack.mqtt_port)
    fred.loop_start()

    def say():
        reader.drain()
        # Not stored: what is told is the broker's business here. The mark comes behind it, by the same broker.
        emma.publish("owntracks/emma/phone", json.dumps({"_type": "status", "n": 1}), 1).wait_for_publish(10)
        fred.publish("owntracks/fred/mark", json.dumps({"_type": "status"}), 1).wait_for_publish(10)
        until(lambda: any(t == "owntracks/fred/mark" for t, _ in list(reader.got.queue)))
        return any(t.startswith("owntracks/emma") for t, _ in reader.drain())
    yield say
    reader.close()
    for client in (emma, fred):
        client.disconnect()
        client.loop_stop()


def test_mqtt_rights_come_and_end_with_the_share(stack, mqtt):
    assert not mqtt()
    put(stack)
    until(mqtt, 6)
    for limits in ({"precision": "area"}, {"history": "live"}, {"history": "since", "since": OLD}, {"paused": True}):
        put(stack, **limits)
        until(lambda: not mqtt(), 6)
        put(stack, expires_at=NOW + 86400)
        until(mqtt, 6)


def test_mqtt_rights_end_when_the_share_is_over(stack, mqtt):
    end = int(time.time()) + 8
    put(stack, expires_at=end)
    until(mqtt, 6)
    until(lambda: time.time() > end, 12)
    until(lambda: not mqtt(), 6)
    put(stack, expires_at=int(time.time()) + 3600)  # and come back
    until(mqtt, 6)


def test_a_limited_share_has_no_retained_positions(stack):
    """What a phone in HTTP mode reports is kept in the broker only for those who may have it as it is."""
    device = "retained"
    tell(stack, NEW, (1.5, 2.5), device)
    put(stack, device=device, precision="area")
    tell(stack, NEW + 1, (1.6, 2.6), device)
    put(stack, device=device)
    tell(stack, NEW + 2, (1.7, 2.7), device)

    def kept():
        reader = Reader(stack)
        reader.client.publish("owntracks/fred/mark", json.dumps({"_type": "status"}), 1).wait_for_publish(10)
        until(lambda: any(t == "owntracks/fred/mark" for t, _ in list(reader.got.queue)))
        texts = [p for t, p in reader.drain() if t == f"owntracks/emma/{device}"]
        reader.close()
        return texts
    (text,) = until(kept, 8)
    assert json.loads(text)["lat"] == 1.7, "and before that share nothing was kept"


# ---- commands

def test_a_limited_share_lets_one_ask_for_a_report_and_no_more(stack):
    def ask(action):
        return stack.request("POST", "/api/devices/phone/cmd/?owner=emma", {"action": action}, auth=FRED)[0]
    put(stack, precision="area")
    assert ask("reportLocation") == 202 and ask("dump") == 403
    put(stack, paused=True)
    assert ask("reportLocation") == 404


@pytest.mark.parametrize("limits", [{"precision": "area"}, {"history": "live"}])
def test_no_rule_watches_within_limits(stack, limits):
    """What a rule tells, and its look at the past, would be more than they allow."""
    def call(method, path="", body=None):
        status, text = stack.request(method, f"/api/rules/{path}", body, auth=FRED)
        return status, json.loads(text or b"null")

    rule = {"name": "x", "event": "battery", "amount": 60, "device": "emma/phone", "channel": "mqtt"}
    put(stack)
    status, made = call("POST", body=rule)
    assert status == 201, made
    assert call("GET", f"{made['id']}/dry-run/")[1]["results"] != []
    put(stack, **limits)
    assert call("GET", f"{made['id']}/dry-run/")[1]["results"] == []
    status, body = call("POST", body=rule)
    assert status == 400 and "within limits" in json.dumps(body)
    assert call("DELETE", f"{made['id']}/")[0] == 204
