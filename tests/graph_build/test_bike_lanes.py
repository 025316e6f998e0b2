"""Official bike lanes laid over drawn streets: which street, which direction, and who is right."""

from __future__ import annotations

import itertools
import json
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lane_drawing import draw_lanes, feature, lane, line_feature, read_features, reversed_feature
from street_drawing import draw_extract, letter_places, node_id

from feeds.issues import IssueLog
from graph_build.bike_lanes.lay import LaidLanes, lay_bike_lanes, write_differences
from graph_build.streets.compile import compile_streets
from planner.network import shape

STREET = {"highway": "residential"}
ONE_WAY = {"highway": "residential", "oneway": "yes"}
CYCLEWAY = {"highway": "cycleway"}
DSC = "DOUBLE SENS CYCLABLE NON MATERIALISE"
BANDE, PISTE, NONE = "BANDE CYCLABLE", "PISTE CYCLABLE", "AUCUN"


class Laid(NamedTuple):
    """A drawing with its lanes laid over it."""

    before: shape.Streets
    laid: LaidLanes
    issues: IssueLog

    def edge(self, word):
        """The edge from a word's first letter to its last."""
        s = self.before
        ids = s.node_osm_id
        found = (ids[s.tail] == node_id(word[0])) & (ids[s.head] == node_id(word[-1]))
        (edge,) = np.flatnonzero(found & (s.length_m > 0)).tolist()
        return edge

    def of(self, word):
        """The facility in a direction, with "+" where bicycles may ride there only now."""
        edge, s = self.edge(word), self.laid.streets
        opened = _ridden(s, edge) and not _ridden(self.before, edge)
        return shape.INFRASTRUCTURES[s.infrastructure[edge]] + "+" * opened

    def fact(self, name, word):
        """A column of the RoadFacts."""
        return int(getattr(self.laid.road_facts, name)[self.edge(word)])

    @property
    def kinds(self):
        return dict(self.issues.counts)


def _ridden(streets, edge):
    return bool(streets.access[edge] & shape.BIKE) and not streets.flags[edge] & shape.PUSH


def lay(drawing, ways, *lanes, step_m=50.0):
    """Lay lanes over a drawing."""
    compiled = compile_streets([draw_extract(drawing, ways, step_m=step_m)], island_nodes=0)
    files = [draw_lanes(letter_places(drawing, step_m), *lanes)]
    issues = IssueLog()
    laid = lay_bike_lanes(compiled.streets, compiled.road_facts, files, issues=issues)
    return Laid(compiled.streets, laid, issues)


# Facilities of a street from west to east, by the side they are drawn on.
SIDES = [
    # right of AB        left of AB                        A to B         B to A
    (BANDE,              NONE,                             "lane",        "none"),
    (NONE,               BANDE,                            "none",        "lane"),
    (BANDE,              PISTE,                            "lane",        "track"),
    ("COULOIR BUS+VELO", NONE,                             "bus_lane",    "none"),
    ("VELO RUE",         "VELO RUE",                       "shared_lane", "shared_lane"),
    ("CHAUSSEE A VOIE CENTRALE BANALISEE", NONE,           "shared_lane", "none"),
    ("ACCOTEMENT REVETU HORS CVCB", NONE,                  "shared_lane", "none"),
    ("AMENAGEMENT MIXTE PIETON VELO HORS VOIE VERTE", NONE, "track",      "track"),
    ("VOIE VERTE",       NONE,                             "track",       "track"),
    ("AUTRE",            NONE,                             "none",        "none"),
    ("GOULOTTE",         NONE,                             "none",        "none"),
]  # fmt: skip


@pytest.mark.parametrize(("d", "g", "forward", "backward"), SIDES)
def test_D1_traffic_keeps_to_the_right(d, g, forward, backward):
    drawn = lay("A---B", {"AB": STREET}, lane("AB", d=d, g=g))
    assert (drawn.of("AB"), drawn.of("BA")) == (forward, backward)


@pytest.mark.parametrize(("d", "g", "forward", "backward"), SIDES)
def test_D1_a_lane_drawn_the_other_way_has_its_sides_exchanged(d, g, forward, backward):
    drawn = lay("A---B", {"AB": STREET}, lane("BA", d=d, g=g))
    assert (drawn.of("BA"), drawn.of("AB")) == (forward, backward)


