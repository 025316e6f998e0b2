"""Stops on the way: a trip that calls at them, in their order, and stays as long as asked.

One calls at a stop on the way by leaving a vehicle there, by walking there from another stop or
from the door, and, where no stay is asked for, by riding through. Any stop of its station will
do. The ends of the trip are calls too: at a stop on the way in the station where the trip begins
or ends one is anyway. A stay there comes before the departure, or after the arrival: the trip
leaves so much later than the time asked for, or is there so much earlier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np

from planner.ends import End, resolve
from planner.itinerary import Shortfall
from planner.network.shape import Int32
from planner.network.store import Network, frozen
from planner.request import Via
from planner.transit.layers import Layers, ViaPoints, layered_day
from planner.transit.search import Journey, Reach, Ride
from planner.transit.service_day import ServiceDay


class Stopover(NamedTuple):
    """A stop on the way, resolved."""

    end: End
    stay_s: int


class OnTheWay(NamedTuple):
    """The stops between the ends of a trip, and the seconds that one stays at its ends."""

    stopovers: tuple[Stopover, ...] = ()
    before_s: int = 0
    after_s: int = 0


def resolve_stopovers(
    network: Network, vias: Sequence[Via], origin: End, destination: End
) -> OnTheWay | Shortfall:
    """The stops that a trip must call at between its ends, or why one means nothing here.

    The same station twice in a row is one stop, with the longer of the two stays.
    """
    stopovers: list[Stopover] = []
    before_s = after_s = 0
    for via in vias:
        end = resolve(network, via.stop, "via")
        if isinstance(end, Shortfall):
            return end
        if _same_station(end, origin) and not stopovers:
            before_s = max(before_s, via.stay_s)
            continue
        if stopovers and _same_station(end, stopovers[-1].end):
            stay_s = max(stopovers.pop().stay_s, via.stay_s)
            stopovers.append(Stopover(end, stay_s))
        else:
            stopovers.append(Stopover(end, via.stay_s))
    if stopovers and _same_station(stopovers[-1].end, destination):
        after_s = stopovers.pop().stay_s
    return OnTheWay(tuple(stopovers), before_s, after_s)


def _same_station(one: End, other: End) -> bool:
    return bool(set(one.stops) & set(other.stops))


@dataclass(frozen=True, slots=True)
class ViaDay:
    """A day on which one passes stops on the way, and the way in and out of it.

    own: the day itself; layered: what is searched (planner/transit/layers.py).
    """

    own: ServiceDay
    layered: ServiceDay
    layers: Layers

    @classmethod
    def of(cls, day: ServiceDay, stopovers: Sequence[Stopover]) -> Self:
        """`day` with these stops to be passed."""
        vias = tuple(
            ViaPoints(_points_of(day.point_stop, stopover.end.stops), stopover.stay_s)
            for stopover in stopovers
        )
        layers = Layers(len(day.point_stop), vias)
        return cls(day, layered_day(day, layers), layers)

    @property
    def point_stop(self) -> Int32:
        """The stop of each point of the layered day."""
        return np.tile(self.own.point_stop, len(self.layers.vias) + 1)

    def access(self, reach: Reach) -> Reach:
        """Points of the day at hand from the origin, in layers.

        Who walks to a stop on the way stays there.
        """
        points, seconds = reach.stop.copy(), reach.duration.copy()
        for via in self.layers.vias[:1]:
            there = np.isin(reach.stop, list(via.points))
            points[there] += self.layers.n_points
            seconds[there] += via.stay_s
        return Reach(frozen(points, np.int32), frozen(seconds, np.int32))

    def egress(self, reach: Reach) -> Reach:
        """Points of the day that have the destination at hand: of the last layer.

        And those of the last stop on the way, for who leaves the vehicle there.
        """
        last = (len(self.layers.vias) - 1) * self.layers.n_points
        points, seconds = [reach.stop + last + self.layers.n_points], [reach.duration]
        for via in self.layers.vias[-1:]:
            there = np.isin(reach.stop, list(via.points))
            points.append(reach.stop[there] + last)
            seconds.append(reach.duration[there] + via.stay_s)
        return Reach(
            frozen(np.concatenate(points), np.int32), frozen(np.concatenate(seconds), np.int32)
        )

    def journey(self, journey: Journey) -> Journey:
        """A journey of the layered day as one of the day itself, with its stays."""
        rides = [self._ride(ride, following) for ride, following in pairwise(journey.rides)]
        return replace(journey, rides=(*rides, self._ride(journey.rides[-1], None)))

    def _ride(self, ride: Ride, following: Ride | None) -> Ride:
        n_points = self.layers.n_points
        layer, alight = divmod(ride.alight_point, n_points)
        board = ride.board_point % n_points
        stay_s = 0
        if self.layers.waits_for(layer, alight):
            via = self.layers.vias[layer]
            within = following is not None and following.board_point % n_points in via.points
            stay_s = 0 if within else via.stay_s
        return replace(
            ride,
            board_point=board,
            alight_point=alight,
            board_stop=int(self.own.point_stop[board]),
            alight_stop=int(self.own.point_stop[alight]),
            stay_s=stay_s,
        )


def _points_of(point_stop: Int32, stops: Sequence[int]) -> frozenset[int]:
    return frozenset(np.flatnonzero(np.isin(point_stop, list(stops))).tolist())
