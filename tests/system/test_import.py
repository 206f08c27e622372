"""Histories from files: both doors, every format, what is in them as ingest would have stored it, and nobody waits."""
import gzip
import json
import os
import subprocess
import threading

import pytest
from stack import BUILD, Stack, until

EMMA, FINN, GINA = ("emma", "imp-Emma-Pa55"), ("finn", "imp-Finn-Pa55"), ("gina", "imp-Gina-Pa55")
T0 = 1_772_755_200  # 2026-03-06, midnight in UTC
SENT = [
    {"tst": T0 + 60, "lat": 48.2082001, "lon": -16.5, "acc": 5, "alt": -3, "vac": 2, "vel": 37, "cog": 270, "batt": 90, "conn": "w",
     "tid": "=1", "SSID": 'my "home"\n<b>', "t": "u"},
    {"tst": T0 + 120, "lat": 48.21, "lon": -16.5, "acc": 900, "tid": "p"},
    {"tst": T0 + 121, "lat": 48.22, "lon": -16.5, "acc": 9, "tid": "p"},
    {"tst": T0 + 5000, "lat": 0.5, "lon": 179.9, "acc": 7, "tid": "p", "vel": 1},
]
COLUMNS = {
    "rec": "timestamp, latitude, longitude, accuracy, altitude, vertical_accuracy, velocity, course, battery_level, connection_type, tracker_id",
    "gpx": "timestamp, latitude, longitude, altitude, velocity, course",
}
COLUMNS["csv"] = COLUMNS["rec"] + ', wifi_ssid, "trigger"'
COLUMNS["geojson"] = COLUMNS["csv"].replace(" tracker_id,", "") + ", battery_status, fix_source, owntracks_message_id, monitoring_mode, in_regions, wifi_bssid"


@pytest.fixture(scope="module")
def stack():
    with Stack(users=dict([EMMA, FINN])) as s:
        s.add_user(*GINA, admin=True)
        for one in SENT:
            assert s.request("POST", "/pub", {"_type": "location", "topic": "owntracks/emma/phone", **one}, auth=EMMA)[0] == 200
        yield s


def put(stack, data, device="copy", auth=EMMA, status=200, timeout=60, **more):
    query = "&".join(f"{k}={v}" for k, v in more.items())
    got, body = stack.request("POST", f"/api/imports/?device={device}&{query}", data, {"Content-Type": "application/octet-stream"}, auth, timeout)
    assert got == status, body
    return json.loads(body)


def command(stack, *args, status=0):
    run = subprocess.run([str(BUILD / "bin/mytracks"), "import", *map(str, args)], env=stack.env, cwd=stack.folder, text=True, capture_output=True)
    assert run.returncode == status, (run.stdout, run.stderr)
    return run.stdout


def counts(answer):
    return tuple(answer[k] for k in ("found", "stored", "known", "refused"))


def rows(stack, device, columns="timestamp, latitude, longitude"):
    return stack.sql(f"select {columns} from my_tracks_location where device_id = (select id from my_tracks_device where device_id = ?)"
                     " order by timestamp, latitude", device)


# ---- there and back

