"""Where a trip starts and ends, and the stops at hand from there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from planner.itinerary import Place, Reason, Shortfall
from planner.kernels.day_timetable import FootpathTable
from planner.network.kept import kept_by_network
from planner.network.profiles import get_profile, profile_of
from planner.network.shape import UNREACHED
from planner.network.store import Network, frozen
from planner.network.straight_walk import (
    EARTH_M,
    MAX_STRAIGHT_M,
    beelines_m,
    straight_walk_s,
)
from planner.pace import USUAL, Pace
from planner.request import Coordinate, PlaceRef, StopRef
from planner.stop_ids import find_stop, public_stop_id
from planner.streets import route as streets
from planner.streets.approach import Endpoint, links_of
from planner.transit.search import Reach

Side = Literal["origin", "destination", "via"]

PLACES_KEPT: Final = 10_000  # stops as places, some MB; a leg calls at dozens

ENTRANCE = 2  # Stops.location_type

# How a stop is reached.
AT_STOP, BY_FOOTPATH, BY_STREET, BY_STRAIGHT_LINE = range(4)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a trip, resolved.

    endpoint: what the street search starts from. stops: the stops of the station meant, the one
    named first; () for a point. in_street: one stands before an entrance, not at the stops.
    """

    place: Place
    endpoint: Endpoint
    stops: tuple[int, ...] = ()
    in_street: bool = False


@dataclass(frozen=True, slots=True)
class StopAccess:
    """Stops at hand from an end (`backward`: that have it at hand), and how one gets there.

    how: AT_STOP..BY_STRAIGHT_LINE; mode_index: into `mode`, the street modes; via: the end's own
    stop whose footpath is taken. All by stop, (n_stops,).
    """

    end: End
    backward: bool
    reach: Reach
    how: NDArray[np.int8]
    mode: tuple[str, ...]
    mode_index: NDArray[np.int8]
    via: NDArray[np.int32]

    @property
    def on_foot(self) -> NDArray[np.int32]:
        """Of `reach.duration`, the seconds walked."""
        stop = self.reach.stop
        ridden = np.array([mode != "walk" for mode in self.mode] or [False])
        vehicle = (self.how[stop] == BY_STREET) & ridden[self.mode_index[stop]]
        return frozen(np.where(vehicle, 0, self.reach.duration), np.int32)

    def seconds_to(self, stop: int) -> int:
        """Seconds between the end and a stop at hand."""
        return int(self.reach.duration[np.searchsorted(self.reach.stop, stop)])


def resolve(network: Network, ref: PlaceRef, side: Side) -> End | Shortfall:
    """The end that `ref` means, or why it means nothing here."""
    if isinstance(ref, StopRef):
        stop = find_stop(network, ref)
        if stop is None:
            message = f"There is no stop {ref.stop_id!r} in this network."
            return _shortfall(Reason.UNKNOWN_STOP, side, message, stop=ref.stop_id)
        return _station_end(network, stop)
    if network.streets is None:
        message = "This network has no streets: name a stop by its id."
        return _shortfall(Reason.OUTSIDE_AREA, side, message)
    if streets.find_snaps(network, ref, "walk") or _straight_reach(network, ref, "walk").stop.size:
        return End(Place(name="", lat=ref.lat, lon=ref.lon), ref)
    south, west, north, east = network.manifest["bounds"]
    if south <= ref.lat <= north and west <= ref.lon <= east:
        message = f"No street and no stop was found near the {side}."
        return _shortfall(Reason.SNAPPED_TOO_FAR, side, message)
    message = f"The {side} lies outside the area of this network."
    return _shortfall(Reason.OUTSIDE_AREA, side, message)


@kept_by_network(PLACES_KEPT)
def stop_place(network: Network, stop: int) -> Place:
    """A stop as the place where a leg starts or ends."""
    stops = network.stops
    station = int(stops.station[stop])
    lat, lon = _position(network, stop)
    return Place(
        name=stops.name.get(stop),
        lat=lat,
        lon=lon,
        stop_id=public_stop_id(network, stop),
        station_id=public_stop_id(network, station) if station != stop else None,
        platform=stops.platform.get(stop) or None,
        step_free=int(stops.step_free[stop]),
    )


def _position(network: Network, stop: int) -> tuple[float, float]:
    """Where to show a stop: itself, or its station; the middle of the area for want of both."""
    for one in (stop, int(network.stops.station[stop])):
        lat, lon = float(network.stops.lat[one]), float(network.stops.lon[one])
        if not math.isnan(lat + lon):
            return lat, lon
    south, west, north, east = network.manifest["bounds"] or (0.0, 0.0, 0.0, 0.0)
    return (south + north) / 2, (west + east) / 2


