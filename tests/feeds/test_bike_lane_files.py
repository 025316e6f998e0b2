"""Official bike lanes as they are published: spellings, versions, types, and what can't be."""

import json
import math
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lane_drawing import line_feature, read_features

from feeds import bike_lanes
from feeds.bike_lane_schema import FACILITIES, FIELDS, OLD_VALUES
from feeds.bike_lanes import read_bike_lanes
from feeds.issues import FeedError

LINE = [[2.27, 48.82], [2.28, 48.83]]
REQUIRED = {
    "id_local": "92040-1", "code_com_d": "92040", "code_com_g": "92040",
    "ame_d": "PISTE CYCLABLE", "ame_g": "AUCUN",
}  # fmt: skip


def one(**fields):
    """A feature with its required fields and these; None takes one away."""
    given = {k: v for k, v in (REQUIRED | fields).items() if v is not None}
    return line_feature(LINE, given)


def read(**fields):
    """The one row that is read, and the kinds of issues."""
    lanes = read_features([one(**fields)])
    return lanes.table.iloc[0], dict(lanes.issues.counts)


def kinds(features):
    lanes = read_features(features)
    return len(lanes.table), dict(lanes.issues.counts)


@pytest.mark.parametrize("side", ["ame_d", "ame_g"])
@pytest.mark.parametrize("facility", FACILITIES)
def test_every_facility_of_the_schema_is_read(side, facility):
    row, issues = read(**{side: facility})
    assert (row[side], issues) == (facility, {})


MIXED = "AMENAGEMENT MIXTE PIETON VELO HORS VOIE VERTE"
UNMARKED = "DOUBLE SENS CYCLABLE NON MATERIALISE"
SPELLINGS = [
    # as published                                        what is meant
    ("AMENAGEMENT MIXTES PIETON VELO HORS VOIE VERTE",    MIXED),
    ("ACCOTEMENT REVENTU HORS CVCB",                      "ACCOTEMENT REVETU HORS CVCB"),
    ("DOUBLE SENS CYCLABLE",                              UNMARKED),
    ("Piste cyclable",                                    "PISTE CYCLABLE"),
    ("VÉLO RUE",                                          "VELO RUE"),
    ("Double sens cyclable non matérialisé",              UNMARKED),
    ("COULOIR BUS + VELO",                                "COULOIR BUS+VELO"),
    ("  VOIE   VERTE ",                                   "VOIE VERTE"),
    ("ACCOTEMENT REVÊTU HORS CVCB",                       "ACCOTEMENT REVETU HORS CVCB"),
]  # fmt: skip


@pytest.mark.parametrize("side", ["ame_d", "ame_g"])
@pytest.mark.parametrize(("published", "meant"), SPELLINGS)
def test_every_spelling_is_read_as_todays(side, published, meant):
    row, issues = read(**{side: published})
    assert (row[side], issues) == (meant, {})


def test_no_old_spelling_is_a_value_of_the_schema():
    assert {value for field in FIELDS for value in field.allowed} & set(OLD_VALUES) == set()


VALUES = [
    # field          published                    what is read
    ("regime_d",     "zone 30",                   "ZONE 30"),
    ("regime_g",     "AIRE PIETONNE",             "AIRE PIETONNE"),
    ("sens_d",       "BIDIRECTIONNEL",            "BIDIRECTIONNEL"),
    ("local_g",      "TROTTOIR",                  "TROTTOIR"),
    ("statut_d",     "EN TRAVAUX",                "EN TRAVAUX"),
    ("revet_g",      "RUGUEUX",                   "RUGUEUX"),
    ("reseau_loc",   "STRUCTURANT",               "Structurant"),
    ("access_ame",   ["VTT"],                     "VTT"),
    ("largeur_d",    1.5,                         1.5),
    ("largeur_d",    "1,5",                       1.5),
    ("largeur_d",    2,                           2.0),
    ("trafic_vit",   "30",                        30.0),
    ("d_service",    2015,                        2015.0),
    ("lumiere",      True,                        1),
    ("lumiere",      "non",                       0),
    ("date_maj",     "2020-08-15",                date(2020, 8, 15)),
    ("date_maj",     "2020-08-15T12:00:00Z",      date(2020, 8, 15)),
    ("id_osm",       7746952719,                  "7746952719"),
    ("id_osm",       7746952719.0,                "7746952719"),
    ("num_iti",      "0001:0006:",                "0001:0006:"),
    ("num_iti",      ["0001", "0006"],            "0001;0006"),
    ("nom_loc",      ["V1", "V6"],                "V1;V6"),
    ("comm",         "forte pente",               "forte pente"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "published", "meant"), VALUES)
def test_every_type_of_value_is_read(field, published, meant):
    row, issues = read(**{field: published})
    value = row[field].date() if field == "date_maj" else row[field]
    assert (value, issues) == (meant, {})