@pytest.mark.parametrize("kind", ["gpx", "geojson", "csv", "rec"])
def test_what_is_exported_comes_back_the_same(stack, kind):
    status, data = stack.request("GET", f"/api/tracks/file/?device=emma/phone&start={T0}&end={T0 + 9999}&as={kind}", auth=EMMA)
    assert status == 200
    answer = put(stack, data, f"by-{kind}", name=f"a.{kind}")
    assert counts(answer) == (4, 4, 0, 0) and answer["state"] == "done" and answer["name"] == f"a.{kind}" and answer["report"] == []
    assert rows(stack, f"by-{kind}", COLUMNS[kind]) == rows(stack, "phone", COLUMNS[kind])
    types = "typeof(latitude), typeof(longitude), typeof(timestamp), typeof(accuracy), received_via, ip_address is null"
    assert set(rows(stack, f"by-{kind}", types)) <= {("real", "real", "text", t, "http", 0) for t in ("integer", "null")}
    assert counts(put(stack, gzip.compress(data), f"by-{kind}")) == (4, 0, 4, 0), "packed, and never twice"
    assert counts(put(stack, data, "phone")) == (4, 0, 4, 0), "nor beside what the phone sent"
    track = [stack.request("GET", f"/api/tracks/?device=emma/{d}&start={T0}&end={T0 + 9999}", auth=EMMA)[1] for d in ("phone", f"by-{kind}")]
    a, b = [json.loads(t) for t in track]
    keys = ("t", "lat", "lon", "alt", "vel") if kind == "gpx" else ("t", "lat", "lon", "acc", "alt", "vel")
    assert [a[k] for k in keys] == [b[k] for k in keys]


@pytest.mark.parametrize("kind", ["gpx", "geojson", "csv", "rec"])
def test_positions_of_one_second_keep_their_order(stack, kind):
    if not rows(stack, "twins"):  # told out of order, several of the same second
        for tst, lat in ((T0 + 60, 48.3), (T0 + 50, 48.9), (T0 + 60, 48.1), (T0 + 61, 48.7), (T0 + 60, 48.2)):
            message = {"_type": "location", "topic": "owntracks/emma/twins", "tst": tst, "lat": lat, "lon": 16.5, "tid": "p"}
            assert stack.request("POST", "/pub", message, auth=EMMA)[0] == 200
    status, data = stack.request("GET", f"/api/tracks/file/?device=emma/twins&start={T0}&end={T0 + 99}&as={kind}", auth=EMMA)
    assert status == 200 and counts(put(stack, data, f"twins-{kind}")) == (5, 5, 0, 0)
    by_id = stack.sql("select latitude from my_tracks_location l join my_tracks_device d on d.id = l.device_id where d.device_id = ? order by l.id", f"twins-{kind}")
    assert by_id == [(48.9,), (48.3,), (48.1,), (48.2,), (48.7,)], "by time, then as they came"
    track = [json.loads(stack.request("GET", f"/api/tracks/?device=emma/{d}&start={T0}&end={T0 + 99}", auth=EMMA)[1]) for d in ("twins", f"twins-{kind}")]
    assert track[0]["lat"] == track[1]["lat"]


# ---- formats of others

GPX10 = """<?xml version="1.0" encoding="ISO-8859-1"?><gpx version="1.0" xmlns="http://www.topografix.com/GPX/1/0"><wpt lat="1" lon="1"><time>2020-01-01T00:00:00Z</time></wpt>
<trk><name>\xe4</name><trkseg><trkpt lat="48.1" lon="16.1"><ele>200.6</ele><time>2020-01-01T01:00:00+01:00</time><course>90.4</course><speed>10</speed></trkpt>
<trkpt lat="48.1" lon="16.2"/></trkseg></trk></gpx>""".encode("latin-1")
LINE = {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[16.1, 48.1, 10], [16.2, 48.2], [16.3, 48.3]]},
        "properties": {"coordTimes": ["2020-01-01T00:00:00Z", "2020-01-01T00:00:30.9Z"]}}
RECORDS = {"locations": [{"latitudeE7": 481000000, "longitudeE7": -161000000 + 2**32, "timestampMs": "1577836800123", "accuracy": 20, "velocity": 10, "heading": 7},
                         {"latitudeE7": 482000000, "longitudeE7": 161000000, "timestamp": "2020-01-01T00:00:30.123Z", "source": "WIFI", "altitude": 5}]}
TIMELINE = {"semanticSegments": [{"startTime": "2020-01-01T01:00:00.000+01:00", "timelinePath": [
    {"point": "48.1°, 16.1°", "time": "2020-01-01T01:00:00.000+01:00"}]}, {"startTime": "2020-01-01T01:00:00+01:00", "visit": {"x": [{}]}}],
    "rawSignals": [{"position": {"LatLng": "48.2°, 16.2°", "accuracyMeters": 13, "timestamp": "2020-01-01T00:00:30Z", "speedMetersPerSecond": 10}},
                   {"wifiScan": {}}]}
