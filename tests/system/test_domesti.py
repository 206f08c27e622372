"""The domesti-bot: pairing, test positions to a receiver that may be broken, requests that phones report."""
import json
import sqlite3
import threading
import time

import paho.mqtt.client as paho
import pytest
from stack import Stack
from webhook import Webhook

ADMIN = ("root", "domesti-Admin-Pa55")
EMMA = ("emma", "domesti-Emma-Pa55")
KEY = "relay key öä"
BASE = "/api/admin/domesti-bot"


@pytest.fixture(scope="module")
def stack():
    s = Stack(users={EMMA[0]: EMMA[1]})
    s.add_user(*ADMIN, admin=True)
    with s:
        yield s


@pytest.fixture(scope="module")
def hook():
    with Webhook() as w:
        yield w


def call(stack, method, path, body=None, auth=ADMIN, headers=None, timeout=20):
    status, text = stack.request(method, path, body, headers, auth, timeout)
    return status, json.loads(text)


def pair(stack, test_url, **more):
    status, reply = call(stack, "POST", BASE + "/pair/", {
        "api_key": KEY, "user_location_update_url": "http://127.0.0.1:9/u", "user_location_test_url": test_url, **more})
    assert status == 200, reply
    return reply


def send(stack, **body):
    return call(stack, "POST", BASE + "/test-location-update/", body)


def log(stack):
    return call(stack, "GET", BASE + "/config/")[1]["recent_webhook_log"]


def test_nothing_works_before_pairing(stack):
    assert call(stack, "GET", BASE + "/config/")[1]["is_paired"] is False
    for method, path in (("PATCH", "/config/"), ("POST", "/test-location-update/"), ("GET", "/reveal-api-key/")):
        assert call(stack, method, BASE + path, {} if method != "GET" else None) == (403, {"detail": "Not paired"})


def test_key_is_sealed_as_the_reference_does(stack):
    from base64 import urlsafe_b64encode
    from hashlib import sha256

    from cryptography.fernet import Fernet

    pair(stack, "http://127.0.0.1:9/t")
    assert call(stack, "GET", BASE + "/reveal-api-key/") == (200, {"api_key": KEY})
    (token,), = stack.sql("select encrypted_api_key from my_tracks_domestibotconfig")
    secret = urlsafe_b64encode(sha256(stack.env["SECRET_KEY"].encode()).digest())
    assert Fernet(secret).decrypt(token).decode() == KEY
    assert KEY.encode() not in (stack.folder / "serve.log").read_bytes()


@pytest.mark.parametrize("body, why", [
    ({"api_key": "a\nX-Evil: 1"}, "api_key must not contain control characters"),
    ({"api_key": "k" * 501}, "api_key must not be longer than 500 characters"),
    ({"user_location_test_url": "http://h/" + "x" * 500}, "URL must not be longer than 500 characters"),
    ({"user_location_test_url": "file:///etc/passwd"}, "URL must use http or https"),
    ({"user_location_update_url": "//host/x"}, "URL must use http or https"),
    ({"user_location_update_url": ["http://x/"]}, "URL must use http or https"),
])
def test_pairing_refused(stack, body, why):
    good = {"api_key": "k", "user_location_update_url": "http://h/", "user_location_test_url": "http://h/"}
    assert call(stack, "POST", BASE + "/pair/", good | body) == (400, {"errors": [why]})
    assert log(stack)[0]["response_preview"] == why


def test_position_reaches_the_receiver(stack, hook):
    pair(stack, hook.url("/fine"))
    assert stack.request("POST", "/api/locations/", {
        "_type": "location", "topic": "owntracks/emma/phone", "lat": 1, "lon": 2, "tst": int(time.time())},
        auth=EMMA) == (200, b"[]")
    before = len(hook.seen)
    status, reply = send(stack, user_id=" emma ", lat="1.5", lon=-2)
    assert (status, reply["ok"], reply["status_code"], reply["response_preview"]) == (200, True, 200, '{"ok": true}')
    path, headers, body = hook.seen[before]
    assert path == "/fine" and headers["Content-Type"] == "application/json"
    assert headers["X-Domesti-Api-Key"].encode("latin-1").decode() == KEY
    sent = json.loads(body)
    assert sent.pop("timestamp") is not None
    assert sent == {"user_id": "emma", "lat": 1.5, "lon": -2.0, "device_id": "phone", "mqtt_user": "",
                    "source": "my-tracks"}
    entry = log(stack)[0]
    assert entry["success"] and entry["http_status"] == 200 and entry["payload"]["user_id"] == "emma"
    assert entry["source"] == "test" and entry["post_url"] == hook.url("/fine")


