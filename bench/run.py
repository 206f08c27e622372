#!/usr/bin/python3
"""make bench: the numbers of issue-sized claims, measured on the real stack and printed as tables.

Nothing here passes or fails: compare two builds in one run, or a run with the targets that are printed.
BENCH selects parts: bench/run.py mqtt http endpoints list stream memory start storm browser
"""
import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from base64 import b64encode
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/system"))
from stack import BUILD, Stack, processes  # noqa: E402

USER, PASSWORD = "bench", "bench-Pa55word!"
AUTH = "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def table(title, head, rows):
    rows = [[str(c) for c in r] for r in rows]
    widths = [max(len(r[i]) for r in [head, *rows]) for i in range(len(head))]
    print(f"\n{title}")
    for r in [head, ["-" * w for w in widths], *rows]:
        print("  " + "  ".join(c.ljust(w) for c, w in zip(r, widths)))
    sys.stdout.flush()


def load(program, *args):
    out = subprocess.run([str(BUILD / "bench" / program), *map(str, args)], capture_output=True, text=True)
    if out.returncode:
        sys.exit(f"{program} {args[:3]}: {out.stderr}")
    return json.loads(out.stdout)


def mqttload(s, publishers, messages, window, first):
    return load("mqttload", s.mqtt_port, USER, PASSWORD, publishers, messages, window, first)


def httpload(s, connections, requests, method, path, first=0):
    return load("httpload", s.http_port, connections, requests, method, path, AUTH, first)


def memory(pid):
    """(RSS, PSS) in MiB"""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    value = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in text.splitlines()[1:]}
    return value["Rss"], value["Pss"]


def count_rows(s):
    return s.sql("select coalesce(max(id), 0) from my_tracks_location")[0][0]


def bench_mqtt(s):
    rows, first = [], 1_600_000_000
    mqttload(s, 1, 100, 10, first)
    for publishers, messages, window in ((1, 40000, 100), (10, 40000, 20), (100, 40000, 10)):
        first += 100_000
        before, begin = count_rows(s), time.monotonic()
        r = mqttload(s, publishers, messages, window, first)
        while count_rows(s) < before + r["count"]:
            time.sleep(0.005)
        stored = r["count"] / (time.monotonic() - begin)
        rows.append([publishers, r["count"], f"{r['rate']:.0f}", f"{stored:.0f}", f"{r['p50']:.2f}", f"{r['p99']:.2f}"])
    table("MQTT QoS 1 ingest (target: >= 5000 stored/s)",
          ["publishers", "messages", "PUBACK/s", "stored/s", "PUBACK p50 ms", "p99 ms"], rows)


def bench_latency(s):
    """publish → row and publish → WebSocket on a quiet stack."""
    import paho.mqtt.client as paho
    import websocket

    c = paho.Client(client_id="bench-latency")
    c.username_pw_set(USER, PASSWORD)
    c.connect("127.0.0.1", s.mqtt_port)
    c.loop_start()
    ws = websocket.create_connection(f"ws://127.0.0.1:{s.http_port}/ws/locations/", cookie=s.sign_in(USER, PASSWORD)["cookie"], timeout=10)
    ws.recv()
    db = sqlite3.connect(f"file:{s.db_path}?mode=ro", uri=True)
    heard, rowed = [], []
    for i in range(300):
        tst = 1_650_000_000 + i
        begin = time.perf_counter()
        c.publish(f"owntracks/{USER}/lat", json.dumps({"_type": "location", "lat": 1, "lon": 2, "tst": tst}), qos=1)
        ws.recv()
        heard.append(time.perf_counter() - begin)
        time.sleep(0.005)
    for i in range(300):
        tst = 1_660_000_000 + i
        begin = time.perf_counter()
        c.publish(f"owntracks/{USER}/lat", json.dumps({"_type": "location", "lat": 1, "lon": 2, "tst": tst}), qos=1)
        want = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(tst))
        while not db.execute("select 1 from my_tracks_location where timestamp = ?", (want,)).fetchone():
            pass
        rowed.append(time.perf_counter() - begin)
    c.disconnect()
    c.loop_stop()
    ws.close()
    pick = lambda v, q: f"{sorted(v)[int(len(v) * q)] * 1e3:.2f}"  # noqa: E731
    table("MQTT latency, one message at a time (target: WebSocket p50 <= 10 ms)", ["publish to", "p50 ms", "p99 ms"],
          [["row", pick(rowed, .5), pick(rowed, .99)], ["WebSocket", pick(heard, .5), pick(heard, .99)]])


