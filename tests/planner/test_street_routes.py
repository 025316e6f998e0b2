import math
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_streets import street_drawings
from street_networks import behind_entrances, near_corner, network_of, stops_at, walk

from feeds.issues import IssueLog
from feeds.progress import Silent
from graph_build.footpaths import compile_footpaths
from graph_build.stop_tables import compile_stop_tables
from planner.itinerary import Reason, SearchTooLongError
from planner.kernels.contraction import customize, make_slopes
from planner.kernels.snap import snap
from planner.kernels.stop_ways import reach_by_search
from planner.kernels.street_ends import finish, seeds_at
from planner.kernels.street_line import draw_way
from planner.kernels.street_search import search, trace
from planner.kernels.street_way import find_way
from planner.network.metrics import ENDS_PENALTY_S
from planner.network.profiles import get_profile
from planner.network.store import Network
from planner.request import Coordinate
from planner.streets.instructions import describe
from planner.streets.route import find_snaps, reach_stops, route
from planner.streets.weighted import weighted

PACE = 3.6 / get_profile("walk").speed_kmh  # seconds a metre
FOOT = {"highway": "footway"}
ROAD = {"highway": "residential"}


def test_a_way_along_two_streets_takes_its_length_at_walking_speed():
    network = network_of("A---B\n    |\n    C", {"AB": FOOT, "BC": FOOT})
    path = walk(network, near_corner(100, 100), near_corner(200, 70))
    assert path.length_m == pytest.approx(130, abs=0.3)
    assert path.duration == pytest.approx(130 * PACE, abs=1)
    assert len(path.edges) == 2


def test_on_one_street_the_way_leads_along_it_and_back():
    network = network_of("A----B", {"AB": FOOT})
    there = walk(network, near_corner(50, 0), near_corner(200, 0))
    back = walk(network, near_corner(200, 0), near_corner(50, 0))
    assert there.duration == back.duration == pytest.approx(150 * PACE, abs=1)
    assert there.points == back.points[::-1]
    assert network.streets.reverse[there.edges[0]] == back.edges[0]


def test_against_a_one_way_the_car_goes_round_the_block():
    ways = {"AB": ROAD | {"oneway": "yes"}, "BDCA": ROAD}
    network = network_of("C---D\n|\nA---B", ways)
    with_traffic = walk(network, near_corner(60, 0), near_corner(140, 0), "car")
    against = walk(network, near_corner(140, 0), near_corner(60, 0), "car")
    assert with_traffic.length_m == pytest.approx(80, abs=1)
    assert against.length_m == pytest.approx(2 * 200 + 2 * 100 - 80, abs=2)


def test_C4_the_straight_line_to_the_street_is_charged_at_both_ends():
    network = network_of("A----B", {"AB": FOOT})
    path = walk(network, near_corner(50, 100), near_corner(150, -200))
    assert (path.start_m, path.end_m) == pytest.approx((100, 200), abs=0.5)
    assert path.duration == pytest.approx((100 + 100 + 200) * PACE, abs=1)
    bike = walk(network, near_corner(50, 100), near_corner(150, -200), "bike")
    assert bike.duration > 300 * PACE  # one walks to the street with it


def test_C4_too_far_from_any_street_there_is_no_way():
    network = network_of("A----B", {"AB": FOOT})
    assert find_snaps(network, near_corner(50, 260), "walk") == ()
    assert walk(network, near_corner(50, 260), near_corner(150, 0)) is None


@pytest.mark.parametrize("profile", ["walk", "bike", "car"])
@pytest.mark.parametrize("place", [(50, 0), (50, 100), (50, 5000)])
def test_C4_from_a_place_to_itself_takes_no_time(profile, place):
    network = network_of("A----B", {"AB": ROAD}, stops=[(70, 10)])
    path = walk(network, near_corner(*place), near_corner(*place), profile)
    assert (path.duration, path.length_m) == (0, 0.0)
    assert walk(network, 0, 0, profile).duration == 0


def test_neighbours_in_the_open_go_straight_and_not_by_the_street():
    network = network_of("A----B", {"AB": FOOT})
    path = walk(network, near_corner(50, 100), near_corner(60, 100))
    assert path.duration == pytest.approx(10 * PACE, abs=1)
    assert len(path.edges) == 0


def test_B8_nobody_walks_straight_across_what_no_street_crosses():
    network = network_of("A----B\n|\n|\nC----D", {"AB": FOOT, "CD": FOOT})
    assert walk(network, near_corner(50, 148), near_corner(50, 2)) is None


def test_C9_the_second_nearest_street_is_taken_where_it_is_the_better():
    # The nearest street of the origin is one leg of a long hairpin; the other leg is 20 m behind.
    ways = {"AB": FOOT, "BD": FOOT, "CD": FOOT}
    network = network_of("A-------B\nC-------D", ways, step_m=40)
    path = walk(network, near_corner(10, 25), near_corner(10, 0))
    assert path.duration == pytest.approx(25 * PACE, abs=1)


