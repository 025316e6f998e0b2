"""What stands where a street ends: traffic lights, stops for all, islands to wait on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graph_build.measure import haversine_m
from graph_build.streets.traffic import freeze_facts
from graph_build.streets.ways import StreetWays
from planner.network import shape

# Lights are mapped where vehicles stop, before the junction: our assumption of how far before.
_SIGNALS_WITHIN_M: Final = 30.0

Tags = Mapping[str, str]


def mark_ends(streets: shape.Streets, facts: shape.RoadFacts, ways: StreetWays) -> shape.RoadFacts:
    """`facts` with SIGNALS and ISLAND where nodes of `ways` say so.

    Lights count at the node where a direction ends, and up to 30 m before it on the same street; an
    island counts at the node alone.
    """
    marks = facts.marks.copy()
    for direction in (1, -1):
        edges = np.flatnonzero((streets.direction == direction) & (streets.length_m > 0))
        lit = _find_nodes(ways, partial(_stops_all, direction))
        marks[edges[_near_end(streets, edges, lit, _SIGNALS_WITHIN_M)]] |= shape.SIGNALS
        islands = _find_nodes(ways, _has_island)
        marks[edges[_near_end(streets, edges, islands, 0.0)]] |= shape.ISLAND
    return freeze_facts({**facts._asdict(), "marks": marks})


def _stops_all(direction: int, tags: Tags) -> bool:
    """True for lights, and stop signs for everybody, that hold for this direction of the way."""
    lights = tags.get("highway") == "traffic_signals" or tags.get("crossing") == "traffic_signals"
    for_all = tags.get("highway") == "stop" and tags.get("stop") == "all"
    way = "forward" if direction > 0 else "backward"
    return (lights or for_all) and tags.get("traffic_signals:direction", way) in (way, "both")


def _has_island(tags: Tags) -> bool:
    return (
        tags.get("crossing:island") == "yes"
        or tags.get("crossing") == "island"
        or tags.get("traffic_calming") == "island"
    )


def _find_nodes(ways: StreetWays, asked: Callable[[Tags], bool]) -> NDArray[np.complex128]:
    """Latitude and longitude, as one complex number, of the nodes that answer yes."""
    rows = [row for row, tags in ways.node_tags.items() if asked(tags)]
    return np.asarray(ways.node_lat[rows] + 1j * ways.node_lon[rows], np.complex128)


def _near_end(
    streets: shape.Streets, edges: NDArray[np.int64], nodes: NDArray[np.complex128], within_m: float
) -> NDArray[np.bool_]:
    """For each of `edges`, whether one of `nodes` is on it, near where it ends."""
    near = np.zeros(len(edges), bool)
    if not len(nodes):
        return near
    here = np.isin(streets.shape_lat + 1j * streets.shape_lon, nodes)
    count = streets.shape_count[edges].astype(np.int64)
    owner = np.repeat(np.arange(len(edges)), count)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    point = np.repeat(streets.shape_offset[edges].astype(np.int64), count) + within
    owner, point = owner[here[point]], point[here[point]]
    head = streets.head[edges[owner]]
    gap = haversine_m(
        streets.shape_lat[point], streets.shape_lon[point],
        streets.node_lat[head], streets.node_lon[head],
    )  # fmt: skip
    tail = streets.tail[edges[owner]]
    at_tail = (streets.shape_lat[point] == streets.node_lat[tail]) & (
        streets.shape_lon[point] == streets.node_lon[tail]
    )
    near[owner[(gap <= within_m) & ~at_tail]] = True
    return near
