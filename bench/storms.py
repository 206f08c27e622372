"""Storms, and what another phone feels of them: one publisher in a process of its own sends a position 50 times a second
and measures publish → PUBACK, before a storm and in it. Used by make bench at full size and by a system test, small.

    storms.py [NAME...]      STORM=0.1: a tenth of the size
"""
import asyncio
import contextlib
import json
import os
import resource
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/system"))
from smtpkit import Sink  # noqa: E402
from stack import BUILD, Stack  # noqa: E402
from webhook import Webhook  # noqa: E402

PASSWORD = "storm-Pa55word!"
PATIENCE = 3.0  # seconds a phone waits for its CONNACK
PAUSE = 1.0     # and then stays away
EVERY = 0.02    # seconds between the publisher's messages
WINDOW = 10.0   # seconds that count as during a storm that is shorter, where one message would be the p99
T0 = 1_700_000_000


# ---------------------------------------------------------------- MQTT 3.1.1 on the wire

def text(s):
    b = s.encode()
    return struct.pack(">H", len(b)) + b


def packet(kind, body):
    n, head = len(body), bytearray([kind])
    while True:
        n, digit = n >> 7, n & 0x7F
        head.append(digit | (0x80 if n else 0))
        if not n:
            return bytes(head) + body


def connect(user, client=None, clean=True):
    return packet(0x10, text("MQTT") + (b"\x04\xc2" if clean else b"\x04\xc0") + b"\x00\x3c" + text(client or f"{user}-1")
                  + text(user) + text(PASSWORD))


def publish(topic, number, message):
    return packet(0x32, text(topic) + struct.pack(">H", number % 65535 + 1) + json.dumps(message).encode())


def subscribe(pattern, qos=1):
    return packet(0x82, struct.pack(">H", 1) + text(pattern) + bytes([qos]))


def location(i):
    return {"_type": "location", "lat": 1, "lon": 2, "tst": T0 + i}


def log_in(port, user, timeout, **how):
    """A connected socket, or None when refused, dropped or too slow."""
    s = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    with contextlib.suppress(OSError):
        s.sendall(connect(user, **how))
        answer = s.recv(4)
        if len(answer) == 4 and answer[0] == 0x20 and answer[3] == 0:
            return s
    s.close()
    return None


# ---------------------------------------------------------------- the other phone

def steady(port):
    """The publisher's process: a line for each acknowledged message, milliseconds. It comes back when it is thrown out."""
    s, n = None, 0
    while True:
        try:
            s = s or log_in(port, "steady", 30)
            if s is None:
                time.sleep(0.05)
                continue
            begin = time.perf_counter()
            s.sendall(publish("owntracks/steady/pub", n, location(n)))
            if s.recv(4)[:1] != b"\x40":
                raise OSError
            print(f"{(time.perf_counter() - begin) * 1e3:.3f}", flush=True)
            n += 1
            time.sleep(EVERY)
        except OSError:
            s = None
            time.sleep(0.05)


class Steady:
    """with Steady(stack) as s: s.lap(): the latencies since the last lap."""

    def __init__(self, stack):
        self.stack, self.seen, self.at, self.process = stack, [], 0, None

    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, __file__, "--steady", str(self.stack.mqtt_port)],
                                        stdout=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=lambda: self.seen.extend(map(float, self.process.stdout)), daemon=True)
        self.reader.start()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.reader.join(5)

    def lap(self):
        laps, self.at = self.seen[self.at:], len(self.seen)
        return laps

    def wait(self, seconds):
        time.sleep(seconds)
        return self.lap()

    def lost(self, within=20):
        """Acknowledged messages that are no rows."""
        end = time.monotonic() + within
        while (n := len(self.seen) - rows(self.stack, "pub")) > 0 and time.monotonic() < end:
            time.sleep(0.1)
        return max(n, 0)


class Result(NamedTuple):
    title: str
    text: str     # what the storm did
    before: list  # the publisher's latencies, milliseconds
    during: list
    good: bool    # the storm got what it wanted
    lost: int     # acknowledged and not stored

    @property
    def change(self):
        return pick(self.during, .99) - pick(self.before, .99)


