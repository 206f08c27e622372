"""Who may do what: every row of the route table, for everybody who may ask, with and without the right CSRF token.

What refuses comes from the table's columns (who, CSRF, side); ROWS below adds only how an address is called and what
it answers to those who are let in. A route without a row fails, a row without a route too.
"""
import http.client
import itertools
import json
import re
from base64 import b64encode
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from stack import Stack, routes

PASSWORD = "matrix-Pa55word!"
KEY, RELAY_KEY = "a-command-key", "a-relay-key"
EVIL = "https://evil.example"
# Of emma's phone: owner, friend (it is shared with him), stranger.
PEOPLE = {"owner": "emma", "friend": "fred", "stranger": "gina", "staff": "root", "inactive": "ivan"}
IN = ("owner", "friend", "stranger", "staff")
T0 = 1_772_800_000
counter = itertools.count(1)


class World:
    def __init__(self):
        self.stack = Stack(users={n: PASSWORD for n in ("emma", "fred", "gina", "ivan")},
                           env={"COMMAND_API_KEY": KEY})
        self.stack.add_user("root", PASSWORD, admin=True)

    def __enter__(self):
        self.stack.__enter__()
        self.http = http.client.HTTPConnection("127.0.0.1", self.stack.http_port, timeout=20)
        s = self.stack
        assert s.request("POST", "/api/locations/", report("emma"), auth=("emma", PASSWORD))[0] == 200
        self.sessions = {role: s.sign_in(name, PASSWORD) for role, name in PEOPLE.items()}
        self.session_rows = s.sql("select * from django_session")
        assert s.request("POST", "/api/admin/domesti-bot/pair/", {
            "api_key": RELAY_KEY, "user_location_update_url": "http://127.0.0.1:9/u",
            "user_location_test_url": "http://127.0.0.1:9/t"}, auth=("root", PASSWORD))[0] == 200
        self.write("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', d.id, u.id"
                   " from my_tracks_device d, auth_user u where u.username = 'fred' and d.device_id = 'phone'")
        self.write("update auth_user set is_active = 0 where username = 'ivan'")
        self.write("update my_tracks_domestibotconfig set remote_request_location_enabled = 1, location_updates_enabled = 0")
        return self

    def __exit__(self, *e):
        self.http.close()
        self.stack.__exit__(*e)

    def write(self, text, *values):
        with self.stack.writing() as db:
            return db.execute(text, values).lastrowid

    def restore_sessions(self):
        """After a call that ended them; other cells need them."""
        with self.stack.writing() as db:
            db.executemany("insert or ignore into django_session values (?, ?, ?)", self.session_rows)

    def call(self, method, path, body, headers):
        """(status, where a redirect leads)"""
        if isinstance(body, dict):
            body, headers = json.dumps(body), {"Content-Type": "application/json", **headers}
        elif body is not None:
            headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        self.http.request(method, path, body, headers)
        answer = self.http.getresponse()
        answer.read()
        return answer.status, answer.getheader("Location") or ""


def report(user, device="phone", **more):
    return {"_type": "location", "topic": f"owntracks/{user}/{device}", "lat": 1, "lon": 2, "tst": T0 + next(counter), **more}


# ---- objects that a call may use up

def location(w):
    return w.write("insert into my_tracks_location (latitude, longitude, timestamp, connection_type, tracker_id, received_at,"
                   " device_id, received_via, fix_source, owntracks_message_id, \"trigger\", wifi_bssid, wifi_ssid)"
                   " select 1, 2, '2026-01-01 00:00:00', '', '', '2026-01-01 00:00:00', id, 'http', '', '', '', '', ''"
                   " from my_tracks_device where device_id = 'phone' and owner_id = (select id from auth_user where username = 'emma')")


def person(w):
    return w.write("insert into auth_user (username, password, is_superuser, is_staff, is_active, first_name, last_name, email, date_joined)"
                   " values (?, '!', 0, 0, 1, '', '', '', '2026-01-01 00:00:00')", f"extra{next(counter)}")


