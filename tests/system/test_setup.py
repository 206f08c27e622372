"""The first administrator, made in a browser by who has the server's link."""
import re
import subprocess
from urllib.parse import urlencode

import pytest
from stack import BUILD, Stack, until

PASSWORD = "set-Up-Pa55word"


@pytest.fixture(params=["adopted", "own"])
def stack(request):
    """Without any administrator; emma is no one."""
    s = Stack(users={"emma": PASSWORD}, env={"MYTRACKS_POLICY": "strict" if request.param == "own" else "compatible"})
    with s:
        yield s


def command(stack, *args):
    run = subprocess.run([str(BUILD / "bin/mytracks"), "setup", *args], env=stack.env, cwd=stack.folder, text=True, capture_output=True)
    return run.returncode, run.stdout, run.stderr


LINK = re.compile(r"https?://[\w.:-]+(/setup/\?token=[\w.-]+)")


def link_of(text):
    return LINK.search(text).group(1)


def printed(stack):
    """The link that the server prints once all answer, which a test may see before that."""
    return until(lambda: LINK.search(stack.log_text())).group(1)


def token(headers, page):
    secret = re.search(r"csrftoken=(\w+)", headers["set-cookie"]).group(1)
    return {"cookie": f"csrftoken={secret}", "csrf": re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.decode()).group(1)}


def submit(stack, link, username="first", password=PASSWORD, again=None, email="first@example.org", **more):
    status, headers, page = stack.answer("GET", link)
    assert status == 200, page
    form = token(headers, page)
    fields = {"csrfmiddlewaretoken": form["csrf"], "token": re.search("token=(.*)", link).group(1), "username": username, "password": password,
              "again": password if again is None else again, "email": email, "next": "/admin-panel/start/", **more}
    return stack.answer("POST", "/setup/", urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded", "Cookie": form["cookie"]})


def staff(stack):
    return stack.sql("select username, is_staff, is_superuser, is_active, email from auth_user where is_staff")


def test_the_servers_link_makes_one_administrator_and_signs_in(stack):
    link = printed(stack)
    assert link == link_of(command(stack)[1]) or command(stack)[0] == 0
    status, headers, _ = submit(stack, link)
    assert status == 302 and headers["location"] == "/admin-panel/start/"
    assert staff(stack) == [("first", 1, 1, 1, "first@example.org")]
    cookie = "; ".join(re.findall(r"(?:sessionid|csrftoken)=\w+", headers["set-cookie"]))
    status, _, page = stack.answer("GET", "/admin-panel/start/", headers={"Cookie": cookie})
    assert status == 200 and b"stepPhone" in page
    # It was good once: a second administrator is not made with it.
    for method in ("GET", "POST"):
        status, headers, _ = stack.answer(method, link, headers={"Cookie": cookie} if method == "GET" else {})
        assert (method, status) in (("GET", 302), ("POST", 403))
    code, _, why = command(stack)
    assert code == 1 and "administrator already" in why
    assert len(staff(stack)) == 1
    assert PASSWORD not in stack.log_text()


def test_no_link_no_form(stack):
    for path in ("/setup/", "/setup/?token=", "/setup/?token=1772800000.AAAA", "/setup/?token=%00", printed(stack)[:-1]):
        status, _, page = stack.answer("GET", path)
        assert status == 403 and b"mytracks setup" in page and b'name="username"' not in page, path
    status, headers, page = stack.answer("GET", "/login/")
    assert b"mytracks setup" in page
    form = token(headers, page)
    fields = {"csrfmiddlewaretoken": form["csrf"], "token": "1772800000.AAAA", "username": "first", "password": PASSWORD, "again": PASSWORD}
    status, _, _ = stack.answer("POST", "/setup/", urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded", "Cookie": form["cookie"]})
    assert status == 403 and staff(stack) == []


def test_an_account_made_elsewhere_ends_the_link(stack):
    link = printed(stack)
    stack.add_user("finn", PASSWORD)
    assert stack.answer("GET", link)[0] == 403
    assert stack.answer("GET", link_of(command(stack)[1]))[0] == 200


@pytest.mark.parametrize("fields, why", [
    ({"password": "short7!"}, "at least 8"), ({"password": "password123"}, "too common"), ({"password": "1593575982"}, "entirely numeric"),
    ({"password": "first@example.org"}, "too similar"), ({"again": "another-Pa55"}, "differ"), ({"username": "a/b"}, "1 to 150 letters"),
    ({"username": "+"}, "1 to 150 letters"), ({"username": ""}, "1 to 150 letters"), ({"username": "emma"}, "already exists")])
def test_what_is_refused_is_told_and_can_be_mended(stack, fields, why):
    link = printed(stack)
    status, _, page = submit(stack, link, **fields)
    assert status == 200 and why in page.decode(), page.decode()
    assert staff(stack) == []
    assert submit(stack, link)[0] == 302 and len(staff(stack)) == 1


def test_base_of_the_printed_link(stack):
    assert "https://tracks.example.org/setup/?token=" in command(stack, "--url", "https://tracks.example.org")[1]
    assert command(stack, "--help")[0] == 0 and command(stack, "--nonsense")[0] == 2
