"""Who may publish what to whom, and who gets what: every relation × topic × {publish, subscribe, retained}, made from the
two tables below (the "wanted" column of the reference's notes on access), through the real broker."""
import itertools
import json
import queue
import threading

import paho.mqtt.client as paho
import pytest
from stack import Stack

PASSWORD = "acl-Matrix-Pa55"
OWNER = "emma"
# Relation to the owner → the user who has it. The share is of the phone alone.
PEOPLE = {"self": "emma", "shared": "fred", "friend": "gina", "asked": "hugo", "stranger": "ivan", "superuser": "root"}
T0 = 1_772_800_000
REPORT = {"_type": "cmd", "action": "reportLocation"}

ME = {"self", "superuser"}
SHARED = ME | {"shared"}
COMMANDERS = ME | {"shared", "friend"}
NOBODY = set()
# topic: (who may publish there, who gets it)
TOPICS = {
    "owntracks/emma/phone": (ME, SHARED),
    "owntracks/emma/phone/event": (ME, SHARED),
    "owntracks/emma/phone/info": (ME, SHARED),
    "owntracks/emma/phone/status": (ME, SHARED),
    "owntracks/emma/phone/step": (ME, SHARED),
    "owntracks/emma/phone/beacon": (ME, SHARED),
    "owntracks/emma/phone/waypoint": (ME, ME),
    "owntracks/emma/phone/waypoints": (ME, ME),
    "owntracks/emma/phone/waypoints/x": (ME, ME),
    "owntracks/emma/phone/dump": (ME, ME),
    "owntracks/emma/phone/request": (ME, ME),
    "owntracks/emma/phone/cmd": (ME, ME),
    "owntracks/emma/phone/cmd/x": (ME, ME),
    "owntracks/emma/tablet": (ME, ME),
    "owntracks/emma/tablet/event": (ME, ME),
    "owntracks/emma/phone2": (ME, ME),
    "owntracks/emma": (ME, ME),
    "owntracks/EMMA/phone": ({"superuser"}, {"superuser"}),
    "owntracks/emma2/phone": ({"superuser"}, {"superuser"}),
    "owntracks//phone": (NOBODY, {"superuser"}),
    "owntracks/emma/": (NOBODY, {"superuser"}),
    "owntracks": (NOBODY, {"superuser"}),
    "foo/bar": (NOBODY, {"superuser"}),
    "$SYS/broker/hello": (NOBODY, set(PEOPLE)),
}
# A command, by what it says: others than the owner may only ask where the phone is.
COMMANDS = [
    (REPORT, COMMANDERS),
    ({"_type": "cmd", "action": "reportLocation", "x": 1}, COMMANDERS),
    ({"_type": "cmd", "action": "dump"}, ME),
    ({"_type": "cmd", "action": "setConfiguration", "configuration": {}}, ME),
    ({"_type": "cmd", "action": "reportLocation", "action ": "dump"}, COMMANDERS),
    ({"action": "reportLocation"}, ME),
    ([REPORT], ME),
]
FILTERS = ["owntracks/+/+", "owntracks/+/+/+", "owntracks/#", "#", "owntracks/emma/#", "owntracks/+/phone/#", "+/emma/phone"]


@pytest.fixture(scope="module")
def stack():
    users = {name: PASSWORD for relation, name in PEOPLE.items() if relation != "superuser"}
    s = Stack(users=users)
    s.add_user("root", PASSWORD, admin=True)
    with s:
        with Client(s, "self") as emma:
            for device in ("phone", "tablet"):
                emma.say(f"owntracks/emma/{device}", location(0))
        s.wait_sql("select count(*) from my_tracks_device", [(2,)])
        with s.writing() as db:
            ids = dict(db.execute("select username, id from auth_user").fetchall())
            db.execute("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id)"
                       " select '2026-01-01', id, ? from my_tracks_device where device_id = 'phone'", (ids["fred"],))
            for name, status in (("fred", "accepted"), ("gina", "accepted"), ("hugo", "pending")):
                db.execute("insert into my_tracks_friendrequest (status, auto_accept_reciprocal, created_at, updated_at, from_user_id, to_user_id)"
                           " values (?, 0, '2026-01-01', '2026-01-01', ?, ?)", (status, ids[name], ids["emma"]))
        yield s


def location(i):
    return {"_type": "location", "lat": 1, "lon": 2, "tst": T0 + i}


