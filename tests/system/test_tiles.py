"""The map's background: fetched and kept by nginx for those who are signed in, or read from one file."""
import contextlib
import http.server
import threading
import time

import pytest
from stack import Stack, free_ports

ANNA = ("anna", "tiles-Anna-Pa55")
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(200)


class Source(http.server.ThreadingHTTPServer):
    """A tile server that remembers what it was asked and answers with `status`."""

    daemon_threads = True

    def __init__(self, port=0):
        self.asked, self.status, self.extra = [], 200, {}
        super().__init__(("127.0.0.1", port), Handler)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        self.send_response(self.server.status)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(PICTURE)))
        for name, value in self.server.extra.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(PICTURE)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving(port=0):
    source = Source(port)
    thread = threading.Thread(target=source.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield source
    finally:
        source.shutdown()
        source.server_close()
        thread.join()


@pytest.fixture
def source():
    with serving() as s:
        yield s


def stack_with(template, **env):
    return Stack(users=dict([ANNA]), env={"MYTRACKS_TILE_URL": template, **env})


def cookie(stack):
    return {"Cookie": stack.sign_in(*ANNA)["cookie"]}


def test_a_tile_is_fetched_once_and_tells_the_source_nothing_of_the_reader(source):
    with stack_with(f"http://127.0.0.1:{source.server_port}/t/{{z}}/{{x}}/{{y}}.png?key=a%20b") as stack:
        me = {**cookie(stack), "Referer": "http://localhost/", "Accept-Language": "de", "X-Forwarded-For": "192.0.2.7"}
        for _ in range(3):
            status, headers, body = stack.answer("GET", "/api/tiles/3/4/5", headers=me)
            assert (status, body) == (200, PICTURE)
        assert [path for path, _ in source.asked] == ["/t/3/4/5.png?key=a%20b"]
        sent = source.asked[0][1]
        assert set(sent) <= {"host", "user-agent"} and "mytracks" in sent["user-agent"]
        assert headers["content-type"] == "image/png" and "max-age" in headers["cache-control"]
        assert headers["x-content-type-options"] == "nosniff" and "default-src 'none'" in headers["content-security-policy"]
        assert "x-mytracks-tile" not in headers
        page = stack.answer("GET", "/", headers=me)
        assert b'data-tile-url="/api/tiles/{z}/{x}/{y}"' in page[2]
        assert str(source.server_port) not in page[1]["content-security-policy"]


def test_only_for_those_who_are_signed_in_and_only_tiles_that_there_are(source):
    with stack_with(f"http://127.0.0.1:{source.server_port}/{{z}}/{{x}}/{{y}}") as stack:
        assert stack.request("GET", "/api/tiles/0/0/0")[0] == 403
        me = cookie(stack)
        for path in ("0/1/0", "0/0/1", "3/8/0", "23/0/0", "3/-1/0", "3/1", "3/1/x", "99999999999999999999/0/0", "3/1/1/1", "map.pmtiles"):
            assert stack.answer("GET", f"/api/tiles/{path}", headers=me)[0] == 404, path
        assert stack.answer("GET", "/internal/tile", headers=me)[0] == 404
        assert stack.answer("GET", "/internal/pmtiles", headers=me)[0] == 404
        assert stack.answer("GET", "/internal/tile", headers={**me, "X-Mytracks-Tile": f"http://127.0.0.1:{source.server_port}/a"})[0] == 404
        assert source.asked == []


def test_what_was_kept_outlives_its_source(source):
    port = source.server_port
    with stack_with(f"http://127.0.0.1:{port}/{{z}}/{{x}}/{{y}}") as stack:
        me = cookie(stack)
        source.extra = {"Cache-Control": "max-age=1", "Set-Cookie": "spy=1"}
        status, headers, _ = stack.answer("GET", "/api/tiles/1/0/1", headers=me)
        assert status == 200 and "spy" not in headers.get("set-cookie", "")
        source.status = 503
        end = time.monotonic() + 10
        while len(source.asked) < 3:  # stale after a second, and asked for again
            assert stack.answer("GET", "/api/tiles/1/0/1", headers=me)[::2] == (200, PICTURE)
            assert time.monotonic() < end
            time.sleep(0.05)
        assert stack.answer("GET", "/api/tiles/1/1/1", headers=me)[0] == 502
        source.status = 302
        source.extra = {"Location": "http://192.0.2.1/elsewhere"}
        status, headers, _ = stack.answer("GET", "/api/tiles/1/1/0", headers=me)
        assert status == 502 and "location" not in headers


def test_without_a_source_the_rest_works():
    port, = free_ports(1)
    with stack_with(f"http://127.0.0.1:{port}/{{z}}/{{x}}/{{y}}") as stack:
        assert stack.answer("GET", "/api/tiles/1/0/1", headers=cookie(stack))[0] == 502
        assert stack.request("GET", "/health/")[0] == 200


def test_the_cache_can_be_off(source):
    origin = f"http://127.0.0.1:{source.server_port}"
    with stack_with(f"{origin}/{{z}}/{{x}}/{{y}}", MYTRACKS_TILE_CACHE="0") as stack:
        me = cookie(stack)
        _, headers, page = stack.answer("GET", "/", headers=me)
        assert f'data-tile-url="{origin}/{{z}}/{{x}}/{{y}}"'.encode() in page
        assert origin in headers["content-security-policy"]
        assert stack.answer("GET", "/api/tiles/1/0/1", headers=me)[0] == 404


def test_a_pmtiles_file_is_read_in_parts(tmp_path, source):
    file = tmp_path / "map.pmtiles"
    file.write_bytes(bytes(range(256)) * 16)
    with stack_with(f"http://127.0.0.1:{source.server_port}/{{z}}/{{x}}/{{y}}", MYTRACKS_PMTILES=str(file)) as stack:
        assert stack.request("GET", "/api/tiles/map.pmtiles")[0] == 403
        me = cookie(stack)
        status, headers, body = stack.answer("GET", "/api/tiles/map.pmtiles", headers={**me, "Range": "bytes=256-511"})
        assert (status, body) == (206, bytes(range(256))) and headers["content-range"] == "bytes 256-511/4096"
        assert headers["etag"]
        assert b'data-tile-url="/api/tiles/map.pmtiles"' in stack.answer("GET", "/", headers=me)[2]
        assert stack.answer("GET", "/api/tiles/1/0/1", headers=me)[0] == 404
        file.unlink()
        assert stack.answer("GET", "/api/tiles/map.pmtiles", headers=me)[0] == 404
    assert source.asked == []
