"""São Paulo: underground and trains of which only the headways are published."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from planner.itinerary import TransitLeg
from planner.plan import plan
from planner.request import Request, StopRef

pytestmark = pytest.mark.city

MIDNIGHT = datetime(2019, 5, 14, tzinfo=ZoneInfo("America/Sao_Paulo"))
PAIRS = 150


@pytest.fixture(scope="module")
def sao_paulo(build_city, city_data):
    return build_city("sao-paulo", gtfs=[city_data / "sao-paulo" / "spo.zip"])


@pytest.fixture(scope="module")
def published(city_data):
    """What the feed says, read without our code.

    Per trip its departures [(second, headway)], and its calls [(stop_id, seconds after the first)].
    """

    def seconds(text):
        hours, minutes, rest = map(int, text.split(":"))
        return 3600 * hours + 60 * minutes + rest

    with zipfile.ZipFile(city_data / "sao-paulo" / "spo.zip") as archive:

        def rows(name):
            return csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig")))

        departures, calls = {}, {}
        for row in rows("frequencies.txt"):
            headway = int(row["headway_secs"])
            first, end = seconds(row["start_time"]), seconds(row["end_time"])
            told = departures.setdefault(row["trip_id"], [])
            told += [(second, headway) for second in range(first, end, headway)]
        for row in sorted(rows("stop_times.txt"), key=lambda row: int(row["stop_sequence"])):
            told = calls.setdefault(row["trip_id"], [])
            told.append((row["stop_id"], seconds(row["departure_time"])))
    return departures, {
        trip: [(stop, second - told[0][1]) for stop, second in told] for trip, told in calls.items()
    }


@pytest.fixture(scope="module")
def answers(sao_paulo, published):
    """(second of the day, itinerary) at any hour: every other pair lies on one line."""
    _, calls = published
    lines = [sorted({stop for stop, _ in told}) for _, told in sorted(calls.items())]
    stops = sorted({stop for line in lines for stop in line})
    chance = random.Random(10)
    found = []
    for number in range(PAIRS):
        origin, destination = chance.sample(chance.choice(lines) if number % 2 else stops, 2)
        second = chance.randrange(4 * 3600, 26 * 3600)
        time = MIDNIGHT + timedelta(seconds=second)
        ends = {"origin": StopRef(origin), "destination": StopRef(destination)}
        answer = plan(sao_paulo, Request(**ends, time=time))
        found += [(second, one) for one in answer.itineraries]
    assert len(found) > PAIRS / 3
    return found


def rides_of(itinerary):
    return [leg for leg in itinerary.legs if isinstance(leg, TransitLeg)]


def departure_of(leg, published):
    """The second at which the leg's trip left its first stop, and where that is in its list."""
    departures, calls = published
    ids = [call.place.stop_id for call in leg.calls]
    told = [stop for stop, _ in calls[leg.trip_id]]
    at = next(i for i in range(len(told)) if told[i : i + len(ids)] == ids)
    noon = datetime.combine(leg.service_date, MIDNIGHT.timetz()).replace(hour=12)
    second = (leg.start - noon).total_seconds() + 12 * 3600 - calls[leg.trip_id][at][1]
    every = sorted(dict(departures[leg.trip_id]).items())
    return every, [one for one, _ in every].index(second)


def test_A10_every_ride_on_a_headway_line_says_its_headway(answers, published):
    for _, itinerary in answers:
        for leg in rides_of(itinerary):
            every, place = departure_of(leg, published)
            assert leg.headway == every[place][1] > 0, leg.trip_id


def test_A10_nobody_waits_for_a_later_departure_than_the_first(answers, published):
    checked = 0
    for asked, itinerary in answers:
        rides = rides_of(itinerary)
        if len(rides) == 1 and rides[0] is itinerary.legs[0]:
            (leg,) = rides
            every, place = departure_of(leg, published)
            start = (leg.start - MIDNIGHT).total_seconds()
            if place:  # the departure before had gone when the question was asked
                earlier = start - (every[place][0] - every[place - 1][0])
                assert earlier < asked <= start, leg.trip_id
                checked += 1
    assert checked > 10
