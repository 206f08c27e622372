"""Workers come when all have something to do, and go when nobody needs them."""
import itertools
import os
import signal
import threading
import time

import pytest
from stack import Stack, until

EMMA = ("emma", "wor-Emma-Pa55")


@pytest.fixture
def stack():
    """For each test: after some wrong passwords the next ones are refused at once."""
    with Stack(users=dict([EMMA]), env={"MYTRACKS_PBKDF2_ITERATIONS": "4000000", "MYTRACKS_WORKERS": "6"}) as s:
        yield s


def count(stack):
    return len(stack.pids("worker"))


turns = itertools.count()


def logins(stack, n):
    """So many wrong passwords at once, each of which takes its time: none was heard before."""
    threads = [threading.Thread(target=stack.request, args=("GET", "/api/account/"), kwargs={"auth": ("emma", f"wrong {next(turns)}"), "timeout": 30})
               for _ in range(n)]
    for thread in threads:
        thread.start()
    return threads


def test_two_when_nothing_is_to_be_done(stack):
    assert until(lambda: count(stack) == 2, within=30)


def test_a_row_of_slow_logins_holds_nobody_up(stack):
    assert stack.request("GET", "/api/account/", auth=EMMA)[0] == 200  # its verdict is known then
    threads = logins(stack, 4)
    until(lambda: count(stack) > 4)
    begin = time.monotonic()
    assert stack.request("GET", "/api/health/")[0] == 200 and stack.request("GET", "/api/account/", auth=EMMA)[0] == 200
    assert time.monotonic() - begin < 5 and any(thread.is_alive() for thread in threads), "they still wait"
    for thread in threads:
        thread.join()
    assert count(stack) <= 6


def test_no_more_than_there_may_be(stack):
    threads = logins(stack, 12)
    until(lambda: count(stack) == 6)
    for thread in threads:
        assert count(stack) <= 6
        thread.join()
    until(lambda: count(stack) == 2, within=60)


def test_who_is_killed_with_a_request_in_hand_is_replaced_and_counted_no_more(stack):
    threads = logins(stack, 5)
    until(lambda: count(stack) > 2)
    for pid in stack.pids("worker"):
        os.kill(pid, signal.SIGKILL)
    for thread in threads:
        thread.join()
    until(lambda: stack.healthy() and count(stack) == 2, within=60)
    assert stack.request("GET", "/api/account/", auth=EMMA)[0] == 200