def place(w):
    return w.write("insert into my_tracks_waypoint (label, latitude, longitude, radius, rid, is_active, created_at, updated_at, user_id)"
                   " select 'spare', 1, 2, 100, ?, 1, '2026-01-01', '2026-01-01', id from auth_user where username = 'emma'", f"r{next(counter)}")


def spare_device(w):
    name = f"spare{next(counter)}"
    w.write("insert into my_tracks_device (device_id, name, created_at, last_seen, is_online, mqtt_user, owner_id) select ?, '',"
            " '2026-01-01 00:00:00', '2026-01-01 00:00:00', 0, '', id from auth_user where username = 'emma'", name)
    return name


def command(w):
    return w.write("insert into mytracks_command (device_id, created_by, action, answer, topic, target, payload, state, attempts,"
                   " created_at, expires_at, due_at, delivered_via) select d.id, d.owner_id, 'status', 'status', 't', 'x', '{}', 1, 1,"
                   " '2026-01-01 00:00:00', '2099-01-01 00:00:00', '2026-01-01 00:00:00', 'mqtt' from my_tracks_device d"
                   " where d.device_id = 'tablet'")


def rule(w):
    return w.write("insert into mytracks_rule (user_id, name, event, amount, days, from_minute, until_minute, zone, channel, target, priority,"
                   " cooldown, active, created_at) select id, '', 'silence', 60, 127, 0, 0, 'UTC', 'mqtt', '', 3, 0, 0, '2026-01-01 00:00:00'"
                   " from auth_user where username = 'emma'")


def browser(w):
    return w.write("insert into mytracks_push (user_id, endpoint, p256dh, auth, language, agent, created_at)"
                   f" select id, 'https://push.example/{next(counter)}', '', '', 'en', '', '2026-01-01 00:00:00' from auth_user where username = 'emma'")


class Row(NamedTuple):
    """status: for all who are let in; but: {role: another}. path: how the pattern is filled, or a function of the world
    that makes what is to be used up."""
    status: int
    path: object = ()
    body: object = None
    but: dict = {}


def of_device(read, **but):
    return {"stranger": 404, **but} if read else {"friend": 403, "stranger": 404, **but}


