"""One answer written by hand, the same in every test of the API.

START ~walk 5 min~ 1 [RER C] 2 3 ~walk 2 min~ 4 [metro 12] 5 ~walk 1 min~ END
direct: walk 40 min, bike 15 min
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from timetable_text import timetable

from planner.itinerary import (
    Answer,
    Itinerary,
    Place,
    Reason,
    SearchReport,
    Shortfall,
    Step,
    StopCall,
    StreetLeg,
    TransitLeg,
    Turn,
)
from planner.network.store import frozen
from web.app import create_app
from web.settings import Settings

ZONE = ZoneInfo("Europe/Paris")
LINES = timetable("A     B     D\n8:05  8:15  8:30\n--\nA     D\n9:05  9:30")
METRO_AND_TRAIN = frozen(np.array([1, 2]), np.int32)
NETWORK = replace(LINES, routes=LINES.routes._replace(route_type=METRO_AND_TRAIN))
HOME = Place(name="", lat=48.8231111, lon=2.2701111)
WORK = Place(name="", lat=48.8531111, lon=2.3491111)


def at(hhmmss: str) -> datetime:
    """A time on Wednesday 25 March 2026 in Paris, an hour ahead of UTC."""
    return datetime.fromisoformat(f"2026-03-25T{hhmmss}").replace(tzinfo=ZONE)


def stop(number: int, **parts) -> Place:
    return Place(
        name=f"Stop {number}", lat=48.82 + number / 100, lon=2.27 + number / 100,
        stop_id=f"IDFM:{number}", **parts,
    )  # fmt: skip


def walk(origin: Place, destination: Place, start: str, minutes: int, mode: str = "walk", steps=()):
    begin = at(start)
    points = ((origin.lat, origin.lon), (destination.lat, destination.lon))
    return StreetLeg(
        mode=mode, origin=origin, destination=destination, start=begin,
        end=begin + timedelta(minutes=minutes), length_m=80.0 * minutes, points=points,
        steps=steps, climb_m=3.0, descent_m=1.0,
    )  # fmt: skip


def ride(calls, **parts):
    values = {
        "route_type": 2, "route_id": "R", "route_short_name": "C", "route_long_name": "RER C",
        "route_color": "#FFCD00", "route_text_color": "000000", "agency_id": "a",
        "agency_name": "SNCF", "agency_url": "https://example.org", "headsign": "Pontoise",
        "trip_id": "T1", "trip_short_name": "", "service_date": date(2026, 3, 25), "feed": "idfm",
        "length_m": 4200.0,
    } | parts  # fmt: skip
    stops = tuple(StopCall(place=p, arrival=at(a), departure=at(d)) for p, a, d in calls)
    return TransitLeg(calls=stops, points=tuple((c[0].lat, c[0].lon) for c in calls), **values)


def step(turn: Turn) -> Step:
    return Step(
        turn=turn, street="Rue Ernest Renan", road_class="residential", length_m=120.0, duration=30,
        points=((48.8231111, 2.2701111), (48.8241111, 2.2711111)), contraflow=True,
        infrastructure="contraflow",
    )  # fmt: skip


RER = ride(
    [
        (stop(1, platform="2B", station_id="IDFM:10"), "08:05:00", "08:05:26"),
        (stop(2), "08:10:00", "08:11:00"),
        (stop(3), "08:15:00", "08:15:00"),
    ]
)
METRO = ride(
    [(stop(4), "08:20:00", "08:20:00"), (stop(5), "08:30:00", "08:30:00")],
    route_type=1, route_short_name="", route_long_name="Métro 12", trip_id="T2", bikes=-1,
    agency_url="javascript:alert(1)", step_free=-1,
)  # fmt: skip
BIKE_STEPS = tuple(step(turn) for turn in (Turn.DEPART, Turn.SLIGHTLY_RIGHT, Turn.UTURN_LEFT))
DIRECT = (
    Itinerary((walk(HOME, WORK, "08:00:00", 40),)),
    Itinerary((walk(HOME, WORK, "08:00:00", 15, "bike", BIKE_STEPS),)),
)
BY_TRANSIT = Itinerary(
    (
        walk(HOME, stop(1), "08:00:26", 5),
        RER,
        walk(stop(3), stop(4), "08:15:00", 2, steps=(step(Turn.CONTINUE),)),
        METRO,
        walk(stop(5), WORK, "08:30:00", 1),
    )
)
NO_SERVICE = Shortfall(
    reason=Reason.NO_SERVICE_DATE,
    message="There is no timetable for 2030-01-01: the feeds cover 2026-03-23 to 2026-04-05.",
    facts={"date": "2030-01-01", "first": "2026-03-23", "last": "2026-04-05"},
)


def answer(*, itineraries=(BY_TRANSIT,), direct=DIRECT, shortfalls=()) -> Answer:
    return Answer(
        origin=HOME, destination=WORK, itineraries=itineraries, direct=direct,
        shortfalls=shortfalls, searched=(at("08:00:00"), at("08:15:00")),
        debug=SearchReport(journeys=2, kept=2),
    )  # fmt: skip


class FakePlanner:
    """Answers everything with `says`, and keeps what it was asked."""

    def __init__(self, says: Answer | Exception | None = None) -> None:
        self.says = says or answer()
        self.asked = []

    def __call__(self, network, request) -> Answer:
        self.asked.append(request)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


def client_of(says=None, *, network=NETWORK, settings=None):
    """A test client and the planner behind it."""
    planner = FakePlanner(says)
    return create_app(network, settings or Settings(), planner=planner).test_client(), planner
