"""The demo town's committed files: made by its generator, readable, and true where it matters."""

import json
import math
import subprocess
import sys
import tomllib
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from feeds.bike_lanes import read_bike_lanes
from feeds.elevation import read_elevation
from feeds.gtfs import read_gtfs
from feeds.issues import IssueLog
from feeds.osm import read_osm
from feeds.tables import GtfsFeed, OsmExtract
from graph_build.bike_lanes.lay import lay_bike_lanes
from graph_build.streets.compile import compile_streets
from planner.network.shape import INFRASTRUCTURES

TOWN = Path(__file__).parents[2] / "data" / "demo_town"
sys.path.insert(0, str(TOWN))

from generator import compare, timetable  # noqa: E402 - lies in the town's own folder

# Approximate points of twelve trips' ends, from their addresses: the model must agree to 300 m.
ADDRESSES = {
    "62 rue du Général-Leclerc": (48.82447, 2.27377),
    "90 promenade du Verger": (48.8177, 2.2687),
    "4 parvis Corentin-Celton": (48.82777, 2.27887),
    "37 quai du Président-Roosevelt": (48.83219, 2.26296),
    "170 quai de la Bataille-de-Stalingrad": (48.82667, 2.25697),
    "33 rue du Gouverneur-Général-Éboué": (48.82591, 2.27001),
    "16 rue Auguste-Gervais": (48.8226, 2.27354),
    "20 rue Leblanc": (48.8388, 2.2737),
}


@pytest.fixture(scope="module")
def streets_file() -> OsmExtract:
    return read_osm(TOWN / "demo-town.osm.pbf")


@pytest.fixture(scope="module")
def feed() -> GtfsFeed:
    return read_gtfs(TOWN / "demo-town.gtfs.zip")


def metres(a, b):
    return 111_195 * math.hypot(a[0] - b[0], (a[1] - b[1]) * math.cos(math.radians(a[0])))


