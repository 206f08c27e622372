"""Public links: whoever has one sees one device, read only, until it ends; and nobody learns more from it."""
import hashlib
import json
import re
import time

import pytest
from stack import Stack
from test_limits import EMMA, FACTS, FRED, HOME, phone_of
from test_tiles import serving

BEFORE = int(time.time()) - 86400
PATH = "/api/public/position/"


@pytest.fixture(scope="module")
def stack():
    with serving() as source:
        s = Stack(users=dict([EMMA, FRED]), env={"MYTRACKS_TILE_URL": f"http://127.0.0.1:{source.server_address[1]}/{{z}}/{{x}}/{{y}}.png"})
        with s:
            s.source = source
            yield s


@pytest.fixture(autouse=True)
def fresh(stack):
    with stack.writing() as db:
        db.execute("delete from mytracks_link")
        db.execute("update my_tracks_device set latest_location_id = null")
        db.execute("delete from my_tracks_location")
    tell(stack, BEFORE, 47.111111, 15.222222)


def tell(stack, tst, lat, lon):
    message = {"_type": "location", "lat": lat, "lon": lon, "tst": tst, **FACTS}
    assert stack.request("POST", "/pub", message, phone_of(EMMA), auth=EMMA)[0] == 200


def make(stack, want=201, by=EMMA, **more):
    status, body = stack.request("POST", "/api/links/", {"device_id": "phone", "expires_in": 3600, **more}, auth=by)
    assert status == want, body
    answer = json.loads(body)
    return (answer, answer["url"].split("#")[1]) if want == 201 else answer


def visit(stack, secret, path=PATH):
    return stack.answer("GET", path, headers={"X-Share-Link": secret})


def links(stack, by=EMMA):
    return json.loads(stack.request("GET", "/api/links/", auth=by)[1])


def test_a_visitor_sees_where_it_is_and_nothing_of_whom(stack):
    link, secret = make(stack, label="Our tour")
    status, headers, body = visit(stack, secret)
    seen = json.loads(body)
    assert status == 200 and set(seen) == {"label", "expires_at", "now", "area", "position"}
    assert seen["label"] == "Our tour" and not seen["area"] and abs(seen["expires_at"] - time.time() - 3600) < 60
    assert seen["position"] == {"lat": 47.111111, "lon": 15.222222, "accuracy": 9, "at": BEFORE}
    for secret_text in ("emma", "phone", "wifi", HOME, "1234", '"id"', "batt"):
        assert secret_text not in body.decode(), secret_text
    assert headers["cache-control"] == "no-store" and headers["referrer-policy"] == "no-referrer" and headers["x-robots-tag"] == "noindex"
    assert "set-cookie" not in headers


def test_an_area_is_told_as_one(stack):
    _, secret = make(stack, precision="area", trail=True)
    after = int(time.time()) + 1  # of the link
    tell(stack, after, 48.333333, 16.444444)
    tell(stack, after + 30, 48.353535, 16.464646)
    body = visit(stack, secret)[2].decode()
    seen = json.loads(body)
    assert seen["area"] and seen["position"]["lat"] == 48.355 and seen["position"]["accuracy"] >= 1100
    assert not re.search(r"48\.3333|16\.4444|48\.35353|16\.46464|47\.1111", body)
    assert seen["trail"][0][0] == 48.335


def test_the_trail_begins_with_the_link(stack):
    _, with_trail = make(stack, trail=True)
    _, without = make(stack)
    assert json.loads(visit(stack, with_trail)[2])["trail"] == []
    after = int(time.time()) + 1
    tell(stack, after, 48.333333, 16.444444)
    tell(stack, after + 100, 48.4, 16.5)
    tell(stack, BEFORE + 60, 46.0, 14.0)  # late
    seen = json.loads(visit(stack, with_trail)[2])
    assert seen["trail"] == [[48.333333, 16.444444], [48.4, 16.5]] and seen["position"]["at"] == after + 100
    alone = json.loads(visit(stack, without)[2])
    assert "trail" not in alone and alone["position"]["lat"] == 48.4


def ended(stack, secret):
    status, headers, body = visit(stack, secret)
    assert headers["cache-control"] == "no-store"
    return status == 404 and json.loads(body) == {"error": "This link has ended."} and \
        visit(stack, secret, "/api/tiles/1/0/0")[0] == 403


