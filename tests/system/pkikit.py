"""Certificates over the API of a running stack, and the openssl command."""
import base64
import hashlib
import json
import subprocess

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

ADMIN = ("root", "pki-Test-Pa55word")


def call(stack, method, path, body=None, want=200, auth=ADMIN):
    """The parsed body of a call under /api/admin/pki/; bytes when it is no JSON."""
    status, answer = stack.request(method, "/api/admin/pki/" + path, body, auth=auth, timeout=30)
    assert status == want, (method, path, status, answer[:300])
    try:
        return json.loads(answer)
    except ValueError:
        return answer


def make_ca(stack, name="Test CA", days=30, bits=2048):
    return call(stack, "POST", "ca/", {"common_name": name, "validity_days": days, "key_size": bits}, 201)


def make_server(stack, *sans, name="localhost", bits=2048):
    return call(stack, "POST", "server-cert/", {"common_name": name, "san_entries": list(sans) or ["localhost"],
                                                "validity_days": 20, "key_size": bits}, 201)


def make_client(stack, user, bits=2048):
    (user_id,), = stack.sql("select id from auth_user where username = ?", user)
    return call(stack, "POST", "client-certs/", {"user_id": user_id, "validity_days": 10, "key_size": bits}, 201)


def client_pem(stack, row_id):
    (pem,), = stack.sql("select certificate_pem from my_tracks_clientcertificate where id = ?", row_id)
    return pem


def sealed_key(stack, table, row_id):
    """The private key of a row, opened as Django does."""
    (token,), = stack.sql(f"select encrypted_private_key from my_tracks_{table} where id = ?", row_id)
    key = base64.urlsafe_b64encode(hashlib.sha256(stack.env["SECRET_KEY"].encode()).digest())
    return Fernet(key).decrypt(token)


def openssl(*args, data=None, cwd=None):
    """(exit status, output of both kinds)"""
    p = subprocess.run(["openssl", *map(str, args)], input=data, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, cwd=cwd, timeout=30)
    return p.returncode, p.stdout.decode(errors="replace")


def verify(folder, leaf, ca, purpose, crl=None):
    """openssl verify of PEM texts; (accepted, output)"""
    (folder / "leaf.pem").write_text(leaf)
    (folder / "ca.pem").write_text(ca)
    extra = []
    if crl is not None:
        (folder / "crl.pem").write_bytes(crl)
        extra = ["-crl_check", "-CRLfile", "crl.pem"]
    rc, out = openssl("verify", "-x509_strict", "-purpose", purpose, "-CAfile", "ca.pem", *extra, "leaf.pem",
                      cwd=folder)
    return rc == 0, out


def phone_files(stack, folder, row_id, name):
    """NAME.pem and NAME.key from the PKCS #12 file that a phone would import."""
    p12 = pkcs12.load_pkcs12(call(stack, "POST", f"client-certs/{row_id}/download/", {"password": "x"}), b"x")
    (folder / f"{name}.pem").write_bytes(p12.cert.certificate.public_bytes(Encoding.PEM))
    (folder / f"{name}.key").write_bytes(p12.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
