"""Streets that are open at some times: a way at a moment takes those that are open then."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_streets import street_drawings
from street_networks import near_corner, network_of

from feeds.progress import Silent
from graph_build.stop_tables import compile_stop_tables
from planner.itinerary import Reason
from planner.network import shape
from planner.network.conditions import at_best, minute_of_week
from planner.network.metrics import profile_metric
from planner.network.profiles import get_profile, list_profiles
from planner.network.store import frozen
from planner.streets.route import find_snaps, route

ROAD = {"highway": "residential"}
ALL = shape.WALK | shape.BIKE | shape.CAR
HOUR, DAY = 60, 24 * 60
MONDAY_8 = datetime.fromisoformat("2026-11-02T08:00+01:00")


def conditions_of(rows):
    """[(edge, access, [(begin, end)])] as arrays, minutes since Monday 00:00."""
    rows = sorted(rows, key=lambda row: row[0])
    spans = [span for *_, of_row in rows for span in of_row]
    begin, end = np.array(spans, np.int32).reshape(-1, 2).T
    return shape.Conditions(
        frozen(np.array([edge for edge, *_ in rows]), np.int32),
        frozen(np.array([access for _, access, _ in rows]), np.uint8),
        frozen(np.cumsum([0, *(len(of_row) for *_, of_row in rows)]), np.int32),
        frozen(begin, np.int32),
        frozen(end, np.int32),
    )


def timed(network, rows, *, hierarchy=True):
    """The network with these conditions, compiled as a build does."""
    conditions = conditions_of(rows)
    ever = at_best(network.streets, conditions)
    metrics = {name: profile_metric(ever, who) for name, who in list_profiles().items()}
    manifest = {"timezone": "Europe/Paris"}
    network = replace(network, manifest=manifest, conditions=conditions, metrics=metrics)
    return compile_stop_tables(network, Silent()) if hierarchy else network


def square_town():
    """From A to B it is 100 m straight, and round by C and D it is 300; and the edges of AB."""
    network = network_of("A-B\n| |\nC-D", {"AB": ROAD, "BD": ROAD, "DC": ROAD, "CA": ROAD})
    here, there = near_corner(0, 100), near_corner(100, 100)
    straight = route(network, here, there, "car", max_s=900).edges.tolist()
    return network, [*straight, *network.streets.reverse[straight].tolist()], here, there


@pytest.mark.parametrize("profile", ["walk", "bike", "car"])
@pytest.mark.parametrize("hierarchy", [True, False])
def test_D_conditional_a_street_closed_in_the_morning_is_gone_round_in_the_morning(
    profile, hierarchy
):
    network, both, here, there = square_town()
    closed = [(edge, 0, [(7 * HOUR, 9 * HOUR)]) for edge in both]
    network = timed(network, closed, hierarchy=hierarchy)

    def length_m(at):
        return round(route(network, here, there, profile, max_s=900, at=at).length_m)

    assert length_m(None) == length_m(MONDAY_8.replace(hour=10)) == 100
    assert length_m(MONDAY_8.replace(hour=7)) == length_m(MONDAY_8) == 300
    assert length_m(MONDAY_8.replace(hour=9)) == 100  # the end isn't part of a span
    assert length_m(MONDAY_8.replace(day=3)) == 100  # a Tuesday


def test_D_conditional_a_street_open_at_night_alone_is_a_way_at_night_alone():
    network, both, here, there = square_town()
    access = network.streets.access.copy()
    access[both] = shape.WALK
    streets = network.streets._replace(access=frozen(access, np.uint8))
    night = [(edge, ALL, [(22 * HOUR, DAY), (0, 6 * HOUR)]) for edge in both]
    network = timed(replace(network, streets=streets), night)
    by_day = route(network, here, there, "car", max_s=900, at=MONDAY_8)
    by_night = route(network, here, there, "car", max_s=900, at=MONDAY_8.replace(hour=23))
    assert round(by_day.length_m) == 300
    assert round(by_night.length_m) == 100
    assert route(network, here, there, "walk", max_s=900, at=MONDAY_8).length_m < 101
    closed = [(edge, 0, [(0, 7 * DAY)]) for edge in range(len(access))]
    shut = timed(replace(network, streets=streets), closed)
    for at in (MONDAY_8, MONDAY_8.replace(hour=23)):
        assert route(shut, here, there, "car", max_s=900, at=at) in (
            Reason.NOT_CONNECTED, Reason.SNAPPED_TOO_FAR,
        )  # fmt: skip


def test_the_time_is_that_of_the_networks_own_clock():
    assert minute_of_week(MONDAY_8) == 8 * HOUR
    assert minute_of_week(MONDAY_8.replace(day=8, hour=23, minute=59)) == 7 * DAY - 1
    network, both, here, there = square_town()
    network = timed(network, [(edge, 0, [(7 * HOUR, 9 * HOUR)]) for edge in both])
    utc = datetime.fromisoformat("2026-11-02T06:30+00:00")  # half past seven in Paris
    assert round(route(network, here, there, "walk", max_s=900, at=utc).length_m) == 300


@settings(max_examples=60, deadline=None)
@given(street_drawings(), st.sampled_from(["walk", "bike", "car"]), st.data())
def test_a_way_at_a_moment_is_that_of_streets_as_they_are_then(drawing, profile, data):
    network = network_of(*drawing)
    n_edges = len(network.streets.tail)
    own, ends = {"walk": (1, 8), "bike": (2, 16), "car": (4, 32)}[profile]
    access = st.sampled_from([0, own, own | ends, ALL])
    bounds = st.lists(st.integers(0, 7 * DAY), min_size=2, max_size=4, unique=True).map(sorted)
    edges = data.draw(st.lists(st.integers(0, n_edges - 1), unique=True, max_size=8))
    rows = [(e, data.draw(access), list(pairwise(data.draw(bounds)))[::2]) for e in edges]
    at = MONDAY_8.replace(day=data.draw(st.integers(2, 8)), hour=data.draw(st.integers(0, 23)))
    minute = minute_of_week(at)
    then = network.streets.access.copy()
    for edge, bits, spans in rows:
        if any(begin <= minute < end for begin, end in spans):
            then[edge] = bits
    streets = network.streets._replace(access=frozen(then, np.uint8))
    network = timed(network, rows)
    # What one pays for an entry at the best of times is paid whenever one passes there.
    now = profile_metric(streets, get_profile(profile))
    columns = (np.maximum(*pair) for pair in zip(now, network.metrics[profile], strict=True))
    metric = shape.Metric(*(frozen(column, np.int32) for column in columns))
    frozen_then = replace(network, conditions=None, hierarchy=None, metrics={profile: metric})
    metre = st.floats(-20, 320)
    places = [near_corner(data.draw(metre), data.draw(metre)) for _ in range(4)]
    for origin, destination in permutations(places, 2):
        ends_open = [
            [snap.edge for snap in find_snaps(one, place, profile)]
            for place in (origin, destination)
            for one in (network, frozen_then)
        ]
        if ends_open[0] != ends_open[1] or ends_open[2] != ends_open[3]:
            continue  # a place lies at the streets that are open ever
        found = route(network, origin, destination, profile, max_s=10**6, at=at)
        expected = route(frozen_then, origin, destination, profile, max_s=10**6)
        assert outcome(found) == outcome(expected)


def outcome(way):
    return way if isinstance(way, Reason) else (way.cost, way.duration)


@pytest.mark.parametrize(
    ("usual", "then", "best"),
    [
        (ALL, 0, ALL),
        (0, shape.CAR, shape.CAR),
        (shape.CAR | shape.CAR_ENDS, shape.CAR, shape.CAR),  # to all at night
        (shape.CAR, shape.CAR | shape.CAR_ENDS, shape.CAR),  # to residents by day
        (shape.CAR | shape.CAR_ENDS, 0, shape.CAR | shape.CAR_ENDS),
        (shape.WALK, shape.CAR | shape.CAR_ENDS, shape.WALK | shape.CAR | shape.CAR_ENDS),
        (shape.BIKE | shape.HARD_PUSH, shape.BIKE | shape.NARROW, shape.BIKE),
        (shape.BIKE | shape.NARROW, shape.WALK, shape.BIKE | shape.NARROW | shape.WALK),
    ],
)
def test_at_best_an_edge_is_as_open_as_it_is_at_any_time(usual, then, best):
    streets = network_of("A-B", {"AB": ROAD}).streets
    streets = streets._replace(access=frozen(np.array([usual, 0]), np.uint8))
    assert at_best(streets, conditions_of([(0, then, [(0, 60)])])).access.tolist() == [best, 0]
