"""Ways to the stops around a point, or around each of many stops, by bounded searches.

A search bounded by time may leave out the streets of a way that is cheaper, yet longer, than the
one it finds. Where that is so it is made again with twice the bound, until no stop is in doubt.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.kernels.street_ends import (
    FORWARD,
    NO_VIA,
    Ends,
    finish,
    may_cost_less,
    seeds_at,
)
from planner.kernels.street_search import (
    DURATION,
    NO_SEEDS,
    PARENT,
    Adjacency,
    Workspace,
    reset,
    search,
)
from planner.network.shape import UNREACHED, Float32, Int32, Metric, Streets


class StopsAtNodes(NamedTuple):
    """Which stops have a link on a street that begins or ends at a node."""

    node_offset: Int32  # (n_nodes + 1,) -> stop
    stop: Int32


class StopWays(NamedTuple):
    """Ways of one profile between different stops, by first stop."""

    from_stop: Int32
    to_stop: Int32
    duration: Int32  # tenths of a second
    length_m: Float32
    farthest: Int32  # (stops searched from,) the longest way from each, wherever it leads


@njit(cache=True, nogil=True)
def ways_between_stops(
    streets: Streets,
    adjacency: Adjacency,
    metric: Metric,
    stops: Ends,
    near: StopsAtNodes,
    origins: Int32,
    max_duration: int,
    pace: float,
    work: Workspace,
) -> StopWays:
    """The profile of `metric` from each of `origins` to every stop within `max_duration` tenths.

    near: the stops that are led to. pace: tenths of a second per metre off the streets.
    farthest is UNREACHED where streets lead on beyond `max_duration`. A stop across the open is
    found where the streets lead to it in that time too.
    """
    found = StopWays(
        np.empty(1024, np.int32),
        np.empty(1024, np.int32),
        np.empty(1024, np.int32),
        np.empty(1024, np.float32),
        np.zeros(origins.size, np.int32),
    )
    looked_at = np.full(stops.lat.size, -1, np.int32)  # by the last search of all, by its number
    count = 0
    searches = 0
    for i in range(origins.size):
        seeds = seeds_at(streets, metric, stops, origins[i], FORWARD, pace)
        before = count
        limit = max_duration
        while True:
            n_nodes = streets.node_lat.size
            settled = search(adjacency, metric, seeds, NO_SEEDS, limit, n_nodes, work)
            if limit == max_duration:
                found.farthest[i] = _farthest(streets, metric, work, settled, limit)
            searches += 1
            looked_at[origins[i]] = searches
            count = before
            certain = True
            # The ends of the stop's own streets too, for stops before the first node.
            for k in range(settled + seeds.node.size):
                node = work.order[k] if k < settled else seeds.node[k - settled]
                for n in range(near.node_offset[node], near.node_offset[node + 1]):
                    stop = near.stop[n]
                    if looked_at[stop] == searches:
                        continue
                    looked_at[stop] = searches
                    cost, time, gate, via = finish(
                        work.labels, streets, metric, stops, origins[i], stops, stop, FORWARD, pace
                    )
                    if time > max_duration:
                        continue
                    certain &= cost <= work.frontier[0] or not may_cost_less(
                        work, streets, metric, stops, stop, FORWARD, pace, cost
                    )
                    if count == found.to_stop.size:
                        found = _with_room(found)
                    found.from_stop[count] = origins[i]
                    found.to_stop[count] = stop
                    found.duration[count] = time
                    found.length_m[count] = _length_m(
                        work.labels, streets, stops, origins[i], stop, time, gate, via, pace
                    )
                    count += 1
            reset(work, settled)
            if certain:
                break
            limit *= 2
    return StopWays(
        found.from_stop[:count],
        found.to_stop[:count],
        found.duration[:count],
        found.length_m[:count],
        found.farthest,
    )


@njit(cache=True, nogil=True)
def reach_by_search(
    streets: Streets,
    adjacency: Adjacency,
    metric: Metric,
    start: Ends,
    start_index: int,
    stops: Ends,
    direction: int,
    max_duration: int,
    max_settled: int,
    pace: float,
    work: Workspace,
) -> tuple[Int32, int]:
    """Durations of the cheapest ways from a point to every stop (BACKWARD: from the stops).

    adjacency: of that direction. Beyond `max_duration` some value above it. And how many nodes the
    last search settled: at `max_settled` the durations aren't certain.
    """
    seeds = seeds_at(streets, metric, start, start_index, direction, pace)
    durations = np.empty(stops.lat.size, np.int32)
    limit = max_duration
    while True:
        settled = search(adjacency, metric, seeds, NO_SEEDS, limit, max_settled, work)
        certain = True
        for stop in range(stops.lat.size):
            cost, durations[stop], _, _ = finish(
                work.labels, streets, metric, start, start_index, stops, stop, direction, pace
            )
            if cost > work.frontier[0] and durations[stop] <= max_duration:
                certain &= not may_cost_less(
                    work, streets, metric, stops, stop, direction, pace, cost
                )
        if certain or settled >= max_settled:
            return durations, settled
        reset(work, settled)
        limit *= 2


@njit(cache=True, nogil=True)
def _farthest(
    streets: Streets, metric: Metric, work: Workspace, settled: int, max_duration: int
) -> int:
    """Tenths of a second to the farthest node settled; UNREACHED where streets lead on."""
    longest = 0
    for k in range(settled):
        longest = max(longest, work.labels[work.order[k], DURATION])
    # From the farthest node back: the first street that leads out of reach ends the loop.
    for k in range(settled - 1, -1, -1):
        node = work.order[k]
        for edge in range(streets.first_out[node], streets.first_out[node + 1]):
            if metric.cost[edge] < UNREACHED:
                then = work.labels[node, DURATION] + metric.duration_ds[edge]
                if then > max_duration:
                    return int(UNREACHED)
    return longest


@njit(cache=True, nogil=True)
def _length_m(
    labels: NDArray[np.int32],
    streets: Streets,
    stops: Ends,
    origin: int,
    stop: int,
    time: int,
    gate: int,
    via: int,
    pace: float,
) -> float:
    """Metres of the way that `finish` found from `origin` to `stop`."""
    if gate == NO_VIA:
        return time / pace
    snap = stops.snap_offset[stop] + gate // 2
    edge = stops.snaps.edge[snap]
    fraction = stops.snaps.fraction[snap]
    length = stops.snaps.distance_m[snap]
    if via != NO_VIA:
        other = stops.snap_offset[origin] + via
        along = abs(fraction - stops.snaps.fraction[other]) * streets.length_m[edge]
        return float(length + along + stops.snaps.distance_m[other])
    length += streets.length_m[edge] * (fraction if gate % 2 == 0 else 1.0 - fraction)
    node = streets.tail[edge] if gate % 2 == 0 else streets.head[edge]
    while labels[node, PARENT] >= 0:
        length += streets.length_m[labels[node, PARENT]]
        node = streets.tail[labels[node, PARENT]]
    seed = -1 - labels[node, PARENT]
    other = stops.snap_offset[origin] + seed // 2
    fraction = stops.snaps.fraction[other]
    length += streets.length_m[stops.snaps.edge[other]] * (
        1.0 - fraction if seed % 2 == 0 else fraction
    )
    return float(length + stops.snaps.distance_m[other])


@njit(cache=True, nogil=True)
def _with_room(ways: StopWays) -> StopWays:
    """The ways with room for as many again."""
    size = ways.to_stop.size
    larger = StopWays(
        np.empty(2 * size, np.int32),
        np.empty(2 * size, np.int32),
        np.empty(2 * size, np.int32),
        np.empty(2 * size, np.float32),
        ways.farthest,
    )
    larger.from_stop[:size] = ways.from_stop
    larger.to_stop[:size] = ways.to_stop
    larger.duration[:size] = ways.duration
    larger.length_m[:size] = ways.length_m
    return larger
