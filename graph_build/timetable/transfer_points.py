"""Transfer points: where transfers.txt treats some of a stop's calls apart from the others.

A rule of a route or a trip holds for some of the calls at a stop. Calls that the same rules are
about share a transfer point; a change from one point to another is then one footpath, and takes
what the most specific rule between them says. Calls that no such rule is about stay at their
stop, which is the point of its own number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feeds.issues import Issue, IssueLog
from feeds.tables import GtfsFeed
from graph_build.timetable.call_points import PairRules, Parting, part_calls
from graph_build.timetable.compile import CompiledTimetable, spread
from graph_build.timetable.transfer_rules import (
    CallRule,
    Rules,
    read_call_rules,
    read_links,
    read_rules,
)
from planner.network.shape import Int32, Timetable
from planner.network.store import frozen
from planner.network.strings import Strings


class TransferPoints(NamedTuple):
    """The points of a network, and what transfers.txt says of changing between them.

    A pair of points without a rule of its own has that of its stops.
    """

    stop: Int32  # (n_points,) the first n_stops are the stops themselves
    rules: Rules  # by pair of stops
    pairs: PairRules  # by pair of points


def stops_as_points(n_stops: int, rules: Rules | None = None) -> TransferPoints:
    """The points where every call at a stop is treated alike; `rules` between stops, if any."""
    empty = np.empty(0, np.int64)
    none = Rules(empty, empty.astype(np.int8), empty.astype(np.int32))
    stop = frozen(np.arange(n_stops), np.int32)
    return TransferPoints(stop, rules or none, PairRules(none, empty.astype(bool)))


def compile_transfer_points(
    compiled: CompiledTimetable, feeds: Sequence[GtfsFeed], issues: IssueLog
) -> tuple[Timetable, TransferPoints]:
    """The timetable with its calls at transfer points and its trips linked, and the points.

    A stop sequence whose trips have different points is split; trips keep their order in it. Of
    a feed with so many rules that the changes would explode, those of trips are left out, or
    those of routes too, and counted.
    """
    stops, routes, timetable = compiled.stops, compiled.routes, compiled.timetable
    rules = read_rules(stops, feeds, issues)
    call_rules = read_call_rules(stops, routes, timetable, feeds, issues)
    links = read_links(stops, routes, timetable, feeds, issues)
    timetable = timetable._replace(
        stay_from=frozen(links.stay[:, 0], np.int32),
        stay_to=frozen(links.stay[:, 1], np.int32),
        leave_from=frozen(links.leave[:, 0], np.int32),
        leave_to=frozen(links.leave[:, 1], np.int32),
    )
    n_stops = len(stops.station)
    parting = _part_calls(timetable, n_stops, call_rules, issues)
    if parting is None or len(parting.point_stop) == n_stops:
        return timetable, stops_as_points(n_stops, rules)
    points = TransferPoints(parting.point_stop, rules, parting.pairs)
    return _regroup(timetable, parting), points


def _part_calls(
    timetable: Timetable, n_stops: int, rules: Sequence[CallRule], issues: IssueLog
) -> Parting | None:
    """Every call at its point, by as many of the rules as there may be; None for none."""
    parting = part_calls(timetable, n_stops, rules)
    if parting is None:
        kept = [r for r in rules if r.arriving.trips is None and r.departing.trips is None]
        parting = part_calls(timetable, n_stops, kept)
        which = "all of routes and trips" if parting is None else "those of trips"
        detail = f"{which}: the changes between so many kinds of calls would be too many"
        count = len(rules) - (0 if parting is None else len(kept))
        issue = Issue("transfer_rules_left_out", "transfers.txt", "ignored", detail)
        issues.add(issue, count)
    return parting


def _regroup(timetable: Timetable, parting: Parting) -> Timetable:
    """The timetable with every call at its point, each stop sequence split by its trips' points."""
    if not parting.trip_points:
        return timetable._replace(
            sequence_point=parting.sequence_point, point_stop=parting.point_stop
        )
    n_trips = len(timetable.trip_service)
    counts = np.diff(timetable.sequence_trip_offset)
    sequence = np.repeat(np.arange(len(counts)), counts)
    group = np.zeros(n_trips, np.int64)  # 0 for trips with the points of their sequence
    groups: dict[tuple[int, tuple[int, ...]], int] = {}
    for trip, points in parting.trip_points.items():
        key = (int(sequence[trip]), tuple(points.tolist()))
        group[trip] = groups.setdefault(key, len(groups) + 1)
    order = np.lexsort((group, sequence))  # stable
    starts = (np.diff(sequence[order]) != 0) | (np.diff(group[order]) != 0)
    first = np.append(0, np.flatnonzero(starts) + 1)[: len(order)]
    old = sequence[order][first]
    calls = spread(timetable.sequence_stop_offset[:-1][old], _lengths(timetable)[old])
    offset = np.concatenate(([0], np.cumsum(_lengths(timetable)[old])))
    sequence_point = parting.sequence_point[calls]
    for number, trip in enumerate(order[first].tolist()):
        if trip in parting.trip_points:
            sequence_point[offset[number] : offset[number + 1]] = parting.trip_points[trip]
    return _reorder_trips(timetable, order)._replace(
        sequence_stop_offset=frozen(offset, np.int32),
        sequence_stop=frozen(timetable.sequence_stop[calls], np.int32),
        sequence_point=frozen(sequence_point, np.int32),
        sequence_pickup_type=frozen(timetable.sequence_pickup_type[calls], np.uint8),
        sequence_drop_off_type=frozen(timetable.sequence_drop_off_type[calls], np.uint8),
        sequence_route=frozen(timetable.sequence_route[old], np.int32),
        sequence_trip_offset=frozen(np.append(first, n_trips), np.int32),
        point_stop=parting.point_stop,
    )


def _lengths(timetable: Timetable) -> Int32:
    """Calls of each stop sequence."""
    return np.diff(timetable.sequence_stop_offset)


def _reorder_trips(timetable: Timetable, order: NDArray[np.int64]) -> Timetable:
    """The same trips in another order, with all that is told of them."""
    n_events = np.diff(timetable.trip_event_offset)[order]
    events = spread(timetable.trip_event_offset[:-1][order], n_events)
    changed: dict[str, Any] = {
        "trip_event_offset": frozen(np.concatenate(([0], np.cumsum(n_events))), np.int64),
        "arrival": frozen(timetable.arrival[events], np.int32),
        "departure": frozen(timetable.departure[events], np.int32),
    }
    for name in timetable._fields:
        column = getattr(timetable, name)
        if name.startswith("trip_") and name not in changed:
            if isinstance(column, Strings):
                texts = list(column.list_all())
                changed[name] = Strings.of(texts[trip] for trip in order.tolist())
            else:
                changed[name] = frozen(column[order], column.dtype)
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order))
    for name in ("stay_from", "stay_to", "leave_from", "leave_to"):
        changed[name] = frozen(place[getattr(timetable, name)], np.int32)
    signed = place[timetable.signed_trip]
    by_trip = np.argsort(signed)
    changed["signed_trip"] = frozen(signed[by_trip], np.int32)
    changed["signed_row"] = frozen(timetable.signed_row[by_trip], np.int32)
    return timetable._replace(**changed)
