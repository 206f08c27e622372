"""A login storm: phones that connect at once with cold caches, give up after 3 s and come back, while one
publisher that was connected before goes on publishing. Used by make bench (500) and by a system test (20)."""
import socket
import sqlite3
import struct
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/system"))
from stack import Stack  # noqa: E402

PASSWORD = "storm-Pa55word!"
PATIENCE = 3.0  # seconds a phone waits for its CONNACK
PAUSE = 1.0     # and then stays away


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


def log_in(port, user, timeout):
    """A connected socket, or None when refused, dropped or too slow."""
    s = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    try:
        s.sendall(packet(0x10, text("MQTT") + b"\x04\xc2\x00\x3c" + text(f"{user}-1") + text(user) + text(PASSWORD)))
        if s.recv(4) == b"\x20\x02\x00\x00":
            return s
    except OSError:
        pass
    s.close()
    return None


def make_users(stack, n):
    """One hash for all: what is cached or shared is named by user, so each costs a verification."""
    stack.add_user("steady", PASSWORD)
    db = sqlite3.connect(stack.db_path, timeout=10)
    row = db.execute("select * from auth_user where username = 'steady'")
    names = [d[0] for d in row.description if d[0] != "id"]
    db.executemany(f"insert into auth_user ({', '.join(names)}) select "
                   f"{', '.join('?' if c == 'username' else c for c in names)} from auth_user where username = 'steady'",
                   [(f"phone{i}",) for i in range(n)])
    db.commit()
    db.close()


def publisher(port, latencies, ending):
    s = log_in(port, "steady", 30)
    n = 0
    while not ending.is_set():
        n += 1
        body = b'{"_type":"location","lat":1,"lon":2,"tst":%d}' % (1_700_000_000 + n)
        begin = time.perf_counter()
        s.sendall(packet(0x32, text("owntracks/steady/pub") + struct.pack(">H", n % 65535 + 1) + body))
        if s.recv(4)[:1] != b"\x40":
            raise RuntimeError("the publisher was dropped")
        latencies.append(time.perf_counter() - begin)
        time.sleep(0.02)
    s.close()


def run(phones):
    latencies, quiet, ending, inside = [], [], threading.Event(), {}
    with Stack(env={"MYTRACKS_PBKDF2_ITERATIONS": "1000000"}) as stack:
        make_users(stack, phones)
        other = threading.Event()
        steady = threading.Thread(target=publisher, args=(stack.mqtt_port, latencies, ending), daemon=True)
        steady.start()
        time.sleep(5)
        quiet.extend(latencies)
        latencies.clear()
        begin = time.monotonic()

        def phone(i):
            while not other.is_set():
                s = log_in(stack.mqtt_port, f"phone{i}", PATIENCE)
                if s:
                    inside[i] = (time.monotonic() - begin, s)
                    return
                time.sleep(PAUSE)

        threads = [threading.Thread(target=phone, args=(i,), daemon=True) for i in range(phones)]
        for t in threads:
            t.start()
        for t in threads:
            t.join(max(1, phones * 1.5 + 30 - (time.monotonic() - begin)))
        took = time.monotonic() - begin
        other.set()
        ending.set()
        steady.join(10)
        for _, s in inside.values():
            s.close()
    pick = lambda v, q: sorted(v)[int(len(v) * q)] * 1e3  # noqa: E731
    print(f"\nlogin storm: {phones} phones, cold caches, 1,000,000 rounds (target: all in, publisher's p99 <= 50 ms)")
    print(f"  {len(inside)} of {phones} in, the last after {max((t for t, _ in inside.values()), default=0):.1f} s ({took:.1f} s in all)")
    print(f"  publisher before: p50 {pick(quiet, .5):.2f} ms, p99 {pick(quiet, .99):.2f} ms")
    print(f"  publisher during: p50 {pick(latencies, .5):.2f} ms, p99 {pick(latencies, .99):.2f} ms, "
          f"max {max(latencies) * 1e3:.0f} ms, {len(latencies)} messages")
    return len(inside), pick(latencies, .99)


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
