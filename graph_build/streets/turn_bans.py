"""Which turns are forbidden at a junction, to whom and when, by the rules for its streets (D10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from feeds.issues import Issue, IssueLog
from graph_build.streets.segments import Segments, list_ends
from graph_build.streets.timed_access import Spans
from graph_build.streets.turn_rules import TurnRule
from graph_build.streets.ways import StreetWays
from planner.network import shape

_MOST_STREETS: Final = 16  # at one junction: 256 turns; more isn't a junction
_TURN_ROUND_M: Final = 150.0  # nobody drives so far to turn round for a forbidden turn
_LINK_M: Final = 30.0  # nor over a few links of that length behind it
_LINKS: Final = 3

End = tuple[int, int]  # a segment, and its side that is at the junction: 0 for its first end, 1
Pair = tuple[int, int]  # of a junction's streets, by their place in its list
Bans = dict[Pair, dict[Spans | None, int]]  # turn -> when -> whom it is forbidden


class Street(NamedTuple):
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


class Junction(NamedTuple):
    """The ends of streets that meet, what each is, and which turns are forbidden there."""

    places: list[End]
    streets: list[Street]
    bans: Bans


def find_junctions(
    segments: Segments, at_node: Mapping[int, Sequence[TurnRule]], issues: IssueLog
) -> dict[int, Junction]:
    """Node row -> the junction there, for all that have restricted turns.

    Those are the junctions of `at_node` (node row -> rules), and the next ones at which a car
    would turn round to make the turn after all: no driver does that, but a search would.
    """
    found: dict[int, Junction] = {}
    for node, places in list_ends(segments, list(at_node)).items():
        streets = [_read_street(segments, *end) for end in places]
        bans = _find_bans(segments, places, streets, at_node[node], issues)
        if bans:
            found[node] = Junction(places, streets, bans)
    dodges = {end for junction in found.values() for end in _list_dodges(segments, junction)}
    by_node = _group_by_node(segments, dodges | _list_links(segments, dodges))
    for node, places in list_ends(segments, list(by_node)).items():
        streets = [_read_street(segments, *end) for end in places]
        junction = found.get(node, Junction(places, streets, {}))
        for end in by_node[node]:
            i = places.index(end)
            if any(one.goes & shape.CAR for j, one in enumerate(streets) if j != i):
                _forbid(junction.bans, [(i, i)], None, shape.CAR)
        if junction.bans:
            found[node] = junction
    return found


def _group_by_node(segments: Segments, ends: Iterable[End]) -> dict[int, list[End]]:
    found: dict[int, list[End]] = {}
    for segment, side in sorted(ends):
        node = int((segments.last if side else segments.first)[segment])
        found.setdefault(node, []).append((segment, side))
    return found


def _list_links(segments: Segments, ends: set[End]) -> set[End]:
    """The far ends of short two-way links behind `ends`, such as cross an avenue."""
    links: set[End] = set()
    fresh = ends
    for _ in range(_LINKS):
        by_node = _group_by_node(segments, fresh)
        fresh = {
            (segment, 1 - side)
            for node, places in list_ends(segments, list(by_node)).items()
            for segment, side in places
            if (segment, side) not in by_node[node]
            and segments.length_m[segment] <= _LINK_M
            and (segments.ever[segment] & shape.CAR).all()
        } - (links | ends)
        links |= fresh
    return links


def _list_dodges(segments: Segments, junction: Junction) -> Iterator[End]:
    """The far ends of streets on which cars could turn round to make a forbidden turn.

    They come by i and may not go out by j, but by k, and from there back and to j.
    """
    n = range(len(junction.places))

    def is_open(i: int, j: int) -> bool:
        banned = junction.bans.get((i, j), {}).get(None, 0) & shape.CAR
        return not banned and bool(junction.streets[i].comes & junction.streets[j].goes & shape.CAR)

    for k, (segment, side) in enumerate(junction.places):
        if segments.length_m[segment] <= _TURN_ROUND_M and any(
            is_open(i, k) and is_open(k, j) and (i, j) in junction.bans and not is_open(i, j)
            for i in n
            for j in n
            if k not in {i, j}
        ):
            yield segment, 1 - side


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


def _read_street(segments: Segments, segment: int, side: int) -> Street:
    access, flags = segments.ever[segment].tolist(), segments.flags[segment].tolist()
    return Street(access[1 - side], access[side], flags[1 - side], flags[side])


def _find_bans(
    segments: Segments,
    places: Sequence[End],
    streets: Sequence[Street],
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