@pytest.mark.parametrize("how", ["revoked", "over", "owner inactive", "given away", "device removed"])
def test_it_ends_at_once(stack, how):
    link, secret = make(stack)
    assert visit(stack, secret)[0] == 200 and visit(stack, secret, "/api/tiles/1/0/0")[0] == 200
    if how == "revoked":
        assert stack.request("DELETE", f"/api/links/{link['id']}/", auth=FRED)[0] == 404, "not another's"
        assert stack.request("DELETE", f"/api/links/{link['id']}/", auth=EMMA)[0] == 204
    else:
        with stack.writing() as db:
            db.execute({"over": "update mytracks_link set expires_at = '2026-01-01 00:00:00'",
                        "owner inactive": "update auth_user set is_active = 0 where username = 'emma'",
                        "given away": "update my_tracks_device set owner_id = (select id from auth_user where username = 'fred')",
                        "device removed": "update mytracks_link set device_id = 999"}[how])
    assert ended(stack, secret)
    with stack.writing() as db:
        db.execute("update auth_user set is_active = 1")
        db.execute("update my_tracks_device set owner_id = (select id from auth_user where username = 'emma')")


@pytest.mark.parametrize("secret", ["", "x", "x" * 42, "x" * 43, "x" * 44, "x" * 4000, "' or 1=1 --" + "x" * 32, "\xff" * 43])
def test_what_is_no_link_opens_nothing(stack, secret):
    make(stack)
    assert ended(stack, secret)


def test_the_secret_is_stored_hashed_shown_once_and_long(stack):
    link, secret = make(stack)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret), "256 bits"
    assert stack.sql("select token from mytracks_link") == [(hashlib.sha256(secret.encode()).hexdigest(),)]
    (row,) = links(stack)
    assert "url" not in row and secret not in json.dumps(row) and row["used_at"] is None and row["over"] is False
    visit(stack, secret)
    assert links(stack)[0]["used_at"] is not None
    assert secret not in stack.log_text()
    assert ended(stack, stack.sql("select token from mytracks_link")[0][0][:43]), "the stored form opens nothing"


def test_use_is_noted_once_a_minute(stack):
    _, secret = make(stack)
    visit(stack, secret)
    first = stack.sql("select used_at from mytracks_link")
    visit(stack, secret)
    assert stack.sql("select used_at from mytracks_link") == first


@pytest.mark.parametrize("wrong", [{"device_id": ""}, {"device_id": 5}, {"expires_in": 3599}, {"expires_in": 2592001}, {"expires_in": "1"},
                                   {"expires_in": None}, {"label": "x" * 81}, {"label": 5}, {"label": "a\nb"}, {"precision": "exactly"},
                                   {"precision": 1}, {"trail": "no"}])
def test_what_is_no_link_is_not_made(stack, wrong):
    assert make(stack, 400, **wrong)["error"]
    assert stack.sql("select count(*) from mytracks_link") == [(0,)]


def test_only_of_one_s_own_devices_and_not_too_many(stack):
    make(stack, 403, by=FRED)
    make(stack, 403, device_id="nothing")
    assert stack.request("POST", "/api/links/", [1], auth=EMMA)[0] == 400
    for _ in range(50):
        make(stack)
    assert "50 links" in make(stack, 409)["error"]
    assert len(links(stack)) == 50 and links(stack, FRED) == []


def test_a_link_opens_nothing_but_its_position_and_tiles(stack):
    _, secret = make(stack)
    for path in ("/api/locations/", "/api/locations/last-known/", "/api/devices/", "/api/links/", "/api/shares/", "/api/tracks/?device=phone",
                 "/api/transitions/", "/api/account/", "/api/friends/"):
        assert visit(stack, secret, path)[0] == 403, path
    asked = len(stack.source.asked)
    assert visit(stack, secret, "/api/tiles/3/2/1")[0] == 200
    assert all(secret not in json.dumps(a) for a in stack.source.asked[asked:]), "the source of the tiles hears nothing of it"
    assert stack.answer("POST", PATH, "{}", {"X-Share-Link": secret})[0] == 405


def test_the_page_is_the_same_for_all_and_kept_from_search_and_caches(stack):
    status, headers, body = stack.answer("GET", "/s/")
    assert status == 200 and headers["cache-control"] == "no-store" and headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex" and "'unsafe" not in headers["content-security-policy"] and "set-cookie" not in headers
    text = body.decode()
    assert 'name="robots" content="noindex' in text and not re.search(r"<script(?![^>]* src=)|<style|\son\w+=", text)
    assert stack.answer("GET", "/s/anything")[0] == 404, "no secret belongs there"


