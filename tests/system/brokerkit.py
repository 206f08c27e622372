"""Mosquitto with our plugin, a small agent in its place, and an MQTT client on the bare socket.

The client is not a library: the tests are about what happens on the wire (a close without CONNACK,
a PUBACK that must not come), and a connection has to be cut like a phone that vanishes.
"""
import os
import queue
import socket
import ssl
import struct
import subprocess
import threading
import time
from pathlib import Path

import pytest

from stack import BUILD, free_ports

VERIFY, VERDICT, WATCH, GRANTS, PUBLISH, HEALTH, DONE, KICK = range(1, 9)
NO, OK, BUSY = range(3)


# ---------------------------------------------------------------- wire.h

def pack(kind, number, *fields):
    out = struct.pack("<BI", kind, number)
    for f in fields:
        f = f if isinstance(f, bytes) else str(f).encode()
        out += struct.pack("<I", len(f)) + f
    return out


def unpack(packet):
    kind, number = struct.unpack_from("<BI", packet)
    fields, at = [], 5
    while at < len(packet):
        (n,) = struct.unpack_from("<I", packet, at)
        fields.append(packet[at + 4:at + 4 + n])
        at += 4 + n
    return kind, number, fields


# ---------------------------------------------------------------- the spool, read independently

def _crc_table():
    for i in range(256):
        for _ in range(8):
            i = i >> 1 ^ (0x82F63B78 if i & 1 else 0)
        yield i


CRC_TABLE = list(_crc_table())


def crc32c(data, crc=0):
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def read_spool(folder):
    """All records as dicts, in order; a torn tail ends its segment."""
    records = []
    for path in sorted(Path(folder).glob("*.spool")):
        data, at = path.read_bytes(), 32
        salt = data[4:12]
        while at + 8 <= len(data):
            n, crc = struct.unpack_from("<II", data, at)
            body = data[at + 8:at + 8 + n]
            if len(body) < n:
                break
            assert crc32c(salt + body) == crc, f"{path} at {at}"
            _, flags, received, connected = struct.unpack_from("<BBqq", body)
            texts, i = [], 18
            while i < n:
                (length,) = struct.unpack_from("<I", body, i)
                texts.append(body[i + 4:i + 4 + length])
                i += 4 + length
            names = ("username", "client_id", "address", "tls_cn", "topic")
            record = dict(zip(names, (t.decode() for t in texts[:5])))
            record.update(payload=texts[5], retain=bool(flags & 1), qos=flags >> 1 & 3,
                          will=bool(flags & 8), received=received, connected=connected)
            records.append(record)
            at += 8 + n
    return records


# ---------------------------------------------------------------- agent

class User:
    def __init__(self, password, active=True, superuser=False, readable=(), commandable=()):
        self.password, self.active, self.superuser = password, active, superuser
        self.readable, self.commandable = list(readable), list(commandable)