OWN = dict.fromkeys(("friend", "stranger", "staff"), 404)
FORM = urlencode({"form_type": "nothing"})
ROWS = {
    "POST /api/locations/": Row(200, body=lambda w: report("nobody", f"car{next(counter)}")),
    "GET /api/locations/": Row(200),
    "POST /pub": Row(200, body=lambda w: report("nobody", f"car{next(counter)}")),
    "POST /owntracks/pub": Row(200, body=lambda w: report("nobody", f"car{next(counter)}")),
    "GET /api/locations/last-known/": Row(200),
    "GET /api/locations/{name}/": Row(200, location, but=of_device(True)),
    "PUT /api/locations/{name}/": Row(200, location, report("emma"), of_device(False)),
    "PATCH /api/locations/{name}/": Row(200, location, report("emma"), of_device(False)),
    "DELETE /api/locations/{name}/": Row(204, location, but=of_device(False)),
    "GET /api/tracks/": Row(400),
    "DELETE /api/tracks/": Row(400),  # whose they are: test_track_remove.py
    "POST /api/locations/{name}/restore/": Row(404, ("999999",)),  # whose they are: test_removed.py
    "GET /api/removed/": Row(200),
    "POST /api/removed/{int}/restore/": Row(404, ("999",)),
    "DELETE /api/removed/{int}/": Row(404, ("999",)),
    "GET /api/removed/places/": Row(200),
    "POST /api/removed/places/{int}/restore/": Row(404, ("999",)),
    "DELETE /api/removed/places/{int}/": Row(404, ("999",)),
    "GET /api/imports/": Row(200),
    "POST /api/imports/": Row(400),  # whose they become: test_import.py
    "GET /api/imports/{int}/": Row(404, ("999",)),
    "GET /api/tracks/file/": Row(400),
    "GET /api/timeline/": Row(400),
    "GET /api/statistics/": Row(400),
    "POST /api/address/": Row(404, body={"lat": 1, "lon": 2}),
    "GET /api/geofences/": Row(200),
    "POST /api/geofences/": Row(201, body={"label": "here", "latitude": 1, "longitude": 2}),
    "PATCH /api/geofences/{int}/": Row(200, place, {"radius": 50}, dict.fromkeys(("friend", "stranger", "staff"), 404)),
    "DELETE /api/geofences/{int}/": Row(204, place, but=dict.fromkeys(("friend", "stranger", "staff"), 404)),
    "GET /api/transitions/": Row(200),
    "GET /api/rules/": Row(200),
    "POST /api/rules/": Row(201, body={"event": "silence", "amount": 60, "channel": "mqtt", "active": False}),
    "PATCH /api/rules/{int}/": Row(200, rule, {"name": "there"}, OWN),
    "DELETE /api/rules/{int}/": Row(204, rule, but=OWN),
    "POST /api/rules/{int}/test/": Row(202, rule, but=OWN),
    "GET /api/rules/{int}/dry-run/": Row(200, rule, but=OWN),
    "GET /api/rules/{int}/log/": Row(200, rule, but=OWN),
    "GET /api/notifications/": Row(200),
    "POST /api/notifications/": Row(400),  # what is taken: test_notifications.py
    "DELETE /api/notifications/{int}/": Row(204, browser, but=OWN),
    "GET /api/tiles/map.pmtiles": Row(404),
    "GET /api/tiles/{int}/{int}/{int}": Row(404, ("1", "2", "0")),
    "GET /api/calendar/": Row(400),
    "GET /api/devices/": Row(200),
    "GET /api/devices/{name}/locations/": Row(200, ("tablet",)),
    "GET /api/devices/{name}/": Row(200, ("tablet",)),
    "GET /api/devices/{text}/cmd/": Row(200, ("tablet",)),
    "POST /api/devices/{text}/cmd/": Row(202, ("tablet",), {"action": "status"}, {"friend": 403}),
    "GET /api/devices/{text}/cmd/{int}/": Row(200, lambda w: ("tablet", command(w)), but={"friend": 404}),
    "GET /api/devices/{text}/settings/": Row(200, ("tablet",), but={"friend": 403}),
    "PATCH /api/devices/{text}/settings/": Row(200, ("tablet",), {"name": "Tablet"}, {"friend": 403}),
    "DELETE /api/devices/{text}/settings/": Row(204, spare_device, but={"friend": 404, "stranger": 404}),
    "GET /api/devices/{text}/key/": Row(200, ("tablet",), but={"friend": 403, "staff": 403}),
    "PUT /api/devices/{text}/key/": Row(200, ("tablet",), {"key": "s3cr1t"}, {"friend": 403, "staff": 403}),
    "DELETE /api/devices/{text}/key/": Row(204, ("tablet",), but={"friend": 403, "staff": 403}),
    "POST /api/commands/report-location/": Row(200, body={"device_id": "emma/tablet"}),
    "POST /api/commands/clear-waypoints/": Row(200, body={"device_id": "emma/tablet"}),
    "POST /api/commands/fetch-waypoints/": Row(200, body={"device_id": "emma/tablet"}),
    "POST /api/commands/set-waypoints/": Row(200, body={"device_id": "emma/tablet", "waypoints": [{"desc": "x", "lat": 1, "lon": 2}]}),
    "GET /api/account/": Row(200),
    "PATCH /api/account/": Row(200, body={}),
    "GET /api/account/card/": Row(200),
    "PUT /api/account/card/": Row(400, body={"face": 1}),
    "DELETE /api/account/card/": Row(204),
    "POST /api/account/change-password/": Row(400, body={}),
    "GET /api/admin/users/": Row(200),
    "POST /api/admin/users/": Row(400, body={}),
    "DELETE /api/admin/users/{name}/": Row(200, person),
    "POST /api/admin/users/{name}/reactivate/": Row(200, person),
    "POST /api/admin/users/{name}/toggle-admin/": Row(200, person),
    "DELETE /api/admin/users/{name}/hard-delete/": Row(200, person),
    "POST /api/admin/users/{name}/set-password/": Row(400, person, {}),
    "GET /api/admin/users-with-devices/": Row(200),
    "GET /api/admin/waypoints/": Row(200),
    "GET /api/admin/status/": Row(200),
    "POST /api/admin/outbox/retry/": Row(200),
    "POST /api/admin/outbox/{int}/retry/": Row(404, ("999",)),
    "DELETE /api/admin/outbox/{int}/": Row(404, ("999",)),
    "GET /api/account/connection/": Row(200),
    "GET /api/account/signins/": Row(200),
    "POST /api/account/sign-out-everywhere/": Row(200),
    "GET /api/admin/data/{name}/": Row(200, ("messages",)),
    "POST /api/admin/data/{name}/remove/": Row(400, ("messages",), {}),
    "POST /api/admin/data/quarantine/{int}/again/": Row(404, ("999",)),
    "GET /api/admin/data/{name}/{int}/": Row(404, ("messages", "999")),
    "PATCH /api/admin/data/{name}/{int}/": Row(404, ("devices", "999"), {"owner": "emma"}),
    "GET /api/admin/domesti-bot/config/": Row(200),
    "PATCH /api/admin/domesti-bot/config/": Row(200, body={}),
    "POST /api/admin/domesti-bot/pair/": Row(400, body={}),
    "POST /api/admin/domesti-bot/test-location-update/": Row(400, body={"lat": 91}),
    "GET /api/admin/domesti-bot/reveal-api-key/": Row(200),
    "POST /api/domesti-bot/users/{text}/request-location/": Row(400, ("emma",), {}),
    "POST /api/domesti-bot/users/{text}/devices/{text}/request-location/": Row(400, ("emma", "phone"), {}),
    "GET /api/admin/pki/ca/": Row(200),
    "POST /api/admin/pki/ca/": Row(400, body={"key_size": 1}),
    "GET /api/admin/pki/ca/active/": Row(404),
    "GET /api/admin/pki/ca/{name}/download/": Row(404, ("999",)),
    "DELETE /api/admin/pki/ca/{name}/": Row(404, ("999",)),
    "GET /api/admin/pki/server-cert/": Row(200),
    "POST /api/admin/pki/server-cert/": Row(400, body={}),
    "GET /api/admin/pki/server-cert/active/": Row(404),
    "GET /api/admin/pki/server-cert/{name}/download/": Row(404, ("999",)),
    "DELETE /api/admin/pki/server-cert/{name}/expunge/": Row(404, ("999",)),
    "DELETE /api/admin/pki/server-cert/{name}/": Row(404, ("999",)),
    "GET /api/admin/pki/client-certs/": Row(200),
    "POST /api/admin/pki/client-certs/": Row(400, body={}),
    "POST /api/admin/pki/client-certs/{name}/revoke/": Row(404, ("999",)),
    "DELETE /api/admin/pki/client-certs/{name}/expunge/": Row(404, ("999",)),
    "POST /api/admin/pki/client-certs/{name}/download/": Row(404, ("999",), {"password": "for-the-file"}),
    "GET /api/admin/pki/crl/": Row(404),
    "GET /api/friends/": Row(200),
    "GET /api/friends/user-search/": Row(200),
    "GET /api/friends/requests/": Row(200),
    "POST /api/friends/requests/": Row(400, body={}),
    "DELETE /api/friends/requests/{name}/": Row(404, ("999",)),
    "POST /api/friends/requests/{name}/accept/": Row(404, ("999",), {}),
    "POST /api/friends/requests/{name}/decline/": Row(404, ("999",)),
    "DELETE /api/friends/{name}/": Row(404, ("999",)),
    "GET /api/friends/{int}/shares/": Row(404, ("999",)),
    "POST /api/friends/{int}/shares/": Row(404, ("999",), {"device_id": "phone"}),
    "DELETE /api/friends/{int}/shares/{text}/": Row(404, ("999", "phone")),
    "GET /api/shares/": Row(200),
    "PUT /api/shares/{int}/{text}/": Row(403, ("999", "phone"), {}),
    "GET /api/links/": Row(200),
    "POST /api/links/": Row(400, body={}),
    "DELETE /api/links/{int}/": Row(404, ("999",)),
    "GET /api/public/position/": Row(404),  # with a link: test_links.py
    "GET /s/": Row(200),
    "GET /api/": Row(200),
    "GET /api/health/": Row(200),
    "GET /api/schema/": Row(200),
    # pages: by session alone
    "GET /": Row(200),
    "GET /profile/": Row(200),
    "POST /profile/": Row(200, body=FORM),
    "GET /profile/download-cert/": Row(405),
    "POST /profile/download-cert/": Row(404, body=FORM),
    "GET /profile/download-ca/": Row(404),
    "GET /geofences/": Row(200),
    "POST /geofences/": Row(302, body=FORM),
    "GET /geofences/action-test/": Row(405),
    "POST /geofences/action-test/": Row(404, body=FORM),
    "GET /admin-panel/": Row(200),
    "POST /admin-panel/": Row(200, body=FORM),
    "GET /admin-panel/smtp-test/": Row(405),
    "POST /admin-panel/smtp-test/": Row(200, body=FORM),
    "GET /admin-panel/status/": Row(200),
    "GET /admin-panel/data/": Row(200),
    "GET /about/": Row(200),
    "GET /statistics/": Row(200),
    "GET /admin-panel/start/": Row(200),
    "GET /setup/": Row(302),
    "POST /setup/": Row(302, body=FORM),
    "GET /login/": Row(200),
    "POST /login/": Row(200, body=FORM),
    "PUT /login/": Row(200, body=FORM),
    "POST /logout/": Row(302, body=FORM),
    "GET /api/docs/": Row(200),
    "GET /health/": Row(200),
    "GET /network-info/": Row(200),
    "GET /sw.js": Row(200),
}
# Pages take any method for GET: one stands for all.
ANY = {"GET"}


