"""Users' own rules on the real stack: what fires them, how it goes out, what the API takes and shows."""
import json
import threading
import time
from datetime import datetime, timedelta, timezone

import paho.mqtt.client as paho
import phonekit
import pytest
from smtpkit import Sink
from stack import Stack, until
from webhook import Webhook

EMMA = ("emma", "rule-Emma-Pa55")
FRED = ("fred", "rule-Fred-Pa55")
ADMIN = ("root", "rule-Admin-Pa55")
URL = "/api/rules/"
HOME = {"label": "Home", "latitude": 48.2, "longitude": 16.4, "radius": 100}
AWAY = {"lat": 48.3, "lon": 16.4}
THERE = {"lat": 48.2, "lon": 16.4}


@pytest.fixture(scope="module")
def stack():
    s = Stack(users=dict([EMMA, FRED]), env={"MYTRACKS_OUTBOX_RETRY": "1", "MYTRACKS_MAIL_RATE_TO": "0", "MYTRACKS_RULES_PRIVATE": "true"})
    s.add_user(*ADMIN, admin=True)
    with s:
        yield s


@pytest.fixture(autouse=True)
def empty(stack):
    with stack.writing() as db:
        for table in ("mytracks_rule", "mytracks_rule_state", "mytracks_rule_log", "mytracks_outbox", "my_tracks_transition", "my_tracks_waypoint",
                      "my_tracks_deviceshare"):
            db.execute(f"delete from {table}")
        db.execute("update my_tracks_device set latest_location_id = null")
        db.execute("delete from my_tracks_location")
        db.execute("delete from my_tracks_smtpconfig")


def call(stack, method="GET", body=None, url=URL, who=EMMA):
    status, text = stack.request(method, url, body, auth=who)
    return status, json.loads(text) if text else None


def make(stack, who=EMMA, **rule):
    status, made = call(stack, "POST", rule, who=who)
    assert status == 201, made
    return made


def make_place(stack, who=EMMA, **more):
    return json.loads(stack.request("POST", "/api/geofences/", {**HOME, **more}, auth=who)[1])["id"]


def now():
    return int(time.time())


def post(stack, who=EMMA, device="phone", **message):
    """From the app in HTTP mode."""
    assert stack.request("POST", "/pub", {"_type": "location", "tst": now(), **message}, {"X-Limit-U": who[0], "X-Limit-D": device}, auth=who)[0] == 200


def publish(stack, *messages, device="phone"):
    phonekit.publish(stack, EMMA, *messages, device=device)


def transition(event, desc="Home", tst=None, **more):
    return {"_type": "transition", "tst": tst or now(), "event": event, "desc": desc, "lat": 48.2, "lon": 16.4, **more}


def bodies(hook):
    return [json.loads(body) for _, _, body in hook.seen]


def log(stack, rule, who=EMMA):
    return call(stack, url=f"{URL}{rule['id']}/log/", who=who)[1]["results"]


def ring(stack, rule):
    """Its timers are due now; the agent looks every quarter of a minute."""
    with stack.writing() as db:
        assert db.execute("update mytracks_rule_state set due_at = '2026-01-01 00:00:00' where rule_id = ? and due_at is not null", (rule["id"],)).rowcount > 0


# ---- what fires

