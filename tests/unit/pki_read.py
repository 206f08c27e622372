"""pki_read.py FOLDER SECRET PASSWORD: reads what test_pki wrote into the folder with Python's cryptography,
the library of the reference, and prints the facts for the test to compare. Every signature is checked.
Also seals a text, to be opened in C."""
import base64
import hashlib
import sys
from pathlib import Path

from cryptography import x509
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import pkcs12

folder, secret, password = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()))


def read(name):
    return (folder / name).read_bytes()


def certificate(name):
    return x509.load_pem_x509_certificate(read(name + ".pem"))


def value(c, kind):
    return c.extensions.get_extension_for_class(kind).value


def show(name, c, issuer):
    issuer.public_key().verify(c.signature, c.tbs_certificate_bytes, PKCS1v15(), c.signature_hash_algorithm)
    key = serialization.load_pem_private_key(fernet.decrypt(read(name + ".sealed")), None)
    assert key.public_key().public_numbers() == c.public_key().public_numbers()
    assert value(c, x509.SubjectKeyIdentifier) == x509.SubjectKeyIdentifier.from_public_key(c.public_key())
    if c is not issuer:
        assert value(c, x509.AuthorityKeyIdentifier) == x509.AuthorityKeyIdentifier.from_issuer_public_key(
            issuer.public_key())
    print(name, c.subject.rfc4514_string(), c.issuer.rfc4514_string(), sep="|")
    print(hex(c.serial_number), c.fingerprint(hashes.SHA256()).hex(":").upper(), sep="|")
    print(c.version.name, key.key_size, c.signature_hash_algorithm.name, c.not_valid_before, c.not_valid_after,
          sep="|")
    print(*(e.oid._name + "!" * e.critical for e in c.extensions), sep="|")
    print({a._type.name for a in c.subject}, value(c, x509.BasicConstraints).ca, sep="|")


ca = certificate("ca")
show("ca", ca, ca)
for name in ("server", "client"):
    show(name, certificate(name), ca)
    print(*(u._name for u in value(certificate(name), x509.ExtendedKeyUsage)), sep="|")
print(*(f"{type(n).__name__}:{n.value}" for n in value(certificate("server"), x509.SubjectAlternativeName)), sep="|")

crl = x509.load_pem_x509_crl(read("crl.pem"))
assert crl.is_signature_valid(ca.public_key()) and crl.issuer == ca.subject
print(crl.last_update, crl.next_update - crl.last_update, *(e.oid._name for e in crl.extensions), sep="|")
print(*(f"{hex(r.serial_number)} {r.revocation_date}" for r in crl), sep="|")

p12 = pkcs12.load_pkcs12(read("client.p12"), password.encode())
assert p12.key.public_key().public_numbers() == certificate("client").public_key().public_numbers()
print(p12.cert.friendly_name.decode(), p12.cert.certificate == certificate("client"),
      [c.certificate == ca for c in p12.additional_certs], sep="|")

(folder / "python.sealed").write_bytes(fernet.encrypt(b"sealed by Python"))