def stops_at_hand(
    network: Network, end: End, footpaths: FootpathTable, *, modes: frozenset[str],
    step_free: bool, max_s: int, backward: bool, pace: Pace = USUAL, bike: str = "bike",
) -> StopAccess:  # fmt: skip
    """Every stop within `max_s` seconds of `end`, by the quickest of `modes` (ties: on foot).

    bike: the profile of who comes by bicycle.
    backward: towards the end rather than from it; `footpaths` must then be the mirrored ones.
    From a stop, changes on foot come before the streets. `footpaths` are at the traveller's pace
    already. Raises SearchTooLongError.
    """
    n_stops = len(network.stops.lat)
    best = np.full(n_stops, UNREACHED, np.int32)
    how = np.zeros(n_stops, np.int8)
    mode_index = np.zeros(n_stops, np.int8)
    via = np.full(n_stops, -1, np.int32)
    names = tuple(sorted(modes, key=lambda mode: (mode != "walk", mode)))

    def improve(reach: Reach, kind: int, mode: int, origin: int = -1) -> None:
        better = (reach.duration < best[reach.stop]) & (reach.duration <= max_s)
        improved = reach.stop[better]
        best[improved] = reach.duration[better]
        how[improved], mode_index[improved], via[improved] = kind, mode, origin

    if end.stops and not end.in_street:
        walker = profile_of("walk", step_free=step_free)
        at_once = _at_once(network, end.stops, walker, backward=backward)
        improve(Reach(at_once, np.zeros(len(at_once), np.int32)), AT_STOP, 0)
        for stop in at_once.tolist():
            row = slice(footpaths.offset[stop], footpaths.offset[stop + 1])
            at_stop = footpaths.to[row] < n_stops  # other points are for those who change vehicle
            way = Reach(footpaths.to[row][at_stop], footpaths.duration[row][at_stop])
            improve(way, BY_FOOTPATH, 0, stop)
    for index, mode in enumerate(names):
        profile = profile_of(mode, step_free=step_free, bike=bike)
        limit = pace.usual_s(profile, max_s)
        near = streets.reach_stops(network, end.endpoint, profile, max_s=limit, backward=backward)
        improve(Reach(near.stop, pace.own_s(profile, near.duration)), BY_STREET, index)
    if isinstance(end.endpoint, Coordinate):
        walker = profile_of("walk", step_free=step_free)
        across = _straight_reach(network, end.endpoint, walker)
        seconds = pace.own_s(walker, across.duration)
        improve(Reach(across.stop, seconds), BY_STRAIGHT_LINE, 0)
    found = np.flatnonzero(best < UNREACHED).astype(np.int32)
    reach = Reach(found, best[found])
    return StopAccess(end, backward, reach, how, names, mode_index, via)


def _station_end(network: Network, stop: int) -> End:
    """A stop stands for its whole station: its quays are at hand at once.

    The streets are entered from the stop itself, or from the first of its station that has
    coordinates. Where pathways lead in from an entrance, one stands before it.
    """
    stops, links = network.stops, network.stop_links
    is_door = bool(stops.location_type[stop] == ENTRANCE)
    in_street = is_door and links is not None and bool((links.entrance == stop).any())
    station = stops.station[stop]
    members = [stop, *(int(s) for s in np.flatnonzero(stops.station == station) if s != stop)]
    located = [s for s in members if not math.isnan(stops.lat[s] + stops.lon[s])]
    return End(stop_place(network, stop), (located or members)[0], tuple(members), in_street)


def _at_once(
    network: Network, stops: tuple[int, ...], walker: str, *, backward: bool
) -> NDArray[np.int32]:
    """The stop named and those of its station that one may walk into (`backward`: out of).

    Nobody in a wheelchair stands on a platform because its station has a street door.
    """
    links = links_of(network, walker)
    if links is None:
        return np.array(stops, np.int32)
    seconds = links.leave_s if backward else links.enter_s
    rows = [slice(*links.stop_offset[stop : stop + 2]) for stop in stops]
    inside = [
        stop
        for stop, row in zip(stops, rows, strict=True)
        if stop == stops[0] or row.start == row.stop or (seconds[row] < UNREACHED).any()
    ]
    return np.array(inside, np.int32)


def _straight_reach(network: Network, place: Coordinate, walker: str) -> Reach:
    """Stops that no street reaches, within a bounded straight line."""
    stops = network.stops
    degrees = math.degrees(MAX_STRAIGHT_M / EARTH_M) * 1.001  # of latitude, and a rounding error
    near = np.flatnonzero(np.abs(stops.lat - place.lat) <= degrees)
    if network.stop_links is not None:
        offset = network.stop_links.stop_offset
        near = near[offset[near] == offset[near + 1]]
    away = beelines_m(place.lat, place.lon, stops.lat[near], stops.lon[near])
    seconds = straight_walk_s(away, get_profile(walker).speed_kmh)
    found = np.flatnonzero(seconds < UNREACHED)
    return Reach(near[found].astype(np.int32), seconds[found])


def _shortfall(reason: Reason, side: Side, message: str, **facts: str) -> Shortfall:
    return Shortfall(reason=reason, message=message, facts={"side": side} | facts)
