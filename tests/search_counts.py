"""How much work a fixed set of questions takes: counts, which no machine's speed changes."""

from __future__ import annotations

import numpy as np
from generated_town import DAY, reach

from planner.kernels.one_to_all import search_all
from planner.kernels.raptor import IMPROVED, PATTERNS, POSITIONS
from planner.network.store import frozen
from planner.transit.search import day_profile, find_journeys
from planner.transit.service_day import service_day

HOUR = 3600
MAX_RIDES = 5
ALLOWED = 1.05  # a count may grow by so much before the test fails


def count_work(network, date, n_questions):
    """{question: (patterns scanned, positions visited, labels improved)}, summed.

    Pairs of stops that vehicles call at, from 6:00 to 22:00, drawn with one seed.
    """
    rng = np.random.default_rng(2026)
    day = service_day(network, date)
    stops = np.unique(day.point_stop[day.forward.stop])
    totals = {name: np.zeros(4, np.int64) for name in ("one_departure", "arrive_by", "range_2h")}
    totals |= {"day_profile": np.zeros(4, np.int64), "one_to_all": np.zeros(4, np.int64)}
    ask = {"max_rides": MAX_RIDES}
    for number in range(n_questions):
        origin, destination = rng.choice(stops, 2, replace=False).tolist()
        ends, at = (reach({origin: 0}), reach({destination: 0})), int(rng.integers(6, 22) * HOUR)
        window = {"window": 2 * HOUR, "longest": 2 * HOUR}
        totals["one_departure"] += find_journeys(day, *ends, at, arrive_by=False, **ask).counts
        totals["arrive_by"] += find_journeys(day, *ends, at, arrive_by=True, **ask).counts
        found = find_journeys(day, *ends, at, arrive_by=False, **window, **ask)
        totals["range_2h"] += found.counts
        start = ends[0].at_points(day.point_stop)
        totals["one_to_all"] += search_all(
            day.forward, day.footpaths, start.stop, start.duration,
            frozen([at], np.int32), 12 * HOUR, MAX_RIDES, 2**40,
        )[2]  # fmt: skip
        if number % 10 == 0:
            totals["day_profile"] += day_profile(day, *ends, 0, DAY, **ask).counts
    return {
        name: tuple(counts[[PATTERNS, POSITIONS, IMPROVED]].tolist())
        for name, counts in totals.items()
    }


def assert_no_more_work(found, recorded):
    """Fail where a count is more than ALLOWED above what was recorded; and tell the new ones."""
    grown = {
        (name, what)
        for name, counts in recorded.items()
        for what, before, now in zip(
            ("patterns", "positions", "improved"), counts, found[name], strict=True
        )
        if now > ALLOWED * before
    }
    assert not grown, f"{sorted(grown)} grew; now {found}"
    assert found.keys() == recorded.keys()