IOS = [{"startTime": "2020-01-01T01:00:00+01:00", "timelinePath": [{"point": "geo:48.1,16.1", "durationMinutesOffsetFromStartTime": "0"},
                                                                  {"point": "geo:48.2,16.2", "durationMinutesOffsetFromStartTime": "2"}]}]
RECORDER = {"count": 2, "data": [{"_type": "location", "lat": 48.1, "lon": 16.1, "tst": 1577836800, "isotst": "x", "inregions": ["home"]},
                                 {"_type": "transition", "tst": 1, "lat": 1, "lon": 1}]}
REC = "2020-01-01T00:00:00Z\t*                 \t" + json.dumps(RECORDER["data"][0]) + "\n2020-01-01T00:00:01Z\tlwt   \t{}\nbroken\n"
CSV = "\ufeffDate;Lat;Lng;Speed\r\n2020-01-01 00:00:00;48,1;16,1;10\r\n;1;2;3\r\n"
ONE = ("2020-01-01 00:00:00", 48.1, 16.1)


@pytest.mark.parametrize("name, data, found, more", [
    ("gpx10", GPX10, (2, 1, 0, 1), [ONE + (201, 36, None)]),
    ("line", json.dumps(LINE), (3, 2, 0, 1), [ONE + (10, None, None), ("2020-01-01 00:00:30", 48.2, 16.2, None, None, None)]),
    ("records", json.dumps(RECORDS), (2, 2, 0, 0), [("2020-01-01 00:00:00", 48.1, -16.1, None, 36, 20), ("2020-01-01 00:00:30", 48.2, 16.1, 5, None, None)]),
    ("timeline", json.dumps(TIMELINE), (2, 2, 0, 0), [ONE + (None, None, None), ("2020-01-01 00:00:30", 48.2, 16.2, None, 36, 13)]),
    ("ios", json.dumps(IOS, indent=3), (2, 2, 0, 0), [ONE + (None, None, None), ("2020-01-01 00:02:00", 48.2, 16.2, None, None, None)]),
    ("recorder", json.dumps(RECORDER), (1, 1, 0, 0), [ONE + (None, None, None)]),
    ("rec", REC, (2, 1, 0, 1), [ONE + (None, None, None)]),
    ("csv", CSV, (2, 1, 0, 1), [ONE + (None, 36, None)]),
    ("ndjson", "\n".join(json.dumps(m) for m in RECORDER["data"]), (1, 1, 0, 0), [ONE + (None, None, None)]),
])
def test_formats_of_others_through_both_doors(stack, tmp_path, name, data, found, more):
    data = data if isinstance(data, bytes) else data.encode()
    (tmp_path / name).write_bytes(data)
    columns = "timestamp, latitude, longitude, altitude, velocity, accuracy"
    told = command(stack, tmp_path / name, "--user", "emma", "--device", f"cli-{name}", "--dry-run")
    assert f"{found[0]} read, {found[1]} to be stored, 0 already there, {found[3]} refused" in told
    assert stack.sql("select count(*) from my_tracks_device where device_id = ?", f"cli-{name}") == [(0,)], "a dry run changes nothing"
    told = command(stack, tmp_path / name, "--user", "emma", "--device", f"cli-{name}")
    assert f"{found[0]} read, {found[1]} stored, 0 already there, {found[3]} refused" in told and told.count("  line ") == found[3]
    assert rows(stack, f"cli-{name}", columns) == more
    answer = put(stack, data, f"web-{name}")
    assert counts(answer) == found and rows(stack, f"web-{name}", columns) == more
    assert len(answer["report"]) == found[3] and all(r["line"] >= 1 and r["why"] for r in answer["report"])
    assert "already there" in command(stack, tmp_path / name, "--user", "emma", "--device", f"web-{name}", "--dry-run")