def test_a_two_way_facility_serves_both_directions():
    drawn = lay("A---B", {"AB": STREET}, lane("AB", d=PISTE, sens_d="BIDIRECTIONNEL"))
    assert (drawn.of("AB"), drawn.of("BA")) == ("track", "track")


DSC_LANE, DSC_TRACK = "DOUBLE SENS CYCLABLE BANDE", "DOUBLE SENS CYCLABLE PISTE"
CONTRAFLOW = [
    # drawn   right        left          B to A, against the cars
    ("AB",    NONE,        DSC,          "contraflow+"),
    ("BA",    DSC,         NONE,         "contraflow+"),
    ("AB",    DSC,         NONE,         "contraflow+"),  # on the wrong side
    ("AB",    NONE,        DSC_LANE,     "lane+"),
    ("AB",    NONE,        DSC_TRACK,    "track+"),
    ("AB",    DSC_LANE,    NONE,         "lane+"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "d", "g", "against"), CONTRAFLOW)
def test_D1_contraflow_opens_the_direction_that_cars_may_not_take(word, d, g, against):
    drawn = lay("A-->B", {"AB": ONE_WAY}, lane(word, d=d, g=g))
    assert (drawn.of("AB"), drawn.of("BA")) == ("none", against)
    assert drawn.kinds == {"bike_lane_opened": 1}
    assert not drawn.laid.streets.access[drawn.edge("BA")] & (shape.CAR | shape.HARD_PUSH)


CLOSED = [
    # street                                 lane          why it stays closed
    (ONE_WAY,                                {"g": BANDE}, "not said to be contraflow"),
    (ONE_WAY | {"junction": "roundabout"},   {"g": DSC},   "a roundabout"),
    (ONE_WAY | {"bicycle": "no"},            {"g": DSC},   "no bicycles at all"),
    (ONE_WAY | {"highway": "trunk"},         {"g": DSC},   "too fast"),
    (ONE_WAY, {"g": DSC, "source": "OpenStreetMap"},       "a copy of the map"),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "sides", "why"), CLOSED)
def test_D2_what_the_map_closes_stays_closed(tags, sides, why):
    drawn = lay("A-->B", {"AB": tags}, lane("AB", **sides))
    assert not _ridden(drawn.laid.streets, drawn.edge("BA")), why
    assert sum(drawn.kinds.values()) >= 1


@pytest.mark.parametrize("barrier", ["bollard", "cycle_barrier"])
def test_D5_contraflow_passes_barriers_as_the_other_direction_does(barrier):
    drawing, nodes = "A-->B-->C", {"B": {"barrier": barrier}}
    extract = draw_extract(drawing, {"ABC": ONE_WAY}, nodes=nodes)
    compiled = compile_streets([extract], island_nodes=0)
    lanes = draw_lanes(letter_places(drawing), lane("AC", g=DSC))
    laid = lay_bike_lanes(compiled.streets, compiled.road_facts, [lanes]).streets
    gates = np.flatnonzero(laid.length_m == 0).tolist()
    assert gates
    before, after = (
        [_ridden(s, gate) == _ridden(s, int(s.reverse[gate])) for gate in gates]
        for s in (compiled.streets, laid)
    )
    assert all(after)
    assert all(before) == (barrier == "cycle_barrier")  # where everybody gets off anyway


def test_D1_contraflow_under_construction_opens_nothing():
    drawn = lay("A-->B", {"AB": ONE_WAY}, lane("AB", g=DSC, statut_g="EN TRAVAUX"))
    assert drawn.of("BA") == "none"
    assert drawn.kinds == {"bike_lane_under_construction": 1}


@pytest.mark.parametrize("statut", ["EN SERVICE", "PROVISOIRE", ""])
def test_what_is_there_counts_for_good_or_not(statut):
    drawn = lay("A-->B", {"AB": ONE_WAY}, lane("AB", g=DSC, statut_g=statut))
    assert drawn.of("BA") == "contraflow+"


def test_a_two_way_track_opens_the_other_direction_of_a_one_way_street():
    drawn = lay("A-->B", {"AB": ONE_WAY}, lane("AB", d=PISTE, sens_d="BIDIRECTIONNEL"))
    assert (drawn.of("AB"), drawn.of("BA")) == ("track", "track+")


