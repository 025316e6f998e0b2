"""Paris by a second algorithm: the Connection Scan agrees with every search of the planner."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from csa import NEVER, read_connections, scan
from generated_town import reach

from planner.network.shape import UNREACHED
from planner.transit.one_to_all import earliest_arrivals
from planner.transit.search import pareto_set
from planner.transit.service_day import service_day

pytestmark = pytest.mark.city

TUESDAY = date(2019, 3, 19)
N_QUERIES, N_ORIGINS = 2000, 40
MAX_RIDES = 12  # more than any earliest arrival needs here
DAY = 86_400


@pytest.fixture(scope="module")
def feeds(city_data):
    names = ("ratp-metro-2019.gtfs.zip", "transilien-2016-shifted.gtfs.zip")
    return [city_data / "paris" / name for name in names]


@pytest.fixture(scope="module")
def paris(build_city, feeds):
    """Without streets: changes at one stop or station, and those of transfers.txt."""
    return build_city("paris-timetable", gtfs=feeds)


@pytest.fixture(scope="module")
def connections(paris, feeds):
    stops = paris.stops
    keys = zip(stops.feed.tolist(), stops.stop_id.list_all(), strict=True)
    return read_connections(feeds, {key: stop for stop, key in enumerate(keys)}, TUESDAY)


@pytest.fixture(scope="module")
def walks(paris):
    """The compiled changes: what is compared is the search and the timetable."""
    footpaths = paris.footpaths
    assert len(footpaths.point_offset) == len(paris.stops.lat) + 1
    return tuple(
        np.array(a) for a in (footpaths.point_offset, footpaths.to_point, footpaths.duration)
    )


def called_at(connections):
    return np.union1d(connections.origin, connections.destination)


def test_both_read_the_same_timetable(paris, connections):
    day = service_day(paris, TUESDAY).forward
    events = day.n_runs * (np.diff(day.stop_offset) - 1)
    assert len(connections.departure) == events.sum() > 100_000


def test_2000_questions_have_one_earliest_arrival(paris, connections, walks):
    rng = np.random.default_rng(20190319)
    stops = called_at(connections)
    day = service_day(paris, TUESDAY)
    unlike, reached = [], 0
    for _ in range(N_QUERIES):
        origin, destination = rng.choice(stops, 2, replace=False).tolist()
        time = int(rng.integers(0, DAY))
        by_vehicle, _ = scan(connections, *walks, origin, time, destination)
        found = pareto_set(
            day, reach({origin: 0}), reach({destination: 0}), time,
            arrive_by=False, max_rides=MAX_RIDES,
        )  # fmt: skip
        arrival = min((journey.arrival for journey in found), default=NEVER)
        reached += arrival < NEVER
        if arrival != by_vehicle[destination]:
            unlike.append((origin, destination, time, arrival, int(by_vehicle[destination])))
    assert not unlike, f"{len(unlike)} of {N_QUERIES}, such as {unlike[:3]}"
    assert reached > 0.9 * N_QUERIES


def test_one_to_all_has_one_earliest_arrival_everywhere(paris, connections, walks):
    rng = np.random.default_rng(7)
    day = service_day(paris, TUESDAY)
    for origin in rng.choice(called_at(connections), N_ORIGINS, replace=False).tolist():
        time = int(rng.integers(0, DAY))
        by_vehicle, ready = scan(connections, *walks, origin, time, -1)
        slow = np.minimum(by_vehicle, ready)
        latest = time + DAY // 2
        found = earliest_arrivals(day, reach({origin: 0}), time, latest=latest, max_rides=MAX_RIDES)
        assert np.array_equal(found, np.where(slow <= latest, slow, UNREACHED))
