"""Notifications of rules in browsers (web push): what a browser's maker gets, and what the browser can read of it."""
import base64
import hashlib
import hmac
import json
import os

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from stack import Stack, until
from webhook import Webhook

EMMA = ("emma", "push-Emma-Pa55")
FRED = ("fred", "push-Fred-Pa55")
ADMIN = ("root", "push-Admin-Pa55")
URL = "/api/notifications/"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


class Browser:
    """What a browser makes when a page subscribes, and does with what comes (RFC 8291, RFC 8188)."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        self.point = self.key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)

    def subscription(self, **more):
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": {"p256dh": b64(self.point), "auth": b64(self.auth)}, "language": "en", **more}

    def read(self, body):
        salt, size, n = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        assert len(body) <= size == 4096
        sender, sealed = body[21:21 + n], body[21 + n:]
        secret = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        ikm = mac(mac(self.auth, secret), b"WebPush: info\0" + self.point + sender + b"\1")
        prk = mac(salt, ikm)
        key, nonce = mac(prk, b"Content-Encoding: aes128gcm\0\1")[:16], mac(prk, b"Content-Encoding: nonce\0\1")[:12]
        text = AESGCM(key).decrypt(nonce, sealed, None)
        assert text[-1] == 2  # the last record
        return json.loads(text[:-1])


@pytest.fixture(scope="module")
def stack():
    s = Stack(users=dict([EMMA, FRED]), env={"MYTRACKS_OUTBOX_RETRY": "1", "MYTRACKS_RULES_PRIVATE": "true", "PUBLIC_DOMAIN": "tracks.example"})
    s.add_user(*ADMIN, admin=True)
    with s:
        for user in (EMMA, FRED):
            assert s.request("POST", "/pub", {"_type": "location", "tst": 1_700_000_000, "lat": 48.2, "lon": 16.4},
                             {"X-Limit-U": user[0], "X-Limit-D": "phone"}, auth=user)[0] == 200
        yield s


@pytest.fixture(autouse=True)
def empty(stack):
    with stack.writing() as db:
        for table in ("mytracks_rule", "mytracks_rule_log", "mytracks_outbox", "mytracks_push"):
            db.execute(f"delete from {table}")


@pytest.fixture
def maker():
    with Webhook() as hook:
        yield hook


def call(stack, method="GET", url=URL, body=None, who=EMMA):
    status, text = stack.request(method, url, body, auth=who)
    return status, json.loads(text) if text else None


def subscribe(stack, browser, who=EMMA, **more):
    status, made = call(stack, "POST", URL, browser.subscription(**more), who)
    assert status == 201, made
    return made["id"]


def make_rule(stack, who=EMMA):
    status, made = call(stack, "POST", "/api/rules/", {"event": "silence", "amount": 60, "channel": "push", "target": "not asked for"}, who)
    assert status == 201 and made["target"] == "", made
    return made["id"]


def try_it(stack, rule, who=EMMA):
    assert call(stack, "POST", f"/api/rules/{rule}/test/", who=who)[0] == 202


def outcome(stack, rule, who=EMMA):
    row = call(stack, url=f"/api/rules/{rule}/log/", who=who)[1]["results"][0]
    return row["state"], row["error"]


def ids(stack, who=EMMA):
    return [one["id"] for one in call(stack, who=who)[1]["browsers"]]


def test_each_browser_gets_it_in_its_language_and_nobody_else_can_read_it(stack, maker):
    one, two, other = (Browser(maker.url(f"/{name}?x=1")) for name in ("one", "two", "other"))
    subscribe(stack, one)
    subscribe(stack, two, language="de-AT")
    subscribe(stack, other, FRED)
    rule = make_rule(stack)
    try_it(stack, rule)
    assert maker.wait_for(2)
    assert until(lambda: outcome(stack, rule) == ("sent", ""))
    assert [path for path, _, _ in maker.seen] == ["/one?x=1", "/two?x=1"]
    (_, headers, first), (_, _, second) = maker.seen
    news = one.read(first)
    assert news["title"].endswith("has not reported for 1 h") and news["body"].startswith("This is a test. ")
    assert news["device"] == "emma/phone" and news["tag"].startswith("rule-")
    assert two.read(second)["title"].endswith("hat sich seit 1 h nicht gemeldet")
    assert (headers["Content-Encoding"], headers["TTL"], headers["Urgency"]) == ("aes128gcm", "43200", "high")
    assert b"phone" not in first
    assert until(lambda: all(row["told_at"] is not None for row in call(stack)[1]["browsers"]))


def test_the_maker_can_tell_who_sends(stack, maker):
    subscribe(stack, Browser(maker.url("/x")))
    try_it(stack, make_rule(stack))
    assert maker.wait_for(1)
    scheme, _, rest = maker.seen[0][1]["Authorization"].partition(" ")
    token, key = (part.partition("=")[2] for part in rest.split(", "))
    assert scheme == "vapid" and key == call(stack)[1]["public_key"]
    signed, _, signature = token.rpartition(".")
    head, claims = (json.loads(unb64(part)) for part in signed.split("."))
    assert head == {"typ": "JWT", "alg": "ES256"}
    assert claims["aud"] == maker.url("") and claims["sub"] == "https://tracks.example"
    r, s = (int.from_bytes(part, "big") for part in (unb64(signature)[:32], unb64(signature)[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(key))
    public.verify(utils.encode_dss_signature(r, s), signed.encode(), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        public.verify(utils.encode_dss_signature(r, s), signed.encode() + b"x", ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(stack, maker, status):
    gone = subscribe(stack, Browser(maker.url(f"/status/{status}")))
    rule = make_rule(stack)
    try_it(stack, rule)
    assert until(lambda: outcome(stack, rule) == ("failed", "the browser does not take notifications any more"))
    assert gone not in ids(stack)
    try_it(stack, rule)
    assert until(lambda: outcome(stack, rule) == ("failed", "no browser takes notifications"))
    assert len(maker.seen) == 1


def test_one_that_has_it_is_enough_and_the_other_is_tried_again(stack, maker):
    bad, good = Browser(maker.url("/status/503")), Browser(maker.url("/good"))
    subscribe(stack, bad)
    subscribe(stack, good)
    rule = make_rule(stack)
    try_it(stack, rule)
    assert until(lambda: outcome(stack, rule) == ("sent", ""))
    assert until(lambda: [path for path, _, _ in maker.seen].count("/status/503") >= 2)
    assert [path for path, _, _ in maker.seen].count("/good") == 1
    assert outcome(stack, rule) == ("sent", "")


def test_a_browser_has_one_user_at_a_time(stack, maker):
    """Whoever subscribes in it last; who removes it gets nothing any more."""
    browser = Browser(maker.url("/x"))
    first = subscribe(stack, browser)
    assert subscribe(stack, browser, language="de") == first
    assert [row["language"] for row in call(stack)[1]["browsers"]] == ["de"]
    assert subscribe(stack, browser, FRED) == first
    assert ids(stack) == [] and ids(stack, FRED) == [first]
    assert call(stack, "DELETE", f"{URL}{first}/")[0] == 404
    assert call(stack, "DELETE", f"{URL}{first}/", who=FRED)[0] == 204
    assert ids(stack, FRED) == []


def test_twenty_and_no_more(stack, maker):
    browsers = [Browser(maker.url(f"/{n}")) for n in range(21)]
    for browser in browsers[:20]:
        subscribe(stack, browser)
    assert call(stack, "POST", URL, browsers[20].subscription())[0] == 409
    subscribe(stack, browsers[3], language="de")
    assert len(ids(stack)) == 20
    rule = make_rule(stack)
    try_it(stack, rule)
    assert maker.wait_for(20, within=20)
    assert until(lambda: outcome(stack, rule) == ("sent", ""))


GOOD = Browser("https://push.example/x").subscription()


@pytest.mark.parametrize("body", [
    None, [], {}, {**GOOD, "endpoint": 1}, {**GOOD, "endpoint": ""}, {**GOOD, "endpoint": "ftp://push.example/"}, {**GOOD, "endpoint": "https:///x"},
    {**GOOD, "endpoint": "https://push.example/a b"}, {**GOOD, "endpoint": "https://push.example/" + "x" * 1000}, {**GOOD, "keys": None},
    {**GOOD, "keys": {}}, {**GOOD, "keys": {**GOOD["keys"], "auth": "AAAA"}}, {**GOOD, "keys": {**GOOD["keys"], "p256dh": b64(b"\4" + b"\1" * 64)}},
])
def test_what_no_browser_gives_is_refused(stack, body):
    assert call(stack, "POST", URL, body)[0] == 400
    assert ids(stack) == []


def test_an_own_network_is_not_for_everybody(maker):
    with Stack(users=dict([EMMA])) as stack:
        subscribe(stack, Browser(maker.url("/x")))
        rule = make_rule(stack)
        try_it(stack, rule)
        assert until(lambda: "not allowed" in outcome(stack, rule)[1])
        assert maker.seen == []


def test_who_is_deleted_leaves_no_browser(stack, maker):
    stack.add_user("gone", "push-Gone-Pa55")
    subscribe(stack, Browser(maker.url("/x")), ("gone", "push-Gone-Pa55"))
    user = stack.sql("select id from auth_user where username = 'gone'")[0][0]
    assert call(stack, "DELETE", f"/api/admin/users/{user}/hard-delete/", who=ADMIN)[0] in (200, 204)
    assert stack.sql("select count(*) from mytracks_push") == [(0,)]