def test_contraflow_on_a_street_of_both_ways_is_told():
    drawn = lay("A---B", {"AB": STREET}, lane("AB", g=DSC))
    assert (drawn.of("AB"), drawn.of("BA")) == ("none", "none")
    assert drawn.kinds == {"bike_lane_not_against_traffic": 1}


# A cycleway on its own beside the street, ten metres north of it.
BESIDE = """
C--------D
A--------B
"""
PARALLEL = {"AB": {"highway": "secondary"}, "CD": CYCLEWAY}


@pytest.mark.parametrize("beside_m", [0, -4, -8, -10])
@pytest.mark.parametrize("kind", [PISTE, "VOIE VERTE"])
def test_a_track_belongs_to_the_cycleway_beside_the_street(kind, beside_m):
    drawn = lay(BESIDE, PARALLEL, lane("AB", g=kind, beside_m=beside_m), step_m=10)
    assert (drawn.of("AB"), drawn.of("BA")) == ("none", "none")
    assert drawn.of("DC") == "path"
    assert drawn.kinds == {}


@pytest.mark.parametrize("beside_m", [0, 3, -3, -5])
def test_a_lane_belongs_to_the_street_beside_the_cycleway(beside_m):
    drawn = lay(BESIDE, PARALLEL, lane("AB", g=BANDE, beside_m=beside_m), step_m=10)
    assert (drawn.of("AB"), drawn.of("BA")) == ("none", "lane")


def test_a_track_on_the_other_side_of_the_street_is_not_the_cycleways():
    drawn = lay(BESIDE, PARALLEL, lane("AB", d=PISTE), step_m=10)
    assert (drawn.of("AB"), drawn.of("BA")) == ("track", "none")


def test_the_osm_id_decides_where_it_lies_there():
    way = 101  # the street's, the first one
    drawn = lay(BESIDE, PARALLEL, lane("CD", d=PISTE, id_osm=str(way)), step_m=10)
    assert (drawn.of("AB"), drawn.of("BA")) == ("track", "none")


def test_the_osm_id_decides_only_as_far_as_it_lies_there():
    drawn = lay(
        """
        C--------D--------F
        A--------B--------E
        """,
        {"AB": STREET, "BE": STREET, "CD": CYCLEWAY, "DF": CYCLEWAY},
        lane("CF", d=PISTE, id_osm="101"),
        step_m=10,
    )
    assert [drawn.of(word) for word in ("AB", "BE", "DF")] == ["track", "none", "path"]
    spoken_of = [drawn.edge(word) for word in ("AB", "BA", "DF", "FD")]
    assert drawn.laid.sources.edge.tolist() == sorted(spoken_of)


@pytest.mark.parametrize("id_osm", ["999", "102;999", "way/102", ""])
def test_an_osm_id_of_nothing_there_is_no_help_and_no_harm(id_osm):
    drawn = lay(BESIDE, PARALLEL, lane("CD", d=PISTE, id_osm=id_osm), step_m=10)
    assert (drawn.of("AB"), drawn.of("CD")) == ("none", "path")
    assert drawn.kinds == {}


def test_each_carriageway_of_an_avenue_gets_its_side():
    avenue = {"highway": "primary", "oneway": "yes"}
    drawn = lay(BESIDE, {"AB": avenue, "DC": avenue},
                lane("AB", d=BANDE, g=BANDE, beside_m=-5), step_m=10)  # fmt: skip
    assert [drawn.of(word) for word in ("AB", "BA", "DC", "CD")] == ["lane", "none"] * 2
    assert drawn.kinds == {"bike_lane_only_official": 2}


def test_a_bridge_across_the_street_gets_nothing():
    drawn = lay(
        """
            C
            |
        A---+---B
            |
            D
        """,
        {"AB": STREET, "CD": STREET | {"bridge": "yes", "layer": "1"}},
        lane("AB", d=BANDE, g=BANDE),
        step_m=10,
    )
    assert [drawn.of(word) for word in ("AB", "BA", "CD", "DC")] == ["lane", "lane", "none", "none"]


def test_a_lane_across_a_street_is_not_the_streets():
    drawn = lay("  C\n  |\nA-+-B\n  |\n  D", {"CD": STREET}, lane("AB", d=BANDE), step_m=5)
    assert drawn.kinds == {"bike_lanes_elsewhere": 1}


