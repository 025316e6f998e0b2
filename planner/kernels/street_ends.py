"""The two ends of a way through the streets: from a point to a street, and along part of it.

A point meets the streets at a few snaps. At each it may take the street both ways, through two
gates: gate 0 is the snap's edge, gate 1 the same street's other direction. A FORWARD search leaves
the point by the gate's head and comes to it from the gate's tail; a BACKWARD one the other way.
Between a platform and a snap of its station's entrance lie the ways inside, which take another
time out than in, and may be closed.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.kernels.street_search import COST, DURATION, SETTLED, STATE, Seeds, Workspace
from planner.network.metrics import ENDS_PENALTY_S
from planner.network.shape import UNREACHED, Float32, Float64, Int32, Metric, StopLinks, Streets
from planner.network.straight_walk import EARTH_M

NO_VIA: Final = -1
FORWARD: Final = 0
BACKWARD: Final = 1
PENALTY: Final = round(10 * ENDS_PENALTY_S)  # tenths of a second


class Snaps(NamedTuple):
    """Where points meet the streets, as in StopLinks: the nearest first."""

    edge: Int32  # direction +1
    fraction: Float32  # along that edge, from its tail
    distance_m: Float32  # straight line, walked and charged
    enter_s: Int32  # from there on to the point, UNREACHED where one can't
    leave_s: Int32  # from the point to there; 0 both ways where the straight line is all


class Ends(NamedTuple):
    """Points by their index: where they lie, and which snaps are theirs."""

    lat: Float64  # (n,) NaN where unknown
    lon: Float64  # (n,)
    snap_offset: Int32  # (n + 1,) -> snaps
    snaps: Snaps


def ends_of_stops(lat: Float64, lon: Float64, links: StopLinks) -> Ends:
    """Stops as ends of ways, by stop index."""
    snaps = Snaps(links.edge, links.fraction, links.distance_m, links.enter_s, links.leave_s)
    return Ends(lat, lon, links.stop_offset, snaps)


@njit(cache=True, nogil=True)
def beeline_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres between two near points of the ground, on the plane that touches between them."""
    north = math.radians(other_lat - lat)
    east = math.radians(other_lon - lon) * math.cos(math.radians(0.5 * (lat + other_lat)))
    return EARTH_M * math.hypot(north, east)


