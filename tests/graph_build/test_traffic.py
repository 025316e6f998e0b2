"""What traffic stress is read from, by the tags of a street: forward / backward."""

from __future__ import annotations

import pytest
from stress_cases import compiled, edge_between

from planner.network import shape

ASSUMED = {
    "speed": shape.SPEED_ASSUMED, "lanes": shape.LANES_ASSUMED, "volume": shape.VOLUME_ASSUMED,
    "width": shape.WIDTH_ASSUMED, "parking": shape.PARKING_ASSUMED,
}  # fmt: skip


def read(tags, field):
    """(forward, backward) of one column of the facts."""
    streets, facts = compiled("A---B", {"AB": tags})
    column = getattr(facts, field)
    return tuple(int(column[edge_between(streets, *word)]) for word in ("AB", "BA"))


def tags(text):
    return dict(word.split("=") for word in text.split())


@pytest.mark.parametrize(
    ("said", "lanes", "known"),
    [
        ("highway=tertiary", (1, 1), False),
        ("highway=primary oneway=yes", (2, 0), False),
        ("highway=tertiary oneway=yes", (1, 0), False),
        ("highway=tertiary oneway=-1 lanes=3", (0, 3), True),
        ("highway=secondary lanes=4", (2, 2), True),
        ("highway=secondary lanes=3", (2, 1), True),
        ("highway=secondary lanes=3 lanes:forward=1", (1, 2), True),
        ("highway=secondary lanes=3 lanes:backward=2", (1, 2), True),
        ("highway=residential lanes=1", (1, 1), True),
        ("highway=residential lanes=many", (1, 1), False),
        ("highway=primary lanes=2;4", (2, 2), True),
        ("highway=primary lanes=200 oneway=yes", (20, 0), True),
        ("highway=cycleway", (0, 0), False),
    ],
)
def test_lanes(said, lanes, known):
    assert read(tags(said), "lanes") == lanes
    assert bool(read(tags(said), "assumed")[0] & shape.LANES_ASSUMED) != known


@pytest.mark.parametrize(
    ("road_class", "volume"),
    [
        ("primary", 15_000), ("primary_link", 15_000), ("secondary", 9000), ("tertiary", 4500),
        ("unclassified", 2000), ("residential", 800), ("living_street", 200), ("service", 200),
        ("cycleway", 0),
    ],
)  # fmt: skip
def test_volume_where_nobody_counted(road_class, volume):
    assert read({"highway": road_class}, "volume") == (volume, volume)
    assert read({"highway": road_class}, "assumed")[0] & shape.VOLUME_ASSUMED


@pytest.mark.parametrize(
    ("said", "decimetres", "known"),
    [
        ("cycleway:right=lane", (15, 0), False),
        ("cycleway:both=lane cycleway:both:width=1,8", (18, 18), True),
        ("cycleway=lane cycleway:width=2.0", (20, 20), True),
        ("cycleway:left=lane cycleway:left:width=5'", (0, 15), False),
        ("cycleway:right=lane cycleway:right:buffer=yes", (20, 0), False),
        ("cycleway:both=track", (20, 20), False),
        ("cycleway:right=track cycleway:right:oneway=no", (30, 30), False),
        ("cycleway:right=track cycleway:right:width=wide", (20, 0), False),
        ("cycleway:left=lane oneway=yes", (15, 0), False),
    ],
)
def test_width_of_the_cyclists_own_space(said, decimetres, known):
    facts = {"highway": "tertiary", **tags(said)}
    assert read(facts, "facility_dm") == decimetres
    assert bool(read(facts, "assumed")[0] & shape.WIDTH_ASSUMED) != known


def test_width_of_a_path_and_of_a_carriageway():
    assert read({"highway": "cycleway"}, "facility_dm") == (30, 30)
    assert read({"highway": "cycleway", "oneway": "yes"}, "facility_dm")[0] == 20
    assert read({"highway": "cycleway", "width": "2.5 m"}, "facility_dm") == (25, 25)
    assert read({"highway": "residential", "width": "5.5"}, "width_dm") == (55, 55)
    assert read({"highway": "residential", "width": "?"}, "width_dm") == (0, 0)
    assert read({"highway": "residential", "width": "99999"}, "width_dm") == (255, 255)