def test_a_lane_that_ends_where_a_street_begins_is_not_the_streets():
    drawn = lay("A-----B-C", {"BC": STREET}, lane("AB", d=BANDE), step_m=10)
    assert drawn.kinds == {"bike_lanes_elsewhere": 1}


def test_side_streets_get_nothing():
    drawn = lay(
        """
        C   D     E
        |   |     |
        A---B-----F
        """,
        {"ABF": STREET, "AC": STREET, "BD": STREET, "FE": STREET},
        lane("AF", d=BANDE, g=BANDE),
        step_m=10,
    )
    assert [drawn.of(w) for w in ("AB", "BA", "BF", "FB")] == ["lane"] * 4
    assert [drawn.of(w) for w in ("AC", "BD", "FE", "EF")] == ["none"] * 4


def test_a_lane_that_ends_early_is_the_longer_streets_alone():
    drawn = lay(
        """
        A-----B---C
              |
              D
        """,
        {"ABC": STREET, "BD": STREET},
        lane("AB", d=BANDE),
    )
    assert (drawn.of("AB"), drawn.of("BC")) == ("lane", "none")


@pytest.mark.parametrize(("word", "found"), [("AX", "none"), ("AY", "lane")])
def test_a_facility_must_cover_half_of_a_street(word, found):
    drawn = lay("A-X-----Y--B", {"AB": STREET}, lane(word, d=BANDE))
    assert drawn.of("AB") == found
    assert ("bike_lanes_elsewhere" in drawn.kinds) == (found == "none")


def test_pieces_cover_a_street_together():
    drawn = lay("A---X---Y---B", {"AB": STREET},
                *(lane(word, d=BANDE) for word in ("AX", "XY", "YB")))  # fmt: skip
    assert drawn.of("AB") == "lane"
    assert drawn.kinds == {"bike_lane_only_official": 1}
    assert drawn.laid.counts["bike_lanes_matched"] == 3


def test_a_short_street_between_two_junctions_is_covered_too():
    drawn = lay(
        """
          D E
          | |
        A-B-C---F
        """,
        {"ABCF": STREET, "BD": STREET, "CE": STREET},
        lane("AF", d=BANDE),
        step_m=4,
    )
    assert [drawn.of(w) for w in ("AB", "BC", "CF")] == ["lane"] * 3


def test_a_lane_far_from_every_street_is_counted():
    drawn = lay("A---B\nC---D", {"AB": STREET}, lane("CD", d=BANDE), lane("AB", g=BANDE))
    assert drawn.kinds["bike_lane_without_street"] == 1
    assert drawn.of("BA") == "lane"


def test_a_file_of_another_town_is_counted_as_a_whole():
    drawn = lay("A---B\nC---D", {"AB": STREET}, lane("CD", d=BANDE), lane("DC", d=BANDE))
    assert drawn.kinds == {"bike_lanes_elsewhere": 2}


LANE_TAG, TRACK_TAG = {"cycleway:right": "lane"}, {"cycleway:right": "track"}
BUFFER_TAG = LANE_TAG | {"cycleway:right:buffer": "yes"}
RULE = [
    # the map's tags                 officials say   source   chosen         difference
    ({},                             BANDE,          "",      "lane",        "only_official"),
    ({},                             BANDE,          "OSM",   "none",        "only_official"),
    (LANE_TAG,                       BANDE,          "",      "lane",        ""),
    (LANE_TAG,                       NONE,           "",      "lane",        "only_in_map"),
    (LANE_TAG,                       PISTE,          "",      "track",       "other_kind"),
    (LANE_TAG,                       PISTE,          "OSM",   "lane",        "other_kind"),
    (LANE_TAG,                       "AUTRE",        "",      "lane",        ""),
    (TRACK_TAG,                      BANDE,          "",      "lane",        "other_kind"),
    (TRACK_TAG,                      "VOIE VERTE",   "",      "track",       ""),
    (BUFFER_TAG,                     BANDE,          "",      "buffered",    ""),
    ({"cyclestreet": "yes"},         "VELO RUE",     "",      "shared_lane", ""),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "official", "source", "chosen", "kind"), RULE)
