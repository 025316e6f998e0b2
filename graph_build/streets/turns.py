"""Turn restrictions, compiled into the graph: junctions that have some are expanded (D10).

At such a junction streets end at one node and begin at another, and edges of no length lead from
where one comes in to where one goes out: the turns, each open to whom may make it. Streets whose
turns are alike share their nodes. So no search has to know of turns, nobody makes two turns at
once, and a junction without restrictions stays one node.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feeds.issues import IssueLog
from graph_build.streets.access import without_bikes
from graph_build.streets.segments import SegmentHours, Segments, join_segments, make_points
from graph_build.streets.timed_access import Spans
from graph_build.streets.turn_bans import Bans, Street, find_junctions
from graph_build.streets.turn_rules import TurnRule
from graph_build.streets.ways import StreetWays
from planner.network import shape


class Ends(NamedTuple):
    """The nodes of segments by direction, (n_segments, 2): forward and backward."""

    tail: NDArray[np.int32]
    head: NDArray[np.int32]


class _Turn(NamedTuple):
    """A turn at all times, and the hours in which other access holds."""

    access: int
    flags: int
    hours: tuple[tuple[Spans, int], ...]


class _TurnEdge(NamedTuple):
    """A turn with its two nodes, the junction's own node row, and whose facts it has."""

    turn: _Turn
    come: int
    go: int
    place: int
    facts: int


def expand_junctions(
    segments: Segments,
    ways: StreetWays,
    at_node: Mapping[int, Sequence[TurnRule]],
    issues: IssueLog,
) -> tuple[Segments, Ends]:
    """`segments` with the junctions of `at_node` (node row -> rules) expanded, and their ends.

    Rules that don't fit their junction are counted.
    """
    tail = np.stack([segments.first, segments.last], axis=1)
    head = tail[:, ::-1].copy()
    edges: list[_TurnEdge] = []
    nodes = len(segments.node_lat)
    for node, (places, streets, bans) in find_junctions(segments, at_node, issues).items():
        turns = _list_turns(streets, bans)
        come, go = _group([tuple(row) for row in turns]), _group(list(zip(*turns, strict=True)))
        facts = int(min((segments.facts[s] for s, _ in places), key=ways.road_class.__getitem__))
        come_nodes = [node, *range(nodes, nodes + max(come))]
        nodes += max(come)
        go_nodes = range(nodes, nodes + max(go) + 1)
        nodes += max(go) + 1
        for i, (segment, side) in enumerate(places):
            head[segment, 1 - side] = come_nodes[come[i]]
            tail[segment, side] = go_nodes[go[i]]
        edges += [
            _TurnEdge(turns[come.index(a)][go.index(b)], come_nodes[a], go_nodes[b], node, facts)
            for a in range(max(come) + 1)
            for b in range(max(go) + 1)
        ]
    if not edges:
        return segments, Ends(tail, head)
    more = _make_edges(segments, edges)
    own = np.stack([more.first, more.last], axis=1)
    return join_segments(segments, more), Ends(
        np.concatenate([tail, own]), np.concatenate([head, own[:, ::-1]])
    )


def _make_edges(segments: Segments, edges: Sequence[_TurnEdge]) -> Segments:
    """Segments that are turns forward, and open to nobody backward."""
    come, go, place, facts = np.array([edge[1:] for edge in edges]).T
    return make_points(
        segments, place, first=come, last=go, facts=facts.astype(np.int32),
        access=np.array([(edge.turn.access, 0) for edge in edges], np.uint8),
        flags=np.array([(edge.turn.flags, shape.TURN) for edge in edges], np.uint8),
        hours=[
            SegmentHours(len(segments.first) + number, spans, access, 0)
            for number, edge in enumerate(edges)
            for spans, access in edge.turn.hours
        ],
    )  # fmt: skip


def _group(alike: Sequence[Hashable]) -> list[int]:
    """The number of each one's group: equal ones share it, 0, 1, ... in the order they come."""
    number: dict[Hashable, int] = {}
    return [number.setdefault(one, len(number)) for one in alike]


def _list_turns(streets: Sequence[Street], bans: Bans) -> list[list[_Turn]]:
    """The turns from each street of a junction into each, itself included."""
    modes, common = 0, 255 & ~shape.PUSH
    for street in streets:
        modes |= (street.arrive | street.leave) & (shape.WALK | shape.BIKE | shape.CAR)
        common &= street.arrive_flags & street.leave_flags

    def make(i: int, j: int, spans: Spans | None) -> tuple[int, int]:
        banned = bans.get((i, j), {})
        access, pushes = _forbid_turn(modes, streets[i], streets[j], banned, spans)
        return access, common | shape.TURN | (shape.PUSH if pushes else 0)

    def with_hours(i: int, j: int) -> _Turn:
        access, flags = make(i, j, None)
        times = sorted(spans for spans in bans.get((i, j), {}) if spans)
        hours = [(spans, make(i, j, spans)[0]) for spans in times]
        return _Turn(access, flags, tuple(one for one in hours if one[1] != access))

    n = range(len(streets))
    return [[with_hours(i, j) for j in n] for i in n]


def _forbid_turn(
    modes: int,
    before: Street,
    after: Street,
    bans: Mapping[Spans | None, int],
    spans: Spans | None,
) -> tuple[int, bool]:
    """Who of `modes` may turn from one street into another, and whether bicycles dismount for it.

    Streets that somebody may not use keep him out themselves, so that opening them later opens the
    turns too. Who may walk on both may push a bicycle round a turn that is forbidden always.
    """
    access = modes
    always = bans.get(None, 0)
    banned = always | bans.get(spans, 0)
    if banned & shape.CAR:
        access &= ~shape.CAR
    if not banned & before.comes & after.goes & shape.BIKE:
        return access, False
    if always & shape.BIKE and before.arrive & after.leave & shape.WALK:
        return access, True
    return without_bikes(access), False