class Client:
    """A connected client of a relation; got: (topic, payload, retain) in order."""
    numbers = itertools.count()

    def __init__(self, stack, relation, filters=()):
        self.relation, self.filters, self.stack = relation, list(filters), stack
        self.got, self.ready = queue.Queue(), threading.Semaphore(0)
        self.client = paho.Client(client_id=f"{relation}-{next(self.numbers)}")
        self.client.username_pw_set(PEOPLE[relation], PASSWORD)
        self.client.on_connect = lambda *_: self.ready.release()
        self.client.on_subscribe = self.granted
        self.client.on_message = lambda c, u, m: self.got.put((m.topic, m.payload.decode(), m.retain))
        self.codes = []

    def granted(self, _client, _user, _mid, codes):
        self.codes += codes
        self.ready.release()

    def __enter__(self):
        self.client.connect("127.0.0.1", self.stack.mqtt_port)
        self.client.loop_start()
        assert self.ready.acquire(timeout=10)
        for f in self.filters:
            self.client.subscribe(f, 1)
            assert self.ready.acquire(timeout=10)
        assert self.codes == [1] * len(self.filters), "every filter is granted as asked"
        return self

    def __exit__(self, *_):
        self.client.disconnect()
        self.client.loop_stop()

    def say(self, topic, message, retain=False):
        """Returns when it is acknowledged, which it always is."""
        payload = message if isinstance(message, (bytes, str)) else json.dumps(message)
        info = self.client.publish(topic, payload, 1, retain)
        info.wait_for_publish(10)
        assert info.is_published(), topic

    def until(self, topic):
        """All that came before the message on this topic."""
        messages = []
        while (m := self.got.get(timeout=10))[0] != topic:
            messages.append(m)
        return messages


def matches(pattern, topic):
    return paho.topic_matches_sub(pattern, topic)


def readers(topic):
    return TOPICS[topic][1]


PUBLISHABLE = [t for t, (publish, _) in TOPICS.items() if "superuser" in publish]


def wanted(relation, patterns):
    return {t for t in PUBLISHABLE if relation in readers(t) and any(matches(p, t) for p in patterns)}


def settle(stack):
    """The shares are known to the broker: the phone's reader gets a message."""
    for _ in range(100):
        with Client(stack, "shared", ["owntracks/emma/phone/event"]) as fred, Client(stack, "superuser") as root:
            root.say("owntracks/emma/phone/event", "settled")
            try:
                fred.got.get(timeout=0.2)
                return
            except queue.Empty:
                continue
    raise AssertionError("the share never reached the broker")


@pytest.mark.parametrize("relation", PEOPLE)
def test_live_messages_reach_whom_they_may(stack, relation):
    settle(stack)
    marker = f"owntracks/{PEOPLE[relation]}/marker"
    sets = [[f] for f in FILTERS] + [PUBLISHABLE]
    clients = [Client(stack, relation, [marker, *s]) for s in sets]
    with Client(stack, "superuser") as root:
        for c in clients:
            c.__enter__()
        try:
            for t in PUBLISHABLE:
                root.say(t, f"live {t}")
            root.say(marker, "end")
            for c, patterns in zip(clients, sets):
                got = {t for t, payload, retain in c.until(marker) if not retain and payload == f"live {t}"}
                assert got == wanted(relation, patterns), patterns
        finally:
            for c in clients:
                c.__exit__()


@pytest.mark.parametrize("relation", PEOPLE)
def test_retained_messages_reach_whom_they_may(stack, relation):
    settle(stack)
    marker = f"owntracks/{PEOPLE[relation]}/marker"
    with Client(stack, "superuser") as root:
        for t in PUBLISHABLE:
            root.say(t, f"kept {t}", retain=True)
        for patterns in [*([f] for f in FILTERS), PUBLISHABLE]:
            with Client(stack, relation, [marker, *patterns]) as c:
                root.say(marker, "end")
                got = {t for t, _, retain in c.until(marker) if retain}
                assert got == wanted(relation, patterns), patterns
        for t in PUBLISHABLE:
            root.say(t, b"", retain=True)


