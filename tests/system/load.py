"""Phones that never give up: what they got acknowledged is written down, what they did not is sent again."""
import http.client
import json
import threading
import time
from base64 import b64encode

import paho.mqtt.client as paho

BASE = 1_700_000_000  # tst of message 0


class Phone(threading.Thread):
    """rate messages a second until stop(); acked: {n: monotonic time}."""

    def __init__(self, stack, user, password, device, rate, first):
        super().__init__(daemon=True)
        self.stack, self.user, self.password, self.device = stack, user, password, device
        self.rate, self.n, self.first = rate, first, first
        self.acked, self.ending = {}, threading.Event()

    def message(self, n):
        return json.dumps({"_type": "location", "tst": BASE + n, "lat": 50 + n % 1000 / 1000, "lon": 8.5,
                           "acc": 5, "tid": "k1", "t": "u", "topic": f"owntracks/{self.user}/{self.device}"})

    def last_ack(self):
        return max(self.acked.values(), default=0)

    def first_ack_from(self, n):
        """When a message numbered n or later was acknowledged first; None when none was."""
        return min((t for k, t in self.acked.copy().items() if k >= n), default=None)

    def sent(self):
        return self.n - self.first

    def stop(self):
        self.ending.set()
        self.join(30)


class MqttPhone(Phone):
    def run(self):
        waiting, early, lock = {}, {}, threading.Lock()
        c = paho.Client(client_id=f"{self.user}-{self.device}", clean_session=False)
        c.username_pw_set(self.user, self.password)
        c.max_inflight_messages_set(100)
        c.reconnect_delay_set(0.05, 0.2)

        def on_publish(_c, _u, mid):
            with lock:  # never around publish(): paho calls this with its own locks held
                n = waiting.pop(mid, None)
                if n is None:
                    early[mid] = time.monotonic()
                else:
                    self.acked[n] = time.monotonic()

        c.on_publish = on_publish
        c.connect_async("127.0.0.1", self.stack.mqtt_port, keepalive=30)
        c.loop_start()
        topic, began = f"owntracks/{self.user}/{self.device}", time.monotonic()
        while not self.ending.is_set():
            due = self.first + int((time.monotonic() - began) * self.rate)
            while self.n < due and len(waiting) < 2000:
                mid = c.publish(topic, self.message(self.n), qos=1).mid
                with lock:
                    if mid in early:  # acknowledged before publish() told us the id
                        self.acked[self.n] = early.pop(mid)
                    else:
                        waiting[mid] = self.n
                self.n += 1
            time.sleep(0.005)
        end = time.monotonic() + 20
        while waiting and time.monotonic() < end:
            time.sleep(0.02)
        c.disconnect()
        c.loop_stop()
        self.unacked = len(waiting)


class HttpPhone(Phone):
    def run(self):
        token = b64encode(f"{self.user}:{self.password}".encode()).decode()
        headers = {"Content-Type": "application/json", "Authorization": f"Basic {token}",
                   "X-Limit-U": self.user, "X-Limit-D": self.device}
        self.wrong = []
        c, began = None, time.monotonic()
        while not self.ending.is_set():
            if self.first + int((time.monotonic() - began) * self.rate) <= self.n:
                time.sleep(0.004)
                continue
            try:
                c = c or http.client.HTTPConnection("127.0.0.1", self.stack.http_port, timeout=5)
                c.request("POST", "/api/locations/", self.message(self.n), headers)
                r = c.getresponse()
                body = r.read()
            except (OSError, http.client.HTTPException):
                c = None
                time.sleep(0.02)
                continue
            if r.status == 200:
                if body != b"[]":
                    self.wrong.append(body[:100])
                self.acked[self.n] = time.monotonic()
                self.n += 1
            else:
                if r.status != 503:
                    self.wrong.append((r.status, body[:100]))
                time.sleep(0.02)
        self.unacked = 0
