"""Which calls share a transfer point: those that the same rules of transfers.txt are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_build.timetable.compile import spread
from graph_build.timetable.transfer_rules import CallRule, Calls, Rules
from planner.network.shape import NONE, Int32, Int64, Timetable
from planner.network.store import frozen

# Changes at a stop grow with the square of its points. Summed over all stops, these squares may
# be so many times the stops (as if each had four points), plus a handful for small networks.
MAX_GROWTH: Final = 16
_HANDFUL: Final = 10_000
MAX_MATCHES: Final = 2_000_000  # of rules with calls, and with pairs of points

_ANY: Final = int(NONE)
_Owner = tuple[int, int, int]  # whose calls: route, trip, stop; _ANY where it doesn't matter
_Numbers = frozenset[int]  # of rules
_Marks = Mapping[_Owner, tuple[set[int], set[int]]]  # rules about arriving there, and departing
_RulePoints = Mapping[int, Sequence[int]]  # the points that a rule is about


class PairRules(NamedTuple):
    """The most specific rule of each pair of points that has one of routes or trips.

    Where it isn't `stated`, no such rule names its stops at both ends: it holds for changes that
    there are without it.
    """

    rules: Rules  # by from_point * n_points + to_point
    stated: NDArray[np.bool_]


class Parting(NamedTuple):
    """Every call at its point."""

    point_stop: Int32  # (n_points,) the first n_stops are the stops themselves
    sequence_point: Int32  # by call of the stop sequences
    trip_points: Mapping[int, Int32]  # of trips unlike the others of their stop sequence
    pairs: PairRules


def part_calls(timetable: Timetable, n_stops: int, rules: Sequence[CallRule]) -> Parting | None:
    """Every call at its point; None where the changes between them would be too many."""
    marks = _mark_calls(timetable, rules)
    if marks is None:
        return None
    classes = _Classes(n_stops, marks)
    sequence_point = timetable.sequence_stop.copy()
    routes = [route for route, _, _ in marks]
    for sequence in np.flatnonzero(np.isin(timetable.sequence_route, routes)).tolist():
        sequence_point[calls_of(timetable, sequence)] = classes.find(timetable, sequence)
    trip_points = {}
    for trip in sorted({trip for _, trip, _ in marks} - {_ANY}):
        sequence = sequence_of(timetable, trip)
        own = classes.find(timetable, sequence, trip)
        if own != sequence_point[calls_of(timetable, sequence)].tolist():
            trip_points[trip] = own
    stop, number = classes.sort()
    if int((np.bincount(stop) ** 2).sum()) > MAX_GROWTH * n_stops + _HANDFUL:
        return None
    pairs = _pair_points(len(stop), rules, classes.list_points(stop, number))
    if pairs is None:
        return None
    return Parting(
        point_stop=frozen(stop, np.int32),
        sequence_point=frozen(number[sequence_point], np.int32),
        trip_points={t: frozen(number[own], np.int32) for t, own in trip_points.items()},
        pairs=pairs,
    )


def sequence_of(timetable: Timetable, trip: int) -> int:
    """The stop sequence of a trip."""
    return int(np.searchsorted(timetable.sequence_trip_offset, trip, "right")) - 1


def calls_of(timetable: Timetable, sequence: int) -> slice:
    """Where the calls of a stop sequence are in sequence_stop."""
    first, end = timetable.sequence_stop_offset[sequence : sequence + 2].tolist()
    return slice(first, end)


def _mark_calls(timetable: Timetable, rules: Sequence[CallRule]) -> _Marks | None:
    """Which rules are about which calls; None where there are too many of them.

    A rule one end of which never happens is about nothing.
    """
    callers = _Callers(timetable, rules)
    marks: dict[_Owner, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    total = 0
    for number, rule in enumerate(rules):
        ends = [list(callers.find(calls)) for calls in (rule.arriving, rule.departing)]
        total += sum(map(len, ends))
        if total > MAX_MATCHES:
            return None
        if all(ends):
            for side, owners in enumerate(ends):
                for owner in owners:
                    marks[owner][side].add(number)
    return dict(marks)


class _Callers:
    """Where routes and trips call."""

    def __init__(self, timetable: Timetable, rules: Sequence[CallRule]) -> None:
        named = {calls.route for rule in rules for calls in (rule.arriving, rule.departing)}
        self._timetable = timetable
        self._stops_of_route: dict[int, set[int]] = defaultdict(set)
        for sequence in np.flatnonzero(np.isin(timetable.sequence_route, list(named))).tolist():
            route = int(timetable.sequence_route[sequence])
            self._stops_of_route[route] |= self._stops_of(sequence)

    def find(self, calls: Calls) -> Iterator[_Owner]:
        """Whose calls these are, stop by stop; none where nothing of the kind calls."""
        if calls.trips is not None:
            for trip in calls.trips:
                served = self._stops_of(sequence_of(self._timetable, trip))
                yield from ((_ANY, trip, stop) for stop in _choose(served, calls))
        elif calls.route != NONE:
            served = self._stops_of_route[calls.route]
            yield from ((calls.route, _ANY, stop) for stop in _choose(served, calls))
        else:
            yield from ((_ANY, _ANY, stop) for stop in calls.stops or ())

    def _stops_of(self, sequence: int) -> set[int]:
        return set(self._timetable.sequence_stop[calls_of(self._timetable, sequence)].tolist())


def _choose(served: set[int], calls: Calls) -> set[int]:
    return served if calls.stops is None else served.intersection(calls.stops)


class _Classes:
    """The classes of calls: by stop, and the rules about arriving and departing there.

    Rules about every call at a stop set none apart.
    """

    def __init__(self, n_stops: int, marks: _Marks) -> None:
        self._n_stops, self._marks = n_stops, marks
        self._number: dict[tuple[int, _Numbers, _Numbers], int] = {}

    def find(self, timetable: Timetable, sequence: int, trip: int = _ANY) -> list[int]:
        """The classes of a stop sequence's calls, made by one of its trips or by any other."""
        route = int(timetable.sequence_route[sequence])
        stops = timetable.sequence_stop[calls_of(timetable, sequence)].tolist()
        return [self._find(stop, route, trip) for stop in stops]

    def _find(self, stop: int, route: int, trip: int) -> int:
        """The stop itself, or n_stops and more in the order in which they are asked for."""
        arriving, departing = self._about((route, _ANY, stop))
        if trip != NONE:
            more = self._about((_ANY, trip, stop))
            arriving, departing = arriving | more[0], departing | more[1]
        if not arriving and not departing:
            return stop
        following = self._n_stops + len(self._number)
        return self._number.setdefault((stop, arriving, departing), following)

    def _about(self, owner: _Owner) -> tuple[_Numbers, _Numbers]:
        arriving, departing = self._marks.get(owner, ((), ()))
        return frozenset(arriving), frozenset(departing)

    def sort(self) -> tuple[Int64, Int64]:
        """The stop of each point, sorted after the stops themselves, and each class's point."""
        stop = np.array([stop for stop, _, _ in self._number], np.int64)
        order = np.argsort(stop, kind="stable")
        stops = np.arange(self._n_stops)
        point = np.empty(len(stop), np.int64)
        point[order] = self._n_stops + np.arange(len(stop))
        return np.concatenate((stops, stop[order])), np.concatenate((stops, point))

    def list_points(self, stop: Int64, number: Int64) -> tuple[_RulePoints, _RulePoints]:
        """The points that each rule is about, for arriving there and for departing."""
        found: tuple[dict[int, list[int]], dict[int, list[int]]]
        found = (defaultdict(list), defaultdict(list))
        for (_, *about), one in self._number.items():
            for side in (0, 1):
                for rule in about[side]:
                    found[side][rule].append(int(number[one]))
        by_stop = np.argsort(stop, kind="stable")
        first = np.searchsorted(stop[by_stop], np.arange(self._n_stops + 1))
        for (route, trip, at), rules in self._marks.items():
            if route == trip == NONE:
                for side in (0, 1):
                    for rule in rules[side]:
                        found[side][rule] += by_stop[first[at] : first[at + 1]].tolist()
        return found