@njit(cache=True, nogil=True)
def seeds_at(
    streets: Streets,
    metric: Metric,
    ends: Ends,
    index: int,
    direction: int,
    pace: float,
) -> Seeds:
    """The nodes first reached from point `index`; BACKWARD: the last before it.

    Two seeds per snap, for its gates 0 and 1; UNREACHED where a gate or the way to it is closed.
    `pace`: tenths of a second per metre of the straight line.
    """
    first = ends.snap_offset[index]
    count = ends.snap_offset[index + 1] - first
    node = np.empty(2 * count, np.int32)
    cost = np.full(2 * count, UNREACHED, np.int32)
    duration = np.full(2 * count, UNREACHED, np.int32)
    for i in range(2 * count):
        gate, position = _gate(streets, ends.snaps, first + i // 2, i % 2)
        node[i] = streets.head[gate] if direction == FORWARD else streets.tail[gate]
        entering = direction == BACKWARD  # the point is where the way ends
        aside = _aside(ends.snaps, first + i // 2, entering, pace)
        if metric.cost[gate] < UNREACHED and aside < UNREACHED:
            share = 1.0 - position if direction == FORWARD else position
            cost[i] = _whole(_part(metric, gate, share, entering) + aside)
            duration[i] = _whole(share * metric.duration_ds[gate] + aside)
    return Seeds(node, cost, duration)


@njit(cache=True, nogil=True)
def finish(
    labels: NDArray[np.int32],
    streets: Streets,
    metric: Metric,
    start: Ends,
    start_index: int,
    end: Ends,
    end_index: int,
    direction: int,
    pace: float,
) -> tuple[int, int, int, int]:
    """The cheapest way between two points after a search from `start` -> cost, duration, end, via.

    direction: that of the search; a BACKWARD one found ways from end to start.
    end: 2 * snap + gate, the snap counted from the point's first; NO_VIA where none is found.
    via: NO_VIA for a way over a node, else the start's snap on that same street. A way without a
    street, where both points lie in the open, has cost and duration but neither end nor via.
    """
    best, duration, best_end, via = near_way(
        streets, metric, start, start_index, end, end_index, direction, pace
    )
    first = end.snap_offset[end_index]
    entering = direction == FORWARD
    for i in range(2 * (end.snap_offset[end_index + 1] - first)):
        snap = first + i // 2
        gate, position = _gate(streets, end.snaps, snap, i % 2)
        aside = _aside(end.snaps, snap, entering, pace)
        if metric.cost[gate] >= UNREACHED or aside >= UNREACHED:
            continue
        node = streets.tail[gate] if direction == FORWARD else streets.head[gate]
        if labels[node, STATE] == SETTLED:
            share = position if direction == FORWARD else 1.0 - position
            part = _part(metric, gate, share, entering)
            cost = labels[node, COST] + _whole(part + aside)
            time = labels[node, DURATION] + _whole(share * metric.duration_ds[gate] + aside)
            if cost < best or (cost == best and time < duration):
                best = cost
                duration = time
                best_end = i
                via = NO_VIA
    return best, duration, best_end, via


@njit(cache=True, nogil=True)
def near_way(
    streets: Streets,
    metric: Metric,
    start: Ends,
    start_index: int,
    end: Ends,
    end_index: int,
    direction: int,
    pace: float,
) -> tuple[int, int, int, int]:
    """The cheapest way between two points that leads over no node -> as `finish`."""
    best = across(start, start_index, end, end_index, pace)
    duration = best
    best_end = NO_VIA
    via = NO_VIA
    first = end.snap_offset[end_index]
    for i in range(2 * (end.snap_offset[end_index + 1] - first)):
        cost, time, other = _along(
            streets, metric, start, start_index, end, first + i // 2, i % 2, direction, pace
        )
        if cost < best or (cost == best and time < duration):
            best = cost
            duration = time
            best_end = i
            via = other
    return best, duration, best_end, via


@njit(cache=True, nogil=True)
def along_a_street(
    streets: Streets,
    metric: Metric,
    start: Ends,
    start_index: int,
    end: Ends,
    end_index: int,
    direction: int,
    pace: float,
) -> tuple[int, int]:
    """The cheapest way between two points that keeps to one street -> cost, duration."""
    best = int(UNREACHED)
    duration = best
    first = end.snap_offset[end_index]
    for i in range(2 * (end.snap_offset[end_index + 1] - first)):
        cost, time, _ = _along(
            streets, metric, start, start_index, end, first + i // 2, i % 2, direction, pace
        )
        if cost < best or (cost == best and time < duration):
            best = cost
            duration = time
    return best, duration


@njit(cache=True, nogil=True)
def _along(
    streets: Streets,
    metric: Metric,
    start: Ends,
    start_index: int,
    end: Ends,
    snap: int,
    side: int,
    direction: int,
    pace: float,
) -> tuple[int, int, int]:
    """The cheapest way to an end's gate along the gate's own street -> cost, duration, via."""
    best = int(UNREACHED)
    duration = best
    via = NO_VIA
    gate, position = _gate(streets, end.snaps, snap, side)
    entering = direction == FORWARD
    aside = _aside(end.snaps, snap, entering, pace)
    if metric.cost[gate] >= UNREACHED or aside >= UNREACHED:
        return best, duration, via
    for other in range(start.snap_offset[start_index], start.snap_offset[start_index + 1]):
        if start.snaps.edge[other] != end.snaps.edge[snap]:
            continue
        ahead = position - _gate(streets, start.snaps, other, side)[1]
        if direction == BACKWARD:
            ahead = -ahead
        both = aside + _aside(start.snaps, other, not entering, pace)
        if ahead >= 0.0 and both < UNREACHED:
            cost = _whole(_part(metric, gate, ahead, False) + both)
            time = _whole(ahead * metric.duration_ds[gate] + both)
            if cost < best or (cost == best and time < duration):
                best = cost
                duration = time
                via = other - start.snap_offset[start_index]
    return best, duration, via


@njit(cache=True, nogil=True)
def may_cost_less(
    work: Workspace,
    streets: Streets,
    metric: Metric,
    end: Ends,
    end_index: int,
    direction: int,
    pace: float,
    cost: int,
) -> bool:
    """Whether a way to a point may cost less than `cost`, over a gate that a search didn't reach.

    A limit of time may leave out the streets of a cheaper, longer way, and so give a dear one over
    ground that is open only at the ends of a trip.
    """
    entering = direction == FORWARD
    first = end.snap_offset[end_index]
    for i in range(2 * (end.snap_offset[end_index + 1] - first)):
        gate, position = _gate(streets, end.snaps, first + i // 2, i % 2)
        aside = _aside(end.snaps, first + i // 2, entering, pace)
        node = streets.tail[gate] if entering else streets.head[gate]
        if max(metric.cost[gate], aside) < UNREACHED and work.labels[node, STATE] != SETTLED:
            share = position if entering else 1.0 - position
            if work.frontier[0] + _whole(_part(metric, gate, share, entering) + aside) < cost:
                return True
    return False


@njit(cache=True, nogil=True)
def meets_only(
    streets: Streets, metric: Metric, ends: Ends, index: int, bits: int, wanted: bool
) -> bool:
    """Whether all streets open at a point have one of the access `bits`; or else, that none has."""
    for snap in range(ends.snap_offset[index], ends.snap_offset[index + 1]):
        for side in range(2):
            gate = _gate(streets, ends.snaps, snap, side)[0]
            if metric.cost[gate] < UNREACHED and ((streets.access[gate] & bits) != 0) != wanted:
                return False
    return True


@njit(cache=True, nogil=True)
def gate_of(streets: Streets, ends: Ends, index: int, seed: int) -> tuple[int, float]:
    """The edge of a point's gate by its number, 2 * snap + gate, and where on it the snap lies."""
    return _gate(streets, ends.snaps, ends.snap_offset[index] + seed // 2, seed % 2)


@njit(cache=True, nogil=True)
def _gate(streets: Streets, snaps: Snaps, snap: int, gate: int) -> tuple[int, float]:
    """The edge of a snap's gate, and where on it the snap lies."""
    edge = snaps.edge[snap]
    fraction = float(snaps.fraction[snap])
    if gate == 0:
        return edge, fraction
    return streets.reverse[edge], 1.0 - fraction


@njit(cache=True, nogil=True)
def _aside(snaps: Snaps, snap: int, entering: bool, pace: float) -> float:
    """Tenths of a second between a point and its snap; UNREACHED where that way is closed."""
    inside = snaps.enter_s[snap] if entering else snaps.leave_s[snap]
    if inside >= UNREACHED:
        return float(UNREACHED)
    return float(snaps.distance_m[snap] * pace + 10.0 * inside)


@njit(cache=True, nogil=True)
def _part(metric: Metric, gate: int, share: float, entering: bool) -> float:
    """The cost of a share of an edge.

    The penalty for entering a street open only at the ends of a trip doesn't depend on how far
    one goes in: who ends there pays it whole from either side, who begins there has paid.
    """
    cost = metric.cost[gate]
    penalty = PENALTY if cost - metric.duration_ds[gate] >= PENALTY else 0
    return float(share * (cost - penalty) + (penalty if entering else 0))


@njit(cache=True, nogil=True)
def across(start: Ends, start_index: int, end: Ends, end_index: int, pace: float) -> int:
    """Tenths of a second straight from one point to the other, where no street lies between.

    Each point has an open circle around it, up to its nearest street. Where the two circles
    touch, the straight line stays inside them. UNREACHED where they don't, and for a platform
    behind entrances, which lies in nobody's open.
    """
    open_m = _open_m(start, start_index) + _open_m(end, end_index)
    straight = beeline_m(
        start.lat[start_index], start.lon[start_index], end.lat[end_index], end.lon[end_index]
    )
    if straight <= open_m:  # never where a coordinate is NaN
        return _whole(straight * pace)
    return int(UNREACHED)


@njit(cache=True, nogil=True)
def _open_m(ends: Ends, index: int) -> float:
    first = ends.snap_offset[index]
    if first == ends.snap_offset[index + 1]:
        return 0.0
    if ends.snaps.enter_s[first] > 0 or ends.snaps.leave_s[first] > 0:
        return -np.inf
    return float(ends.snaps.distance_m[first])


@njit(cache=True, nogil=True)
def _whole(value: float) -> int:
    return int(value + 0.5)