def test_D6_a_private_street_is_entered_by_the_end_that_is_the_nearer():
    # P lies on the private street BC, 40 m from B; both its ends meet public streets.
    ways = {"AB": ROAD, "BC": {"highway": "service", "access": "private"}, "CD": ROAD, "AED": ROAD}
    network = network_of("A-B-C-D\n|\nE", ways)
    place = near_corner(140, 100)
    from_a = walk(network, near_corner(0, 100), place)
    from_d = walk(network, near_corner(300, 100), place)
    assert from_a.length_m == pytest.approx(140, abs=0.5)
    assert from_d.length_m == pytest.approx(160, abs=0.5)
    assert from_a.cost - from_a.duration == pytest.approx(ENDS_PENALTY_S, abs=1)
    assert walk(network, place, near_corner(0, 100)).cost < ENDS_PENALTY_S  # leaving is free


@pytest.mark.parametrize("profile", ["walk", "bike"])
@pytest.mark.parametrize("backward", [False, True])
def test_stops_are_reached_in_the_time_of_the_way_to_them(profile, backward):
    stops = [(20, 5), (180, 5), (20, 95), (190, 60), (90, 130)]
    ways = {"AB": ROAD, "CD": ROAD, "AC": {"highway": "steps"}, "BD": FOOT}
    network = network_of("C---D\n|\nA---B", ways, stops)
    place = near_corner(70, 10)
    reached = reach_stops(network, place, profile, max_s=200, backward=backward)
    found = dict(zip(reached.stop.tolist(), reached.duration.tolist(), strict=True))
    ways_to = {
        s: walk(network, *((s, place) if backward else (place, s)), profile) for s in range(5)
    }
    assert found == {s: p.duration for s, p in ways_to.items() if p and p.duration <= 200}
    assert found


@settings(max_examples=150, deadline=None)
@given(
    street_drawings(),
    st.lists(st.tuples(st.integers(-50, 350), st.integers(-50, 250)), min_size=2, max_size=5),
    st.sampled_from(["walk", "bike"]),
    st.data(),
)
def test_C8_every_question_pays_for_the_same_ways_inside(drawing, places, profile, data):
    network = network_of(*drawing, places)
    network, closed = behind_entrances(network, data)
    for place in (0, near_corner(120, 60)):
        for backward in (False, True):
            reached = reach_stops(network, place, profile, max_s=900, backward=backward)
            found = dict(zip(reached.stop.tolist(), reached.duration.tolist(), strict=True))
            for stop in range(len(places)):
                ends = (stop, place) if backward else (place, stop)
                path = walk(network, *ends, profile)
                if stop == place:
                    assert path is None or path.duration == 0
                elif path is None:
                    assert stop not in found
                else:
                    # Each end of a way is rounded by itself.
                    assert abs(min(found.get(stop, 901), 901) - min(path.duration, 901)) <= 1
                    check_insides(network, path)
    for stop in closed:
        assert walk(network, near_corner(120, 60), stop, profile) is None


def check_insides(network, path):
    """A path's straight lines, streets and insides are all of its seconds, and drawn as one."""
    if path is None or not len(path.edges):
        return
    steps = describe(network, path)
    assert sum(step.duration for step in steps) == path.duration
    assert sum(step.length_m for step in steps) == pytest.approx(path.length_m, abs=0.01)
    assert all(step.duration >= 0 for step in steps)
    for before, after in pairwise(steps):
        assert before.points[-1] == after.points[0]
    for inside, step in ((path.start_inside, steps[0]), (path.end_inside, steps[-1])):
        if inside is not None:
            assert (step.duration, step.road_class) == (inside.seconds, "corridor")


def test_B9_two_stops_at_one_place_are_no_time_apart():
    network = network_of("A----B", {"AB": FOOT}, [(50, 10), (50, 10)])
    assert walk(network, 0, 1).duration == 0


def test_a_network_without_streets_has_no_ways():
    stops = stops_at([(48.0, 2.0)])
    network = Network(manifest={}, stops=stops, routes=None, timetable=None, footpaths=None,
                      metrics={"walk": None})  # fmt: skip
    here = Coordinate(48.0, 2.0)
    assert route(network, here, here, "walk", max_s=60) is Reason.NOT_CONNECTED
    assert reach_stops(network, here, "walk", max_s=60, backward=False).stop.size == 0
    assert find_snaps(network, here, "walk") == ()


