"""Trips of one feed as they run: by service day, headways unfolded, alike stop sequences together.

A *run* is one departure of a trip: a trip itself, or one of those that frequencies.txt gives it.
"""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feeds.issues import FeedError, IssueLog
from feeds.tables import GtfsFeed, StopTimes
from graph_build.timetable.calendar import compile_service_days
from planner.network.shape import Int32, Int64, UInt8

MAX_FREQUENCY_RUNS: Final = 5_000_000  # in one feed: more is a fault, or meant to do harm
_SHOWN: Final = 3

UInt64 = NDArray[np.uint64]


class Runs(NamedTuple):
    """What runs in one feed, sorted by stop sequence, then by departure from its first stop."""

    trip: Int32  # (n_runs,) row of trips
    sequence: Int32  # (n_runs,) 0, 1, 2, ... in rising order
    first_event: Int64  # (n_runs,) of stop_times
    n_events: Int32  # (n_runs,)
    shift: Int32  # (n_runs,) seconds to add to the trip's times
    headway: Int32  # (n_runs,) seconds where only the headway is published, else 0
    unfolded: NDArray[np.bool_]  # (n_runs,) given by frequencies.txt
    service: Int32  # (n_runs,) -> service_days
    service_days: UInt8  # (n_services, n_days), of the services in use


def compile_runs(
    feed: GtfsFeed, first: date, last: date, counts_on: NDArray[np.bool_], issues: IssueLog
) -> Runs:
    """Every run of `feed` on the dates `first` to `last`; trips that have none are counted.

    counts_on: bool (n_days,), False where nothing of the feed runs after all.
    Raises FeedError where frequencies.txt asks for more than MAX_FREQUENCY_RUNS.
    """
    times = feed.stop_times
    offset = np.flatnonzero(np.diff(times.trip, prepend=-1, append=-1))
    trip = times.trip[offset[:-1]]
    service, service_days = _find_services(feed, trip, first, last, counts_on)
    idle = service < 0
    if idle.any():
        _report_idle(feed, trip[idle], issues)
    sequence = group_sequences(feed, trip, offset)
    part, start, headway, unfolded = _unfold(feed, trip, ~idle)
    first_departure = times.departure[offset[part]]
    shift = np.where(unfolded, start - first_departure, 0)
    order = np.lexsort((trip[part], first_departure + shift, sequence[part]))
    part = part[order]
    _, compact = np.unique(sequence[part], return_inverse=True)
    return Runs(
        trip=trip[part],
        sequence=compact.astype(np.int32),
        first_event=offset[part].astype(np.int64),
        n_events=np.diff(offset)[part].astype(np.int32),
        shift=shift[order].astype(np.int32),
        headway=headway[order].astype(np.int32),
        unfolded=unfolded[order],
        service=service[part],
        service_days=service_days,
    )


def pack_calls(times: StopTimes) -> NDArray[np.uint32]:
    """uint32 (n_events,): 16 times a call's stop, and 4 times its pick-up and drop-off types."""
    packed = times.stop.astype(np.uint32) * 16
    packed += times.pickup_type.astype(np.uint32) * 4
    packed += times.drop_off_type
    return packed.astype(np.uint32, copy=False)


def group_sequences(feed: GtfsFeed, trip: Int32, offset: Int64) -> Int32:
    """Number of each trip's stop sequence; trips of one route with the same calls share it.

    trip: int32 (n_trips,), row of trips whose events are offset[i] : offset[i + 1]. Numbers rise
    with the route, then with the sequence's first trip.
    Calls are compared by a 64-bit hash, and then one by one: were two sequences to share a hash,
    another seed would be taken.
    """
    calls = pack_calls(feed.stop_times)
    route = pd.Index(feed.tables["routes"]["route_id"]).get_indexer(
        feed.tables["trips"]["route_id"]
    )
    route = route[trip]
    n_events = np.diff(offset)
    for seed in count():
        key = _hash_sequences(calls, offset, seed) ^ _mix(route.astype(np.uint64) + np.uint64(1))
        _, first, group = np.unique(key, return_index=True, return_inverse=True)
        model = first[group]  # the first trip with that hash
        if not np.array_equal(n_events, n_events[model]) or (route != route[model]).any():
            continue
        shift = np.repeat(offset[:-1] - offset[model], n_events)
        if np.array_equal(calls, calls[np.arange(len(calls)) - shift]):
            break
    rank = np.empty(len(first), np.int32)
    rank[np.lexsort((first, route[first]))] = np.arange(len(first))
    return rank[group]


