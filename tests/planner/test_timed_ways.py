"""Streets that are open at some times: a way at a moment takes those that are open then."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise, permutations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_streets import street_drawings
from street_networks import near_corner, network_of

from feeds.progress import Silent
from graph_build.stop_tables import compile_stop_tables
from planner.itinerary import Place, Reason
from planner.kernels.hierarchy import slopes_of
from planner.network import shape
from planner.network.conditions import minute_of_week
from planner.network.profiles import get_profile, list_profiles
from planner.network.store import frozen
from planner.streets.isochrone import isochrones
from planner.streets.many import REASONS, street_matrix
from planner.streets.route import find_snaps, route, street_leg
from planner.streets.timed import network_at
from planner.streets.weighted import metric_of

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
    bare = replace(network, metrics={})
    metrics = {name: metric_of(bare, who) for name, who in list_profiles().items()}
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
    assert round(route(network, here, there, "car", max_s=900).length_m) == 300
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


def test_a_school_street_that_is_closed_counts_neither_in_tables_nor_in_areas():
    network, both, here, there = square_town()
    network = timed(network, [(edge, 0, [(7 * HOUR, 9 * HOUR)]) for edge in both])
    middle = near_corner(50, 100)
    for at, metres in ((None, 100), (MONDAY_8, 300), (MONDAY_8.replace(hour=10), 100)):
        found = street_matrix(network, [here], [there], "walk", max_s=900, at=at)
        way = route(network, here, there, "walk", max_s=900, at=at)
        assert (found.duration[0, 0], round(way.length_m)) == (way.duration, metres)
        leg = street_leg(network, way, "walk", *[Place(name="", lat=0, lon=0)] * 2, MONDAY_8)
        assert sum(step.duration for step in leg.steps) == way.duration
        inside = [is_inside(network, here, there, limit, at) for limit in (45, 140, 280)]
        assert inside == [False, metres == 100, True]  # after 71 or 212 seconds
        snapped = {
            snap.edge for snap in find_snaps(network_at(network, "walk", at), middle, "walk")
        }
        assert snapped.isdisjoint(both) == (at == MONDAY_8)


def test_only_who_minds_has_other_streets_at_an_hour():
    network, both, *_ = square_town()
    school_street = shape.WALK | shape.BIKE
    hours = [(8 * HOUR, 9 * HOUR), (DAY + 8 * HOUR, DAY + 9 * HOUR)]
    network = timed(network, [(edge, school_street, hours) for edge in both])
    for who in ("walk", "wheelchair"):  # who cycles minds the cars
        assert network_at(network, who, MONDAY_8) is network
    assert network_at(network, "bike", MONDAY_8) is not network
    then = network_at(network, "car", MONDAY_8)
    assert then is not network
    assert network_at(network, "car", MONDAY_8.replace(day=3)) is then  # the same state
    assert network_at(network, "car", None) is network
    assert network_at(network, "car", MONDAY_8.replace(hour=9)) is network


def is_inside(network, here, point, limit_s, at):
    (found,) = isochrones(network, here, "walk", [limit_s], at=at)
    area = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in found.polygons])
    return area.contains(shapely.Point(point.lon, point.lat))


MINDFUL = ["walk", "wheelchair", "bike", "family", "car"]


@pytest.mark.jit  # areas are drawn for every town: only with kernels compiled
@settings(max_examples=40, deadline=None)
@given(street_drawings(), st.sampled_from(MINDFUL), st.data())
def test_ways_tables_and_areas_at_a_moment_are_those_of_streets_as_they_are_then(
    drawing, profile, data
):
    bare = network_of(*drawing)
    n_edges = len(bare.streets.tail)
    access = st.sampled_from([0, 1, 1 | 8, 2, 2 | 16, 4, 4 | 32, 1 | 2, ALL])
    bounds = st.lists(st.integers(0, 7 * DAY), min_size=2, max_size=4, unique=True).map(sorted)
    edges = data.draw(st.lists(st.integers(0, n_edges - 1), unique=True, max_size=8))
    rows = [(e, data.draw(access), list(pairwise(data.draw(bounds)))[::2]) for e in edges]
    network = timed(bare, rows)
    metre = st.floats(-20, 320)
    places = [near_corner(data.draw(metre), data.draw(metre)) for _ in range(4)]
    for day in data.draw(st.lists(st.integers(2, 8), min_size=1, max_size=3)):
        at = MONDAY_8.replace(day=day, hour=data.draw(st.integers(0, 23)))
        then = as_then(network, rows, minute_of_week(at), profile)
        assert same_weights(network_at(network, profile, at), then, profile)
        searched = replace(then, hierarchy=None)
        table = street_matrix(network, places, places, profile, max_s=10**6, at=at)
        areas = isochrones(network, places[0], profile, LIMITS, at=at)
        for i, j in permutations(range(4), 2):
            found = route(network, places[i], places[j], profile, max_s=10**6, at=at)
            expected = route(searched, places[i], places[j], profile, max_s=10**6)
            assert outcome(found) == outcome(expected)
            told = REASONS[table.reason[i, j]] or table.duration[i, j]
            assert told == (found if isinstance(found, Reason) else found.duration)
        assert rings_of(areas) == rings_of(isochrones(then, places[0], profile, LIMITS))


LIMITS = (60, 200, 900)


def as_then(network, rows, minute, profile):
    """The network built as if what holds in a minute held always."""
    access = network.streets.access.copy()
    for edge, bits, spans in rows:
        if any(begin <= minute < end for begin, end in spans):
            access[edge] = bits
    streets = network.streets._replace(access=frozen(access, np.uint8))
    bare = replace(network, streets=streets, conditions=None, slopes={}, metrics={})
    metric = metric_of(bare, get_profile(profile))
    slopes = slopes_of(network.hierarchy, streets, metric)
    return replace(bare, metrics={profile: metric}, slopes={profile: slopes})


def same_weights(one, other, profile):
    pairs = [(who.metrics[profile], who.slopes[profile]) for who in (one, other)]
    return all(
        np.array_equal(*columns)
        for parts in zip(*pairs, strict=True)
        for columns in zip(*parts, strict=True)
    )


def rings_of(areas):
    if isinstance(areas, Reason):
        return areas
    return [[ring.tolist() for rings in one.polygons for ring in rings] for one in areas]


def outcome(way):
    return way if isinstance(way, Reason) else (way.cost, way.duration)