@pytest.mark.parametrize("data, why", [
    (b"<!DOCTYPE x [<!ENTITY a 'a'>]><gpx>&a;</gpx>", "document type"),
    (b"<gpx>" + b"<a>" * 70, "nested too deep"),
    (b"[" * 300, "nested too deep"),
    (b"\x1f\x8bnonsense", "damaged"),
    (b"hello\nworld\n", "no known format"),
    (b"\x89PNG\r\n\x1a\n\0\0", "no known format"),
    (b"{}", "no known kind"),
    (b"<gpx/>", "no position"),
])
def test_what_is_no_history_is_told_and_leaves_nothing(stack, data, why):
    answer = put(stack, data, "nothing", status=400)
    assert why in answer["error"]
    assert stack.sql("select count(*) from my_tracks_device where device_id = 'nothing'") == [(0,)]


def test_a_file_that_ends_in_the_middle_keeps_what_came_and_says_so(stack):
    whole = json.dumps(RECORDS).encode()
    answer = put(stack, whole[:-40], "half")
    assert answer["state"] == "stopped" and answer["stored"] == 1 and answer["report"][-1] == {"line": 0, "why": "the JSON ends in the middle"}
    assert put(stack, gzip.compress(whole)[:-9], "half2")["report"][-1]["why"] == "the packed file ends too early"
    assert counts(put(stack, whole, "half")) == (2, 1, 1, 0), "and goes on where it was"


def test_who_may(stack):
    before = rows(stack, "phone")
    assert "does not exist" in put(stack, CSV.encode(), "emma/phone", FINN, 404)["error"]
    assert rows(stack, "phone") == before, "not into another's"
    assert counts(put(stack, CSV.encode(), "emma/phone", GINA))[1] == 1, "staff may"
    assert put(stack, CSV.encode(), "a%2Fb%2Fc", status=400) and put(stack, CSV.encode(), "%2B", status=400)
    assert put(stack, CSV.encode(), format_of="gpx", status=400) and put(stack, CSV.encode(), format_of="kml", status=400)
    assert stack.request("POST", "/api/imports/?device=copy", "a=b", {"Content-Type": "application/x-www-form-urlencoded"}, EMMA)[0] == 415
    mine = json.loads(stack.request("GET", "/api/imports/", auth=EMMA)[1])["results"]
    assert mine and json.loads(stack.request("GET", f"/api/imports/{mine[0]['id']}/", auth=EMMA)[1]) == mine[0]
    assert stack.request("GET", f"/api/imports/{mine[0]['id']}/", auth=FINN)[0] == 404
    assert json.loads(stack.request("GET", "/api/imports/", auth=FINN)[1])["results"] == []


def test_a_session_needs_its_token(stack):
    s = stack.sign_in(*EMMA)
    head = {"Cookie": s["cookie"], "Content-Type": "application/octet-stream"}
    assert stack.request("POST", "/api/imports/?device=browser", CSV.encode(), head)[0] == 403
    assert stack.request("POST", "/api/imports/?device=browser", CSV.encode(), {**head, "X-CSRFToken": s["csrf"]})[0] == 200


def test_the_latest_position_is_the_newest(stack):
    latest = "select l.timestamp from my_tracks_device d join my_tracks_location l on l.id = d.latest_location_id where d.device_id = ?"
    put(stack, "time,lat,lon\n2020-01-02T00:00:00Z,1,1\n2020-01-03T00:00:00Z,2,2\n2020-01-01T00:00:00Z,3,3\n".encode(), "latest")
    assert stack.sql(latest, "latest") == [("2020-01-03 00:00:00",)]
    put(stack, b"time,lat,lon\n2019-01-02T00:00:00Z,1,1\n", "latest")
    assert stack.sql(latest, "latest") == [("2020-01-03 00:00:00",)]
    assert stack.request("POST", "/pub", {"_type": "location", "topic": "owntracks/emma/latest", "tst": 1_600_000_000, "lat": 1, "lon": 1}, auth=EMMA)[0] == 200
    assert stack.sql(latest, "latest") == [("2020-09-13 12:26:40",)]
    assert stack.sql("select count(*) from mytracks_outbox") == [(0,)]
    assert stack.sql("select sum(n) from mytracks_location_count") == stack.sql("select count(*) from my_tracks_location")


