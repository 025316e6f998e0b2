"""Where a bus can drive in the model."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Final

import networkx as nx
from shapely import STRtree
from shapely.geometry import LineString
from shapely.geometry import Point as Dot

from generator.plane import Point, distance, rounded
from generator.sketch import Street

# What a metre of each class counts for a bus: it prefers the larger streets.
WEIGHT: Final = {
    "primary": 1.0, "secondary": 0.85, "tertiary": 0.95, "residential": 1.9,
    "unclassified": 1.4, "living_street": 3.0,
}  # fmt: skip
STOP_CLASSES: Final = {"primary", "secondary", "tertiary", "residential", "unclassified"}
SNAP_M: Final = 60.0


class Roads:
    """The drivable streets as a graph whose nodes are points of the plane."""

    def __init__(self, streets: Iterable[Street]) -> None:
        self._graph: nx.DiGraph[Point] = nx.DiGraph()
        self._segments: list[tuple[Point, Point, str, bool]] = []
        for street in streets:
            weight = WEIGHT.get(street.tags["highway"])
            if weight is None:
                continue
            one_way = street.tags.get("oneway") == "yes"
            for a, b in itertools.pairwise(street.points):
                self._add(a, b, weight, one_way=one_way)
                if street.tags["highway"] in STOP_CLASSES and "junction" not in street.tags:
                    self._segments.append((a, b, street.tags["highway"], one_way))
        self._tree = STRtree([LineString([a, b]) for a, b, _, _ in self._segments])
        self._feet: dict[Point, Point] = {}

    def _add(self, a: Point, b: Point, weight: float, *, one_way: bool) -> None:
        self._graph.add_edge(a, b, cost=weight * distance(a, b))
        if not one_way:
            self._graph.add_edge(b, a, cost=weight * distance(a, b))

    def through(self, stops: list[Point]) -> list[list[Point]]:
        """One path to each stop from the stop before it; the first is the first stop alone.

        A stop far from any street of the model, or not to be reached, is gone to straight.
        """
        feet = [self._foot(stop) for stop in stops]
        paths = [[feet[0]]]
        for start, end in itertools.pairwise(feet):
            paths.append(self._path(start, end))
        return paths

    def _path(self, start: Point, end: Point) -> list[Point]:
        if start in self._graph and end in self._graph:
            try:
                found: list[Point] = nx.dijkstra_path(self._graph, start, end, weight="cost")
            except nx.NetworkXNoPath:
                return [start, end]
            length = sum(distance(a, b) for a, b in itertools.pairwise(found))
            if length < 2.5 * distance(start, end) + 300.0:
                return found
        return [start, end]

    def _foot(self, stop: Point) -> Point:
        """The nearest point of a two-way street, put into the graph."""
        if stop in self._feet:
            return self._feet[stop]
        dot = Dot(stop)
        near = sorted(int(i) for i in self._tree.query(dot.buffer(SNAP_M)))
        ranked = [
            (LineString(self._segments[i][:2]).distance(dot) + 40.0 * self._segments[i][3], i)
            for i in near
        ]
        self._feet[stop] = self._split(min(ranked)[1], dot) if ranked else stop
        return self._feet[stop]

    def _split(self, index: int, dot: Dot) -> Point:
        a, b, highway, one_way = self._segments[index]
        line = LineString([a, b])
        at = line.interpolate(line.project(dot))
        foot = rounded((at.x, at.y))
        self._add(a, foot, WEIGHT[highway], one_way=one_way)
        self._add(foot, b, WEIGHT[highway], one_way=one_way)
        return foot
