"""The storms of `make bench`, small: nothing that was acknowledged is lost, everybody is served. How long another phone
waits meanwhile is for the benchmark to say."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
import storms  # noqa: E402

SMALL = {"logins": 15, "reconnects": 100, "backlog": 5000, "listeners": 60, "deaf": 4000, "hanging": 20}


def test_every_storm_is_here():
    assert SMALL.keys() == storms.STORMS.keys()


@pytest.mark.parametrize("name", SMALL)
def test_nothing_is_lost_and_everybody_is_served(name):
    storm, _ = storms.STORMS[name]
    result = storm(SMALL[name])
    assert result.lost == 0, result.text
    assert result.good, result.text
    assert result.before and result.during, "the other phone was served before and meanwhile"
