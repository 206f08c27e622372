"""Positions of a time are removed by whom they belong to, and by nobody else; the rest stays."""
import json

import pytest
from stack import Stack

EMMA, FINN, GINA = ("emma", "rem-Emma-Pa55"), ("finn", "rem-Finn-Pa55"), ("gina", "rem-Gina-Pa55")
T0 = 1_772_755_200  # 2026-03-06, midnight in UTC


@pytest.fixture
def stack():
    with Stack(users=dict([EMMA, FINN])) as s:
        s.add_user(*GINA, admin=True)
        for i in range(6):
            sent = {"_type": "location", "topic": "owntracks/emma/phone", "tst": T0 + i * 100, "lat": 48 + i / 100, "lon": 16, "acc": 5}
            assert s.request("POST", "/pub", sent, auth=EMMA)[0] == 200
        with s.writing() as db:
            db.execute("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id)"
                       " select datetime('now'), d.id, u.id from my_tracks_device d, auth_user u where u.username = 'finn'")
        yield s


def remove(stack, query, auth=EMMA):
    return stack.request("DELETE", f"/api/tracks/?device=emma/phone{query}", auth=auth)


def removed(answer):
    assert answer[0] == 200
    body = json.loads(answer[1])
    assert set(body) == {"removed", "removal"} and (body["removal"] is None) == (body["removed"] == 0)
    return body["removed"]


def times(stack):
    return [row[0] - T0 for row in stack.sql("select cast(strftime('%s', timestamp) as integer) from my_tracks_location order by 1")]


def latest(stack):
    return stack.sql("select cast(strftime('%s', l.timestamp) as integer) from my_tracks_device d left join my_tracks_location l on l.id = d.latest_location_id")[0][0]


def test_both_ends_go_too_and_the_rest_stays(stack):
    assert removed(remove(stack, f"&start={T0 + 100}&end={T0 + 300}")) == 3
    assert times(stack) == [0, 400, 500] and latest(stack) == T0 + 500
    assert removed(remove(stack, f"&start={T0 + 100}&end={T0 + 300}")) == 0


def test_the_one_before_is_the_latest_then_and_none_at_last(stack):
    assert remove(stack, f"&start={T0 + 400}&end={T0 + 500}")[0] == 200
    assert latest(stack) == T0 + 300
    assert removed(remove(stack, f"&start={T0}&end={T0 + 1000}")) == 4
    assert latest(stack) is None and times(stack) == []


@pytest.mark.parametrize("query", ["", f"&start={T0}", f"&end={T0 + 500}", "&start=x&end=5", f"&start={T0}&end=9e99"])
def test_a_bound_that_is_missing_or_no_number_removes_nothing(stack, query):
    assert remove(stack, query)[0] == 400
    assert len(times(stack)) == 6


def test_whose_it_is_not_may_not_but_staff_may(stack):
    all_of_it = f"&start={T0}&end={T0 + 500}"
    assert remove(stack, all_of_it, auth=FINN)[0] == 403, "it is shared, to be looked at"
    assert remove(stack, all_of_it, auth=None)[0] == 403
    with stack.writing() as db:
        db.execute("delete from my_tracks_deviceshare")
    assert remove(stack, all_of_it, auth=FINN)[0] == 404
    assert len(times(stack)) == 6
    assert remove(stack, all_of_it, auth=GINA)[0] == 200 and times(stack) == []
