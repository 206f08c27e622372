"""The description of the REST API (fcgi/openapi.json): well-formed, complete, and true."""
import json
import re
import subprocess

import pytest
from openapi_check import METHODS, check_document, deref, path_of, problems
from stack import BUILD, CONFORMANCE, ROOT, Stack, routes

DOC = json.loads((ROOT / "fcgi/openapi.json").read_text())


def shape(path):
    return re.sub(r"{\w+}", "{}", path)


def test_structure():
    check_document(DOC)


@pytest.mark.parametrize("spoil", [
    lambda d: d["paths"]["/api/"]["get"].update(responses={}),
    lambda d: d["paths"]["/api/"]["get"].update(operationId="health"),
    lambda d: d["paths"]["/api/locations/{id}/"].update(parameters=[]),
    lambda d: d["components"]["schemas"]["Device"]["properties"]["id"].update(type="int"),
    lambda d: d["components"]["schemas"]["Device"]["required"].append("nothing"),
    lambda d: d["components"]["schemas"].update(Unused={"type": "string"}),
    lambda d: d["components"]["schemas"].pop("Device"),
    lambda d: d["paths"]["/api/"]["get"].update(security=[{"nothing": []}]),
])
def test_structure_check_can_fail(spoil):
    doc = json.loads(json.dumps(DOC))
    spoil(doc)
    with pytest.raises((AssertionError, KeyError)):
        check_document(doc)


def test_same_routes_and_methods_as_the_program():
    there = {(shape(r.pattern), m.lower()) for r in routes() if r.side != "page" for m in r.methods}
    described = {(shape(path), m) for path, item in DOC["paths"].items() for m in item if m in METHODS}
    assert there - described == set(), "not described"
    assert described - there == set(), "described, but not there"


def test_who_may_ask_is_as_in_the_table():
    wanted = {"none": [{}], "open": [{}, {"session": []}, {"basic": []}], "basic": [{}, {"basic": []}],
              "user": [{"session": []}, {"basic": []}], "staff": [{"session": []}, {"basic": []}], "relay": [{"relayKey": []}],
              "command": [{"session": []}, {"commandKey": []}],
              "keyed": [{"session": []}, {"basic": []}, {"commandKey": []}],
              "link": [{"session": []}, {"basic": []}, {"shareLink": []}]}
    by_shape = {shape(path): item for path, item in DOC["paths"].items()}
    for r in routes():
        for m in r.methods if r.side != "page" else ():
            assert by_shape[shape(r.pattern)][m.lower()].get("security", DOC["security"]) == wanted[r.who], r


def test_version_is_the_program_s():
    text = subprocess.run([str(BUILD / "bin/mytracks-fcgi"), "--version"], check=True, text=True, stdout=subprocess.PIPE).stdout
    assert text.split()[1] == DOC["info"]["version"]


# ---- true: what the recordings say

def is_matcher(value):
    return isinstance(value, dict) and any(key.startswith("$") for key in value) or isinstance(value, str) and "{{" in value


def recorded():
    """(name, method, path, status, body) of every recorded reply of JSON."""
    for file in sorted(CONFORMANCE.glob("scenarios/*/*.json")):
        for step in json.loads(file.read_text())["steps"]:
            want = step.get("expect", {})
            if "http" in step and step["http"]["path"].startswith("/api/") and "json" in want:
                yield file.stem, step["http"]["method"].lower(), step["http"]["path"], str(want["status"]), want["json"]


def test_recorded_replies_fit():
    if not CONFORMANCE.exists():
        pytest.skip("no recordings")
    bad, checked, statuses = [], 0, set()
    for name, method, path, status, body in recorded():
        known = path_of(DOC, path)
        op = DOC["paths"].get(known, {}).get(method)
        if op is None or status in ("405", "406", "500") or ".json" in path or "format=" in path:
            continue  # not part of a description
        if status not in op["responses"]:
            bad.append(f"{name}: {method} {known} answers {status}")
            continue
        content = deref(DOC, op["responses"][status])["content"]
        bad += [f"{name}: {method} {known} {status} {p}"
                for p in problems(DOC, content["application/json"]["schema"], body, opaque=is_matcher)]
        checked += 1
        statuses.add((known, method, status))
    assert bad == []
    assert checked > 400 and len(statuses) > 100, (checked, len(statuses))


# ---- true: what the program says

@pytest.fixture(scope="module")
def stack():
    if not CONFORMANCE.exists():
        pytest.skip("no recordings")
    with Stack(fixture="household") as s:
        yield s


def ask(stack, path, headers=None):
    password = json.loads((CONFORMANCE / "fixtures/household.json").read_text())["users"]["admin"]["password"]
    return stack.request("GET", path, headers=headers, auth=("admin", password))


def test_it_is_served(stack):
    status, body = ask(stack, "/api/schema/")
    assert status == 200 and json.loads(body) == DOC
    assert ask(stack, "/api/schema", {"Accept": "application/json"})[0] == 200
    assert stack.request("GET", "/api/schema/")[0] == 403
    assert stack.request("GET", "/api/docs/")[0] == 302, "to the sign-in page"


VALUES = {"/api/locations/{id}/": ["534"], "/api/devices/{device_id}/": ["ipad"], "/api/devices/{device_id}/locations/": ["ipad"],
          "/api/friends/{user_id}/shares/": ["3"], "/api/tiles/{z}/{x}/{y}": ["1", "2", "0"]}


def test_answers_fit(stack):
    """Every GET that the program has, as an administrator with data."""
    checked = 0
    for r in routes():
        path = next((p for p in DOC["paths"] if shape(p) == shape(r.pattern)), None)
        if r.side != "api" or "GET" not in r.methods or path == "/api/schema/":
            continue
        values = iter(VALUES.get(path, ["1", "1"]))
        url = re.sub(r"{\w+}", lambda _: next(values), path)
        for query in ("", "?limit=3&offset=1", "?resolution=600&device=alice/ipad"):
            status, body = ask(stack, url + query)
            response = deref(DOC, DOC["paths"][path]["get"]["responses"][str(status)])
            media = response.get("content", {})
            if "application/json" in media:
                assert problems(DOC, media["application/json"]["schema"], json.loads(body)) == [], (url, query)
                checked += 1
    assert checked >= 20
