"""Authorities, certificates and the revocation list over HTTP, judged by the openssl command and by Python's
cryptography, which is what the reference uses."""
import datetime
import http.client
import json
import threading
from base64 import b64encode
from email.message import EmailMessage
from urllib.parse import unquote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key, pkcs12
from pkikit import ADMIN, call, client_pem, make_ca, make_client, make_server, openssl, sealed_key, verify
from stack import CONFORMANCE, Stack


@pytest.fixture(scope="module")
def stack():
    s = Stack(users={"emma": "emma-Pa55word"}, env={"MYTRACKS_WORKERS": "4"})
    s.add_user(*ADMIN, admin=True)
    with s:
        yield s


@pytest.fixture
def ca(stack):
    return make_ca(stack)


def crl(stack):
    return call(stack, "GET", "crl/", auth=None)


def serials(pem):
    return {hex(r.serial_number) for r in x509.load_pem_x509_crl(pem)}


def same_key(private_pem, certificate_pem):
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    return (load_pem_private_key(private_pem, None).public_key().public_numbers() ==
            certificate.public_key().public_numbers())


def test_chain(stack, ca, tmp_path):
    server, client = make_server(stack, "localhost", "127.0.0.1"), make_client(stack, "emma")
    pem = client_pem(stack, client["id"])
    for leaf, good, bad in ((server["certificate_pem"], "sslserver", "sslclient"), (pem, "sslclient", "sslserver")):
        ok, out = verify(tmp_path, leaf, ca["certificate_pem"], good, crl(stack))
        assert ok, out
        ok, out = verify(tmp_path, leaf, ca["certificate_pem"], bad)
        assert not ok and "purpose" in out
    rc, out = openssl("x509", "-noout", "-fingerprint", "-sha256", "-serial", "-subject", "-nameopt", "compat",
                      data=pem.encode())
    assert rc == 0 and client["fingerprint"] in out and out.endswith("subject=/CN=emma/O=My Tracks\n")
    assert f"serial={int(client['serial_number'], 16):X}" in out.replace("serial=0", "serial=")
    other = make_ca(stack, "Another")
    assert not verify(tmp_path, pem, other["certificate_pem"], "sslclient")[0]


@pytest.mark.parametrize("bits", [256, 384])
def test_keys_on_a_curve(stack, tmp_path, bits):
    """The reference makes RSA keys alone, but its library has to be able to go on with what we made: read the key, issue
    a certificate and a list with it, pack a file for the phone."""
    ca = make_ca(stack, "Curve", bits=bits)
    server, client = make_server(stack, "localhost", bits=bits), make_client(stack, "emma", bits=bits)
    assert [c["key_size"] for c in (ca, server, client)] == [bits] * 3
    pem = client_pem(stack, client["id"])
    assert verify(tmp_path, server["certificate_pem"], ca["certificate_pem"], "sslserver", crl(stack)) == (True, "leaf.pem: OK\n")
    assert verify(tmp_path, pem, ca["certificate_pem"], "sslclient", crl(stack)) == (True, "leaf.pem: OK\n")
    usage = x509.load_pem_x509_certificate(pem.encode()).extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature and not usage.key_encipherment
    p12 = pkcs12.load_pkcs12(call(stack, "POST", f"client-certs/{client['id']}/download/", {"password": "x"}), b"x")
    assert p12.key.key_size == bits and same_key(p12.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), pem)

    root = x509.load_pem_x509_certificate(ca["certificate_pem"].encode())
    key = load_pem_private_key(sealed_key(stack, "certificateauthority", ca["id"]), None)
    now = datetime.datetime.now(datetime.timezone.utc)
    theirs = (x509.CertificateBuilder().subject_name(root.subject).issuer_name(root.subject)
              .public_key(rsa.generate_private_key(65537, 2048).public_key()).serial_number(7)
              .not_valid_before(now).not_valid_after(now + datetime.timedelta(1)).sign(key, hashes.SHA256()))
    root.public_key().verify(theirs.signature, theirs.tbs_certificate_bytes, ec.ECDSA(theirs.signature_hash_algorithm))
    their_list = (x509.CertificateRevocationListBuilder().issuer_name(root.subject).last_update(now)
                  .next_update(now + datetime.timedelta(1)).sign(key, hashes.SHA256()))
    assert their_list.is_signature_valid(root.public_key())
    assert pkcs12.serialize_key_and_certificates(b"x", p12.key, p12.cert.certificate, [root], NoEncryption())


