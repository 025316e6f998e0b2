"""Ways from many stops to the stops around them: one bounded search each, in one call."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.kernels.street_ends import FORWARD, NO_VIA, Ends, finish, seeds_at
from planner.kernels.street_search import (
    DURATION,
    PARENT,
    Adjacency,
    Seeds,
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
    none = np.empty(0, np.int32)
    no_seeds = Seeds(none, none, none)
    from_stop = np.empty(1024, np.int32)
    to_stop = np.empty(1024, np.int32)
    duration = np.empty(1024, np.int32)
    length_m = np.empty(1024, np.float32)
    farthest = np.zeros(origins.size, np.int32)
    seen = np.full(stops.lat.size, -1, np.int32)  # the origin that looked at a stop last
    count = 0
    for i in range(origins.size):
        origin = origins[i]
        seeds = seeds_at(streets, metric, stops, origin, FORWARD, pace)
        settled = search(
            adjacency, metric, seeds, no_seeds, max_duration, streets.node_lat.size, work
        )
        farthest[i] = _farthest(streets, metric, work, settled, max_duration)
        seen[origin] = origin
        # The ends of the stop's own streets too, for stops before the first node.
        for k in range(settled + seeds.node.size):
            node = work.order[k] if k < settled else seeds.node[k - settled]
            for n in range(near.node_offset[node], near.node_offset[node + 1]):
                stop = near.stop[n]
                if seen[stop] == origin:
                    continue
                seen[stop] = origin
                _, time, gate, via = finish(
                    work.labels, streets, metric, stops, origin, stops, stop, FORWARD, pace
                )
                if time > max_duration:
                    continue
                if count == to_stop.size:
                    from_stop = _doubled(from_stop)
                    to_stop = _doubled(to_stop)
                    duration = _doubled(duration)
                    length_m = _doubled(length_m)
                from_stop[count] = origin
                to_stop[count] = stop
                duration[count] = time
                length_m[count] = _length_m(
                    work.labels, streets, stops, origin, stop, time, gate, via, pace
                )
                count += 1
        reset(work, settled)
    return StopWays(
        from_stop[:count], to_stop[:count], duration[:count], length_m[:count], farthest
    )


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
def _doubled(values: NDArray) -> NDArray:
    larger = np.empty(2 * values.size, values.dtype)
    larger[: values.size] = values
    return larger
