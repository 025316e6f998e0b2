"""The work of a search is guarded by its counts, which say the same on any machine."""

from __future__ import annotations

from datetime import date

import pytest
from search_counts import assert_no_more_work, count_work

WEDNESDAY = date(2026, 9, 16)

# Patterns scanned, positions visited, labels improved, over 100 questions (10 for day_profile).
# Where a change lowers them, write down the lower ones: the failure's message has them all.
DEMO_TOWN = {
    "one_departure": (9_109, 75_963, 24_510),
    "arrive_by": (9_134, 76_726, 24_983),
    "range_2h": (114_607, 939_478, 293_953),
    "day_profile": (80_950, 651_551, 197_366),
    "one_to_all": (10_493, 105_357, 35_532),
}


@pytest.mark.jit
def test_the_demo_town_takes_no_more_work_than_recorded(demo_network):
    assert_no_more_work(count_work(demo_network, WEDNESDAY, 100), DEMO_TOWN)
