"""The work of a search of Paris, as test_oracle_counts.py has it of the demo town."""

from __future__ import annotations

from datetime import date

import pytest
from search_counts import assert_no_more_work, count_work

pytestmark = pytest.mark.city

TUESDAY = date(2019, 3, 19)

# Patterns scanned, positions visited, labels improved, over 100 questions (10 for day_profile).
PARIS = {
    "one_departure": (85_665, 955_962, 135_110),
    "arrive_by": (90_364, 1_006_682, 175_481),
    "range_2h": (1_191_154, 12_288_556, 1_768_852),
    "day_profile": (879_325, 10_067_568, 1_416_561),
    "one_to_all": (107_133, 1_408_406, 202_394),
}


def test_paris_takes_no_more_work_than_recorded(build_city, city_data):
    folder = city_data / "paris"
    feeds = [folder / "ratp-metro-2019.gtfs.zip", folder / "transilien-2016-shifted.gtfs.zip"]
    paris = build_city("paris-timetable", gtfs=feeds)
    assert_no_more_work(count_work(paris, TUESDAY, 100), PARIS)
