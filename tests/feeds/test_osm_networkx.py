"""OSMnx: recorded answers, saved graphs and a place by name give the same table."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import osmnx
import pytest
from shapely import LineString

from feeds import osm_networkx
from feeds.issues import FeedError
from feeds.osm import read_osm
from feeds.tables import OsmExtract

ANSWER = {
    "elements": [
        *(
            {"type": "node", "id": i, "lat": 48.82 + i / 1000, "lon": 2.26 + (i % 2) / 1000}
            for i in range(1, 7)
        ),
        {"type": "node", "id": 7, "lat": 48.9, "lon": 2.3, "tags": {"barrier": "gate", "x": "y"}},
        {"type": "way", "id": 10, "nodes": [1, 2, 3],
         "tags": {"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}},
        {"type": "way", "id": 11, "nodes": [3, 4, 5], "tags": {"highway": "service"}},
        {"type": "way", "id": 12, "nodes": [5, 6, 7],
         "tags": {"highway": "tertiary", "oneway": "-1", "cycleway:left": "lane"}},
    ]
}  # fmt: skip


def table(extract: OsmExtract) -> dict[int, tuple[list[int], dict[str, str]]]:
    """Way id -> node ids and tags; a way in pieces would lose all but its last."""
    nodes, ways = extract.nodes, extract.ways
    return {
        int(ways.way_id[i]): (
            nodes.osm_id[ways.node[ways.offset[i] : ways.offset[i + 1]]].tolist(),
            {key: ways.vocabulary[key][row[i]] for key, row in ways.tags.items() if row[i]},
        )
        for i in range(len(ways.way_id))
    }


EXPECTED = {
    way["id"]: (way["nodes"], way["tags"]) for way in ANSWER["elements"] if way["type"] == "way"
}


def osmnx_graph(**settings: object) -> nx.MultiDiGraph:
    """The graph that OSMnx makes of the answer, without asking anyone."""
    return osmnx.graph._create_graph([json.loads(json.dumps(ANSWER))], bidirectional=False)


def test_a_recorded_answer(tmp_path: Path) -> None:
    path = tmp_path / "town.json"
    path.write_text(json.dumps(ANSWER))
    extract = read_osm(path)
    assert table(extract) == EXPECTED
    assert extract.nodes.tags == {6: {"barrier": "gate"}}
    assert extract.nodes.osm_id[6] == 7


def test_answers_that_overlap_count_once(tmp_path: Path) -> None:
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path in paths:
        path.write_text(json.dumps(ANSWER))
    assert len(osm_networkx.read_overpass(paths).ways.way_id) == 3


def test_a_place_by_its_name_gives_the_same_table(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    def graph_from_place(query: str, **options: object) -> nx.MultiDiGraph:
        asked.update(options, query=query)
        return osmnx_graph()

    before = dict(vars(osmnx.settings))
    monkeypatch.setattr(osmnx.graph, "graph_from_place", graph_from_place)
    extract = osm_networkx.read_place("Issy-les-Moulineaux, France")
    assert table(extract) == EXPECTED
    assert extract.nodes.tags == {6: {"barrier": "gate"}}
    assert asked["query"] == "Issy-les-Moulineaux, France"
    assert asked["simplify"] is False
    assert dict(vars(osmnx.settings)) == before


def test_settings_are_put_back_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def graph_from_place(*_: object, **__: object) -> None:
        raise TypeError("Nominatim found no such place")  # noqa: EM101, TRY003 - as OSMnx does

    before = dict(vars(osmnx.settings))
    monkeypatch.setattr(osmnx.graph, "graph_from_place", graph_from_place)
    with pytest.raises(FeedError, match="Atlantis"):
        osm_networkx.read_place("Atlantis")
    assert dict(vars(osmnx.settings)) == before


def test_a_saved_graph(tmp_path: Path) -> None:
    path = tmp_path / "town.graphml"
    osmnx.io.save_graphml(osmnx_graph(), path)
    ways = table(read_osm(path))
    assert {way: nodes for way, (nodes, _) in ways.items()} == {
        10: [1, 2, 3],
        11: [3, 4, 5],
        12: [7, 6, 5],  # OSMnx turns it round and forgets that it did
    }
    assert ways[10][1] == {"highway": "residential", "oneway": "yes"}
    assert "oneway" not in ways[11][1]


def test_a_simplified_graph_keeps_its_curves(tmp_path: Path) -> None:
    graph = osmnx.simplification.simplify_graph(osmnx_graph())
    path = tmp_path / "simple.graphml"
    osmnx.io.save_graphml(graph, path)
    extract = read_osm(path)
    lines = {len(nodes) for nodes, _ in table(extract).values()}
    assert sum(len(nodes) for nodes, _ in table(extract).values()) >= 5
    assert max(lines) >= 3
    assert (extract.nodes.osm_id < 0).any()


def test_curves_of_one_edge(tmp_path: Path) -> None:
    graph = nx.MultiDiGraph(crs="epsg:4326")
    graph.add_node(1, x=2.26, y=48.82)
    graph.add_node(2, x=2.28, y=48.82)
    bend = LineString([(2.26, 48.82), (2.27, 48.83), (2.28, 48.82)])
    for u, v, turned in ((1, 2, False), (2, 1, True)):
        line = bend.reverse() if turned else bend
        graph.add_edge(u, v, osmid=[5, 6], highway=["path", "steps"], oneway=False,
                       reversed=turned, length=3000.0, geometry=line)  # fmt: skip
    extract = osm_networkx.read_graph(graph, name="bend")
    assert extract.ways.way_id.tolist() == [5]
    assert extract.nodes.lat[extract.ways.node].tolist() == [48.82, 48.83, 48.82]


@pytest.mark.parametrize("name", ["broken.json", "broken.graphml"])
def test_other_files_are_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("<graphml>")
    with pytest.raises(FeedError, match=name):
        read_osm(path)


def test_graphs_with_xml_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "xxe.graphml"
    path.write_text('<!DOCTYPE g [<!ENTITY x "y">]><graphml>&x;</graphml>')
    with pytest.raises(FeedError, match="entities"):
        read_osm(path)


@pytest.mark.city
def test_recorded_answers_of_paris(city_data: Path) -> None:
    paths = sorted((city_data / "paris").glob("*.overpass.json"))
    extract = osm_networkx.read_overpass(paths)
    assert len(extract.ways.way_id) == len(set(extract.ways.way_id.tolist())) > 6_900
    assert "cycleway" in extract.ways.vocabulary["highway"]