def pick(values, part):
    return sorted(values)[int(len(values) * part)] if values else float("inf")


def rows(stack, device):
    return stack.sql("select count(*) from my_tracks_location l join my_tracks_device d on d.id = l.device_id"
                     " where d.device_id = ?", device)[0][0]


def rows_of_phones(stack):
    return stack.sql("select count(*) from my_tracks_location l join my_tracks_device d on d.id = l.device_id"
                     " where d.device_id = 'phone'")[0][0]


EARS_EACH = 40  # WebSockets of one user; 50 are allowed


def add_phones(stack, n, staff=0):
    """steady, and phone0 ... with its hash: what is cached or shared is named by user, so each costs a verification."""
    stack.add_user("steady", PASSWORD, admin=True)
    with stack.writing() as db:
        row = db.execute("select * from auth_user where username = 'steady'")
        names = [d[0] for d in row.description if d[0] != "id"]
        wanted = {"username": "?", "is_superuser": "0", "is_staff": "0"}
        db.executemany(f"insert into auth_user ({', '.join(names)}) select {', '.join(wanted.get(c, c) for c in names)}"
                       " from auth_user where username = 'steady'",
                       [(f"phone{i}",) for i in range(n)])
        db.execute("update auth_user set is_staff = ? where username like 'phone%'", (staff,))


def mqttload(stack, publishers, messages, window):
    """phone0 sends to its devices b0, b1, ...; what bench/mqttload prints."""
    out = subprocess.run([str(BUILD / "bench/mqttload"), str(stack.mqtt_port), "phone0", PASSWORD, str(publishers), str(messages),
                          str(window), str(T0)], capture_output=True, text=True, check=True)
    return json.loads(out.stdout)


def lost_of_load(stack, publishers, count):
    """Of what mqttload had acknowledged."""
    end = time.monotonic() + 60
    while (n := count - sum(rows(stack, f"b{i}") for i in range(publishers))) > 0 and time.monotonic() < end:
        time.sleep(0.1)
    return n


# ---------------------------------------------------------------- the storms

def logins(n):
    """Phones that connect at once with cold caches, give up after 3 s and come back."""
    inside = {}
    with Stack(env={"MYTRACKS_PBKDF2_ITERATIONS": "1000000"}) as stack:
        add_phones(stack, n)
        with Steady(stack) as other:
            before = other.wait(5)[5:]
            begin, ending = time.monotonic(), threading.Event()

            def phone(i):
                while not ending.is_set():
                    if s := log_in(stack.mqtt_port, f"phone{i}", PATIENCE):
                        inside[i] = (time.monotonic() - begin, s)
                        return
                    time.sleep(PAUSE)

            threads = [threading.Thread(target=phone, args=(i,), daemon=True) for i in range(n)]
            for t in threads:
                t.start()
            for t in threads:
                t.join(max(1, n * 1.5 + 30 - (time.monotonic() - begin)))
            ending.set()
            during, lost = other.lap(), other.lost()
        for _, s in inside.values():
            s.close()
    last = max((t for t, _ in inside.values()), default=0)
    return Result("logins, cold caches, 1,000,000 rounds", f"{len(inside)} of {n} phones in, the last after {last:.1f} s",
                  before, during, len(inside) == n, lost)


