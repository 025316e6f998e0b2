"""The twelve trips of trips.toml, asked of the demo town's own network."""

import tomllib
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from graph_build.build import build_network
from graph_build.region import read_region
from planner.itinerary import Itinerary, TransitLeg
from planner.network.store import open_network
from planner.plan import plan
from planner.request import Coordinate, Request

# Where the official bike lanes are meant to differ from the map.
DIFFERENCES = {
    "bike_lane_only_official", "bike_lane_only_in_map", "bike_lane_other_kind",
    "bike_lane_opened", "bike_lane_under_construction",
}  # fmt: skip
TOWN = Path(__file__).parents[2] / "data" / "demo_town"
TRIPS = {
    trip["id"]: trip for trip in tomllib.loads((TOWN / "trips.toml").read_text("utf-8"))["trip"]
}
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(scope="session")
def town(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo") / "network"
    manifest = build_network(read_region(TOWN / "region.toml"), out)
    kinds = {issue["kind"] for issue in manifest["issues"]} - DIFFERENCES
    assert kinds <= {"input_not_compiled"}
    return open_network(out)


def test_the_map_is_credited_as_a_model_not_to_openstreetmap(town):
    assert "© OpenStreetMap contributors" not in town.manifest["attributions"]
    assert "maquette" in town.manifest["attributions"][0]
    assert town.manifest["inputs"][0]["licence"] == "Apache-2.0"


def ask(town, number, modes, **more):
    trip = TRIPS[number]
    ends = [Coordinate(trip[end]["lat"], trip[end]["lon"]) for end in ("from", "to")]
    request = Request(
        origin=ends[0], destination=ends[1], modes=frozenset(modes),
        time=datetime.fromisoformat(trip["when"]).replace(tzinfo=PARIS), **more,
    )  # fmt: skip
    return plan(town, request)


def lines(itinerary: Itinerary) -> str:
    return " ".join(leg.route_short_name for leg in itinerary.legs if isinstance(leg, TransitLeg))


def minutes(itinerary: Itinerary) -> float:
    return (itinerary.legs[-1].end - itinerary.legs[0].start).total_seconds() / 60


@pytest.mark.parametrize("number", TRIPS)
def test_every_trip_is_answered_by_transit_bike_and_car(town, number):
    answer = ask(town, number, ("walk", "bike", "car", "transit"))
    asked = {"bike", "car"}
    assert asked <= {one.legs[0].mode for one in answer.direct}
    assert answer.itineraries or number == 11


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (2, "T2"),
        (3, "12"),
        (8, "T2"),
        (9, "N 4 14"),
        (10, "190"),
        (12, "N13 B"),
    ],
)
def test_lines_of_a_trip(town, number, expected):
    answer = ask(town, number, ("walk", "transit"))
    assert expected in {lines(one) for one in answer.itineraries}
    assert lines(min(answer.itineraries, key=lambda one: one.legs[-1].end)) == expected


def test_the_climb_to_the_fort_is_slower_than_the_way_down(town):
    trip = TRIPS[1]
    up, down = (
        plan(
            town,
            Request(
                origin=Coordinate(trip[a]["lat"], trip[a]["lon"]),
                destination=Coordinate(trip[b]["lat"], trip[b]["lon"]),
                time=datetime(2026, 11, 24, 8, 30, tzinfo=PARIS),
                modes=frozenset({"bike"}),
            ),
        ).direct
        for a, b in (("from", "to"), ("to", "from"))
    )
    bike_up, bike_down = (
        next(one for one in way if one.legs[0].mode == "bike") for way in (up, down)
    )
    assert 30 <= bike_up.legs[0].climb_m <= 55
    assert minutes(bike_up) > 1.3 * minutes(bike_down)


def test_the_bicycle_crosses_the_seine_before_the_bus(town):
    answer = ask(town, 4, ("walk", "bike", "transit"))
    bike = next(one for one in answer.direct if one.legs[0].mode == "bike")
    assert all(bike.legs[-1].end <= one.legs[-1].end for one in answer.itineraries)


def test_the_night_bus_belongs_to_saturdays_service(town):
    first = ask(town, 12, ("walk", "transit")).itineraries[0]
    bus = next(leg for leg in first.legs if isinstance(leg, TransitLeg))
    assert (bus.route_short_name, bus.service_date.isoformat()) == ("N13", "2026-11-28")