def test_sealed_as_django_does(stack, ca):
    server, client = make_server(stack), make_client(stack, "emma")
    assert same_key(sealed_key(stack, "certificateauthority", ca["id"]), ca["certificate_pem"])
    assert same_key(sealed_key(stack, "servercertificate", server["id"]), server["certificate_pem"])
    assert same_key(sealed_key(stack, "clientcertificate", client["id"]), client_pem(stack, client["id"]))


def test_p12(stack, ca, tmp_path):
    client = make_client(stack, "emma")
    data = call(stack, "POST", f"client-certs/{client['id']}/download/", {"password": "gehe\u00efm 12"})
    p12 = pkcs12.load_pkcs12(data, "gehe\u00efm 12".encode())
    assert p12.cert.friendly_name == b"emma"
    assert hex(p12.cert.certificate.serial_number) == client["serial_number"]
    assert p12.key.public_key().public_numbers() == p12.cert.certificate.public_key().public_numbers()
    assert [c.certificate.subject.rfc4514_string() for c in p12.additional_certs] == ["O=My Tracks,CN=Test CA"]
    (tmp_path / "p12").write_bytes(data)
    rc, out = openssl("pkcs12", "-in", tmp_path / "p12", "-passin", "pass:wrong", "-noout")
    assert rc != 0
    log = (stack.folder / "serve.log").read_text()
    assert "client-key-downloaded" in log and "gehe" not in log


def test_revoked_for_good(stack, ca, tmp_path):
    """H-17: off the table, still on the list; also after a restart."""
    first, second = make_client(stack, "emma"), make_client(stack, "emma")
    pem = client_pem(stack, first["id"])
    assert serials(crl(stack)) == set()
    call(stack, "POST", f"client-certs/{first['id']}/revoke/")
    revoked = crl(stack)
    assert serials(revoked) == {first["serial_number"]}
    ok, out = verify(tmp_path, pem, ca["certificate_pem"], "sslclient", revoked)
    assert not ok and "revoked" in out
    assert verify(tmp_path, client_pem(stack, second["id"]), ca["certificate_pem"], "sslclient", revoked)[0]
    call(stack, "DELETE", f"client-certs/{first['id']}/expunge/")
    assert serials(crl(stack)) == {first["serial_number"]}
    stack.stop()
    stack.start()
    again = crl(stack)
    assert serials(again) == {first["serial_number"]}
    assert not verify(tmp_path, pem, ca["certificate_pem"], "sslclient", again)[0]


def test_list_is_kept(tmp_path):
    """H-19: signed once, not for everybody who asks; anew when something was revoked."""
    s = Stack(users={"emma": "emma-Pa55word"}, env={"MYTRACKS_WORKERS": "1"})
    s.add_user(*ADMIN, admin=True)
    with s:
        make_ca(s)
        client = make_client(s, "emma")
        first = crl(s)
        numbers = {n for n in (crl_number(crl(s)) for _ in range(5))}
        assert numbers == {crl_number(first)} and crl(s) == first
        call(s, "POST", f"client-certs/{client['id']}/revoke/")
        assert serials(crl(s)) == {client["serial_number"]}
        make_ca(s, "Next")
        assert serials(crl(s)) == set()


