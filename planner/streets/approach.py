"""How the ends of a way meet the streets: near a point, at a stop, or at a station's entrances."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from planner.kernels.street_ends import Ends, ends_of_stops
from planner.network.kept import kept_by_network
from planner.network.profiles import get_profile
from planner.network.shape import (
    NONE,
    UNREACHED,
    Float64,
    Int32,
    Metric,
    StopLinks,
    Stops,
    Streets,
)
from planner.network.store import Network, frozen
from planner.network.straight_walk import beelines_m
from planner.request import Coordinate
from planner.streets.path import Inside
from planner.streets.points import ends_of_points
from planner.streets.weighted import weighted

Endpoint = Coordinate | int  # a point on the ground, or a stop by its index

APPROACHES_KEPT: Final = 4096  # some kB each; a question asks for the same few again and again


def links_of(network: Network, profile: str) -> StopLinks | None:
    """How `profile` comes to the platforms; None in a network without streets."""
    if not get_profile(profile).steps and network.stop_links_step_free is not None:
        return network.stop_links_step_free
    return network.stop_links


class Aside(NamedTuple):
    """Metres straight from the street, and the way inside a station behind them."""

    straight_m: float
    inside: Inside | None = None

    @property
    def length_m(self) -> float:
        """Both together."""
        return self.straight_m + (self.inside.length_m if self.inside else 0.0)


class Approach(NamedTuple):
    """An endpoint as the kernels take it: points, and which of them it is."""

    ends: Ends
    number: int
    entrance: Int32  # by snap, the station's entrance it goes through, or NONE
    stops: Stops  # where the entrances are

    @property
    def point(self) -> tuple[Ends, int]:
        """What the kernels read of it."""
        return self.ends, self.number

    def share(self, seed: int) -> float:
        """Where on a gate's edge its snap lies, the gate by its number 2 * snap + side."""
        fraction = float(self.ends.snaps.fraction[self.ends.snap_offset[self.number] + seed // 2])
        return 1.0 - fraction if seed % 2 else fraction

    def aside(self, snap: int, *, entering: bool) -> Aside:
        """What lies between the point and one of its snaps."""
        at = self.ends.snap_offset[self.number] + snap
        entrance, snaps = int(self.entrance[at]), self.ends.snaps
        straight_m = float(snaps.distance_m[at])
        if entrance == NONE:
            return Aside(straight_m)
        door, here = _coordinate(self.stops, entrance), self.coordinate
        length_m = float(beelines_m(here.lat, here.lon, *_columns(door))[0])
        seconds = int(snaps.enter_s[at] if entering else snaps.leave_s[at])
        return Aside(straight_m, Inside(entrance, door, seconds, np.nan_to_num(length_m)))

    @property
    def n_snaps(self) -> int:
        """How many snaps it has."""
        offset = self.ends.snap_offset
        return int(offset[self.number + 1] - offset[self.number])

    @property
    def coordinate(self) -> Coordinate:
        """Where it lies."""
        return Coordinate(float(self.ends.lat[self.number]), float(self.ends.lon[self.number]))


@kept_by_network(APPROACHES_KEPT)
def approach(network: Network, endpoint: Endpoint, profile: str) -> Approach:
    """The endpoint with its snaps: a stop's links, if any of their streets is open to `profile`.

    Else those of the streets that are, near the stop, or near its entrances.
    """
    stops, streets, metric = network.stops, network.streets, weighted(network, profile).metric
    links = links_of(network, profile)
    if isinstance(endpoint, Coordinate) or streets is None or links is None:
        place = _coordinate(stops, endpoint) if isinstance(endpoint, int) else endpoint
        return _snapped(network, metric, place, [_Door(place)])
    if _is_open(streets, links, metric, endpoint):
        ends = ends_of_stops(stops.lat, stops.lon, links)
        return Approach(ends, endpoint, links.entrance, stops)
    place = _coordinate(stops, endpoint)
    return _snapped(network, metric, place, _doors(stops, links, endpoint) or [_Door(place)])


class _Door(NamedTuple):
    """From where an endpoint meets the streets: an entrance of its station, or where it is."""

    place: Coordinate
    entrance: int = int(NONE)
    enter_s: int = 0
    leave_s: int = 0


def _doors(stops: Stops, links: StopLinks, stop: int) -> list[_Door]:
    """The entrances that a stop's links go through, each once."""
    row = slice(int(links.stop_offset[stop]), int(links.stop_offset[stop + 1]))
    columns = (links.entrance, links.enter_s, links.leave_s)
    found = set(zip(*(column[row].tolist() for column in columns), strict=True))
    return [_Door(_coordinate(stops, door[0]), *door) for door in sorted(found) if door[0] != NONE]


def _snapped(network: Network, metric: Metric, place: Coordinate, doors: list[_Door]) -> Approach:
    """A point that meets the streets near each of `doors`."""
    columns = np.array([(door.place.lat, door.place.lon) for door in doors]).T
    found = ends_of_points(network, metric, *columns)
    count = np.diff(found.snap_offset)
    inside = np.repeat([door[1:] for door in doors], count, axis=0)
    entrance, enter_s, leave_s = (frozen(column, np.int32) for column in inside.T)
    snaps = found.snaps._replace(enter_s=enter_s, leave_s=leave_s)
    ends = Ends(*_columns(place), frozen(found.snap_offset[[0, -1]], np.int32), snaps)
    return Approach(ends, 0, entrance, network.stops)


def _coordinate(stops: Stops, stop: int) -> Coordinate:
    return Coordinate(float(stops.lat[stop]), float(stops.lon[stop]))


def _is_open(streets: Streets, links: StopLinks, metric: Metric, stop: int) -> bool:
    """Whether the profile may use one of a stop's links, which were made for walking."""
    edge = links.edge[links.stop_offset[stop] : links.stop_offset[stop + 1]]
    both = np.concatenate((edge, streets.reverse[edge]))
    return bool((metric.cost[both] < UNREACHED).any())


def _columns(place: Coordinate) -> tuple[Float64, Float64]:
    """A point as columns of one row."""
    return frozen(np.array([place.lat]), np.float64), frozen(np.array([place.lon]), np.float64)
