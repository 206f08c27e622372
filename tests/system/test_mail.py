"""Mails and webhooks that follow from a message: by the rules, through real servers that may be broken, once."""
import json
import subprocess
import time
from urllib.parse import urlencode

import phonekit
import pytest
from smtpkit import Sink
from stack import Stack
from webhook import Webhook

ADMIN = ("root", "mail-Admin-Pa55")
EMMA = ("emma", "mail-Emma-Pa55")
FRED = ("fred", "mail-Fred-Pa55")
PHONE = {"X-Limit-U": "emma", "X-Limit-D": "phone"}
T0 = 1_772_800_000


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that only who is given it trusts, with its key."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out", str(path) + ".crt"],
                   check=True, stderr=subprocess.DEVNULL)
    authority = path.with_suffix(".pem.crt").read_text()
    path.write_text(path.read_text() + authority)
    return path


@pytest.fixture
def stack(certificate):
    s = Stack(users=dict([EMMA, FRED]), env={"MYTRACKS_SMTP_CA": str(certificate), "MYTRACKS_OUTBOX_RETRY": "1", "MYTRACKS_MAIL_RATE_TO": "0"})
    s.add_user(*ADMIN, admin=True)
    with s:
        publish(s, location(0))
        assert s.wait_sql("select count(*) from my_tracks_device", [(1,)]) == [(1,)]
        yield s


def publish(stack, *messages):
    phonekit.publish(stack, EMMA, *messages)


def location(i):
    return {"_type": "location", "lat": 1, "lon": 2 + i / 1000, "tst": T0 + i}


def transition(i, event="enter", desc="Harbour"):
    return {"_type": "transition", "tst": T0 + i, "event": event, "desc": desc, "lat": 1.0, "lon": 2.0}


def post(stack, *messages):
    for m in messages:
        assert stack.request("POST", "/pub", m, PHONE, auth=EMMA) == (200, b"[]")


def form(stack, who, path, **fields):
    """A form of a page, as a browser sends it."""
    s = stack.sign_in(*who)
    body = urlencode({**fields, "csrfmiddlewaretoken": s["csrf"]})
    return stack.request("POST", path, body.encode(), {
        "Content-Type": "application/x-www-form-urlencoded", "Cookie": s["cookie"]})


def set_up(stack, sink, **more):
    """Mail settings, written as the reference would."""
    row = {"id": 1, "host": "127.0.0.1", "port": sink.port, "username": "", "encrypted_password": b"", "use_tls": 0, "use_ssl": 0,
           "from_address": "tracks@example.org", "updated_at": "2026-01-01 00:00:00", **more}
    with stack.writing() as db:
        db.execute(f"insert or replace into my_tracks_smtpconfig ({','.join(row)}) values ({','.join('?' * len(row))})", list(row.values()))


def add_rule(stack, email="emma@example.net", event="any", place=None):
    with stack.writing() as db:
        db.execute("insert into my_tracks_transitionaction (event, action_type, email_address, is_active, created_at, user_id, waypoint_id)"
                   " select ?, 'email', ?, 1, '2026-01-01 00:00:00', u.id, ? from auth_user u where username = 'emma'", (event, email, place))


def outbox(stack):
    return stack.sql("select kind, state, error from mytracks_outbox order by id")


def wait_outbox(stack, want):
    return stack.wait_sql("select kind, state from mytracks_outbox order by id", want)


@pytest.mark.parametrize("send", [publish, post], ids=["mqtt", "http"])
def test_a_transition_is_mailed(stack, send):
    with Sink() as sink:
        set_up(stack, sink)
        add_rule(stack)
        send(stack, transition(1), transition(2, "leave", "Café\r\nBcc: x@y"))
        assert sink.wait_for(2)
        first, second = sink.mails
        assert (first.sender, first.to, first.login, first.tls) == ("tracks@example.org", ["emma@example.net"], None, False)
        assert first.subject == "[my-tracks] emma entered Harbour"
        assert "emma/phone" in first.text and "12:26:41" in first.text
        assert second.message["Bcc"] is None and "left Café" in second.subject
        assert first.message["Message-ID"] != second.message["Message-ID"]
        assert wait_outbox(stack, [(1, 1), (1, 1)]) == [(1, 1), (1, 1)]


def test_rules_are_those_of_the_owner_the_place_and_the_event(stack):
    with Sink() as sink:
        set_up(stack, sink)
        with stack.writing() as db:
            db.execute("insert into my_tracks_waypoint (label, latitude, longitude, radius, rid, is_active, created_at, updated_at, user_id)"
                       " select 'Harbour', 1, 2, 50, 'r1', 1, '2026-01-01', '2026-01-01', id from auth_user where username = 'emma'")
        place, = stack.sql("select id from my_tracks_waypoint")
        add_rule(stack, "here@example.net", "enter", place[0])
        add_rule(stack, "leave@example.net", "leave")
        with stack.writing() as other:
            other.execute("update my_tracks_transitionaction set user_id = (select id from auth_user where username = 'fred')"
                          " where email_address = 'leave@example.net'")
        publish(stack, transition(1), transition(2, "leave"), transition(3, "enter", "Elsewhere"), transition(4))
        assert sink.wait_for(2)
        assert stack.wait_sql("select count(*) from my_tracks_transition", [(4,)]) == [(4,)]
        assert [m.to for m in sink.mails] == [["here@example.net"]] * 2 and len(outbox(stack)) == 2