@pytest.mark.parametrize(
    ("said", "decimetres", "known"),
    [
        ("", (0, 0), False),
        ("parking:right=lane", (20, 0), True),
        ("parking:both=street_side", (20, 20), True),
        ("parking:both=no", (0, 0), True),
        ("parking:right=no parking:left=lane", (0, 20), True),
        ("parking:lane:both=parallel", (20, 20), True),
        ("parking:lane:right=no_stopping", (0, 0), True),
        ("parking:right=lane parking:right:width=2.2", (22, 0), True),
        # Who rides with a one-way street keeps to its lane, be it on the left.
        ("oneway=yes cycleway:left=lane parking:left=lane", (20, 20), True),
        ("oneway=yes cycleway:right=lane parking:left=lane", (0, 20), False),
    ],
)
def test_parking_beside(said, decimetres, known):
    facts = {"highway": "tertiary", **tags(said)}
    assert read(facts, "parking_dm") == decimetres
    assert bool(read(facts, "assumed")[0] & shape.PARKING_ASSUMED) != known


@pytest.mark.parametrize(
    ("said", "marked"),
    [
        ("highway=secondary", True), ("highway=tertiary lanes=2", True),
        ("highway=tertiary lanes=1", False), ("highway=tertiary lane_markings=no", False),
        ("highway=tertiary oneway=yes", False), ("highway=unclassified", False),
        ("highway=unclassified lanes=2", True), ("highway=residential lanes=2", False),
        ("highway=residential lanes=3", True), ("highway=residential lane_markings=yes", True),
        ("highway=service", False),
    ],
)  # fmt: skip
def test_a_line_between_the_directions(said, marked):
    found = [bool(bits & shape.CENTRELINE) for bits in read(tags(said), "marks")]
    assert found == [marked, marked]


@pytest.mark.parametrize(
    ("said", "mark", "where"),
    [
        ("highway=residential cyclestreet=yes", shape.CYCLE_STREET, (True, True)),
        ("highway=residential bicycle_road=yes", shape.CYCLE_STREET, (True, True)),
        ("highway=residential oneway=yes", shape.ONE_WAY, (True, True)),
        ("highway=residential", shape.CALM_PARKING, (True, True)),
        ("highway=tertiary", shape.CALM_PARKING, (False, False)),
        ("highway=tertiary cycleway:right=soft_lane", shape.CENTRAL_LANE, (True, False)),
        ("highway=tertiary cycleway=lane cycleway:lane=advisory", shape.CENTRAL_LANE, (True,) * 2),
        ("highway=tertiary cycleway=lane", shape.CENTRAL_LANE, (False, False)),
        # What R5 takes for a lane, and what it doesn't know.
        ("highway=tertiary cycleway=lane", shape.R5_LANE, (True, True)),
        ("highway=tertiary cycleway:left=lane", shape.R5_LANE, (False, True)),
        ("highway=tertiary cycleway:right=lane", shape.R5_LANE, (True, False)),
        ("highway=tertiary oneway=yes cycleway=opposite", shape.R5_LANE, (False, True)),
        ("highway=tertiary oneway=yes cycleway:right=opposite", shape.R5_LANE, (False, True)),
        ("highway=tertiary oneway=yes cycleway:left=opposite", shape.R5_LANE, (True, False)),
        ("highway=tertiary cycleway:both=lane", shape.R5_LANE, (False, False)),
        ("highway=tertiary cycleway=track", shape.R5_LANE, (False, False)),
    ],
)
def test_marks(said, mark, where):
    assert tuple(bool(bits & mark) for bits in read(tags(said), "marks")) == where


