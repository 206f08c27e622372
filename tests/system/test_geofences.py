"""Geofences by the API, as the map changes them."""
import json

import pytest
from stack import Stack

EMMA = ("emma", "fence-Emma-Pa55")
FRED = ("fred", "fence-Fred-Pa55")
URL = "/api/geofences/"
HOME = {"label": "Home", "latitude": 48.2081743, "longitude": -16.3738, "radius": 120}


@pytest.fixture(scope="module")
def stack():
    with Stack(users=dict([EMMA, FRED])) as s:
        yield s


@pytest.fixture
def call(stack):
    with stack.writing() as db:
        db.execute("delete from my_tracks_waypoint")

    def run(method="GET", body=None, url=URL, who=EMMA):
        status, text = stack.request(method, url, body, auth=who)
        return status, json.loads(text) if text else None
    return run


def test_made_changed_and_removed(stack, call):
    status, made = call("POST", HOME)
    assert status == 201 and made == {"id": made["id"], **HOME}
    assert call()[1] == [made]
    assert stack.sql("select label, latitude, longitude, radius, is_active, length(rid) > 0 from my_tracks_waypoint") == [
        ("Home", 48.2081743, -16.3738, 120, 1, 1)]
    url = f"{URL}{made['id']}/"
    assert call("PATCH", {"radius": 80, "label": " Zuhause "}, url) == (200, {**made, "radius": 80, "label": "Zuhause"})
    assert call("PATCH", {}, url)[1]["latitude"] == HOME["latitude"], "what is not given stays"
    assert call(who=FRED) == (200, [])
    assert call("PATCH", {"radius": 1}, url, FRED)[0] == 404 and call("DELETE", None, url, FRED)[0] == 404
    assert call("DELETE", None, url) == (204, None) and call("DELETE", None, url)[0] == 404
    assert call()[1] == []


@pytest.mark.parametrize("change", [
    {"label": ""}, {"label": "  "}, {"label": "x" * 201}, {"label": 5}, {"label": None}, {"latitude": 90.1}, {"latitude": "48"}, {"latitude": None},
    {"longitude": -181}, {"longitude": True}, {"latitude": 1e300}, {"radius": 0}, {"radius": -5}, {"radius": 2.5}, {"radius": 20000001}, {"radius": "9"}])
def test_what_is_no_place_is_refused(call, change):
    status, body = call("POST", {**HOME, **change})
    assert status == 400 and next(iter(change)) in body["error"]
    assert call()[1] == []


@pytest.mark.parametrize("body", [[], "x", {}, {"label": "a"}, {"latitude": 1, "label": "b"}])
def test_half_a_place_is_refused(call, body):
    assert call("POST", json.dumps(body) if isinstance(body, str) else body)[0] in (400, 415)
    assert call()[1] == []


def test_forms_and_api_speak_of_the_same(stack, call):
    made = call("POST", {**HOME, "label": "<b>Café</b>"})[1]
    page = stack.answer("GET", "/geofences/", headers={"Cookie": stack.sign_in(*EMMA)["cookie"]})[2].decode()
    assert "&lt;b&gt;Café&lt;/b&gt;" in page and f'value="{made["id"]}"' in page
