"""The whole stack for black-box tests: tests/serve on free ports in a temporary folder."""
import contextlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from base64 import b64encode
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("B", ROOT / "build"))
CONFORMANCE = Path(os.environ.get("CONFORMANCE_DIR", ROOT.parent / "shared" / "conformance"))


CLAIMS = []


def free_ports(n):
    """Ports of ours until this process ends: below the range that outgoing connections take, nobody listens on them,
    and no other test may take them before whoever they are for listens. Such a claim is an abstract socket's name, which
    has one owner and goes with it."""
    ports = []
    while len(ports) < n:
        port = random.randrange(20000, 32000)
        claim = socket.socket(socket.AF_UNIX)
        with socket.socket() as s:
            try:
                claim.bind(f"\0mytracks-test-port-{port}")
                s.bind(("127.0.0.1", port))
            except OSError:
                claim.close()
                continue
        CLAIMS.append(claim)
        ports.append(port)
    return ports


def until(check, within=10):
    """Polls until check() is true and gives that; fails after `within` seconds."""
    end = time.monotonic() + within
    while not (got := check()):
        assert time.monotonic() < end, "not in time"
        time.sleep(0.02)
    return got


def processes():
    """{pid: (ppid, name, command line)} of this machine."""
    out = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            name = stat[stat.index("(") + 1:stat.rindex(")")]
            state, ppid = stat[stat.rindex(")") + 2:].split()[:2]
            if state != "Z":
                out[int(entry.name)] = (int(ppid), name, command)
    return out


class Route(NamedTuple):
    """A row of the web application's table; methods ["*"]: any."""
    methods: list
    pattern: str
    side: str
    who: str
    csrf: str
    body: str

    def path(self, value="1"):
        """An address that it serves."""
        return re.sub(r"{\w+}", value, self.pattern)


def routes():
    text = subprocess.run([str(BUILD / "bin/mytracks-fcgi"), "--routes"], check=True, text=True, stdout=subprocess.PIPE).stdout
    rows = [line.split() for line in text.splitlines()]
    return [Route(row[0].split(","), *row[1:]) for row in rows]