def bench_http(s):
    rows = []
    httpload(s, 1, 20, "POST", "/api/locations/", 1_500_000_000)
    for i, connections in enumerate((1, 8, 32)):
        r = httpload(s, connections, 10000, "POST", "/api/locations/", 1_510_000_000 + i * 1_000_000)
        rows.append([connections, r["count"], f"{r['rate']:.0f}", f"{r['p50']:.2f}", f"{r['p99']:.2f}"])
    table("HTTP ingest, Basic auth, keep-alive (target: >= 2000/s)",
          ["connections", "posts", "posts/s", "p50 ms", "p99 ms"], rows)


def fill(s, rows):
    """rows locations for one device of the user, straight into the table (the stack runs)."""
    db = sqlite3.connect(s.db_path, timeout=60)
    db.execute("pragma journal_mode")
    user = db.execute("select id from auth_user where username = ?", (USER,)).fetchone()[0]
    now = "2026-01-01 00:00:00"
    db.execute("insert into my_tracks_device (device_id, name, created_at, last_seen, is_online, mqtt_user, owner_id) "
               "values ('big', 'Big', ?, ?, 0, ?, ?)", (now, now, USER, user))
    device = db.execute("select id from my_tracks_device where device_id = 'big'").fetchone()[0]
    begin = 1_400_000_000
    db.executemany(
        "insert into my_tracks_location (device_id, latitude, longitude, timestamp, accuracy, battery_level, "
        "connection_type, ip_address, received_at, tracker_id, received_via, owntracks_message_id, trigger, "
        "fix_source, wifi_bssid, wifi_ssid) values (?, ?, ?, ?, 10, 80, 'm', '192.0.2.1', ?, 'bg', 'mqtt', '', "
        "'u', '', '', '')",
        ((device, 48 + i % 1000 / 1e4, 11 + i % 777 / 1e4,
          t := time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(begin + i * 10)), t) for i in range(rows)))
    db.commit()
    db.close()
    return begin


def bench_list(s, begin):
    rows = []
    for title, path in (("newest 100", "/api/locations/?limit=100"), ("of one device", "/api/locations/?limit=100&device=big"),
                        ("devices", "/api/devices/"), ("last-known", "/api/locations/last-known/"),
                        ("a day", f"/api/locations/?device=big&start_time={begin}&end_time={begin + 86400}&limit=100")):
        r = httpload(s, 2, 2000, "GET", path)
        rows.append([title, path.split("?")[0], f"{r['rate']:.0f}", f"{r['p50']:.2f}", f"{r['p99']:.2f}"])
    table("lists with 1,000,000 rows (target: p99 <= 5 ms)", ["what", "path", "requests/s", "p50 ms", "p99 ms"], rows)


def bench_endpoints(s, begin):
    """The ten that apps, pages and monitoring ask most, through nginx over kept connections."""
    (row,), = s.sql("select max(id) from my_tracks_location")
    rows = []
    for title, method, path in (
            ("phone's report", "POST", "/pub"), ("report (API)", "POST", "/api/locations/"),
            ("newest 100", "GET", "/api/locations/?limit=100"), ("since an id", "GET", f"/api/locations/?since_id={row - 10}"),
            ("a day of a device", "GET", f"/api/locations/?device=big&start_time={begin}&end_time={begin + 86400}&limit=100"),
            ("last-known", "GET", "/api/locations/last-known/"), ("devices", "GET", "/api/devices/"), ("account", "GET", "/api/account/"),
            ("friends", "GET", "/api/friends/"), ("health", "GET", "/api/health/")):
        numbers = []
        for connections, requests in ((1, 2000), (8, 8000)):
            r = httpload(s, connections, requests, method, path, 1_700_000_000 + len(rows) * 100_000 + connections * 10_000)
            numbers += [f"{r['rate']:.0f}", f"{r['p50']:.2f}", f"{r['p99']:.2f}"]
        rows.append([title, f"{method} {path.split('?')[0]}", *numbers])
    table("ten endpoints with 1,000,000 rows: 1 connection, then 8",
          ["what", "path", "requests/s", "p50 ms", "p99 ms", "requests/s", "p50 ms", "p99 ms"], rows)


