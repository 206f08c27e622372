"""Removed places: deleted for everybody, Django too, and brought back as they were by whom they belong to."""
import json
from urllib.parse import urlencode

import pytest
from stack import Stack

EMMA, FINN, GINA = ("emma", "plac-Emma-Pa55"), ("finn", "plac-Finn-Pa55"), ("gina", "plac-Gina-Pa55")
URL = "/api/removed/places/"
ALL = {
    "places": "select *, typeof(latitude), typeof(longitude), typeof(is_active) from my_tracks_waypoint order by id",
    "mails": "select *, typeof(is_active) from my_tracks_transitionaction order by id",
    "rules": "select *, typeof(active), typeof(device_id) from mytracks_rule order by id",
    "events": "select * from my_tracks_transition order by id",
}


@pytest.fixture(scope="module")
def stack():
    s = Stack(users=dict([EMMA, FINN]))
    s.add_user(*GINA, admin=True)
    with s:
        yield s


@pytest.fixture
def mill(stack):
    """Emma's place with rules of both kinds, events, and a state of a rule: its id."""
    assert stack.request("POST", "/pub?u=emma&d=phone", {"_type": "location", "lat": 50, "lon": 8, "tst": 1_772_800_000}, auth=EMMA)[0] == 200
    with stack.writing() as db:
        for table in ("mytracks_removed_place", "my_tracks_transitionaction", "mytracks_rule", "mytracks_rule_state", "my_tracks_transition", "my_tracks_waypoint"):
            db.execute(f"delete from {table}")
        emma = db.execute("select id from auth_user where username = 'emma'").fetchone()[0]
        phone = db.execute("select id from my_tracks_device where device_id = 'phone'").fetchone()[0]
        place = "insert into my_tracks_waypoint (label, latitude, longitude, radius, rid, is_active, created_at, updated_at, user_id)" \
                " values (?, ?, 8.5, 80, ?, 1, '2026-01-01 10:00:00.5', '2026-02-01 10:00:00', ?)"
        mill = db.execute(place, ("Möl\"l' <b>", 50, "rid-mill", emma)).lastrowid
        home = db.execute(place, ("Home", 51.25, "rid-home", emma)).lastrowid
        for where, mail in ((mill, "a@example.org"), (home, "b@example.org"), (mill, "c'\"@example.org")):
            db.execute("insert into my_tracks_transitionaction (event, action_type, email_address, is_active, created_at, user_id, waypoint_id)"
                       " values ('leave', 'email', ?, 0, '2026-01-03 00:00:00', ?, ?)", (mail, emma, where))
        for where, device in ((mill, phone), (mill, None), (home, phone)):
            rule = db.execute("insert into mytracks_rule (user_id, name, event, device_id, place_id, amount, days, from_minute, until_minute, zone, channel, target,"
                              " priority, cooldown, active, paused_until, language, created_at) values (?, 'n\"', 'dwell', ?, ?, 11, 31, 60, 120, 'Europe/Vienna',"
                              " 'ntfy', 'https://example.org/t', 4, 7, 1, '2026-12-01 00:00:00', 'de', '2026-01-04 00:00:00')", (emma, device, where)).lastrowid
            db.execute("insert into mytracks_rule_state (rule_id, device_id, place, told) values (?, ?, 2, 1)", (rule, phone))
        for where in (mill, home, mill, None):
            db.execute("insert into my_tracks_transition (event, region_id, description, timestamp, received_at, device_id, waypoint_id)"
                       " values ('enter', 'r', 'd', '2026-01-05', '2026-01-05', ?, ?)", (phone, where))
    return mill


def ask(stack, method, path, auth=EMMA, status=200):
    got, body = stack.request(method, path, auth=auth)
    assert got == status, (method, path, body)
    return json.loads(body) if body else None


def everything(stack):
    return {name: stack.sql(query) for name, query in ALL.items()}


def by_api(stack, mill):
    ask(stack, "DELETE", f"/api/geofences/{mill}/", status=204)


def by_form(stack, mill):
    me = stack.sign_in(*EMMA)
    head = {"Cookie": me["cookie"], "X-CSRFToken": me["csrf"], "Content-Type": "application/x-www-form-urlencoded"}
    assert stack.request("POST", "/geofences/", urlencode({"form_type": "delete_waypoint", "waypoint_id": mill}), head)[0] == 302


def by_staff(stack, mill):
    assert stack.request("POST", "/api/admin/data/geofences/remove/", {"ids": [mill]}, auth=GINA)[0] == 200


