"""The planner's answer as MOTIS 2 writes it, in each version of its API."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from planner.itinerary import (
    Answer,
    Arrangement,
    Comfort,
    FilterReport,
    Itinerary,
    Leg,
    Place,
    SearchReport,
    Step,
    StopCall,
    StreetLeg,
    TransitLeg,
)
from planner.network.store import Network
from web.motis import schema
from web.motis.modes import transit_mode
from web.motis.polyline import encode_polyline

NEWEST: Final = 6
VERSIONS: Final = range(1, NEWEST + 1)

# What MOTIS changed, by the first version that has the change.
_SIX_DECIMALS: Final = 2
_DISPLAY_NAME: Final = 4
_NO_LEVEL: Final = 6
# Clients of v1 fail on words the first server never sent; these become their neighbours.
_V1_TURNS: Final = {"SLIGHTLY_RIGHT": "RIGHT", "UTURN_LEFT": "HARD_LEFT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """How much of an answer is written. `parameters` is the question, echoed."""

    version: int = NEWEST
    legs: bool = True  # geometry and steps
    transfers: bool = True  # the same, of ways between two vehicles
    parameters: Mapping[str, str] = field(default_factory=dict)
    unsupported: Mapping[str, str] = field(default_factory=dict)  # parameter -> sentence


def plan_response(answer: Answer, network: Network, detail: Detail | None = None) -> dict[str, Any]:
    """The JSON object of MOTIS' `plan`, by default in the newest version, with all detail."""
    writer = Writer(detail or Detail(), network.manifest["timezone"])
    response = schema.PlanResponse(
        request_parameters=dict(writer.detail.parameters),
        debug_output=_counts(answer.debug),
        from_=writer.place(answer.origin, bare="START"),
        to=writer.place(answer.destination, bare="END"),
        direct=[writer.itinerary(direct) for direct in answer.direct],
        itineraries=[writer.itinerary(itinerary) for itinerary in answer.itineraries],
        previous_page_cursor=f"EARLIER|{math.ceil(answer.searched[0].timestamp())}",
        next_page_cursor=f"LATER|{math.floor(answer.searched[1].timestamp())}",
        filters=[_filter(report) for report in answer.debug.filters],
        shortfalls=[
            schema.Shortfall(reason=short.reason, message=short.message, facts=short.facts)
            for short in answer.shortfalls
        ],
        unsupported=[
            schema.Unsupported(parameter=parameter, message=message)
            for parameter, message in writer.detail.unsupported.items()
        ],
    )
    return response.model_dump(by_alias=True, exclude_none=True)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the parts of one answer."""

    detail: Detail
    timezone: str

    def itinerary(self, itinerary: Itinerary) -> schema.Itinerary:
        """One way to make the trip."""
        rides = [i for i, leg in enumerate(itinerary.legs) if isinstance(leg, TransitLeg)]
        last = len(itinerary.legs) - 1
        return schema.Itinerary(
            duration=_seconds(itinerary.start, itinerary.end),
            start_time=utc(itinerary.start),
            end_time=utc(itinerary.end),
            transfers=itinerary.transfers,
            id=itinerary_id(itinerary),
            also_at=[utc(departure) for departure in itinerary.also_at],
            legs=[
                self.leg(
                    leg,
                    first=i == 0,
                    last=i == last,
                    transfer=bool(rides) and rides[0] < i < rides[-1],
                )
                for i, leg in enumerate(itinerary.legs)
            ],
        )

    def leg(self, leg: Leg, *, first: bool, last: bool, transfer: bool) -> schema.Leg:
        """A leg; its two ends are named bare where the trip begins and ends there."""
        bare = ("START" if first else "", "END" if last else "")
        if isinstance(leg, TransitLeg):
            return self.transit_leg(leg)
        shown = self.detail.transfers if transfer else self.detail.legs
        return self.street_leg(leg, bare=bare, shown=shown)

    def street_leg(self, leg: StreetLeg, *, bare: tuple[str, str], shown: bool) -> schema.Leg:
        """A way through the streets, with its geometry where `shown`."""
        return schema.Leg(
            mode=leg.mode.upper(),
            from_=self.place(leg.origin, departure=leg.start, bare=bare[0]),
            to=self.place(leg.destination, arrival=leg.end, bare=bare[1]),
            **_times(leg),
            distance=round(leg.length_m, 1),
            leg_geometry=self.polyline(leg.points if shown else ()),
            steps=[self.step(step) for step in leg.steps] if shown else None,
            climb=round(leg.climb_m, 1),
            descent=round(leg.descent_m, 1),
            heights=list(leg.heights) or None if shown else None,
            comfort=None if leg.comfort is None else _comfort(leg.comfort),
            estimated=leg.estimated,
        )

    def transit_leg(self, leg: TransitLeg) -> schema.Leg:
        """A ride on one vehicle."""
        display = leg.route_short_name or leg.route_long_name or leg.trip_short_name
        named = self.detail.version >= _DISPLAY_NAME
        first, last = leg.calls[0], leg.calls[-1]
        return schema.Leg(
            mode=transit_mode(leg, self.detail.version),
            from_=self.place(first.place, departure=first.departure, call=first),
            to=self.place(last.place, arrival=last.arrival, call=last),
            **_times(leg),
            distance=round(leg.length_m, 1),
            interline_with_previous_leg=leg.stay_seated,
            headsign=leg.headsign,
            route_id=leg.route_id,
            route_color=leg.route_color.removeprefix("#") or None,
            route_text_color=leg.route_text_color.removeprefix("#") or None,
            route_type=leg.route_type,
            agency_name=leg.agency_name,
            agency_url=_safe_url(leg.agency_url),
            agency_id=leg.agency_id,
            trip_id=leg.trip_id,
            route_short_name=(leg.route_short_name if named else "") or display,
            route_long_name=leg.route_long_name,
            trip_short_name=leg.trip_short_name or None,
            display_name=display if named else None,
            cancelled=False,
            source=leg.feed,
            intermediate_stops=[self.call(call) for call in leg.calls[1:-1]],
            leg_geometry=self.polyline(leg.points if self.detail.legs else ()),
            bikes_allowed=leg.bikes > 0 if leg.bikes else None,
            wheelchair_accessible=_STEP_FREE.get(leg.step_free),
            service_date=leg.service_date.isoformat(),
            headway=leg.headway or None,
        )

    def call(self, call: StopCall) -> schema.Place:
        """A stop on the way, with its times."""
        return self.place(call.place, arrival=call.arrival, departure=call.departure, call=call)

    def place(
        self,
        place: Place,
        *,
        arrival: datetime | None = None,
        departure: datetime | None = None,
        call: StopCall | None = None,
        bare: str = "",
    ) -> schema.Place:
        """A place; `bare` names a coordinate that has no name, as MOTIS names a trip's two ends.

        call: the vehicle's, where it is one.
        """
        came, left = (utc(time) if time is not None else None for time in (arrival, departure))
        return schema.Place(
            name=place.name or bare,
            stop_id=place.stop_id,
            parent_id=place.station_id if place.station_id != place.stop_id else None,
            lat=round(place.lat, 7),
            lon=round(place.lon, 7),
            level=0 if self.detail.version < _NO_LEVEL else None,
            tz=self.timezone,
            arrival=came,
            departure=left,
            scheduled_arrival=came,
            scheduled_departure=left,
            scheduled_track=place.platform or None,
            track=place.platform or None,
            vertex_type="TRANSIT" if place.stop_id else "NORMAL",
            **({} if call is None else _arrangements(call)),
        )

    def step(self, step: Step) -> schema.Step:
        """A stretch of one street."""
        turn = str(step.turn)
        return schema.Step(
            relative_direction=_V1_TURNS.get(turn, turn) if self.detail.version == 1 else turn,
            distance=round(step.length_m, 1),
            polyline=self.polyline(step.points),
            street_name=step.street,
            duration=step.duration,
            road_class=step.road_class,
            push=step.push,
            contraflow=step.contraflow,
            infrastructure=step.infrastructure,
            osm_way=step.way_id or None,
            elevation_up=round(step.climb_m),
            elevation_down=round(step.descent_m),
            stress=step.stress or None,
        )

    def polyline(self, points: Iterable[tuple[float, float]]) -> schema.Polyline:
        """A line, as precise as the version has it."""
        points = tuple(points)
        precision = 6 if self.detail.version >= _SIX_DECIMALS else 7
        return schema.Polyline(
            points=encode_polyline(points, precision), precision=precision, length=len(points)
        )


def _comfort(comfort: Comfort) -> schema.Comfort:
    return schema.Comfort(
        level=[round(metres, 1) for metres in comfort.level_m],
        unknown=round(comfort.unknown_m, 1),
        pushed=round(comfort.pushed_m, 1),
        facility={name: round(metres, 1) for name, metres in comfort.facility_m.items()},
        calm_share=round(comfort.calm_share, 3),
    )


def _counts(report: SearchReport) -> dict[str, int]:
    """MOTIS' debugOutput, counts alone: journeys found and kept, and changed by each filter."""
    filters = {one.name: one.changed + len(one.dropped) for one in report.filters}
    return {"journeys": report.journeys, "kept": report.kept} | filters