@pytest.mark.parametrize("relation", PEOPLE)
def test_what_is_published_goes_where_it_may(stack, relation):
    settle(stack)
    marker = f"owntracks/{PEOPLE[relation]}/marker"
    with Client(stack, "superuser", ["#"]) as root, Client(stack, relation) as c:
        for t in TOPICS:
            c.say(t, f"by {relation}")
        c.say(marker, "end")
        got = {t for t, payload, _ in root.until(marker) if payload == f"by {relation}"}
        assert got == {t for t, (publish, _) in TOPICS.items() if relation in publish}


@pytest.mark.parametrize("relation", PEOPLE)
def test_commands_to_the_phone(stack, relation):
    settle(stack)
    marker = f"owntracks/{PEOPLE[relation]}/marker"
    with Client(stack, "superuser", ["#"]) as root, Client(stack, relation) as c:
        for command, _ in COMMANDS:
            c.say("owntracks/emma/phone/cmd", command)
        for other in ("owntracks/emma/tablet/cmd", "owntracks/nobody/phone/cmd"):
            c.say(other, REPORT)
        c.say(marker, "end")
        got = [(t, json.loads(p)) for t, p, _ in root.until(marker) if t.endswith("/cmd")]
    # From others the phone gets the bare command, whatever else they wrote into it.
    assert [m for t, m in got if t == "owntracks/emma/phone/cmd"] == \
        [m if relation in ME else REPORT for m, who in COMMANDS if relation in who]
    assert {t for t, _ in got if t != "owntracks/emma/phone/cmd"} == \
        ({"owntracks/emma/tablet/cmd"} if relation in COMMANDERS else set()) | \
        ({"owntracks/nobody/phone/cmd"} if relation == "superuser" else set())


def test_what_is_stored_is_what_was_allowed(stack):
    settle(stack)
    for i, relation in enumerate(PEOPLE):
        with Client(stack, relation) as c:
            c.say("owntracks/emma/phone", location(100 + i))
            c.say(f"owntracks/{PEOPLE[relation]}/own", location(200 + i))
    stack.wait_sql("select count(*) from my_tracks_location l join my_tracks_device d on d.id = l.device_id"
                   " where d.device_id = 'own'", [(len(PEOPLE),)])
    stored = stack.sql("select cast(strftime('%s', l.timestamp) as integer) - ? from my_tracks_location l join my_tracks_device d"
                       " on d.id = l.device_id where d.device_id = 'phone' and l.timestamp > '2026' order by 1", T0)
    assert [n for (n,) in stored if n >= 100] == [100 + i for i, r in enumerate(PEOPLE) if r in ME]


def test_a_retained_message_does_not_outlive_a_right(stack):
    settle(stack)
    with Client(stack, "superuser") as root:
        root.say("owntracks/emma/phone/event", "kept", retain=True)
        with Client(stack, "shared", ["owntracks/+/+/event"]) as fred:
            assert fred.got.get(timeout=5)[2]
        with stack.writing() as db:
            shares = db.execute("select id, created_at, device_id, shared_with_id from my_tracks_deviceshare").fetchall()
            db.execute("delete from my_tracks_deviceshare")
        try:
            stack_has_no_share(stack)
            with Client(stack, "shared", ["owntracks/fred/marker", "owntracks/+/+/event"]) as fred:
                root.say("owntracks/fred/marker", "end")
                assert fred.until("owntracks/fred/marker") == []
        finally:
            with stack.writing() as db:
                db.executemany("insert into my_tracks_deviceshare values (?, ?, ?, ?)", shares)
            root.say("owntracks/emma/phone/event", b"", retain=True)


def stack_has_no_share(stack):
    """Within 5 s a live session of the one it was shared with gets nothing more."""
    with Client(stack, "shared", ["owntracks/fred/marker", "owntracks/emma/phone"]) as fred, Client(stack, "superuser") as root:
        for _ in range(25):
            root.say("owntracks/emma/phone", "still")
            root.say("owntracks/fred/marker", "end")
            if not fred.until("owntracks/fred/marker"):
                return
            threading.Event().wait(0.2)
    raise AssertionError("the share is not taken away")


def test_an_inactive_user_is_let_in_nowhere(stack):
    with stack.writing() as db:
        db.execute("update auth_user set is_active = 0 where username = 'ivan'")
    client, result = paho.Client(client_id="ivan-late"), queue.Queue()
    client.username_pw_set("ivan", PASSWORD)
    client.on_connect = lambda c, u, f, code: result.put(code)
    client.connect("127.0.0.1", stack.mqtt_port)
    client.loop_start()
    assert result.get(timeout=10) != 0
    client.loop_stop()
