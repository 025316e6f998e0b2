"""A network's streets for planners' own tools: a networkx graph as OSMnx has it, and its files.

The inverse of `feeds.osm_networkx`. Attributes that OSMnx knows have its names and units; the rest
is ours.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import networkx as nx
import numpy as np
import osmnx
import shapely
from numpy.typing import NDArray

from planner.network import shape
from planner.network.store import Network

SUFFIXES: Final = (".graphml", ".gpkg")  # of the files that `save_graph` writes
CRS: Final = "epsg:4326"
_BITS: Final = {
    "walk": (shape.WALK, shape.WALK_ENDS),
    "bike": (shape.BIKE, shape.BIKE_ENDS),
    "car": (shape.CAR, shape.CAR_ENDS),
}
_FLAGS: Final = {
    "bridge": shape.BRIDGE, "tunnel": shape.TUNNEL, "roundabout": shape.ROUNDABOUT,
    "crossing": shape.CROSSING, "push": shape.PUSH,
}  # fmt: skip
_ACCESS: Final = np.array(["no", "yes", "destination"])
_PLACES: Final = 7  # decimals of a degree: a centimetre
Columns = dict[str, NDArray[Any]]
Graph = nx.MultiDiGraph  # of OSM node ids, negative for a node's copies


class NoStreetsError(Exception):
    """A network of a timetable alone; one sentence."""


def street_graph(network: Network, *, mode: str | None = None, simple: bool = False) -> Graph[int]:
    """The streets as a MultiDiGraph in degrees (EPSG:4326), an edge for each open direction.

    Nodes are OSM's, with x, y and elevation (metres, where known). Where a barrier or forbidden
    turns part a crossing, it has copies (negative ids, OSM's in `osm_node`), joined by edges of no
    length. simple: each crossing is one node, as in OSMnx's own graphs; turns and barriers are
    lost. mode: only edges open to walk, bike or car.
    Edges: osmid (the way's), highway, name, length (metres), oneway (for cars, else for whom it is
    open to), reversed, speed_kph (cars' limit or default), grade (rise over length), geometry,
    access_walk, access_bike, access_car ("yes", "no", "destination": at a trip's ends alone),
    infrastructure, surface, stress and stress_NAME (1 to 4; 0 where nobody cycles) by rule set,
    bridge, tunnel, roundabout, crossing and push ("yes" or missing), and by compiled profile P
    seconds_P and cost_P (perceived seconds), which are missing where P may not go.
    Raises NoStreetsError.
    """
    streets = network.streets
    if streets is None:
        msg = "This network has no streets: it was built without OpenStreetMap."
        raise NoStreetsError(msg)
    node_id = _node_ids(streets)
    osm_id = streets.node_osm_id
    is_open = streets.access & (_BITS[mode][0] if mode else sum(own for own, _ in _BITS.values()))
    edges = np.flatnonzero(is_open)
    if simple:
        node_id = osm_id
        edges = edges[~_is_joint(streets)[edges]]
    graph: Graph[int] = nx.MultiDiGraph(crs=CRS, simplified=True, created_with="Trajets")
    used = np.unique(np.concatenate((streets.tail[edges], streets.head[edges])))
    graph.add_nodes_from(zip(node_id[used].tolist(), _node_facts(streets, used), strict=True))
    ends = (node_id[column[edges]].tolist() for column in (streets.tail, streets.head))
    graph.add_edges_from(zip(*ends, _edge_facts(network, streets, edges), strict=True))
    for node, count in osmnx.stats.count_streets_per_node(graph).items():
        graph.nodes[node]["street_count"] = count
    return graph


def save_graph(graph: Graph[int], path: Path) -> None:
    """Write GraphML (`.graphml`, which `osmnx.load_graphml` reads) or GeoPackage (`.gpkg`).

    The GeoPackage has the layers `nodes` and `edges`, one edge for each direction. Raises
    ValueError for another ending.
    """
    if path.suffix == ".graphml":
        osmnx.io.save_graphml(graph, path)
    elif path.suffix == ".gpkg":
        path.unlink(missing_ok=True)  # or its old layers would stay
        osmnx.io.save_graph_geopackage(graph, path, directed=True)
    else:
        msg = f"{path} ends neither in .graphml nor in .gpkg"
        raise ValueError(msg)


def _is_joint(streets: shape.Streets) -> NDArray[np.bool_]:
    """Edges within one crossing: turns, and gates of barriers."""
    ids = streets.node_osm_id
    return np.asarray((ids[streets.tail] == ids[streets.head]) & (streets.length_m == 0.0))


def _node_ids(streets: shape.Streets) -> NDArray[np.int64]:
    """OSM's id for the first node that has it; a negative one for its copies."""
    first = np.unique(streets.node_osm_id, return_index=True)[1]
    ids = -np.arange(1, len(streets.node_osm_id) + 1, dtype=np.int64)
    ids[first] = streets.node_osm_id[first]
    return ids


def _node_facts(streets: shape.Streets, nodes: shape.Int32) -> list[dict[str, Any]]:
    columns: Columns = {
        "x": streets.node_lon[nodes].round(_PLACES),
        "y": streets.node_lat[nodes].round(_PLACES),
        "osm_node": streets.node_osm_id[nodes],
        "elevation": streets.node_elevation_m[nodes].astype(np.float64).round(1),
    }
    return _rows(columns)


def _edge_facts(
    network: Network, streets: shape.Streets, edges: NDArray[np.int64]
) -> list[dict[str, Any]]:
    """The attributes of each edge; those that are NaN or "" are missing."""

    def of(column: NDArray[Any]) -> NDArray[Any]:
        return column[edges]

    reverse = streets.reverse[edges]
    net_m = of(streets.climb_m).astype(np.float64) - streets.climb_m[reverse]
    length_m = of(streets.length_m).astype(np.float64)
    columns: Columns = {
        "osmid": of(streets.way_id),
        "highway": np.array(shape.ROAD_CLASSES)[of(streets.road_class)],
        "name": _names(network, of(streets.name)),
        "length": length_m.round(3),
        "oneway": _is_oneway(of(streets.access), streets.access[reverse]),
        "reversed": of(streets.direction) < 0,
        "speed_kph": of(streets.speed_kmh).astype(np.float64),
        "grade": (net_m / np.maximum(length_m, 1.0)).round(4),
        "geometry": _lines(streets, edges),
        "infrastructure": np.array(shape.INFRASTRUCTURES)[of(streets.infrastructure)],
        "surface": np.array(shape.SURFACES)[of(streets.surface)],
    }
    for mode, (own, ends) in _BITS.items():
        access = of(streets.access)
        columns[f"access_{mode}"] = _ACCESS[((access & own) > 0) * (1 + ((access & ends) > 0))]
    for flag, bit in _FLAGS.items():
        columns[flag] = np.where(of(streets.flags) & bit, "yes", "")
    for rules, stress in network.stress.items():
        columns["stress" if rules == "furth" else f"stress_{rules}"] = of(stress.level)
    for profile, metric in network.metrics.items():
        for name, tenths in (("seconds", metric.duration_ds), ("cost", metric.cost)):
            closed = of(tenths) >= shape.UNREACHED
            columns[f"{name}_{profile}"] = np.where(closed, np.nan, of(tenths) / 10)
    return _rows(columns)


def _names(network: Network, name: NDArray[np.int32]) -> NDArray[Any]:
    known = {one: network.street_names.get(one) for one in np.unique(name).tolist() if one >= 0}
    return np.array([known.get(one, "") for one in name.tolist()])


def _is_oneway(access: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether cars may go this way and not the other; where no car goes, whoever may."""
    has_cars = ((access | other) & shape.CAR) > 0
    everybody = shape.WALK | shape.BIKE | shape.CAR
    asked = np.where(has_cars, shape.CAR, everybody)
    return np.asarray(((access & asked) > 0) & ((other & asked) == 0))


def _lines(streets: shape.Streets, edges: NDArray[np.int64]) -> NDArray[Any]:
    """A LineString for each edge, in its own direction."""
    count = streets.shape_count[edges].astype(np.int64)
    step = streets.direction[edges].astype(np.int64)
    first = streets.shape_offset[edges] + np.where(step < 0, count - 1, 0)
    row = np.repeat(np.arange(len(edges)), count)
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    at = first[row] + nth * step[row]
    points = np.column_stack((streets.shape_lon[at], streets.shape_lat[at])).round(_PLACES)
    return np.asarray(shapely.linestrings(points, indices=row))


def _rows(columns: Columns) -> list[dict[str, Any]]:
    """One dict per row, without what is unknown."""
    names = list(columns)
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return [
        {name: fact for name, fact in zip(names, row, strict=True) if fact == fact and fact != ""}  # noqa: PLR0124 - NaN isn't itself
        for row in rows
    ]
