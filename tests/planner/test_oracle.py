"""Generated towns, searched by the planner and by the slow oracle: the same answers, all of them.

On failure hypothesis prints the seed; `generated_town(seed)` draws that town again.
"""

from __future__ import annotations

import naive
import numpy as np
import pytest
from generated_town import any_town, day_zero, generated_town, reach, towns
from timetable_text import FIRST_DATE

from planner.network.shape import UNREACHED
from planner.transit.one_to_all import (
    arrivals_and_rides,
    earliest_arrivals,
    travel_time_percentiles,
    window_arrivals,
)
from planner.transit.search import day_profile, pareto_set, range_set

pytestmark = pytest.mark.jit  # thousands of towns: only with kernels compiled

DAY = 86_400


def as_set(journeys):
    return [(j.departure, j.arrival, len(j.rides)) for j in journeys]


@towns()
@any_town
def test_pareto_sets_forward_and_backward(seed):
    town = generated_town(seed)
    oracle, day = town.oracle(), town.service_day()
    access, egress = reach(town.access), reach(town.egress)
    for arrive_by, at, slow in (
        (False, town.at, oracle.pareto_set(town.at)),
        (True, town.by, oracle.reversed_pareto_set(town.by)),
    ):
        found = pareto_set(day, access, egress, at, arrive_by=arrive_by, max_rides=town.max_rides)
        assert as_set(found) == slow
        for journey in found:
            assert_possible(town, journey)


@towns()
@any_town
def test_ranges_and_the_profile_of_a_day(seed):
    town = generated_town(seed)
    oracle, day = town.oracle(), town.service_day()
    access, egress = reach(town.access), reach(town.egress)
    window = 60 * (seed % 90)
    for arrive_by, at in ((False, town.at), (True, town.by)):
        found, _ = range_set(
            day, access, egress, at,
            arrive_by=arrive_by, max_rides=town.max_rides, window=window, at_least=0,
        )  # fmt: skip
        assert sorted(as_set(found)) == oracle.range_set(at, window, arrive_by=arrive_by)
        for journey in found:
            assert_possible(town, journey)
    for first, last in ((0, DAY), (town.at, town.at + window)):
        profile = day_profile(day, access, egress, first, last, max_rides=town.max_rides)
        columns = (profile.departure, profile.arrival, profile.rides)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        assert list(rows) == oracle.day_profile(first, last)


@towns()
@any_town
def test_one_to_all_and_percentiles(seed):
    town = generated_town(seed)
    oracle, day = town.oracle(), town.service_day()
    longest = 60 * (1 + seed % 120)
    found = earliest_arrivals(
        day, reach(town.access), town.at, latest=town.at + longest, max_rides=town.max_rides
    )
    assert found.tolist() == arrivals(town, oracle, town.at, longest)
    times = np.arange(town.at, town.at + 1800, 60 * (1 + seed % 7), dtype=np.int32)
    rows = window_arrivals(
        day, reach(town.access), times, longest_s=longest, max_rides=town.max_rides
    )
    slow_rows = [arrivals(town, oracle, t, longest) for t in times.tolist()]
    assert rows.tolist() == slow_rows
    wanted = (0, 10, 50, 90, 100)
    percentiles = travel_time_percentiles(rows, times, wanted)
    for q, by_stop in zip(wanted, percentiles.tolist(), strict=True):
        for stop, seconds in enumerate(by_stop):
            taken = [
                naive.NEVER if row[stop] >= UNREACHED else row[stop] - t
                for t, row in zip(times.tolist(), slow_rows, strict=True)
            ]
            assert seconds == naive.percentile(taken, q)


@towns(0.1)
@any_town
def test_one_to_all_tells_the_fewest_rides(seed):
    town = generated_town(seed)
    day, access = town.service_day(), reach(town.access)

    def ask(max_rides):
        return arrivals_and_rides(day, access, town.at, latest=town.at + 7200, max_rides=max_rides)

    best, rides = ask(town.max_rides)
    for stop, arrival in enumerate(best.tolist()):
        by_rides = [ask(k)[0][stop] for k in range(town.max_rides + 1)]  # 0: on foot alone
        assert rides[stop] == (by_rides.index(arrival) if arrival < UNREACHED else 0)


@towns(0.1)
@any_town
def test_when_one_must_leave_each_stop(seed):
    town = generated_town(seed)
    oracle, day = town.oracle(), town.service_day()
    longest = 60 * (1 + seed % 120)
    found = earliest_arrivals(
        day, reach(town.egress), town.by,
        latest=town.by - longest, max_rides=town.max_rides, arrive_by=True,
    )  # fmt: skip
    for stop, seconds in enumerate(found.tolist()):
        points = [point for point, at in enumerate(town.point_stop) if at == stop]
        slow = max(oracle.must_leave(town.by, point) for point in points)
        assert seconds == (slow if slow >= town.by - longest else int(UNREACHED))


def arrivals(town, oracle, departure, longest):
    """Earliest at each stop, UNREACHED where it takes longer."""
    at_points = oracle.reached(departure)
    soonest = [naive.NEVER] * town.n_stops
    for point, t in at_points.items():
        stop = town.point_stop[point]
        soonest[stop] = min(soonest[stop], t)
    return [t if t <= departure + longest else int(UNREACHED) for t in soonest]


def assert_possible(town, journey):
    """The certificate: each ride on trips as published, each change as long as is asked for."""
    changes = town.changes()
    number = {trip["trip_id"]: trip for trip in town.trips}
    names = town.network().timetable.trip_id
    ready = None
    for ride in journey.rides:
        before = None
        for segment in ride.segments:
            trip = number[names.get(segment.trip)]
            assert runs_then(town, trip, segment.shift)
            _, _, leaves, may_board, _ = trip["calls"][segment.board]
            _, arrives, _, _, may_alight = trip["calls"][segment.alight]
            assert segment.board < segment.alight
            if before is None:
                first = trip["points"][segment.board]
                assert may_board
                assert leaves + segment.shift == ride.departure
            else:
                assert segment.board == 0
                assert before <= leaves + segment.shift
            before = arrives + segment.shift
        last = trip["points"][segment.alight]
        assert may_alight
        assert before == ride.arrival
        if ready is None:
            access = town.access[town.point_stop[first]]
            assert journey.departure + access == ride.departure
        else:
            assert ready[0] + changes[ready[1], first] <= ride.departure
        ready = (ride.arrival, last)
    assert ready[0] + town.egress[town.point_stop[ready[1]]] == journey.arrival


def runs_then(town, trip, shift):
    """Whether the trip runs on the service day whose clock is `shift` from the town's date."""
    zone = ("Europe/Paris", "Europe/London")[trip["zone"]]
    zero = day_zero(town.date, "Europe/Paris")
    return any(
        runs and day_zero(FIRST_DATE + np.timedelta64(n, "D").item(), zone) - zero == shift
        for n, runs in enumerate(town.service_days[trip["service"]])
    )
