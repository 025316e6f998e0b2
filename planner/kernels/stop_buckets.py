"""Ways between a point and all stops near: one climb, and the buckets that the stops have filled.

Knopp, Sanders, Schultes, Schulz and Wagner, "Computing Many-to-Many Shortest Paths Using Highway
Hierarchies" (2007). Every stop has left its search space in buckets at the ranks of it.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.kernels.contraction import CLOSED, DURATION_BITS, DURATION_MASK
from planner.kernels.hierarchy import Climbed, climb, meet
from planner.kernels.street_ends import (
    BACKWARD,
    FORWARD,
    PENALTY,
    Ends,
    across,
    along_a_street,
    meets_only,
    seeds_at,
)
from planner.kernels.street_search import Seeds
from planner.network.shape import (
    UNREACHED,
    WALK_ENDS,
    Float32,
    Hierarchy,
    Int32,
    Int64,
    Metric,
    Slopes,
    StopBuckets,
    Streets,
)
from planner.network.store import frozen
from planner.network.straight_walk import EARTH_M

_MOST_DOUBTFUL: Final = 16  # one search for all takes as long as so many of one each
_FOREVER: Final = 2**31 - 1


class Buckets(NamedTuple):
    """One direction of StopBuckets."""

    offset: Int32
    stop: Int32
    weight: Int64


class Nearby(NamedTuple):
    """What finds the stops, or other points, that a way leads to without a node in between."""

    street: Int32  # the streets that they are linked to, rising
    street_stop: Int32  # and which of them it is
    by_lat: Int32  # those that have coordinates, from south to north
    open_m: Float32  # (1,) the widest circle around one without a street in it


def nearby_of(stops: Ends) -> Nearby:
    """The index of all `stops`."""
    edge = stops.snaps.edge
    stop = np.repeat(np.arange(len(stops.lat)), np.diff(stops.snap_offset))
    by_street = np.lexsort((stop, edge))
    by_lat = np.argsort(stops.lat, kind="stable")[: np.count_nonzero(~np.isnan(stops.lat))]
    return Nearby(
        street=frozen(edge[by_street], np.int32),
        street_stop=frozen(stop[by_street], np.int32),
        by_lat=frozen(by_lat, np.int32),
        open_m=frozen(np.array([stops.snaps.distance_m.max(initial=0.0)]), np.float32),
    )


@njit(cache=True, nogil=True)
def fill_buckets(
    hierarchy: Hierarchy,
    slopes: Slopes,
    streets: Streets,
    metric: Metric,
    stops: Ends,
    direction: int,
    max_ds: int,
    pace: float,
) -> Buckets:
    """The search spaces of all stops by rank, each rank's ways by duration, then stop.

    direction: FORWARD for ways from the stops, BACKWARD for ways to them.
    """
    found = gather_buckets(hierarchy, slopes, streets, metric, stops, direction, max_ds, pace)
    for node in range(hierarchy.parent.size):
        row = slice(found.offset[node], found.offset[node + 1])
        order = np.argsort(found.weight[row] & DURATION_MASK, kind="mergesort")
        found.stop[row] = found.stop[row][order]
        found.weight[row] = found.weight[row][order]
    return found


@njit(cache=True, nogil=True)
def gather_buckets(
    hierarchy: Hierarchy,
    slopes: Slopes,
    streets: Streets,
    metric: Metric,
    stops: Ends,
    direction: int,
    max_ds: int,
    pace: float,
) -> Buckets:
    """The search spaces of all stops by rank, each rank's by stop; as `fill_buckets`."""
    n_nodes = hierarchy.parent.size
    rank = np.empty(1024, np.int32)
    stop = np.empty(1024, np.int32)
    weight = np.empty(1024, np.int64)
    offset = np.zeros(n_nodes + 1, np.int32)
    count = 0
    for i in range(stops.lat.size):
        seeds = seeds_at(streets, metric, stops, i, direction, pace)
        space = climb(hierarchy, slopes, seeds, direction, max_ds)
        while count + space.rank.size > rank.size:
            rank, stop, weight = _doubled(rank), _doubled(stop), _doubled(weight)
        for k in range(space.rank.size):
            rank[count] = space.rank[k]
            stop[count] = i
            weight[count] = space.weight[k]
            offset[rank[count] + 1] += 1
            count += 1
    for node in range(n_nodes):
        offset[node + 1] += offset[node]
    at = offset[:-1].copy()
    place = np.empty(count, np.int32)
    for k in range(count):
        place[at[rank[k]]] = k
        at[rank[k]] += 1
    return Buckets(offset, stop[place], weight[place])


@njit(cache=True, nogil=True)
def _doubled(values: NDArray) -> NDArray:
    larger = np.empty(2 * values.size, values.dtype)
    larger[: values.size] = values
    return larger


