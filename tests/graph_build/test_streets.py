"""Ways become edges: drawings, and what must hold of any compiled city."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from street_drawing import draw_extract, draw_town, node_id

from feeds.issues import IssueLog
from feeds.osm import read_osm
from graph_build.streets.compile import compile_streets
from planner.network import shape

STREET = {"highway": "residential"}
FOOTWAY = {"highway": "footway"}


def check_edges(streets: shape.Streets) -> None:
    """What planner.network.shape promises of Streets."""
    edges = np.arange(len(streets.tail))
    assert (np.diff(streets.tail) >= 0).all()
    assert streets.first_out[-1] == streets.first_in[-1] == len(edges)
    assert (
        np.repeat(np.arange(len(streets.node_lat)), np.diff(streets.first_out)) == streets.tail
    ).all()
    assert (np.diff(streets.head[streets.in_edge]) >= 0).all()
    assert (streets.in_tail == streets.tail[streets.in_edge]).all()
    assert (streets.reverse[streets.reverse] == edges).all()
    # Where turns are restricted a street ends at one node of a junction and begins at another.
    osm_id = streets.node_osm_id
    assert (osm_id[streets.tail[streets.reverse]] == osm_id[streets.head]).all()
    assert (streets.direction[streets.reverse] == -streets.direction).all()
    assert (streets.length_m[streets.reverse] == streets.length_m).all()
    assert (streets.head != streets.tail).all()
    assert ((streets.access | streets.access[streets.reverse]) >= 0).all()
    start = np.where(streets.direction > 0, streets.tail, streets.head)
    end = np.where(streets.direction > 0, streets.head, streets.tail)
    last = streets.shape_offset + streets.shape_count - 1
    assert (streets.shape_count >= 2).all()
    assert (streets.shape_lat[streets.shape_offset] == streets.node_lat[start]).all()
    assert (streets.shape_lon[last] == streets.node_lon[end]).all()
    for column, value in streets._asdict().items():
        assert not value.flags.writeable, column


def test_a_way_is_cut_where_another_meets_it() -> None:
    town = draw_town(
        """
        A---B---C---D
            |
            E
        """,
        {"ABCD": STREET | {"name": "Rue Haute"}, "BE": FOOTWAY},
    )
    check_edges(town.streets)
    assert len(town.streets.node_lat) == 4  # C only bends
    assert len(town.streets.tail) == 2 * 3
    edge = town.edge("BD")
    assert town.streets.length_m[edge] == pytest.approx(2 * 4 * 50, rel=1e-3)
    assert town.streets.shape_count[edge] == 3
    assert town.streets.way_id[edge] == 101
    assert town.streets.direction[edge] == 1
    assert town.streets.direction[town.edge("DB")] == -1
    assert town.names.get(town.streets.name[edge]) == "Rue Haute"
    assert town.streets.name[town.edge("BE")] == shape.NONE
    assert town.modes("BD") == "walk bike car"
    assert town.modes("BE") == "walk push"


def test_both_directions_exist_where_one_is_closed() -> None:
    town = draw_town("A--B", {"AB": {"highway": "motorway"}})
    check_edges(town.streets)
    assert (town.modes("AB"), town.modes("BA")) == ("car", "")


def test_a_way_that_crosses_itself_is_cut_there() -> None:
    town = draw_town(
        """
        A---B---C
            |   |
            E---D
        """,
        {"ABCDEB": STREET},
    )
    check_edges(town.streets)
    # the ring from B to B is cut in its middle, so no edge is a loop
    assert len(town.streets.tail) == 2 * 3


def test_a_lone_ring_has_two_edges() -> None:
    town = draw_town("A--B\n\nD--C", {"ABCDA": STREET})
    check_edges(town.streets)
    assert len(town.streets.node_lat) == 2
    assert len(town.streets.tail) == 4
    assert town.streets.length_m.sum() == pytest.approx(2 * (2 * 150 + 2 * 100), rel=0.35)


def test_two_streets_between_the_same_junctions_are_both_there() -> None:
    town = draw_town(
        """
          C
        A---B
        """,
        {"AB": STREET, "ACB": FOOTWAY},
    )
    check_edges(town.streets)
    assert len(town.edges("AB")) == 2


def test_a_node_named_twice_in_a_row_is_one() -> None:
    town = draw_town("A--B--C", {"AABBC": STREET})
    assert len(town.streets.tail) == 2
    assert (town.streets.length_m > 0).all()


SQUARE = """
E--A-----B
   |     |
   D-----C--F