@pytest.mark.parametrize(
    ("said", "level"),
    [("1", 1), ("4", 4), ("2.0", 2), ("0", 0), ("5", 0), ("calm", 0), ("inf", 0), ("nan", 0)],
)
def test_a_level_that_the_map_states(said, level):
    assert read({"highway": "tertiary", "lts": said}, "stated_level") == (level, level)


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("highway=tertiary maxspeed=30", True), ("highway=tertiary zone:maxspeed=FR:30", True),
        ("highway=tertiary source:maxspeed=FR:urban", True), ("highway=living_street", True),
        ("highway=pedestrian", True), ("highway=tertiary", False),
        ("highway=tertiary maxspeed=fast", False),
    ],
)  # fmt: skip
def test_a_limit_that_the_map_tells(said, known):
    assert bool(read(tags(said), "assumed")[0] & shape.SPEED_ASSUMED) != known


LIGHTS = {"highway": "traffic_signals"}


@pytest.mark.parametrize(
    ("nodes", "there", "back"),
    [
        ({}, False, False),
        ({"C": LIGHTS}, True, False),  # at the junction
        ({"B": LIGHTS}, True, False),  # 20 m before it
        ({"B": LIGHTS | {"traffic_signals:direction": "backward"}}, False, False),
        ({"B": LIGHTS | {"traffic_signals:direction": "forward"}}, True, False),
        ({"A": LIGHTS}, False, True),
        ({"B": {"highway": "stop", "stop": "all"}}, True, False),
        ({"B": {"highway": "stop"}}, False, False),
        ({"B": {"highway": "crossing", "crossing": "traffic_signals"}}, True, False),
    ],
)
def test_lights_where_a_street_ends(nodes, there, back):
    ways = {"ABC": {"highway": "tertiary"}, "CD": {"highway": "service"}}
    streets, facts = compiled("A---------B-C---D", ways, nodes, step_m=10.0)
    ends = [facts.marks[edge_between(streets, *word)] & shape.SIGNALS > 0 for word in ("AC", "CA")]
    assert ends == [there, back]


def test_lights_far_from_where_a_street_ends_are_not_its_junctions():
    ways = {"ABC": {"highway": "tertiary"}, "CD": {"highway": "service"}}
    for step_m, lit in ((14.5, True), (15.5, False)):  # 29 m and 31 m before C
        streets, facts = compiled("A---------B-C---D", ways, {"B": LIGHTS}, step_m=step_m)
        assert bool(facts.marks[edge_between(streets, "A", "C")] & shape.SIGNALS) == lit


def test_an_island_stands_at_the_node_alone():
    ways = {"ABC": {"highway": "tertiary"}, "CD": {"highway": "cycleway"}}
    for node, wanted in (("C", True), ("B", False)):
        streets, facts = compiled(
            "A-B-C---D", ways, {node: {"highway": "crossing", "crossing:island": "yes"}}
        )
        edge = edge_between(streets, "A", "C")
        assert bool(facts.marks[edge] & shape.ISLAND) == wanted


def test_a_later_cut_of_a_way_keeps_its_facts():
    ways = {"ABC": {"highway": "tertiary", "lanes": "4"}, "BD": {"highway": "service"}}
    streets, facts = compiled("A---B---C\n    |\n    D", ways)
    for word in ("AB", "BA", "BC", "CB"):
        assert facts.lanes[edge_between(streets, *word)] == 2


def test_lights_that_one_has_passed_are_not_those_of_the_next_junction():
    ways = {"AB": {"highway": "tertiary"}, "BC": {"highway": "tertiary"}}
    drawing = "A---------B-C\n          | |\n          D E"
    ways |= {"BD": {"highway": "service"}, "CE": {"highway": "service"}}
    streets, facts = compiled(drawing, ways, {"B": LIGHTS}, step_m=10.0)
    lit = {
        word: bool(facts.marks[edge_between(streets, *word)] & shape.SIGNALS)
        for word in ("AB", "BC", "CB")
    }
    assert lit == {"AB": True, "BC": False, "CB": True}