@pytest.mark.parametrize(
    ("origin", "destination", "profile", "max_s", "reason"),
    [
        ((10, 100), (190, 100), "walk", 100, Reason.TOO_FAR),
        ((10, 100), (190, 100), "walk", 0, Reason.TOO_FAR),
        ((10, 100), (190, 0), "walk", 3600, Reason.NOT_CONNECTED),
        ((10, 100), (190, 0), "walk", 10, Reason.TOO_FAR),  # who knows, so near
        ((10, 100), (190, 100), "car", 3600, Reason.SNAPPED_TOO_FAR),
        ((10, 100), (190, 700), "walk", 3600, Reason.SNAPPED_TOO_FAR),
    ],
)
def test_H1_where_there_is_no_way_the_reason_is_told(origin, destination, profile, max_s, reason):
    network = network_of("A-E-B\n|\n\nC---D", {"AEB": FOOT, "CD": FOOT})
    ends = near_corner(*origin), near_corner(*destination)
    assert route(network, *ends, profile, max_s=max_s) is reason


def test_H1_a_search_given_up_is_no_answer():
    network = network_of("A-E-B", {"AEB": FOOT}, [(180, 0)])
    ends = near_corner(10, 0), near_corner(190, 0)
    with pytest.raises(SearchTooLongError):
        route(network, *ends, "walk", max_s=3600, max_settled=1)
    with pytest.raises(SearchTooLongError):
        reach_stops(network, ends[0], "walk", max_s=3600, backward=False, max_settled=1)
    assert route(network, *ends, "walk", max_s=3600, max_settled=9).duration > 0


def test_a_stop_on_a_footway_is_left_by_car_from_the_next_road():
    network = network_of("A---B\nC---D", {"AB": FOOT, "CD": ROAD}, [(100, 45)])
    path = walk(network, 0, near_corner(180, 0), "car")
    assert path.start_m == pytest.approx(45, abs=0.5)


BLOCKS = network_of(
    "A-B-C-D\nE-F-G-H\nI-J-K-L\nM-N-O-P",
    {**dict.fromkeys(("ABCD", "EFGH", "IJKL", "MNOP", "AEIM", "BFJN", "CGKO", "DHLP"), FOOT)},
)


@settings(max_examples=300, deadline=None)
@given(*[st.floats(-20, 320)] * 2, *[st.floats(-20, 170)] * 2, st.floats(0, math.tau))
def test_C10_a_metre_aside_changes_little(east, to_east, north, to_north, angle):
    end = near_corner(to_east, to_north)
    here = walk(BLOCKS, near_corner(east, north), end)
    aside = walk(BLOCKS, near_corner(east + math.cos(angle), north + math.sin(angle)), end)
    # At worst a candidate 30 m behind the nearest drops out: a walk to the next corner and back.
    assert abs(here.duration - aside.duration) <= 60
    assert here.length_m >= 0.999 * math.hypot(east - to_east, north - to_north) - 0.1


@settings(max_examples=150, deadline=None)
@given(street_drawings(), st.sampled_from(["walk", "bike"]), st.data())
def test_a_path_is_whole(drawing, profile, data):
    network = network_of(*drawing)
    metre = st.floats(-30, 330)
    origin, end = (near_corner(data.draw(metre), data.draw(metre)) for _ in range(2))
    path = walk(network, origin, end, profile)
    if path is None:
        return
    streets = network.streets
    assert np.array_equal(streets.head[path.edges[:-1]], streets.tail[path.edges[1:]])
    assert (network.metrics[profile].cost[path.edges] < 2**30).all()
    assert path.points[0] == (round(origin.lat, 6), round(origin.lon, 6))
    assert path.points[-1] == (round(end.lat, 6), round(end.lon, 6))
    points = np.radians(path.points)
    steps = np.diff(points, axis=0) * (1, math.cos(points[0, 0]))
    drawn = 6_371_008.8 * np.hypot(*steps.T).sum()
    assert drawn == pytest.approx(path.length_m, rel=0.01, abs=1.0)


@pytest.mark.jit
def test_every_kernel_is_compiled_once_whatever_is_asked():
    searched = network_of("A--B--C", {"AB": ROAD, "BC": ROAD}, [(50, 10), (250, 10)])
    network = compile_stop_tables(searched, Silent())
    kernels = (search, snap, seeds_at, finish, trace, reach_by_search)
    for kernel in (*kernels, find_way, draw_way, customize, make_slopes):
        before = len(kernel.signatures)
        for profile in ("walk", "car"):
            for one, place in product((searched, network), (near_corner(70, 5), 0)):
                walk(one, place, near_corner(280, 0), profile)
                walk(one, place, 1, profile)
                for backward in (False, True):
                    reach_stops(one, place, profile, max_s=300, backward=backward)
        weighted(network, "bike+speed=20")
        compile_footpaths(
            network.stops, [], network.streets, network.metrics["walk"], network.stop_links,
            issues=IssueLog(), progress=Silent(),
        )  # fmt: skip
        assert len(kernel.signatures) <= max(before, 1)