class FakeAgent:
    """Answers as mytracks-agent does. cost: seconds of hashing for a password not seen before, by
    one thread, in order; results are kept. hang: takes requests and never answers."""

    def __init__(self, run_dir, users, cost=0.0):
        self.path = Path(run_dir) / "agent.sock"
        self.users, self.cost, self.hang = users, cost, False
        self.asked, self.watched = [], []
        self.results, self.pending, self.waiting = {}, set(), []
        self.lock = threading.Lock()
        self.jobs = queue.Queue()
        self.connections = []
        self.listener = None
        threading.Thread(target=self.hash_all, daemon=True).start()
        self.start()

    def start(self):
        self.path.unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(str(self.path))
        self.listener.listen(16)
        threading.Thread(target=self.accept_all, args=(self.listener,), daemon=True).start()

    def stop(self):
        listener, self.listener = self.listener, None
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        self.path.unlink(missing_ok=True)
        with self.lock:
            for c in self.connections:
                c.shutdown(socket.SHUT_RDWR)
                c.close()
            self.connections.clear()

    def accept_all(self, listener):
        while True:
            try:
                c, _ = listener.accept()
            except OSError:
                return
            with self.lock:
                self.connections.append(c)
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        while True:
            try:
                packet = c.recv(1 << 17)
            except OSError:
                return
            if not packet:
                return
            kind, number, fields = unpack(packet)
            if self.hang:
                continue
            try:
                if kind == VERIFY:
                    self.on_verify(c, number, fields)
                elif kind == WATCH:
                    self.watched.append(fields[0].decode())
                    c.send(self.grants(fields[0].decode(), number))
            except OSError:
                return

    def grants(self, name, number=0):
        u = self.users.get(name) or User(None, active=False)
        flags = ("a" if u.active else "") + ("u" if u.superuser else "")
        return pack(GRANTS, number, name, flags, "\n".join(u.readable), "\n".join(u.commandable))

    def decide(self, name, password):
        u = self.users.get(name)
        return OK if u and u.active and u.password == password else NO

    def on_verify(self, c, number, fields):
        origin, address, name, password, wait = (f.decode() for f in fields)
        self.asked.append((origin, address, name, password, int(wait)))
        key = (name, password)
        with self.lock:
            if self.cost == 0:
                self.results[key] = self.decide(name, password)
            verdict = self.results.get(key)
            if verdict is None and key not in self.pending:
                self.pending.add(key)
                self.jobs.put(key)
            if verdict is None and int(wait) > 0:
                self.waiting.append((key, c, number, time.monotonic() + int(wait) / 1000))
                return
        c.send(pack(VERDICT, number, BUSY if verdict is None else verdict, 1, ""))

    def hash_all(self):
        while True:
            try:
                key = self.jobs.get(timeout=0.005)
                end = time.monotonic() + self.cost
                while time.monotonic() < end:
                    self.expire()
                    time.sleep(min(0.005, max(0, end - time.monotonic())))
                with self.lock:
                    self.results[key] = self.decide(*key)
                    self.pending.discard(key)
                    done = [w for w in self.waiting if w[0] == key]
                    self.waiting = [w for w in self.waiting if w[0] != key]
                for _, c, number, _ in done:
                    self.answer(c, number, self.results[key])
            except queue.Empty:
                self.expire()

    def expire(self):
        now = time.monotonic()
        with self.lock:
            late = [w for w in self.waiting if w[3] <= now]
            self.waiting = [w for w in self.waiting if w[3] > now]
        for _, c, number, _ in late:
            self.answer(c, number, BUSY)

    @staticmethod
    def answer(c, number, verdict):
        try:
            c.send(pack(VERDICT, number, verdict, 1, ""))
        except OSError:
            pass

    def push(self, packet):
        with self.lock:
            for c in self.connections:
                try:
                    c.send(packet)
                except OSError:
                    pass

    def changed(self, name):
        self.push(self.grants(name))

    def kick(self, name):
        self.push(pack(KICK, 0, name))


# ---------------------------------------------------------------- broker

class Broker:
    """with Broker(folder) as b: ... ; listeners and options as lines of mosquitto.conf."""

    def __init__(self, folder, extra="", sync="interval", plugin_options=None):
        self.folder = Path(folder)
        self.run_dir, self.spool_dir = self.folder / "run", self.folder / "spool"
        self.run_dir.mkdir(exist_ok=True)
        self.port, self.ws_port, self.tls_port = free_ports(3)
        self.log = self.folder / "mosquitto.log"
        options = plugin_options if plugin_options is not None else (
            f"plugin_opt_run_dir {self.run_dir}\n"
            f"plugin_opt_spool_dir {self.spool_dir}\n"
            f"plugin_opt_spool_sync {sync}\n")
        self.config = self.folder / "mosquitto.conf"
        (self.folder / "state").mkdir(exist_ok=True)
        self.config.write_text(
            ("user root\n" if os.geteuid() == 0 else "") +
            f"log_dest file {self.log}\nlog_type all\npersistence true\n"
            f"persistence_location {self.folder}/state/\nper_listener_settings false\n"
            "allow_anonymous false\ncheck_retain_source true\nmax_queued_messages 10000\n"
            f"plugin {BUILD}/lib/mosquitto_mytracks.so\n" + options +
            f"listener {self.port} 127.0.0.1\n"
            f"listener {self.ws_port} 127.0.0.1\nprotocol websockets\n" +
            extra.format(tls_port=self.tls_port, folder=self.folder))
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        env, before = dict(os.environ), self.logged().count("running\n")
        if env.get("SAN"):
            asan = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True)
            env.update(LD_PRELOAD=asan.stdout.strip(), ASAN_OPTIONS="detect_leaks=0")
        self.process = subprocess.Popen(["/usr/sbin/mosquitto", "-c", str(self.config)], env=env,
                                        stdout=subprocess.DEVNULL,
                                        stderr=open(self.folder / "mosquitto.err", "ab"))
        end = time.monotonic() + 10
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError("broker ended: " + self.logged())
            if self.logged().count("running\n") > before:
                return
            time.sleep(0.01)
        raise RuntimeError("broker does not start: " + self.logged())

    def stop(self, signal_number=15):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal_number)
            self.process.wait(10)
        self.process = None

    def alive(self):
        return self.process.poll() is None

    def logged(self):
        err = self.folder / "mosquitto.err"
        return (self.log.read_text(errors="replace") if self.log.exists() else "") + \
            (err.read_text(errors="replace") if err.exists() else "")

    def spool(self):
        return read_spool(self.spool_dir)

    def wait_spool(self, count, within=3.0):
        """The records, once there are that many; the tests compare them."""
        end = time.monotonic() + within
        while len(self.spool()) < count and time.monotonic() < end:
            time.sleep(0.02)
        return self.spool()

    def phone(self, *args, **kw):
        return Phone(self.port, *args, **kw)