def cells():
    """(name, route, method) of the table."""
    for r in routes():
        methods = set(r.methods) if "*" not in r.methods else ANY
        if r.side == "page" and len(methods) > 3:
            methods = ANY
        for m in sorted(methods):
            yield f"{m} {r.pattern}", r, m


@pytest.fixture(scope="module")
def world():
    with World() as w:
        # A device of which nothing is used up.
        assert w.stack.request("POST", "/api/locations/", report("emma", "tablet"), auth=("emma", PASSWORD))[0] == 200
        w.write("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', d.id, u.id"
                " from my_tracks_device d, auth_user u where u.username = 'fred' and d.device_id = 'tablet'")
        yield w


def test_every_route_has_a_row_and_every_row_a_route():
    there = {name for name, _, _ in cells()}
    assert there - set(ROWS) == set(), "routes without a row: say above how they are called"
    assert set(ROWS) - there == set(), "rows without a route"


def filled(w, row, route):
    """(path, body) of a call that is fresh."""
    values = row.path(w) if callable(row.path) else row.path
    values = [str(v) for v in (values if isinstance(values, tuple) else (values,))]
    path = route.pattern
    for v in values:
        path = path[:path.index("{")] + v + path[path.index("}") + 1:]
    assert "{" not in path, path
    return path, row.body(w) if callable(row.body) else row.body


