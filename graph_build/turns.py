"""Turn restrictions, compiled into the graph: junctions that have some are expanded (D10).

At such a junction streets end at one node and begin at another, and edges of no length lead from
where one comes in to where one goes out: the turns, each open to whom may make it. Streets whose
turns are alike share their nodes. So no search has to know of turns, nobody makes two turns at
once, and a junction without restrictions stays one node.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feeds.issues import Issue, IssueLog
from graph_build.access import without_bikes
from graph_build.segments import SegmentHours, Segments, join_segments, list_ends, make_points
from graph_build.street_ways import StreetWays
from graph_build.timed_access import Spans
from graph_build.turn_rules import TurnRule
from planner.network import shape

_MOST_STREETS: Final = 16  # at one junction: 256 turns; more isn't a junction
_ENDS_OF: Final = ((shape.WALK, shape.WALK_ENDS), (shape.BIKE, shape.BIKE_ENDS),
                   (shape.CAR, shape.CAR_ENDS))  # fmt: skip

Pair = tuple[int, int]  # of a junction's streets, by their place in its list
Bans = Mapping[Pair, Mapping[Spans | None, int]]  # turn -> when -> whom it is forbidden


class Ends(NamedTuple):
    """The nodes of segments by direction, (n_segments, 2): forward and backward."""

    tail: NDArray[np.int32]
    head: NDArray[np.int32]


class _Street(NamedTuple):
    """One street at a junction: who may come in by it and go out, and which way one pushes."""

    arrive: int
    leave: int
    arrive_flags: int
    leave_flags: int

    @property
    def comes(self) -> int:
        """Who comes in by it on wheels: who pushes a bicycle walks."""
        return self.arrive & ~(shape.BIKE if self.arrive_flags & shape.PUSH else 0)

    @property
    def goes(self) -> int:
        """Who goes out by it on wheels."""
        return self.leave & ~(shape.BIKE if self.leave_flags & shape.PUSH else 0)


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
    places_of = list_ends(segments, list(at_node))
    tail = np.stack([segments.first, segments.last], axis=1)
    head = tail[:, ::-1].copy()
    edges: list[_TurnEdge] = []
    nodes = len(segments.node_lat)
    for node, rules_here in at_node.items():
        places = places_of.get(node, [])
        streets = [_read_street(segments, *end) for end in places]
        bans = _find_bans(segments, places, streets, rules_here, issues)
        if not bans:
            continue
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


def group_rules(
    ways: StreetWays, rules: Iterable[TurnRule], issues: IssueLog
) -> dict[int, list[TurnRule]]:
    """Node row -> the rules of the junction there."""
    found: dict[int, list[TurnRule]] = {}
    for rule in rules:
        row = int(np.searchsorted(ways.node_osm_id, rule.via))
        if row == len(ways.node_osm_id) or ways.node_osm_id[row] != rule.via:
            _report(issues, rule, "its junction isn't there")
            continue
        found.setdefault(row, []).append(rule)
    return found


def _report(issues: IssueLog, rule: TurnRule, why: str) -> None:
    issues.add(Issue("turn_restriction_broken", f"relation {rule.relation_id}", "dropped", why))


def _read_street(segments: Segments, segment: int, side: int) -> _Street:
    access, flags = segments.ever[segment].tolist(), segments.flags[segment].tolist()
    return _Street(access[1 - side], access[side], flags[1 - side], flags[side])


def _find_bans(
    segments: Segments,
    places: Sequence[tuple[int, int]],
    streets: Sequence[_Street],
    rules: Iterable[TurnRule],
    issues: IssueLog,
) -> Bans:
    """The turns that are forbidden to somebody at some time."""
    if len(places) > _MOST_STREETS:
        for rule in rules:
            _report(issues, rule, f"{len(places)} streets meet there")
        return {}
    way = [int(segments.way_id[segment]) for segment, _ in places]
    bans: dict[Pair, dict[Spans | None, int]] = {}
    allowed: dict[tuple[int, Spans | None, int], set[int]] = {}  # by only_ rules of one street
    for rule in rules:
        comes = [i for i in _of(way, rule.from_ways) if streets[i].comes & rule.modes]
        goes = [j for j in _of(way, rule.to_ways) if streets[j].goes & rule.modes]
        turns = [(i, j) for i in comes for j in goes if (i == j) == rule.back]
        fault = _find_fault(rule, [way[i] for i in comes], [way[j] for j in goes])
        if fault or not turns:
            _report(issues, rule, fault or "nobody can make that turn")
        elif rule.only:
            for i, j in turns:
                allowed.setdefault((i, rule.spans, rule.modes), set()).add(j)
        else:
            _forbid(bans, turns, rule.spans, rule.modes)
    for (i, spans, modes), wanted in allowed.items():
        others = [(i, j) for j in range(len(places)) if j not in wanted]
        _forbid(bans, others, spans, modes)
    return bans


def _of(way: Sequence[int], wanted: Sequence[int]) -> list[int]:
    return [i for i, one in enumerate(way) if one in wanted]


def _find_fault(rule: TurnRule, comes: Sequence[int], goes: Sequence[int]) -> str:
    """Why the ways of a rule don't tell which streets it means; "" where they do."""
    if not comes or not goes:
        return f"no {'to' if comes else 'from'} street that vehicles can take"
    if not rule.back and (len(set(comes)) < len(comes) or len(set(goes)) < len(goes)):
        return "a way runs through its junction"
    return ""