# ---------------------------------------------------------------- MQTT

def _text(s):
    s = s if isinstance(s, bytes) else s.encode()
    return struct.pack(">H", len(s)) + s


def _length(n):
    out = b""
    while True:
        n, digit = n // 128, n % 128
        out += bytes([digit | (128 if n else 0)])
        if not n:
            return out


class Closed(Exception):
    pass


class Phone:
    """One connection. rc: the CONNACK code, None when the broker closed without one."""

    def __init__(self, port, username=None, password=None, client_id="phone", will=None, clean=True,
                 version=4, keepalive=60, tls=None, will_delay=0):
        self.version, self.buffer, self.messages, self.acks = version, b"", [], {}
        self.next_id = 1
        self.sock = socket.create_connection(("127.0.0.1", port), 10)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.sock = tls.wrap_socket(self.sock, server_hostname="localhost")
        flags = 2 if clean else 0
        body = _text(client_id)
        properties = b"" if clean else b"\x11\xff\xff\xff\xff"
        if will:
            flags |= 4 | will.get("qos", 0) << 3 | (32 if will.get("retain") else 0)
            if version == 5:
                delay = b"\x18" + struct.pack(">I", will_delay) if will_delay else b""
                body += bytes([len(delay)]) + delay
            body += _text(will["topic"]) + _text(will["payload"])
        if username is not None:
            flags |= 128
            body += _text(username)
        if password is not None:
            flags |= 64
            body += _text(password)
        head = _text("MQIsdp" if version == 3 else "MQTT") + bytes([version, flags]) + \
            struct.pack(">H", keepalive)
        if version == 5:
            head += bytes([len(properties)]) + properties
        self.send(0x10, head + body)
        self.rc = self.session_present = None
        try:
            kind, packet = self.packet(30)
            assert kind >> 4 == 2, kind
            self.session_present, self.rc = packet[0] & 1, packet[1]
        except Closed:
            pass

    def send(self, first, body):
        self.sock.sendall(bytes([first]) + _length(len(body)) + body)

    def packet(self, timeout):
        """The next packet; socket.timeout when none comes, Closed at the end."""
        self.sock.settimeout(timeout)
        while True:
            n, at, shift = 0, 1, 0
            while at < len(self.buffer):
                n |= (self.buffer[at] & 127) << shift
                shift += 7
                at += 1
                if not self.buffer[at - 1] & 128:
                    if len(self.buffer) >= at + n:
                        first, body = self.buffer[0], self.buffer[at:at + n]
                        self.buffer = self.buffer[at + n:]
                        return first, body
                    break
            try:
                data = self.sock.recv(65536)
            except (ConnectionResetError, BrokenPipeError):
                data = b""
            if not data:
                raise Closed
            self.buffer += data

    def handle(self, timeout):
        first, body = self.packet(timeout)
        kind = first >> 4
        if kind == 3:
            self.on_publish(first, body)
        elif kind == 5 and (self.version < 5 or len(body) < 3 or body[2] < 128):
            self.send(0x62, body[:2])  # PUBREL
        elif kind == 6:
            self.send(0x70, body[:2])  # PUBCOMP
        if kind in (4, 5, 7, 9, 11):
            self.acks.setdefault(struct.unpack(">H", body[:2])[0], []).append((kind, body[2:]))

    def on_publish(self, first, body):
        (n,) = struct.unpack_from(">H", body)
        topic, at, qos = body[2:2 + n].decode(), 2 + n, first >> 1 & 3
        packet_id = body[at:at + 2]
        at += 2 if qos else 0
        if self.version == 5:
            at += 1 + body[at]
        self.messages.append((topic, body[at:], qos, first & 1))
        if qos:
            self.send(0x40 if qos == 1 else 0x50, packet_id)

    def wait_ack(self, packet_id, kinds, timeout):
        end = time.monotonic() + timeout
        while True:
            for kind, body in self.acks.get(packet_id, []):
                if kind in kinds:
                    return body
            self.handle(max(0.001, end - time.monotonic()))

    def publish(self, topic, payload, qos=1, retain=False, wait=True, timeout=10):
        payload = payload if isinstance(payload, bytes) else payload.encode()
        packet_id = self.next_id
        self.next_id = self.next_id % 65535 + 1
        head = _text(topic) + (struct.pack(">H", packet_id) if qos else b"") + \
            (b"\0" if self.version == 5 else b"")
        self.acks.pop(packet_id, None)
        self.send(0x30 | qos << 1 | (1 if retain else 0), head + payload)
        if qos and wait:
            return self.wait_ack(packet_id, (4, 7), timeout)
        return packet_id

    def subscribe(self, *filters, qos=1):
        packet_id = self.next_id
        self.next_id += 1
        body = struct.pack(">H", packet_id) + (b"\0" if self.version == 5 else b"")
        self.send(0x82, body + b"".join(_text(f) + bytes([qos]) for f in filters))
        return list(self.wait_ack(packet_id, (9,), 10)[(1 if self.version == 5 else 0):])

    def unsubscribe(self, topic):
        packet_id = self.next_id
        self.next_id += 1
        self.send(0xA2, struct.pack(">H", packet_id) + _text(topic))
        self.wait_ack(packet_id, (11,), 10)

    def ping(self):
        """Everything the broker sent before its answer is in messages after this."""
        self.send(0xC0, b"")
        while True:
            first, body = self.packet(10)
            if first >> 4 == 13:
                return
            if first >> 4 == 3:
                self.on_publish(first, body)

    def expect(self, count, within=5.0):
        """The messages so far, once there are that many."""
        end = time.monotonic() + within
        while len(self.messages) < count:
            self.handle(max(0.001, end - time.monotonic()))
        return self.messages

    def closed(self, within=5.0):
        end = time.monotonic() + within
        try:
            while True:
                self.handle(max(0.001, end - time.monotonic()))
        except Closed:
            return True
        except socket.timeout:
            return False

    def disconnect(self):
        self.send(0xE0, b"")
        self.sock.close()

    def drop(self):
        """Gone without a word."""
        self.sock.close()


