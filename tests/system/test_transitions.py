"""Transitions by the API: whose one sees, which time, how many."""
import json
import time

import pytest
from stack import Stack

PASSWORD = "passages-Pa55word"
T0 = 1_772_800_000
URL = "/api/transitions/"
RANGE = f"start_time={T0}&end_time={T0 + 1000}"


def text(at):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))


def insert(db, device, event, at, desc="", lat=None, lon=None, place=None):
    db.execute("insert into my_tracks_transition (device_id, event, region_id, description, timestamp, latitude, longitude, received_at, waypoint_id)"
               " values (?, ?, '', ?, ?, ?, ?, ?, ?)", (device, event, desc, text(at), lat, lon, text(at), place))


@pytest.fixture(scope="module")
def stack():
    s = Stack(users={n: PASSWORD for n in ("emma", "fred", "gina")})
    s.add_user("root", PASSWORD, admin=True)
    with s:
        for user, device in (("emma", "phone"), ("emma", "tablet"), ("gina", "phone")):
            message = {"_type": "location", "topic": f"owntracks/{user}/{device}", "lat": 1, "lon": 2, "tst": T0}
            assert s.request("POST", "/api/locations/", message, auth=(user, PASSWORD))[0] == 200
        with s.writing() as db:
            ids = dict(db.execute("select u.username || '/' || d.device_id, d.id from my_tracks_device d join auth_user u on u.id = d.owner_id"))
            db.execute("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', ?, id from auth_user"
                       " where username = 'fred'", (ids["emma/phone"],))
            place = db.execute("insert into my_tracks_waypoint (label, latitude, longitude, radius, rid, is_active, created_at, updated_at, user_id)"
                               " select 'Café <b>', 48.2, 16.3, 150, 'r1', 1, '2026-01-01', '2026-01-01', id from auth_user"
                               " where username = 'emma'").lastrowid
            insert(db, ids["emma/phone"], "enter", T0 + 100, "what the phone said", 48.2, -16.3, place)
            insert(db, ids["emma/phone"], "leave", T0 + 200, "Office")
            insert(db, ids["emma/tablet"], "enter", T0 + 300)
            insert(db, ids["gina/phone"], "enter", T0 + 400, "Gym")
            insert(db, ids["emma/phone"], "enter", T0 - 90_000, "Before")
            for i in range(1001):
                insert(db, ids["gina/phone"], "enter", T0 + 500_000 + i, str(i))
        yield s


def get(stack, query, user):
    status, body = stack.request("GET", f"{URL}?{query}", auth=(user, PASSWORD))
    return status, json.loads(body)


def test_a_row(stack):
    status, answer = get(stack, f"{RANGE}&device=phone", "emma")
    assert status == 200 and answer["more"] is False
    left, entered = answer["results"]
    assert entered == {"id": entered["id"], "device": "emma/phone", "event": "enter", "place": "Café <b>", "timestamp_unix": T0 + 100,
                       "latitude": 48.2, "longitude": -16.3}
    assert (left["event"], left["place"], left["latitude"], left["longitude"]) == ("leave", "Office", None, None)


@pytest.mark.parametrize("user, seen", [
    ("emma", [300, 200, 100]), ("fred", [200, 100]), ("gina", [400]), ("root", [400, 300, 200, 100])])
def test_one_sees_ones_own_and_what_is_shared(stack, user, seen):
    assert [row["timestamp_unix"] - T0 for row in get(stack, RANGE, user)[1]["results"]] == seen


@pytest.mark.parametrize("user, device, status", [
    ("fred", "emma/phone", 200), ("root", "emma/tablet", 200), ("fred", "emma/tablet", 404), ("gina", "emma/phone", 404), ("emma", "none", 404)])
def test_a_device_that_one_does_not_see_is_not_there(stack, user, device, status):
    assert get(stack, f"{RANGE}&device={device}", user)[0] == status


@pytest.mark.parametrize("query, seen", [
    (f"start_time={T0 + 200}&end_time={T0 + 300}", [300, 200]), (f"start_time={T0 + 101}&end_time={T0 + 199}", []),
    (f"end_time={T0 + 200}", [200, 100]), (f"end_time={T0 - 80_000}", [-90_000]), (f"start_time={T0 + 300}&end_time={T0}", []), ("", [])])
def test_both_ends_belong_to_the_time_and_it_is_a_day_by_itself(stack, query, seen):
    assert [row["timestamp_unix"] - T0 for row in get(stack, query, "emma")[1]["results"]] == seen


def test_a_thousand_at_most_and_it_is_told(stack):
    start = T0 + 500_000
    for last, more in ((999, False), (1000, True)):
        answer = get(stack, f"start_time={start}&end_time={start + last}", "gina")[1]
        assert (len(answer["results"]), answer["more"], answer["results"][0]["place"]) == (1000, more, str(last))


@pytest.mark.parametrize("query", ["start_time=x", "end_time=1.5", "end_time=99999999999999", "start_time=-99999999999999", "start_time=1e5"])
def test_what_is_no_time_is_refused(stack, query):
    status, body = get(stack, query, "emma")
    assert status == 400 and query.split("=")[0] in body["error"]


def test_nobody_without_a_name(stack):
    assert stack.request("GET", URL)[0] == 403
