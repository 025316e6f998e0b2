"""Tables and areas with transit say what trips say."""

from datetime import datetime, timedelta
from statistics import median_low

import pytest
import shapely
from small_town import write_town

from graph_build.build import build_network
from graph_build.region import read_region
from planner.areas import find_areas
from planner.itinerary import Reason, SearchTooLongError, Shortfall
from planner.matrix import find_matrix
from planner.network.shape import UNREACHED
from planner.network.store import open_network
from planner.plan import plan
from planner.request import Coordinate, Request
from planner.streets.lattice import make_lattice
from planner.streets.many import REASONS

A, C = Coordinate(48.8241, 2.2731), Coordinate(48.8318, 2.2879)
BESIDE = Coordinate(48.8255, 2.2765)
NOWHERE = Coordinate(10.0, 10.0)
MORNING = datetime.fromisoformat("2026-03-24T07:56+01:00")
LIMITS = (300, 600, 900)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    build_network(read_region(write_town(folder / "files")), folder / "network")
    return open_network(folder / "network")


def ask(origin, destination, time=MORNING, **wishes):
    wishes = {"modes": frozenset({"walk", "transit"}), "max_egress_s": 3600} | wishes
    return Request(origin=origin, destination=destination, time=time, **wishes)


def soonest(network, origin, destination, time=MORNING):
    """Seconds until the first trip is there, waiting included."""
    answer = plan(network, ask(origin, destination, time))
    ends = [one.end for one in (*answer.itineraries, *answer.direct)]
    return min(((end - time).total_seconds() for end in ends), default=float("inf"))


def test_a_table_with_transit_says_what_trips_do(town):
    places = [A, BESIDE, C]
    found = find_matrix(town, places, places, ask(A, A), "transit", max_s=3600)
    for i, origin in enumerate(places):
        for j, destination in enumerate(places):
            expected = 0 if i == j else soonest(town, origin, destination)
            assert found.duration[i, j] == expected
    assert found.duration[0, 2] < 600 < found.duration[2, 0]  # there is no vehicle back


def test_a_window_gives_the_median_of_its_minutes(town):
    request = ask(A, C, window_s=8 * 60)
    found = find_matrix(town, [A], [C], request, "transit", max_s=3600)
    minutes = [MORNING + timedelta(minutes=i) for i in range(9)]
    assert found.duration[0, 0] == median_low(soonest(town, A, C, time) for time in minutes)


def test_H2_a_table_with_transit_says_why_there_is_no_way(town):
    def reasons(max_s=3600, **wishes):
        request = ask(A, A, **wishes)
        done = []
        found = find_matrix(
            town, [A, NOWHERE], [C, NOWHERE], request, "transit", max_s=max_s, advance=done.append
        )
        assert sum(done) == 2
        assert ((found.duration < UNREACHED) == (found.reason == 0)).all()
        return [REASONS[one] for one in found.reason.ravel()]

    off = Reason.SNAPPED_TOO_FAR
    assert reasons() == [None, off, off, None]
    assert reasons(max_s=60) == [Reason.TOO_FAR, off, off, None]
    long_ago = datetime.fromisoformat("2020-03-24T08:00+01:00")
    none = Reason.NO_SERVICE_DATE
    assert reasons(time=long_ago, max_s=60) == [none, none, none, None]


def test_a_search_that_takes_too_long_has_its_own_reason(town, monkeypatch):
    def give_up(*_args, **_kwargs):
        raise SearchTooLongError

    monkeypatch.setattr("planner.matrix.window_arrivals", give_up)
    found = find_matrix(town, [A], [A, C], ask(A, A), "transit", max_s=600)
    assert [REASONS[one] for one in found.reason[0]] == [None, Reason.TIMEOUT]
    monkeypatch.setattr("planner.areas.earliest_arrivals", give_up)
    short = find_areas(town, ask(A, A), "transit", LIMITS)
    assert short.reason is Reason.TIMEOUT


def test_H5_a_point_is_inside_when_a_trip_is_there_in_time(town):
    found = find_areas(town, ask(A, A), "transit", LIMITS)
    areas = [
        shapely.MultiPolygon([(rings[0], rings[1:]) for rings in one.polygons]) for one in found
    ]
    lattice = make_lattice(town.grid, town.metrics["walk"], 50.0)
    inside = 0
    for row in range(-3, 21, 2):
        for column in range(-3, 25, 3):
            point = Coordinate(
                lattice.south + row * lattice.step_lat, lattice.west + column * lattice.step_lon
            )
            seconds = soonest(town, A, point)
            for limit, area in zip(LIMITS, areas, strict=True):
                assert area.contains(shapely.Point(point.lon, point.lat)) == (seconds <= limit)
            inside += seconds <= LIMITS[-1]
    assert inside > 20


def by_car(town, clock):
    """The seconds of a table by car, and the area within two minutes, at that time."""
    time = datetime.fromisoformat(f"2026-03-24T{clock}+01:00")
    request = ask(A, C, time, modes=frozenset({"car"}))
    trip = next(t for t in plan(town, request).direct if t.legs[0].mode == "car")
    seconds = find_matrix(town, [A], [C], request, "car", max_s=3600).duration[0, 0]
    assert seconds == trip.legs[0].seconds
    (area,) = find_areas(town, request, "car", [120])
    return seconds, shapely.MultiPolygon([(rings[0], rings[1:]) for rings in area.polygons]).area


def test_a_car_is_as_quick_in_tables_and_areas_as_on_trips_of_the_hour(town):
    (night_s, night), (rush_s, rush) = (by_car(town, clock) for clock in ("03:00", "08:00"))
    assert night_s < rush_s
    assert night > rush


def test_areas_say_why_there_are_none(town):
    def why(mode, place=A, **wishes):
        found = find_areas(town, ask(place, place, **wishes), mode, LIMITS)
        assert isinstance(found, Shortfall)
        return found.reason

    long_ago = datetime.fromisoformat("2020-03-24T08:00+01:00")
    assert why("transit", time=long_ago) is Reason.NO_SERVICE_DATE
    assert why("walk", NOWHERE) is Reason.OUTSIDE_AREA
