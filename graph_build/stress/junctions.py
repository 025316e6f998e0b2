"""Junctions for whoever looks at the streets around one: nodes of one place taken together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network import shape


class Entering(NamedTuple):
    """Edges by the junction that they enter; `place` counts the junctions asked for."""

    edge: NDArray[np.int64]
    place: NDArray[np.int64]


class Junctions(NamedTuple):
    """A junction is one node of the map, however many nodes its barriers and turns have made of it.

    Gates and turns, which have no length, aren't among the edges that enter one.
    """

    of_node: NDArray[np.int64]  # (n_nodes,) -> offset
    offset: NDArray[np.int64]  # (n_junctions + 1,) -> edge
    edge: NDArray[np.int64]

    def entering(self, junctions: NDArray[np.int64]) -> Entering:
        """The edges that end at each of `junctions`."""
        first, count = self.offset[junctions], np.diff(self.offset)[junctions]
        place = np.repeat(np.arange(junctions.size), count)
        within = np.arange(place.size) - np.repeat(np.cumsum(count) - count, count)
        return Entering(self.edge[np.repeat(first, count) + within], place)


def find_junctions(streets: shape.Streets) -> Junctions:
    """The junctions of `streets`; a node that isn't of the map is one of its own."""
    nodes = np.arange(streets.node_osm_id.size)
    known = streets.node_osm_id > 0
    of_node = np.unique(np.where(known, streets.node_osm_id, -1 - nodes), return_inverse=True)[1]
    edges = np.flatnonzero(streets.length_m > 0)
    junction = of_node[streets.head[edges]]
    order = np.argsort(junction, kind="stable")
    counts = np.bincount(junction, minlength=int(of_node.max(initial=-1)) + 1)
    offset = np.concatenate([[0], np.cumsum(counts)])
    return Junctions(of_node.astype(np.int64), offset, edges[order])