def basic(name):
    return {"Authorization": "Basic " + b64encode(f"{name}:{PASSWORD}".encode()).decode()}


def admitted(row, role):
    return row.but.get(role, row.status)


def outcome(name, row, role):
    """Of those who are let in. A stranger does not see the device."""
    if role == "stranger" and re.search(r"/api/devices/{\w+}/", name):
        return 404
    if role == "stranger" and "/api/commands/" in name:
        return 400
    return admitted(row, role)


def expect_basic(name, route, row, role):
    """Status for an API route with Basic credentials, a key, or nothing."""
    anonymous, bad = role == "anonymous", role == "inactive"
    if route.side == "phone":
        return 401 if bad else row.status
    if route.who == "none":
        return row.status
    if route.who == "relay":
        return row.status if role == "relay" else 403
    if role == "relay":
        role, anonymous = "anonymous", True
    if route.who == "command":
        return outcome(name, row, "staff") if role == "key" else 403
    if role == "key":
        if route.who == "keyed":
            return outcome(name, row, "staff")
        return row.status if route.who == "open" else 403
    if bad:
        return 403
    if route.who == "open":
        return row.status
    if anonymous or (route.who == "staff" and role != "staff"):
        return 403
    return outcome(name, row, role)


HEADERS = {"anonymous": {}, "key": {"Authorization": f"Bearer {KEY}"}, "relay": {"X-Domesti-Api-Key": RELAY_KEY},
           **{role: basic(name) for role, name in PEOPLE.items()}}


