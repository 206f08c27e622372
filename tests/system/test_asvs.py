"""Items of OWASP ASVS 5.0 that a request can test on the web application. The number before each name is the
item's; where other tests hold one it is not repeated: outgoing requests (1.3.6, 12.3.2) in test_domesti.py, resends
and crashes (2.3.x) in test_crash.py, MQTT in test_plugin*.py, formats in tests/unit."""
import json
import os
import re
import socket
import sqlite3
import subprocess
import threading
import time

import pytest
import websocket
from stack import BUILD, ROOT, Stack, routes

ADMIN = ("root", "asvs-Admin-Pa55word")
EMMA = ("emma", "asvs-Emma-Pa55word")
BEN = ("ben", "asvs-Ben-Pa55word")
EVIL = "https://evil.example"


@pytest.fixture(scope="module")
def stack():
    s = Stack(users=dict([EMMA, BEN]), env={"MYTRACKS_POLICY": "strict", "DJANGO_LOG_LEVEL": "DEBUG"})
    s.add_user(*ADMIN, admin=True)
    with s:
        for user, device in ((EMMA, "phone"), (BEN, "tablet")):
            assert s.request("POST", "/api/locations/", report(user[0], device), auth=user) == (200, b"[]")
        yield s


def report(user, device, **more):
    return {"_type": "location", "topic": f"owntracks/{user}/{device}", "lat": 1, "lon": 2, "tst": 1_772_800_000, **more}


def api(who=None):
    return [r for r in routes() if r.side == "api" and who in (None, r.who)]


def write(stack, text, *values):
    db = sqlite3.connect(stack.db_path, timeout=10)
    with db:
        db.execute(text, values)
    db.close()


def rows(stack, table):
    return stack.sql(f"select count(*) from {table}")[0][0]


# ---- V1 encoding and injection

def test_1_2_1_text_is_escaped_in_pages(stack):
    """The name that was typed comes back in the form."""
    text = "\"'><img src=x onerror=1>"
    answer = stack.sign_in(text, "wrong")
    assert answer["status"] == 200
    page = stack.answer("GET", "/login/?next=" + "%22%3E%3Cimg%20src=x%3E")[2]
    for html in (page, stack.answer("GET", "/%3Cimg%20src=x%3E", headers={"Accept": "text/html"})[2]):
        assert b"<img src=x" not in html


def test_1_2_2_no_header_from_a_parameter(stack):
    answer = stack.sign_in(*EMMA)
    form = "csrfmiddlewaretoken=" + answer["csrf"] + "&username=emma&password=" + EMMA[1] + "&next=/a%0d%0aX-Evil:1"
    status, headers, _ = stack.answer("POST", "/login/", form, {
        "Content-Type": "application/x-www-form-urlencoded", "Cookie": answer["cookie"]})
    assert status == 302 and "x-evil" not in headers and "\n" not in headers["location"]


@pytest.mark.parametrize("value", ["' OR 1=1 --", "emma/phone' OR '1'='1", "\"; DROP TABLE auth_user; --", "%n%s%n", "a\0b"])
def test_1_2_4_and_1_2_9_values_stay_values(stack, value):
    from urllib.parse import quote

    before = rows(stack, "auth_user")
    assert stack.request("GET", "/api/locations/?device=" + quote(value), auth=EMMA)[0] == 404
    assert stack.request("GET", f"/api/devices/{quote(value, safe='')}/", auth=EMMA)[0] in (400, 404)
    assert rows(stack, "auth_user") == before


def test_1_2_4_no_sql_is_made_from_texts():
    for file in subprocess.run(["git", "ls-files", "db/*.c"], cwd=ROOT, text=True, stdout=subprocess.PIPE).stdout.split():
        assert not re.search(r"sqlite3_(v?mprintf|snprintf)\(", (ROOT / file).read_text()), file


@pytest.mark.parametrize("program", ["bin/mytracks-fcgi", "bin/mytracks-agent", "lib/mosquitto_mytracks.so"])
def test_1_2_5_no_shell_and_no_other_programs(program):
    names = subprocess.run(["nm", "-D", "--undefined-only", str(BUILD / program)], check=True, text=True,
                           stdout=subprocess.PIPE).stdout
    assert not re.search(r" (system|popen|exec[lv]\w*|posix_spawnp?)@?", names)