def test_two_places_in_the_same_second_are_two_positions(stack):
    data = b"time,lat,lon\n2020-01-02T00:00:00Z,1,1\n2020-01-02T00:00:00Z,1.000001,1\n2020-01-02T00:00:00Z,1.0000001,1\n"
    assert counts(put(stack, data, "same")) == (3, 2, 1, 0)


# ---- much

N = int(os.environ.get("IMPORT_ROWS", 50_000))


def peak(pid):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))


def test_much_in_little_memory_while_phones_are_answered():
    csv = "unix,lat,lon,acc\n" + "".join(f"{1_400_000_000 + i * 10},{40 + i % 9999 / 1000:.6f},{i % 179},9\n" for i in range(N))
    data = gzip.compress(csv.encode(), 1)
    answers, done = [], threading.Event()
    with Stack(users=dict([EMMA]), env={"MYTRACKS_IMPORT_MAX": "100"}) as stack:
        def phone():
            i = 0
            while not done.is_set():
                i += 1
                status, _ = stack.request("POST", "/pub", {"_type": "location", "topic": "owntracks/emma/phone", "tst": T0 + i, "lat": 1, "lon": 1}, auth=EMMA)
                answers.append(status)
                done.wait(0.05)
        phone_thread = threading.Thread(target=phone)
        phone_thread.start()
        try:
            answer = {}
            web = threading.Thread(target=lambda: answer.update(put(stack, data, "big", timeout=600)))
            web.start()
            seen = until(lambda: [r for r in json.loads(stack.request("GET", "/api/imports/", auth=EMMA)[1])["results"] if r["stored"] > 0], 60)[0]
            assert seen["state"] in ("running", "done") and seen["size"] == len(data)
            if seen["state"] == "running":
                assert b"Another history" in stack.request("POST", "/api/imports/?device=other", b"x", auth=EMMA)[1]
            web.join()
        finally:
            done.set()
            phone_thread.join()
        assert counts(answer) == (N, N, 0, 0) and answer["state"] == "done"
        assert set(answers) == {200}
        between = "select count(*) from my_tracks_location where device_id = (select id from my_tracks_device where device_id = 'phone')" \
                  " and id > (select min(id) from my_tracks_location where device_id = {0}) and id < (select max(id) from my_tracks_location where device_id = {0})"
        assert stack.sql(between.format("(select id from my_tracks_device where device_id = 'big')"))[0][0] > 0, "phones need not wait for the end"
        if not os.environ.get("SAN"):  # whose own memory is many times that
            assert max(peak(pid) for pid in stack.pids("worker")) < 64 * 1024, "kB"
        assert stack.sql("select n from mytracks_location_count where device_id = (select id from my_tracks_device where device_id = 'big')") == [(N,)]
        # Phones' rows stand between: none of theirs is quiet, all but a few of ours are.
        told = "select count(*) from my_tracks_location l where device_id = (select id from my_tracks_device where device_id = ?)" \
               " and not exists (select 1 from mytracks_quiet where l.id >= first_id and l.id < last_id)"
        assert stack.sql(told, "phone") == [(len(answers),)]
        assert stack.sql(told, "big")[0][0] <= len(answers) + 1


def test_too_large_is_said_in_json():
    with Stack(users=dict([EMMA]), env={"MYTRACKS_IMPORT_MAX": "1"}) as stack:
        assert "larger" in put(stack, b"x" * (1024 * 1024 + 1), status=413)["error"]
        assert put(stack, b"x" * 1024 * 1024, status=400)
