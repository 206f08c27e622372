"""kill -9 of anything under load: what was acknowledged is stored, once, and service goes on."""
import os
import random
import statistics
import time

import pytest
from load import BASE, HttpPhone, MqttPhone
from stack import Stack

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "30"))
PASSWORD = "crash-Test-Pa55word"
HANG = 15  # seconds without service that fail the test; what it really takes is printed


def serving_again(phones, since):
    """Seconds from since until each phone has an acknowledgement for something that it sent after now."""
    marks = [(p, p.n) for p in phones]
    end = time.monotonic() + HANG
    while time.monotonic() < end:
        times = [p.first_ack_from(n) for p, n in marks]
        if all(times):
            return max(times) - since
        time.sleep(0.01)
    return None


def stored(stack, device):
    rows = stack.sql("select strftime('%s', l.timestamp), count(*) from my_tracks_location l "
                     "join my_tracks_device d on d.id = l.device_id where d.device_id = ? group by 1", device)
    return {int(t) - BASE: n for t, n in rows}


def settle(stack, phones):
    """Waits until the spool is worked off: every acknowledged message is there, or nothing comes any more."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        missing = sum(len(p.acked.keys() - stored(stack, p.device).keys()) for p in phones)
        if missing == 0:
            return
        time.sleep(0.1)


def check(stack, phones):
    settle(stack, phones)
    for p in phones:
        rows = stored(stack, p.device)
        lost = sorted(p.acked.keys() - rows.keys())
        twice = sorted(n for n, count in rows.items() if count > 1)
        phantom = sorted(n for n in rows if not p.first <= n < p.n)
        assert not lost, f"{p.device}: {len(lost)} of {len(p.acked)} acknowledged are lost: {lost[:10]}"
        assert not twice, f"{p.device}: {len(twice)} stored twice: {twice[:10]}"
        assert not phantom, f"{p.device}: {len(phantom)} never sent: {phantom[:10]}"
    assert stack.sql("pragma integrity_check") == [("ok",)]
    assert stack.sql("pragma foreign_key_check") == []
    assert stack.sql("select count(*) from mytracks_quarantine") == [(0,)]


@pytest.mark.parametrize("victims", [("agent", "worker", "broker", "all")])
def test_kill(victims):
    rng = random.Random(os.environ.get("CRASH_SEED", "mytracks"))
    with Stack(users={"carl": PASSWORD, "dora": PASSWORD}) as s:
        phones = [MqttPhone(s, "carl", PASSWORD, "mq", 200, 0), HttpPhone(s, "dora", PASSWORD, "ht", 50, 0)]
        for p in phones:
            p.start()
        assert serving_again(phones, time.monotonic()) is not None
        took = {v: [] for v in victims}
        for i in range(ROUNDS):
            victim = victims[i % len(victims)]
            time.sleep(rng.uniform(0.1, 1.0))  # the moment is random, not awaited
            killed = time.monotonic()
            assert s.kill(victim), f"no {victim} to kill"
            if victim == "all":
                s.process.wait()
                s.start()
            again = serving_again(phones, killed)
            assert again is not None, f"round {i}: no service {HANG} s after kill -9 of {victim}"
            took[victim].append(again)
        for p in phones:
            p.stop()
        assert phones[0].unacked == 0 and not phones[1].wrong, (phones[0].unacked, phones[1].wrong[:5])
        check(s, phones)
        print(f"\n{ROUNDS} kills, {sum(len(p.acked) for p in phones)} messages acknowledged, 0 lost, 0 twice")
        for victim, times in took.items():
            if times:
                print(f"  back after kill of {victim:7} median {statistics.median(times):.3f} s, "
                      f"worst {max(times):.3f} s")
