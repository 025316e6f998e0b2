"""Paris: the metro and the trains of the suburbs in one network, over partial streets."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from certificate import PublishedFeed, check, metres

from planner.itinerary import TransitLeg
from planner.plan import plan
from planner.request import Request, StopRef

pytestmark = pytest.mark.city

AT = datetime.fromisoformat("2019-03-19T08:30+01:00")
ISSY_VAL_DE_SEINE = "StopPoint:DUA8739330"


@pytest.fixture(scope="module")
def paris(build_city, city_data):
    folder = city_data / "paris"
    return build_city(
        "paris",
        osm=[folder / "issy-west-partial.osm.pbf"],
        gtfs=[folder / "ratp-metro-2019.gtfs.zip", folder / "transilien-2016-shifted.gtfs.zip"],
    )


def trip(origin, destination):
    return Request(origin=StopRef(origin), destination=StopRef(destination), time=AT)


def transit_legs(itinerary):
    return [leg for leg in itinerary.legs if isinstance(leg, TransitLeg)]


def test_line_12_goes_straight_from_mairie_d_issy_to_pigalle(paris, city_data):
    answer = plan(paris, trip("2337", "2402"))
    direct = next(one for one in answer.itineraries if one.transfers == 0)
    (leg,) = transit_legs(direct)
    assert leg.route_short_name == "12"
    assert (leg.origin.name, leg.destination.name) == ("Mairie d'Issy", "Pigalle")
    check(direct, PublishedFeed.read(city_data / "paris" / "ratp-metro-2019.gtfs.zip"))


def test_a_trip_from_the_rer_joins_both_feeds(paris):
    answer = plan(paris, trip(ISSY_VAL_DE_SEINE, "2402"))
    assert any(
        {leg.feed for leg in transit_legs(one)} == {"ratp-metro-2019", "transilien-2016-shifted"}
        for one in answer.itineraries
    ), [[leg.feed for leg in transit_legs(one)] for one in answer.itineraries]


def test_B8_walks_without_streets_are_marked_and_bounded(paris):
    ids = list(paris.stops.stop_id.list_all())
    rng = random.Random(12)
    estimated = [
        leg
        for _ in range(60)
        for one in plan(paris, trip(*rng.sample(ids, 2))).itineraries
        for leg in one.legs
        if not isinstance(leg, TransitLeg) and leg.estimated
    ]
    assert estimated
    assert all(metres(leg.points[0], leg.points[-1]) <= 600.5 for leg in estimated)
    counts = {issue["kind"]: issue["count"] for issue in paris.manifest["issues"]}
    assert counts["stops_beyond_streets"] > 0
    assert paris.manifest["counts"]["straight_line_footpaths"] > 0


def test_stops_of_one_name_at_one_place_are_one_station(paris):
    stops = paris.stops
    names = list(stops.name.list_all())
    quays = [i for i, name in enumerate(names) if name == "Mairie d'Issy"]
    assert len({int(stops.station[i]) for i in quays}) == 1
