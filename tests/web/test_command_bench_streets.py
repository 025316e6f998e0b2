"""`trajets bench streets`: what is asked of the streets, who answers, where ways differ."""

import json
import shutil
import sys

import numpy as np
import osmium
import pytest
from small_town import fed_town
from street_drawing import node_id

from planner.network.store import open_network
from web import command
from web.bench import systems
from web.bench.questions import random_place_pairs
from web.bench.sheet import JobAnswers, Question, StreetSheet, read_sheet
from web.bench.street_differences import compare_ways
from web.bench.street_inputs import edited_streets, street_graph_file, street_segments
from web.bench.systems import System, list_peers

# A---B---C   fast and slow ways round a block; D-E is one-way for cars
# |   |   |
# D---E---F
DRAWING = """
A---B---C
|   |   |
D---E---F
"""
WAYS = {
    "ABC": {"highway": "residential", "name": "Rue Haute"},
    "EF": {"highway": "residential"},
    "DE": {"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"},
    "AD": {"highway": "residential"},
    "BE": {"highway": "footway"},
    "CF": {"highway": "cycleway", "foot": "designated"},
}


@pytest.fixture(scope="module")
def block(tmp_path_factory):
    """The block, built: its folder and its files."""
    folder = tmp_path_factory.mktemp("bench-block")
    fed_town(folder, drawing=DRAWING, ways=WAYS)
    return folder / "network"