def test_a_webhook_tells_of_a_transition_once(stack):
    place = make_place(stack)
    post(stack, lat=1, lon=2)
    with Webhook() as hook:
        rule = make(stack, event="enter", place=place, device="emma/phone", channel="webhook", target=hook.url("/x?key=s3cret"), name="Hi <b>")
        came = transition("enter", tst=now() - 5)
        publish(stack, came, transition("leave"), transition("enter", "Elsewhere"))
        assert hook.wait_for(1)
        publish(stack, came)  # the same again, on another connection
        post(stack, **transition("enter", tst=now()))
        assert hook.wait_for(2)
        (path, headers, _), _ = hook.seen
        assert path == "/x?key=s3cret" and headers["Content-Type"] == "application/json"
        first = bodies(hook)[0]
        assert first == {"id": first["id"], "rule_id": rule["id"], "rule": "Hi <b>", "event": "enter", "device": "emma/phone", "device_name": first["device_name"],
                         "place": "Home", "minutes": None, "battery": None, "latitude": 48.2, "longitude": 16.4,
                         "time": datetime.fromtimestamp(came["tst"], timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "text": f"{first['device_name']} arrived at Home", "test": False}
        assert until(lambda: [(row["state"], row["attempts"], row["error"]) for row in log(stack, rule)] == [("sent", 1, "")] * 2)
        assert len(hook.seen) == 2
        assert call(stack)[1][0]["told_at"] is not None
    assert "s3cret" not in stack.log_text()


def test_positions_alone_and_no_late_alarm(stack):
    """A tracker that has no regions; what it kept for hours is stored and tells nobody."""
    place = make_place(stack)
    post(stack, device="tracker", **AWAY, t="p")
    with Webhook() as hook:
        make(stack, event="enter", place=place, channel="webhook", target=hook.url("/in"))
        make(stack, event="leave", place=place, channel="webhook", target=hook.url("/out"))
        for i, where in enumerate((AWAY, THERE, AWAY, THERE)):
            post(stack, device="tracker", **where, tst=now() - 7200 + i, t="u")
        post(stack, device="tracker", **AWAY, tst=now() - 2)
        post(stack, device="tracker", **THERE, tst=now())
        assert hook.wait_for(2)
        assert sorted(path for path, _, _ in hook.seen) == ["/in", "/out"]
        # now the phone itself speaks of the place: known already
        publish(stack, transition("enter"), device="tracker")
        assert stack.wait_sql("select count(*) from my_tracks_transition", [(1,)]) == [(1,)]
        assert stack.sql("select count(*) from mytracks_rule_log") == [(2,)]


def test_battery_by_mail_with_its_cooldown(stack):
    post(stack, lat=1, lon=2, batt=80)
    with Sink() as sink:
        with stack.writing() as db:
            db.execute("insert into my_tracks_smtpconfig (id, host, port, username, encrypted_password, use_tls, use_ssl, from_address, updated_at)"
                       " values (1, '127.0.0.1', ?, '', x'', 0, 0, 'tracks@example.org', '2026-01-01')", (sink.port,))
        rule = make(stack, event="battery", amount=20, channel="mail", target="emma@example.net", zone="Europe/Vienna")
        other = make(stack, event="battery", amount=20, channel="mail", target="cool@example.net", cooldown=60)
        for percent in (25, 19, 15, 22, 30, 12):
            publish(stack, {"_type": "location", "lat": 1, "lon": 2, "tst": now(), "batt": percent})
        assert sink.wait_for(3)
        assert sorted(mail.to[0] for mail in sink.mails) == ["cool@example.net", "emma@example.net", "emma@example.net"]
        mine = [mail for mail in sink.mails if mail.to == ["emma@example.net"]]
        assert "19 %" in mine[0].subject and "12 %" in mine[1].subject
        assert "(Europe/Vienna)" in mine[0].text and "Device: emma/phone" in mine[0].text
        assert until(lambda: [row["state"] for row in log(stack, rule) + log(stack, other)] == ["sent"] * 3)


def test_staying_being_away_and_silence(stack):
    place = make_place(stack)
    with Webhook() as hook:
        rules = [make(stack, event=event, place=place, amount=30, channel="webhook", target=hook.url(f"/{event}")) for event in ("dwell", "absent")]
        quiet = make(stack, event="silence", amount=60, channel="webhook", target=hook.url("/silence"))
        post(stack, **THERE)
        (state,) = stack.sql("select place, due_at is not null from mytracks_rule_state where rule_id = ?", rules[0]["id"])
        assert state == (2, 1)
        assert stack.sql("select due_at from mytracks_rule_state where rule_id = ?", rules[1]["id"]) == [(None,)]
        ring(stack, rules[0])
        with stack.writing() as db:  # heard two hours ago, and the agent has listened since
            db.execute("update my_tracks_location set received_at = '2026-01-01 00:00:00'")
        ring(stack, quiet)
        assert hook.wait_for(1, within=25)
        assert bodies(hook)[0]["text"].endswith("has been at Home for 30 min") and bodies(hook)[0]["minutes"] == 30
        # silence counts from the agent's own start
        due = stack.sql("select due_at from mytracks_rule_state where rule_id = ?", quiet["id"])[0][0]
        started = datetime.fromisoformat(due).replace(tzinfo=timezone.utc) - timedelta(minutes=60)
        assert abs((datetime.now(timezone.utc) - started).total_seconds()) < 600
        post(stack, **AWAY, tst=now() + 1)
        ring(stack, rules[1])
        assert hook.wait_for(2, within=25)
        assert bodies(hook)[1]["event"] == "absent" and len(hook.seen) == 2


def test_old_phones_are_no_news(stack):
    post(stack, device="phone", lat=1, lon=2)
    post(stack, device="old", lat=1, lon=2)
    with stack.writing() as db:
        db.execute("update my_tracks_location set received_at = '2026-01-01 00:00:00' where device_id = (select id from my_tracks_device where device_id = 'old')")
    rule = make(stack, event="silence", amount=60, channel="mqtt")
    watched = "select d.device_id from mytracks_rule_state s join my_tracks_device d on d.id = s.device_id where s.rule_id = ?"
    assert stack.sql(watched, rule["id"]) == [("phone",)]
    post(stack, device="old", lat=1, lon=3)
    assert sorted(stack.sql(watched, rule["id"])) == [("old",), ("phone",)]


# ---- ways out

def test_ntfy(stack):
    with Webhook() as hook:
        rule = make(stack, event="battery", amount=20, channel="ntfy", target=hook.url("/emma-topic"), priority=5)
        post(stack, device="named", lat=1, lon=2, batt=50)
        with stack.writing() as db:
            db.execute("update my_tracks_device set name = 'Fön' where device_id = 'named'")
        post(stack, device="named", lat=1, lon=2, batt=5)
        assert hook.wait_for(1)
        path, headers, body = hook.seen[0]
        assert path == "/emma-topic" and headers["Priority"] == "5" and headers["Tags"] == "low_battery"
        assert headers["Content-Type"].startswith("text/plain")
        assert headers["Title"].encode("latin-1").decode() == "Fön has 5 % of its battery left"
        assert "Fön has" in body.decode()
        assert until(lambda: log(stack, rule)[0]["state"] == "sent")


def test_mqtt_is_the_user_s_alone(stack):
    heard = {name: [] for name in ("emma", "fred", "root")}
    clients = []
    for name, password in (EMMA, FRED, ADMIN):
        c = paho.Client(client_id=f"listen-{name}")
        c.username_pw_set(name, password)
        ready = threading.Event()
        c.on_subscribe = lambda *_, ready=ready: ready.set()
        c.on_message = lambda _c, _u, m, name=name: heard[name].append((m.topic, json.loads(m.payload)))
        c.connect("127.0.0.1", stack.mqtt_port)
        c.loop_start()
        c.subscribe([("mytracks/#", 1), ("mytracks/emma/alert", 1)])
        assert ready.wait(10)
        clients.append(c)
    rule = make(stack, event="battery", amount=20, channel="mqtt")
    clients[1].publish("mytracks/emma/alert", json.dumps({"forged": 1}), 1)
    clients[2].publish("mytracks/emma/alert", json.dumps({"forged": 2}), 1)
    post(stack, lat=1, lon=2, batt=5)
    assert until(lambda: heard["emma"])
    assert until(lambda: log(stack, rule)[0]["state"] == "sent")
    # something of their own comes to the others after it: theirs would have been there
    for c, name in zip(clients[1:], ("fred", "root")):
        c.subscribe(f"owntracks/{name}/x", 1)
        c.publish(f"owntracks/{name}/x", json.dumps({"_type": "own"}), 1)
        assert until(lambda: heard[name]), name
    assert {topic for topic, _ in heard["emma"]} == {"mytracks/emma/alert"} and all("forged" not in body for _, body in heard["emma"])
    assert [topic for name in ("fred", "root") for topic, _ in heard[name] if not topic.startswith("owntracks/")] == []
    for c in clients:
        c.disconnect()
        c.loop_stop()


def test_a_server_that_is_down_is_tried_again_and_keeps_nobody_else(stack):
    with Webhook() as hook:
        bad = make(stack, event="battery", amount=20, channel="webhook", target=hook.url("/status/500"))
        gone = make(stack, event="battery", amount=20, channel="webhook", target=hook.url("/redirect?http://127.0.0.1/"))
        local = make(stack, event="battery", amount=20, channel="webhook", target="http://169.254.169.254/latest")
        good = make(stack, event="battery", amount=20, channel="webhook", target=hook.url("/good"))
        post(stack, lat=1, lon=2, batt=5)
        assert until(lambda: log(stack, good)[0]["state"] == "sent")
        assert until(lambda: log(stack, bad)[0]["attempts"] >= 2, 15)
        assert log(stack, bad)[0]["state"] == "waiting" and log(stack, bad)[0]["error"] == "the server answered 500"
        assert (log(stack, gone)[0]["state"], log(stack, gone)[0]["error"]) == ("failed", "the server answered 302")
        assert "not allowed" in log(stack, local)[0]["error"]
        assert call(stack, "DELETE", url=f"{URL}{bad['id']}/")[0] == 204
        assert stack.wait_sql("select count(*) from mytracks_outbox where error = 'the rule is gone'", [(1,)]) == [(1,)]


def test_nothing_is_lost_when_the_agent_is_killed(stack):
    with Webhook() as hook:
        rule = make(stack, event="battery", amount=20, channel="webhook", target=hook.url("/x"))
        stack.kill("agent")
        post(stack, lat=1, lon=2, batt=5)
        assert hook.wait_for(1, within=20)
        assert until(lambda: log(stack, rule)[0]["state"] == "sent", 20)


def test_a_user_tells_so_much_in_an_hour(stack):
    rule = make(stack, event="battery", amount=20, channel="mqtt")
    for _ in range(121):
        assert call(stack, "POST", url=f"{URL}{rule['id']}/test/")[0] == 202
    assert log(stack, rule)[0]["error"] == "too many messages in this hour" and log(stack, rule)[1]["error"] == ""


# ---- whose

def test_shared_devices_only_while_they_are(stack):
    post(stack, who=FRED, device="fon", lat=1, lon=2, batt=80)
    mine = {"event": "battery", "amount": 20, "device": "fred/fon", "channel": "mqtt"}
    assert call(stack, "POST", mine)[0] == 400
    assert call(stack, "POST", mine, who=ADMIN)[0] == 400, "also for staff"
    with stack.writing() as db:
        db.execute("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', d.id, u.id"
                   " from my_tracks_device d, auth_user u where u.username = 'emma' and d.device_id = 'fon'")
    rule = make(stack, **mine)
    post(stack, who=FRED, device="fon", lat=1, lon=2, batt=5)
    assert [row["text"] for row in log(stack, rule)] == ["fon has 5 % of its battery left"]
    with stack.writing() as db:
        db.execute("delete from my_tracks_deviceshare")
    for percent in (50, 4):
        post(stack, who=FRED, device="fon", lat=1, lon=2, batt=percent)
    assert len(log(stack, rule)) == 1
    shown = call(stack)[1][0]
    assert shown["device"] is None and shown["any_device"] is False and shown["device_name"] == ""
    assert call(stack, "PATCH", {"name": "still there"}, f"{URL}{rule['id']}/")[1]["any_device"] is False


# ---- the API

BASE = {"event": "enter", "channel": "mqtt"}


@pytest.mark.parametrize("field, change", [
    ("event", {"event": "dance"}), ("event", {"event": None}), ("channel", {"channel": "sms"}), ("device", {"device": "emma/nothing"}), ("device", {"device": 5}),
    ("place", {"place": 99999}), ("place", {"place": "1"}), ("place", {"event": "dwell", "amount": 5}), ("amount", {"event": "battery"}),
    ("amount", {"event": "battery", "amount": 96}), ("amount", {"event": "silence", "amount": 4}), ("amount", {"event": "silence", "amount": 5.5}),
    ("amount", {"amount": -1}), ("days", {"days": []}), ("days", {"days": [0]}), ("days", {"days": [8]}), ("days", {"days": "1"}), ("days", {"days": [1, None]}),
    ("from", {"from": "08:00"}), ("from", {"from": "8:00", "until": "09:00"}), ("from", {"from": "08:60", "until": "09:00"}), ("until", {"from": "08:00", "until": "24:01"}),
    ("until", {"from": "08:00", "until": "+9:00"}), ("zone", {"zone": "Europe/Nowhere"}), ("zone", {"zone": "../../etc/passwd"}), ("zone", {"zone": 1}),
    ("target", {"channel": "mail", "target": "a@b\r\nBcc: c@d"}), ("target", {"channel": "mail", "target": "nobody"}), ("target", {"channel": "mail"}),
    ("target", {"channel": "webhook", "target": "ftp://x/"}), ("target", {"channel": "webhook", "target": "http://x/ y"}), ("target", {"channel": "webhook", "target": "/x"}),
    ("target", {"channel": "webhook", "target": "http://x/" + "y" * 500}), ("target", {"channel": "ntfy", "target": "https://ntfy.sh/"}), ("target", {"channel": "ntfy", "target": "file:///x"}),
    ("priority", {"priority": 6}), ("cooldown", {"cooldown": -1}), ("cooldown", {"cooldown": 10081}), ("active", {"active": 1}), ("name", {"name": "x" * 101}),
    ("name", {"name": "a\nb"}), ("paused_until", {"paused_until": "soon"}), ("colour", {"colour": "red"})])
def test_what_is_no_rule_is_refused_by_field(stack, field, change):
    status, body = call(stack, "POST", {**BASE, **change})
    assert status == 400 and list(body) == [field] and body[field][0]
    assert call(stack)[1] == []


@pytest.mark.parametrize("body", ["[]", '"x"', "5", "{", ""])
def test_what_is_no_object_is_refused(stack, body):
    assert stack.request("POST", URL, body.encode(), {"Content-Type": "application/json"}, auth=EMMA)[0] == 400


def test_made_changed_paused_and_deleted(stack):
    place = make_place(stack)
    post(stack, lat=1, lon=2)
    rule = make(stack, event="leave", place=place, device="emma/phone", channel="ntfy", target="https://user:tk@ntfy.example/t", days=[1, 2, 3, 4, 5], zone="Europe/Vienna",
                cooldown=15, priority=4, name=" School ", **{"from": "22:00", "until": "06:30"})
    assert {k: rule[k] for k in ("name", "place_label", "days", "from", "until", "zone", "cooldown", "priority", "active", "paused_until", "told_at", "any_device")} == {
        "name": "School", "place_label": "Home", "days": [1, 2, 3, 4, 5], "from": "22:00", "until": "06:30", "zone": "Europe/Vienna", "cooldown": 15, "priority": 4,
        "active": True, "paused_until": None, "told_at": None, "any_device": False}
    url = f"{URL}{rule['id']}/"
    assert call(stack, "PATCH", {"active": False}, url)[1] == {**rule, "active": False}
    publish(stack, transition("leave"))
    assert stack.wait_sql("select count(*) from my_tracks_transition", [(1,)]) == [(1,)]
    assert log(stack, rule) == []
    later = "2099-01-01T00:00:00Z"
    assert call(stack, "PATCH", {"active": True, "from": None, "until": None, "paused_until": later, "days": [1, 2, 3, 4, 5, 6, 7]}, url)[1] == {
        **rule, "from": None, "until": None, "paused_until": later, "days": [1, 2, 3, 4, 5, 6, 7]}
    publish(stack, transition("leave", tst=now() + 1))
    assert stack.wait_sql("select count(*) from my_tracks_transition", [(2,)]) == [(2,)]
    assert log(stack, rule) == []
    assert call(stack, "PATCH", {"event": "battery"}, url)[0] == 400
    assert call(stack, "PATCH", {"event": "battery", "amount": 10}, url)[1]["place"] is None
    for who in (FRED, ADMIN):
        assert call(stack, who=who)[1] == []
        for method, path in (("PATCH", url), ("DELETE", url), ("POST", f"{url}test/"), ("GET", f"{url}log/"), ("GET", f"{url}dry-run/")):
            assert call(stack, method, {} if method == "PATCH" else None, path, who)[0] == 404, (who, path)
    assert call(stack, "DELETE", None, url) == (204, None) and call(stack, "DELETE", None, url)[0] == 404
    assert stack.sql("select count(*) from mytracks_rule_state") == [(0,)]


def test_a_hundred_and_no_more(stack):
    for _ in range(100):
        make(stack, **BASE)
    assert call(stack, "POST", BASE)[0] == 409 and len(call(stack)[1]) == 100
    assert call(stack, "POST", BASE, who=FRED)[0] == 201


def test_a_place_takes_its_rules_along(stack):
    rule = make(stack, event="enter", place=make_place(stack), channel="mqtt")
    assert stack.request("DELETE", f"/api/geofences/{rule['place']}/", auth=EMMA)[0] == 204
    assert call(stack)[1] == []


def test_a_test_goes_the_whole_way(stack):
    with Webhook() as hook:
        post(stack, lat=1.5, lon=2.5, batt=77)
        rule = make(stack, event="battery", amount=20, channel="webhook", target=hook.url("/x"), active=False)
        status, body = call(stack, "POST", url=f"{URL}{rule['id']}/test/")
        assert status == 202 and hook.wait_for(1)
        sent = bodies(hook)[0]
        assert sent["test"] is True and sent["id"] == body["id"] and sent["battery"] == 77 and sent["latitude"] == 1.5
        assert until(lambda: [(row["test"], row["state"]) for row in log(stack, rule)] == [(True, "sent")])
        assert call(stack)[1][0]["told_at"] is None, "a test does not count"


def test_dry_run_is_what_would_have_been(stack):
    place = make_place(stack)
    start = now() - 3 * 86400
    start -= start % 60
    post(stack, **AWAY, tst=start)
    with stack.writing() as db:
        device, = db.execute("select id from my_tracks_device where device_id = 'phone'").fetchone()
        db.execute("delete from my_tracks_location where device_id = ?", (device,))
        stamp = lambda at: datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
        rows = [(0, AWAY, 50), (600, THERE, 30), (1200, THERE, 19), (4200, THERE, 12), (4800, AWAY, 11), (5400, THERE, 90)]
        for after, where, percent in rows:
            db.execute("insert into my_tracks_location (latitude, longitude, timestamp, battery_level, connection_type, tracker_id, received_at, device_id, received_via,"
                       " fix_source, owntracks_message_id, \"trigger\", wifi_bssid, wifi_ssid) values (?, ?, ?, ?, '', '', ?, ?, 'http', '', '', '', '', '')",
                       (where["lat"], where["lon"], stamp(start + after), percent, stamp(start + after), device))

    def dry(**rule):
        made = make(stack, device="emma/phone", channel="mqtt", **rule)
        answer = call(stack, url=f"{URL}{made['id']}/dry-run/")[1]
        assert answer["more"] is False
        seconds = [int(datetime.fromisoformat(one["at"].replace("Z", "+00:00")).timestamp()) - start for one in answer["results"]]
        return list(zip(seconds, (one["because"] for one in answer["results"])))

    assert dry(event="enter", place=place) == [(600, "position"), (5400, "position")]
    assert dry(event="enter", place=place, cooldown=120) == [(600, "position")]
    assert dry(event="leave", place=place) == [(4800, "position")]
    assert dry(event="battery", amount=20) == [(1200, "position")]
    assert dry(event="dwell", place=place, amount=60) == [(600 + 3600, "time"), (5400 + 3600, "time")]
    assert dry(event="absent", place=place, amount=5) == [(300, "time"), (5100, "time")]
    assert dry(event="silence", amount=45) == [(1200 + 2700, "time"), (5400 + 2700, "time")]
    assert stack.sql("select count(*) from mytracks_rule_log") == [(0,)] and stack.sql("select count(*) from mytracks_outbox") == [(0,)]
    with stack.writing() as db:
        db.execute("insert into my_tracks_transition (device_id, event, region_id, description, timestamp, received_at, waypoint_id) values (?, 'enter', '', '', ?, ?, ?)",
                   (device, stamp(start + 590), stamp(start + 590), place))
    assert dry(event="enter", place=place) == [(590, "transition")], "from now on the phone's word alone counts"
    assert dry(event="enter") == [(590, "transition")]


def test_private_networks_are_for_administrators():
    """By default: else any user could knock at whatever this machine reaches."""
    with Webhook() as hook, Stack(users=dict([EMMA]), env={"MYTRACKS_OUTBOX_RETRY": "1"}) as s:
        s.add_user(*ADMIN, admin=True)
        for who in (EMMA, ADMIN):
            post(s, who=who, lat=1, lon=2, batt=80)
            rule = make(s, who=who, event="battery", amount=20, channel="webhook", target=hook.url(f"/{who[0]}"))
            post(s, who=who, lat=1, lon=2, batt=5)
            until(lambda: log(s, rule, who)[0]["attempts"] > 0 or log(s, rule, who)[0]["state"] == "sent")
        assert [path for path, *_ in hook.seen] == ["/root"]