def crl_number(pem):
    return x509.load_pem_x509_crl(pem).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def test_django_s_own_authority(tmp_path):
    """A CA that the reference made and sealed signs ours."""
    manifest = json.loads((CONFORMANCE / "fixtures/household.json").read_text())
    root = manifest["certs"]["ca"]["certificate_pem"]
    with Stack(fixture="household") as s:
        admin = ("admin", manifest["users"]["admin"]["password"])
        made = call(s, "POST", "server-cert/", {"common_name": "x", "san_entries": ["::1", "x"], "key_size": 2048},
                    201, admin)
        ok, out = verify(tmp_path, made["certificate_pem"], root, "sslserver", crl(s))
        assert ok, out
        rc, out = openssl("x509", "-noout", "-ext", "subjectAltName", data=made["certificate_pem"].encode())
        assert "IP Address:0:0:0:0:0:0:0:1, DNS:x, IP Address:127.0.0.1" in out
        p12 = pkcs12.load_pkcs12(call(s, "POST", "client-certs/2/download/", {"password": "x"}, auth=admin), b"x")
        assert p12.key is not None


def disposition(stack, path):
    c = http.client.HTTPConnection("127.0.0.1", stack.http_port, timeout=10)
    c.request("GET", "/api/admin/pki/" + path, headers={
        "Authorization": "Basic " + b64encode(":".join(ADMIN).encode()).decode()})
    header = c.getresponse().getheader("Content-Disposition")
    c.close()
    if "; filename*=UTF-8''" in header:
        return header, unquote(header.split("; filename*=UTF-8''")[1])
    message = EmailMessage()
    message["Content-Disposition"] = header
    return header, message.get_filename()


@pytest.mark.parametrize("name,file", [
    ('T "x"', 'T "x".pem'), ("Ünïcode 日本", "Ünïcode 日本.pem"), ("../../etc/x\\y", ".._.._etc_x_y.pem"),
    ("a;b=c", "a;b=c.pem"),
])
def test_odd_names(stack, name, file):
    """H-26"""
    made = make_ca(stack, name)
    header, got = disposition(stack, f"ca/{made['id']}/download/")
    assert got == file, header
    assert header.isascii() and header.startswith('attachment; filename="')


@pytest.mark.parametrize("body", [
    {"common_name": "a\r\nX: 1"}, {"common_name": "a\x7f"}, {"common_name": "n" * 65}, {"common_name": "\u00a0"},
    {"common_name": None}, {"common_name": ["x"]}, {"validity_days": None}, {"validity_days": []},
    {"validity_days": "1e3"}, {"validity_days": 10 ** 30}, {"validity_days": -1}, {"key_size": 1024},
    {"key_size": "0x800"}, {"key_size": 1e300}, [], "x", 1,
])
def test_bad_authority(stack, body):
    before = stack.sql("select count(*) from my_tracks_certificateauthority")
    call(stack, "POST", "ca/", body if isinstance(body, (dict, list)) else json.dumps(body),
         400 if isinstance(body, (dict, list)) else 415)
    assert stack.sql("select count(*) from my_tracks_certificateauthority") == before


@pytest.mark.parametrize("sans", [["a\nb"], ["x" * 254], ["é"], ["a"] * 101, [" "], {"a": 1}])
def test_bad_alternative_names(stack, ca, sans):
    call(stack, "POST", "server-cert/", {"common_name": "x", "san_entries": sans, "key_size": 2048}, 400)


def test_name_too_long_for_a_certificate(stack, ca):
    stack.add_user("u" * 65, "long-name-Pa55")
    (user_id,), = stack.sql("select id from auth_user where username = ?", "u" * 65)
    assert "error" in call(stack, "POST", "client-certs/", {"user_id": user_id, "key_size": 2048}, 400)


def test_others_go_on(stack):
    """A key of 4096 bits takes seconds: no lock on the database meanwhile, other workers answer."""
    done = threading.Event()

    def make():
        for _ in range(3):
            call(stack, "POST", "ca/", {"common_name": "big"}, 201)
        done.set()

    thread = threading.Thread(target=make)
    thread.start()
    stored = 0
    while not done.is_set() and stored < 500:
        status, _ = stack.request("POST", "/api/locations/", {
            "_type": "location", "lat": 1, "lon": 2, "tst": 1_772_800_000 + stored, "tid": "pk"},
            auth=("emma", "emma-Pa55word"), timeout=10)
        assert status == 200
        stored += 1
    thread.join(60)
    assert done.is_set() and stored > 20, stored
