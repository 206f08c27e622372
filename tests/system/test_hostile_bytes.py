"""Bytes sent, bytes expected: malformed packets at the real broker with our plugin in it. Whatever comes, the broker
stays up, the sender is cut off or answered as the standard says, and another phone goes on publishing."""
import json
import random
import socket
import struct
import time

import pytest
from stack import Stack

EMMA = ("emma", "bytes-Emma-Pa55")
T0 = 1_772_800_000
CLOSED = b""


@pytest.fixture(scope="module")
def stack():
    names = ["emma", "em+ma", "em#ma", "e/mma", "$SYS", "*", "ümlaut", "a b", "x" * 150]
    s = Stack()
    s.add_user(*EMMA)
    with s.writing() as db:  # names that only the reference lets through
        row = db.execute("select * from auth_user where username = 'emma'")
        columns = [d[0] for d in row.description if d[0] != "id"]
        db.executemany(f"insert into auth_user ({', '.join(columns)}) select {', '.join('?' if c == 'username' else c for c in columns)}"
                       " from auth_user where username = 'emma'", [(n,) for n in names[1:]])
    with s:
        yield s


def text(s):
    b = s if isinstance(s, bytes) else s.encode()
    return struct.pack(">H", len(b)) + b


def length(n):
    out = bytearray()
    while True:
        n, digit = n >> 7, n & 0x7F
        out.append(digit | (0x80 if n else 0))
        if not n:
            return bytes(out)


def packet(head, body=b""):
    return bytes([head]) + length(len(body)) + body


def connect(user="emma", password=EMMA[1], client="bytes", protocol="MQTT", level=4, flags=0xC2, extra=b""):
    return packet(0x10, text(protocol) + bytes([level, flags]) + b"\x00\x3c" + (b"\x00" if level == 5 else b"")
                  + text(client) + extra + text(user) + text(password))


def publish(topic, payload=b"x", head=0x32, number=7):
    return packet(head, text(topic) + (struct.pack(">H", number) if head & 6 else b"") + payload)


def subscribe(pattern, qos=1, head=0x82):
    return packet(head, b"\x00\x09" + text(pattern) + bytes([qos]))


CONNACK, PUBACK, PING, PONG = b"\x20\x02\x00\x00", b"\x40\x02\x00\x07", b"\xc0\x00", b"\xd0\x00"
ME = "owntracks/emma/phone"


class Wire:
    """with Wire(stack) as w: w.send(bytes); w.read(n): n bytes, or less when the broker closes."""

    def __init__(self, stack, signed_in=False):
        self.socket = socket.create_connection(("127.0.0.1", stack.mqtt_port), timeout=10)
        if signed_in:
            assert self.answer(stack, connect(), 4) == CONNACK

    def answer(self, stack, data, n):
        """n bytes of what comes back. On a busy machine a login is put off, without a word; phones come again."""
        for _ in range(100):
            self.send(data)
            if got := self.read(n):
                return got
            self.socket.close()
            time.sleep(0.1)
            self.socket = socket.create_connection(("127.0.0.1", stack.mqtt_port), timeout=10)
        return b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def read(self, n):
        out = b""
        try:
            while len(out) < n and (more := self.socket.recv(n - len(out))):
                out += more
        except ConnectionResetError:
            pass
        return out


def alive(stack):
    """Another phone publishes and is answered."""
    with Wire(stack) as w:
        message = json.dumps({"_type": "location", "lat": 1, "lon": 2, "tst": T0}).encode()
        assert w.answer(stack, connect(client="other") + publish("owntracks/emma/other", message), 8) == CONNACK + PUBACK


@pytest.fixture(autouse=True)
def broker_survives(stack):
    before = stack.pids("broker")
    yield
    alive(stack)
    assert stack.pids("broker") == before, "the broker was started anew"