def test_1_5_2_a_session_that_grows_is_none(stack):
    import zlib
    from base64 import urlsafe_b64encode
    from hashlib import sha256
    import hmac

    secret, salt = stack.env["SECRET_KEY"].encode(), b"django.contrib.sessions.SessionStore"
    bomb = b"." + urlsafe_b64encode(zlib.compress(b'{"a": "' + b"0" * 50_000_000 + b'"}', 9)).rstrip(b"=") + b":1uAAAA"
    key = sha256(salt + b"signer" + secret).digest()
    data = bomb + b":" + urlsafe_b64encode(hmac.new(key, bomb, sha256).digest()).rstrip(b"=")
    write(stack, "insert or replace into django_session values (?, ?, '2099-01-01 00:00:00')", "b" * 32, data.decode())
    started = time.monotonic()
    assert stack.request("GET", "/api/account/", headers={"Cookie": "sessionid=" + "b" * 32})[0] == 403
    assert time.monotonic() - started < 2


# ---- V2 validation and limits

@pytest.mark.parametrize("body", [{"lat": 95}, {"lat": -90.1}, {"lon": 181}, {"batt": 101}, {"tst": 10**18}, {"lat": True}])
def test_2_2_1_ranges(stack, body):
    before = rows(stack, "my_tracks_location")
    assert stack.request("POST", "/api/locations/", report("emma", "phone", **body), auth=EMMA)[0] == 400
    assert rows(stack, "my_tracks_location") == before


def test_2_4_1_guessing_does_not_stop_others():
    """32 at a time with wrong passwords: none gets in, and few are tried at all."""
    with Stack(users=dict([EMMA])) as s:
        answers, stop = [], threading.Event()

        def guess():
            while not stop.is_set():
                answers.append(s.request("GET", "/api/account/", auth=("emma", os.urandom(6).hex()), timeout=30)[0])

        threads = [threading.Thread(target=guess) for _ in range(32)]
        for t in threads:
            t.start()
        time.sleep(5)
        stop.set()
        for t in threads:
            t.join()
        assert set(answers) <= {403, 503}, set(answers)
        assert answers.count(403) < 60, "looked at in 5 s"


# ---- V3 the browser's side

PROTECTED = {"x-frame-options": "DENY", "x-content-type-options": "nosniff",
             "referrer-policy": "strict-origin-when-cross-origin", "cross-origin-opener-policy": "same-origin"}


def test_3_2_1_3_4_3_3_4_5_headers_on_every_address(stack):
    cookie = {"Cookie": stack.sign_in(*ADMIN)["cookie"]}
    addresses = [(m if m != "*" else "GET", r.path()) for r in routes() for m in r.methods] + [
        ("GET", "/nothing/"), ("GET", "/api/nothing/"), ("BREW", "/api/account/"), ("OPTIONS", "/api/account/"),
        ("HEAD", "/login/"), ("GET", "/static/web_ui/manifest.webmanifest"), ("GET", "/static/nothing"), ("GET", "/sw.js")]
    for method, path in addresses:
        if path == "/logout/":
            continue
        status, headers, _ = stack.answer(method, path, headers=cookie)
        public = path.startswith(("/s/", "/api/public/"))  # a link is nobody else's business at all
        wanted = PROTECTED | ({"referrer-policy": "no-referrer"} if public else {})
        assert {k: headers.get(k) for k in PROTECTED} == wanted, (method, path, status)
        if not path.startswith(("/static/", "/sw.js")):
            assert "frame-ancestors 'none'" in headers["content-security-policy"], (method, path)
            assert "unsafe" not in headers["content-security-policy"]
    assert "content-security-policy" not in stack.answer("GET", "/sw.js")[1], "it would be the worker's"


def test_3_3_1_to_3_3_4_cookies():
    with Stack(users=dict([EMMA]), env={"DEBUG": "False"}) as s:
        cookies = s.sign_in(*EMMA)["headers"]["set-cookie"]
        session, csrf = (re.search(rf"{name}=[^,]*(, \d\d [^,]*)?", cookies).group(0) for name in ("sessionid", "csrftoken"))
        assert "HttpOnly" in session
        for cookie in (session, csrf):
            assert "Secure" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie


def test_3_4_1_hsts_in_the_production_site():
    seconds = re.search(r'Strict-Transport-Security "max-age=(\d+)', (ROOT / "nginx/mytracks.site").read_text())
    assert int(seconds.group(1)) >= 365 * 86400


@pytest.mark.parametrize("origin", [EVIL, "null", "http://127.0.0.1.evil.example"])
def test_3_4_2_no_other_site_may_read(stack, origin):
    for method in ("GET", "OPTIONS"):
        headers = stack.answer(method, "/api/locations/", headers={"Origin": origin, "Access-Control-Request-Method": "PUT"},
                               auth=EMMA)[1]
        assert not [name for name in headers if name.startswith("access-control")]


def test_3_5_1_another_site_changes_nothing(stack):
    """With the visitor's cookies: each address that changes something, with a foreign Origin and without a token."""
    browser = stack.sign_in(*ADMIN)
    tables = ("auth_user", "my_tracks_location", "my_tracks_device", "my_tracks_friendrequest", "my_tracks_deviceshare")
    before, checked = [rows(stack, t) for t in tables], 0
    for r in routes():
        if r.side == "phone" or r.who == "relay":
            continue  # no cookie counts there
        for m in set(r.methods) & {"POST", "PUT", "PATCH", "DELETE"}:
            token = {"X-CSRFToken": browser["csrf"]}
            # Commands need no token, as in the reference: only another origin is refused (H-09).
            tries = ({"Origin": EVIL}, {"Sec-Fetch-Site": "cross-site"}) if r.who == "command" else \
                ({}, {"Origin": EVIL, **token}, {"X-CSRFToken": "a" * 32})
            for more in tries:
                status = stack.answer(m, r.path(), {}, {"Cookie": browser["cookie"], **more})[0]
                assert status == 403, (m, r.pattern, more, status)
                checked += 1
    assert checked >= 20 and [rows(stack, t) for t in tables] == before


def test_3_5_3_nothing_changes_by_get(stack):
    browser = stack.sign_in(*EMMA)
    assert stack.answer("GET", "/logout/", headers={"Cookie": browser["cookie"]})[0] == 405
    assert stack.answer("GET", "/api/account/", headers={"Cookie": browser["cookie"]})[0] == 200


@pytest.mark.parametrize("url", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)",
                                 "http:///evil.example", "\t//evil.example"])
def test_3_7_2_no_open_redirect(stack, url):
    from urllib.parse import quote, urlencode

    _, headers, page = stack.answer("GET", "/login/?next=" + quote(url))
    secret = re.search(r"csrftoken=(\w+)", headers["set-cookie"]).group(1)
    form = urlencode({"csrfmiddlewaretoken": secret, "username": EMMA[0], "password": EMMA[1], "next": url})
    status, headers, _ = stack.answer("POST", "/login/?next=" + quote(url), form, {
        "Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={secret}"})
    assert (status, headers["location"]) == (302, "/")


# ---- V4 services

def test_4_1_1_content_types(stack):
    assert stack.answer("GET", "/api/account/", auth=EMMA)[1]["content-type"] == "application/json"
    assert stack.answer("GET", "/login/")[1]["content-type"].lower() == "text/html; charset=utf-8"


def test_4_1_3_a_client_cannot_choose_its_address():
    with Stack(users=dict([EMMA]), env={"MYTRACKS_TRUSTED_PROXIES": "192.0.2.1"}) as s:
        for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"):
            assert s.request("POST", "/api/locations/", report("emma", "phone"), {name: "1.2.3.4"}, EMMA)[0] == 200
        assert s.sql("select distinct ip_address from my_tracks_location") == [("127.0.0.1",)]


@pytest.mark.parametrize("head", [
    b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
    b"Content-Length: 4\r\nContent-Length: 5\r\n", b"Transfer-Encoding: chunked, identity\r\n", b"Content-Length: +4\r\n",
    b"Content-Length : 4\r\n"])
