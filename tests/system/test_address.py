"""Addresses: asked of the operator's geocoder by the agent, one a second, kept; off by default."""
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from stack import Stack

EMMA = ("emma", "address-Emma-Pa55")
GINA = ("gina", "address-Gina-Pa55")


class Geocoder:
    """As Nominatim's /reverse; what it answers depends on the latitude."""

    def __init__(self):
        self.seen = []
        geocoder = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
                geocoder.seen.append((time.monotonic(), self.path, query, {k.lower(): v for k, v in self.headers.items()}))
                status, body, headers = geocoder.answer(float(query.get("lat", 0)), query, self.headers)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/reverse"

    def answer(self, lat, query, headers):
        if lat == 10:
            return 500, b"broken", {}
        if lat == 11:
            return 302, b"", {"Location": "/elsewhere?lat=12&lon=1"}
        if lat == 12:
            return 200, b'{"error": "Unable to geocode"}', {}
        if lat == 13:
            return 200, b"<html>", {}
        if lat == 14:
            return 200, json.dumps({"display_name": "ä" * 1000}, ensure_ascii=False).encode(), {}
        name = f"Haus {query['lon']}, <b>Straße</b>, {headers.get('Accept-Language', '-')}"
        return 200, json.dumps({"place_id": 1, "licence": "ODbL", "display_name": name}, ensure_ascii=False).encode(), {}

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def geocoder():
    with Geocoder() as g:
        yield g


@pytest.fixture(scope="module")
def stack(geocoder):
    with Stack(users=dict([EMMA, GINA]), env={"MYTRACKS_GEOCODER_URL": geocoder.url}) as s:
        yield s


def ask(stack, lat, lon, auth=EMMA, **headers):
    status, body = stack.request("POST", "/api/address/", {"lat": lat, "lon": lon}, headers, auth=auth)
    return status, json.loads(body)


def until_told(stack, *args, **headers):
    for _ in range(100):
        status, answer = ask(stack, *args, **headers)
        if answer.get("state") != "waiting":
            return status, answer
        assert status == 202
        time.sleep(0.1)
    raise AssertionError("no answer")


def test_an_address_is_fetched_once(stack, geocoder):
    assert ask(stack, 48.20820001, 16.37379999)[0] == 202
    status, answer = until_told(stack, 48.20820001, 16.37379999)
    assert (status, answer["state"]) == (200, "known") and answer["address"].startswith("Haus 16.3738, <b>Straße</b>")
    n = len(geocoder.seen)
    assert ask(stack, 48.20821, 16.37382, auth=GINA)[1] == answer  # some metres beside it
    _, path, query, headers = geocoder.seen[-1]
    assert len(geocoder.seen) == n
    assert path.startswith("/reverse?") and query["lat"] == "48.2082" and query["lon"] == "16.3738" and query["format"] == "jsonv2"
    assert headers["user-agent"].startswith("mytracks/")
    assert not {"cookie", "authorization", "referer", "content-type"} & set(headers)


def test_signs_and_small_numbers(stack, geocoder):
    until_told(stack, -0.00005, -179.99996)
    assert (geocoder.seen[-1][2]["lat"], geocoder.seen[-1][2]["lon"]) == ("-0.0001", "-180.0000")
    until_told(stack, 0, 0.03)
    assert (geocoder.seen[-1][2]["lat"], geocoder.seen[-1][2]["lon"]) == ("0.0000", "0.0300")


def test_in_the_reader_s_language(stack, geocoder):
    answers = {tag: until_told(stack, 48, 16, **{"Accept-Language": tag})[1]["address"] for tag in ("de-AT,de;q=0.9", "fr", "x\t\"evil", "a" * 40)}
    assert answers["de-AT,de;q=0.9"].endswith(", de-at") and answers["fr"].endswith(", fr")
    assert answers["x\t\"evil"] == answers["a" * 40] and answers["a" * 40].endswith(", -")


def test_one_question_a_second_and_few_that_wait(stack, geocoder):
    n = len(geocoder.seen)
    statuses = [ask(stack, 20 + i, 1)[0] for i in range(8)]
    assert statuses[:5] == [202] * 5 and statuses[-1] == 429
    assert ask(stack, 30, 1, auth=GINA)[0] == 202
    assert until_told(stack, 30, 1, auth=GINA)[1]["state"] == "known"
    times = [t for t, *_ in geocoder.seen[n:]]
    assert len(times) >= 6 and min(b - a for a, b in zip(times, times[1:], strict=False)) > 0.95


@pytest.mark.parametrize("lat, state", [(10, "failed"), (11, "failed"), (13, "failed")])
def test_what_is_no_answer_is_told(stack, geocoder, lat, state):
    status, answer = until_told(stack, lat, 1)
    assert status == 200 and answer["state"] == state and answer["error"]
    assert not any(path.startswith("/elsewhere") for _, path, *_ in geocoder.seen)
    n = len(geocoder.seen)
    assert ask(stack, lat, 1)[1] == answer and len(geocoder.seen) == n
    with stack.writing() as db:  # a while later it is tried again
        db.execute("update mytracks_address set answered_at = answered_at - 60 where failed is not null")
    assert ask(stack, lat, 1)[0] == 202
    until_told(stack, lat, 1)
    assert len(geocoder.seen) == n + 1


def test_nothing_there_and_long_names(stack):
    assert until_told(stack, 12, 1)[1] == {"state": "known", "address": None}
    assert until_told(stack, 14, 1)[1]["address"] == "ä" * 300


@pytest.mark.parametrize("body", [{}, {"lat": 1}, {"lat": 91, "lon": 0}, {"lat": 0, "lon": 181}, {"lat": "1", "lon": 1}, {"lat": True, "lon": 1}, [], None])
def test_what_is_no_point_is_refused(stack, body):
    assert stack.request("POST", "/api/address/", body, auth=EMMA)[0] == 400


def test_a_service_that_is_gone(geocoder):
    with Stack(users=dict([EMMA]), env={"MYTRACKS_GEOCODER_URL": "http://127.0.0.1:9/reverse"}) as s:
        assert until_told(s, 1, 1)[1]["state"] == "failed"


def test_not_into_private_networks_when_that_is_forbidden(geocoder):
    n = len(geocoder.seen)
    with Stack(users=dict([EMMA]), env={"MYTRACKS_GEOCODER_URL": geocoder.url, "MYTRACKS_WEBHOOK_PRIVATE": "false"}) as s:
        assert until_told(s, 1, 1)[1]["state"] == "failed"
    assert len(geocoder.seen) == n


def test_off_there_is_no_such_thing():
    with Stack(users=dict([EMMA])) as s:
        status, answer = ask(s, 1, 1)
        assert status == 404 and "MYTRACKS_GEOCODER_URL" in answer["error"]
        assert s.sql("select count(*) from mytracks_address") == [(0,)]