@pytest.mark.parametrize("lat, lon", [(91, 0), (0, 180.1), ("nan", 0), (None, 0), ("x", 0), (1e999, 0)])
def test_no_position(stack, hook, lat, lon):
    pair(stack, hook.url("/fine"))
    before = len(hook.seen)
    status, reply = stack.request("POST", BASE + "/test-location-update/",
                                  json.dumps({"lat": lat, "lon": lon}), {"Content-Type": "application/json"}, ADMIN)
    assert status == 400 and (b"degrees" in reply or b"JSON parse error" in reply)
    assert len(hook.seen) == before


def test_receiver_that_fails(stack, hook):
    pair(stack, hook.url("/status/500"))
    status, reply = send(stack)
    assert (status, reply["ok"], reply["status_code"]) == (200, False, 500)
    assert reply["message"] == f"Test location update failed for {hook.url('/status/500')}: HTTP 500 — answer 500"
    assert log(stack)[0]["http_status"] == 500


def test_redirects_are_not_followed(stack, hook):
    pair(stack, hook.url("/redirect?" + hook.url("/stolen")))
    before = len(hook.seen)
    status, reply = send(stack)
    assert (reply["ok"], reply["status_code"]) == (False, 302)
    assert len(hook.seen) == before + 1 and not any(p == "/stolen" for p, _, _ in hook.seen)


def test_long_answers_are_cut(stack, hook):
    pair(stack, hook.url("/long"))
    status, reply = send(stack)
    assert reply["ok"] and reply["response_preview"] == "ä" * 500
    assert log(stack)[0]["response_preview"] == "ä" * 500


def test_nobody_answers(stack):
    pair(stack, "http://127.0.0.1:9/t")
    assert send(stack)[1]["response_preview"] == "[Errno 111] Connection refused"
    pair(stack, "http://no-such-host.invalid/t")
    assert send(stack)[1]["response_preview"] == "[Errno -2] Name or service not known"
    pair(stack, "http://169.254.169.254/latest/meta-data")
    status, reply = send(stack)
    assert reply["response_preview"] == "This address is not allowed as a receiver" and reply["elapsed_ms"] < 2000


def test_certificates_are_checked(stack, tmp_path):
    import ssl
    import subprocess

    pem = tmp_path / "self.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", pem, "-out", pem, "-days",
                    "1", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True,
                   stderr=subprocess.DEVNULL)
    with Webhook() as tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        tls.server.socket = context.wrap_socket(tls.server.socket, server_side=True)
        pair(stack, f"https://127.0.0.1:{tls.port}/t")
        status, reply = send(stack)
        assert (reply["ok"], reply["status_code"]) == (False, None) and not tls.seen
        assert "certificate" in reply["response_preview"]


@pytest.mark.parametrize("path", ["/hang", "/drip"])
def test_a_hanging_receiver_holds_one_worker_for_ten_seconds(stack, path):
    """Others are served meanwhile, also another administrator with the same idea."""
    with Webhook() as slow:
        pair(stack, slow.url(path))
        result = {}
        first = threading.Thread(target=lambda: result.update(reply=send(stack)[1]))
        started = time.monotonic()
        first.start()
        assert slow.wait_for(1)
        for _ in range(20):
            status, _ = stack.request("POST", BASE + "/test-location-update/", {}, auth=ADMIN, timeout=2)
            assert status == 503
        worst = 0
        while first.is_alive():
            at = time.monotonic()
            assert stack.request("GET", "/health/", timeout=2)[0] == 200
            worst = max(worst, time.monotonic() - at)
        assert 9 < time.monotonic() - started < 12
        # What had come by then is no answer.
        assert (result["reply"]["status_code"], result["reply"]["response_preview"]) == (None, "timed out")
        assert worst < 1, worst
    pair(stack, "http://127.0.0.1:9/t")
    assert send(stack)[0] == 200, "the next one has its turn"


