"""The streets as a graph for other tools: what they read of it is what we compiled."""

from dataclasses import replace

import geopandas as gpd
import networkx as nx
import numpy as np
import osmnx
import pytest
from small_town import fed_town
from street_drawing import node_id
from street_networks import network_of

from graph_build.streets.graph import NoStreetsError, save_graph, street_graph
from graph_build.streets.statistics import street_statistics
from planner.itinerary import Reason
from planner.network.shape import UNREACHED
from planner.request import Coordinate
from planner.streets.route import route
from web import command

# A---B---C   a square of streets; A-B is one-way for cars, E has a bollard; D is no crossing
# |   |
# D---E---F
DRAWING = """
A---B---C
|   |
D---E---F
"""
WAYS = {
    "AB": {"highway": "residential", "oneway": "yes", "name": "Rue Basse", "maxspeed": "30"},
    "BC": {"highway": "secondary", "cycleway": "lane", "bridge": "yes"},
    "ADE": {"highway": "residential"},
    "BE": {"highway": "footway"},
    "EF": {"highway": "living_street"},
}
BOLLARD = {"E": {"barrier": "bollard"}}


@pytest.fixture(scope="module")
def square():
    """The drawing, compiled."""
    return network_of(DRAWING, WAYS, nodes=BOLLARD)


def find(graph, word):
    """The edges between two letters' nodes, copies included."""
    ends = [node_id(letter) for letter in word]
    nodes = graph.nodes
    return [
        data
        for u, v, data in graph.edges(data=True)
        if [nodes[u]["osm_node"], nodes[v]["osm_node"]] == ends
    ]


def test_streets_have_osmnx_names_and_ours(square):
    graph = street_graph(square)
    (there,) = find(graph, "AB")
    (back,) = find(graph, "BA")
    assert there["name"] == "Rue Basse"
    assert there["highway"] == "residential"
    assert there["speed_kph"] == 30.0
    assert there["length"] == pytest.approx(200, abs=0.5)
    assert [point[0] for point in there["geometry"].coords] == sorted(
        point[0] for point in there["geometry"].coords
    )
    assert back["geometry"].equals_exact(there["geometry"].reverse(), 1e-9)
    assert (there["reversed"], back["reversed"]) == (False, True)
    assert (there["access_car"], back["access_car"]) == ("yes", "no")
    assert there["oneway"]
    assert not back["oneway"]
    assert back["access_walk"] == "yes"
    (lane,) = find(graph, "BC")
    assert lane["infrastructure"] == "lane"
    assert lane["bridge"] == "yes"
    assert "name" not in lane
    assert "seconds_car" not in find(graph, "BE")[0]


def test_one_ways_are_kept_for_the_mode_that_has_them(square):
    cars = street_graph(square, mode="car")
    assert find(cars, "AB")
    assert not find(cars, "BA")
    assert not find(cars, "BE")
    assert find(street_graph(square, mode="walk"), "BA")


def test_a_barrier_has_copies_of_its_node_and_a_simple_graph_none(square):
    exact, simple = street_graph(square), street_graph(square, simple=True)
    assert len(exact) == len(square.streets.node_lat) > len(simple) == 5
    assert all(node > 0 for node in simple)
    assert [data["length"] for data in find(exact, "EE")]
    assert not find(simple, "EE")
    cars = street_graph(square, mode="car")
    assert not nx.has_path(cars, node_id("A"), node_id("F"))  # the bollard


def test_graphml_is_read_by_osmnx_with_the_same_lengths(square, tmp_path):
    graph = street_graph(square, simple=True)
    save_graph(graph, tmp_path / "streets.graphml")
    read = osmnx.load_graphml(tmp_path / "streets.graphml")
    assert set(read.nodes) == set(graph.nodes)
    for u, v, key, data in graph.edges(keys=True, data=True):
        again = read.edges[u, v, key]
        assert again["length"] == data["length"]
        assert again["oneway"] is data["oneway"]
        assert again["osmid"] == data["osmid"]
        assert again["geometry"].equals_exact(data["geometry"], 1e-9)
    assert read.nodes[1]["street_count"] == 2
    assert osmnx.stats.basic_stats(read)["n"] == 5
    speeds = osmnx.routing.add_edge_travel_times(read)
    assert nx.shortest_path(speeds, 1, 3, weight="travel_time")


