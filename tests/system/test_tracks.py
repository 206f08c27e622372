"""Large histories: reduced tracks, days as stays and moves, the days there are."""
import gzip
import http.client
import json
import math
import time
from base64 import b64encode

import pytest
from stack import Stack

EMMA = ("emma", "tracks-Emma-Pa55")
GINA = ("gina", "tracks-Gina-Pa55")
T0 = 1_772_755_200  # 2026-03-06, midnight in UTC
N = 100_000


@pytest.fixture(scope="module")
def stack():
    s = Stack(users=dict([EMMA, GINA]))
    with s:
        assert s.request("POST", "/api/locations/", {"_type": "location", "topic": "owntracks/emma/phone", "lat": 1, "lon": 2, "tst": 1},
                         auth=EMMA)[0] == 200
        with s.writing() as db:
            db.execute("insert into my_tracks_waypoint (label, latitude, longitude, radius, rid, is_active, created_at, updated_at, user_id)"
                       " select 'Harbour', 48.2, 16.3, 150, 'r1', 1, '2026-01-01', '2026-01-01', id from auth_user where username = 'emma'")
            device, = db.execute("select id from my_tracks_device").fetchone()
            db.executemany(
                "insert into my_tracks_location (latitude, longitude, timestamp, accuracy, velocity, connection_type, tracker_id, received_at,"
                " device_id, received_via, fix_source, owntracks_message_id, \"trigger\", wifi_bssid, wifi_ssid)"
                " values (?, ?, ?, ?, ?, '', '', '2026-03-06 00:00:00', ?, 'http', '', '', '', '', '')",
                ((lat, lon, time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(t)), acc, vel, device) for t, lat, lon, acc, vel in day()))
        yield s


def day():
    """8 hours at the harbour, then round and round until the day after."""
    for i in range(N):
        t = T0 + i * 86400 // N
        if i < N // 3:
            yield t, 48.2 + (i % 5) * 1e-5, 16.3, 12, None
        else:
            yield t, 48.25 + 0.05 * math.sin(i / 900), 16.4 + 0.08 * math.cos(i / 1300), 300 if i % 1000 == 0 else 8, 40


def get(stack, path, auth=EMMA, **headers):
    status, body = stack.request("GET", path, None, headers, auth=auth)
    return status, json.loads(body)


def points(track):
    t = lat = lon = 0
    for dt, dlat, dlon in zip(track["t"], track["lat"], track["lon"], strict=True):
        t, lat, lon = t + dt, lat + dlat, lon + dlon
        yield t, lat / 1e6, lon / 1e6


def test_a_day_of_many_points_is_small_and_true(stack):
    status, track = get(stack, f"/api/tracks/?device=phone&start={T0}&end={T0 + 86399}")
    assert status == 200 and track["device"] == "emma/phone" and track["seen"] == N
    kept = list(points(track))
    times = [t for t, *_ in kept]
    assert 50 < len(kept) <= 2000 and times == sorted(times)
    assert (kept[0][0], kept[-1][0]) == (T0, max(t for t, *_ in day()))
    truth = {(t, round(lat, 6), round(lon, 6)) for t, lat, lon, *_ in day()}
    assert {(t, round(lat, 6), round(lon, 6)) for t, lat, lon in kept} <= truth
    assert track["tolerance"] < 200


def test_it_is_compressed_on_the_wire(stack):
    c = http.client.HTTPConnection("127.0.0.1", stack.http_port)
    c.request("GET", f"/api/tracks/?device=phone&start={T0}&end={T0 + 86399}&points=20000&tolerance=0",
              headers={"Authorization": "Basic " + b64encode(":".join(EMMA).encode()).decode(), "Accept-Encoding": "gzip"})
    r = c.getresponse()
    body = r.read()
    if r.getheader("Content-Encoding") == "gzip":
        assert json.loads(gzip.decompress(body))["seen"] == N
    assert len(body) <= 600_000, len(body)


