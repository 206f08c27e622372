"""Removed positions: kept with all that they were, brought back byte for byte by whom they belong to, forgotten for good
when asked, after their time, and with the device or user."""
import json

import pytest
from stack import Stack

EMMA, FINN, GINA = ("emma", "kept-Emma-Pa55"), ("finn", "kept-Finn-Pa55"), ("gina", "kept-Gina-Pa55")
T0 = 1_772_755_200
ROWS = "select *, typeof(latitude), typeof(in_regions), typeof(accuracy) from my_tracks_location order by id"
LATEST = "select device_id, latest_location_id from my_tracks_device order by id"


@pytest.fixture
def stack():
    with Stack(users=dict([EMMA, FINN])) as s:
        s.add_user(*GINA, admin=True)
        for i in range(6):
            sent = {"_type": "location", "topic": "owntracks/emma/phone", "tst": T0 + i * 100, "lat": 48 + i / 100, "lon": 16, "acc": 5,
                    "tid": "é'", "inregions": ["a\"b"], "SSID": "net", "vel": 3, "created_at": T0 + i * 100 + 1}
            assert s.request("POST", "/pub", sent, auth=EMMA)[0] == 200
        yield s


def ask(stack, method, path, auth=EMMA, status=200):
    got, body = stack.request(method, path, auth=auth)
    assert got == status, (method, path, body)
    return json.loads(body) if body else None


def remove(stack, first, last, auth=EMMA):
    return ask(stack, "DELETE", f"/api/tracks/?device=emma/phone&start={T0 + first}&end={T0 + last}", auth)["removal"]


def kept(stack):
    return stack.sql("select count(*) from mytracks_removed")[0][0], stack.sql("select count(*) from mytracks_removal")[0][0]


@pytest.mark.parametrize("first, last", [(100, 300), (400, 900), (0, 900)])
def test_a_time_comes_back_as_it_was(stack, first, last):
    before, latest, counted = stack.sql(ROWS), stack.sql(LATEST), stack.sql("select * from mytracks_location_count")
    removal = remove(stack, first, last)
    assert stack.sql(ROWS) != before
    [row] = ask(stack, "GET", "/api/removed/")["results"]
    assert row["id"] == removal and row["owner"] == "emma" and row["device_id"] == "phone"
    n = row["count"]
    assert n == len(before) - len(stack.sql(ROWS))
    assert ask(stack, "POST", f"/api/removed/{removal}/restore/") == {"restored": n}
    assert (stack.sql(ROWS), stack.sql(LATEST), stack.sql("select * from mytracks_location_count")) == (before, latest, counted)
    assert kept(stack) == (0, 0) and ask(stack, "GET", "/api/removed/")["results"] == []
    ask(stack, "POST", f"/api/removed/{removal}/restore/", status=404)


def test_a_single_one_comes_back_by_its_id_and_the_rest_of_a_removal_stays(stack):
    before, latest = stack.sql(ROWS), stack.sql(LATEST)
    last = before[-1][0]
    ask(stack, "DELETE", f"/api/locations/{last}/", status=204)
    assert stack.sql(LATEST) == [("phone", None)], "as the reference has it"
    assert ask(stack, "POST", f"/api/locations/{last}/restore/") == {"restored": 1}
    assert (stack.sql(ROWS), stack.sql(LATEST)) == (before, latest)
    removal = remove(stack, 0, 500)
    assert ask(stack, "POST", f"/api/locations/{before[2][0]}/restore/") == {"restored": 1}
    assert stack.sql(ROWS) == [before[2]] and kept(stack) == (5, 1)
    assert ask(stack, "POST", f"/api/removed/{removal}/restore/") == {"restored": 5}
    assert (stack.sql(ROWS), stack.sql(LATEST)) == (before, latest)


def test_a_newer_report_stays_the_latest_and_an_id_that_is_taken_is_left(stack):
    before = stack.sql(ROWS)
    removal = remove(stack, 500, 500)
    assert stack.request("POST", "/pub", {"_type": "location", "topic": "owntracks/emma/phone", "tst": T0 + 9999, "lat": 1, "lon": 2,
                                          "created_at": T0 + 9999}, auth=EMMA)[0] == 200
    latest = stack.sql(LATEST)
    with stack.writing() as db:
        db.execute("update my_tracks_location set id = ? where id = ?", (before[-1][0], before[0][0]))
    assert ask(stack, "POST", f"/api/removed/{removal}/restore/") == {"restored": 1}
    assert stack.sql(LATEST) == latest
    assert sorted(r[1:] for r in stack.sql(ROWS) if r[3] < "2026-03-06 00:10") == sorted(r[1:] for r in before), "all but an id"


def test_for_good(stack):
    removal = remove(stack, 0, 200)
    assert ask(stack, "DELETE", f"/api/removed/{removal}/") == {"forgotten": 3}
    assert kept(stack) == (0, 0)
    ask(stack, "POST", f"/api/removed/{removal}/restore/", status=404)
    ask(stack, "DELETE", f"/api/removed/{removal}/", status=404)


def test_whose_they_are_not_learns_nothing_but_staff_may(stack):
    with stack.writing() as db:
        db.execute("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id)"
                   " select datetime('now'), d.id, u.id from my_tracks_device d, auth_user u where u.username = 'finn'")
    one = stack.sql(ROWS)[0][0]
    removal = remove(stack, 0, 500)
    for method, path in [("POST", f"/api/removed/{removal}/restore/"), ("DELETE", f"/api/removed/{removal}/"),
                         ("POST", f"/api/locations/{one}/restore/")]:
        ask(stack, method, path, auth=FINN, status=404)
    assert ask(stack, "GET", "/api/removed/", auth=FINN)["results"] == []
    assert ask(stack, "GET", "/api/removed/?mine=1", auth=GINA)["results"] == []
    assert [r["id"] for r in ask(stack, "GET", "/api/removed/", auth=GINA)["results"]] == [removal]
    assert ask(stack, "POST", f"/api/removed/{removal}/restore/", auth=GINA) == {"restored": 6}


def test_they_go_with_the_device_with_its_owner_and_when_it_gets_another_owner(stack):
    remove(stack, 0, 100)
    device = stack.sql("select id from my_tracks_device")[0][0]
    assert stack.request("PATCH", f"/api/admin/data/devices/{device}/", {"owner": "finn"}, auth=GINA)[0] == 200
    assert kept(stack) == (0, 0), "what emma removed is not for finn to bring back"
    assert stack.request("DELETE", f"/api/locations/{stack.sql(ROWS)[0][0]}/", auth=FINN)[0] == 204
    finn = stack.sql("select id from auth_user where username = 'finn'")[0][0]
    assert kept(stack) == (1, 1)
    ask(stack, "DELETE", f"/api/admin/users/{finn}/hard-delete/", auth=GINA)
    assert kept(stack) == (0, 0)
    assert stack.request("POST", f"/api/admin/data/locations/remove/", {"ids": [r[0] for r in stack.sql(ROWS)[:2]]}, auth=GINA)[0] == 200
    assert kept(stack) == (2, 1), "the administrators' page keeps them, too"
    assert stack.request("POST", "/api/admin/data/devices/remove/", {"ids": [device]}, auth=GINA)[0] == 200
    assert kept(stack) == (0, 0)