def test_a_geopackage_has_nodes_and_directed_edges(square, tmp_path):
    graph = street_graph(square)
    path = tmp_path / "streets.gpkg"
    for _ in range(2):  # the second time over the first
        save_graph(graph, path)
    nodes, edges = (gpd.read_file(path, layer=layer) for layer in ("nodes", "edges"))
    assert len(nodes) == len(graph)
    assert len(edges) == graph.number_of_edges()
    assert edges.crs.to_epsg() == 4326
    assert edges["length"].sum() == pytest.approx(
        sum(metres for *_, metres in graph.edges(data="length"))
    )
    assert set(edges.geom_type) == {"LineString"}


def test_kilometres_count_a_street_of_two_directions_once(square):
    told = street_statistics(square)
    km = told["km"]
    assert km["streets"] == pytest.approx(1.0, abs=0.01)
    assert km["by_highway"]["residential"] == pytest.approx(0.5, abs=0.01)
    assert km["by_mode"]["car"] == pytest.approx(0.9, abs=0.01)
    assert told["osmnx"]["n"] == 5
    assert told["osmnx"]["street_segment_count"] == 5
    assert told["area_km2"] == pytest.approx(0.04, abs=0.02)


def test_a_timetable_alone_has_no_streets(square):
    with pytest.raises(NoStreetsError):
        street_graph(replace(square, streets=None))


def cheapest(graph, u, v, weight):
    """The least cost by networkx; None where there is no way."""

    def cost(_u, _v, parallel):
        return min((one[weight] for one in parallel.values() if weight in one), default=None)

    try:
        return nx.shortest_path_length(graph, u, v, weight=cost)
    except nx.NetworkXNoPath:
        return None


@pytest.mark.parametrize("profile", ["walk", "bike", "car"])
def test_networkx_finds_the_costs_of_our_own_search(demo_network, profile):
    """From node to node on the demo town; where we leave by a street beside, ours may be less."""
    streets, metric = demo_network.streets, demo_network.metrics[profile]
    graph = street_graph(demo_network)
    nodes = np.unique(streets.tail[metric.cost < UNREACHED])
    ids = {(data["y"], data["x"]): node for node, data in graph.nodes(data=True)}
    equal = answered = 0
    for pair in np.random.default_rng(3).choice(nodes, (40, 2)).tolist():
        places = [(round(streets.node_lat[n], 7), round(streets.node_lon[n], 7)) for n in pair]
        theirs = cheapest(graph, *(ids[place] for place in places), f"cost_{profile}")
        path = route(demo_network, *(Coordinate(*one) for one in places), profile, max_s=86_400)
        if theirs is not None and not isinstance(path, Reason):
            answered += 1
            equal += abs(path.cost - theirs) < 0.5
            assert path.cost < theirs + 0.5
    assert equal > 0.7 * answered > 20


def test_the_commands_write_and_tell(tmp_path, capsys):
    fed_town(tmp_path, drawing=DRAWING, ways=WAYS)
    folder = tmp_path / "network"
    for suffix in ("graphml", "gpkg"):
        out = tmp_path / f"out.{suffix}"
        assert command.run(["export", "streets", str(folder), "--out", str(out)]) == 0
        assert out.stat().st_size > 1000
        assert "directed streets" in capsys.readouterr().out
    assert command.run(["export", "streets", str(folder), "--out", "a.shp"]) == 2
    assert ".graphml" in capsys.readouterr().err
    assert command.run(["info", str(folder), "--streets"]) == 0
    printed = capsys.readouterr().out
    assert "residential" in printed
    assert "By level of traffic stress" in printed
    assert command.run(["info", str(folder), "--streets", "--json"]) == 0
    assert '"street_segment_count": 5' in capsys.readouterr().out
