"""Ways cut into segments at junctions, and gates hung where a barrier stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_build.measure import haversine_m
from graph_build.streets.barriers import EVERYONE, find_passage, find_passage_times, pass_through
from graph_build.streets.timed_access import Spans
from graph_build.streets.ways import StreetWays
from planner.network import shape

_PASSING: Final = 2  # pairs that meet at a node inside a way


class SegmentHours(NamedTuple):
    """Access bits of a segment in some hours of the week."""

    segment: int
    spans: Spans
    forward: int
    backward: int


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
    ever: NDArray[np.uint8]  # (n, 2) access at one time or another
    flags: NDArray[np.uint8]  # (n, 2)
    shape_offset: NDArray[np.int64]
    shape_count: NDArray[np.int64]
    shape_lat: NDArray[np.float64]
    shape_lon: NDArray[np.float64]
    hours: tuple[SegmentHours, ...]


class _Barrier(NamedTuple):
    access: int
    pushed: bool
    timed: list[tuple[int, Spans]]


def cut_segments(ways: StreetWays, also_at: Iterable[int] = ()) -> Segments:
    """Cut at way ends, at nodes that several ways or loops share, at barriers and node rows."""
    starts = _find_starts(ways, also_at)
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
        access=ways.access[facts], ever=ways.ever[facts],
        flags=ways.flags[facts] | (ways.crossing[start] * np.uint8(shape.ACROSS))[:, None],
        shape_offset=start + np.arange(len(start)), shape_count=end - start + 2,
        shape_lat=ways.node_lat[point], shape_lon=ways.node_lon[point],
        hours=_list_hours(ways, facts),
    )  # fmt: skip


def _list_hours(ways: StreetWays, facts: NDArray[np.int32]) -> tuple[SegmentHours, ...]:
    """The hours of each segment's street."""
    is_timed = np.array([bool(timed) for timed in ways.timed], bool)
    return tuple(
        SegmentHours(segment, *timed)
        for segment in np.flatnonzero(is_timed[facts]).tolist()
        for timed in ways.timed[facts[segment]]
    )


def _find_starts(ways: StreetWays, also_at: Iterable[int]) -> NDArray[np.bool_]:
    """True for each pair that begins a segment."""
    visits = np.bincount(ways.first, minlength=len(ways.node_lat))
    visits = visits + np.bincount(ways.last, minlength=len(ways.node_lat))
    junction = visits != _PASSING
    junction[list(_find_barriers(ways))] = True
    junction[list(also_at)] = True
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
    barrier = _find_barriers(ways)
    ends = (segments.first.copy(), segments.last.copy())
    gates: list[tuple[int, int, int]] = []  # node, segment and its side
    for node, places in list_ends(segments, list(barrier)).items():
        kept_here = {1: 1, 2: 1}.get(len(places), 0)
        for segment, side in places[kept_here:]:
            ends[side][segment] = len(segments.node_lat) + len(gates)
            gates.append((node, segment, side))
    if not gates:
        return segments
    moved = segments._replace(first=ends[0], last=ends[1])
    return join_segments(moved, _make_gates(moved, gates, barrier))


def list_ends(segments: Segments, nodes: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """Node row -> the segments that end there, each with its side: 0 for its first end, 1."""
    wanted = np.zeros(len(segments.node_lat), bool)
    wanted[list(nodes)] = True
    found: dict[int, list[tuple[int, int]]] = {}
    for side, ends in enumerate((segments.first, segments.last)):
        for segment in np.flatnonzero(wanted[ends]).tolist():
            found.setdefault(int(ends[segment]), []).append((segment, side))
    return found


def _find_barriers(ways: StreetWays) -> dict[int, _Barrier]:
    """Node row -> the barrier there, for all that don't let everybody pass at all times."""
    found: dict[int, _Barrier] = {}
    for row, tags in ways.node_tags.items():
        passage, timed = find_passage(tags), find_passage_times(tags)
        if passage or timed:
            found[row] = _Barrier(*(passage or (EVERYONE, False)), timed)
    return found


def _make_gates(
    segments: Segments, gates: list[tuple[int, int, int]], barrier: Mapping[int, _Barrier]
) -> Segments:
    """Gate i leads from its node to that node's new copy, where its segment ends now."""
    node, of, side = np.array(gates).T
    # From the node outwards is forward: so the segment's own direction where it begins there.
    outwards = np.stack([side, 1 - side], axis=1)
    street = np.take_along_axis(segments.ever[of], outwards, axis=1).astype(np.int64)
    flags = np.take_along_axis(segments.flags[of], outwards, axis=1)
    access = np.empty((len(node), 2), np.uint8)
    hours = []
    for gate, row in enumerate(node.tolist()):
        bits, pushed, timed = barrier[row]
        access[gate] = [pass_through(one, bits) for one in street[gate].tolist()]
        flags[gate] |= np.uint8(shape.PUSH * pushed)
        for then, spans in timed:
            forward, backward = (pass_through(one, then) for one in street[gate].tolist())
            hours.append(SegmentHours(len(segments.first) + gate, spans, forward, backward))
    made = make_points(
        segments, node, last=np.arange(len(node)) + len(segments.node_lat), first=node,
        facts=segments.facts[of], access=access, flags=flags, hours=hours,
    )  # fmt: skip
    return made._replace(way_id=segments.way_id[of], name=segments.name[of])


def make_points(
    segments: Segments,
    place: NDArray[np.integer],
    *,
    first: NDArray[np.integer],
    last: NDArray[np.integer],
    facts: NDArray[np.int32],
    access: NDArray[np.uint8],
    flags: NDArray[np.uint8],
    hours: Sequence[SegmentHours],
) -> Segments:
    """Segments of no length to be joined to `segments`, each at a node row of those, `place`.

    A node that `first` or `last` names beyond the rows of `segments` is a new one at that place;
    they are numbered in the order in which they are first named, from len(segments.node_lat).
    """
    n_nodes = len(segments.node_lat)
    ends, places = np.concatenate([first, last]), np.concatenate([place, place])
    _, named = np.unique(ends[ends >= n_nodes], return_index=True)
    new = places[ends >= n_nodes][named]
    ever = access.copy()
    for one in hours:
        row = one.segment - len(segments.first)
        ever[row] |= np.array((one.forward, one.backward), np.uint8)
    none = np.full(len(place), shape.NONE)
    return Segments(
        segments.node_lat[new], segments.node_lon[new], segments.node_osm_id[new],
        first.astype(np.int32), last.astype(np.int32), np.zeros(len(place)), facts,
        way_id=np.zeros(len(place), np.int64), name=none.astype(np.int32),
        access=access, ever=ever, flags=flags,
        shape_offset=2 * np.arange(len(place)), shape_count=np.full(len(place), 2),
        shape_lat=np.repeat(segments.node_lat[place], 2),
        shape_lon=np.repeat(segments.node_lon[place], 2),
        hours=tuple(hours),
    )  # fmt: skip


def join_segments(segments: Segments, more: Segments) -> Segments:
    """All of both; `more` names its nodes by their rows in the result."""
    more = more._replace(shape_offset=more.shape_offset + len(segments.shape_lat))
    columns: dict[str, Any] = {
        name: np.concatenate([column, getattr(more, name)]).astype(column.dtype)
        for name, column in segments._asdict().items()
        if name != "hours"
    }
    return Segments(**columns, hours=segments.hours + more.hours)
