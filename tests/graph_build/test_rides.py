import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_streets import street_drawings
from street_networks import behind_entrances, network_of, walk
from timetable_text import timetable

from feeds.issues import IssueLog
from feeds.progress import Silent
from graph_build.footpaths import compile_footpaths
from graph_build.timetable.stop_use import find_bike_stops
from graph_build.walks import Way, ride_through_streets
from planner.network.profiles import get_profile
from planner.network.shape import BIKE_HANDLING_S, RIDDEN, UNREACHED, WALKED
from planner.network.store import frozen

ROAD, FOOT = {"highway": "residential"}, {"highway": "footway", "bicycle": "no"}


def ridden_changes(network, *, on_board=None, max_walk_s=900, max_ride_s=900):
    """{(from, to): (seconds, kind)} between different stops, of who has a bicycle on board."""
    n_stops = len(network.stops.station)
    on_board = np.ones(n_stops, bool) if on_board is None else np.array(on_board)
    way = Way(
        network.streets, network.metrics["bike"], network.stop_links, get_profile("bike"),
        max_ride_s,
    )  # fmt: skip
    rides = ride_through_streets(network.stops, way, on_board, Silent())
    footpaths = compile_footpaths(
        network.stops, [], network.streets, network.metrics["walk"], network.stop_links,
        max_walk_s=max_walk_s, rides=rides, issues=IssueLog(), progress=Silent(),
    )  # fmt: skip
    origin = np.repeat(np.arange(n_stops), np.diff(footpaths.point_offset)).tolist()
    rows = zip(footpaths.duration.tolist(), footpaths.kind.tolist(), strict=True)
    pairs = zip(origin, footpaths.to_point.tolist(), strict=True)
    return {pair: row for pair, row in zip(pairs, rows, strict=True) if pair[0] != pair[1]}


def open_to_bikes(network, stop):
    """Whether a bicycle may use one of the streets that a stop is linked to."""
    links, cost = network.stop_links, network.metrics["bike"].cost
    edge = links.edge[links.stop_offset[stop] : links.stop_offset[stop + 1]]
    return (cost[[*edge, *network.streets.reverse[edge]]] < UNREACHED).any()


def by_the_planner(network, a, b, profile, most):
    """Seconds of the planner's own way, None where it takes longer or has no street in it."""
    path = walk(network, a, b, profile)
    return path.duration if path is not None and path.duration <= most else None


@settings(max_examples=80, deadline=None)
@given(
    street_drawings(),
    st.lists(st.tuples(st.integers(-50, 350), st.integers(-50, 250)), min_size=2, max_size=6),
    st.integers(30, 300),
    st.integers(10, 120),
    st.data(),
)
def test_changes_with_a_bicycle_are_the_planners_rides_or_its_walks(
    drawing, places, max_walk_s, max_ride_s, data
):
    network, _ = behind_entrances(network_of(*drawing, places, step_m=50.0), data)
    found = ridden_changes(network, max_walk_s=max_walk_s, max_ride_s=max_ride_s)
    linked = np.flatnonzero(np.diff(network.stop_links.stop_offset) > 0).tolist()
    for a in linked:
        for b in linked:
            if a == b:
                continue
            walked = by_the_planner(network, a, b, "walk", max_walk_s)
            ridden = by_the_planner(network, a, b, "bike", max_ride_s)
            if not (open_to_bikes(network, a) and open_to_bikes(network, b)):
                ridden = None
            ways = [] if walked is None else [(walked, WALKED)]
            ways += [] if ridden is None else [(ridden + BIKE_HANDLING_S, RIDDEN)]
            across = walk(network, a, b)
            if across is not None and not len(across.edges) and (a, b) not in found:
                continue  # across the open only where the streets lead there in time too
            assert found.get((a, b)) == min(ways, default=None)


LONG_ROAD = "A" + 39 * "-" + "B"  # 2 km


def test_a_ride_takes_the_time_to_handle_the_bicycle_too():
    network = network_of(LONG_ROAD, {"AB": ROAD}, [(0, 0), (1600, 0)])
    found = ridden_changes(network)
    assert found[0, 1] == (293 + BIKE_HANDLING_S, RIDDEN)  # 1.6 km at 19.7 km/h


def test_what_is_near_is_walked_with_the_bicycle_in_hand():
    network = network_of(LONG_ROAD, {"AB": ROAD}, [(0, 0), (51, 0)])
    assert ridden_changes(network)[0, 1] == (36, WALKED)


def test_rides_have_a_longest_time_of_their_own():
    network = network_of(LONG_ROAD, {"AB": ROAD}, [(0, 0), (1600, 0)])
    assert (0, 1) in ridden_changes(network, max_walk_s=0, max_ride_s=294)
    assert (0, 1) not in ridden_changes(network, max_walk_s=0, max_ride_s=292)


def test_nobody_rides_where_bicycles_are_kept_off():
    network = network_of(LONG_ROAD, {"AB": FOOT}, [(0, 0), (1000, 0)])
    assert ridden_changes(network)[0, 1][1] == WALKED


def test_only_stops_where_a_vehicle_takes_bicycles_are_ridden_to():
    network = network_of(LONG_ROAD, {"AB": ROAD}, [(0, 0), (800, 0), (1600, 0)])
    found = ridden_changes(network, on_board=[True, False, True])
    assert found[0, 2][1] == RIDDEN
    assert found[0, 1][1] == found[1, 2][1] == WALKED


def test_stops_of_a_trip_that_takes_bicycles():
    net = timetable("A B\n8:00 8:10\n--\nC D\n8:00 8:10\n--\nB D\n8:00 8:10")
    assert not find_bike_stops(net.stops, net.timetable).any()
    one = net.timetable._replace(trip_bikes=frozen([0, 1, -1], np.int8))
    # Trips are in the order of their lines.
    assert find_bike_stops(net.stops, one).tolist() == [False, False, True, True]
