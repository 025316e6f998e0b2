"""Milan on a Wednesday morning: two hundred random trips, each of them certified."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from certificate import PublishedFeed, check, metres
from looked_up import count_differing

from planner.ends import resolve, stops_at_hand
from planner.plan import plan
from planner.request import Coordinate, Request
from planner.transit.search import pareto_set
from planner.transit.service_day import service_day

pytestmark = pytest.mark.city

DUOMO = (45.4642, 9.1900)
AT = datetime.fromisoformat("2014-10-22T08:00+02:00")


@pytest.fixture(scope="module")
def feed(city_data):
    return PublishedFeed.read(city_data / "milan" / "milano_small_gtfs.zip")


def pairs(count, radius_m=5000):
    """Random pairs of points within `radius_m` of the Duomo, the same ones each time."""
    rng = random.Random(42)
    points = []
    while len(points) < 2 * count:
        point = (DUOMO[0] + rng.uniform(-0.046, 0.046), DUOMO[1] + rng.uniform(-0.065, 0.065))
        if metres(DUOMO, point) <= radius_m:
            points.append(Coordinate(*point))
    return list(zip(points[::2], points[1::2], strict=True))


def earliest_by_transit(network, request):
    """Arrival of the best journey with transit, unfiltered, in seconds of the day; None if none."""
    day = service_day(network, AT.date())
    ends = [resolve(network, ref, "origin") for ref in (request.origin, request.destination)]
    access = stops_at_hand(
        network, ends[0], day.footpaths,
        modes=request.access, step_free=False, max_s=request.max_access_s, backward=False,
    )  # fmt: skip
    egress = stops_at_hand(
        network, ends[1], day.mirrored_footpaths,
        modes=request.egress, step_free=False, max_s=request.max_access_s, backward=True,
    )  # fmt: skip
    found = pareto_set(day, access.reach, egress.reach, day.clock(AT), arrive_by=False, max_rides=8)
    return min((day.instant(journey.arrival) for journey in found), default=None)


def test_every_pair_is_answered_and_every_answer_can_be_travelled(milan, feed):
    with_transit = 0
    for origin, destination in pairs(200):
        request = Request(origin=origin, destination=destination, time=AT)
        answer = plan(milan, request)
        walks = [one for one in answer.direct if one.legs[0].mode == "walk"]
        assert walks or answer.itineraries, (origin, destination, answer.shortfalls)
        for itinerary in (*answer.itineraries, *answer.direct):
            check(itinerary, feed)
            assert itinerary.start >= AT
        best = earliest_by_transit(milan, request)
        if best is not None and (not walks or best < walks[0].end):
            with_transit += 1
            assert min(one.end for one in answer.itineraries) == best
    assert with_transit > 100  # the feed has 15 of the city's lines


def test_arrive_by_and_depart_at_are_two_sides_of_one_answer(milan, feed):
    for origin, destination in pairs(30):
        leaving = plan(milan, Request(origin=origin, destination=destination, time=AT))
        for itinerary in leaving.itineraries:
            arriving = plan(
                milan,
                Request(
                    origin=origin, destination=destination, time=itinerary.end,
                    arrive_by=True, max_transfers=itinerary.transfers,
                ),
            )  # fmt: skip
            for one in arriving.itineraries:
                check(one, feed)
                assert one.end <= itinerary.end
            assert max(one.start for one in arriving.itineraries) >= itinerary.start


def test_an_address_far_out_at_sea_is_outside_the_area(milan):
    request = Request(origin=Coordinate(44.0, 9.0), destination=Coordinate(*DUOMO), time=AT)
    (shortfall,) = plan(milan, request).shortfalls
    assert shortfall.reason == "outside_area"


def test_stops_near_200_points_are_those_that_a_search_finds(milan):
    differing, found = count_differing(milan, 200)
    assert differing == 0
    assert found > 10_000