def _hash_sequences(calls: NDArray[np.uint32], offset: Int64, seed: int) -> UInt64:
    """uint64 per trip: the sum of a mixed number for each call and its position."""
    position = np.arange(len(calls)) - np.repeat(offset[:-1], np.diff(offset))
    mixed = _mix(calls | (position.astype(np.uint64) << np.uint64(32)))
    mixed = _mix(mixed + np.uint64(seed))
    hashes: UInt64 = np.add.reduceat(mixed, offset[:-1])
    return hashes


def _mix(value: UInt64) -> UInt64:
    """Finaliser of SplitMix64 (Steele, Lea, Flood 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def _find_services(
    feed: GtfsFeed, trip: Int32, first: date, last: date, counts_on: NDArray[np.bool_]
) -> tuple[Int32, UInt8]:
    """Each trip's row in the matrix of the services that run; -1 where its service doesn't."""
    number, service_ids = pd.factorize(feed.tables["trips"]["service_id"].iloc[trip])
    days = compile_service_days(feed.tables, list(service_ids), first, last)
    days &= counts_on
    runs = days.any(axis=1)
    compact = np.where(runs, np.cumsum(runs) - 1, -1).astype(np.int32)
    return compact[number], days[runs]


def _unfold(
    feed: GtfsFeed, trip: Int32, active: NDArray[np.bool_]
) -> tuple[Int64, Int64, Int64, NDArray[np.bool_]]:
    """Runs as (place in `trip`, departure if unfolded, headway if not exact, is unfolded).

    A trip named in frequencies.txt runs only as that file says; its end_time is exclusive.
    """
    frequencies = feed.tables.get("frequencies")
    if frequencies is None or frequencies.empty:
        part = np.flatnonzero(active)
        return part, np.zeros_like(part), np.zeros_like(part), np.zeros(len(part), np.bool_)
    place = np.full(len(feed.tables["trips"]), -1)
    place[trip] = np.arange(len(trip))
    row = pd.Index(feed.tables["trips"]["trip_id"]).get_indexer(frequencies["trip_id"])
    template = place[row]
    usable = (template >= 0) & active[template]
    start, end, headway, exact = (
        frequencies[name].to_numpy(np.int64)[usable]
        for name in ("start_time", "end_time", "headway_secs", "exact_times")
    )
    template = template[usable]
    times = -(-(end - start) // headway)
    if times.sum() > MAX_FREQUENCY_RUNS:
        msg = f"{feed.name}: frequencies.txt asks for {times.sum():,} departures."
        raise FeedError(msg)
    step = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    departure = np.repeat(start, times) + step * np.repeat(headway, times)
    plain = np.flatnonzero(active & ~np.isin(np.arange(len(trip)), place[row]))
    none = np.zeros(len(plain), np.int64)
    unfolded = np.repeat([False, True], [len(plain), len(step)])
    return (
        np.concatenate([plain, np.repeat(template, times)]),
        np.concatenate([none, departure]),
        np.concatenate([none, np.repeat(np.where(exact == 1, 0, headway), times)]),
        unfolded,
    )


def _report_idle(feed: GtfsFeed, trip: Int32, issues: IssueLog) -> None:
    ids = feed.tables["trips"]["trip_id"].iloc[trip[:_SHOWN]].tolist()
    detail = "its service doesn't run on any of the dates"
    where = [f"{feed.name} trip_id {trip_id}" for trip_id in ids]
    issues.add_all("trip_never_runs", where, count=len(trip), done="dropped", detail=detail)
