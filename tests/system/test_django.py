"""Django still works on a file that we wrote: its own code reads our hash, our session and our rows."""
import json
import os
import subprocess
import textwrap

import pytest
from stack import Stack
from test_flow import PASSWORD, position

SCRIPT = textwrap.dedent('''
    import json, sys
    import django
    from django.conf import settings
    path, secret, key, password = sys.argv[1:]
    settings.configure(
        SECRET_KEY=secret, USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": path}},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"])
    django.setup()
    from django.contrib.auth import authenticate, get_user, BACKEND_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connection
    from django.http import HttpRequest
    request = HttpRequest()
    request.session = SessionStore(session_key=key)
    out = {"session_user": get_user(request).username, "backend": request.session[BACKEND_SESSION_KEY]}
    user = User.objects.get(username="emma")
    out["last_login"] = user.last_login is not None
    before = user.password
    out["authenticated"] = authenticate(username="emma", password=password) == user
    with connection.cursor() as c:
        c.execute("select timestamp, latitude, received_at from my_tracks_location order by id")
        out["rows"] = [[str(v) for v in r] for r in c.fetchall()]
        c.execute("select app, name from django_migrations where app = 'my_tracks' order by id desc limit 1")
        out["migration"] = list(c.fetchone())
    ours = SessionStore()
    ours[SESSION_KEY] = str(user.pk)
    ours[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    user.refresh_from_db()
    ours["_auth_user_hash"] = user.get_session_auth_hash()
    ours.save()
    out["made_session"] = ours.session_key
    print(json.dumps(out))
''')


def test_django_reads_what_we_wrote():
    django = subprocess.run(["/usr/bin/python3", "-c", "import django"], capture_output=True)
    if django.returncode:
        if os.environ.get("CI") == "true":
            pytest.fail("python3-django is not installed")
        pytest.skip("python3-django is not installed")
    with Stack(users={"emma": PASSWORD}) as s:
        key = s.sign_in("emma", PASSWORD)["session"]
        assert s.request("POST", "/api/locations/", position(1_772_800_000, topic="owntracks/emma/pixel"),
                         auth=("emma", PASSWORD))[0] == 200
        done = subprocess.run(["/usr/bin/python3", "-c", SCRIPT, str(s.db_path), s.env["SECRET_KEY"], key, PASSWORD],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        seen = json.loads(done.stdout)
        assert seen["session_user"] == "emma" and seen["authenticated"] and seen["last_login"]
        assert seen["backend"] == "django.contrib.auth.backends.ModelBackend"
        assert seen["migration"] == ["my_tracks", "0024_alter_device_latest_location"]
        assert seen["rows"][0][:2] == ["2026-03-06 12:26:40", "48.137154"]
        # And the other way: a session that Django stored signs in here, also after its hash upgrade.
        status, body = s.request("GET", "/api/devices/", headers={"Cookie": f"sessionid={seen['made_session']}"})
        assert status == 200 and json.loads(body)["count"] == 1
