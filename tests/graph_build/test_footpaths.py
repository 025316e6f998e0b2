import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_streets import street_drawings
from street_networks import behind_entrances, network_of, stops_at, walk

from feeds.gtfs_schema import ABSENT
from feeds.issues import IssueLog
from feeds.progress import Silent
from graph_build.footpaths import compile_footpaths
from graph_build.timetable.transfer_points import stops_as_points
from graph_build.timetable.transfer_rules import read_rules
from planner.itinerary import Reason
from planner.network.profiles import get_profile
from planner.streets.route import reach_stops, route

FOOT = {"highway": "footway"}
KINDS = ("same", "walked", "straight", "published", "guaranteed")
PACE = 3.6 / get_profile("walk").speed_kmh
MAX_WALK_S = 900


def feed_of(transfers="", pathways=""):
    """Tables of lines "from to type seconds" and "from to mode both_ways seconds metres"."""

    def table(text, *columns):
        rows = [line.split() for line in text.strip().splitlines()]
        return pd.DataFrame(rows, columns=columns).replace("-", str(ABSENT))

    numbers = {"transfer_type": int, "min_transfer_time": int}
    changes = table(transfers, "from_stop_id", "to_stop_id", *numbers).astype(numbers)
    blank = ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id")
    changes = changes.assign(**dict.fromkeys(blank, ""))
    numbers = {"pathway_mode": int, "is_bidirectional": int, "traversal_time": int, "length": float}
    paths = table(pathways, "from_stop_id", "to_stop_id", *numbers).astype(numbers)
    return SimpleNamespace(name="feed", tables={"transfers": changes, "pathways": paths})


def changes(stops, feed=None, network=None, *, max_walk_s=MAX_WALK_S):
    """{"ab": (seconds, kind)} of every change, and the issues."""
    issues = IssueLog()
    parts = (None, None, None)
    if network is not None:
        parts = (network.streets, network.metrics["walk"], network.stop_links)
    feeds = [feed or feed_of()]
    points = stops_as_points(len(stops.station), read_rules(stops, feeds, issues))
    footpaths = compile_footpaths(
        stops, feeds, *parts,
        points=points, max_walk_s=max_walk_s, issues=issues, progress=Silent(),
    )  # fmt: skip
    ids = [*stops.stop_id.list_all()]
    found = {}
    for stop, name in enumerate(ids):
        row = slice(*footpaths.point_offset[stop : stop + 2])
        assert np.all(np.diff(footpaths.duration[row]) >= 0)
        for to, seconds, kind in zip(
            footpaths.to_point[row], footpaths.duration[row], footpaths.kind[row], strict=True
        ):
            found[name + ids[to]] = (int(seconds), KINDS[kind])
    return found, issues


def street_of(*stops, station=None):
    """A street of 2 km with stops so many metres along it."""
    network = network_of("A" + 39 * "-" + "B", {"AB": FOOT}, [(metres, 0) for metres in stops])
    if station is None:
        return network.stops, network
    return network.stops._replace(station=np.array(station, np.int32)), network


def walk_s(metres):
    return pytest.approx(metres * PACE, abs=1)


def test_B7_changes_come_from_the_streets_without_any_transfers_txt():
    found, _ = changes(*reordered(street_of(0, 100, 1900)))
    assert found["ab"] == found["ba"] == (walk_s(100), "walked")
    assert "ac" not in found  # 1.9 km is over 15 minutes


def reordered(stops_and_network):
    stops, network = stops_and_network
    return stops, None, network


def test_B6_at_one_stop_two_minutes_unless_the_feed_says_otherwise():
    stops = stops_at([(48.0, 2.0), (48.1, 2.0), (48.2, 2.0)])
    found, _ = changes(stops, feed_of("b b 2 300\nc c 2 0"))
    assert found == {"aa": (120, "same"), "bb": (300, "published"), "cc": (0, "published")}


def test_B6_a_minimum_holds_where_it_is_longer_than_the_walk():
    stops, network = street_of(0, 100, 200)
    found, _ = changes(stops, feed_of("a b 2 500\na c 2 10"), network)
    assert found["ab"] == (500, "published")
    assert found["ba"] == (walk_s(100), "walked")
    assert found["ac"] == (walk_s(200), "walked")


def test_B6_a_timed_change_may_take_no_time():
    stops, network = street_of(0, 100)
    found, _ = changes(stops, feed_of("a b 1 -\nb b 1 -"), network)
    assert found["ab"] == found["bb"] == (0, "guaranteed")


def test_B7_a_forbidden_change_is_none():
    stops, network = street_of(0, 100)
    found, _ = changes(stops, feed_of("a b 3 -"), network)
    assert "ab" not in found
    assert "ba" in found


def test_within_a_station_a_change_takes_the_change_time_or_the_longer_walk():
    stops, network = street_of(0, 20, 600, station=[0, 0, 0])
    found, _ = changes(stops, None, network)
    assert found["ab"] == (120, "same")
    assert found["ac"] == (walk_s(600), "walked")


def test_B10_a_stations_rule_holds_for_its_stops_but_their_own_comes_first():
    stops = stops_at([(48.0, 2.0)] * 4, station=[0, 0, 0, 3], location_type=[1, 0, 0, 0])
    found, _ = changes(stops, feed_of("a a 2 200\na d 2 400\nb d 2 90"))
    assert {pair: found[pair][0] for pair in ("bc", "bb", "bd", "cd")} == {
        "bc": 200, "bb": 200, "bd": 90, "cd": 400,
    }  # fmt: skip
    assert "ad" not in found  # no vehicle calls at a station


