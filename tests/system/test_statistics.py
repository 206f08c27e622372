"""A device's days in numbers, against the same counted here in another way; what is kept of finished days is true."""
import json
import math
import random
import time
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from stack import Stack

EMMA = ("emma", "stats-Emma-Pa55")
GINA = ("gina", "stats-Gina-Pa55")
ROOT = ("root", "stats-Root-Pa55")
VIENNA = ZoneInfo("Europe/Vienna")
FIRST = datetime(2026, 3, 20, tzinfo=VIENNA)
DAYS = 20  # the clocks go forward in it
START, END = int(FIRST.timestamp()), int((FIRST + timedelta(days=DAYS)).timestamp()) - 1
ZONE = f"3600,{int(datetime(2026, 3, 29, 3, tzinfo=VIENNA).timestamp())}:7200"
HOME, SHOP = (48.2, 16.3), (48.25, 16.35)


def utc(t):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(t))


def fixes():
    """(time, lat, lon, accuracy): at home, to the shop and back at another time each day; some nights without a word, two days off."""
    r = random.Random(7)
    t, leave = START - 40_000, 0
    day = -1
    while t <= END + 40_000:
        local = datetime.fromtimestamp(t, VIENNA)
        if local.toordinal() != day:
            day, leave = local.toordinal(), r.randrange(7, 20) * 3600 + r.randrange(3600)
        second = local.hour * 3600 + local.minute * 60 + local.second
        way = min(1, max(0, (second - leave) / 1500)) if second < leave + 5000 else max(0, 1 - (second - leave - 5000) / 1500)
        if not (local.day in (25, 26) and local.month == 3) and not (local.hour < 6 and day % 3 == 0):
            yield t, *(a + way * (b - a) + r.gauss(0, 5e-6) for a, b in zip(HOME, SHOP, strict=True)), r.choice((5, 8, 12))
        t += r.choice((20, 30, 40))


@pytest.fixture(scope="module")
def stack():
    s = Stack(users=dict([EMMA, GINA]))
    s.add_user(*ROOT, admin=True)
    with s:
        assert s.request("POST", "/api/locations/", {"_type": "location", "topic": "owntracks/emma/phone", "lat": 1, "lon": 2,
                                                     "tst": END + 5 * 86400}, auth=EMMA)[0] == 200
        s.device, = s.sql("select id from my_tracks_device")[0]
        with s.writing() as db:
            db.execute("insert into my_tracks_waypoint (label, latitude, longitude, radius, rid, is_active, created_at, updated_at, user_id)"
                       " select 'Home', 48.2, 16.3, 150, 'r1', 1, '2026-01-01', '2026-01-01', id from auth_user where username = 'emma'")
            add(db, s.device, fixes())
        yield s


def add(db, device, rows):
    db.executemany(
        "insert into my_tracks_location (latitude, longitude, timestamp, accuracy, connection_type, tracker_id, received_at, device_id, received_via,"
        " fix_source, owntracks_message_id, \"trigger\", wifi_bssid, wifi_ssid) values (?, ?, ?, ?, '', '', '2026-06-01 00:00:00', ?, 'http', '', '', '', '', '')",
        [(lat, lon, utc(t), acc, device) for t, lat, lon, acc in rows])


def get(stack, more="", auth=EMMA, start=START, end=END, zone=ZONE):
    status, body = stack.request("GET", f"/api/statistics/?device=emma/phone&start={start}&end={end}&zone={zone}{more}", auth=auth)
    return status, json.loads(body)


def metres(a, b):
    (la, oa), (lb, ob) = a, b
    return 6371008.8 * math.hypot(math.radians(lb - la), math.radians(ob - oa) * math.cos(math.radians((la + lb) / 2)))


def counted(rows):
    """By local day: positions, metres. By another way than the server's: step by step from all rows, days by zoneinfo."""
    positions, way, anchor = Counter(), Counter(), None
    for t, lat, lon, acc in rows:
        day = datetime.fromtimestamp(t, VIENNA).date().isoformat()
        positions[day] += 1
        if anchor is None or metres(anchor[:2], (lat, lon)) > max(10, acc, anchor[2]):
            way[day] += metres(anchor[:2], (lat, lon)) if anchor else 0
            anchor = lat, lon, acc
    return positions, way


