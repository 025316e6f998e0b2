"""A few questions whose answers are known beforehand: is this network fit to be served?

Asking them also compiles or loads every kernel that a request needs, so no traveller waits for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from planner.itinerary import Answer, Reason
from planner.network.public_ids import list_public_ids
from planner.network.shape import BIKE, NOT_ALLOWED, UNREACHED, Streets, Timetable
from planner.network.store import Network, frozen
from planner.plan import plan
from planner.request import Coordinate, Request
from planner.stop_ids import parse_stop_ref
from planner.streets.added import AddedStreet, with_added_streets
from planner.streets.isochrone import isochrones
from planner.streets.many import street_matrix
from planner.streets.path import StreetPath
from planner.streets.reweight import StreetEdit, edited
from planner.streets.route import route
from planner.streets.weighted import weighted
from planner.transit.one_to_all import earliest_arrivals
from planner.transit.search import Reach
from planner.transit.service_day import day_zero, service_day, services_on

TRIPS_TRIED: Final = 3
WINDOW_S: Final = 3600
_MINUTE_S, _HOUR_S = 60, 3600


class CanaryError(Exception):
    """The network gave a wrong answer to a question whose answer is known."""


@dataclass(frozen=True, slots=True)
class _Ride:
    """From a stop to another on a trip of the timetable."""

    origin: int
    destination: int
    departure: datetime
    arrival: datetime


def ask_canaries(network: Network) -> None:
    """Ask for trips of the timetable and for a street; raises CanaryError for a wrong answer."""
    ids = list_public_ids(network.stops, network.manifest["feeds"])
    for ride in _pick_rides(network):
        _ask_for_ride(network, ride, ids[ride.origin], ids[ride.destination])
    if network.streets is not None:
        for mode in ("walk", "bike", "car"):
            _ask_for_street(network, network.streets, mode)
            _ask_around(network, network.streets, mode)
        _ask_after_an_edit(network, network.streets)
        _add_a_street(network, network.streets)


def _ask_for_ride(network: Network, ride: _Ride, origin: str, destination: str) -> None:
    """Who is at the stop in time is there no later than the trip, and need leave no earlier."""
    forward = Request(
        origin=parse_stop_ref(network, origin),
        destination=parse_stop_ref(network, destination),
        time=ride.departure,
    )
    backward = replace(forward, time=ride.arrival, arrive_by=True)
    if not any(there <= ride.arrival for there in _ends(plan(network, forward))):
        msg = f"from {origin} at {ride.departure} one isn't in {destination} by {ride.arrival}"
        raise CanaryError(msg)
    if not any(left >= ride.departure for left in _starts(plan(network, backward))):
        msg = (
            f"from {origin} one can't leave at {ride.departure} for {destination} by {ride.arrival}"
        )
        raise CanaryError(msg)
    plan(network, replace(forward, window_s=WINDOW_S))
    plan(network, replace(forward, criterion="walk"))
    _ask_everywhere(network, ride)
    here, there = (_coordinate(network, stop) for stop in (ride.origin, ride.destination))
    if here is not None and there is not None:
        for request in (forward, backward):
            access = frozenset({"walk", "bike"})
            plan(network, replace(request, origin=here, destination=there, access=access))


def _ask_everywhere(network: Network, ride: _Ride) -> None:
    """Who is at the stop in time is there no later than the trip, among all that can be reached."""
    zone = ZoneInfo(network.manifest["timezone"])
    day = service_day(network, ride.departure.astimezone(zone).date())
    at_stop = Reach(np.array([ride.origin], np.int32), np.zeros(1, np.int32))
    time, latest = day.clock(ride.departure), day.clock(ride.arrival)
    arrivals = earliest_arrivals(day, at_stop, time, latest=latest, max_rides=1)
    if arrivals[ride.destination] > latest:
        msg = f"stop {ride.destination} isn't among those reached from {ride.origin}"
        raise CanaryError(msg)


def _coordinate(network: Network, stop: int) -> Coordinate | None:
    lat, lon = float(network.stops.lat[stop]), float(network.stops.lon[stop])
    return None if math.isnan(lat) else Coordinate(lat, lon)


def _ends(answer: Answer) -> Iterator[datetime]:
    return (itinerary.end for itinerary in (*answer.itineraries, *answer.direct))


def _starts(answer: Answer) -> Iterator[datetime]:
    return (itinerary.start for itinerary in (*answer.itineraries, *answer.direct))


def _pick_rides(network: Network) -> Iterator[_Ride]:
    """A few trips of the day with the most of them, far apart in the timetable."""
    timetable = network.timetable
    if timetable.trip_service.size == 0:
        return
    days = np.bincount(timetable.trip_service, minlength=len(timetable.service_days))
    column = int((days @ timetable.service_days).argmax())
    day = date.fromisoformat(network.manifest["first_date"]) + timedelta(days=column)
    running = np.flatnonzero(services_on(network, day)[timetable.trip_service])
    for trip in running[np.linspace(0, running.size - 1, TRIPS_TRIED).astype(np.int64)].tolist():
        ends = _ends_of(timetable, network.stops.station, trip)
        if ends is None:
            continue
        origin, destination = ends
        zone = network.manifest["zones"][int(timetable.trip_zone[trip])]
        zero = day_zero(day, zone)
        event = int(timetable.trip_event_offset[trip])
        first = _sequence_start(timetable, trip)
        yield _Ride(
            int(timetable.sequence_stop[first + origin]),
            int(timetable.sequence_stop[first + destination]),
            datetime.fromtimestamp(zero + int(timetable.departure[event + origin]), UTC),
            datetime.fromtimestamp(zero + int(timetable.arrival[event + destination]), UTC),
        )


def _sequence_start(timetable: Timetable, trip: int) -> int:
    sequence = int(np.searchsorted(timetable.sequence_trip_offset, trip, side="right")) - 1
    return int(timetable.sequence_stop_offset[sequence])


def _ends_of(timetable: Timetable, station: np.ndarray, trip: int) -> tuple[int, int] | None:
    """First position where one may board, and the last elsewhere where one may alight."""
    first = _sequence_start(timetable, trip)
    length = int(np.diff(timetable.trip_event_offset[trip : trip + 2])[0])
    calls = slice(first, first + length)
    board = np.flatnonzero(timetable.sequence_pickup_type[calls] != NOT_ALLOWED)
    alight = np.flatnonzero(timetable.sequence_drop_off_type[calls] != NOT_ALLOWED)
    if board.size == 0 or alight.size == 0 or alight[-1] <= board[0]:
        return None
    origin, destination = int(board[0]), int(alight[-1])
    stations = station[timetable.sequence_stop[[first + origin, first + destination]]]
    return (origin, destination) if stations[0] != stations[1] else None


def _ask_around(network: Network, streets: Streets, mode: str) -> None:
    """From the middle of the map, what a table of ways says, and an area."""
    metric = network.metrics[mode]
    nodes = streets.tail[metric.cost < UNREACHED]
    if nodes.size == 0 or network.hierarchy is None:
        return
    here, there = (
        Coordinate(float(streets.node_lat[node]), float(streets.node_lon[node]))
        for node in (nodes[nodes.size // 2], nodes[nodes.size // 3])
    )
    table = street_matrix(network, [here], [there], mode, max_s=_HOUR_S)
    way = route(network, here, there, mode, max_s=_HOUR_S)
    told = way.duration if isinstance(way, StreetPath) else UNREACHED
    if table.duration[0, 0] != told:
        msg = f"from {here} to {there} by {mode} a table says {table.duration[0, 0]}, not {told} s"
        raise CanaryError(msg)
    areas = isochrones(network, here, mode, (_MINUTE_S,))
    if isinstance(areas, Reason) or not areas[0].polygons:
        msg = f"from {here} one gets nowhere by {mode} in a minute"
        raise CanaryError(msg)


def _ask_for_street(network: Network, streets: Streets, mode: str) -> None:
    """From one end of a street in the middle of the map to its other end."""
    metric = network.metrics[mode]
    open_edges = np.flatnonzero(
        (metric.cost < UNREACHED) & (metric.cost[streets.reverse] < UNREACHED)
    )
    if open_edges.size == 0:
        return
    edge = int(open_edges[open_edges.size // 2])
    tail, head = int(streets.tail[edge]), int(streets.head[edge])
    first = date.fromisoformat(network.manifest["first_date"])
    aside = int(streets.tail[open_edges[open_edges.size // 4]])
    ends = [
        Coordinate(float(streets.node_lat[node]), float(streets.node_lon[node]))
        for node in (tail, head, aside)
    ]
    request = Request(
        origin=ends[0],
        destination=ends[1],
        time=datetime(first.year, first.month, first.day, 12, tzinfo=UTC),
        modes=frozenset({mode}),
    )
    answer = plan(network, request)
    way_id = int(streets.way_id[edge])
    if mode == "walk" and not answer.direct:
        msg = f"no way on foot along way {way_id}, which is open to it"
        raise CanaryError(msg)
    # Through the hierarchy and by a search, which is made where some streets are closed for a time.
    without = replace(network, hierarchy=None, slopes={}, stop_buckets={})
    ways = [
        route(one, ends[0], ends[2], mode, max_s=request.max_direct_s) for one in (network, without)
    ]
    costs = [way.cost if isinstance(way, StreetPath) else None for way in ways]
    if costs[0] != costs[1]:
        msg = f"from way {way_id} elsewhere by {mode} costs {costs[0]}, a search says {costs[1]}"
        raise CanaryError(msg)


def _ask_after_an_edit(network: Network, streets: Streets) -> None:
    """A street closed to bicycles weighs in part what it does as a whole."""
    open_edges = np.flatnonzero(network.metrics["bike"].cost < UNREACHED)
    if network.hierarchy is None or open_edges.size == 0:
        return
    edge = open_edges[open_edges.size // 2]
    edit = StreetEdit(frozen(np.array([edge]), np.int32), {"access": 0})
    after = edited(network, [edit], profiles=["bike"])
    whole = weighted(replace(after, slopes={}), "bike").slopes
    if whole is None or not all(
        np.array_equal(np.asarray(one), np.asarray(other))
        for one, other in zip(after.slopes["bike"], whole, strict=True)
    ):
        msg = f"closing way {int(streets.way_id[edge])} weighs otherwise in part than as a whole"
        raise CanaryError(msg)


def _add_a_street(network: Network, streets: Streets) -> None:
    """Only to have what it takes compiled: a link beside the first street."""
    if network.hierarchy is not None and len(streets.tail):
        link = AddedStreet(int(streets.tail[0]), int(streets.head[0]), {"access": BIKE})
        with_added_streets(network, [link], profiles=["bike"])
