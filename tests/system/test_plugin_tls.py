"""Login with a client certificate."""
import signal
import subprocess
import time

import pytest

from brokerkit import AGENT, FIX, Broker, Phone, agent, tls_context, will  # noqa: F401


def make_certificates(folder, names):
    def openssl(*args):
        subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
            "2", "-subj", "/CN=test CA", "-keyout", "ca.key", "-out", "ca.pem")
    for name, subject in names.items():
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-utf8", "-subj",
                subject, "-keyout", f"{name}.key", "-out", f"{name}.csr")
        (folder / "ext").write_text("subjectAltName=DNS:localhost\n")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2",
                "-CAcreateserial", "-extfile", "ext", "-out", f"{name}.pem")


TLS_LISTENER = """
listener {tls_port} 127.0.0.1
cafile CERTS/ca.pem
certfile CERTS/server.pem
keyfile CERTS/server.key
require_certificate true
"""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    make_certificates(folder, {"server": "/CN=localhost", "alice": "/CN=alice", "idle": "/CN=idle",
                                 "nobody": "/CN=nobody", "none": "/O=nameless", "self": "/CN=" + AGENT})
    return folder


@pytest.fixture
def tls_broker(tmp_path, agent, certificates):
    with Broker(tmp_path, extra=TLS_LISTENER.replace("CERTS", str(certificates))) as b:
        yield b
        assert b.alive()


@pytest.mark.parametrize("certificate,name,password,rc", [
    ("alice", None, None, 0), ("alice", "alice", None, 0), ("alice", "alice", "wrong", 0),
    ("alice", "bob", "b-secret", 5), ("alice", "Alice", None, 5), ("idle", None, None, 5),
    ("nobody", None, None, 5), ("none", None, None, 5), ("none", "alice", "a-secret", 5),
    ("self", None, None, 5),
])
def test_certificate_login(tls_broker, certificates, certificate, name, password, rc):
    phone = Phone(tls_broker.tls_port, name, password, tls=tls_context(certificates, certificate))
    assert phone.rc == rc
    if rc == 0:
        phone.publish("owntracks/alice/ipad", FIX)
        phone.publish("owntracks/bob/pixel", FIX)
        (r,) = tls_broker.spool()
        assert (r["username"], r["tls_cn"]) == ("alice", "alice")


def test_no_agent(tls_broker, certificates, agent):
    agent.stop()
    assert Phone(tls_broker.tls_port, tls=tls_context(certificates, "alice")).rc is None
    agent.start()
    phone = Phone(tls_broker.tls_port, tls=tls_context(certificates, "alice"))
    assert phone.rc == 0
    agent.stop()  # she is known now
    assert Phone(tls_broker.tls_port, tls=tls_context(certificates, "alice"), client_id="2").rc == 0


def test_reload(tls_broker, certificates):
    phone = Phone(tls_broker.tls_port, tls=tls_context(certificates, "alice"), will=will())
    tls_broker.process.send_signal(signal.SIGHUP)
    time.sleep(0.4)
    phone.publish("owntracks/alice/ipad", FIX)
    phone.drop()
    records = tls_broker.wait_spool(2)
    assert [(r["will"], r["tls_cn"]) for r in records] == [(False, "alice"), (True, "alice")]


def test_deactivated(tls_broker, certificates, agent):
    phone = Phone(tls_broker.tls_port, tls=tls_context(certificates, "alice"))
    agent.users["alice"].active = False
    agent.changed("alice")
    assert phone.closed()
    assert Phone(tls_broker.tls_port, tls=tls_context(certificates, "alice")).rc == 5
    agent.users["alice"].active = True  # told to nobody yet: a refusal is checked again
    assert Phone(tls_broker.tls_port, tls=tls_context(certificates, "alice")).rc == 0


def test_identity_as_username(tmp_path, certificates, agent):
    """A listener that does not ask us at login: rights are checked with the first message."""
    extra = TLS_LISTENER.replace("CERTS", str(certificates)) + "use_identity_as_username true\n"
    with Broker(tmp_path, extra=extra) as b:
        phone = Phone(b.tls_port, tls=tls_context(certificates, "alice"), will=will())
        phone.publish("owntracks/alice/ipad", FIX)
        phone.drop()
        records = b.wait_spool(2)
        assert [(r["will"], r["tls_cn"], r["username"]) for r in records] == [
            (False, "alice", "alice"), (True, "alice", "alice")]
        idle = Phone(b.tls_port, tls=tls_context(certificates, "idle"), client_id="i")
        idle.publish("owntracks/idle/x", FIX, wait=False)
        assert idle.closed()  # kicked
        assert len(b.spool()) == 2