"""
PLAZA = {"highway": "pedestrian", "area": "yes"}


def test_C11_a_square_is_crossed_between_its_entries() -> None:
    town = draw_town(SQUARE, {"ABCDA": PLAZA, "EA": FOOTWAY, "CF": FOOTWAY})
    check_edges(town.streets)
    across = [edge for edge in town.edges("AC") if town.streets.flags[edge] & shape.ACROSS]
    assert len(across) == 1
    assert town.streets.length_m[across[0]] == pytest.approx(50 * np.hypot(6, 2), rel=1e-3)
    assert town.streets.way_id[across[0]] == 101
    assert len(town.edges("AC")) == 3  # and both ways round


def test_C11_a_fountain_in_the_way_is_walked_round() -> None:
    drawing = """
    E--A-------------B
       |  P-------Q  |
       |  S-------R  |
       D-------------C--F
    """
    rings = {"ABCDA": {"highway": "pedestrian"}, "PQRSP": {"highway": "pedestrian"}}
    extract = draw_extract(drawing, {**rings, "EA": FOOTWAY, "CF": FOOTWAY})
    way_id = np.where(extract.ways.way_id < 103, -9, extract.ways.way_id)  # one relation's rings
    extract = replace(extract, ways=extract.ways._replace(way_id=way_id))
    streets = compile_streets([extract], island_nodes=0).streets
    assert not (streets.flags & shape.ACROSS).any()


def test_C11_entries_that_do_not_see_each_other_are_not_joined() -> None:
    drawing = """
    E--A--B     C--D--F
       |  |     |  |
       |  G-----H  |
       J-----------I
    """
    town = draw_town(drawing, {"ABGHCDIJA": PLAZA, "EA": FOOTWAY, "DF": FOOTWAY})
    assert not (town.streets.flags & shape.ACROSS).any()


def test_C11_a_closed_footway_is_no_square() -> None:
    town = draw_town(SQUARE, {"ABCDA": {"highway": "footway"}, "EA": FOOTWAY, "CF": FOOTWAY})
    assert not (town.streets.flags & shape.ACROSS).any()


def test_D15_a_street_under_construction_is_not_there() -> None:
    town = draw_town("A--B--C", {"AB": STREET, "BC": {"highway": "construction"}})
    assert len(town.streets.tail) == 2
    assert town.issues.counts == {"street_closed_to_all": 1}


def test_D5_a_bollard_stops_cars_only() -> None:
    town = draw_town("A--B--C", {"ABC": STREET}, nodes={"B": {"barrier": "bollard"}})
    check_edges(town.streets)
    gates = np.flatnonzero(town.streets.length_m == 0)
    assert len(gates) == 2
    assert (town.streets.access[gates] == shape.WALK | shape.BIKE).all()
    assert town.modes("AB") == town.modes("BC") == "walk bike car"
    assert town.streets.head[town.edge("AB")] != town.streets.tail[town.edge("BC")]


def test_D5_a_barrier_at_a_crossroads_stops_every_way_through() -> None:
    town = draw_town(
        """
        A--B--C
           |
           D
        """,
        {"ABC": STREET, "BD": STREET},
        nodes={"B": {"barrier": "bollard"}},
    )
    check_edges(town.streets)
    assert (town.streets.length_m == 0).sum() == 2 * 3
    reached = {int(town.streets.tail[town.edge("AB")])}
    for _ in range(5):
        for edge in np.flatnonzero(town.streets.access & shape.CAR).tolist():
            if int(town.streets.tail[edge]) in reached:
                reached.add(int(town.streets.head[edge]))
    assert len(reached) == 2  # A and its own side of the barrier


def test_D5_a_barrier_that_all_may_pass_changes_nothing() -> None:
    town = draw_town("A--B--C", {"ABC": STREET}, nodes={"B": {"barrier": "kerb"}})
    assert len(town.streets.tail) == 2


def test_D6_a_private_gate_makes_its_crossing_private() -> None:
    gate = {"barrier": "gate", "access": "private"}
    town = draw_town("A--B--C", {"ABC": STREET}, nodes={"B": gate})
    (there, back) = np.flatnonzero(town.streets.length_m == 0).tolist()
    ends = shape.WALK_ENDS | shape.BIKE_ENDS | shape.CAR_ENDS
    assert town.streets.access[there] == town.streets.access[back] == 7 | ends


def test_D9_streets_with_other_tags_are_not_merged() -> None:
    town = draw_town("A--B--C", {"AB": STREET, "BC": STREET | {"surface": "sett"}})
    surfaces = [shape.SURFACES[town.streets.surface[town.edge(word)]] for word in ("AB", "BC")]
    assert surfaces == ["unknown", "cobbles"]


@pytest.mark.parametrize(
    ("duration", "kmh"), [("00:03", 12), ("3", 12), ("PT3M", 12), ("soon", 10), ("0", 10)]
)
def test_D7_a_ferry_takes_its_published_time(duration: str, kmh: int) -> None:
    ferry = {"route": "ferry", "duration": duration}
    town = draw_town("A-----------B", {"AB": ferry})  # 12 characters, 600 m
    assert town.streets.speed_kmh[town.edge("AB")] == kmh


def test_extracts_that_overlap_are_taken_once() -> None:
    drawing = "A--B--C--D"
    west = draw_extract(drawing, {"ABC": STREET | {"name": "Rue Haute"}})
    east = draw_extract(drawing, {"BCD": STREET | {"name": "Rue Haute"}})  # the same way id
    streets = compile_streets([west, east], island_nodes=0).streets
    check_edges(streets)
    assert streets.length_m.sum() == pytest.approx(2 * 9 * 50, rel=1e-3)
    assert sorted(set(streets.node_osm_id.tolist())) == [node_id(c) for c in "ACD"]


def test_extracts_of_nothing_make_no_streets() -> None:
    town = draw_town("A", {})
    check_edges(town.streets)
    assert len(town.streets.node_lat) == 0


CITIES = [
    # file, nodes and edges at least, kilometres
    ("milan/milan_italy_small.osm.pbf", 60_000, 180_000),
    ("porto-alegre/poa_osm.pbf", 19_000, 50_000),
    ("helsinki/Helsinki.osm.pbf", 8_000, 24_000),
    ("paris/issy-west-partial.osm.pbf", 10_000, 25_000),
]


@pytest.mark.city
@pytest.mark.parametrize(("file", "nodes", "edges"), CITIES)
def test_real_cities_compile(city_data: Path, file: str, nodes: int, edges: int) -> None:
    issues = IssueLog()
    streets = compile_streets([read_osm(city_data / file)], issues=issues).streets
    check_edges(streets)
    assert len(streets.node_lat) > nodes
    assert len(streets.tail) > edges
    assert (streets.access & shape.WALK).any()
    assert issues.counts["island_for_walk"] > 0
