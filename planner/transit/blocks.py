"""Trips that one vehicle runs one after another, and that riders may stay in.

GTFS says it in two ways: trips of one block_id on one service day follow one another, and a
transfer of type 4 names a pair of trips; one of type 5 forbids it ("transfers.txt", "Linked
trips", GTFS schedule reference).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.shape import NONE, Int32, Int64, Stops, Timetable
from planner.network.straight_walk import beelines_m

SAME_PLACE_M: Final = 200.0  # a block's next trip begins where the last one ended
MAX_LAYOVER_S: Final = 1800  # nobody waits longer in a vehicle of which only the block is known
MAX_PARTS: Final = 100  # trips in one run; more is a circle of trips that take no time


class RunningTrips(NamedTuple):
    """Trips of a day's slice: (n,) each."""

    trip: Int32  # of the network's timetable
    shift: Int32  # seconds from the trip's own service day to the slice's clock
    day: Int32  # its service day, in days after the slice's own date
    begin: Int32  # first departure on the slice's clock
    end: Int32  # last arrival


class Runs(NamedTuple):
    """What vehicles do without their riders having to get out: one trip or several."""

    part_offset: Int64  # (n_runs + 1,) -> part
    part: Int32  # -> RunningTrips


def link_runs(
    timetable: Timetable, stops: Stops, running: RunningTrips, usable: NDArray[np.bool_]
) -> Runs:
    """The runs of a day: every usable trip in one, in several where a train is split or joined.

    usable: (n_running,); riders can't stay through a trip that isn't.
    """
    source, target = _links(timetable, stops, running)
    both = usable[source] & usable[target]
    chains = _chains(source[both], target[both])
    alone = usable.copy()
    for chain in chains:
        alone[chain] = False
    single = np.flatnonzero(alone)
    counts = np.concatenate([np.ones(len(single), np.int64), [len(chain) for chain in chains]])
    parts = np.concatenate([single, *chains]) if chains else single
    offset = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offset[1:])
    return Runs(offset, parts.astype(np.int32))


def _links(timetable: Timetable, stops: Stops, running: RunningTrips) -> tuple[Int64, Int64]:
    """Pairs of running trips between which riders may stay; a named pair beats the block."""
    named_source, named_target = _named_links(timetable, running)
    source, target = _block_links(timetable, stops, running)
    named = np.zeros(len(running.trip), np.bool_)
    named[named_source] = True
    kept = ~named[source]
    source = np.concatenate([named_source, source[kept]])
    target = np.concatenate([named_target, target[kept]])
    return source, target


def _named_links(timetable: Timetable, running: RunningTrips) -> tuple[Int64, Int64]:
    """Pairs of type 4 on one service day, or where need be on the following one."""
    nothing = np.empty(0, np.int64)
    if timetable.stay_from.size == 0:
        return nothing, nothing
    instances: dict[int, list[int]] = {}
    for i in np.flatnonzero(np.isin(running.trip, timetable.stay_to)).tolist():
        instances.setdefault(int(running.trip[i]), []).append(i)
    wanted: dict[int, list[int]] = {}
    for a, b in zip(timetable.stay_from.tolist(), timetable.stay_to.tolist(), strict=True):
        wanted.setdefault(a, []).append(b)
    pairs = []
    for i in np.flatnonzero(np.isin(running.trip, timetable.stay_from)).tolist():
        for b in wanted[int(running.trip[i])]:
            later = [
                j
                for j in instances.get(b, [])
                if running.day[j] >= running.day[i] and running.begin[j] >= running.end[i]
            ]
            if later:
                pairs.append((i, min(later, key=lambda j: int(running.begin[j]))))
    found = np.array(pairs, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _block_links(timetable: Timetable, stops: Stops, running: RunningTrips) -> tuple[Int64, Int64]:
    """Consecutive trips of a block that don't overlap, meet in place, and aren't set apart."""
    block = timetable.trip_block[running.trip]
    rows = np.flatnonzero(block != NONE)
    order = rows[
        np.lexsort((running.end[rows], running.begin[rows], running.day[rows], block[rows]))
    ]
    source, target = order[:-1], order[1:]
    wait = running.begin[target].astype(np.int64) - running.end[source]
    linked = (block[source] == block[target]) & (running.day[source] == running.day[target])
    linked &= (wait >= 0) & (wait <= MAX_LAYOVER_S)
    linked &= ~_apart(timetable, running.trip[source], running.trip[target])
    source, target = source[linked], target[linked]
    near = _same_place(timetable, stops, running.trip[source], running.trip[target])
    return source[near], target[near]


def _apart(timetable: Timetable, a: Int32, b: Int32) -> NDArray[np.bool_]:
    """Which pairs of trips a transfer of type 5 forbids."""
    n = np.int64(len(timetable.trip_service))
    forbidden = timetable.leave_from.astype(np.int64) * n + timetable.leave_to
    return np.isin(a.astype(np.int64) * n + b, forbidden)


def _same_place(timetable: Timetable, stops: Stops, a: Int32, b: Int32) -> NDArray[np.bool_]:
    """Which pairs of trips meet: the last stop of one and the first of the other."""
    offset = timetable.sequence_stop_offset
    sequence_a, sequence_b = (
        np.searchsorted(timetable.sequence_trip_offset, trip, "right") - 1 for trip in (a, b)
    )
    last = timetable.sequence_stop[offset[sequence_a + 1] - 1]
    first = timetable.sequence_stop[offset[sequence_b]]
    away = beelines_m(stops.lat[last], stops.lon[last], stops.lat[first], stops.lon[first])
    same: NDArray[np.bool_] = (stops.station[last] == stops.station[first]) | (away <= SAME_PLACE_M)
    return same


def _chains(source: Int64, target: Int64) -> list[list[int]]:
    """Every way along the links from a trip that nothing precedes to one that nothing follows."""
    following: dict[int, list[int]] = {}
    for a, b in zip(source.tolist(), target.tolist(), strict=True):
        following.setdefault(a, []).append(b)
    chains = []
    begun = [[trip] for trip in sorted(set(source.tolist()) - set(target.tolist()))]
    while begun:
        chain = begun.pop()
        further = following.get(chain[-1], []) if len(chain) < MAX_PARTS else []
        if further:
            begun += [[*chain, trip] for trip in further]
        else:
            chains.append(chain)
    return chains
