"""Turns and hours of access from an OSM file to a network that is opened again."""

from __future__ import annotations

import numpy as np
from asked_streets import NO_LEFT, ROAD
from small_town import write_town
from street_drawing import draw_osm

from feeds.osm import read_osm
from graph_build.build import build_network
from graph_build.region import read_region
from planner.network import shape
from planner.network.store import open_network

DRAWING = """
    E
    |
A---B---C---D
"""
WAYS = {
    "AB": ROAD | {"maxspeed": "30", "oneway": "yes"},
    "BC": ROAD,
    "CD": ROAD | {"motor_vehicle:conditional": "no @ (Tu,Fr 07:00-14:30)"},
    "BE": ROAD,
}
TURNS = {("AB", "B", "BE"): NO_LEFT | {"except": "bicycle"}}
STREETS_ONLY = 'name = "Drawn"\nosm = "street.osm"\n'


def built(folder, region=STREETS_ONLY, turns=TURNS):
    street = draw_osm(DRAWING, WAYS, turns=turns, step_m=200.0)
    inputs = read_region(write_town(folder, region=region, street=street))
    build_network(inputs, folder / "network")
    return open_network(folder / "network")


def test_D10_D15_turns_and_hours_are_stored_with_the_network_and_counted(tmp_path):
    network = built(tmp_path)
    streets, counts = network.streets, network.manifest["counts"]
    turns = (streets.flags & shape.TURN) != 0
    assert counts["restricted_turns"] == 1
    closed = turns & ((streets.access & shape.CAR) == 0) & (streets.direction > 0)
    assert streets.access[closed].tolist() == [shape.WALK | shape.BIKE]
    assert counts["timed_street_edges"] == 2
    assert set(streets.way_id[network.conditions.edge].tolist()) == {103}
    assert np.diff(network.conditions.span_offset).tolist() == [2, 2]


def test_D2_a_region_declares_contraflow_in_zones_30(tmp_path):
    as_mapped = built(tmp_path / "mapped")
    declared = built(tmp_path / "declared", STREETS_ONLY + "contraflow_in_zones_30 = true\n")
    for network, count in ((as_mapped, 0), (declared, 1)):
        found = {one["kind"]: one["count"] for one in network.manifest["issues"]}
        assert found.get("contraflow_assumed", 0) == count
        assert network.manifest["configuration"]["contraflow_in_zones_30"] == bool(count)
    assert as_mapped.manifest["build_key"] != declared.manifest["build_key"]


def test_D10_a_relation_that_lacks_a_member_is_dropped_by_its_reader(tmp_path):
    text = draw_osm(DRAWING, WAYS, turns=TURNS).replace('role="to"', 'role="towards"')
    (tmp_path / "broken.osm").write_text(text)
    extract = read_osm(tmp_path / "broken.osm")
    assert extract.restrictions == ()
    assert extract.issues.counts == {"turn_restriction_broken": 1}
    assert extract.issues.examples["turn_restriction_broken"][0].detail == "no to"


def test_D10_a_relation_of_far_too_many_members_is_dropped(tmp_path):
    via = '<member type="node" ref="2" role="via"/>'
    text = draw_osm(DRAWING, WAYS, turns=TURNS).replace(via, via * 60)
    (tmp_path / "huge.osm").write_text(text)
    extract = read_osm(tmp_path / "huge.osm")
    assert extract.restrictions == ()
    assert extract.issues.counts == {"turn_restriction_broken": 1}


def test_D7_a_ferry_route_relation_is_read(tmp_path):
    text = draw_osm("A--B", {"AB": {"route": "ferry"}}).replace(
        "</osm>",
        '<relation id="9" version="1"><member type="way" ref="101" role=""/>'
        '<tag k="type" v="route"/><tag k="route" v="ferry"/><tag k="duration" v="00:12"/>'
        "</relation></osm>",
    )
    (tmp_path / "sea.osm").write_text(text)
    assert read_osm(tmp_path / "sea.osm").ferries == ((9, "00:12", (101,)),)


def test_lorries_and_buses_have_restrictions_of_their_own(tmp_path):
    lorries = {("AB", "B", "BE"): {"restriction:hgv": "no_left_turn"}}
    (tmp_path / "lorries.osm").write_text(draw_osm(DRAWING, WAYS, turns=lorries))
    extract = read_osm(tmp_path / "lorries.osm")
    assert (extract.restrictions, dict(extract.issues.counts)) == ((), {})
