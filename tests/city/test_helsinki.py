"""Helsinki: a clipped map under a feed with extended route types and headways."""

from __future__ import annotations

from datetime import datetime

import pytest

from planner.itinerary import TransitLeg
from planner.plan import plan
from planner.request import Coordinate, Request

pytestmark = pytest.mark.city

RAILWAY_STATION = Coordinate(60.1710, 24.9415)
HAKANIEMI = Coordinate(60.1790, 24.9510)


@pytest.fixture(scope="module")
def helsinki(build_city, city_data):
    folder = city_data / "helsinki"
    return build_city(
        "helsinki", osm=[folder / "Helsinki.osm.pbf"], gtfs=[folder / "helsinki_gtfs.zip"]
    )


def test_B18_extended_route_types_are_kept_and_ridden(helsinki):
    assert max(helsinki.routes.route_type.tolist()) > 100
    answer = plan(
        helsinki,
        Request(
            origin=RAILWAY_STATION,
            destination=HAKANIEMI,
            time=datetime.fromisoformat("2022-02-22T08:30+02:00"),
            window_s=1800,
        ),
    )
    rides = [leg for one in answer.itineraries for leg in one.legs if isinstance(leg, TransitLeg)]
    assert rides
    assert answer.direct[0].legs[0].mode == "walk"


def test_ways_clipped_by_the_extract_are_counted(helsinki):
    counts = {issue["kind"]: issue["count"] for issue in helsinki.manifest["issues"]}
    assert counts["way_with_missing_nodes"] > 0
