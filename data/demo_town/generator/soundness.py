"""No street of the model is cut off: what a walker or a car couldn't leave again is mended."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Final

import networkx as nx

from generator.plane import Point
from generator.sketch import Street

NO_CARS: Final = {"footway", "path", "cycleway", "steps", "pedestrian"}
NO_FEET: Final = {"motorway", "motorway_link", "trunk"}


def connected(streets: list[Street]) -> list[Street]:
    """The streets without loose pieces; one-ways that trap cars opened, the rest for feet only."""
    reached = _walkable(streets)
    kept = [
        street
        for street in streets
        if street.tags["highway"] in NO_FEET or street.points[0] in reached
    ]
    for street in _trapping(kept):
        if street.tags["highway"] not in NO_FEET and "junction" not in street.tags:
            for key in ("oneway", "oneway:bicycle", "cycleway"):
                street.tags.pop(key, None)
    for street in _trapping(kept):
        if street.rank:
            street.tags = {"highway": "footway", "bicycle": "yes", "surface": "asphalt"}
    return kept


def pruned(streets: list[Street]) -> list[Street]:
    """The streets without filled-in paths and steps that end at nothing."""
    while True:
        uses = Counter(point for street in streets for point in street.points)
        kept = [street for street in streets if not _leads_nowhere(street, uses)]
        if len(kept) == len(streets):
            return kept
        streets = kept


def _leads_nowhere(street: Street, uses: Counter[Point]) -> bool:
    if not street.rank or street.tags["highway"] not in {"footway", "steps"}:
        return False
    shared = [uses[point] > 1 for point in street.points]
    return not (shared[0] and shared[-1]) and not any(shared[1:-1])


def _walkable(streets: list[Street]) -> set[Point]:
    graph: nx.Graph[Point] = nx.Graph()
    for street in streets:
        if street.tags["highway"] not in NO_FEET:
            graph.add_edges_from(itertools.pairwise(street.points))
    return max((set(part) for part in nx.connected_components(graph)), key=len)


def _trapping(streets: list[Street]) -> list[Street]:
    """Streets with a point that a car can't both reach and leave."""
    graph: nx.DiGraph[Point] = nx.DiGraph()
    driven = [street for street in streets if street.tags["highway"] not in NO_CARS]
    for street in driven:
        for a, b in itertools.pairwise(street.points):
            graph.add_edge(a, b)
            if street.tags.get("oneway") != "yes":
                graph.add_edge(b, a)
    main = max(nx.strongly_connected_components(graph), key=len)
    return [street for street in driven if any(point not in main for point in street.points)]
