"""A device's past as a file for other programs: what is in it is what was sent."""
import csv
import io
import json
import xml.etree.ElementTree as ET

import pytest
from stack import Stack

EMMA = ("emma", "file-Emma-Pa55")
GINA = ("gina", "file-Gina-Pa55")
T0 = 1_772_755_200  # 2026-03-06, midnight in UTC
GPX = "{http://www.topografix.com/GPX/1/1}"
TPX = "{http://www.garmin.com/xmlschemas/TrackPointExtension/v2}"
SENT = [
    {"tst": T0 + 60, "lat": 48.2082001, "lon": -16.5, "acc": 5, "alt": -3, "vac": 2, "vel": 36, "cog": 270, "batt": 90, "conn": "w",
     "tid": "=1", "SSID": 'my "home"\n<b>'},
    {"tst": T0 + 120, "lat": 48.21, "lon": -16.5, "acc": 900},
    {"tst": T0 + 5000, "lat": 0.5, "lon": 179.9, "acc": 7, "tid": "p"},
]


@pytest.fixture(scope="module")
def stack():
    with Stack(users=dict([EMMA, GINA])) as s:
        for one in [*SENT, {"tst": T0 + 90_000, "lat": 1, "lon": 1}]:
            assert s.request("POST", "/pub", {"_type": "location", "topic": "owntracks/emma/<&phone\">", **one}, auth=EMMA)[0] == 200
        yield s


def fetch(stack, how, more="", auth=EMMA):
    return stack.request("GET", f"/api/tracks/file/?device=emma/%3C%26phone%22%3E&start={T0}&end={T0 + 86399}&as={how}{more}", auth=auth)


def test_gpx(stack):
    status, body = fetch(stack, "gpx")
    root = ET.fromstring(body)
    assert status == 200 and root.tag == GPX + "gpx" and root.get("version") == "1.1"
    assert root.findtext(f"{GPX}trk/{GPX}name") == 'emma/<&phone">'
    segments = [[(p.get("lat"), p.get("lon"), p.findtext(GPX + "time"), p.findtext(GPX + "ele")) for p in s]
                for s in root.iter(GPX + "trkseg")]
    assert segments == [[("48.2082001", "-16.5", "2026-03-06T00:01:00Z", "-3"), ("48.21", "-16.5", "2026-03-06T00:02:00Z", None)],
                        [("0.5", "179.9", "2026-03-06T01:23:20Z", None)]]
    assert [(e.tag.removeprefix(TPX), e.text) for e in next(root.iter(TPX + "TrackPointExtension"))] == [("speed", "10.00"), ("course", "270")]


def test_geojson(stack):
    status, body = fetch(stack, "geojson", "&accuracy=100")
    doc = json.loads(body)
    assert status == 200 and doc["type"] == "FeatureCollection"
    assert [f["geometry"]["coordinates"] for f in doc["features"]] == [[-16.5, 48.2082001, -3], [179.9, 0.5]]
    first = doc["features"][0]["properties"]
    assert (first["timestamp_unix"], first["accuracy"], first["battery_level"]) == (T0 + 60, 5, 90)


def test_csv(stack):
    status, body = fetch(stack, "csv")
    rows = list(csv.DictReader(io.StringIO(body.decode(), newline="")))
    assert status == 200 and len(rows) == 3
    assert rows[0] == {
        "time": "2026-03-06T00:01:00Z", "unix": str(T0 + 60), "latitude": "48.2082001", "longitude": "-16.5", "accuracy_m": "5",
        "altitude_m": "-3", "vertical_accuracy_m": "2", "speed_kmh": "36", "course": "270", "battery_percent": "90", "connection": "w",
        "tracker_id": "'=1", "trigger": "", "ssid": SENT[0]["SSID"], "received_via": "http"}
    assert rows[1]["altitude_m"] == ""


def test_rec_can_be_sent_again(stack):
    """Each line is a message that a phone could have sent."""
    status, body = fetch(stack, "rec")
    lines = [line.split("\t") for line in body.decode().splitlines()]
    assert status == 200 and [(time, kind) for time, kind, _ in lines] == [
        ("2026-03-06T00:01:00Z", "*".ljust(18)), ("2026-03-06T00:02:00Z", "*".ljust(18)), ("2026-03-06T01:23:20Z", "*".ljust(18))]
    for (*_, text), sent in zip(lines, SENT, strict=True):
        message = json.loads(text)
        assert message["_type"] == "location" and {k: message.get(k) for k in sent if k not in ("SSID",)} == {
            k: v for k, v in sent.items() if k not in ("SSID",)}
    again = {**json.loads(lines[0][2]), "topic": "owntracks/emma/copy"}
    assert stack.request("POST", "/pub", again, auth=EMMA)[0] == 200
    assert stack.sql("select count(*) from my_tracks_location l join my_tracks_device d on d.id = l.device_id where d.device_id = 'copy'") == [(1,)]


def test_who_and_what(stack):
    assert fetch(stack, "gpx", auth=GINA)[0] == 404
    assert fetch(stack, "kml") == (400, b'{"error":"as must be gpx, geojson, csv or rec"}')
    status, headers, _ = stack.answer("GET", f"/api/tracks/file/?device=emma/%3C%26phone%22%3E&as=gpx&start={T0}&end={T0 + 1}", auth=EMMA)
    assert status == 200 and headers["content-disposition"] == 'attachment; filename="<&phone\\">_2026-03-06.gpx"'
    assert "no-store" in headers["cache-control"] and headers["content-type"] == "application/gpx+xml"
