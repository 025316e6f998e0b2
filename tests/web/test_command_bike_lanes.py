"""`trajets build --bike-lanes` and `trajets export bike-lanes`, from file to file."""

import json

import pytest
from lane_drawing import feature as lane_feature
from lane_drawing import lane
from street_drawing import draw_osm, letter_places

from planner.network.store import open_network
from web import command

DRAWING = "A---B---C"
WAYS = {"ABC": {"highway": "residential", "cycleway:right": "lane"}}


@pytest.fixture
def trajets(capsys):
    """Run the command; its exit code, stdout and stderr."""

    def run(*arguments):
        code = command.run([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def files(tmp_path):
    """A map and a file of official lanes, a track where the map has a lane."""
    (tmp_path / "map.osm").write_text(draw_osm(DRAWING, WAYS))
    lanes = [lane_feature(letter_places(DRAWING), lane("AC", d="PISTE CYCLABLE", largeur_d=2.2))]
    document = {"type": "FeatureCollection", "attribution": "Ville", "features": lanes}
    (tmp_path / "lanes.geojson").write_text(json.dumps(document))
    return tmp_path


def build(trajets, files, *more):
    return trajets("build", "--osm", files / "map.osm", "--out", files / "network", *more)


def test_lanes_go_in_and_come_out(trajets, files):
    code, _, err = build(trajets, files, "--bike-lanes", files / "lanes.geojson")
    assert (code, "Laying bike lanes" in err) == (0, True)
    network = open_network(files / "network")
    manifest = network.manifest
    assert manifest["counts"]["bike_lanes_read"] == manifest["counts"]["bike_lanes_matched"] == 1
    assert manifest["counts"]["bike_lane_differences"] == 1
    assert [one["kind"] for one in manifest["inputs"]] == ["osm", "bike_lanes"]
    assert manifest["inputs"][1]["licence"] == "ODbL-1.0"
    assert "Ville" in manifest["attributions"]
    assert list(network.bike_lane_sources.lane_id.list_all()) == ["AC"]
    (told,) = json.loads((files / "network" / "bike-lane-differences.geojson").read_text())[
        "features"
    ]
    assert told["properties"]["kind"] == "bike_lane_other_kind"

    out = files / "out.geojson"
    code, said, _ = trajets(
        "export", "bike-lanes", files / "network", "--out", out, "--commune", "92040"
    )
    assert (code, "1 bike lanes" in said) == (0, True)
    written = json.loads(out.read_text())
    properties = written["features"][0]["properties"]
    assert written["attribution"] == "© OpenStreetMap contributors; Ville"
    assert (properties["ame_d"], properties["largeur_d"]) == ("PISTE CYCLABLE", 2.2)
    assert properties["code_com_d"] == "92040"


def test_a_network_without_lanes_has_no_sources_and_no_report(trajets, files):
    assert build(trajets, files)[0] == 0
    assert open_network(files / "network").bike_lane_sources is None
    assert not (files / "network" / "bike-lane-differences.geojson").exists()


def test_a_file_that_is_no_lanes_is_one_sentence(trajets, files):
    (files / "lanes.geojson").write_text("[]")
    code, _, err = build(trajets, files, "--bike-lanes", files / "lanes.geojson")
    assert code == 1
    assert "is no GeoJSON FeatureCollection" in err
    assert not (files / "network").exists()


def test_lanes_that_are_not_there_are_a_bad_argument(trajets, files):
    code, _, err = build(trajets, files, "--bike-lanes", files / "none.geojson")
    assert (code, "none.geojson doesn't exist" in err) == (2, True)


@pytest.mark.parametrize("commune", ["9204", "920400", "20040", "Issy"])
def test_a_commune_that_is_no_code_is_refused(trajets, files, commune):
    code, _, err = trajets(
        "export", "bike-lanes", files, "--out", files / "out.geojson", "--commune", commune
    )
    assert (code, "no INSEE code" in err) == (2, True)