OLDER = [
    # an older version's field         today's
    ("revetement_d", "LISSE",          ["revet_d"]),
    ("revetement_g", "MEUBLE",         ["revet_g"]),
    ("regime_v_d",   "ZONE 30",        ["regime_d"]),
    ("local_ame",    "CHAUSSEE",       ["local_d", "local_g"]),
    ("statut_ame",   "PROVISOIRE",     ["statut_d", "statut_g"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "value", "names"), OLDER)
def test_fields_of_older_versions_fill_todays(old, value, names):
    row, issues = read(**{old: value})
    assert ([row[name] for name in names], issues) == ([value] * len(names), {})


def test_todays_field_counts_before_the_older_one():
    row, _ = read(revetement_d="MEUBLE", revet_d="LISSE")
    assert row["revet_d"] == "LISSE"


def test_a_code_of_both_communes_serves_both_sides():
    row, issues = read(code_com_d=None, code_com_g=None, code_com="75114")
    assert (row["code_com_d"], row["code_com_g"], issues) == ("75114", "75114", {})


IMPOSSIBLE = [
    ("largeur_d", 150), ("largeur_d", -1), ("largeur_d", "large"), ("largeur_d", [2]),
    ("largeur_d", True), ("trafic_vit", 900), ("d_service", 20), ("lumiere", "peut-être"),
    ("date_maj", "15/08/2020"), ("sens_d", "LES DEUX"), ("ame_d", "PISTE"), ("ame_g", 3),
    ("id_osm", {"way": 3}), ("trafic_vit", "9" * 400), ("access_ame", ["VTT", "VTC"]),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), IMPOSSIBLE)
def test_a_value_that_means_nothing_is_taken_as_absent_and_counted(field, value):
    row, issues = read(**{field: value})
    assert issues == {"bike_lane_unknown_value": 1}
    assert row[field] in ("", -1) or pd.isna(row[field])


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_blank_values_are_absent_without_a_word(blank):
    row, issues = read(largeur_d=blank, regime_g=blank, date_maj=blank, lumiere=blank)
    assert issues == {}
    assert math.isnan(row["largeur_d"])
    assert (row["regime_g"], row["lumiere"]) == ("", -1)


def test_a_width_of_zero_is_none():
    row, issues = read(largeur_d=0)
    assert math.isnan(row["largeur_d"])
    assert issues == {}


@pytest.mark.parametrize("field", REQUIRED)
def test_a_required_field_that_is_missing_is_counted(field):
    rows, issues = kinds([one(**{field: None})])
    assert issues["bike_lane_without_value"] == 1
    assert rows == 1  # the other side still tells something


NO_LINES = [
    # geometry                                                     issue
    (None,                                                         "bike_lane_without_line"),
    ({"type": "Point", "coordinates": [2.27, 48.82]},              "bike_lane_without_line"),
    ({"type": "LineString", "coordinates": [[2.27, 48.82]]},       "bike_lane_without_line"),
    ({"type": "LineString", "coordinates": [[2.27, 48.82]] * 3},   "bike_lane_without_line"),
    ({"type": "LineString", "coordinates": [[2.27, "x"], [1, 2]]}, "bike_lane_without_line"),
    ({"type": "LineString", "coordinates": [[2.27], [2.28]]},      "bike_lane_without_line"),
    ({"type": "LineString", "coordinates": "2.27,48.82"},          "bike_lane_without_line"),
    ({"type": "MultiLineString", "coordinates": []},               "bike_lane_without_line"),
    ({"type": "LineString", "coordinates": [[2.27, 91], [2, 3]]},  "bike_lane_outside_the_earth"),
]  # fmt: skip


@pytest.mark.parametrize(("geometry", "kind"), NO_LINES)
def test_a_feature_without_a_line_is_dropped_and_counted(geometry, kind):
    bad = {**one(), "geometry": geometry}
    assert kinds([bad, one(), one(id_local="2")]) == (2, {kind: 1})


@pytest.mark.parametrize("bad", [None, 3, [], {}, {"type": "Feature", "properties": None}])
def test_what_is_no_feature_is_dropped_and_counted(bad):
    assert kinds([bad, one()]) == (1, {"bike_lane_without_properties": 1})


def test_a_feature_that_says_nothing_of_either_side_is_dropped():
    rows, issues = kinds([one(ame_d=None, ame_g=None), one(id_local="2")])
    assert (rows, issues["bike_lane_without_facility"]) == (1, 1)


def test_a_file_of_other_things_is_no_file_of_bike_lanes():
    tree = line_feature([[2.27, 48.82], [2.28, 48.82]], {"species": "Tilia"})
    with pytest.raises(FeedError, match="no feature has the schema's ame_d or ame_g"):
        read_features([tree, tree])


def test_a_file_without_a_feature_is_told():
    assert kinds([]) == (0, {"bike_lanes_without_features": 1})


def test_the_place_of_a_fault_is_told():
    lanes = read_features([one(), one(id_local="x", largeur_d="large")])
    (issue,) = lanes.issues.examples["bike_lane_unknown_value"]
    assert issue.where == "lanes.geojson feature 2"
    assert issue.detail == "largeur_d = large"


