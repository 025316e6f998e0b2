"""The work of a search is guarded by its counts, which say the same on any machine."""

from __future__ import annotations

from datetime import date

import pytest
from search_counts import assert_no_more_work, count_work

WEDNESDAY = date(2026, 9, 16)

# Patterns scanned, positions visited, labels improved, over 100 questions (10 for day_profile).
# Where a change lowers them, write down the lower ones: the failure's message has them all.
DEMO_TOWN = {
    "one_departure": (9_724, 82_918, 26_120),
    "arrive_by": (9_504, 82_845, 26_706),
    "range_2h": (126_103, 1_061_525, 324_782),
    "day_profile": (90_467, 745_023, 228_107),
    "one_to_all": (11_145, 114_636, 38_957),
}


@pytest.mark.jit
def test_the_demo_town_takes_no_more_work_than_recorded(demo_network):
    assert_no_more_work(count_work(demo_network, WEDNESDAY, 100), DEMO_TOWN)