def at_home(rows):
    """Seconds between two reports that are both at home, without those that are too far apart to say."""
    seconds = 0
    for (t, lat, lon, _), (u, lat2, lon2, _) in zip(rows, rows[1:], strict=False):
        if START <= t and u <= END and u - t <= 23 * 3600 and max(metres(HOME, (lat, lon)), metres(HOME, (lat2, lon2))) < 100:
            seconds += u - t
    return seconds


def test_days_are_those_of_an_independent_count(stack):
    rows = list(fixes())
    positions, way = counted(rows)
    status, answer = get(stack)
    assert status == 200 and answer["device"] == "emma/phone"
    days = {d["day"]: d for d in answer["days"]}
    inside = [(FIRST + timedelta(days=i)).date().isoformat() for i in range(DAYS)]
    assert set(days) == {d for d in inside if positions[d]} and len(days) == DAYS - 2
    for day, d in days.items():
        assert d["positions"] == positions[day], day
        assert d["metres"] == pytest.approx(way[day], rel=0.02, abs=60), day
        assert d["moving"] == pytest.approx(3000, abs=700), day
        whole = 82800 if day == "2026-03-29" else 86400
        assert d["moving"] + d["resting"] <= whole
    assert sum(d["moving"] + d["resting"] for d in answer["days"] if d["day"] == "2026-03-29") == pytest.approx(82800, abs=60)
    for key in ("positions", "metres", "moving", "resting"):
        assert answer[key] == sum(d[key] for d in answer["days"])
    assert sum(map(sum, answer["hours"])) == answer["moving"]


def test_hours_are_local_ones(stack):
    """By weekday and hour, how many reports were made under way."""
    under_way = Counter()
    for t, lat, lon, _ in fixes():
        if START <= t <= END and metres(HOME, (lat, lon)) > 150 and metres(SHOP, (lat, lon)) > 150:
            local = datetime.fromtimestamp(t, VIENNA)
            under_way[local.weekday(), local.hour] += 30
    _, answer = get(stack)
    for d in range(7):
        for h in range(24):
            assert answer["hours"][d][h] == pytest.approx(under_way[d, h], abs=900), (d, h)
            if answer["hours"][d][h] > 600:
                assert under_way[d, h] > 0, (d, h)


def test_places_have_names_and_times(stack):
    _, answer = get(stack)
    home, shop = answer["places"]
    assert home["place"] == "Home" and shop["place"] is None
    assert home["seconds"] == pytest.approx(at_home(list(fixes())), rel=0.02)
    assert metres((shop["lat"] / 1e6, shop["lon"] / 1e6), SHOP) < 50
    assert shop["seconds"] == pytest.approx((DAYS - 2) * 3500, rel=0.1)
    assert shop["stays"] == DAYS - 2


def kept(stack):
    return stack.sql("select count(*) from mytracks_day_stat")[0][0]


def test_what_is_kept_says_the_same(stack):
    _, first = get(stack)
    n = kept(stack)
    assert n == DAYS - 2
    assert get(stack)[1] == first
    with stack.writing() as db:  # what cannot be read is counted anew
        db.execute("update mytracks_day_stat set numbers = 'x' where day_from = (select min(day_from) from mytracks_day_stat)")
    assert get(stack)[1] == first and kept(stack) == n
    with stack.writing() as db:  # it is what is shown
        db.execute("update mytracks_day_stat set numbers = '77' || substr(numbers, instr(numbers, ','))"
                   " where day_from = (select min(day_from) from mytracks_day_stat)")
    assert get(stack)[1]["days"][0]["positions"] == 77
    with stack.writing() as db:
        db.execute("delete from mytracks_day_stat")
    assert get(stack)[1] == first


def change(stack, sql, *values):
    with stack.writing() as db:
        db.execute(sql, values)