def tls_context(folder, certificate=None):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.load_verify_locations(f"{folder}/ca.pem")
    if certificate:
        c.load_cert_chain(f"{folder}/{certificate}.pem", f"{folder}/{certificate}.key")
    return c


# ---------------------------------------------------------------- what the plugin's tests share

AGENT = "$mytracks-agent"
FIX = '{"_type": "location", "lat": 1.5, "lon": 2.5, "tst": 1772800000}'
REPORT = '{"_type":"cmd","action":"reportLocation"}'
LWT = '{"_type": "lwt", "tst": 1772800000}'


def people():
    return {
        "alice": User("a-secret", readable=["grace/fon å"], commandable=["bob", "grace"]),
        "bob": User("b-secret", readable=["alice/pixel7"], commandable=["alice"]),
        "mallory": User("m-secret"),
        "admin": User("x-secret", superuser=True),
        "idle": User("i-secret", active=False),
        AGENT: User("agent-secret", superuser=True),
    }


@pytest.fixture
def agent(tmp_path):
    (tmp_path / "run").mkdir()
    agent = FakeAgent(tmp_path / "run", people())
    yield agent
    if agent.listener:
        agent.stop()


@pytest.fixture
def broker(tmp_path, agent):
    with Broker(tmp_path) as b:
        yield b
        assert b.alive()


def alice(broker, **kw):
    return broker.phone("alice", "a-secret", **{"client_id": "alice-phone", **kw})


def bob(broker, **kw):
    return broker.phone("bob", "b-secret", **{"client_id": "bob-phone", **kw})


def topics(phone):
    phone.ping()
    return [m[0] for m in phone.messages]


def will(topic="owntracks/alice/ipad", **kw):
    return {"topic": topic, "payload": LWT, **kw}