@pytest.fixture
def trajets(capsys):
    """Run the command; its exit code, stdout and stderr."""

    def run(*arguments):
        code = command.run([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def question(name="0"):
    return Question(id=name, time=0, from_lat=0, from_lon=0, to_lat=0, to_lon=0)


def ways(*found):
    """Answers of (seconds, metres), or None."""
    return JobAnswers(
        [1.0] * len(found),
        [one and one[0] for one in found],
        size=[one and one[1] for one in found],
    )


def test_streets_prints_the_jobs_and_how_the_network_was_asked(trajets, block):
    code, out, _ = trajets("bench", "streets", block, "--n", 4, "--json")
    report = json.loads(out)
    assert code == 0
    for mode in ("walk", "bike", "car"):
        told = report[f"route_{mode}"]["trajets"]
        assert told["n"] == 4
        assert told["answered"] == 4
        assert 0 < told["median_ms"] <= told["p95_ms"]
    assert "build" not in report  # nobody said where its files are
    assert report["about"]["rules"]["isochrone_s"] == 1800


def test_the_build_is_measured_where_its_files_are_known(trajets, block):
    code, out, _ = trajets(
        "bench", "streets", block, "--jobs", "build", "--inputs", block.parent, "--json"
    )
    told = json.loads(out)["build"]["trajets"]
    assert code == 0
    assert told["n"] == told["answered"] == 1
    assert told["counts"]["peak_mb"] > 50


def test_tables_and_growth_are_printed(trajets, block, tmp_path):
    second = shutil.copytree(block, tmp_path / "second")
    code, out, _ = trajets("bench", "streets", block, second, "--n", 2, "--jobs", "route_bike")
    assert code == 0
    assert "Street nodes" in out
    assert "Stop times" not in out


FAKE = """
import json, sys
sheet = json.load(open(sys.argv[1]))
asked = sheet["jobs"]["route_bike"]
told = {"ms": [2.0] * len(asked), "arrival": [60] * len(asked), "size": [1.0] * len(asked)}
answers = {"version": "7", "prepare_s": 1, "resident_mb": 2, "about": {}}
json.dump({**answers, "jobs": {"route_bike": told}}, open(sys.argv[2], "w"))
"""


def test_a_peer_answers_in_its_own_process_and_is_compared(trajets, block, tmp_path, monkeypatch):
    (tmp_path / "fake.py").write_text(FAKE)
    peer = System(
        "fake", "a minute and a metre", (sys.executable, str(tmp_path / "fake.py")),
        jobs=frozenset({"route_bike"}),
    )  # fmt: skip
    monkeypatch.setattr(systems, "list_peers", lambda: {"fake": peer})
    options = ("bench", "streets", block, "--n", 3, "--peers", "fake")
    code, out, _ = trajets(*options, "--json")
    told = json.loads(out)["differences"]["route_bike"]["fake"]
    assert code == 0
    assert told["both"] == told["apart"] == 3
    assert told["size"]["peer"] == 1.0
    code, out, _ = trajets(*options, "--jobs", "route_bike")
    assert "apart" in out
    assert "2.000" in out


#   question      0           1            2             3            4      5      6
#   ours      100 s 100 m  100 s 121 m  1,121 s 1 km  1,119 s 1 km   none   1 s    none
#   theirs    100 s 100 m  100 s 100 m  1,000 s 1 km  1,000 s 1 km   1 s    none   none
def test_ways_are_apart_by_a_fifth_or_by_two_minutes():
    questions = [question(str(i)) for i in range(7)]
    ours = ways((100, 100), (100, 121), (1121, 1000), (1119, 1000), None, (1, 1), None)
    theirs = ways((100, 100), (100, 100), (1000, 1000), (1000, 1000), (1, 1), None, None)
    told = compare_ways(questions, ours, theirs)
    names = ("both", "only_trajets", "only_peer", "neither", "apart")
    assert [told[name] for name in names] == [4, 1, 1, 1, 2]
    assert [pair["id"] for pair in told["largest"]] == ["1", "2"]
    assert told["seconds"] == {"trajets": 609.5, "peer": 550.0, "ratio": 1.1082}


def test_a_peer_may_answer_the_first_questions_alone():
    questions = [question(str(i)) for i in range(3)]
    told = compare_ways(questions, ways((1, 1), (1, 1), (1, 1)), ways((1, 1)))
    assert told["both"] == 1


def test_matrices_without_metres_are_compared_by_their_seconds():
    theirs = JobAnswers([1.0] * 5, [100])
    told = compare_ways([question()], ways((90, 7.0)), theirs)
    assert told["seconds"]["ratio"] == 0.9
    assert "size" not in told


def test_random_places_are_the_same_each_time_and_near_streets_for_all(block):
    network = open_network(block)
    first, again = (random_place_pairs(network, 30) for _ in range(2))
    assert first == again
    lats = [one.from_lat for one in first]
    assert min(lats) < 48.8204
    assert max(lats) > 48.8205


def test_edited_streets_are_told_by_their_consecutive_osm_nodes(block):
    streets = open_network(block).streets
    edges = edited_streets(streets)
    assert len(set(edges.tolist())) == len(edges)
    assert (streets.direction[edges] > 0).all()
    osm = [block.parent / "streets.osm"]
    found = street_segments(streets, edges, osm)
    assert set(found) == {(b, a) for a, b in found}
    bike_ways = ("AB", "BC", "EF", "DE", "AD", "CF")
    assert {(node_id(a), node_id(b)) for a, b in bike_ways} <= set(found)


def test_a_sheet_of_streets_comes_back_as_it_was_written(tmp_path):
    sheet = StreetSheet(
        jobs={"route_bike": [question()]}, network="n", walk_kmh=5.0, bike_kmh=16.0, edits=[3],
        graph="g", kept="k",
    )  # fmt: skip
    sheet.write(tmp_path / "sheet")
    assert read_sheet(tmp_path / "sheet", StreetSheet) == sheet


@pytest.mark.parametrize(
    ("name", "within"),
    # The last two go from node to node, of which a street that bends has none at its bends.
    [("osrm-mld", 0.02), ("valhalla", 0.02), ("pandana", 0.15), ("networkx", 0.15)],
)
def test_each_peer_goes_round_the_block(trajets, block, tmp_path, monkeypatch, name, within):
    """From A to F, and from C to D: cars have one way each."""
    if not list_peers()[name].is_installed:
        pytest.skip(f"{name} isn't installed: make peers installs it")
    _write_pbf(block.parent / "streets.osm", tmp_path / "streets.osm.pbf")
    out = tmp_path / "network"
    assert trajets("build", "--osm", tmp_path / "streets.osm.pbf", "--out", out)[0] == 0
    monkeypatch.setattr("web.commands.bench.peers_folder", lambda: tmp_path / "kept")
    south, north, west, east = 48.82, 48.82 + 100 / 111_195, 2.26, 2.26 + 400 / 73_200
    (tmp_path / "od.csv").write_text(
        f"olat,olon,dlat,dlon\n{north},{west},{south},{east}\n{north},{east},{south},{west}\n"
    )
    code, printed, err = trajets(
        "bench", "streets", out, "--pairs", tmp_path / "od.csv", "--peers", name,
        "--inputs", tmp_path, "--jobs", "route_walk,route_bike,route_car", "--json",
    )  # fmt: skip
    assert code == 0, err
    report = json.loads(printed)
    for job in ("route_walk", "route_bike", "route_car"):
        assert report[job][name]["answered"] == 2
        ratio = report["differences"][job][name]["size"]["ratio"]
        assert ratio == pytest.approx(1, abs=within)


def _write_pbf(source, target):
    writer = osmium.SimpleWriter(str(target))
    for thing in osmium.FileProcessor(str(source)):
        writer.add(thing)
    writer.close()


def test_the_graph_for_others_has_our_nodes_edges_and_weights(block, tmp_path):
    network = open_network(block)
    street_graph_file(network, network.streets, tmp_path / "graph.npz")
    graph = np.load(tmp_path / "graph.npz")
    assert graph["tail"].tolist() == network.streets.tail.tolist()
    assert graph["cost_bike"].tolist() == network.metrics["bike"].cost.tolist()
    assert (graph["cost_car"] >= graph["unreached"]).any()