def test_starttls_login_and_a_private_authority(stack, certificate):
    with Sink(login=("tracks", "mail-Pa55"), certificate=str(certificate)) as sink:
        sealed = subprocess.run(["/usr/bin/python3", "-c",
                                 "import base64,hashlib,sys;from cryptography.fernet import Fernet;"
                                 "print(Fernet(base64.urlsafe_b64encode(hashlib.sha256(sys.argv[1].encode()).digest())).encrypt(b'mail-Pa55').decode(),end='')",
                                 stack.env["SECRET_KEY"]], check=True, text=True, stdout=subprocess.PIPE).stdout
        set_up(stack, sink, use_tls=1, username="tracks", encrypted_password=sealed.encode())
        add_rule(stack)
        publish(stack, transition(1))
        assert sink.wait_for(1)
        assert sink.mails[0].tls and sink.mails[0].login == ("tracks", "mail-Pa55")


def test_tls_from_the_start(stack, certificate):
    with Sink(certificate=str(certificate), implicit=True) as sink:
        set_up(stack, sink, use_ssl=1)
        add_rule(stack)
        publish(stack, transition(1))
        assert sink.wait_for(1) and sink.mails[0].tls


def test_a_recipient_that_is_refused_stops_nobody_else(stack):
    with Sink(refuse={"gone@example.net": "550 5.1.1 no such user", "busy@example.net": "451 4.3.0 later"}) as sink:
        set_up(stack, sink)
        for address in ("gone@example.net", "busy@example.net", "no address", "good@example.net"):
            add_rule(stack, address)
        publish(stack, transition(1))
        assert sink.wait_for(1) and sink.mails[0].to == ["good@example.net"]
        assert wait_outbox(stack, [(1, 2), (1, 0), (1, 2), (1, 1)])
        gone, busy, none, good = outbox(stack)
        assert "550" in gone[2] and "451" in busy[2] and "address" in none[2] and good[2] == ""
        sink.refuse.clear()
        assert sink.wait_for(2) and sink.mails[1].to == ["busy@example.net"], "tried again"


def test_a_server_that_is_down_gets_the_mail_later(stack):
    with Sink() as sink:
        set_up(stack, sink)
        add_rule(stack)
        sink.stop()
        publish(stack, transition(1), transition(2, "leave"))
        assert stack.wait_sql("select attempts > 0 from mytracks_outbox order by id limit 1", [(1,)]) == [(1,)]
        sink.start()
        assert sink.wait_for(2, 20)
        assert wait_outbox(stack, [(1, 1), (1, 1)]) == [(1, 1), (1, 1)]


def test_a_server_that_hangs_delays_no_message_and_no_stop(stack):
    with Sink(hang=True) as sink, Webhook() as hook:
        set_up(stack, sink)
        add_rule(stack)
        pair(stack, hook.url("/hang"))
        publish(stack, transition(1), location(1))
        assert sink.wait_for_connection() and hook.wait_for(1)
        publish(stack, *(location(i) for i in range(2, 52)))
        assert stack.wait_sql("select count(*) from my_tracks_location", [(52,)]) == [(52,)]
        assert not sink.mails and sink.connections == 1, "stored while the mail server still says nothing"
        begin = time.monotonic()
        stack.stop()
        took = time.monotonic() - begin
        assert took < 8, f"it does not wait for them: {took:.1f} s"


def test_no_mail_is_lost_when_the_agent_is_killed(stack):
    with Sink() as sink:
        set_up(stack, sink)
        add_rule(stack)
        for i in range(12):
            publish(stack, transition(i))
            if i % 3 == 0:
                stack.kill("agent")
        assert stack.wait_sql("select count(*) from mytracks_outbox where state = 1", [(12,)]) == [(12,)]
        ids = [m.message["Message-ID"] for m in sink.mails]
        assert len(set(ids)) == 12, "each was sent; one that was sent twice says so by its Message-ID"


def test_limits(certificate):
    s = Stack(users=dict([EMMA]), env={"MYTRACKS_MAIL_RATE": "3", "MYTRACKS_MAIL_RATE_TO": "2"})
    with s, Sink() as sink:
        publish(s, location(0))
        set_up(s, sink)
        for name in "abc":
            add_rule(s, f"{name}@example.net")
        publish(s, transition(1), transition(2, "leave"))
        assert sink.wait_for(3)
        assert s.wait_sql("select count(*) from my_tracks_transition", [(2,)]) == [(2,)]
        assert len(outbox(s)) == 3 and "mail_limit" in s.log_text()
        action, = s.sql("select id from my_tracks_transitionaction limit 1")
        status, body = form(s, EMMA, "/geofences/action-test/", action_id=action[0])
        assert status == 200 and "too many" in json.loads(body)["error"]


