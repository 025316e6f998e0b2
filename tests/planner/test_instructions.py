from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_streets import street_drawings
from street_networks import near_corner, network_of, walk

from planner.itinerary import Place
from planner.request import Coordinate
from planner.streets.instructions import describe
from planner.streets.route import street_leg

FOOT = {"highway": "footway"}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def told(network, origin, destination, profile="walk"):
    """["TURN street class metres"] of the way between two points."""
    path = walk(network, near_corner(*origin), near_corner(*destination), profile)
    return [
        " ".join(filter(None, (str(s.turn), s.street, s.road_class, f"{s.length_m:.0f}")))
        for s in describe(network, path)
    ]


def road(name, kind="residential", **tags):
    return {"highway": kind, "name": name, **tags}


def test_one_step_for_each_street_with_its_turn():
    ways = {"AB": road("Rue Haute"), "BC": road("Rue Haute"), "CD": road("Quai"), "DE": FOOT}
    network = network_of("A-B-C\n    |\n  E-D", ways)
    assert told(network, (0, 100), (110, 0)) == [
        "DEPART Rue Haute residential 200",
        "RIGHT Quai residential 100",
        "RIGHT footway 90",
    ]


@pytest.mark.parametrize(
    ("end", "turn"),
    [
        ("F", "CONTINUE"),
        ("G", "SLIGHTLY_LEFT"),
        ("C", "LEFT"),
        ("H", "SLIGHTLY_RIGHT"),
        ("D", "RIGHT"),
        ("K", "HARD_LEFT"),
        ("L", "HARD_RIGHT"),
    ],
)
def test_a_turn_has_the_name_of_its_angle(end, turn):
    ways = {"AB": road("Rue"), f"B{end}": road("Autre")}
    network = network_of("K--C--G\n|\nA--B--F\n|\nL--D--H", ways)
    node = network.streets.node_osm_id.tolist().index(ord(end) - ord("A") + 1)
    there = Coordinate(network.streets.node_lat[node], network.streets.node_lon[node])
    steps = describe(network, walk(network, near_corner(0, 100), there))
    assert [str(step.turn) for step in steps] == ["DEPART", turn]


def test_stairs_and_lifts_are_said():
    ways = {"AB": FOOT, "BC": {"highway": "steps"}, "CD": {"highway": "elevator"}, "DE": FOOT}
    network = network_of("A-B-C-D-E", ways)
    assert told(network, (0, 0), (400, 0)) == [
        "DEPART footway 100", "STAIRS steps 100", "ELEVATOR elevator 100", "CONTINUE footway 100",
    ]  # fmt: skip


def test_D3_the_bicycle_is_walked_where_riding_is_not_allowed():
    ways = {"AB": road("Rue"), "BC": {"highway": "pedestrian", "name": "Rue", "bicycle": "no"}}
    network = network_of("A--B--C", ways)
    path = walk(network, near_corner(0, 0), near_corner(300, 0), "bike")
    assert [(s.street, s.push) for s in describe(network, path)] == [("Rue", False), ("Rue", True)]
    on_foot = walk(network, near_corner(0, 0), near_corner(300, 0))
    assert [s.push for s in describe(network, on_foot)] == [False]


def test_D1_riding_against_the_cars_is_said():
    ways = {"AB": road("Rue", oneway="yes", **{"oneway:bicycle": "no"})}
    network = network_of("A--B", ways)
    against = walk(network, near_corner(150, 0), near_corner(0, 0), "bike")
    along = walk(network, near_corner(0, 0), near_corner(150, 0), "bike")
    assert [[s.contraflow for s in describe(network, p)] for p in (against, along)] == [
        [True],
        [False],
    ]


@pytest.mark.parametrize(
    ("way", "turn"), [("BCDEB", "CIRCLE_COUNTERCLOCKWISE"), ("BEDCB", "CIRCLE_CLOCKWISE")]
)
def test_a_roundabout_is_one_step_with_its_sense(way, turn):
    circle = {"highway": "residential", "junction": "roundabout"}
    network = network_of(
        "   E\nA-B-D-F\n   C", {"AB": road("Rue"), way: circle, "DF": road("Rue")}, step_m=20
    )
    path = walk(network, near_corner(0, 20), near_corner(120, 20), "car")
    assert [str(s.turn) for s in describe(network, path)][:2] == ["DEPART", turn]
    assert len(describe(network, path)) == 3


def test_turning_round_is_said():
    """North is barred to who comes from the west; the block to go round by is longer than back."""
    ways = {"AB": road("Quai"), "BC": road("Quai"), "BE": road("Cour"), "EDC": road("Allée")}
    bar = {("AB", "B", "BE"): {"restriction": "no_left_turn"}}
    network = network_of("  E--------D\n\nA-B----C", ways, turns=bar)
    assert told(network, (0, 0), (100, 90), "car") == [
        "DEPART Quai residential 350",
        "UTURN_LEFT Quai residential 250",
        "RIGHT Cour residential 90",
    ]


def test_no_step_where_one_stays():
    network = network_of("A-B", {"AB": FOOT})
    assert told(network, (10, 0), (10, 0)) == []
    assert told(network, (10, 40), (20, 40)) == ["DEPART path 10"]


@settings(max_examples=100, deadline=None)
@given(street_drawings(), st.sampled_from(["walk", "bike"]), st.data())
def test_steps_sum_up_to_their_leg(drawing, profile, data):
    network = network_of(*drawing)
    metre = st.floats(-30, 330)
    origin, end = (near_corner(data.draw(metre), data.draw(metre)) for _ in range(2))
    path = walk(network, origin, end, profile)
    if path is None or not path.length_m:
        return
    places = [Place(name="", lat=at.lat, lon=at.lon) for at in (origin, end)]
    leg = street_leg(network, path, profile, *places, NOON)
    assert leg.end == NOON + timedelta(seconds=path.duration)
    assert sum(step.duration for step in leg.steps) == path.duration
    assert sum(step.length_m for step in leg.steps) == pytest.approx(leg.length_m)
    assert all(step.duration >= 0 for step in leg.steps)
    for before, after in pairwise(leg.steps):
        assert before.points[-1] == after.points[0]
    assert leg.points[0] == leg.steps[0].points[0]
    assert leg.points[-1] == leg.steps[-1].points[-1]