def test_4_2_1_no_second_request_is_smuggled(stack, head):
    with socket.create_connection(("127.0.0.1", stack.http_port), 5) as s:
        s.sendall(b"POST /api/account/ HTTP/1.1\r\nHost: localhost\r\n" + head
                  + b"\r\n0\r\n\r\nGET /health/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        s.settimeout(5)
        answer = b""
        while part := s.recv(65536):
            answer += part
    assert re.match(rb"HTTP/1\.1 (400|501) ", answer) and answer.count(b"HTTP/1.1 ") == 1, answer[:200]


def test_4_4_2_another_site_hears_nothing(stack):
    cookie = stack.sign_in(*EMMA)["cookie"]
    heard = {}
    for origin in (EVIL, f"http://127.0.0.1:{stack.http_port}"):
        ws = websocket.create_connection(f"ws://127.0.0.1:{stack.http_port}/ws/locations/", cookie=cookie, origin=origin,
                                         timeout=5)
        heard[origin] = ws.recv_data()[0]
        ws.close()
    assert list(heard.values()) == [websocket.ABNF.OPCODE_CLOSE, websocket.ABNF.OPCODE_TEXT]


def test_5_2_1_sizes_are_bounded(stack):
    browser = stack.sign_in(*EMMA)
    json_type = {"Content-Type": "application/json"}
    assert stack.request("PATCH", "/api/account/", b'{"first_name": "' + b"x" * 3_000_000 + b'"}', json_type, EMMA)[0] in (400, 413)
    assert stack.request("PATCH", "/api/account/", {"first_name": "x" * 10_000}, auth=EMMA)[0] == 400
    assert stack.request("PATCH", "/api/account/", b"[" * 100_000, json_type, EMMA)[0] == 400
    form = "&".join(f"a{i}=1" for i in range(1001)) + "&csrfmiddlewaretoken=" + browser["csrf"]
    assert stack.request("POST", "/login/", form, {"Content-Type": "application/x-www-form-urlencoded",
                                                   "Cookie": browser["cookie"]})[0] == 400
    assert stack.request("GET", "/api/locations/?" + "a=1&" * 3000, auth=EMMA)[0] in (200, 414)


# ---- V6, V7 credentials and sessions

def test_6_3_2_the_published_key_is_refused(tmp_path):
    env = dict(os.environ, SECRET_KEY="django-insecure-change-me-in-production", RUN_DIR=str(tmp_path),
               DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3")
    for command in (["bin/mytracks", "serve"], ["bin/mytracks-fcgi", "--socket", str(tmp_path / "x")], ["bin/mytracks-agent"]):
        done = subprocess.run([str(BUILD / command[0]), *command[1:]], env=env, cwd=tmp_path, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=10)
        assert done.returncode != 0 and "SECRET_KEY" in done.stdout


def test_6_3_8_all_failures_look_the_same(stack):
    write(stack, "insert into auth_user (username, password, first_name, last_name, email, is_active, is_staff, is_superuser,"
          " date_joined) select 'gone', password, '', '', '', 0, 0, 0, date_joined from auth_user where username = 'emma'")
    tries = [("emma", "wrong"), ("nobody", EMMA[1]), ("gone", EMMA[1]), ("EMMA", EMMA[1])]
    assert {stack.request("GET", "/api/account/", auth=who) for who in tries} == {(403, b'{"detail":"Invalid username/password."}')}
    assert {stack.sign_in(*who)["status"] for who in tries} == {200}


def test_7_2_4_a_sign_in_makes_a_new_key(stack):
    first = stack.sign_in(*EMMA)
    second = stack.sign_in(*BEN, cookie=f"sessionid={first['session']}")
    assert second["session"] != first["session"] and len(second["session"]) == 32
    assert stack.sql("select count(*) from django_session where session_key = ?", first["session"]) == [(0,)]
    assert stack.answer("GET", "/api/account/", headers={"Cookie": first["cookie"]})[0] == 403


def test_7_2_1_a_made_up_key_is_nobody_and_makes_no_row(stack):
    before = rows(stack, "django_session")
    assert stack.answer("GET", "/api/account/", headers={"Cookie": "sessionid=" + "a" * 32})[0] == 403
    assert rows(stack, "django_session") == before


def test_7_3_1_a_session_ends_by_itself(stack):
    browser = stack.sign_in(*EMMA)
    (expires,), = stack.sql("select expire_date from django_session where session_key = ?", browser["session"])
    write(stack, "update django_session set expire_date = datetime('now', '-1 second') where session_key = ?", browser["session"])
    assert stack.answer("GET", "/api/account/", headers={"Cookie": browser["cookie"]})[0] == 403
    week = time.mktime(time.strptime(expires[:19], "%Y-%m-%d %H:%M:%S")) - time.mktime(time.gmtime())
    assert abs(week - 7 * 86400) < 120


def test_7_4_1_sign_out_and_deactivation_end_it(stack):
    browser = stack.sign_in(*BEN)
    form = "csrfmiddlewaretoken=" + browser["csrf"]
    assert stack.answer("POST", "/logout/", form, {"Content-Type": "application/x-www-form-urlencoded",
                                                   "Cookie": browser["cookie"]})[0] == 302
    assert stack.sql("select count(*) from django_session where session_key = ?", browser["session"]) == [(0,)]
    browser = stack.sign_in(*BEN)
    write(stack, "update auth_user set is_active = 0 where username = 'ben'")
    try:
        assert stack.answer("GET", "/api/account/", headers={"Cookie": browser["cookie"]})[0] == 403
        assert stack.request("GET", "/api/account/", auth=BEN)[0] == 403
    finally:
        write(stack, "update auth_user set is_active = 1 where username = 'ben'")


# ---- V8 who may do what

def test_8_2_1_functions(stack):
    """Every address of the API: nobody without credentials, nobody but administrators where it says so."""
    staff = user = 0
    for r in api():
        for m in r.methods:
            if r.who in ("user", "staff"):
                assert stack.request(m, r.path(), {} if m != "GET" else None)[0] == 403, (m, r.pattern)
                user += 1
            if r.who == "staff":
                status, body = stack.request(m, r.path(), {} if m != "GET" else None, auth=EMMA)
                assert (status, b"permission" in body) == (403, True), (m, r.pattern)
                staff += 1
            if r.who == "relay":
                assert stack.request(m, r.path(), {}, auth=ADMIN)[0] == 403
    assert user >= 10 and staff >= 5
    for r in routes():
        if r.side == "page" and r.who in ("user", "staff"):
            assert stack.answer("GET", r.path())[0] == 302, r.pattern


def test_8_2_2_objects(stack):
    (row,), = stack.sql("select l.id from my_tracks_location l join my_tracks_device d on d.id = l.device_id"
                        " where d.device_id = 'tablet' limit 1")
    for method, body in (("GET", None), ("PUT", report("emma", "phone")), ("PATCH", report("emma", "phone")), ("DELETE", None)):
        assert stack.request(method, f"/api/locations/{row}/", body, auth=EMMA)[0] == 404, method
    for path in ("/api/devices/tablet/", "/api/devices/tablet/locations/", "/api/locations/?device=ben/tablet",
                 "/api/locations/last-known/?device=ben/tablet"):
        assert stack.request("GET", path, auth=EMMA)[0] == 404, path
    assert b"tablet" not in stack.request("GET", "/api/locations/", auth=EMMA)[1]
    # A share lets read, not write (H-08).
    write(stack, "insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01 00:00:00', d.id,"
          " u.id from my_tracks_device d, auth_user u where d.device_id = 'tablet' and u.username = 'emma'")
    assert stack.request("GET", f"/api/locations/{row}/", auth=EMMA)[0] == 200
    for method, body in (("PUT", report("emma", "phone")), ("PATCH", report("emma", "phone")), ("DELETE", None)):
        assert stack.request(method, f"/api/locations/{row}/", body, auth=EMMA)[0] == 403, method


def test_8_2_3_no_more_than_what_is_offered(stack):
    assert stack.request("PATCH", "/api/account/", {
        "first_name": "Emma", "is_staff": True, "is_superuser": True, "is_active": False, "username": "root2", "id": 1,
        "password": "x", "created_at": "2000-01-01T00:00:00Z"}, auth=EMMA)[0] == 200
    assert stack.sql("select username, is_staff, is_superuser, is_active from auth_user where first_name = 'Emma'") == [
        ("emma", 0, 0, 1)]


# ---- V11, V13 to V16

def test_11_2_1_random_numbers_and_hashes(stack):
    files = subprocess.run(["git", "ls-files", "*.c"], cwd=ROOT, text=True, stdout=subprocess.PIPE).stdout.split()
    for file in files:
        if not file.startswith(("tests/", "bench/")):
            assert not re.search(r"\b(s?rand(om)?|[dlm]rand48)\(", (ROOT / file).read_text()), file
    s = Stack()
    s.env.pop("MYTRACKS_PBKDF2_ITERATIONS")
    subprocess.run([str(BUILD / "bin/mytracks"), "user", "add", "--password-stdin", "eve"], input="asvs-Eve-Pa55word\n",
                   text=True, env=s.env, check=True, stdout=subprocess.DEVNULL, cwd=s.folder)
    (column,), = s.sql("select password from auth_user where username = 'eve'")
    s.__exit__()
    assert column.startswith("pbkdf2_sha256$1500000$")


def test_13_3_2_files_are_ours_alone(stack):
    assert os.stat(stack.db_path).st_mode & 0o077 == 0
    for name in ("agent.sock", "fcgi.sock", "live.sock"):
        assert os.stat(stack.run_dir / name).st_mode & 0o007 == 0, name


def test_13_4_no_debug_pages_no_listings_no_trace(stack):
    assert stack.answer("TRACE", "/api/account/", auth=EMMA)[0] in (403, 405)
    assert stack.answer("TRACE", "/login/")[0] == 405
    for path in ("/static/", "/static/web_ui/", "/admin/", "/.env", "/static/../db.sqlite3", "/static/%2e%2e/%2e%2e/db.sqlite3"):
        assert stack.answer("GET", path)[0] in (400, 403, 404), path
    assert json.loads(stack.answer("GET", "/health/")[2]) == {"status": "ok"}
    page = stack.answer("GET", "/nothing/", headers={"Accept": "text/html"})[2]
    assert b"Traceback" not in page and b"SECRET" not in page and b".c:" not in page
    assert "nginx/" not in stack.answer("GET", "/nothing/")[1].get("server", "")


def test_14_3_2_answers_are_not_kept(stack):
    """Strict policy; in the compatible one the header is absent, as in the reference."""
    cookie = {"Cookie": stack.sign_in(*ADMIN)["cookie"]}
    for r in routes():
        if r.side in ("api", "page") and {"GET", "*"} & set(r.methods) and r.pattern != "/sw.js" and "/tiles/" not in r.pattern:
            kept = stack.answer("GET", r.path(), headers=cookie)[1]["cache-control"]
            assert "no-store" in kept, (r.pattern, kept)
    with Stack(users=dict([EMMA])) as compatible:
        assert "cache-control" not in compatible.answer("GET", "/api/account/", auth=EMMA)[1]


def test_15_3_7_the_last_parameter_counts(stack):
    assert stack.request("POST", "/api/locations/", report("emma", "phone", tst=1_772_800_001), auth=EMMA)[0] == 200
    body = json.loads(stack.request("GET", "/api/locations/?limit=2&limit=1", auth=EMMA)[1])
    assert len(body["results"]) == 1


def test_16_2_the_log_tells_who_and_keeps_secrets(stack):
    secret = "Wrong-" + os.urandom(8).hex()
    stack.sign_in("emma", secret)
    stack.request("GET", "/api/account/?password=" + secret, auth=("emma", secret))
    stack.request("POST", "/api/locations/", {"_type": "x\nFAKE line", "topic": "owntracks/emma/p\x1b[31m"}, auth=EMMA)
    stack.request("GET", "/api/devices/%0aFAKE/", auth=EMMA)
    log = (stack.folder / "serve.log").read_text(errors="surrogateescape")
    refused = [line for line in log.splitlines() if "sign-in-refused" in line and "user=emma" in line]
    assert refused and all("address=127.0.0.1" in line and re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z ", line) for line in refused)
    assert secret not in log and EMMA[1] not in log and stack.env["SECRET_KEY"] not in log
    assert not re.search(r"^FAKE", log, re.M) and "\x1b" not in log


def test_16_5_without_the_agent_nobody_gets_in_wrongly(stack):
    with Stack(users=dict([EMMA])) as s:
        s.kill("agent")
        assert s.request("GET", "/api/account/", auth=("emma", "wrong"), timeout=20)[0] in (403, 503)
        status, body = s.request("GET", "/api/account/", auth=EMMA, timeout=20)
        assert status in (200, 503) and b"Traceback" not in body