def test_every_part_of_a_multi_line_has_a_row():
    parts = [LINE, [[2.3, 48.8], [2.31, 48.8], [2.32, 48.8]]]
    geometry = {"type": "MultiLineString", "coordinates": parts}
    lanes = read_features([{**one(), "geometry": geometry}])
    assert lanes.offset.tolist() == [0, 2, 5]
    assert lanes.table["id_local"].tolist() == ["92040-1"] * 2
    assert lanes.lon.tolist() == [2.27, 2.28, 2.3, 2.31, 2.32]


def test_the_same_feature_twice_counts_once_and_parts_under_one_name_both():
    other = {**one(), "geometry": {"type": "LineString", "coordinates": LINE[::-1]}}
    assert kinds([one(), one(), other]) == (2, {"bike_lane_twice": 1})


def test_heights_and_repeated_points_are_left_out():
    drawn = [[2.27, 48.82, 30.0], [2.27, 48.82, 31.0], [2.28, 48.83, 30.0]]
    lanes = read_features([line_feature(drawn, REQUIRED)])
    assert (lanes.lat.tolist(), lanes.lon.tolist()) == ([48.82, 48.83], [2.27, 2.28])


def test_a_file_says_its_own_attribution_and_licence():
    lanes = read_features([one()], attribution="Ville", licence="Apache-2.0")
    assert (lanes.attribution, lanes.licence) == ("Ville", "Apache-2.0")
    assert read_features([one()]).licence == "ODbL-1.0"


LAMBERT_93 = line_feature([[649_000.5, 6_858_000.2], [649_100.0, 6_858_050.0]], REQUIRED)
IN_LAMBERT_93 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}


def collection(**members):
    return json.dumps({"type": "FeatureCollection", **members}).encode()


UNUSABLE = [
    # content                                          the sentence
    (b"{",                                             "can't be read as GeoJSON"),
    (b"",                                              "it is empty"),
    (b'{"type": "FeatureColl',                         "it ends in the middle"),
    (b'{"type": "FeatureCollection",',                 "it ends in the middle"),
    (b"\xff\xfe",                                      "can't be read as GeoJSON"),
    (b"[" * 100_000,                                   "nested too deeply"),
    (b"[]",                                            "no GeoJSON FeatureCollection"),
    (b'{"type": "Feature"}',                           "no GeoJSON FeatureCollection"),
    (collection(),                                     "no list of features"),
    (collection(features=[LAMBERT_93]),                "perhaps Lambert-93"),
    (collection(features=[], crs=IN_LAMBERT_93),       "EPSG::2154, not in WGS 84"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "sentence"), UNUSABLE)
def test_a_file_that_cannot_be_used_is_refused_with_one_sentence(tmp_path, content, sentence):
    path = tmp_path / "lanes.geojson"
    path.write_bytes(content)
    with pytest.raises(FeedError) as refused:
        read_bike_lanes(path)
    text = str(refused.value)
    assert sentence in text
    assert text.startswith(str(path))
    assert text.endswith(".")
    assert "\n" not in text


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_the_names_of_wgs_84_are_known(name):
    crs = {"type": "name", "properties": {"name": name}}
    assert len(read_features([one()], crs=crs).table) == 1


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FeedError, match="can't be read: No such file"):
        read_bike_lanes(tmp_path / "none.geojson")


@pytest.mark.parametrize(
    ("limit", "value", "sentence"),
    [("MAX_BYTES", 100, "larger than"), ("MAX_FEATURES", 1, "more than 1 features")],
)
def test_a_file_beyond_its_bounds_is_refused(monkeypatch, limit, value, sentence):
    monkeypatch.setattr(bike_lanes, limit, value)
    with pytest.raises(FeedError, match=sentence):
        read_features([one(), one(id_local="2")])


def test_a_line_of_too_many_points_is_dropped(monkeypatch):
    monkeypatch.setattr(bike_lanes, "MAX_VERTICES", 2)
    long = line_feature([[2.27, 48.82], [2.28, 48.82], [2.29, 48.82]], REQUIRED)
    assert kinds([long, one()]) == (1, {"bike_lane_too_long": 1})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "coordinates", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "geometry": JSON
                | st.fixed_dictionaries({"type": st.just("LineString"), "coordinates": JSON}),
                "properties": st.dictionaries(
                    st.sampled_from([field.name for field in FIELDS]), JSON, max_size=6
                ),
            },
        ),
        max_size=4,
    )
)
def test_whatever_stands_in_a_feature_the_file_is_read(features):
    try:
        lanes = read_features(features)
    except FeedError as refused:
        ways_out = ("Lambert", "ame_d or ame_g")
        assert any(word in str(refused) for word in ways_out)  # noqa: PT017 - no other
    else:
        assert len(lanes.table) == len(lanes.offset) - 1
        assert lanes.offset[-1] == len(lanes.lat) == len(lanes.lon)