def test_private_networks_can_be_forbidden(hook):
    s = Stack(env={"MYTRACKS_WEBHOOK_PRIVATE": "false"})
    s.add_user(*ADMIN, admin=True)
    with s:
        for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "10.1.2.3"):
            pair(s, hook.url("/fine", host))
            before = len(hook.seen)
            status, reply = send(s)
            assert (reply["ok"], reply["response_preview"]) == (False, "This address is not allowed as a receiver"), host
            assert len(hook.seen) == before


def subscribe(stack, topic):
    got, ready = [], threading.Event()
    c = paho.Client(client_id="emma-phone")
    c.username_pw_set(*EMMA)
    c.on_connect = lambda c, *_: c.subscribe(topic)
    c.on_subscribe = lambda *_: ready.set()
    c.on_message = lambda c, u, m: got.append((m.topic, json.loads(m.payload)))
    c.connect("127.0.0.1", stack.mqtt_port)
    c.loop_start()
    assert ready.wait(10)
    return c, got


def test_request_reaches_the_phones(stack):
    pair(stack, "http://127.0.0.1:9/t")
    relay = {"X-Domesti-Api-Key": KEY.encode()}
    path = "/api/domesti-bot/users/emma/request-location/"
    assert call(stack, "POST", path, {"reason": "deferred_edge"}, None, relay) == (
        403, {"detail": "Remote request-location via API key is disabled"})
    assert call(stack, "PATCH", BASE + "/config/", {"remote_request_location_enabled": True})[0] == 200
    phone, got = subscribe(stack, "owntracks/emma/+/cmd")
    status, reply = call(stack, "POST", path, {"reason": "deferred_edge"}, None, relay)
    assert (status, reply["device_ids"]) == (202, ["emma/phone"])
    end = time.monotonic() + 5
    while not got and time.monotonic() < end:
        time.sleep(0.02)
    assert got == [("owntracks/emma/phone/cmd", {"_type": "cmd", "action": "reportLocation"})]
    assert call(stack, "POST", path, {"reason": "deferred_edge"}, None, relay)[0] == 409
    for wrong in (KEY + "x", KEY[:-1], "", "None"):
        assert call(stack, "POST", path, {"reason": "deferred_edge"}, None,
                    {"X-Domesti-Api-Key": wrong.encode()})[0] == 403
    phone.disconnect()
    phone.loop_stop()


def test_parallel_requests_have_one_winner(stack):
    pair(stack, "http://127.0.0.1:9/t")
    call(stack, "PATCH", BASE + "/config/", {"remote_request_location_enabled": True,
                                             "location_request_device_cooldown_seconds": 3600})
    db = sqlite3.connect(stack.db_path, timeout=10)
    with db:
        db.execute("update my_tracks_domestibotconfig set last_location_request_at_by_device = '{}'")
    db.close()
    answers = []

    def ask():
        answers.append(call(stack, "POST", "/api/domesti-bot/users/emma/devices/phone/request-location/",
                            {"reason": "stale_watchdog"}, None, {"X-Domesti-Api-Key": KEY.encode()})[0])

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(answers) == [202] + [409] * 19


def test_another_secret_key_says_what_to_do(stack):
    from base64 import urlsafe_b64encode

    from cryptography.fernet import Fernet

    pair(stack, "http://127.0.0.1:9/t")
    token = Fernet(urlsafe_b64encode(b"x" * 32)).encrypt(b"key")
    db = sqlite3.connect(stack.db_path, timeout=10)
    with db:
        db.execute("update my_tracks_domestibotconfig set encrypted_api_key = ?", (token,))
    db.close()
    for answer in (call(stack, "GET", BASE + "/reveal-api-key/"), send(stack)):
        assert answer == (409, {"detail": "The API key was sealed under another SECRET_KEY; pair again."})
