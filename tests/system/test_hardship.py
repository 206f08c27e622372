"""A full disk and a locked database: nothing acknowledged is lost, phones are told to come back."""
import itertools
import os
import sqlite3
import subprocess
import threading
import time

import pytest
from load import HttpPhone, MqttPhone
from stack import Stack
from test_crash import PASSWORD, check, serving_again

MEGABYTE = 1024 * 1024


def start_phones(stack):
    phones = [MqttPhone(stack, "carl", PASSWORD, "mq", 50, 0), HttpPhone(stack, "dora", PASSWORD, "ht", 20, 0)]
    for p in phones:
        p.start()
    assert serving_again(phones, time.monotonic()) is not None
    return phones


def finish(stack, phones):
    assert serving_again(phones, time.monotonic()) is not None, "no service afterwards"
    for p in phones:
        p.stop()
    assert phones[0].unacked == 0 and not phones[1].wrong
    check(stack, phones)


def test_database_locked_for_ten_seconds():
    with Stack(users={"carl": PASSWORD, "dora": PASSWORD}) as s:
        phones = start_phones(s)
        locked, release = threading.Event(), threading.Event()

        def hold():
            db = sqlite3.connect(s.db_path, isolation_level=None, timeout=5)
            db.execute("begin immediate")
            locked.set()
            release.wait(10)
            db.execute("rollback")
            db.close()

        holder = threading.Thread(target=hold)
        holder.start()
        assert locked.wait(6)
        begin, before = time.monotonic(), len(phones[0].acked)
        status, body = s.request("POST", "/api/locations/", phones[1].message(10**6),
                                 {"X-Limit-U": "dora", "X-Limit-D": "ht", "Content-Type": "application/json"},
                                 auth=("dora", PASSWORD), timeout=20)
        assert (status, body) == (503, b"[]"), "a phone is told to come back, in the form it can bear"
        assert time.monotonic() - begin < 10
        assert s.request("GET", "/health/")[0] == 200
        while len(phones[0].acked) < before + 100 and time.monotonic() < begin + 9:
            time.sleep(0.05)
        assert len(phones[0].acked) >= before + 100, "the broker acknowledges from the spool all the time"
        holder.join()
        finish(s, phones)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small tmpfs needs root")
def test_disk_full(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], check=True)
    try:
        with Stack(users={"carl": PASSWORD, "dora": PASSWORD}, folder=folder) as s:
            phones = start_phones(s)
            fill = open(folder / "fill", "wb", buffering=0)
            with pytest.raises(OSError):
                while True:
                    fill.write(b"x" * MEGABYTE)
            try:  # the last blocks too
                while True:
                    fill.write(b"x" * 512)
            except OSError:
                fill.close()
            end = time.monotonic() + 20
            probe = HttpPhone(s, "dora", PASSWORD, "probe", 0, 0)
            for n in itertools.count():  # until both are refused; a repeat would not be stored anew
                status, _ = s.request("POST", "/api/locations/", probe.message(n),
                                      {"X-Limit-U": "dora", "X-Limit-D": "ht",
                                       "Content-Type": "application/json"}, auth=("dora", PASSWORD), timeout=20)
                if (status == 503 and time.monotonic() - phones[0].last_ack() > 2) or time.monotonic() > end:
                    break
                time.sleep(0.1)
            assert status == 503, "HTTP phones are told to come back"
            assert time.monotonic() - phones[0].last_ack() > 1, "the broker acknowledges nothing it cannot keep"
            assert s.request("GET", "/health/")[0] == 200
            (folder / "fill").unlink()
            finish(s, phones)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)
