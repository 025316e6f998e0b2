"""Ways cut into segments at junctions, and gates hung where a barrier stands."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_build.barriers import find_passage, pass_through
from graph_build.measure import haversine_m
from graph_build.street_ways import StreetWays
from planner.network import shape

_PASSING: Final = 2  # pairs that meet at a node inside a way


class Segments(NamedTuple):
    """Undirected streets between junctions; columns of two: forward and backward.

    first and last are rows of node_*; shape points run from first to last, both included.
    """

    node_lat: NDArray[np.float64]
    node_lon: NDArray[np.float64]
    node_osm_id: NDArray[np.int64]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    length_m: NDArray[np.float64]
    facts: NDArray[np.int32]
    way_id: NDArray[np.int64]
    name: NDArray[np.int32]
    access: NDArray[np.uint8]  # (n, 2)
    flags: NDArray[np.uint8]  # (n, 2)
    shape_offset: NDArray[np.int64]
    shape_count: NDArray[np.int64]
    shape_lat: NDArray[np.float64]
    shape_lon: NDArray[np.float64]


def cut_segments(ways: StreetWays) -> Segments:
    """Cut at way ends, at nodes that several ways or loops share, and at barriers."""
    starts = _find_starts(ways)
    start = np.flatnonzero(starts)
    end = np.append(start[1:], len(ways.first)) - 1 if len(start) else start
    first, last = ways.first[start], ways.last[end]
    segment = np.cumsum(starts) - 1
    point = np.empty(len(ways.first) + len(start), np.int32)  # node of each shape point
    point[np.arange(len(ways.first)) + segment] = ways.first
    point[end + np.arange(len(start)) + 1] = last
    pair_m = haversine_m(
        ways.node_lat[ways.first], ways.node_lon[ways.first],
        ways.node_lat[ways.last], ways.node_lon[ways.last],
    )  # fmt: skip
    way = ways.way[start]
    facts = ways.facts[way]
    return Segments(
        ways.node_lat, ways.node_lon, ways.node_osm_id, first, last,
        length_m=np.add.reduceat(pair_m, start) if len(start) else pair_m,
        facts=facts, way_id=ways.way_id[way], name=ways.name[way],
        access=ways.access[facts],
        flags=ways.flags[facts] | (ways.crossing[start] * np.uint8(shape.ACROSS))[:, None],
        shape_offset=start + np.arange(len(start)), shape_count=end - start + 2,
        shape_lat=ways.node_lat[point], shape_lon=ways.node_lon[point],
    )  # fmt: skip


def _find_starts(ways: StreetWays) -> NDArray[np.bool_]:
    """True for each pair that begins a segment."""
    visits = np.bincount(ways.first, minlength=len(ways.node_lat))
    visits = visits + np.bincount(ways.last, minlength=len(ways.node_lat))
    junction = visits != _PASSING
    junction[[row for row, tags in ways.node_tags.items() if find_passage(tags)]] = True
    broken = np.ones(len(ways.first), bool)
    broken[1:] = (ways.way[1:] != ways.way[:-1]) | (ways.first[1:] != ways.last[:-1])
    junction[ways.first[broken]] = True
    junction[ways.last[np.append(broken[1:], True)[: len(broken)]]] = True
    starts = broken | junction[ways.first]
    return np.asarray(starts | _split_loops(ways, starts))


def _split_loops(ways: StreetWays, starts: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cut a segment that ends where it began in its middle, so that no edge is a loop."""
    start = np.flatnonzero(starts)
    extra = np.zeros(len(starts), bool)
    if len(start):
        end = np.append(start[1:], len(starts)) - 1
        loop = (ways.first[start] == ways.last[end]) & (end > start)
        extra[(start[loop] + end[loop] + 1) // 2] = True
    return extra


def hang_gates(segments: Segments, ways: StreetWays) -> Segments:
    """Give each barrier a gate: an edge of no length with the barrier's own access.

    The streets that meet at a barrier each end at a copy of its node, and a gate joins the copy
    to the node. So nothing of a street is lost to those who can't pass, and crossing a barrier
    always costs what its gate costs.
    """
    passages = {row: find_passage(tags) for row, tags in ways.node_tags.items()}
    barrier = {row: passage for row, passage in passages.items() if passage}
    at_barrier = np.zeros(len(segments.node_lat), bool)
    at_barrier[list(barrier)] = True
    touching: dict[int, list[tuple[int, int]]] = {}
    for side, ends in enumerate((segments.first, segments.last)):
        for segment in np.flatnonzero(at_barrier[ends]).tolist():
            touching.setdefault(int(ends[segment]), []).append((segment, side))
    ends_of = [segments.first.copy(), segments.last.copy()]
    gate_node: list[int] = []
    gate_segment: list[int] = []
    for node, places in touching.items():
        kept_here = {1: 1, 2: 1}.get(len(places), 0)
        for segment, side in places[kept_here:]:
            ends_of[side][segment] = len(segments.node_lat) + len(gate_node)
            gate_node.append(node)
            gate_segment.append(segment)
    if not gate_node:
        return segments
    moved = segments._replace(first=ends_of[0], last=ends_of[1])
    return _append_gates(moved, np.array(gate_node), np.array(gate_segment), barrier)


def _append_gates(
    segments: Segments,
    node: NDArray[np.int64],
    of: NDArray[np.int64],
    barrier: dict[int, tuple[int, bool]],
) -> Segments:
    """Add gate i from barrier node[i] to its new copy, like segment of[i] in all else."""
    copy = np.arange(len(node)) + len(segments.node_lat)
    access = segments.access[of].copy()
    flags = segments.flags[of].copy()
    for gate, row in enumerate(node.tolist()):
        bits, pushed = barrier[row]
        access[gate] = [pass_through(int(street), bits) for street in access[gate]]
        if pushed:
            flags[gate] |= shape.PUSH
    lat, lon = segments.node_lat[node], segments.node_lon[node]
    points = len(segments.shape_lat) + 2 * np.arange(len(node))

    def add(old: np.ndarray, new: np.ndarray) -> np.ndarray:
        return np.concatenate([old, new]).astype(old.dtype)

    return Segments(
        node_lat=add(segments.node_lat, lat),
        node_lon=add(segments.node_lon, lon),
        node_osm_id=add(segments.node_osm_id, segments.node_osm_id[node]),
        first=add(segments.first, node),
        last=add(segments.last, copy),
        length_m=add(segments.length_m, np.zeros(len(node))),
        facts=add(segments.facts, segments.facts[of]),
        way_id=add(segments.way_id, segments.way_id[of]),
        name=add(segments.name, segments.name[of]),
        access=add(segments.access, access),
        flags=add(segments.flags, flags),
        shape_offset=add(segments.shape_offset, points),
        shape_count=add(segments.shape_count, np.full(len(node), 2)),
        shape_lat=add(segments.shape_lat, np.repeat(lat, 2)),
        shape_lon=add(segments.shape_lon, np.repeat(lon, 2)),
    )