def _forbid(
    bans: dict[Pair, dict[Spans | None, int]],
    turns: Iterable[Pair],
    spans: Spans | None,
    modes: int,
) -> None:
    for turn in turns:
        whom = bans.setdefault(turn, {})
        whom[spans] = whom.get(spans, 0) | modes


def _list_turns(streets: Sequence[_Street], bans: Bans) -> list[list[_Turn]]:
    """The turns from each street of a junction into each, itself included."""
    inside, pushed = _find_inside(streets)
    modes, common = 0, 255 & ~shape.PUSH
    for street in streets:
        modes |= (street.arrive | street.leave) & (shape.WALK | shape.BIKE | shape.CAR)
        common &= street.arrive_flags & street.leave_flags

    def make(i: int, j: int, spans: Spans | None) -> tuple[int, int]:
        banned = bans.get((i, j), {})
        access, pushes = _forbid_turn(modes, streets[i], streets[j], banned, spans)
        ends = sum(ends for own, ends in _ENDS_OF if access & own) & inside
        push = shape.PUSH if access & shape.BIKE and (pushes or pushed) else 0
        return access | ends, common | push | shape.TURN

    def with_hours(i: int, j: int) -> _Turn:
        access, flags = make(i, j, None)
        times = sorted(spans for spans in bans.get((i, j), {}) if spans)
        hours = [(spans, make(i, j, spans)[0]) for spans in times]
        return _Turn(access, flags, tuple(one for one in hours if one[1] != access))

    n = range(len(streets))
    return [[with_hours(i, j) for j in n] for i in n]


def _forbid_turn(
    modes: int,
    before: _Street,
    after: _Street,
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


def _find_inside(streets: Sequence[_Street]) -> tuple[int, bool]:
    """What all streets of a junction share, so that turning there doesn't leave it.

    The `_ENDS` bits of the modes for which all are private, and whether bicycles are pushed on all.
    """
    sides = [(s.arrive, s.arrive_flags) for s in streets] + [
        (s.leave, s.leave_flags) for s in streets
    ]
    inside = 0
    for own, ends in _ENDS_OF:
        if all(access & ends for access, _ in sides if access & own):
            inside |= ends
    pushed = all(flags & shape.PUSH for access, flags in sides if access & shape.BIKE)
    return inside, pushed
