"""From journeys to legs: who drives where and when, and the ways walked between."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from planner.ends import AT_STOP, BY_FOOTPATH, BY_STREET, StopAccess, stop_place
from planner.itinerary import (
    Arrangement,
    Itinerary,
    Leg,
    Place,
    Reason,
    StopCall,
    StreetLeg,
    TransitLeg,
    later,
)
from planner.network.profiles import get_profile, profile_of
from planner.network.shape import NONE, RIDDEN, STRAIGHT, WALKED, Timetable
from planner.network.store import Network
from planner.network.straight_walk import DETOUR, beelines_m
from planner.pace import USUAL, Pace
from planner.ride_lines import call_points, ride_line
from planner.streets import route as streets
from planner.streets.approach import Endpoint
from planner.transit.changes import ChangeWishes, find_change
from planner.transit.search import Journey, Ride, Segment
from planner.transit.service_day import ServiceDay, service_date

Ends = tuple[Endpoint, Endpoint]
Places = tuple[Place, Place]
Timing = tuple[datetime, int]  # start, seconds

_ARRANGEMENTS: Final = tuple(Arrangement)  # in the order of GTFS' numbers
_THROUGH_STREETS: Final = {WALKED: "walk", RIDDEN: "bike"}  # kinds of changes, and their mode


@dataclass(frozen=True, slots=True)
class LegMaker:
    """Turns the journeys of one question into itineraries.

    ways: through the streets so far; itineraries share many.
    """

    network: Network
    day: ServiceDay
    access: StopAccess
    egress: StopAccess
    step_free: bool
    wishes: ChangeWishes = field(default_factory=ChangeWishes)
    change_mode: str = "walk"
    pace: Pace = USUAL
    bike: str = "bike"  # the profile of who comes to the first stop, or leaves the last, by bicycle
    ways: dict[tuple[Ends, str], StreetLeg | None] = field(default_factory=dict)

    def itinerary(self, journey: Journey) -> Itinerary:
        """The legs of `journey`, door to door."""
        first, last = journey.rides[0], journey.rides[-1]
        legs: list[Leg] = self._door_legs(self.access, first.board_stop, journey.departure)
        for nth, ride in enumerate(journey.rides):
            if nth:
                legs += self._change(journey.rides[nth - 1], ride)
            legs += [
                self._transit_leg(segment, stay_seated=number > 0)
                for number, segment in enumerate(ride.segments)
            ]
        left = last.arrival + last.stay_s
        return Itinerary((*legs, *self._door_legs(self.egress, last.alight_stop, left)))

    def _door_legs(self, side: StopAccess, stop: int, start: int) -> list[Leg]:
        """The way between a door and a stop, from second `start` on; none where it is the stop."""
        how = side.how[stop]
        if how == AT_STOP or side.seconds_to(stop) == 0:
            return []
        door = int(side.via[stop]) if how == BY_FOOTPATH else side.end.endpoint
        at_door = stop_place(self.network, door) if isinstance(door, int) else side.end.place
        ends: Ends = (door, stop)
        places = (at_door, stop_place(self.network, stop))
        if side.backward:
            ends, places = ends[::-1], places[::-1]
        if how == BY_FOOTPATH:
            pair = (stop, int(side.via[stop])) if side.backward else (int(side.via[stop]), stop)
            wishes = ChangeWishes(walk_speed_kmh=self.wishes.walk_speed_kmh)
            return self._footpath_legs(pair, places, self._instant(start), wishes, "walk")
        timing = (self._instant(start), side.seconds_to(stop))
        if how == BY_STREET:
            mode = side.mode[side.mode_index[stop]]
            profile = profile_of(mode, step_free=self.step_free, bike=self.bike)
            leg = self._street_leg(ends, places, timing, profile)
            if leg is not None:
                return [leg]
        return [_straight_leg(places, timing, estimated=True)]

    def _change(self, ride: Ride, following: Ride) -> list[Leg]:
        """The walk from one vehicle to the next; none where it stops at the same place."""
        pair = (ride.alight_point, following.board_point)
        if ride.alight_stop == following.board_stop:
            return []
        places = (
            stop_place(self.network, ride.alight_stop),
            stop_place(self.network, following.board_stop),
        )
        left = self._instant(ride.arrival + ride.stay_s)
        return self._footpath_legs(pair, places, left, self.wishes, self.change_mode)

    def _footpath_legs(
        self,
        pair: tuple[int, int],
        places: Places,
        start: datetime,
        wishes: ChangeWishes,
        mode: str,
    ) -> list[Leg]:
        """A change between two points, drawn through the streets where they can.

        What the traveller wants or needs beside the way is waited at its end.
        """
        change = find_change(
            self.network, *pair, step_free=self.step_free, wishes=wishes, mode=mode
        )
        assert change is not None, "the search changed here"  # noqa: S101 - an invariant
        timing = (start, change.way_s)
        if change.kind in _THROUGH_STREETS:
            point_stop = self.network.timetable.point_stop
            stops = (int(point_stop[pair[0]]), int(point_stop[pair[1]]))
            profile = profile_of(_THROUGH_STREETS[change.kind], step_free=self.step_free)
            leg = self._street_leg(stops, places, timing, profile)
            if leg is not None:
                return [leg]
        return [_straight_leg(places, timing, estimated=change.kind == STRAIGHT)]

    def _street_leg(
        self, ends: Ends, places: Places, timing: Timing, profile: str
    ) -> StreetLeg | None:
        """A way through the streets in the time given, None where there is none."""
        start, seconds = timing
        if (ends, profile) not in self.ways:
            # The search that gave the seconds rounded them up.
            limit = self.pace.usual_s(profile, seconds) + 1
            path = streets.route(self.network, *ends, profile, max_s=limit)
            if isinstance(path, Reason):
                self.ways[ends, profile] = None
            else:
                mode = get_profile(profile).mode
                leg = streets.street_leg(self.network, path, mode, *places, start)
                self.ways[ends, profile] = self.pace.of_leg(leg, profile)
        way = self.ways[ends, profile]
        return way and replace(
            way, origin=places[0], destination=places[1], start=start, end=later(start, seconds)
        )

    def _transit_leg(self, ride: Segment, *, stay_seated: bool) -> TransitLeg:
        network, table = self.network, self.network.timetable
        routes = network.routes
        sequence = int(np.searchsorted(table.sequence_trip_offset, ride.trip, "right")) - 1
        route = int(table.sequence_route[sequence])
        agency = int(routes.agency[route])
        shape = int(table.trip_shape[ride.trip])
        points = ride_line(network, sequence, shape, ride.board, ride.alight)
        lat, lon = np.array(points).T
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
            headsign=_headsign(table, ride.trip, ride.board),
            trip_id=table.trip_id.get(ride.trip),
            trip_short_name=table.trip_short_name.get(ride.trip),
            service_date=service_date(self.day, self._zone_of(ride), ride.shift),
            feed=str(network.manifest["feeds"][int(routes.feed[route])]["name"]),
            calls=tuple(self._calls(ride, sequence)),
            points=points,
            length_m=float(beelines_m(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum()),
            headway=int(table.trip_headway[ride.trip]),
            step_free=int(table.trip_step_free[ride.trip]),
            bikes=int(table.trip_bikes[ride.trip]),
            stay_seated=stay_seated,
        )

    def _calls(self, ride: Segment, sequence: int) -> list[StopCall]:
        table = self.network.timetable
        event = int(table.trip_event_offset[ride.trip])
        row = slice(event + ride.board, event + ride.alight + 1)
        call = int(table.sequence_stop_offset[sequence])
        calls = slice(call + ride.board, call + ride.alight + 1)
        columns = (
            table.arrival[row], table.departure[row],
            table.sequence_pickup_type[calls], table.sequence_drop_off_type[calls],
        )  # fmt: skip
        return [
            StopCall(
                place=place,
                arrival=self._instant(arrival + ride.shift),
                departure=self._instant(departure + ride.shift),
                pickup=_ARRANGEMENTS[pickup],
                drop_off=_ARRANGEMENTS[drop_off],
            )
            for place, arrival, departure, pickup, drop_off in zip(
                self._places(ride, sequence), *(column.tolist() for column in columns), strict=True
            )
        ]

    def _places(self, ride: Segment, sequence: int) -> list[Place]:
        """The places of a ride's calls; a stop without coordinates is shown between the others."""
        first = int(self.network.timetable.sequence_stop_offset[sequence])
        row = slice(first + ride.board, first + ride.alight + 1)
        stops = self.network.timetable.sequence_stop[row].tolist()
        places = [stop_place(self.network, stop) for stop in stops]
        points = call_points(self.network, sequence)[ride.board : ride.alight + 1].tolist()
        return [
            place if [place.lat, place.lon] == point else replace(place, lat=point[0], lon=point[1])
            for place, point in zip(places, points, strict=True)
        ]

    def _zone_of(self, ride: Segment) -> str:
        return str(self.network.manifest["zones"][self.network.timetable.trip_zone[ride.trip]])

    def _instant(self, seconds: int) -> datetime:
        zone = ZoneInfo(self.network.manifest["timezone"])
        return datetime.fromtimestamp(self.day.zero + seconds, zone)


def _headsign(table: Timetable, trip: int, position: int) -> str:
    """What a vehicle shows at a call of its trip."""
    sign = NONE
    signed = int(np.searchsorted(table.signed_trip, trip))
    if signed < len(table.signed_trip) and table.signed_trip[signed] == trip:
        sign = table.sign[table.sign_offset[table.signed_row[signed]] + position]
    return table.headsign.get(int(table.trip_headsign[trip] if sign == NONE else sign))


def _straight_leg(places: Places, timing: Timing, *, estimated: bool) -> StreetLeg:
    """A walk drawn as a line: its time is published, or estimated from the distance."""
    origin, destination = places
    start, seconds = timing
    ends = ((origin.lat, origin.lon), (destination.lat, destination.lon))
    (lat, other_lat), (lon, other_lon) = np.array(ends).T
    return StreetLeg(
        mode="walk",
        origin=origin,
        destination=destination,
        start=start,
        end=later(start, seconds),
        length_m=float(beelines_m(lat, lon, other_lat, other_lon)) * (DETOUR if estimated else 1.0),
        points=ends,
        estimated=estimated,
    )
