"""From many places to many: how long every way takes, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from planner.itinerary import Reason
from planner.kernels.many_to_many import durations_between, hang_buckets
from planner.kernels.stop_buckets import nearby_of
from planner.kernels.street_ends import Ends
from planner.network.shape import UNREACHED, Float64, Int32, UInt8
from planner.network.store import Network
from planner.request import Coordinate
from planner.streets.points import MAX_SNAP_M, ends_of_points
from planner.streets.timed import network_at
from planner.streets.weighted import weighted

_SNAPPED_TOO_FAR, _NOT_CONNECTED, _TOO_FAR = range(1, 4)
REASONS: Final = (
    None, Reason.SNAPPED_TOO_FAR, Reason.NOT_CONNECTED, Reason.TOO_FAR,
    Reason.NO_SERVICE_DATE, Reason.TIMEOUT, Reason.NO_TIMETABLE,
)  # fmt: skip
_CELLS_AT_ONCE: Final = 250_000  # of the matrix, between two reports of progress: some 10 ms


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StreetMatrix:
    """Every origin's way to every destination: a full grid, whatever couldn't be found.

    duration: (n, m) int32 seconds, rounded up; UNREACHED where there is no way.
    reason: (n, m) uint8 -> REASONS: why there is none.
    """

    duration: Int32
    reason: UInt8


def street_matrix(
    network: Network,
    origins: Sequence[Coordinate],
    destinations: Sequence[Coordinate],
    profile: str,
    *,
    max_s: int,
    at: datetime | None = None,
    max_snap_m: float = MAX_SNAP_M,
    advance: Callable[[int], None] = lambda _: None,
) -> StreetMatrix:
    """The least-cost way of `profile` from every origin to every destination, as `route` finds it.

    A way of more than `max_s` seconds is TOO_FAR, and a place with no street within `max_snap_m`
    has no way. at: with the streets that are open then, as `route` takes them. advance:
    told how many more origins are done.
    """
    network = network_at(network, profile, at)
    n, m = len(origins), len(destinations)
    streets, hierarchy = network.streets, network.hierarchy
    if streets is None or hierarchy is None or not n or not m:
        return _empty(n, m)
    weights = weighted(network, profile)
    if weights.slopes is None:
        return _empty(n, m)
    starts = ends_of_points(network, weights.metric, *_columns(origins), max_snap_m)
    ends = ends_of_points(network, weights.metric, *_columns(destinations), max_snap_m)
    common = (hierarchy, weights.slopes, streets, weights.metric)
    buckets = hang_buckets(*common, ends, weights.pace)
    near = nearby_of(ends)
    found = np.empty((n, m), np.int32)
    step = max(1, _CELLS_AT_ONCE // m)
    for first in range(0, n, step):
        last = min(first + step, n)
        found[first:last] = durations_between(
            *common, starts, first, last, ends, buckets, near, weights.pace
        )
        advance(last - first)
    return _matrix(found, starts, ends, max_s)


def _empty(n: int, m: int) -> StreetMatrix:
    """The grid of a network without streets."""
    reason = np.full((n, m), _NOT_CONNECTED, np.uint8)
    return StreetMatrix(duration=np.full((n, m), UNREACHED, np.int32), reason=reason)


def _matrix(tenths: Int32, starts: Ends, ends: Ends, max_s: int) -> StreetMatrix:
    """Whole seconds, with the reasons that `route` gives where there are none to give."""
    closed = tenths >= UNREACHED
    far = ~closed & (tenths > 10 * max_s)
    met = (np.diff(starts.snap_offset) > 0)[:, None] & (np.diff(ends.snap_offset) > 0)
    reason = np.zeros(tenths.shape, np.uint8)
    reason[far] = _TOO_FAR
    reason[closed] = np.where(met[closed], _NOT_CONNECTED, _SNAPPED_TOO_FAR)
    duration = np.where(reason > 0, UNREACHED, -(-tenths // 10)).astype(np.int32)
    return StreetMatrix(duration=duration, reason=reason)


def _columns(places: Sequence[Coordinate]) -> tuple[Float64, Float64]:
    lat, lon = np.array([(place.lat, place.lon) for place in places]).T
    return lat, lon
