"""From journeys to legs: who drives where and when, and the ways walked between."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from planner import streets
from planner.ends import (
    AT_STOP,
    BY_FOOTPATH,
    BY_STREET,
    StopAccess,
    distance_m,
    stop_place,
)
from planner.itinerary import Itinerary, Leg, Place, StopCall, StreetLeg, TransitLeg
from planner.network.profiles import profile_of
from planner.network.shape import STRAIGHT, WALKED
from planner.network.store import Network
from planner.service_day import DAY, ServiceDay, footpaths_for
from planner.shapes import cut_shape
from planner.transit import Journey, Ride

Ends = tuple[streets.Endpoint | None, streets.Endpoint | None]
Places = tuple[Place, Place]
Timing = tuple[datetime, int]  # start, seconds


@dataclass(frozen=True, slots=True)
class LegMaker:
    """Turns the journeys of one question into itineraries."""

    network: Network
    day: ServiceDay
    access: StopAccess
    egress: StopAccess
    step_free: bool

    def itinerary(self, journey: Journey) -> Itinerary:
        """The legs of `journey`, door to door."""
        first, last = journey.rides[0], journey.rides[-1]
        legs: list[Leg] = self._door_legs(self.access, first.board_stop, journey.departure)
        for number, ride in enumerate(journey.rides):
            if number:
                legs += self._change(journey.rides[number - 1], ride)
            legs.append(self._transit_leg(ride))
        return Itinerary((*legs, *self._door_legs(self.egress, last.alight_stop, last.arrival)))

    def _door_legs(self, side: StopAccess, stop: int, start: int) -> list[Leg]:
        """The way between a door and a stop, from second `start` on; none where it is the stop."""
        ends: Ends = (side.end.endpoint, stop)
        places = (side.end.place, stop_place(self.network, stop))
        pair = (int(side.via[stop]), stop)
        if side.backward:
            ends, places, pair = ends[::-1], places[::-1], pair[::-1]
        how = side.how[stop]
        if how == AT_STOP:
            return []
        if how == BY_FOOTPATH:
            return self._footpath_legs(pair, places, self._instant(start))
        timing = (self._instant(start), side.seconds_to(stop))
        if how == BY_STREET:
            leg = self._walk(ends, places, timing, side.mode[side.mode_index[stop]])
            if leg is not None:
                return [leg]
        return [_straight_leg(places, timing, estimated=True)]

    def _change(self, ride: Ride, following: Ride) -> list[Leg]:
        """The walk from one vehicle to the next; none where it stops at the same place."""
        pair = (ride.alight_stop, following.board_stop)
        if pair[0] == pair[1]:
            return []
        places = (stop_place(self.network, pair[0]), stop_place(self.network, pair[1]))
        return self._footpath_legs(pair, places, self._instant(ride.arrival))

    def _footpath_legs(self, pair: tuple[int, int], places: Places, start: datetime) -> list[Leg]:
        """A change on foot as the Footpaths have it, drawn through the streets where they can."""
        footpaths = footpaths_for(self.network, step_free=self.step_free)
        row = slice(int(footpaths.stop_offset[pair[0]]), int(footpaths.stop_offset[pair[0] + 1]))
        index = row.start + int(np.flatnonzero(footpaths.to_stop[row] == pair[1])[0])
        timing = (start, int(footpaths.duration[index]))
        kind = int(footpaths.kind[index])
        if kind == WALKED:
            leg = self._walk(pair, places, timing, "walk")
            if leg is not None:
                return [leg]
        return [_straight_leg(places, timing, estimated=kind == STRAIGHT)]

    def _walk(self, ends: Ends, places: Places, timing: Timing, mode: str) -> StreetLeg | None:
        """A way through the streets in the time given, None where there is none."""
        origin, destination = ends
        start, seconds = timing
        if origin is None or destination is None:
            return None
        # The search that gave the seconds rounded them up.
        profile = profile_of(mode, step_free=self.step_free)
        path = streets.route(self.network, origin, destination, profile, max_s=seconds + 1)
        if path is None:
            return None
        leg = streets.street_leg(self.network, path, mode, *places, start)
        return replace(leg, end=start + timedelta(seconds=seconds))

    def _transit_leg(self, ride: Ride) -> TransitLeg:
        network, table = self.network, self.network.timetable
        routes = network.routes
        sequence = int(np.searchsorted(table.sequence_trip_offset, ride.trip, "right")) - 1
        route = int(table.sequence_route[sequence])
        agency = int(routes.agency[route])
        points = self._points(ride, sequence)
        return TransitLeg(
            route_type=int(routes.route_type[route]),
            route_id=routes.route_id.get(route),
            route_short_name=routes.short_name.get(route),
            route_long_name=routes.long_name.get(route),
            route_color=routes.color.get(route),
            route_text_color=routes.text_color.get(route),
            agency_id=routes.agency_id.get(agency),
            agency_name=routes.agency_name.get(agency),
            agency_url=routes.agency_url.get(agency),
            headsign=table.headsign.get(int(table.trip_headsign[ride.trip])),
            trip_id=table.trip_id.get(ride.trip),
            trip_short_name=table.trip_short_name.get(ride.trip),
            service_date=self._service_date(ride),
            feed=str(network.manifest["feeds"][int(routes.feed[route])]["name"]),
            calls=tuple(self._calls(ride, sequence)),
            points=points,
            length_m=sum(distance_m(*a, *b) for a, b in pairwise(points)),
            headway=int(table.trip_headway[ride.trip]),
            step_free=int(table.trip_step_free[ride.trip]),
            bikes=int(table.trip_bikes[ride.trip]),
        )

    def _calls(self, ride: Ride, sequence: int) -> list[StopCall]:
        table = self.network.timetable
        stops = int(table.sequence_stop_offset[sequence])
        event = int(table.trip_event_offset[ride.trip])
        return [
            StopCall(
                place=stop_place(self.network, int(table.sequence_stop[stops + position])),
                arrival=self._instant(int(table.arrival[event + position]) + ride.shift),
                departure=self._instant(int(table.departure[event + position]) + ride.shift),
            )
            for position in range(ride.board, ride.alight + 1)
        ]

    def _points(self, ride: Ride, sequence: int) -> tuple[tuple[float, float], ...]:
        table = self.network.timetable
        row = slice(
            int(table.sequence_stop_offset[sequence]), int(table.sequence_stop_offset[sequence + 1])
        )
        calls = np.column_stack(
            [
                self.network.stops.lat[table.sequence_stop[row]],
                self.network.stops.lon[table.sequence_stop[row]],
            ]
        )
        return cut_shape(
            self._shape(int(table.trip_shape[ride.trip])), calls, ride.board, ride.alight
        )

    def _shape(self, shape: int) -> NDArray[np.float64]:
        table = self.network.timetable
        if shape < 0:
            return np.empty((0, 2))
        row = slice(int(table.shape_offset[shape]), int(table.shape_offset[shape + 1]))
        return np.column_stack([table.shape_lat[row], table.shape_lon[row]])

    def _service_date(self, ride: Ride) -> date:
        # A shift is a whole number of days but for changes of clocks and zones.
        return self.day.date + timedelta(days=round(ride.shift / DAY))

    def _instant(self, seconds: int) -> datetime:
        zone = ZoneInfo(self.network.manifest["timezone"])
        return self.day.instant(seconds).astimezone(zone)


def _straight_leg(places: Places, timing: Timing, *, estimated: bool) -> StreetLeg:
    """A walk drawn as a line: its time is published, or a guess from the distance."""
    origin, destination = places
    start, seconds = timing
    ends = ((origin.lat, origin.lon), (destination.lat, destination.lon))
    return StreetLeg(
        mode="walk",
        origin=origin,
        destination=destination,
        start=start,
        end=start + timedelta(seconds=seconds),
        length_m=distance_m(*ends[0], *ends[1]),
        points=ends,
        estimated=estimated,
    )