def test_what_is_out_of_sight_is_left_out(stack):
    _, whole = get(stack, f"/api/tracks/?device=phone&start={T0}&end={T0 + 86399}&points=20000&tolerance=10")
    _, part = get(stack, f"/api/tracks/?device=phone&start={T0}&end={T0 + 86399}&points=20000&tolerance=10&bbox=16.2,48.19,16.31,48.21")
    assert 2 <= len(part["t"]) < len(whole["t"]) / 3


def test_inaccurate_points_are_left_out(stack):
    _, track = get(stack, f"/api/tracks/?device=phone&start={T0}&end={T0 + 86399}&accuracy=100")
    assert track["seen"] == N - sum(1 for *_, acc, _ in day() if acc > 100)


def way(fixes):
    """Metres, without the steps that both ends' accuracy cannot tell apart."""
    metres, anchor = 0, None
    for _, lat, lon, acc, _ in fixes:
        if anchor is None:
            anchor = lat, lon, acc
        y, x = math.radians(lat - anchor[0]), math.radians(lon - anchor[1]) * math.cos(math.radians((lat + anchor[0]) / 2))
        step = 6371008.8 * math.hypot(x, y)
        if step > max(10, acc, anchor[2]):
            metres, anchor = metres + step, (lat, lon, acc)
    return metres


def test_how_far_and_up_to_where(stack):
    """Whatever is left of the points: what comes after `last` is not in it."""
    for more in ("", "&points=50", "&bbox=16.2,48.19,16.31,48.21"):
        _, track = get(stack, f"/api/tracks/?device=phone&start={T0}&end={T0 + 86399}{more}")
        assert track["metres"] == pytest.approx(way(sorted(day())), rel=0.01)
        assert [(track["last"],)] == stack.sql("select max(id) from my_tracks_location")
    _, none = get(stack, f"/api/tracks/?device=phone&start={T0 - 86400}&end={T0 - 1}")
    assert (none["last"], none["metres"], none["seen"]) == (0, 0, 0)


def test_stays_and_moves(stack):
    status, answer = get(stack, f"/api/timeline/?device=emma/phone&start={T0}&end={T0 + 86399}")
    assert status == 200
    stay, move, *more = answer["spans"]
    assert (stay["type"], stay["place"], stay["start"]) == ("stay", "Harbour", T0)
    assert abs(stay["end"] - (T0 + 28800)) < 60
    assert move["type"] == "move" and move["top_speed"] == 40 and move["metres"] > 100_000
    assert [s["start"] for s in more] == sorted(s["start"] for s in more)
    _, track = get(stack, f"/api/tracks/?device=emma/phone&start={T0}&end={T0 + 86399}&points=100&spans=1")
    assert track["spans"] == answer["spans"] and len(track["t"]) <= 100
    assert "spans" not in get(stack, f"/api/tracks/?device=emma/phone&start={T0}&end={T0 + 86399}&spans=0")[1]


def test_which_days_there_are(stack):
    _, answer = get(stack, f"/api/calendar/?device=phone&start={T0 - 2 * 86400}&days=5")
    assert answer == {"start": T0 - 2 * 86400, "days": [0, 0, 1000, 0, 0]}


@pytest.mark.parametrize("path", [
    "tracks/", "tracks/?device=phone&start=x", "tracks/?device=phone&points=1", "tracks/?device=phone&points=20001",
    "tracks/?device=phone&bbox=1,2,3", "tracks/?device=phone&bbox=1,95,3,4", "tracks/?device=phone&tolerance=-1", "timeline/",
    "timeline/?device=phone&end=99999999999999", "calendar/?device=phone&days=63", "tracks/?device=phone&tolerance=nan", "tracks/?device=phone&spans=2"])
def test_nonsense_is_refused(stack, path):
    assert get(stack, "/api/" + path)[0] == 400


def test_nobody_else_sees_it(stack):
    for path in ("tracks", "timeline", "calendar"):
        assert get(stack, f"/api/{path}/?device=emma/phone", GINA)[0] == 404
        assert stack.request("GET", f"/api/{path}/?device=emma/phone")[0] == 403