def _filter(report: FilterReport) -> schema.FilterReport:
    return schema.FilterReport(
        name=report.name,
        changed=report.changed,
        dropped=[
            schema.Dropped(itinerary=one.itinerary, reason=one.reason, by=one.by)
            for one in report.dropped
        ],
    )


def _arrangements(call: StopCall) -> dict[str, Any]:
    """Whether one may get on and off at a call, and whom one has to tell."""
    told: dict[str, Any] = {}
    for name, one in (("pickup", call.pickup), ("dropoff", call.drop_off)):
        allowed = one != Arrangement.NOT_ALLOWED
        told[f"{name}_type"] = "NORMAL" if allowed else "NOT_ALLOWED"
        if allowed and one != Arrangement.REGULAR:
            told[f"{name}_arrangement"] = one.name
    return told


_STEP_FREE: Final[Mapping[int, Any]] = {1: "ACCESSIBLE", -1: "NOT_ACCESSIBLE"}


def utc(instant: datetime) -> str:
    """`instant` as RFC 3339 in UTC, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def itinerary_id(itinerary: Itinerary) -> str:
    """A short name, the same whenever the same legs are found; it doesn't tell where they lead."""
    parts = [
        f"{leg.trip_id}@{leg.service_date}:{leg.origin.stop_id}>{leg.destination.stop_id}"
        if isinstance(leg, TransitLeg)
        else f"{leg.mode}:{leg.points[:1]}>{leg.points[-1:]}"
        for leg in itinerary.legs
    ]
    parts.append(utc(itinerary.start))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]


def _times(leg: Leg) -> dict[str, Any]:
    start, end = utc(leg.start), utc(leg.end)
    return {
        "duration": _seconds(leg.start, leg.end),
        "start_time": start,
        "end_time": end,
        "scheduled_start_time": start,
        "scheduled_end_time": end,
    }


def _seconds(start: datetime, end: datetime) -> int:
    return round(end.timestamp() - start.timestamp())


def _safe_url(url: str) -> str | None:
    """A feed's URL where it is one of the web; a feed may also publish `javascript:`."""
    return url if url.lower().startswith(("https://", "http://")) else None
