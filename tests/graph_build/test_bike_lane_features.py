"""Bike facilities written in the French schema, and read back."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from lane_drawing import read_features, reversed_feature
from street_drawing import draw_extract, node_id

from feeds.bike_lane_schema import FIELDS, OLD_FIELDS, OLD_VALUES
from feeds.issues import IssueLog
from graph_build.bike_lanes.features import collect, list_bike_lanes
from graph_build.bike_lanes.lay import lay_bike_lanes
from graph_build.streets.compile import compile_streets
from planner.network import shape
from planner.network.store import Network

MANIFEST = {"name": "drawing", "attributions": ["© somebody"], "inputs": [{"licence": "ODbL-1.0"}]}
SHAPES = ("infrastructure", "access", "flags", "surface", "speed_kmh")


def network(drawing, ways):
    compiled = compile_streets([draw_extract(drawing, ways)], island_nodes=0)
    return of_streets(compiled.streets, compiled.road_facts)


def of_streets(streets, facts):
    nothing = dict.fromkeys(("stops", "routes", "timetable", "footpaths"))
    return Network(manifest=MANIFEST, **nothing, streets=streets, road_facts=facts)


R = "highway=residential "
SIDES = [
    # tags of AB, drawn from A to B                        right               left
    (R + "cycleway:right=lane",                            "BANDE CYCLABLE",   "AUCUN"),
    (R + "cycleway:left=track",                            "AUCUN",            "PISTE CYCLABLE"),
    (R + "cycleway=lane",                                  "BANDE CYCLABLE",   "BANDE CYCLABLE"),
    (R + "cycleway:right=share_busway",                    "COULOIR BUS+VELO", "AUCUN"),
    (R + "cyclestreet=yes",                                "VELO RUE",         "VELO RUE"),
    (R + "oneway=yes oneway:bicycle=no",
                                           "AUCUN", "DOUBLE SENS CYCLABLE NON MATERIALISE"),
    (R + "oneway=yes oneway:bicycle=no cycleway=opposite_lane",
                                           "AUCUN", "DOUBLE SENS CYCLABLE BANDE"),
    (R + "oneway=yes oneway:bicycle=no cycleway=opposite_track",
                                           "AUCUN", "DOUBLE SENS CYCLABLE PISTE"),
    (R + "oneway=-1 oneway:bicycle=no",    "DOUBLE SENS CYCLABLE NON MATERIALISE", "AUCUN"),
    (R + "cycleway=shared_lane",                           "AUTRE",            "AUTRE"),
    ("highway=cycleway",                                   "PISTE CYCLABLE",   "AUCUN"),
    ("highway=cycleway oneway=yes",                        "PISTE CYCLABLE",   "AUCUN"),
    ("highway=cycleway oneway=-1",                         "AUCUN",            "PISTE CYCLABLE"),
    ("highway=path bicycle=designated",                    "VOIE VERTE",       "AUCUN"),
    ("highway=footway bicycle=designated",
                                 "AMENAGEMENT MIXTE PIETON VELO HORS VOIE VERTE", "AUCUN"),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "right", "left"), SIDES)
def test_D1_each_side_is_written_as_it_is_ridden(tags, right, left):
    ways = {"AB": dict(pair.split("=", 1) for pair in tags.split())}
    (one,) = list_bike_lanes(network("A---B", ways))
    assert (one["properties"]["ame_d"], one["properties"]["ame_g"]) == (right, left)


@pytest.mark.parametrize(
    "tags",
    ["highway=residential", "highway=footway", "highway=steps",
     "highway=cycleway bicycle=dismount"],
)  # fmt: skip
def test_a_street_without_a_facility_to_ride_on_is_not_written(tags):
    ways = {"AB": dict(pair.split("=", 1) for pair in tags.split())}
    assert list_bike_lanes(network("A---B", ways)) == []


def test_directions_of_different_widths_are_written_apart():
    of = network("A---B", {"AB": {"highway": "cycleway"}})
    widths = np.where(of.streets.direction > 0, 20, 30).astype(np.uint8)
    facts = of.road_facts._replace(facility_dm=widths, assumed=np.zeros_like(widths))
    (one,) = list_bike_lanes(replace(of, road_facts=facts))
    assert (one["properties"]["largeur_d"], one["properties"]["largeur_g"]) == (2.0, 3.0)


def test_a_network_without_streets_has_none():
    assert list_bike_lanes(of_streets(None, None)) == []


TOWN = """
E-----F-----G
|     |     |
A-----B-----C
|     |     |
H-----I-----J
K-----L-----M
"""
TAGS = {
    "EFG": {"highway": "secondary", "cycleway:right": "lane", "cycleway:left": "track",
            "cycleway:right:width": "1.8", "maxspeed": "50", "surface": "asphalt", "lit": "yes"},
    "ABC": {"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"},
    "HIJ": {"highway": "primary", "maxspeed": "50", "cycleway:both": "separate"},
    "KLM": {"highway": "cycleway", "surface": "compacted"},
    "EAH": {"highway": "living_street", "cyclestreet": "yes"},
    "FBI": {"highway": "residential", "cycleway:right": "share_busway"},
    "GCJ": {"highway": "residential", "oneway": "-1", "cycleway": "opposite_lane"},
    "HK": {"highway": "path", "bicycle": "designated"},
}  # fmt: skip


@pytest.fixture(scope="module")
def town():
    return network(TOWN, TAGS)


def test_every_field_and_value_is_of_the_schema(town):
    fields = {field.name: field for field in FIELDS}
    required = {field.name for field in FIELDS if field.required}
    features = list_bike_lanes(town)
    assert len(features) == 12
    for one in features:
        properties = one["properties"]
        assert required <= set(properties) <= set(fields)
        assert not set(properties) & set(OLD_FIELDS)
        for name, value in properties.items():
            if fields[name].allowed:
                assert value in fields[name].allowed
                assert value not in OLD_VALUES
        assert re.match(r"^([013-9]\d|2[AB1-9])\d{3}", properties["code_com_d"])
    assert len({one["properties"]["id_local"] for one in features}) == len(features)


def test_what_is_known_is_written_and_nothing_else(town):
    found = {one["properties"]["id_local"]: one["properties"] for one in list_bike_lanes(town)}
    of = {word: found[f"{way}_{node_id(word[0])}_{node_id(word[1])}"]
          for word, way in (("EF", 101), ("KM", 104))}  # fmt: skip
    assert of["EF"] == {
        "id_local": f"101_{node_id('E')}_{node_id('F')}", "id_osm": "101",
        "code_com_d": "00000", "code_com_g": "00000",
        "ame_d": "BANDE CYCLABLE", "sens_d": "UNIDIRECTIONNEL", "largeur_d": 1.8,
        "statut_d": "EN SERVICE", "revet_d": "LISSE",
        "ame_g": "PISTE CYCLABLE", "sens_g": "UNIDIRECTIONNEL", "statut_g": "EN SERVICE",
        "revet_g": "LISSE",
        "trafic_vit": 50, "lumiere": True, "source": "drawing", "project_c": "WGS 84",
    }  # fmt: skip
    assert of["KM"]["sens_d"] == "BIDIRECTIONNEL"
    assert "trafic_vit" not in of["KM"]


def test_the_commune_is_that_of_who_asks(town):
    one = list_bike_lanes(town, commune="92040")[0]["properties"]
    assert one["code_com_d"] == one["code_com_g"] == "92040"


def test_the_collection_names_its_sources(town):
    whole = collect(town)
    assert (whole["attribution"], whole["licence"]) == ("© somebody", "ODbL-1.0")


def bare(streets):
    """The same streets as if nobody had mapped a facility."""
    return streets._replace(infrastructure=np.zeros_like(streets.infrastructure))


def check_round_trip(of, *, features):
    """Written, read and laid over the same streets: nothing differs, and nothing changes."""
    lanes = read_features(features)
    assert dict(lanes.issues.counts) == {}
    issues = IssueLog()
    laid = lay_bike_lanes(of.streets, of.road_facts, [lanes], issues=issues)
    assert laid.differences == []
    assert dict(issues.counts) == {}
    for name in SHAPES:
        assert np.array_equal(getattr(laid.streets, name), getattr(of.streets, name)), name
    for name in shape.RoadFacts._fields:
        assert np.array_equal(getattr(laid.road_facts, name), getattr(of.road_facts, name)), name


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_written_and_read_again_says_the_same(town, turned):
    features = list_bike_lanes(town)
    check_round_trip(town, features=[reversed_feature(f) for f in features] if turned else features)


def test_what_is_written_brings_back_what_a_map_has_lost(town):
    lanes = read_features(list_bike_lanes(town))
    laid = lay_bike_lanes(bare(town.streets), town.road_facts, [lanes])
    again = list_bike_lanes(replace(town, streets=laid.streets, road_facts=laid.road_facts))
    assert again == list_bike_lanes(town)


def test_the_demo_town_goes_out_and_comes_back(demo_network):
    check_round_trip(demo_network, features=list_bike_lanes(demo_network))
