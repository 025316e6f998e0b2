"""Porto Alegre: two feeds, hills, and two hundred walks beside Valhalla's."""

from __future__ import annotations

import csv
import math
from datetime import datetime
from statistics import median

import numpy as np
import pytest
from looked_up import count_differing

from planner.itinerary import TransitLeg
from planner.plan import plan
from planner.request import Coordinate, Request, StopRef
from planner.stop_ids import public_stop_id
from planner.streets.path import StreetPath
from planner.streets.route import route

pytestmark = pytest.mark.city

AT = datetime.fromisoformat("2019-05-14T14:00-03:00")


@pytest.fixture(scope="module")
def pairs(city_data):
    with (city_data / "porto-alegre" / "od200.csv").open() as stream:
        return [
            (
                row["id"],
                Coordinate(float(row["olat"]), float(row["olon"])),
                Coordinate(float(row["dlat"]), float(row["dlon"])),
            )
            for row in csv.DictReader(stream)
        ]


def test_walks_take_as_long_as_valhallas_within_3_percent(porto_alegre, pairs, city_data):
    with (city_data / "peers" / "poa_valhalla_pedestrian.csv").open() as stream:
        theirs = {row["id"]: float(row["s"] or "nan") for row in csv.DictReader(stream)}
    ratios = []
    for name, origin, destination in pairs:
        path = route(porto_alegre, origin, destination, "walk", max_s=6 * 3600)
        if isinstance(path, StreetPath) and not math.isnan(theirs[name]):
            ratios.append(path.duration / theirs[name])
    assert len(ratios) >= 198
    assert 0.97 <= median(ratios) <= 1.03


def feeds_ridden(network, origin, destination):
    answer = plan(network, Request(origin=origin, destination=destination, time=AT, window_s=3600))
    return {
        leg.feed
        for itinerary in answer.itineraries
        for leg in itinerary.legs
        if isinstance(leg, TransitLeg)
    }


def test_a_bus_leads_to_the_train(porto_alegre):
    stops = porto_alegre.stops
    airport = list(stops.name.list_all()).index("ESTACAO AEROPORTO")
    station = StopRef(public_stop_id(porto_alegre, airport))
    bom_fim = Coordinate(-30.0331, -51.2110)
    assert feeds_ridden(porto_alegre, bom_fim, station) == {"poa_eptc", "poa_trensurb"}


def test_every_pair_gets_an_answer_or_a_reason(porto_alegre, pairs):
    for name, origin, destination in pairs:
        answer = plan(porto_alegre, Request(origin=origin, destination=destination, time=AT))
        assert answer.itineraries or answer.direct or answer.shortfalls, name


def test_streets_climb_as_the_hills_do(porto_alegre):
    height = porto_alegre.streets.node_elevation_m
    assert np.isfinite(height).mean() > 0.95
    assert 0 < np.nanpercentile(height, 5) < np.nanpercentile(height, 95) < 300
    assert (porto_alegre.streets.climb_m > 1).mean() > 0.1


def test_stops_near_200_points_are_those_that_a_search_finds(porto_alegre):
    assert porto_alegre.stop_buckets.keys() == {"walk", "wheelchair"}
    differing, found = count_differing(porto_alegre, 200)
    assert differing == 0
    assert found > 100_000