def test_the_rule_of_which_source_counts(tags, official, source, chosen, kind):
    drawn = lay("A---B", {"AB": STREET | tags}, lane("AB", d=official, source=source))
    assert drawn.of("AB") == chosen
    told = [one.kind for one in drawn.laid.differences if one.edge == drawn.edge("AB")]
    assert told == ([f"bike_lane_{kind}"] if kind else [])


@pytest.mark.parametrize(("older", "newer", "found"), [(BANDE, PISTE, "track"),
                                                       (PISTE, BANDE, "lane")])  # fmt: skip
def test_the_newer_of_two_official_lanes_counts(older, newer, found):
    drawn = lay("A---B", {"AB": STREET}, lane("AB", d=older, date_maj="2019-01-01"),
                lane("BA", g=newer, date_maj="2024-01-01"))  # fmt: skip
    assert drawn.of("AB") == found


def test_width_and_surface_come_from_the_officials():
    tags = STREET | {"cycleway:right": "lane"}
    told = lane("AB", d=BANDE, largeur_d=1.8, revet_d="RUGUEUX")
    drawn = lay("A---B", {"AB": tags}, told)
    assert drawn.fact("facility_dm", "AB") == 18
    assert not drawn.fact("assumed", "AB") & shape.WIDTH_ASSUMED
    surface = drawn.laid.streets.surface
    assert shape.SURFACES[surface[drawn.edge("AB")]] == "compacted"
    assert shape.SURFACES[surface[drawn.edge("BA")]] == "unknown"


def test_a_new_facility_without_a_width_is_as_wide_as_such_ones_usually_are():
    drawn = lay("A---B", {"AB": STREET}, lane("AB", d=BANDE))
    assert drawn.fact("facility_dm", "AB") == 15
    assert drawn.fact("assumed", "AB") & shape.WIDTH_ASSUMED


def test_another_surface_is_told():
    drawn = lay("A---B", {"AB": STREET | {"surface": "sett"}}, lane("AB", d=BANDE, revet_d="LISSE"))
    assert drawn.kinds["bike_lane_other_surface"] == 1
    assert shape.SURFACES[drawn.laid.streets.surface[drawn.edge("AB")]] == "paved"


SPEEDS = [
    # the map's tags          official                         km/h   told
    ({},                      {"trafic_vit": 30},              30,    None),
    ({},                      {"regime_d": "ZONE 30", "regime_g": "ZONE 30"}, 30, None),
    ({},                      {"regime_d": "ZONE DE RENCONTRE", "regime_g": "ZONE DE RENCONTRE"},
                                                               20,    None),
    ({},                      {"regime_d": "EN AGGLOMERATION"}, 50,   None),
    ({},                      {"regime_d": "ZONE 30", "regime_g": "ZONE 30", "trafic_vit": 50},
                                                               50,    None),
    ({"maxspeed": "50"},      {"trafic_vit": 30},              50,    "bike_lane_other_speed"),
    ({"maxspeed": "30"},      {"trafic_vit": 30},              30,    None),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "official", "kmh", "kind"), SPEEDS)
def test_a_speed_limit_counts_where_the_map_has_none(tags, official, kmh, kind):
    drawn = lay("A---B", {"AB": STREET | tags}, lane("AB", **official))
    assert drawn.laid.streets.speed_kmh[drawn.edge("AB")] == kmh
    assert set(drawn.kinds) == ({kind} if kind else set())


def test_marks_of_cycle_streets_and_central_lanes_are_taken():
    drawn = lay("A---B", {"AB": STREET}, lane("AB", d="VELO RUE",
                g="CHAUSSEE A VOIE CENTRALE BANALISEE"))  # fmt: skip
    assert drawn.fact("marks", "AB") & shape.CYCLE_STREET
    assert drawn.fact("marks", "BA") & shape.CENTRAL_LANE


def test_where_each_comes_from_is_kept():
    drawn = lay("A---B---C", {"AB": STREET, "BC": STREET | {"cycleway": "lane"}},
                lane("AB", d=BANDE, largeur_d=2), lane("BC", d=BANDE))  # fmt: skip
    sources = drawn.laid.sources
    taken = {
        (edge, sources.lane_id.get(lane)): bits
        for edge, lane, bits in zip(*(c.tolist() for c in sources[:3]), strict=True)
        if edge in (drawn.edge("AB"), drawn.edge("BC"))
    }
    assert taken == {
        (drawn.edge("AB"), "AB"): shape.TAKEN_FACILITY | shape.TAKEN_WIDTH,
        (drawn.edge("BC"), "BC"): 0,
    }


