"""Programs that people use, in every version of the protocol and every quality of service; sessions that stay."""
import json
import queue
import subprocess

import paho.mqtt.client as paho
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from stack import Stack, until

EMMA = ("emma", "clients-Emma-Pa55")
T0 = 1_772_800_000
VERSIONS = {"3.1": paho.MQTTv31, "3.1.1": paho.MQTTv311, "5": paho.MQTTv5}


@pytest.fixture(scope="module")
def stack():
    with Stack(users=dict([EMMA])) as s:
        yield s


def location(i, **more):
    return json.dumps({"_type": "location", "lat": 1, "lon": 2, "tst": T0 + i, **more})


def stored(stack, i):
    return stack.wait_sql(f"select count(*) from my_tracks_location where cast(strftime('%s', timestamp) as integer) = {T0 + i}", [(1,)])


class Client:
    def __init__(self, stack, version, name, stays=False):
        self.got, self.ready = queue.Queue(), queue.Queue()
        how = {} if version == "5" else {"clean_session": not stays}
        self.client = paho.Client(client_id=name, protocol=VERSIONS[version], **how)
        self.client.username_pw_set(*EMMA)
        self.client.on_connect = lambda c, u, flags, code, *_: self.ready.put((int(getattr(code, "value", code)), flags))
        self.client.on_subscribe = lambda *_: self.ready.put(None)
        self.client.on_message = lambda c, u, m: self.got.put((m.topic, json.loads(m.payload), m.qos))
        options = {}
        if version == "5":
            options["clean_start"] = not stays
            options["properties"] = Properties(PacketTypes.CONNECT)
            options["properties"].SessionExpiryInterval = 3600 if stays else 0
        self.client.connect("127.0.0.1", stack.mqtt_port, **options)
        self.client.loop_start()
        code, self.flags = self.ready.get(timeout=10)
        assert code == 0

    def subscribe(self, pattern, qos):
        self.client.subscribe(pattern, qos)
        self.ready.get(timeout=10)

    def publish(self, topic, message, qos):
        info = self.client.publish(topic, message, qos)
        info.wait_for_publish(10)
        assert info.is_published()

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


numbers = iter(range(1, 1000))


@pytest.mark.parametrize("qos", [0, 1, 2])
@pytest.mark.parametrize("version", VERSIONS)
def test_paho(stack, version, qos):
    i = next(numbers)
    c = Client(stack, version, f"paho-{i}")
    c.subscribe("owntracks/+/+", qos)
    c.publish("owntracks/emma/phone", location(i), qos)
    assert c.got.get(timeout=5) == ("owntracks/emma/phone", json.loads(location(i)), qos)
    assert stored(stack, i) == [(1,)]
    c.close()


@pytest.mark.parametrize("qos", [0, 1, 2])
@pytest.mark.parametrize("version", ["mqttv31", "mqttv311", "mqttv5"])
def test_mosquitto_pub_and_sub(stack, version, qos):
    i = next(numbers)
    common = ["-h", "127.0.0.1", "-p", str(stack.mqtt_port), "-V", version, "-u", EMMA[0], "-P", EMMA[1], "-q", str(qos)]
    sub = subprocess.Popen(["stdbuf", "-oL", "mosquitto_sub", *common, "-t", "owntracks/+/+", "-t", "owntracks/+/+/event", "-C", "1", "-W", "20", "-v", "-d"],
                           stdout=subprocess.PIPE, text=True)
    while "SUBACK" not in (line := sub.stdout.readline()):
        assert line, "mosquitto_sub ended"
    subprocess.run(["mosquitto_pub", *common, "-t", "owntracks/emma/phone", "-m", location(i)], check=True, timeout=20)
    out = sub.communicate(timeout=20)[0]
    assert f"owntracks/emma/phone {location(i)}" in out
    assert stored(stack, i) == [(1,)]


def test_mosquitto_pub_is_told_when_it_may_not(stack):
    """With other traffic the broker does not wait for the answer: the client is told to come again (7, without CONNACK), and is answered then."""
    def told():
        run = subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(stack.mqtt_port), "-u", "emma", "-P", "wrong",
                              "-t", "owntracks/emma/phone", "-m", "x"], capture_output=True, text=True, timeout=20)
        assert run.returncode in (5, 7)
        return run.returncode == 5 and run.stderr
    assert "not authorised" in until(told, 20)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_session_that_stays_survives_a_restart(version):
    """Subscription and what was sent meanwhile are there when the broker has been stopped and started."""
    with Stack(users=dict([EMMA])) as s:
        first = Client(s, version, "sleeper", stays=True)
        first.subscribe("owntracks/emma/+", 1)
        first.close()
        other = Client(s, version, "other")
        other.publish("owntracks/emma/phone", location(1), 1)
        other.close()
        s.stop()
        s.start()
        again = Client(s, version, "sleeper", stays=True)
        assert again.got.get(timeout=5)[1]["tst"] == T0 + 1
        other = Client(s, version, "other")
        other.publish("owntracks/emma/phone", location(2), 1)
        assert again.got.get(timeout=5)[1]["tst"] == T0 + 2
        other.close()
        again.close()


def test_an_emptied_retained_topic_is_no_message(stack):
    i = next(numbers)
    c = Client(stack, "3.1.1", "retainer")
    for payload in (location(i), ""):
        c.client.publish("owntracks/emma/phone", payload, 1, retain=True).wait_for_publish(10)
    assert stored(stack, i) == [(1,)]
    c.subscribe("owntracks/emma/+", 1)
    c.publish("owntracks/emma/phone", location(i + 500), 1)
    assert c.got.get(timeout=5)[1]["tst"] == T0 + i + 500, "nothing retained came before"
    c.close()
    assert stack.sql("select count(*) from mytracks_quarantine") == [(0,)]