class Phone:
    """Connected with a session that stays, listening like the apps; sends one position whenever it comes back."""

    def __init__(self, stack, i):
        self.stack, self.user, self.sent, self.acked = stack, f"phone{i}", 0, 0

    async def visit(self, stays):
        """Comes in, sends, and stays until the event or the end of the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.stack.mqtt_port)
        try:
            writer.write(connect(self.user, clean=False))
            if (await reader.readexactly(4))[3] != 0:
                raise OSError("refused")
            writer.write(subscribe("owntracks/+/+") + publish(f"owntracks/{self.user}/phone", self.sent, location(self.sent)))
            self.sent += 1
            while True:  # what is not its PUBACK is passed over
                head = await reader.readexactly(2)
                body = await reader.readexactly(head[1])
                if head[0] >> 4 == 4:
                    break
                if head[0] >> 4 == 3 and head[0] & 6:
                    writer.write(b"\x40\x02" + body[2 + body[1]:4 + body[1]])
            self.acked += 1
            stays.set()
            while await reader.read(4096):
                pass
        finally:
            writer.close()

    async def live(self, came_back):
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.TimeoutError):
                await self.visit(came_back)
            await asyncio.sleep(0.05)


async def come_back(stack, n, other):
    phones = [Phone(stack, i) for i in range(n)]
    events = [asyncio.Event() for _ in phones]
    tasks = [asyncio.create_task(p.live(e)) for p, e in zip(phones, events)]
    await asyncio.wait_for(asyncio.gather(*(e.wait() for e in events)), 120)
    await asyncio.sleep(0.5)
    other.lap()
    await asyncio.sleep(2)
    before = other.lap()
    for e in events:
        e.clear()
    begin = time.monotonic()
    stack.kill("broker")
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.gather(*(e.wait() for e in events)), 60)
    took, back = time.monotonic() - begin, sum(e.is_set() for e in events)
    await asyncio.sleep(max(0.5, WINDOW - took))
    during = other.lap()
    for t in tasks:
        t.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return before, during, back, took, sum(p.acked for p in phones)


def reconnects(n):
    """The broker is killed; all phones come back at once, each with a session that stayed and a position."""
    with Stack() as stack:
        add_phones(stack, n)
        with Steady(stack) as other:
            before, during, back, took, acked = asyncio.run(come_back(stack, n, other))
            lost = other.lost()
        end = time.monotonic() + 20
        while rows_of_phones(stack) < acked and time.monotonic() < end:
            time.sleep(0.05)
        lost += max(0, acked - rows_of_phones(stack))
    return Result("phones that reconnect after the broker was killed", f"{back} of {n} back after {took:.1f} s",
                  before, during, back == n, lost)


def backlog(n):
    """A phone that was away sends all that it has kept."""
    with Stack() as stack:
        add_phones(stack, 1)
        with Steady(stack) as other:
            before = other.wait(3)[5:]
            load, during = mqttload(stack, 1, n, 100), other.lap()
            lost = other.lost() + lost_of_load(stack, 1, n)
    return Result("messages that a phone has kept", f"{load['count']} acknowledged in {load['seconds']:.1f} s",
                  before, during, load["count"] == n, lost)


def listeners(n, seconds=10):
    """WebSockets that all hear of each of 100 messages a second: the publisher's, and as many of another phone."""
    with Stack() as stack:
        add_phones(stack, -(-n // EARS_EACH), staff=1)
        cookies = [stack.sign_in(f"phone{i}", PASSWORD)["cookie"] for i in range(-(-n // EARS_EACH))]
        with Steady(stack) as other:
            before = other.wait(3)[5:]
            ears = subprocess.Popen([str(BUILD / "bench/wsload"), str(stack.http_port), str(n), *cookies], stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, text=True)
            assert ears.stdout.readline() == f"open {n}\n"
            other.lap()
            s = log_in(stack.mqtt_port, "phone0", 10)
            sent, begin = 0, time.monotonic()
            while time.monotonic() < begin + seconds:
                s.sendall(publish("owntracks/phone0/phone", sent, location(sent)))
                s.recv(4)
                sent += 1
                time.sleep(max(0, begin + sent * EVERY - time.monotonic()))
            during = other.lap()
            time.sleep(2)
            heard = json.loads(ears.communicate("")[0])
            lost = other.lost() + sent - rows(stack, "phone")
    all_sent = sent + len(during)
    return Result("WebSockets that hear 100 messages a second",
                  f"{heard['events'] / seconds:.0f} events/s heard by {n}, each at least {heard['fewest']} of {all_sent}, {heard['closed']} closed",
                  before, during, heard["closed"] == 0 and heard["fewest"] >= all_sent, lost)


def deaf(n):
    """Subscribers that read nothing: one over MQTT with QoS 1 and a session, one WebSocket. Others send n messages."""
    with Stack() as stack:
        add_phones(stack, 1)
        cookie = stack.sign_in("steady", PASSWORD)["cookie"]
        quiet = log_in(stack.mqtt_port, "steady", 10, client="deaf", clean=False)
        quiet.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        quiet.sendall(subscribe("#"))
        ws = socket.create_connection(("127.0.0.1", stack.http_port))
        ws.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        ws.sendall((f"GET /ws/locations/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nCookie: {cookie}\r\n"
                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode())
        with Steady(stack) as other:
            before = other.wait(3)[5:]
            load, during = mqttload(stack, 4, n, 20), other.lap()
            lost = other.lost() + lost_of_load(stack, 4, load["count"])
        quiet.close()
        ws.close()
    return Result("messages past two subscribers that read nothing", f"{load['count']} acknowledged in {load['seconds']:.1f} s",
                  before, during, load["count"] == n // 4 * 4, lost)


def hanging(n):
    """A mail server and a webhook that take the connection and say nothing, while n transitions and positions want them."""
    with Stack(env={"MYTRACKS_MAIL_RATE": "0"}) as stack, Sink(hang=True) as sink, Webhook() as hook:
        add_phones(stack, 1)
        s = log_in(stack.mqtt_port, "phone0", 10)
        s.sendall(publish("owntracks/phone0/phone", 0, location(0)))
        assert s.recv(4)[:1] == b"\x40"
        stack.request("POST", "/api/admin/domesti-bot/pair/", {
            "api_key": "k", "user_location_update_url": hook.url("/hang"), "user_location_test_url": hook.url("/hang")},
            auth=("steady", PASSWORD))
        stack.request("PATCH", "/api/admin/domesti-bot/config/", {"location_updates_enabled": True}, auth=("steady", PASSWORD))
        with stack.writing() as db:
            db.execute("insert into my_tracks_smtpconfig (id, host, port, username, encrypted_password, use_tls, use_ssl, from_address,"
                       " updated_at) values (1, '127.0.0.1', ?, '', x'', 0, 0, 'tracks@example.org', '2026-01-01 00:00:00')", (sink.port,))
            db.execute("insert into my_tracks_transitionaction (event, action_type, email_address, is_active, created_at, user_id)"
                       " select 'any', 'email', 'x@example.net', 1, '2026-01-01 00:00:00', id from auth_user where username = 'phone0'")
        with Steady(stack) as other:
            before = other.wait(3)[5:]
            for i in range(1, n + 1):
                s.sendall(publish("owntracks/phone0/phone", 2 * i, location(i)))
                s.sendall(publish("owntracks/phone0/phone/event", 2 * i + 1, {
                    "_type": "transition", "event": "enter", "desc": f"Place {i}", "lat": 1, "lon": 2, "tst": T0 + i, "acc": 5}))
                for _ in range(2):
                    assert s.recv(4)[:1] == b"\x40"
            called = sink.wait_for_connection(1, 20) and hook.wait_for(1, 20)
            during, lost = other.lap() + other.wait(2), other.lost()
        stack.wait_sql("select count(*) from my_tracks_transition", [(n,)], 20)
        waiting, = stack.sql("select count(*) from mytracks_outbox where state = 0")[0]
        lost += n + 1 - rows(stack, "phone") + n - stack.sql("select count(*) from my_tracks_transition")[0][0]
    return Result("transitions with a mail server and a webhook that hang", f"{n} stored, {waiting} mails and calls wait",
                  before, during, bool(called) and waiting >= n, lost)


STORMS = {"logins": (logins, 500), "reconnects": (reconnects, 1000), "backlog": (backlog, 100_000),
          "listeners": (listeners, 2000), "deaf": (deaf, 20_000), "hanging": (hanging, 200)}


def run(names, part=1.0):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for name in names or STORMS:
        storm, size = STORMS[name]
        r = storm(int(size * part))
        print(f"\nstorm: {int(size * part)} {r.title} (target: p99 of another phone's PUBACK not 50 ms worse, nothing lost)")
        print(f"  {r.text}; {r.lost} acknowledged messages lost")
        for when, v in (("before", r.before), ("during", r.during)):
            print(f"  publisher {when}: p50 {pick(v, .5):.2f} ms, p99 {pick(v, .99):.2f} ms, max {max(v, default=0):.0f} ms, {len(v)} messages")
        sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--steady"]:
        steady(int(sys.argv[2]))
    else:
        run(sys.argv[1:], float(os.environ.get("STORM", "1")))