@pytest.mark.parametrize("role", HEADERS)
def test_by_credentials_of_the_request(world, role):
    checked = 0
    for name, route, method in cells():
        if route.side == "page":
            continue
        row = ROWS[name]
        path, body = filled(world, row, route)
        # Wrong credentials are answered later and later; from another address they are new.
        address = {"X-Forwarded-For": f"198.51.100.{next(counter) % 250 + 1}"}
        status, _ = world.call(method, path, body, {**HEADERS[role], **address})
        assert status == expect_basic(name, route, row, role), (name, role, status)
        if "sign-out-everywhere" in path:
            world.restore_sessions()
        checked += 1
    assert checked > 60


def expect_session(name, route, row, role, method, csrf):
    """Status by session cookie. csrf: right, none, wrong, foreign (a foreign Origin with the right token)."""
    unsafe = method not in ("GET", "HEAD", "OPTIONS")
    known = role in IN
    if route.side == "phone":
        return row.status  # no cookie counts here
    if route.side == "page":
        if route.csrf == "always" and unsafe and csrf != "right":
            return 403
        if route.who in ("user", "staff") and (not known or (route.who == "staff" and role != "staff")):
            return 302
        return outcome(name, row, role)
    if route.who == "none":
        return row.status
    if route.who == "relay" or (not known and route.who != "open"):
        return 403
    if route.who == "command":
        return 403 if csrf == "foreign" else outcome(name, row, role)
    if known and unsafe and csrf != "right":
        return 403
    if route.who == "staff" and role != "staff":
        return 403
    return outcome(name, row, role)


@pytest.mark.parametrize("csrf", ["right", "none", "wrong", "foreign"])
@pytest.mark.parametrize("role", [*IN, "inactive"])
def test_by_session(world, role, csrf):
    checked = 0
    for name, route, method in cells():
        row = ROWS[name]
        session = world.sessions[role]
        path, body = filled(world, row, route)
        token = {"right": session["csrf"], "none": "", "wrong": "x" * 32, "foreign": session["csrf"]}[csrf]
        headers = {"Cookie": session["cookie"]}
        if token:
            headers["X-CSRFToken"] = token
        if csrf == "foreign":
            headers["Origin"] = EVIL
        if name == "POST /logout/" and csrf == "right":
            continue  # it ends the session that the other cells need; test_asvs.py signs out
        status, _ = world.call(method, path, body, headers)
        assert status == expect_session(name, route, row, role, method, csrf), (name, role, csrf, status)
        checked += 1
    assert checked > 80
