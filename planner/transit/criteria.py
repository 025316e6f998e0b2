"""What a journey may be weighed by beside time and changes: walking, CO2, or other people's lines.

A criterion is the cost of riding from call to call and of a second on foot, both whole numbers
that are never negative, so that a journey's cost is the sum over its parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Final

import numpy as np
from cachetools import LRUCache, cached
from numpy.typing import NDArray

from planner.co2 import factor_of
from planner.network.shape import Int32, Stops
from planner.network.store import Network, frozen
from planner.network.straight_walk import beelines_m
from planner.transit.service_day import ServiceDay

DECIGRAMS: Final = 10  # the cost of a gram of CO2: costs are whole numbers
CRITERIA_KEPT: Final = 16


@dataclass(frozen=True, slots=True, eq=False)
class Criterion:
    """A third criterion on one day.

    stop: that of the day's forward timetable. ride: beside it, what a pattern has cost so far; a
    ride costs what that grows by between boarding and alighting. mirrored_ride: the same in the
    mirror. walk_weight: the cost of a second on foot.
    """

    stop: Int32
    ride: Int32
    mirrored_ride: Int32
    walk_weight: int

    @classmethod
    def of(cls, day: ServiceDay, ride: Int32, walk_weight: int) -> Criterion:
        """The criterion whose rides cost so much; `ride` never falls along a pattern."""
        mirrored = frozen(-ride[::-1], np.int32)
        return cls(day.forward.stop, frozen(ride, np.int32), mirrored, walk_weight)


def criterion_of(
    network: Network, day: ServiceDay, name: str, preferred: frozenset[int] = frozenset()
) -> Criterion:
    """The criterion that a request names: of `planner.request.CRITERIA`.

    "walk" and "": seconds on foot. "co2": tenths of a gram. "preferred": scheduled seconds on
    lines other than `preferred`, by index in Network.routes.
    """
    if name == "co2":
        return _co2(network, day)
    if name == "preferred":
        return _preferred(preferred, day)
    return Criterion.of(day, np.zeros(len(day.forward.stop), np.int32), 1)


def _key(one: object, day: ServiceDay) -> tuple[object, int]:
    """Days that share their patterns share their costs; the value keeps `stop` and so its id."""
    return one, id(day.forward.stop)


@cached(LRUCache(CRITERIA_KEPT), key=_key, lock=Lock())
def _co2(network: Network, day: ServiceDay) -> Criterion:
    """Straight kilometres from call to call, times what the line's vehicles emit in use."""
    types = network.routes.route_type.tolist()
    per_km = np.array([factor_of(route_type).usage for route_type in types])
    km = _metres_from_last_call(network.stops, day) / 1000
    return Criterion.of(day, _along_patterns(day, DECIGRAMS * km * per_km[_route_to_call(day)]), 0)


@cached(LRUCache(CRITERIA_KEPT), key=_key, lock=Lock())
def _preferred(preferred: frozenset[int], day: ServiceDay) -> Criterion:
    """Seconds as a usual run of each pattern takes them."""
    other = ~np.isin(_route_to_call(day), list(preferred))
    seconds = np.maximum(np.diff(day.forward.since_start, prepend=np.int32(0)), 0)
    return Criterion.of(day, _along_patterns(day, seconds * other), 0)


def _route_to_call(day: ServiceDay) -> Int32:
    """The route that comes to each call; at a pattern's first, the one that leaves it."""
    before = np.arange(len(day.call_route)) - 1
    first = day.forward.stop_offset[:-1]
    before[first] = first
    return day.call_route[before]


def _metres_from_last_call(stops: Stops, day: ServiceDay) -> NDArray[np.float64]:
    """Straight metres to each call from the one before; 0 from or to a stop without a place."""
    stop = day.point_stop[day.forward.stop]
    lat, lon = stops.lat[stop], stops.lon[stop]
    metres = np.zeros(len(stop))
    metres[1:] = beelines_m(lat[:-1], lon[:-1], lat[1:], lon[1:])
    return np.nan_to_num(metres, nan=0.0)


def _along_patterns(day: ServiceDay, per_call: NDArray[np.floating]) -> Int32:
    """What has summed up at each call since the pattern's first, rounded."""
    first = day.forward.stop_offset[:-1]
    total = np.cumsum(per_call, dtype=np.float64)
    start = np.repeat(total[first], np.diff(day.forward.stop_offset))
    return frozen(np.rint(total - start), np.int32)
