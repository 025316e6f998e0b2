"""Turn restrictions, compiled into the graph: junctions that have some are expanded (D10).

Every street that meets at such a junction ends at a node of its own there, and edges of no length
join each street's node with each other's. Such an edge is a turn, open to whom may make it. So no
search has to know of turns, and a junction without restrictions stays one node.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from feeds.issues import Issue, IssueLog
from graph_build.access import without_bikes
from graph_build.segments import SegmentHours, Segments, join_segments, list_ends, make_points
from graph_build.street_ways import StreetWays
from graph_build.timed_access import Spans
from graph_build.turn_rules import TurnRule
from planner.network import shape

_MOST_STREETS: Final = 16  # at one junction: 240 turns; more isn't a junction
_ENDS_OF: Final = ((shape.WALK, shape.WALK_ENDS), (shape.BIKE, shape.BIKE_ENDS),
                   (shape.CAR, shape.CAR_ENDS))  # fmt: skip

Pair = tuple[int, int]  # of a junction's streets, by their place in its list
Bans = Mapping[Pair, Mapping[Spans | None, int]]  # turn -> when -> whom it is forbidden


class _Street(NamedTuple):
    """One street at a junction: who may come in by it and go out, and which way one pushes."""

    arrive: int
    leave: int
    arrive_flags: int
    leave_flags: int


class _Turn(NamedTuple):
    """A turn edge's two directions, and the hours in which other access holds."""

    pair: Pair
    access: tuple[int, int]
    flags: tuple[int, int]
    hours: tuple[tuple[Spans, int, int], ...]


def expand_junctions(
    segments: Segments,
    ways: StreetWays,
    at_node: Mapping[int, Sequence[TurnRule]],
    issues: IssueLog,
) -> Segments:
    """`segments` with the junctions of `at_node` (node row -> rules) expanded.

    Rules that don't fit their junction are counted.
    """
    places_of = list_ends(segments, list(at_node))
    ends = (segments.first.copy(), segments.last.copy())
    columns: list[tuple[int, int, int, int]] = []  # place, first, last, facts
    turns: list[_Turn] = []
    nodes = len(segments.node_lat)
    for node, rules_here in at_node.items():
        places = places_of.get(node, [])
        streets = [_read_street(segments, *end) for end in places]
        bans = _find_bans(segments, places, streets, rules_here, issues)
        if not bans:
            continue
        own = [node, *range(nodes, nodes + len(places) - 1)]
        nodes += len(places) - 1
        for (segment, side), number in zip(places, own, strict=True):
            ends[side][segment] = number
        facts = min((segments.facts[s] for s, _ in places), key=ways.road_class.__getitem__)
        made = list(_make_turns(streets, bans))
        columns += [(node, own[turn.pair[0]], own[turn.pair[1]], int(facts)) for turn in made]
        turns += made
    if not turns:
        return segments
    moved = segments._replace(first=ends[0], last=ends[1])
    place, first, last, facts_of = np.array(columns).T
    return join_segments(
        moved,
        make_points(
            moved, place, first=first, last=last, facts=facts_of.astype(np.int32),
            access=np.array([turn.access for turn in turns], np.uint8),
            flags=np.array([turn.flags for turn in turns], np.uint8),
            hours=[
                SegmentHours(len(segments.first) + number, *hours)
                for number, turn in enumerate(turns)
                for hours in turn.hours
            ],
        ),
    )  # fmt: skip


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
        comes = [i for i in _of(way, rule.from_ways) if streets[i].arrive & rule.modes]
        goes = [j for j in _of(way, rule.to_ways) if streets[j].leave & rule.modes]
        turns = [(i, j) for i in comes for j in goes if i != j]
        fault = _find_fault([way[i] for i in comes], [way[j] for j in goes])
        if fault or not turns:
            _report(issues, rule, fault or "nobody can make that turn")
        elif rule.only:
            for i, j in turns:
                allowed.setdefault((i, rule.spans, rule.modes), set()).add(j)
        else:
            _forbid(bans, turns, rule.spans, rule.modes)
    for (i, spans, modes), wanted in allowed.items():
        others = [(i, j) for j in range(len(places)) if j != i and j not in wanted]
        _forbid(bans, others, spans, modes)
    return bans


def _of(way: Sequence[int], wanted: Sequence[int]) -> list[int]:
    return [i for i, one in enumerate(way) if one in wanted]


def _find_fault(comes: Sequence[int], goes: Sequence[int]) -> str:
    """Why the ways of a rule don't tell which streets it means; "" where they do."""
    if not comes or not goes:
        return f"no {'to' if comes else 'from'} street that vehicles can take"
    if len(set(comes)) < len(comes) or len(set(goes)) < len(goes):
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


def _make_turns(streets: Sequence[_Street], bans: Bans) -> Iterator[_Turn]:
    """The turns between each two streets of a junction."""
    inside, pushed = _find_inside(streets)
    modes = 0
    for street in streets:
        modes |= (street.arrive | street.leave) & (shape.WALK | shape.BIKE | shape.CAR)

    def make(i: int, j: int, spans: Spans | None) -> tuple[int, int]:
        common = streets[i].arrive_flags & streets[j].leave_flags & ~shape.PUSH
        access, pushes = _forbid_turn(modes, streets[i], streets[j], bans.get((i, j), {}), spans)
        ends = sum(ends for own, ends in _ENDS_OF if access & own) & inside
        push = shape.PUSH if access & shape.BIKE and (pushes or pushed) else 0
        return access | ends, common | push | shape.TURN

    for i, j in combinations(range(len(streets)), 2):
        there, back = make(i, j, None), make(j, i, None)
        times = {spans for turn in ((i, j), (j, i)) for spans in bans.get(turn, {}) if spans}
        hours = []
        for spans in sorted(times):
            then = (make(i, j, spans)[0], make(j, i, spans)[0])
            if then != (there[0], back[0]):
                hours.append((spans, *then))
        yield _Turn((i, j), (there[0], back[0]), (there[1], back[1]), tuple(hours))


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
    rides = not (before.arrive_flags | after.leave_flags) & shape.PUSH
    if not (banned & access & shape.BIKE and rides):
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