def test_new_removed_and_changed_rows_are_seen(stack):
    day = START + 5 * 86400  # 25 March: nothing there yet
    _, before = get(stack)
    with stack.writing() as db:
        add(db, stack.device, [(day + 3600 + i * 60, 10, 20, 5) for i in range(60)])
    _, more = get(stack)
    assert more["positions"] == before["positions"] + 60 and len(more["days"]) == len(before["days"]) + 1
    newest, = stack.sql("select max(id) from my_tracks_location")[0]
    change(stack, "update my_tracks_location set latitude = 10.1 where id = ?", newest)
    _, moved = get(stack)
    assert moved["metres"] - more["metres"] == pytest.approx(11_119, rel=0.01)  # what comes after is too far away in time
    status, _ = stack.request("DELETE", f"/api/tracks/?device=emma/phone&start={day}&end={day + 86399}", auth=EMMA)
    assert status == 200
    assert get(stack)[1] == before


def test_other_zones_and_parts_of_days(stack):
    _, utc_days = get(stack, zone="0")
    rows = [r for r in fixes() if START <= r[0] <= END]
    assert {d["day"]: d["positions"] for d in utc_days["days"]} == Counter(time.strftime("%Y-%m-%d", time.gmtime(t)) for t, *_ in rows)
    _, part = get(stack, start=START + 3600 * 12, end=START + 3600 * 18 - 1)
    assert part["positions"] == sum(START + 3600 * 12 <= t < START + 3600 * 18 for t, *_ in rows)
    n = kept(stack)
    get(stack, start=START + 3601, end=START + 3600 * 20)
    assert kept(stack) == n  # parts are not kept
    assert get(stack, start=0, end=START - 90 * 86400)[1]["days"] == []


def test_inaccurate_positions_are_left_out(stack):
    _, answer = get(stack, "&accuracy=8")
    assert answer["positions"] == sum(START <= t <= END and acc <= 8 for t, _, _, acc in fixes())
    _, everything = get(stack)
    assert everything["positions"] == sum(START <= t <= END for t, *_ in fixes())


def test_who_sees_the_device_sees_its_days(stack):
    assert get(stack, auth=GINA)[0] == 404
    change(stack, "insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', ?, id from auth_user where username = 'gina'",
           stack.device)
    change(stack, "delete from mytracks_day_stat")
    status, answer = get(stack, auth=GINA)
    assert status == 200 and kept(stack) == 0  # what is kept is for those who see all that there is
    assert answer == get(stack)[1] == get(stack, auth=ROOT)[1]
    assert kept(stack) > 0
    change(stack, "update mytracks_day_stat set numbers = '77' || substr(numbers, instr(numbers, ','))")
    assert get(stack, auth=GINA)[1] == answer
    change(stack, "delete from mytracks_day_stat")


@pytest.mark.parametrize("wrong", ["zone=x", "zone=3600,5", "zone=99999", "zone=0,5:0,5:0", "start=x"])
def test_what_is_no_question_is_refused(stack, wrong):
    status, body = stack.request("GET", f"/api/statistics/?device=emma/phone&{wrong}", auth=EMMA)
    assert status == 400 and json.loads(body)["error"]


def test_a_device_without_positions_and_one_with_a_wild_clock(stack):
    with stack.writing() as db:
        db.execute("insert into my_tracks_device (device_id, name, mqtt_user, owner_id, created_at, last_seen, is_online)"
                   " select 'empty', '', '', id, '2026-01-01', '2026-01-01', 0 from auth_user where username = 'emma'")
    status, body = stack.request("GET", "/api/statistics/?device=emma/empty&start=0", auth=EMMA)
    assert status == 200 and json.loads(body)["days"] == []
    with stack.writing() as db:
        device, = db.execute("select id from my_tracks_device where device_id = 'empty'").fetchone()
        add(db, device, [(1, 1, 2, 5)])
        db.execute("update my_tracks_location set timestamp = '9998-01-01 00:00:00' where device_id = ?", (device,))
        add(db, device, [(1, 1, 2, 5)])
    began = time.monotonic()
    status, body = stack.request("GET", "/api/statistics/?device=emma/empty&start=0&end=253402300799", auth=EMMA)
    assert status == 400 and "days" in json.loads(body)["error"]
    status, body = stack.request("GET", f"/api/statistics/?device=emma/empty&start=0&end={END}", auth=EMMA)
    assert status == 200 and [d["day"] for d in json.loads(body)["days"]] == ["1970-01-01"]
    assert time.monotonic() - began < 5