def _pair_points(
    n_points: int, rules: Sequence[CallRule], points: tuple[_RulePoints, _RulePoints]
) -> PairRules | None:
    """The rule of each pair of points; None where there are too many pairs."""
    numbers = sorted(points[0])
    counts = [np.array([len(side[n]) for n in numbers], np.int64) for side in points]
    pairs = counts[0] * counts[1]
    if pairs.sum() > MAX_MATCHES:
        return None
    at = np.repeat(np.arange(len(numbers)), pairs)
    places = np.divmod(spread(np.zeros(len(numbers), np.int64), pairs), counts[1][at])
    a, b = (
        np.fromiter(chain.from_iterable(side[n] for n in numbers), np.int64)[
            (np.cumsum(count) - count)[at] + place
        ]
        for side, count, place in zip(points, counts, places, strict=True)
    )
    number = np.array(numbers, np.int64)[at]
    rank = np.array([rule.rank for rule in rules], np.int64)[number]
    order = np.lexsort((number, rank, a * n_points + b))
    key, number = (a * n_points + b)[order], number[order]
    first = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
    best = number[np.append(first[1:], len(key)) - 1] if len(key) else number
    named = [None not in (rule.arriving.stops, rule.departing.stops) for rule in rules]
    stated = np.array(named, bool)[number]
    return PairRules(
        Rules(
            key[first],
            np.array([rules[n].type for n in best.tolist()], np.int8),
            np.array([rules[n].min_s for n in best.tolist()], np.int32),
        ),
        np.logical_or.reduceat(stated, first) if len(key) else stated,
    )