class Stack:
    """with Stack() as s: ...; a fresh database with users {name: password}, or a copy of a fixture."""

    def __init__(self, users=None, fixture=None, folder=None, env=None, spool_dir=None):
        self.folder = Path(folder or tempfile.mkdtemp(prefix="mt"))
        self.owns_folder = folder is None
        self.db_path = self.folder / "db.sqlite3"
        self.run_dir = self.folder / "run"
        self.http_port, self.mqtt_port, self.ws_port = free_ports(3)
        self.env = dict(os.environ, B=str(BUILD), DATABASE_URL=f"sqlite:///{self.db_path}",
                        SECRET_KEY="system-test-key-0123456789012345678901234567890123", DEBUG="True",
                        ALLOWED_HOSTS="localhost,127.0.0.1", HTTP_PORT=str(self.http_port),
                        MQTT_PORT=str(self.mqtt_port), MQTT_WS_PORT=str(self.ws_port),
                        MQTT_TLS_PORT="-1", RUN_DIR=str(self.run_dir), DJANGO_LOG_LEVEL="WARNING",
                        # Few: a test that is about what a password costs says how many it wants.
                        MYTRACKS_PBKDF2_ITERATIONS="1000")
        if spool_dir:
            self.env["MYTRACKS_SPOOL_DIR"] = str(spool_dir)
        self.env.update(env or {})
        self.run_dir.mkdir(exist_ok=True)
        self.process = None
        if fixture:
            packed = CONFORMANCE / "fixtures" / f"{fixture}.sqlite3.xz"
            with open(self.db_path, "wb") as f:
                subprocess.run(["xz", "-dc", str(packed)], stdout=f, check=True)
            self.env["SECRET_KEY"] = json.loads(packed.with_name(f"{fixture}.json").read_text())["secret_key"]
        for name, password in (users or {}).items():
            self.add_user(name, password)

    def add_user(self, name, password, admin=False):
        subprocess.run([str(BUILD / "bin/mytracks"), "user", "add", *(["--admin"] if admin else []),
                        "--password-stdin", name], input=password + "\n", text=True, env=self.env, check=True,
                       stdout=subprocess.DEVNULL, cwd=self.folder)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        if self.owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, wait=20):
        self.log = open(self.folder / "serve.log", "ab")
        self.process = subprocess.Popen([str(ROOT / "tests/serve")], env=self.env, stdout=self.log,
                                        stderr=subprocess.STDOUT, start_new_session=True)
        end = time.monotonic() + wait
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError("serve ended: " + (self.folder / "serve.log").read_text()[-3000:])
            if self.healthy():
                return
            time.sleep(0.01)
        raise RuntimeError("serve does not answer: " + (self.folder / "serve.log").read_text()[-3000:])

    def healthy(self):
        try:
            status, body = self.request("GET", "/api/health/", timeout=1)
            return status == 200
        except OSError:
            return False
        except http.client.HTTPException:
            return False

    def stop(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill("all")
        self.process.wait()
        self.log.close()
        self.process = None

    # -- who runs

    def pids(self, part):
        """agent, worker (one of fcgi's), fcgi, broker, nginx, or all (serve too)."""
        table = processes()
        children = {pid for pid, (ppid, _, _) in table.items() if ppid == self.process.pid}

        def named(text, among):
            return [p for p in among if text in table[p][2].split(" ")[0]]

        if part == "all":
            below, found = {self.process.pid}, True
            while found:
                found = {p for p, (pp, _, _) in table.items() if pp in below} - below
                below |= found
            return sorted(below)
        if part == "worker":
            parent = named("mytracks-fcgi", children)
            return [p for p, (pp, _, _) in table.items() if parent and pp == parent[0]]
        return named({"agent": "mytracks-agent", "fcgi": "mytracks-fcgi", "broker": "mosquitto",
                      "nginx": "nginx"}[part], children)

    def kill(self, part):
        """SIGKILL; of a worker, one of them. The pids killed."""
        pids = self.pids(part)
        if part == "worker" and pids:
            pids = [random.choice(pids)]
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return pids

    # -- talking to it

    def request(self, method, path, body=None, headers=None, auth=None, timeout=10):
        status, _, text = self.answer(method, path, body, headers, auth, timeout)
        return status, text

    def answer(self, method, path, body=None, headers=None, auth=None, timeout=10):
        """(status, headers, body); headers with small letters, several of one name in one, with ", "."""
        c = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=timeout)
        try:
            h = dict(headers or {})
            if auth:
                h["Authorization"] = "Basic " + b64encode(":".join(auth).encode()).decode()
            if isinstance(body, (dict, list)):
                body = json.dumps(body)
                h.setdefault("Content-Type", "application/json")
            c.request(method, path, body, h)
            r = c.getresponse()
            found = {}
            for name, value in r.getheaders():
                name = name.lower()
                found[name] = f"{found[name]}, {value}" if name in found else value
            return r.status, found, r.read()
        finally:
            c.close()

    def sign_in(self, name, password, cookie=""):
        """A browser's sign-in: {"cookie": header, "csrf": token, "session": key, "status": of the POST}."""
        _, headers, page = self.answer("GET", "/login/", headers={"Cookie": cookie} if cookie else None)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.decode()).group(1)
        secret = re.search(r"csrftoken=(\w+)", headers["set-cookie"]).group(1)
        form = urlencode({"csrfmiddlewaretoken": token, "username": name, "password": password})
        status, headers, _ = self.answer("POST", "/login/", form, {
            "Content-Type": "application/x-www-form-urlencoded", "Cookie": f"{cookie}; csrftoken={secret}".lstrip("; ")})
        found = {k: (re.search(rf"{k}=(\w+)", headers.get("set-cookie", "")) or [None, ""])[1]
                 for k in ("sessionid", "csrftoken")}
        return {"cookie": "; ".join(f"{k}={v}" for k, v in found.items()), "csrf": found["csrftoken"],
                "session": found["sessionid"], "status": status, "headers": headers}

    @contextlib.contextmanager
    def writing(self):
        """A connection whose changes are committed at the end: what another program, or Django, would do."""
        with contextlib.closing(sqlite3.connect(self.db_path, timeout=10)) as db, db:
            db.execute("begin immediate")  # else a read before the first change could not become one
            yield db

    def log_text(self):
        return (self.folder / "serve.log").read_text()

    def sql(self, query, *args):
        db = sqlite3.connect(f"file:{self.db_path}?mode=ro", uri=True, timeout=10)
        try:
            return db.execute(query, args).fetchall()
        finally:
            db.close()

    def wait_sql(self, query, want, within=10):
        """Polls until the rows are equal; the last rows otherwise."""
        end = time.monotonic() + within
        while True:
            rows = self.sql(query)
            if rows == want or time.monotonic() > end:
                return rows
            time.sleep(0.02)
