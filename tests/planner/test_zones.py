"""Whose day it is: the network's, each agency's, and the one of whoever asks."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from timetable_text import network

from planner.plan import plan
from planner.request import Request, StopRef


def across_zones(zones, at, hour=23):
    """A trip of each zone, at `hour` of its own clock every day, from S0 to S1."""
    start, end = hour * 3600, hour * 3600 + 1800
    calls = [(0, start, start, True, True), (1, end, end, True, True)]
    trips = [{"calls": calls, "zone": zone} for zone in range(len(zones))]
    net = network(trips, {}, n_stops=2, zones=zones)
    request = Request(
        origin=StopRef("S0"), destination=StopRef("S1"), time=datetime.fromisoformat(at),
        window_s=12 * 3600,
    )  # fmt: skip
    return plan(net, request).itineraries


@pytest.mark.parametrize(
    "zones", [("Europe/Paris", "Asia/Tokyo"), ("Pacific/Auckland", "America/Los_Angeles"),
              ("America/Los_Angeles", "Pacific/Auckland"), ("Europe/Paris", "Pacific/Apia")],
)  # fmt: skip
def test_A9_service_date_is_the_agencys_own_however_far_its_zone(zones):
    found = across_zones(zones, "2026-03-25T12:00+00:00")
    found += across_zones(zones, "2026-03-26T00:00+00:00")
    rides = [leg for one in found for leg in one.legs]
    assert {leg.trip_id for leg in rides} == {"T1", "T2"}
    for leg in rides:
        own = leg.start.astimezone(ZoneInfo(zones[int(leg.trip_id[1]) - 1]))
        assert (own.hour, own.date()) == (23, leg.service_date)


def test_A8_the_day_is_the_networks_whatever_the_zone_of_the_question():
    for at in ("2026-03-25T05:30-07:00", "2026-03-25T02:30-10:00", "2026-03-26T02:30+14:00"):
        (itinerary, *_) = across_zones(("America/Los_Angeles",), at, hour=6)
        assert itinerary.legs[0].service_date == date(2026, 3, 25)
        assert f"{itinerary.start:%d %H:%M %z}" == "25 06:00 -0700"
