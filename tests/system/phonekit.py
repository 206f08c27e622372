"""An app in MQTT mode."""
import json
import threading
import time

import paho.mqtt.client as paho


def publish(stack, who, *messages, device="phone"):
    """All acknowledged; as a phone does, it comes back until it is let in: nobody is while the agent is away."""
    c = paho.Client(client_id=f"{who[0]}-{time.monotonic_ns()}")
    c.username_pw_set(*who)
    inside = threading.Event()
    c.on_connect = lambda _c, _u, _f, rc: rc == 0 and inside.set()
    c.reconnect_delay_set(1, 1)
    c.connect("127.0.0.1", stack.mqtt_port)
    c.loop_start()
    assert inside.wait(20)
    for info in [c.publish(f"owntracks/{who[0]}/{device}", json.dumps(m), 1) for m in messages]:
        info.wait_for_publish(10)
        assert info.is_published()
    c.disconnect()
    c.loop_stop()
