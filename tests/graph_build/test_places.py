"""What goes into the index of places, and what doesn't."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from place_town import PlaceTown, east
from small_town import write_town
from timetable_text import network

from feeds.issues import IssueLog
from feeds.tables import NamedPlace
from graph_build.build import build_network
from graph_build.places.localities import Localities
from graph_build.places.write import write_places
from graph_build.region import read_region
from graph_build.streets.compile import compile_streets
from graph_build.timetable.stop_use import count_departures, get_vehicle, place_stations
from planner.network.store import frozen, open_network
from planner.network.strings import Strings
from planner.places.search import find_places


@pytest.fixture
def town(tmp_path: Path) -> PlaceTown:
    return PlaceTown(tmp_path)


def rows(town: PlaceTown, columns: str, table: str = "place") -> list[tuple]:
    with closing(sqlite3.connect(town.write())) as connection:
        query = f"SELECT {columns} FROM {table} ORDER BY 1"  # noqa: S608 - our own words
        return connection.execute(query).fetchall()


def say_much(town: PlaceTown) -> None:
    town.settlement("Issy-les-Moulineaux")
    for number in range(40):
        town.street(f"Rue {number % 7} du Bac")
        town.house(str(number), f"Rue {number % 7} du Bac")
        town.poi(f"École {number % 5}")
        town.stop(f"Arrêt {number % 9}", departures=number % 3)


def test_the_same_inputs_give_the_same_bytes(tmp_path):
    files = []
    for name in ("one", "two"):
        town = PlaceTown(tmp_path / name)
        town.folder.mkdir()
        say_much(town)
        files.append(town.write().read_bytes())
    assert files[0] == files[1]


def test_rows_fall_with_importance(town):
    say_much(town)
    importance = [value for _, value in rows(town, "id, importance")]
    assert importance == sorted(importance, reverse=True)


def test_an_old_index_is_replaced(town):
    town.street("Rue Hugo")
    (town.folder / "places.sqlite").write_text("something else")
    assert town.search("hugo") == ["Rue Hugo"]


def test_a_street_of_many_ways_is_one_row_with_all_its_points(town):
    for metres in (0, 200, 400):
        town.street("Rue Longue", at=east(metres), length_m=200)
    assert rows(town, "name") == [("Rue Longue",)]
    assert len(rows(town, "place", "spot")) == 9  # every 50 m: 132 m of each way at this latitude


def test_spellings_of_one_street_are_one_row_and_all_are_found(town):
    town.street("Avenue du Général-Leclerc", at=east(0))
    town.street("Av. General Leclerc", at=east(200))
    town.street("Avenue du Général-Leclerc", at=east(400))
    assert rows(town, "name") == [("Avenue du Général-Leclerc",)]


def test_streets_of_one_name_far_apart_are_two_where_no_settlement_is_known(town):
    for metres in (0, 200, 9_000):
        town.street("Rua A", at=east(metres))
    assert len(rows(town, "name")) == 2


def test_a_street_has_the_settlement_of_its_addresses(town):
    town.settlement("Vanves", at=east(0))
    town.street("Rue Barbès", at=east(500))
    town.house("1", "Rue Barbès", at=east(500), city="Issy-les-Moulineaux", postcode="92130")
    assert rows(town, "name, city, postcode")[0] == ("Rue Barbès", "Issy-les-Moulineaux", "92130")


def test_platforms_and_works_are_no_streets(town):
    town.street("Quai 2", highway="platform")
    town.street("Rue Future", highway="construction")
    assert rows(town, "name") == []


@pytest.mark.parametrize(
    ("number", "parsed"),
    [
        ("12;14", [(12, ""), (14, "")]),
        ("12-14", [(12, ""), (14, "")]),
        ("12/A", [(12, "a")]),
        ("12 ter", [(12, "t")]),
    ],
)
def test_numbers_of_several_houses_are_each_found(town, number, parsed):
    town.street("Rue Hugo", at=east(0))
    town.house(number, "Rue Hugo", at=east(10))
    assert [row[1:] for row in rows(town, "street, number, suffix", "house")] == parsed


def test_an_address_that_is_none_is_recorded(town):
    town.house("bâtiment C", "Rue Hugo")
    town.house("12", "")
    town.write()
    assert town.issues.counts == {"address_without_number": 1, "address_without_street": 1}


# --- Stops ---------------------------------------------------------------------------------------


def test_a_station_of_the_map_is_left_to_the_stop_of_the_timetable(town):
    town.stop("Duomo M1 M3", at=east(0), route_type=1)
    town.poi("Duomo", "railway=station", at=east(-200))  # the same, more briefly
    town.poi("Piazza", "railway=tram_stop", at=east(50))  # under another name, beside it
    town.poi("Duomo", "tourism=attraction", at=east(200))  # a church is no stop
    town.poi("Centrale", "railway=station", at=east(200))  # another station
    assert rows(town, "name, kind") == [
        ("Centrale", "poi"), ("Duomo", "poi"), ("Duomo M1 M3", "stop"),
    ]  # fmt: skip


def test_a_place_drawn_twice_is_one(town):
    town.poi("École Hugo", at=east(0), importance=0.5)
    town.poi("Ecole Hugo", "building=school", at=east(100))
    town.poi("École Hugo", at=east(2_000))
    assert rows(town, "name, category") == [("École Hugo", "amenity=school")] * 2


def test_stops_without_name_or_position_are_recorded(town):
    town.stop("", at=east(0), stop_id="nameless")
    town.stop("Nulle Part", at=(float("nan"), 2.0), stop_id="nowhere")
    town.stop("Ici", at=east(0))
    assert rows(town, "name") == [("Ici",)]
    assert [example.where for example in town.issues.examples["stop_not_searchable"]] == [
        "stop nameless", "stop nowhere",
    ]  # fmt: skip


def test_platforms_are_found_as_their_station(tmp_path):
    drawn = network(
        [{"calls": [(0, 0, 0, True, True), (1, 60, 60, True, True)]}],
        {}, n_stops=3, stop_ids=["1", "2", "station"], station=[2, 2, 2],
    )  # fmt: skip
    lat = frozen(np.array([48.82, 48.84, np.nan]), np.float64)
    stops = drawn.stops._replace(lat=lat)
    write_places(
        tmp_path, streets=None, street_names=Strings.of(()), extracts=[], stops=stops,
        timetable=drawn.timetable, routes=drawn.routes, public_ids=["1", "2", "IDFM:station"],
        issues=IssueLog(),
    )  # fmt: skip
    (hit,) = find_places(tmp_path, "station")
    assert (hit.stop_id, hit.category, round(hit.lat, 3)) == ("IDFM:station", "bus", 48.83)
    assert place_stations(stops)[0][2] == pytest.approx(48.83)  # its members' mean


def test_departures_are_counted_a_day():
    #  Service 0 runs every day, service 1 on one of two; route 1 is a tram.
    calls = [(0, 0, 0, True, True), (1, 60, 60, True, True)]
    drawn = network(
        [{"calls": calls}, {"calls": calls, "service": 1}, {"calls": calls, "route": 1}],
        {}, n_stops=2, service_days=[[1, 1], [1, 0]],
    )  # fmt: skip
    routes = drawn.routes._replace(route_type=frozen(np.array([3, 0]), np.int32))
    counts = count_departures(drawn.stops, routes, drawn.timetable)
    assert counts.sum(axis=1).tolist() == [2.5, 2.5]
    assert sorted(counts[0][counts[0] > 0]) == [1.0, 1.5]


@pytest.mark.parametrize(
    ("route_type", "vehicle"),
    [(0, "tram"), (1, "subway"), (2, "rail"), (3, "bus"), (109, "rail"), (401, "subway"),
     (405, "monorail"), (700, "bus"), (900, "tram"), (1200, "ferry"), (1700, "other"),
     (-1, "other")],
)  # fmt: skip
def test_route_types_and_their_hundreds_are_vehicles(route_type, vehicle):
    assert get_vehicle(route_type) == vehicle


# --- Settlements ---------------------------------------------------------------------------------


def test_a_town_beside_a_city_keeps_its_streets():
    def place(name, rank, at):
        return NamedPlace(
            kind="place", name=name, lat=at[0], lon=at[1], category=f"place={rank}"
        )  # fmt: skip

    # Paris and Issy: 6.7 km apart. The quarter between them forms no settlement.
    localities = Localities([
        place("Paris", "city", (48.8566, 2.3522)), place("Issy", "town", (48.8239, 2.2700)),
        place("Vaugirard", "suburb", (48.8400, 2.2990)),
    ])  # fmt: skip
    assert localities.find_name(48.8245, 2.2740) == "Issy"  # its town hall
    assert localities.find_name(48.8270, 2.2790) == "Issy"  # Corentin Celton
    assert localities.find_name(48.8421, 2.3219) == "Paris"  # Montparnasse
    assert localities.find_name(48.8400, 2.3000) == "Paris"  # nearer to Issy, in kilometres
    assert localities.find_name(48.0, 2.3) == ""


def test_nothing_at_all_makes_an_index_without_rows(tmp_path):
    drawn = network([], {}, n_stops=0, stop_ids=[])
    write_places(
        tmp_path, streets=None, street_names=Strings.of(()), extracts=[], stops=drawn.stops,
        timetable=drawn.timetable, routes=drawn.routes, public_ids=[], issues=IssueLog(),
    )  # fmt: skip
    assert find_places(tmp_path, "rue") == []


def test_a_built_network_finds_its_streets_stops_and_tiles(tmp_path):
    """The build frees what it has compiled: what is written later must not need it."""
    out = tmp_path / "town"
    build_network(read_region(write_town(tmp_path / "files")), out)
    streets = open_network(out)
    names = {name for name in streets.street_names.list_all() if name}
    assert names
    for name in names:
        assert name in [hit.name for hit in find_places(out, name, kinds=frozenset({"street"}))]
    assert find_places(out, "mairie issy")[0].kind == "stop"
    assert (out / "tiles.pmtiles").stat().st_size > 0


# --- A real city ---------------------------------------------------------------------------------


@pytest.mark.city
@pytest.mark.parametrize(
    ("typed", "name", "kind"),
    [
        ("p.za duomo", "Piazza del Duomo", "street"),
        ("via tornio", "Via Torino", "street"),
        ("loreto", "Loreto", "poi"),
        ("bibliotca affori", "biblioteca comunale rionale affori", "poi"),
        ("milano", "Milano", "place"),
    ],
)
def test_milan_is_found(milan, typed, name, kind):
    hit = find_places(milan, typed)[0]
    assert (hit.name, hit.kind) == (name, kind)


@pytest.mark.city
def test_milan_answers_in_20_ms(milan):
    with closing(sqlite3.connect(milan / "places.sqlite")) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM place ORDER BY id")]
    typed = [name[:cut] for name in names[::60] for cut in (3, 6, len(name))]
    typed += [name[:2] + name[3:] for name in names[::60]]
    find_places(milan, "warm up")
    spent = []
    for text in typed:
        start = time.process_time()
        find_places(milan, text, focus=(45.464, 9.19))
        spent.append(time.process_time() - start)
    assert np.percentile(spent, 95) < 0.020


@pytest.fixture(scope="module")
def milan(city_data, tmp_path_factory) -> Path:
    """Places of Milan's extract alone."""
    from feeds.osm import read_osm  # noqa: PLC0415 - only where the data is

    folder = tmp_path_factory.mktemp("milan")
    drawn = network([], {}, n_stops=0, stop_ids=[])
    extract = read_osm(city_data / "milan" / "milan_italy_small.osm.pbf")
    compiled = compile_streets([extract], elevation=None, issues=IssueLog())
    write_places(
        folder, streets=compiled.streets, street_names=compiled.names, extracts=[extract],
        stops=drawn.stops, timetable=drawn.timetable, routes=drawn.routes, public_ids=[],
        issues=IssueLog(),
    )  # fmt: skip
    return folder