# Before anybody has signed in: what is answered before the connection ends.
FIRST = {
    "nothing but a close": (b"", None),
    "no MQTT at all": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", CLOSED),
    "TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", CLOSED),
    "a publish first": (publish(ME), CLOSED),
    "a ping first": (PING, CLOSED),
    "packet type 0": (b"\x00\x00", CLOSED),
    "packet type 15": (b"\xf0\x00", CLOSED),
    "a length of five bytes": (b"\x10\xff\xff\xff\xff\x7f", CLOSED),
    "an empty CONNECT": (b"\x10\x00", CLOSED),
    "CONNECT with reserved flags in its head": (b"\x11" + connect()[1:], CLOSED),
    "a protocol of another name": (connect(protocol="MQTX"), CLOSED),
    "a protocol name of no characters": (connect(protocol=""), CLOSED),
    "protocol level 9": (connect(level=9), b"\x20\x02\x00\x01"),
    "the reserved connect flag": (connect(flags=0xC3), CLOSED),
    "a will QoS of 3": (connect(flags=0xDE, extra=text(ME) + text("x")), CLOSED),
    "a password without a user name": (packet(0x10, text("MQTT") + b"\x04\x42\x00\x3c" + text("bytes") + text("pw")), CLOSED),
    "a will flag without a will": (connect(flags=0xC6), CLOSED),
    "a user name longer than the packet": (packet(0x10, text("MQTT") + b"\x04\xc2\x00\x3c" + text("bytes") + b"\xff\xff" + b"em"), CLOSED),
    "a client id that is no UTF-8": (connect(client=b"\xff\xfe"), CLOSED),
    "a user name that is no UTF-8": (connect(user=b"\xc3\x28"), CLOSED),
    "a user name with NUL": (connect(user=b"em\x00ma"), CLOSED),
    "surrogates in the user name": (connect(user=b"\xed\xa0\x80"), CLOSED),
    "bytes behind the CONNECT's end": (packet(0x10, connect()[2:] + b"zz"), CLOSED),
    "a will topic with wildcards": (connect(flags=0xC6, extra=text("owntracks/+/x") + text("x")), CLOSED),
    "a will topic that is no UTF-8": (connect(flags=0xC6, extra=text(b"\xff") + text("x")), CLOSED),
    "no user name": (packet(0x10, text("MQTT") + b"\x04\x02\x00\x3c" + text("bytes")), b"\x20\x02\x00\x05"),
    "a wrong password": (connect(password="wrong"), b"\x20\x02\x00\x05"),
    "a password of bytes": (connect(password=b"\x00\xff\x80\x00"), b"\x20\x02\x00\x05"),
    "a password of 65535 bytes": (connect(password=b"p" * 65535), b"\x20\x02\x00\x05"),
    "a user name of 65535 bytes": (connect(user=b"u" * 65535), b"\x20\x02\x00\x05"),
    "the agent's own name": (connect(user="$mytracks-agent", password="x"), b"\x20\x02\x00\x05"),
    "version 3.1": (connect(protocol="MQIsdp", level=3), CONNACK),
    "the right thing": (connect(), CONNACK),
}
# After CONNACK: packets, and what comes back, up to the PONG of a ping behind it or the end.
LATER = {
    "a second CONNECT": (connect(), CLOSED),
    "a publish without a topic": (packet(0x32, b"\x00\x00\x00\x07x"), CLOSED),
    "a topic longer than the packet": (packet(0x32, b"\xff\xffow"), CLOSED),
    "a topic with +": (publish("owntracks/+/x"), CLOSED),
    "a topic with #": (publish("owntracks/#"), CLOSED),
    "a topic that is no UTF-8": (publish(b"owntracks/emma/\xff"), CLOSED),
    "a topic with NUL": (publish(b"owntracks/emma/\x00"), CLOSED),
    "a topic with overlong UTF-8": (publish(b"owntracks/emma/\xc0\xaf"), CLOSED),
    "a topic of 65535 bytes": (publish(b"owntracks/emma/" + b"t" * 65520), PUBACK + PONG),
    "a topic of 199 levels": (publish("owntracks/emma" + "/x" * 197), PUBACK + PONG),
    "a topic of 210 levels": (publish("owntracks/emma" + "/x" * 208), CLOSED),
    "QoS 3": (publish(ME, head=0x36), CLOSED),
    "packet number 0": (publish(ME, number=0), CLOSED),
    "no payload": (publish(ME, b""), PUBACK + PONG),
    "a payload of zeros": (publish(ME, b"\0" * 1000), PUBACK + PONG),
    "a payload of a million brackets": (publish(ME, b"[" * 1_000_000), PUBACK + PONG),
    "half a surrogate pair in JSON": (publish(ME, b'{"_type": "location", "lat": 1, "lon": 2, "tst": 3, "tid": "\\ud800"}'), PUBACK + PONG),
    "NUL in JSON": (publish(ME, b'{"_type": "location", "lat": 1, "lon": 2, "tst": 3, "tid": "a\\u0000"}'), PUBACK + PONG),
    "a number of 10,000 digits": (publish(ME, b'{"_type": "location", "tst": ' + b"9" * 10_000 + b"}"), PUBACK + PONG),
    "the root topic": (publish("owntracks"), PUBACK + PONG),
    "an empty level": (publish("owntracks//phone"), PUBACK + PONG),
    "a topic of the broker": (publish("$SYS/broker/load"), PUBACK + PONG),
    "more than the broker takes": (b"\x32" + length(17_000_001) + text(ME), CLOSED),
    "a PUBACK for nothing": (b"\x40\x02\x00\x63", PONG),
    "a PUBREC for nothing": (b"\x50\x02\x00\x63", b"\x62\x02\x00\x63" + PONG),
    "a PUBREL for nothing": (b"\x62\x02\x00\x63", b"\x70\x02\x00\x63" + PONG),
    "a PUBREL with wrong flags": (b"\x60\x02\x00\x63", CLOSED),
    "a SUBSCRIBE with wrong flags": (subscribe("a", head=0x80), CLOSED),
    "a SUBSCRIBE without a filter": (packet(0x82, b"\x00\x09"), CLOSED),
    "a filter a/#/b": (subscribe("a/#/b"), CLOSED),
    "a filter a+": (subscribe("a+"), CLOSED),
    "an empty filter": (subscribe(""), CLOSED),
    "a filter that is no UTF-8": (subscribe(b"\xff"), CLOSED),
    "a subscription with QoS 3": (subscribe("a", 3), CLOSED),
    "a shared subscription": (subscribe("$share/g/owntracks/+/+"), b"\x90\x03\x00\x09\x01" + PONG),
    "a CONNACK from a client": (CONNACK, CLOSED),
    "a SUBACK from a client": (b"\x90\x03\x00\x01\x00", PONG),
    "a DISCONNECT with wrong flags": (b"\xe1\x00", CLOSED),
    "AUTH in 3.1.1": (b"\xf0\x00", CLOSED),
}