def test_without_streets_only_published_changes_and_stations():
    stops = stops_at([(48.0, 2.0)] * 4, station=[0, 0, 2, 3])
    found, _ = changes(stops, feed_of("c d 0 -"))
    self_ones = {2 * name: (120, "same") for name in "abcd"}
    assert found == {**self_ones, "ab": (120, "same"), "ba": (120, "same"), "cd": (120, "same")}


def test_B9_two_stops_at_one_place_are_no_time_apart():
    stops, network = street_of(50, 50)
    assert changes(stops, None, network)[0]["ab"] == (0, "walked")


def test_B8_stops_beyond_the_streets_are_joined_straight_but_not_from_afar():
    network = network_of("A---B", {"AB": FOOT}, [(100, 0), (100, 500), (100, 700), (100, -290)])
    found, issues = changes(network.stops, None, network)
    assert found["ab"] == (pytest.approx(500 * 1.3 * PACE, abs=1), "straight")
    assert found["bc"] == (pytest.approx(200 * 1.3 * PACE, abs=1), "straight")
    assert found["ad"] == (walk_s(290), "walked")
    assert "ac" not in found  # 700 m
    assert "bd" not in found  # 790 m
    assert issues.counts["stops_beyond_streets"] == 2


def test_B8_no_straight_line_where_the_streets_know_better():
    ways = {"AB": FOOT, "CD": FOOT}
    network = network_of("A----B\n|\n|\nC----D", ways, [(100, 150), (100, 0)])
    assert "ab" not in changes(network.stops, None, network)[0]


def test_B8_published_changes_too_fast_are_told_and_too_far_are_dropped():
    stops = stops_at([(48.0, 2.0), (48.01, 2.0), (48.9, 2.0)])
    found, issues = changes(stops, feed_of("a b 2 60\na c 2 60"))
    assert found["ab"] == (60, "published")
    assert "ac" not in found
    assert issues.counts == {"transfer_too_fast": 1, "transfer_too_far": 1}


def test_C3_a_stop_from_which_one_cannot_walk_ten_minutes_is_told():
    ways = {"AB": FOOT, "CD": FOOT}
    drawing = "A" + 39 * "-" + "B\n" + 9 * "|\n" + "C--D"
    network = network_of(drawing, ways, [(0, 500), (50, 0)], island_nodes=0)
    _, issues = changes(network.stops, None, network)
    assert issues.counts == {"stop_on_island": 1}
    assert issues.examples["stop_on_island"][0].where == "stop b"


def test_pathways_make_changes_through_the_station():
    stops = stops_at([(48.0, 2.0)] * 4, location_type=[0, 3, 0, 2])
    feed = feed_of(pathways="a b 1 1 60 -\nb c 4 0 45 -\nb d 1 1 - 100")
    found, _ = changes(stops, feed)
    assert found["ac"] == (105, "published")
    assert "ca" not in found  # the escalator only goes one way
    assert "ad" not in found  # nobody boards at an entrance


def test_rules_of_unknown_stops_are_counted():
    found, issues = changes(stops_at([(48.0, 2.0)]), feed_of("a x 2 60"))
    assert found == {"aa": (120, "same")}
    assert issues.counts == {"transfer_with_unknown_stop": 1}


def test_stops_without_coordinates_change_at_themselves_only():
    network = network_of("A---B", {"AB": FOOT}, [(100, 0), (math.nan, math.nan)])
    assert changes(network.stops, None, network)[0].keys() == {"aa", "bb"}


@settings(max_examples=80, deadline=None)
@given(
    street_drawings(),
    st.lists(st.tuples(st.integers(-50, 350), st.integers(-50, 250)), min_size=2, max_size=6),
    st.integers(30, 300),
    st.data(),
)
def test_walks_are_those_of_the_planner_pair_by_pair(drawing, places, max_walk_s, data):
    network, _ = behind_entrances(network_of(*drawing, places), data)
    found, _ = changes(network.stops, None, network, max_walk_s=max_walk_s)
    linked = np.diff(network.stop_links.stop_offset) > 0
    for a in np.flatnonzero(linked).tolist():
        for b in np.flatnonzero(linked).tolist():
            if a != b:
                path = walk(network, a, b)
                within = path is not None and path.duration <= max_walk_s
                expected = (path.duration, "walked") if within else None
                change = found.get(chr(97 + a) + chr(97 + b))
                # Across the open only where the streets lead there in time too.
                assert change == expected or (within and not len(path.edges) and change is None)


def test_lengths_are_those_of_the_walks():
    network = network_of("A--B\n|  |\nC--D", {"AB": FOOT, "BD": FOOT}, [(10, 110), (150, 5)])
    footpaths = compile_footpaths(
        network.stops, [feed_of()], network.streets, network.metrics["walk"], network.stop_links,
        issues=IssueLog(), progress=Silent(),
    )  # fmt: skip
    (length,) = footpaths.length_m[footpaths.kind == 1][:1]
    assert length == pytest.approx(walk(network, 0, 1).length_m, abs=0.1)


def test_D6_a_walk_in_time_over_private_ground_gives_way_to_a_longer_that_costs_less():
    # b lies between the private street PB, 210 m away, and the public QR, 610 m away.
    ways = {"AP": FOOT, "AQT": FOOT, "QR": FOOT}
    ways |= {"PB": {"highway": "service", "access": "private"}}
    network = network_of("A---P-----B\n|\nQ------R\n|\nT", ways, stops=[(150, 210), (300, 150)])
    assert "ab" not in changes(network.stops, None, network, max_walk_s=170)[0]
    assert changes(network.stops, None, network)[0]["ab"] == (walk_s(610), "walked")
    for max_s, found in ((170, [0]), (440, [0, 1])):
        near = reach_stops(network, 0, "walk", max_s=max_s, backward=False)
        assert near.stop.tolist() == found
    assert route(network, 0, 1, "walk", max_s=170) is Reason.TOO_FAR