def test_nothing_given_is_changed():
    drawing, ways = "A-->B", {"AB": ONE_WAY}
    compiled = compile_streets([draw_extract(drawing, ways)], island_nodes=0)
    kept = [column.tobytes() for column in (*compiled.streets, *compiled.road_facts)]
    lanes = draw_lanes(letter_places(drawing), lane("AB", d=PISTE, g=DSC, trafic_vit=30))
    laid = lay_bike_lanes(compiled.streets, compiled.road_facts, [lanes])
    columns = (*compiled.streets, *compiled.road_facts)
    assert [column.tobytes() for column in columns] == kept
    assert not any(c.flags.writeable for c in (*laid.streets, *laid.road_facts))


def test_no_lanes_change_nothing():
    compiled = compile_streets([draw_extract("A---B", {"AB": STREET})], island_nodes=0)
    laid = lay_bike_lanes(compiled.streets, compiled.road_facts, [read_features([])])
    for name in shape.Streets._fields:
        assert getattr(laid.streets, name).tobytes() == getattr(compiled.streets, name).tobytes()
    assert laid.counts["bike_lanes_read"] == 0


def test_differences_are_written_for_a_map(tmp_path):
    drawn = lay("A---B", {"AB": STREET}, lane("AB", g=BANDE))
    write_differences(tmp_path, drawn.before, drawn.laid)
    (one,) = json.loads((tmp_path / "bike-lane-differences.geojson").read_text())["features"]
    assert one["properties"] == {
        "kind": "bike_lane_only_official", "way": 101, "direction": -1, "map": "none",
        "official": BANDE, "chosen": "official", "id_local": "AB", "date_maj": "",
        "length_m": pytest.approx(200, abs=1),
    }  # fmt: skip
    east, west = one["geometry"]["coordinates"]
    assert east[0] > west[0]  # drawn as it is ridden, from B to A


TOWN = """
E-----F-----G
|     |     |
A-----B-----C
|     |     |
H-----I-----J
"""
WAYS = {"EFG": STREET, "ABC": STREET, "HIJ": ONE_WAY, "EAH": STREET, "FBI": ONE_WAY, "GCJ": STREET}
FACILITY = st.sampled_from([BANDE, PISTE, DSC, "COULOIR BUS+VELO", "VELO RUE", NONE])
LANE = st.tuples(st.sampled_from(list(WAYS)), FACILITY, FACILITY)


def cut(one, parts):
    """A lane as several, cut at shares of its length in the west-east or south-north direction."""
    (x0, y0), (x1, y1) = one["geometry"]["coordinates"]
    at = [0.0, *sorted(parts), 1.0]
    points = [[x0 + t * (x1 - x0), y0 + t * (y1 - y0)] for t in at]
    pairs = itertools.pairwise(points)
    return [line_feature(list(pair), one["properties"]) for pair in pairs if pair[0] != pair[1]]


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.sampled_from(list(WAYS)), st.tuples(FACILITY, FACILITY), min_size=1),
    st.data(),
)
def test_however_a_lane_is_drawn_and_cut_the_streets_get_the_same(lanes, data):
    """Reversing, cutting and shuffling features changes no street."""
    places = letter_places(TOWN)
    compiled = compile_streets([draw_extract(TOWN, WAYS)], island_nodes=0)
    whole = [feature(places, lane(w[0] + w[-1], d=d, g=g)) for w, (d, g) in lanes.items()]
    pieces = []
    for one in whole:
        shares = data.draw(st.lists(st.floats(0.01, 0.99), max_size=3, unique=True))
        for piece in cut(one, shares):
            turned = data.draw(st.booleans())
            pieces.append(reversed_feature(piece) if turned else piece)
    pieces = data.draw(st.permutations(pieces))
    expected, found = (
        lay_bike_lanes(compiled.streets, compiled.road_facts, [read_features(features)])
        for features in (whole, pieces)
    )
    for name in ("infrastructure", "access", "flags"):
        a, b = (getattr(one.streets, name) for one in (expected, found))
        assert np.array_equal(a, b), name