@pytest.mark.parametrize("name", FIRST)
def test_before_signing_in(stack, name):
    sent, want = FIRST[name]
    with Wire(stack) as w:
        if want:
            assert w.answer(stack, sent, len(want)) == want
            return
        w.send(sent)
        if want == CLOSED:
            assert w.read(1) == CLOSED


@pytest.mark.parametrize("name", LATER)
def test_after_signing_in(stack, name):
    sent, want = LATER[name]
    with Wire(stack, signed_in=True) as w:
        w.send(sent + PING)
        assert w.read(len(want) or 1) == want


@pytest.mark.parametrize("cut", [1, 2, 5, 12, 20, 40])
def test_a_connection_that_ends_in_the_middle_of_a_packet(stack, cut):
    with Wire(stack) as w:
        w.send(connect()[:cut])
    with Wire(stack, signed_in=True) as w:
        w.send(publish(ME, b"x" * 100)[:cut])


@pytest.mark.parametrize("user", ["em+ma", "em#ma", "e/mma", "$SYS", "*", "ümlaut", "a b", "x" * 150])
def test_names_that_mean_something_in_topics_mean_nothing(stack, user):
    """They are let in, as in the reference, and have what is theirs and nothing else."""
    with Wire(stack) as w, Wire(stack, signed_in=True) as emma:
        assert w.answer(stack, connect(user=user, client=b"odd"), 4) == CONNACK
        w.send(subscribe("#"))
        assert w.read(5) == b"\x90\x03\x00\x09\x01"
        emma.send(publish(ME, b"for emma"))
        assert emma.read(4) == PUBACK
        w.send(publish(ME, b"as emma", number=7))
        assert w.read(4) == PUBACK, "acknowledged, and dropped"
        w.send(PING)
        assert w.read(2) == PONG, "nothing of hers came"
    assert stack.sql("select count(*) from mytracks_quarantine where raw = cast('as emma' as blob)") == [(0,)]


def test_dribbled_bytes(stack):
    with Wire(stack) as w:
        assert w.answer(stack, connect(), 4) == CONNACK
        for byte in publish(ME, b"slow"):
            w.send(bytes([byte]))
        assert w.read(4) == PUBACK


def test_noise(stack):
    random.seed(7)
    for _ in range(300):
        with Wire(stack, signed_in=random.random() < 0.5) as w:
            w.send(random.randbytes(random.randrange(1, 300)))
