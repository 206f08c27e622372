"""How far one's phones have come: what is connected, and what was refused on the way, for its owner alone."""
import contextlib
import json
import subprocess
import time
from urllib.parse import quote

import paho.mqtt.client as paho
import pytest
from brokerkit import Phone
from pkikit import make_ca, make_server
from stack import Stack, until
from test_tls import TlsStack, USERS, wait_for, shows

EMMA, FINN = (("emma", USERS["emma"]), ("finn", USERS["finn"]))


@pytest.fixture(scope="module")
def stack():
    with TlsStack(MYTRACKS_TRUSTED_PROXIES="127.0.0.1") as s:
        yield s


def ask(stack, who=EMMA, since=None):
    status, body = stack.request("GET", "/api/account/connection/" + (f"?since={since}" if since is not None else ""), auth=who)
    assert status == 200, body
    return json.loads(body)


def refused(stack, who=EMMA, since=None):
    return [(one["kind"], one["user"], one["why"], one["topic"]) for one in ask(stack, who, since)["refused"]]


@contextlib.contextmanager
def connected(stack, client_id):
    phone = stack.plain(client_id)
    try:
        yield phone
    finally:
        phone.sock.close()


def attempt(stack, name, password):
    """A login; the code of the CONNACK."""
    phone = Phone(stack.mqtt_port, name, password, client_id="attempt")
    phone.sock.close()
    return phone.rc


def test_a_connected_phone_of_ones_own(stack):
    with connected(stack, "emma-here") as phone:
        phone.publish("owntracks/emma/here", json.dumps({"_type": "location", "lat": 1, "lon": 2, "tst": 1_772_800_000}))
        row, = until(lambda: [one for one in ask(stack)["connected"] if one["client_id"] == "emma-here" and one["messages"]])
        assert row["device"] == "here" and row["certificate"] is False
        assert ask(stack, FINN)["connected"] == []
    until(lambda: ask(stack)["connected"] == [])


def test_a_refused_login_is_told_to_whose_name_it_was(stack):
    assert attempt(stack, "emma", "wrong") == 5
    want = ("login", "emma", "user name or password is wrong", "")
    assert until(lambda: want in refused(stack))
    assert want not in refused(stack, FINN) and want not in refused(stack, since=int(time.time()) + 60)


def test_a_name_that_nobody_has_is_told_to_who_is_in_the_same_network(stack):
    attempt(stack, "ema", "x")
    assert until(lambda: ("login", "ema", "user name or password is wrong", "") in refused(stack))


def test_a_message_to_a_foreign_topic(stack):
    with connected(stack, "emma-denied") as phone:
        phone.publish("owntracks/finn/x", "{}")
        assert until(lambda: [one for one in refused(stack) if one[0] == "publish"]) == [
            ("publish", "emma", "not a topic that this user may write to", "owntracks/finn/x")]
    assert [one for one in refused(stack, FINN) if one[0] == "publish"] == []


def test_http_with_a_wrong_password(stack):
    assert stack.request("POST", "/pub", {"_type": "location", "lat": 1, "lon": 2, "tst": 1}, auth=("emma", "wrong"))[0] == 401
    assert ("http", "emma", "user name or password is wrong", "") in refused(stack)
    assert not [one for one in refused(stack, FINN) if one[0] == "http"]


def test_what_came_and_cannot_be_used(stack):
    with connected(stack, "emma-odd") as phone:
        phone.publish("owntracks/emma/odd", json.dumps({"_type": "location", "lat": 91, "lon": 2, "tst": 1}))
        found = until(lambda: ask(stack)["unusable"])
    assert [one["topic"] for one in found] == ["owntracks/emma/odd"] and "lat" in found[0]["why"]
    assert ask(stack, FINN)["unusable"] == []


def test_a_handshake_that_failed(stack):
    assert ask(stack, since=int(time.time()) + 60)["tls_error"] is None
    stack.trust(make_ca(stack))
    server = make_server(stack, "localhost")
    assert wait_for(lambda: shows(stack, server))

    def told():
        """As a phone does, which tries again: the broker began anew for this listener, and the agent joins it a moment later."""
        subprocess.run(["openssl", "s_client", "-tls1_2", "-verify_return_error", "-CAfile", "/etc/ssl/certs/ca-certificates.crt",
                        "-connect", f"127.0.0.1:{stack.tls_port}"], input=b"", capture_output=True)
        return (ask(stack)["tls_error"] or {}).get("text") == "tlsv1 alert unknown ca"
    assert until(told)


def test_the_brokers_log_is_for_its_administrators(stack):
    """The agent reads it from a topic; it tells of other people's phones."""
    seen, subscribed = [], []
    for who in (EMMA, ("root", "pki-Test-Pa55word")):
        client = paho.Client(client_id=f"log-{who[0]}")
        client.username_pw_set(*who)
        client.on_subscribe = lambda c, u, mid, granted: subscribed.append(mid)
        client.on_message = lambda c, u, m, name=who[0]: seen.append(name)
        client.connect("127.0.0.1", stack.mqtt_port)
        client.subscribe("$SYS/broker/log/#", 1)
        client.loop_start()
    until(lambda: len(subscribed) == 2)

    def disturb():
        subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{stack.tls_port}"], input=b"", capture_output=True)
        return seen
    until(disturb)
    assert set(seen) == {"root"}


def test_hostile_names_do_no_harm(stack):
    for name in ("x" * 5000, "\U0001f4f1" * 40, "<b>", "a\u202eb"):
        attempt(stack, name, "x")
    assert isinstance(ask(stack)["refused"], list)
    assert stack.request("GET", "/api/account/connection/?since=" + quote("x"), auth=EMMA)[0] == 400