def test_the_committed_files_are_what_the_generator_makes():
    done = subprocess.run(
        [sys.executable, str(TOWN / "make.py"), "--check"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_a_changed_file_is_noticed(tmp_path):
    for folder in ("fresh", "committed"):
        (tmp_path / folder).mkdir()
        with zipfile.ZipFile(tmp_path / folder / "a.zip", "w") as archive:
            archive.writestr("stops.txt", folder)
    assert compare.differences(tmp_path / "fresh", tmp_path / "committed") == ["a.zip"]


def test_the_committed_files_stay_small():
    made = [path for path in TOWN.rglob("demo-town*") if path.is_file()]
    assert 1_000_000 < sum(path.stat().st_size for path in made) < 4_000_000


def test_the_streets_are_read_and_compiled_without_an_issue(streets_file):
    issues = IssueLog()
    compile_streets([streets_file], elevation=None, issues=issues)
    assert [*streets_file.issues.as_json(), *issues.as_json()] == []


def test_the_timetable_is_read_without_an_issue(feed):
    assert feed.issues.as_json() == []


def test_the_official_bike_lanes_differ_from_the_map_in_a_few_places(streets_file):
    lanes = read_bike_lanes(TOWN / "demo-town-bike-lanes.geojson")
    assert lanes.issues.as_json() == []
    assert "model" in lanes.attribution
    compiled = compile_streets([streets_file], elevation=None, issues=IssueLog())
    laid = lay_bike_lanes(compiled.streets, compiled.road_facts, [lanes])
    streets = compiled.streets
    ways = {one.kind: set() for one in laid.differences}
    for one in laid.differences:
        ways[one.kind].add(int(streets.way_id[one.edge]))
    assert {kind: 0 < len(found) < 12 for kind, found in ways.items()} == {
        "bike_lane_only_official": True, "bike_lane_only_in_map": True,
        "bike_lane_other_kind": True, "bike_lane_opened": True,
    }  # fmt: skip
    assert (lanes.table["statut_d"] == "EN TRAVAUX").sum() == 1
    assert laid.counts["bike_lanes_matched"] == laid.counts["bike_lanes_read"] - 1


def test_every_bike_infrastructure_is_there(streets_file):
    streets = compile_streets([streets_file], elevation=None, issues=IssueLog()).streets
    found = {INFRASTRUCTURES[kind] for kind in np.unique(streets.infrastructure)}
    assert {"none", "path", "track", "lane", "bus_lane", "contraflow"} <= found


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_lie_where_they_do_in_the_real_town(streets_file, address):
    found = [
        (place.lat, place.lon)
        for place in streets_file.places
        if f"{place.house_number} {place.street}" == address
    ]
    assert found, "no such address"
    assert max(metres(one, ADDRESSES[address]) for one in found) < 300


@pytest.mark.parametrize(
    ("name", "lat", "lon", "low", "high"),
    [
        ("the Seine", 48.8300, 2.2610, 28, 29),
        ("the town hall", 48.82447, 2.27377, 36, 46),
        ("the Fort", 48.8175, 2.2700, 74, 81),
        ("the highest corner", 48.8142, 2.2635, 92, 96.5),
    ],
)
def test_heights(name, lat, lon, low, high):
    ground = read_elevation([TOWN / "demo-town-elevation.tif"])
    assert low <= ground.sample(np.array([lat]), np.array([lon]))[0] <= high, name


@pytest.mark.parametrize("street", ["boulevard Rodin", "rue d'Estienne-d'Orves"])
def test_the_slope_is_steep_but_can_be_cycled(streets_file, street):
    compiled = compile_streets(
        [streets_file],
        elevation=read_elevation([TOWN / "demo-town-elevation.tif"]),
        issues=IssueLog(),
    )
    streets = compiled.streets
    names = compiled.names
    named = [
        edge for edge, name in enumerate(streets.name) if name >= 0 and names.get(name) == street
    ]
    grades = streets.climb_m[named] / streets.length_m[named]
    steepest = grades[streets.length_m[named] > 60].max()
    assert 0.04 <= steepest <= 0.09


def test_holidays_have_sunday_service(feed):
    dates = feed.tables["calendar_dates"]
    ascension = dates[dates["date"].astype(str).str.replace("-", "") == "20260514"]
    assert sorted(zip(ascension["service_id"], ascension["exception_type"], strict=True)) == [
        ("sunday", 1),
        ("weekday", 2),
    ]


def test_easter_and_the_holidays_that_follow_it():
    assert [timetable.easter(year) for year in (2026, 2027, 2028)] == [
        date(2026, 4, 5), date(2027, 3, 28), date(2028, 4, 16),
    ]  # fmt: skip
    assert len(timetable.holidays(2026)) == 11


def test_night_buses_run_past_midnight_of_their_service_day(feed):
    trips = feed.tables["trips"]
    night = set(trips.index[trips["route_id"] == "N13"])
    departures = feed.stop_times.departure[
        np.isin(feed.stop_times.trip, np.array(sorted(night), np.int32))
    ]
    assert departures.min() > 24 * 3600
    assert departures.max() > 29 * 3600


def test_lines_bear_their_official_colours(feed):
    routes = feed.tables["routes"].set_index("route_id")
    colours = {line: str(routes.loc[line, "route_color"]) for line in ("M12", "RERC", "T2", "T3a")}
    assert colours == {"M12": "007852", "RERC": "FFCC30", "T2": "CF009E", "T3a": "FF7E2E"}


def test_stations_hold_their_platforms(feed):
    stops = feed.tables["stops"].set_index("stop_id")
    parents = stops.loc[["ISSY_VAL_DE_SEINE:RERC", "ISSY_VAL_DE_SEINE:T2"], "parent_station"]
    assert set(parents) == {"ISSY_VAL_DE_SEINE"}


def test_the_model_says_that_it_is_one(feed):
    assert "maquette" in feed.attribution.lower()
    assert "model" in feed.attribution.lower()
    assert "maquette" in tomllib.loads((TOWN / "region.toml").read_text("utf-8"))["name"]


def test_gbfs_has_sixteen_stations_in_issy_and_two_for_cars():
    stations = gbfs("station_information")["stations"]
    codes = [one["station_id"] for one in stations]
    issy = [code for code in codes if code.startswith("213")]
    assert len(issy) == 16
    assert len([code for code in codes if code.startswith("AP-")]) == 2


def test_gbfs_counts_add_up():
    places = {one["station_id"]: one for one in gbfs("station_information")["stations"]}
    kinds = {one["vehicle_type_id"] for one in gbfs("vehicle_types")["vehicle_types"]}
    for state in gbfs("station_status")["stations"]:
        counts = {one["vehicle_type_id"]: one["count"] for one in state["vehicle_types_available"]}
        assert set(counts) <= kinds
        assert sum(counts.values()) == state["num_vehicles_available"]
        capacity = places[state["station_id"]]["capacity"]
        assert state["num_vehicles_available"] + state["num_docks_available"] == capacity


def gbfs(name):
    document = json.loads((TOWN / "demo-town-gbfs" / f"{name}.json").read_text("utf-8"))
    assert document["version"] == "3.0"
    return document["data"]


def test_there_are_twelve_trips_told_in_both_languages():
    trips = tomllib.loads((TOWN / "trips.toml").read_text("utf-8"))["trip"]
    assert [trip["id"] for trip in trips] == list(range(1, 13))
    for trip in trips:
        assert trip["title"].keys() == trip["shows"].keys() == {"fr", "en"}
        assert pd.Timestamp(trip["when"]).tzinfo is None
