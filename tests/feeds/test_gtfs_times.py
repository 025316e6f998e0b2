"""Completing times, against a slow twin that reads like the rules."""

import math
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.kernels import times as kernels

BLANK = kernels.BLANK
DEGREE_M = 111_195.0
DAY = 86_400


def slow_fill(trip, places):
    """(verdict, [(arrival, departure, interpolated)]) of calls (stop, arrival, departure, dist)."""
    if len(trip) < 2:
        return kernels.TOO_FEW_STOPS, None
    times = []
    trip, restarts = slow_unwrap(trip)
    for _, arrival, departure, _ in trip:
        a = departure if arrival is None else arrival
        d = a if departure is None else departure
        times.append(None if a is None else (a, max(a, d)))
    if times[0] is None or times[-1] is None:
        return kernels.NO_END_TIMES, None
    known = [i for i, time in enumerate(times) if time]
    gaps = list(pairwise(known))
    if any(times[j][0] < times[i][1] for i, j in gaps):
        return kernels.NEGATIVE_HOP, None
    done = [(*time, False) if time else None for time in times]
    for i, j in gaps:
        way = slow_way(trip[i : j + 1], places)
        start, span = times[i][1], times[j][0] - times[i][1]
        for k in range(i + 1, j):
            time = math.floor(start + span * way[k - i] / way[-1] + 0.5)
            done[k] = (time, time, True)
    return kernels.RESTARTS if restarts else kernels.RUNS, done


def slow_unwrap(trip):
    """The calls with a day added from the first fall of half a day on, and whether there is one."""
    seen = [(i, k, call[k]) for i, call in enumerate(trip) for k in (1, 2) if call[k] is not None]
    falls = [place for (*_, a), (*place, b) in pairwise(seen) if a - b > DAY // 2]
    if not falls:
        return trip, False
    calls = [
        tuple(
            x + DAY if k in {1, 2} and x is not None and [i, k] >= falls[0] else x
            for k, x in enumerate(call)
        )
        for i, call in enumerate(trip)
    ]
    return calls, True


def slow_way(calls, places):
    """How far each call of a gap lies along it."""
    dist = [call[3] for call in calls]
    spots = [places[call[0]] for call in calls]
    if None not in dist and dist == sorted(dist) and dist[-1] > dist[0]:
        return [d - dist[0] for d in dist]
    if None not in spots:
        way = [0.0]
        for (lat, lon), (lat2, lon2) in pairwise(spots):
            east = (lon2 - lon) * math.cos(math.radians((lat + lat2) / 2))
            way.append(way[-1] + DEGREE_M * math.hypot(lat2 - lat, east))
        if way[-1] > 0:
            return way
    return list(range(len(calls)))


place = st.one_of(
    st.none(), st.tuples(st.sampled_from([48.8, 48.81, 48.85]), st.sampled_from([2.2, 2.25]))
)
# A few are half a day and more before the others, as after a midnight that isn't counted on.
time = st.one_of(st.none(), st.integers(0, 400), st.integers(43_400, 43_800))
call = st.tuples(st.integers(0, 3), time, time, st.one_of(st.none(), st.integers(0, 9)))


def rising(calls):
    """Mostly possible trips: sorted times, so that not every trip is judged negative."""
    given_times = sorted(t for call in calls for t in call[1:3] if t is not None)
    supply = iter(given_times)
    return [(s, *(None if t is None else next(supply) for t in (a, d)), m) for s, a, d, m in calls]


trips = st.lists(st.lists(call, min_size=1, max_size=7).map(rising), min_size=1, max_size=4)
chaos = st.lists(st.lists(call, min_size=1, max_size=5), min_size=1, max_size=3)


@settings(max_examples=400, deadline=None)
@given(st.one_of(trips, chaos), st.lists(place, min_size=4, max_size=4))
def test_A11_times_are_completed_as_the_rules_say(trips, places):
    events = [call for trip in trips for call in trip]
    offset = np.cumsum([0, *map(len, trips)]).astype(np.int64)
    lat, lon = (np.array([p[i] if p else np.nan for p in places]) for i in (0, 1))
    stop = np.array([call[0] for call in events], np.int32)
    arrival, departure = (
        np.array([BLANK if call[i] is None else call[i] for call in events], np.int32)
        for i in (1, 2)
    )
    distance = np.array([np.nan if call[3] is None else call[3] for call in events], np.float32)
    interpolated, verdict, clamped = kernels.fill_times(
        offset, stop, lat, lon, distance, arrival, departure
    )
    backwards = 0
    for i, trip in enumerate(trips):
        expected, calls = slow_fill(trip, places)
        assert verdict[i] == expected
        if len(trip) > 1:
            unwrapped, _ = slow_unwrap(trip)
            backwards += sum(a is not None and d is not None and d < a for _, a, d, _ in unwrapped)
        if calls:
            run = slice(offset[i], offset[i + 1])
            assert interpolated[run].tolist() == [c[2] for c in calls]
            for found, column in (
                (arrival, 0),
                (departure, 1),
            ):  # a half second may fall either way
                np.testing.assert_allclose(found[run], [c[column] for c in calls], atol=1)
            assert (departure[run] >= arrival[run]).all()
            assert (arrival[run][1:] >= departure[run][:-1]).all()
    assert clamped == backwards