@njit(cache=True, nogil=True)
def reach_by_buckets(
    hierarchy: Hierarchy,
    slopes: Slopes,
    buckets: StopBuckets,
    streets: Streets,
    metric: Metric,
    start: Ends,
    start_index: int,
    stops: Ends,
    direction: int,
    max_ds: int,
    pace: float,
) -> tuple[Int32, bool]:
    """Durations of the cheapest ways from a point to every stop (BACKWARD: from the stops).

    UNREACHED beyond `max_ds`, which is at most the buckets' own. A way longer than `max_ds` isn't
    in them, so one that costs more than such a way must cost is doubtful, and looked up without
    a limit; a walker's cost is the duration, and a penalty for each entry of streets open only at
    the ends of a trip. False where too many are doubtful to be looked up one by one.
    """
    seeds = seeds_at(streets, metric, start, start_index, direction, pace)
    best = np.full(stops.lat.size, CLOSED, np.int64)
    _meet_all(hierarchy, slopes, buckets, seeds, direction, max_ds, best)
    near = Nearby(buckets.street, buckets.street_stop, buckets.by_lat, buckets.open_m)
    meet_near(near, streets, metric, start, start_index, stops, direction, pace, best)
    durations, dear = _within(best, max_ds)
    space = Climbed(np.empty(0, np.int32), np.empty(0, np.int64))
    doubtful = 0
    for stop in dear:
        way = best[stop]
        if way >> DURATION_BITS <= max_ds + PENALTY and _goes_in(
            streets, metric, start, start_index, stops, stop, direction
        ):
            continue
        doubtful += 1
        if doubtful > _MOST_DOUBTFUL:
            return durations, False
        if doubtful == 1:
            space = climb(hierarchy, slopes, seeds, direction, _FOREVER)
        ends = seeds_at(streets, metric, stops, stop, 1 - direction, pace)
        way = min(way, meet(space, climb(hierarchy, slopes, ends, 1 - direction, _FOREVER)))
        duration = way & DURATION_MASK
        durations[stop] = duration if duration <= max_ds else UNREACHED
    return durations, True


@njit(cache=True, nogil=True)
def _within(best: NDArray[np.int64], max_ds: int) -> tuple[Int32, Int32]:
    """Durations of the ways of at most `max_ds`, and the stops to which they cost more than that.

    A loop of its own: one that might call with all the streets counts references at every stop.
    """
    durations = np.full(best.size, UNREACHED, np.int32)
    dear = np.empty(best.size, np.int32)
    count = 0
    for stop in range(best.size):
        duration = best[stop] & DURATION_MASK
        if best[stop] < CLOSED and duration <= max_ds:
            durations[stop] = duration
            if best[stop] >> DURATION_BITS > max_ds:
                dear[count] = stop
                count += 1
    return durations, dear[:count]


@njit(cache=True, nogil=True)
def _goes_in(
    streets: Streets,
    metric: Metric,
    start: Ends,
    start_index: int,
    stops: Ends,
    stop: int,
    direction: int,
) -> bool:
    """Whether one leaves streets open to all for such as are open only at the ends of a walk.

    Every such way pays the penalty once at least.
    """
    return meets_only(
        streets, metric, start, start_index, WALK_ENDS, direction == BACKWARD
    ) and meets_only(streets, metric, stops, stop, WALK_ENDS, direction == FORWARD)


@njit(cache=True, nogil=True)
def _meet_all(
    hierarchy: Hierarchy,
    slopes: Slopes,
    buckets: StopBuckets,
    seeds: Seeds,
    direction: int,
    max_ds: int,
    best: NDArray[np.int64],
) -> None:
    """Lower `best` to the least weight of a way over a node."""
    if direction == FORWARD:
        row = Buckets(buckets.to_offset, buckets.to_stop, buckets.to_weight)
    else:
        row = Buckets(buckets.from_offset, buckets.from_stop, buckets.from_weight)
    space = climb(hierarchy, slopes, seeds, direction, max_ds)
    for i in range(space.rank.size):
        weight = space.weight[i]
        left = max_ds - (weight & DURATION_MASK)
        for k in range(row.offset[space.rank[i]], row.offset[space.rank[i] + 1]):
            if row.weight[k] & DURATION_MASK > left:
                break
            best[row.stop[k]] = min(best[row.stop[k]], weight + row.weight[k])


@njit(cache=True, nogil=True)
def meet_near(
    near: Nearby,
    streets: Streets,
    metric: Metric,
    start: Ends,
    start_index: int,
    stops: Ends,
    direction: int,
    pace: float,
    best: NDArray[np.int64],
) -> None:
    """Lower `best` to the weight of a way along one street, or across the open."""
    first, last = start.snap_offset[start_index], start.snap_offset[start_index + 1]
    for snap in range(first, last):
        edge = start.snaps.edge[snap]
        at = np.searchsorted(near.street, edge)
        while at < near.street.size and near.street[at] == edge:
            stop = near.street_stop[at]
            way = along_a_street(streets, metric, start, start_index, stops, stop, direction, pace)
            best[stop] = min(best[stop], _weight(way[0], way[1]))
            at += 1
    open_m = start.snaps.distance_m[first] if first < last else 0.0
    around = 1.001 * math.degrees((open_m + near.open_m[0]) / EARTH_M)  # `beeline_m` is rounded
    south = start.lat[start_index] - around
    low, high = 0, near.by_lat.size
    while low < high:
        middle = (low + high) // 2
        if stops.lat[near.by_lat[middle]] < south:
            low = middle + 1
        else:
            high = middle
    while low < near.by_lat.size:
        stop = near.by_lat[low]
        if not stops.lat[stop] <= start.lat[start_index] + around:
            break
        straight = across(start, start_index, stops, stop, pace)
        best[stop] = min(best[stop], _weight(straight, straight))
        low += 1


@njit(cache=True, nogil=True)
def _weight(cost: int, duration: int) -> int:
    """Both as one integer; CLOSED where there is no way."""
    if cost >= UNREACHED:
        return CLOSED
    return int((np.int64(cost) << DURATION_BITS) + duration)
