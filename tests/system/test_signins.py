"""One's own sign-ins, those that were refused, and the end of all other sessions."""
import json

import pytest
from stack import Stack

EMMA = ("emma", "sig-Emma-Pa55")
FINN = ("finn", "sig-Finn-Pa55")


@pytest.fixture()
def stack():
    with Stack(users=dict([EMMA, FINN])) as s:
        yield s


def signins(stack, who):
    status, body = stack.request("GET", "/api/account/signins/", auth=who)
    assert status == 200
    return json.loads(body)


def is_in(stack, session):
    return stack.answer("GET", "/profile/", headers={"Cookie": session["cookie"]})[0] == 200


def end_others(stack, session):
    return stack.answer("POST", "/api/account/sign-out-everywhere/", headers={"Cookie": session["cookie"], "X-CSRFToken": session["csrf"]})


def test_good_and_refused_ones_under_ones_own_name_alone(stack):
    assert stack.sign_in(*EMMA)["status"] == 302
    for _ in range(3):
        assert stack.sign_in("emma", "wrong")["status"] == 200
    stack.sign_in("finn", "wrong")
    for _ in range(2):
        status, _ = stack.request("POST", "/pub", {"_type": "location", "lat": 1, "lon": 2, "tst": 1}, auth=("emma", "wrong too"), headers={"User-Agent": "OwnTracks/26"})
        assert status == 401
    found = signins(stack, EMMA)
    assert [(one["ok"], one["times"], one["way"]) for one in found] == [(False, 2, "http"), (False, 3, "form"), (True, 1, "form")]
    assert found[0]["agent"] == "OwnTracks/26" and found[0]["address"] == "127.0.0.1"
    # Other programs that do not sign in with the form are not told of: a script may be wrong every second.
    stack.request("GET", "/api/devices/", auth=("emma", "wrong"))
    assert len(signins(stack, EMMA)) == 3 and [one["ok"] for one in signins(stack, FINN)] == [False]


def test_all_other_sessions_of_the_user_end(stack):
    here, there, elsewhere = (stack.sign_in(*EMMA) for _ in range(3))
    finn = stack.sign_in(*FINN)
    with stack.writing() as db:  # what cannot be read is nobody's
        db.execute("insert into django_session values ('k' || hex(randomblob(15)), 'x:y:z', '2099-01-01 00:00:00')")
    status, _, body = end_others(stack, here)
    assert (status, json.loads(body)) == (200, {"ended": 2})
    assert [is_in(stack, one) for one in (here, there, elsewhere, finn)] == [True, False, False, True]
    assert end_others(stack, there)[0] in (401, 403)
    status, body = stack.request("POST", "/api/account/sign-out-everywhere/", auth=EMMA)
    assert (status, json.loads(body)) == (200, {"ended": 1}) and not is_in(stack, here)