@pytest.mark.parametrize("remove", [by_api, by_form, by_staff])
def test_it_is_gone_for_everybody_and_comes_back_as_it_was(stack, mill, remove):
    before = everything(stack)
    remove(stack, mill)
    assert [len(rows) for rows in everything(stack).values()] == [1, 1, 1, 4]
    assert stack.sql("select count(*) from my_tracks_transition where waypoint_id is not null") == [(1,)]
    assert stack.sql("select count(*) from mytracks_rule_state") == [(1,)], "its rules begin anew to watch"
    assert stack.sql("pragma foreign_key_check") == [] and [p["label"] for p in ask(stack, "GET", "/api/geofences/")] == ["Home"]
    [row] = ask(stack, "GET", URL)["results"]
    assert (row["id"], row["label"], row["owner"], row["rules"]) == (mill, "Möl\"l' <b>", "emma", 4) and row["removed_at"] < row["kept_until"]
    assert ask(stack, "POST", f"{URL}{mill}/restore/") == {"restored": 1}
    assert everything(stack) == before
    assert ask(stack, "GET", URL)["results"] == [] and stack.sql("pragma foreign_key_check") == []
    ask(stack, "POST", f"{URL}{mill}/restore/", status=404)


def test_what_happened_meanwhile_stays(stack, mill):
    before = everything(stack)
    phone = before["rules"][0][4]
    by_api(stack, mill)
    with stack.writing() as db:  # an id is taken, an event belongs to another place
        db.execute("update mytracks_rule set id = ?", (before["rules"][0][0],))
        db.execute("update my_tracks_transition set waypoint_id = (select id from my_tracks_waypoint) where id = ?", (before["events"][0][0],))
    assert ask(stack, "POST", f"{URL}{mill}/restore/") == {"restored": 1}
    after = everything(stack)
    assert sorted(str(r[1:]) for r in after["rules"]) == sorted(str(r[1:]) for r in before["rules"]), "all but an id"
    assert [r[-1] for r in after["events"]] == [before["events"][1][-1]] + [r[-1] for r in before["events"]][1:]
    assert (after["places"], after["mails"]) == (before["places"], before["mails"])
    by_api(stack, mill)
    assert stack.request("POST", "/api/admin/data/devices/remove/", {"ids": [phone]}, auth=GINA)[0] == 200
    assert ask(stack, "POST", f"{URL}{mill}/restore/") == {"restored": 1}
    assert stack.sql("select device_id from mytracks_rule where place_id = ?", mill) == [(None,)], "none for a device that is gone"
    assert stack.sql("pragma foreign_key_check") == []


def test_one_that_a_phone_told_of_since_is_there(stack, mill):
    by_api(stack, mill)
    with stack.writing() as db:
        db.execute("update my_tracks_waypoint set rid = 'rid-mill'")
    before = everything(stack)
    assert "there again" in ask(stack, "POST", f"{URL}{mill}/restore/", status=409)["error"]
    assert everything(stack) == before and len(ask(stack, "GET", URL)["results"]) == 1
    assert ask(stack, "DELETE", f"{URL}{mill}/") == {"forgotten": 1}
    ask(stack, "DELETE", f"{URL}{mill}/", status=404)
    ask(stack, "POST", f"{URL}{mill}/restore/", status=404)


def test_whose_it_was_not_learns_nothing_but_staff_may(stack, mill):
    by_api(stack, mill)
    for method, path in (("POST", f"{URL}{mill}/restore/"), ("DELETE", f"{URL}{mill}/")):
        ask(stack, method, path, auth=FINN, status=404)
    assert ask(stack, "GET", URL, auth=FINN)["results"] == ask(stack, "GET", f"{URL}?mine=1", auth=GINA)["results"] == []
    assert [r["id"] for r in ask(stack, "GET", URL, auth=GINA)["results"]] == [mill]
    assert ask(stack, "POST", f"{URL}{mill}/restore/", auth=GINA) == {"restored": 1}
    assert stack.sql("select u.username from my_tracks_waypoint w join auth_user u on u.id = w.user_id where w.id = ?", mill) == [("emma",)]


def test_it_goes_with_the_user(stack, mill):
    by_api(stack, mill)
    stack.add_user("hans", "plac-Hans-Pa55")
    hans = stack.sql("select id from auth_user where username = 'hans'")[0][0]
    with stack.writing() as db:
        db.execute("update mytracks_removed_place set user_id = ?", (hans,))
    ask(stack, "DELETE", f"/api/admin/users/{hans}/hard-delete/", auth=GINA)
    assert stack.sql("select count(*) from mytracks_removed_place") == [(0,)]
