"""What peers are given of a network's streets: Trajets' own graph, and the streets of an edit."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import osmium

from planner.network.shape import BIKE, TURN, UNREACHED, Int32, Streets
from planner.network.store import Network
from web.bench.questions import SEED

EDITED: Final = 500  # streets that reweight_500 changes
GRAPH_PROFILES: Final = ("walk", "bike", "car")


def street_graph_file(network: Network, streets: Streets, path: Path) -> None:
    """Write nodes, directed edges and their weights by profile as a NumPy archive.

    lat, lon by node; tail, head, length_m by edge; cost_P and duration_P, both in tenths of a
    second, of the profiles of GRAPH_PROFILES; a cost from `unreached` on is a closed street.
    """
    columns = {
        f"{name}_{profile}": column
        for profile in GRAPH_PROFILES
        for name, column in zip(("duration", "cost"), network.metrics[profile], strict=True)
    }
    np.savez(
        path, lat=streets.node_lat, lon=streets.node_lon, tail=streets.tail, head=streets.head,
        length_m=streets.length_m, unreached=UNREACHED, allow_pickle=False, **columns,
    )  # fmt: skip


def edited_streets(streets: Streets, count: int = EDITED) -> Int32:
    """Random streets that bicycles may use, the same each time: directed edges, at most `count`."""
    is_street = (streets.access & BIKE != 0) & (streets.flags & TURN == 0) & (streets.length_m > 0)
    edges = np.flatnonzero(is_street & (streets.direction > 0)).tolist()
    rng = random.Random(SEED)  # noqa: S311 - the same streets each time, which is the point
    return np.array(rng.sample(edges, min(count, len(edges))), np.int32)


def street_segments(streets: Streets, edges: Int32, osm: Sequence[Path]) -> list[tuple[int, int]]:
    """Consecutive OSM nodes of those streets, in both directions, as the extracts have them."""
    wanted: dict[int, list[set[int]]] = {}
    for edge in edges.tolist():
        ends = {int(streets.node_osm_id[end[edge]]) for end in (streets.tail, streets.head)}
        wanted.setdefault(int(streets.way_id[edge]), []).append(ends)
    segments: list[tuple[int, int]] = []
    for path in osm:
        for way in osmium.FileProcessor(str(path), osmium.osm.WAY):
            if isinstance(way, osmium.osm.Way) and way.id in wanted:
                refs = [node.ref for node in way.nodes]
                parts = [_between(refs, ends) for ends in wanted[way.id]]
                segments += [pair for part in parts for pair in pairwise(part)]
    return [*segments, *((b, a) for a, b in segments)]


def _between(refs: list[int], ends: set[int]) -> list[int]:
    """The nodes of a way from one of two to the other."""
    at = [i for i, ref in enumerate(refs) if ref in ends] or [0]
    return refs[at[0] : at[-1] + 1]