def bench_stream(s, begin):
    """100,000 points: the worker's peak RSS is read while it runs."""
    import http.client

    peak, ending = [0.0], threading.Event()

    def watch():
        pids = s.pids("worker")
        while not ending.is_set():
            for pid in pids:
                try:
                    line = [x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmHWM")][0]
                    peak[0] = max(peak[0], int(line.split()[1]) / 1024)
                except (OSError, IndexError):
                    pass
            time.sleep(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    rows = []
    for _ in range(3):
        c = http.client.HTTPConnection("127.0.0.1", s.http_port, timeout=60)
        start = time.perf_counter()
        c.request("GET", f"/api/locations/?device=big&resolution=0&start_time={begin}&end_time={begin + 999_990}",
                  headers={"Authorization": AUTH})
        r = c.getresponse()
        r.read(1)
        first = time.perf_counter() - start
        size = 1
        while block := r.read(1 << 20):
            size += len(block)
        rows.append([r.status, f"{first * 1e3:.0f}", f"{(time.perf_counter() - start) * 1e3:.0f}", f"{size / 1e6:.1f}"])
        c.close()
    ending.set()
    watcher.join()
    table(f"100,000 points, resolution=0 (target: <= 1 s, worker <= 24 MiB; peak RSS of a worker {peak[0]:.1f} MiB)",
          ["status", "first byte ms", "total ms", "MB"], rows)


def bench_memory(s):
    """Idle: after nginx's cache loader, which ends by itself after a minute, and workers that the start made."""
    end = time.monotonic() + 100
    while time.monotonic() < end and any("cache loader" in processes()[pid][2] for pid in s.pids("all")):
        time.sleep(1)
    table_of = processes()
    rows, rss, pss = [], 0.0, 0.0
    for pid in s.pids("all"):
        r, p = memory(pid)
        rows.append([table_of[pid][1], pid, f"{r:.1f}", f"{p:.1f}"])
        rss, pss = rss + r, pss + p
    rows.append(["together", "", f"{rss:.1f}", f"{pss:.1f}"])
    table("resident memory, idle (target: <= 60 MiB; PSS counts a shared page once)",
          ["process", "pid", "RSS MiB", "PSS MiB"], rows)


def bench_start():
    rows = []
    for _ in range(5):
        s = Stack()
        begin = time.perf_counter()
        s.start()
        ready = time.perf_counter() - begin
        begin = time.perf_counter()
        s.stop()
        rows.append([f"{ready * 1e3:.0f}", f"{(time.perf_counter() - begin) * 1e3:.0f}"])
    table("start and stop (target: start <= 1000 ms, stop <= 3000 ms)", ["ready after ms", "stopped after ms"], rows)


def main():
    parts = set(sys.argv[1:] or os.environ.get("BENCH", "").split())
    want = lambda p: not parts or p in parts  # noqa: E731
    print(f"mytracks bench: {os.cpu_count()} processors, {subprocess.getoutput('uname -sr')}, build {BUILD}")
    if want("start"):
        bench_start()
    if parts - {"start", "storm", "browser"} or not parts:
        with Stack(users={USER: PASSWORD}) as s:
            if want("memory"):
                time.sleep(2)
                bench_memory(s)
            if want("mqtt"):
                bench_latency(s)
                bench_mqtt(s)
            if want("http"):
                bench_http(s)
            if want("list") or want("stream") or want("endpoints"):
                begin = fill(s, 1_000_000)
                if want("endpoints"):
                    bench_endpoints(s, begin)
                if want("list"):
                    bench_list(s, begin)
                if want("stream"):
                    bench_stream(s, begin)
    if want("storm"):
        import storms
        storms.run([], float(os.environ.get("STORM", "1")))
    if want("browser"):
        subprocess.run(["node", str(ROOT / "bench/browser.mjs")], check=True, env={**os.environ, "B": str(BUILD)})


if __name__ == "__main__":
    main()