def test_tests_by_hand(stack):
    with Sink() as sink:
        set_up(stack, sink)
        add_rule(stack)
        action, = stack.sql("select id from my_tracks_transitionaction")
        status, body = form(stack, EMMA, "/geofences/action-test/", action_id=action[0])
        assert (status, json.loads(body)) == (200, {"ok": True})
        assert sink.wait_for(1) and "Test of a rule" in sink.mails[0].subject
        status, body = form(stack, ADMIN, "/admin-panel/smtp-test/", to="boss@example.org")
        assert (status, json.loads(body)) == (200, {"ok": True})
        assert sink.wait_for(2) and sink.mails[1].to == ["boss@example.org"]
        assert stack.sql("select kind, state from mytracks_outbox") == [(3, 1), (3, 1)]


def test_new_settings_are_used_at_once(stack):
    with Sink() as sink:
        dead = Sink()
        dead.stop()
        set_up(stack, dead)
        add_rule(stack)
        publish(stack, transition(1))
        assert stack.wait_sql("select attempts > 0 from mytracks_outbox", [(1,)]) == [(1,)]
        with stack.writing() as db:
            db.execute("update mytracks_outbox set due_at = '2099-01-01 00:00:00'")
        status, _ = form(stack, ADMIN, "/admin-panel/", form_type="save_smtp", smtp_host="127.0.0.1", smtp_port=sink.port,
                         smtp_from_address="tracks@example.org")
        assert status == 200 and sink.wait_for(1)


def test_a_friend_request_is_told_by_mail(stack):
    with Sink() as sink:
        set_up(stack, sink)
        with stack.writing() as db:
            db.execute("update auth_user set email = 'fred@example.net' where username = 'fred'")
        status, _ = stack.request("POST", "/api/friends/requests/", {"username": "fred"}, auth=EMMA)
        assert status == 201
        assert sink.wait_for(1)
        assert sink.mails[0].to == ["fred@example.net"] and "emma" in sink.mails[0].subject


def pair(stack, url):
    status, body = stack.request("POST", "/api/admin/domesti-bot/pair/", {
        "api_key": "relay-key", "user_location_update_url": url, "user_location_test_url": url}, auth=ADMIN)
    assert status == 200, body


def log(stack):
    return json.loads(stack.sql("select recent_webhook_log from my_tracks_domestibotconfig")[0][0])


@pytest.mark.parametrize("send", [publish, post], ids=["mqtt", "http"])
def test_positions_go_to_the_domesti_bot(stack, send):
    with Webhook() as hook:
        pair(stack, hook.url("/u"))
        send(stack, location(1), location(1), location(2))
        assert hook.wait_for(2 if send is post else 3)
        path, headers, body = hook.seen[0]
        assert path == "/u" and headers["X-Domesti-Api-Key"] == "relay-key"
        assert json.loads(body) == {"user_id": "emma", "lat": 1.0, "lon": 2.001, "timestamp": "2026-03-06T12:26:41+00:00",
                                    "device_id": "phone", "mqtt_user": "emma", "source": "my-tracks"}
        assert stack.wait_sql("select count(*) from mytracks_outbox where state = 0", [(0,)]) == [(0,)]
        assert [e["success"] for e in log(stack) if e["source"] == "live"][:2] == [True, True]


def test_after_trouble_the_domesti_bot_gets_the_newest_position(stack):
    with Webhook() as hook:
        pair(stack, hook.url("/status/500"))
        publish(stack, location(1))
        assert hook.wait_for(1)
        assert stack.wait_sql("select attempts from mytracks_outbox", [(1,)])
        with stack.writing() as db:
            db.execute("update mytracks_outbox set due_at = '2099-01-01 00:00:00'")
        publish(stack, location(2))
        pair(stack, hook.url("/u"))
        with stack.writing() as db:
            db.execute("update mytracks_outbox set due_at = created_at where state = 0")
        publish(stack, location(3))
        assert stack.wait_sql("select count(*) from my_tracks_location", [(4,)]) == [(4,)]
        assert stack.wait_sql("select count(*) from mytracks_outbox where state = 0", [(0,)]) == [(0,)]
        sent = [json.loads(body)["lon"] for path, _, body in hook.seen if path == "/u"]
        assert sent[-1] == 2.003 and 2.001 not in sent
        assert "newer" in outbox(stack)[0][2]


def test_what_the_domesti_bot_refuses_is_not_sent_again(stack):
    with Webhook() as hook:
        pair(stack, hook.url("/status/403"))
        publish(stack, location(1))
        assert stack.wait_sql("select state from mytracks_outbox", [(2,)]) == [(2,)]
        assert len(hook.seen) == 1 and log(stack)[0]["http_status"] == 403
