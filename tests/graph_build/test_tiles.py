"""The base map, read back as a browser reads it."""

from __future__ import annotations

import gzip
import math
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pmtiles.reader import MemorySource, Reader, all_tiles
from street_drawing import SOUTH_WEST, Town, draw_town
from timetable_text import network

from feeds.tables import MapFeatures, OsmExtract
from graph_build.tiles.cut import BUFFER, EXTENT, cut_layer
from graph_build.tiles.layers import MapLayer, mercator
from graph_build.tiles.write import write_tiles
from planner.network.shape import Stress
from planner.network.store import frozen
from planner.network.strings import Strings

NO_STOPS = network([], {}, n_stops=0, stop_ids=[])


class Map:
    """tiles.pmtiles, decoded: layer -> [(properties, shapely geometry in tile units, y down)]."""

    def __init__(self, folder: Path) -> None:
        self.bytes = (folder / "tiles.pmtiles").read_bytes()
        self.reader = Reader(MemorySource(self.bytes))
        self.tiles = {at: _decode(data) for at, data in all_tiles(MemorySource(self.bytes))}

    def zoom(self, z: int, layer: str) -> list[tuple[dict, shapely.Geometry]]:
        """Every feature of a layer at one zoom."""
        return [f for at, tile in self.tiles.items() if at[0] == z for f in tile.get(layer, [])]

    def values(self, z: int, layer: str, key: str) -> list:
        """Different values of a property at one zoom, sorted."""
        return sorted({facts[key] for facts, _ in self.zoom(z, layer) if key in facts})


def _decode(data: bytes) -> dict[str, list]:
    options = {"y_coord_down": True}
    decoded = mapbox_vector_tile.decode(gzip.decompress(data), default_options=options)
    return {
        name: [(f["properties"], shapely.geometry.shape(f["geometry"])) for f in layer["features"]]
        for name, layer in decoded.items()
    }


def draw_map(
    folder: Path,
    town: Town | None = None,
    features: MapFeatures | None = None,
    stops=NO_STOPS,
    stress: Stress | None = None,
) -> Map:
    extracts: list[OsmExtract] = []
    if town is not None:
        extracts = [replace(town.extract, features=features or MapFeatures())]
    write_tiles(
        folder,
        streets=town.streets if town else None,
        street_names=town.names if town else Strings.of(()),
        stress=stress,
        extracts=extracts,
        stops=stops.stops,
        routes=stops.routes,
        timetable=stops.timetable,
    )
    return Map(folder)


def show(*features: tuple[str, str, str, shapely.Geometry]) -> MapFeatures:
    """Features of the base map: layer, kind, name, geometry in degrees."""
    layer, kind, name, geometry = zip(*features, strict=True)
    wkb = [shapely.to_wkb(shape) for shape in geometry]
    return MapFeatures(layer=list(layer), kind=list(kind), name=list(name), geometry=wkb)


def square(lat: float, lon: float, side: float) -> shapely.Polygon:
    return shapely.box(lon, lat, lon + side, lat + side)


def in_tile(x: float, y: float, side: float) -> shapely.Polygon:
    """A square given in sides of the tile (14, 8294, 5640), from its north-west corner."""
    box = shapely.box(x, y, x + side, y + side)

    def to_degrees(at):
        share = (at + np.array([8294, 5640])) / 2**14
        lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * share[:, 1]))))
        return np.column_stack([share[:, 0] * 360 - 180, lat])

    return shapely.transform(box, to_degrees)


@pytest.fixture
def cross() -> Town:
    """A main road from west to east, a lane with a cycle lane, a footway and a bridge."""
    return draw_town(
        """
            D
            |
        A---B---C
            |
            E---F
        """,
        {
            "ABC": {"highway": "primary", "name": "Rue Hugo", "oneway": "yes"},
            "DB": {"highway": "residential", "cycleway": "lane", "name": "Rue Bleue"},
            "BE": {"highway": "footway"},
            "EF": {"highway": "residential", "bridge": "yes"},
        },
    )


# --- Roads -------------------------------------------------------------------------------------


def test_roads_carry_what_the_planner_rides_on(tmp_path, cross):
    found = [facts for facts, _ in draw_map(tmp_path, cross).zoom(14, "roads")]
    different = {repr(facts): facts for facts in found}  # a street may lie in two tiles
    assert [different[key] for key in sorted(different)] == [
        {"class": "footway"},
        {"class": "primary", "oneway": 1, "name": "Rue Hugo"},
        {"class": "residential", "bridge": 1},
        {"class": "residential", "infrastructure": "lane", "name": "Rue Bleue"},
    ]


def test_roads_carry_the_stress_of_their_worse_direction(tmp_path, cross):
    level = np.ones(cross.streets.head.size, np.uint8)
    level[cross.edge("BD")] = 3  # against the way of the map; and 1 along it
    level[cross.edge("BE")] = level[cross.edge("EB")] = 0  # nobody cycles
    drawn = draw_map(tmp_path, cross, stress=Stress(level, level, level, level))
    for zoom in (12, 14):
        found = {
            (facts["class"], facts.get("bridge", 0)): facts.get("stress")
            for facts, _ in drawn.zoom(zoom, "roads")
        }
        assert found["primary", 0] == 1
        assert found.get(("footway", 0)) is None
        assert 3 in drawn.values(zoom, "roads", "stress")


def test_small_roads_and_names_come_with_the_zoom(tmp_path, cross):
    drawn = draw_map(tmp_path, cross)
    assert {z: drawn.values(z, "roads", "class") for z in (8, 9, 11, 12, 14)} == {
        8: [],
        9: ["primary"],
        11: ["primary"],
        12: ["primary", "residential"],
        14: ["footway", "primary", "residential"],
    }
    assert drawn.values(12, "roads", "name") == []
    assert drawn.values(13, "roads", "name") == ["Rue Bleue", "Rue Hugo"]


def test_a_one_way_street_keeps_its_direction(tmp_path, cross):
    ((_, line),) = [
        found
        for found in draw_map(tmp_path, cross).zoom(14, "roads")
        if found[0].get("name") == "Rue Hugo"
    ]
    x = [at[0] for at in line.coords]  # joined to one line from A to C
    assert x == sorted(x)
    assert len(x) == 2  # B lies on the straight line between them


def test_a_street_stands_where_it_should(tmp_path):
    town = draw_town("A---B", {"AB": {"highway": "residential"}})
    drawn = draw_map(tmp_path, town)
    lat, lon = SOUTH_WEST
    # The formulas of the OpenStreetMap wiki, "Slippy map tilenames".
    x = (lon + 180) / 360 * 2**14
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**14
    ((_, line),) = drawn.tiles[14, int(x), int(y)]["roads"]
    assert min(line.coords) == pytest.approx(
        ((x - int(x)) * EXTENT, (y - int(y)) * EXTENT), abs=0.51
    )


@pytest.mark.parametrize(
    ("ways", "infrastructure"),
    [
        ({"cycleway:right": "track"}, "track"),
        ({"cycleway:left": "lane", "cycleway:right": "track"}, "track"),  # the better of the two
        ({"cycleway:left": "lane"}, "lane"),
        ({}, None),
    ],
)
def test_the_better_side_of_a_street_is_shown(tmp_path, ways, infrastructure):
    town = draw_town("A---B", {"AB": {"highway": "residential", **ways}})
    ((facts, _),) = draw_map(tmp_path, town).zoom(14, "roads")
    assert facts.get("infrastructure") == infrastructure


# --- Areas, points and stops -------------------------------------------------------------------


def test_areas_keep_their_holes_and_turn_as_the_specification_says(tmp_path, cross):
    lake = in_tile(0.2, 0.2, 0.4) - in_tile(0.3, 0.3, 0.2)  # and an island in it
    features = show(("water", "water", "Lac", lake))
    ((facts, drawn),) = draw_map(tmp_path, cross, features).zoom(14, "water")
    assert facts == {"kind": "water", "name": "Lac"}
    assert len(drawn.interiors) == 1
    assert drawn.area == pytest.approx(drawn.envelope.area * 0.75, rel=0.01)
    # Specification 2.1, section 4.3.3.3: the outer ring clockwise on the screen, y down.
    assert drawn.exterior.is_ccw
    assert not drawn.interiors[0].is_ccw


def test_an_area_across_tiles_is_in_each_of_them(tmp_path, cross):
    park = show(("green", "park", "", in_tile(0.8, 0.3, 0.4)))
    drawn = [shape for _, shape in draw_map(tmp_path, cross, park).zoom(14, "green")]
    assert len(drawn) == 2
    west, east = sorted(drawn, key=lambda shape: -shape.bounds[2])
    assert west.bounds == pytest.approx(
        (0.8 * EXTENT, 0.3 * EXTENT, EXTENT + BUFFER, 0.7 * EXTENT), abs=1
    )
    assert east.bounds == pytest.approx((-BUFFER, 0.3 * EXTENT, 0.2 * EXTENT, 0.7 * EXTENT), abs=1)


def test_an_outline_that_crosses_itself_is_drawn_all_the_same(tmp_path, cross):
    lat, lon = SOUTH_WEST
    bow = shapely.Polygon([(0, 0), (4, 4), (4, 0), (0, 4)])
    bow = shapely.transform(bow, lambda at: at * 0.001 + [lon, lat])
    drawn = draw_map(tmp_path, cross, show(("green", "wood", "", bow)))
    shapes = [shape for _, shape in drawn.zoom(14, "green")]
    assert shapes
    assert all(shape.is_valid for shape in shapes)


def test_specks_are_left_out(tmp_path, cross):
    speck = show(("building", "yes", "", square(*SOUTH_WEST, 0.00001)))  # one metre
    assert draw_map(tmp_path, cross, speck).zoom(14, "buildings") == []


def test_buildings_come_last_and_cities_first(tmp_path, cross):
    lat, lon = SOUTH_WEST
    features = show(
        ("building", "yes", "", square(lat, lon, 0.001)),
        ("place", "city", "Paris", shapely.Point(lon, lat)),
        ("place", "quarter", "Fort", shapely.Point(lon, lat)),
    )
    drawn = draw_map(tmp_path, cross, features)
    zooms = {
        name: [z for z in range(8, 15) if drawn.zoom(z, name)] for name in ("buildings", "places")
    }
    assert zooms == {"buildings": [14], "places": list(range(8, 15))}
    assert drawn.values(11, "places", "name") == ["Paris"]
    assert drawn.values(12, "places", "name") == ["Fort", "Paris"]


def test_stations_show_their_greatest_vehicle(tmp_path):
    #  A and B are platforms of C; a bus and a metro call there. D has no departures.
    calls = [(0, 0, 0, True, True), (1, 60, 60, True, True)]
    drawn = network(
        [{"calls": calls}, {"calls": calls, "route": 1}],
        {}, n_stops=4, stop_ids=list("ABCD"), station=[2, 2, 2, 3],
    )  # fmt: skip
    types = frozen(np.array([3, 1]), np.int32)
    stops = replace(drawn, routes=drawn.routes._replace(route_type=types))
    shown = draw_map(tmp_path, stops=stops)
    assert {tuple(sorted(facts.items())) for facts, _ in shown.zoom(14, "stops")} == {
        (("mode", "subway"), ("name", "C"))
    }
    assert shown.zoom(10, "stops") == []


# --- The archive -------------------------------------------------------------------------------


def test_the_same_inputs_give_the_same_bytes(tmp_path, cross):
    features = show(("water", "river", "Seine", shapely.LineString([(2.2, 48.8), (2.3, 48.9)])))
    once, twice = (draw_map(tmp_path, cross, features).bytes for _ in range(2))
    assert once == twice
    stored = [data for _, data in all_tiles(MemorySource(once))]
    assert {data[4:8] for data in stored} == {bytes(4)}  # gzip's time of day


def test_the_header_and_metadata_tell_a_browser_what_it_needs(tmp_path, cross):
    drawn = draw_map(tmp_path, cross)
    header, metadata = drawn.reader.header(), drawn.reader.metadata()
    south, west = np.array(list(cross.places.values())).min(axis=0)
    assert (header["min_zoom"], header["max_zoom"]) == (9, 14)
    assert header["min_lon_e7"] == pytest.approx(west * 1e7, abs=2)
    assert header["min_lat_e7"] == pytest.approx(south * 1e7, abs=2)
    assert header["min_lat_e7"] < header["center_lat_e7"] < header["max_lat_e7"]
    assert metadata["attribution"] == "© OpenStreetMap contributors"
    (roads,) = metadata["vector_layers"]
    assert (roads["id"], roads["minzoom"], roads["maxzoom"]) == ("roads", 9, 14)
    assert roads["fields"] == {
        "bridge": "Number", "class": "String", "infrastructure": "String", "name": "String",
        "oneway": "Number",
    }  # fmt: skip


def test_nothing_to_show_writes_no_file_and_removes_an_old_one(tmp_path):
    (tmp_path / "tiles.pmtiles").write_text("old")
    with pytest.raises(FileNotFoundError):
        draw_map(tmp_path)


def test_every_tile_is_within_the_buffer(tmp_path):
    long = draw_town("A" + "-" * 60 + "B", {"AB": {"highway": "primary"}}, step_m=1_000)
    drawn = draw_map(tmp_path, long)
    shapes = [shape for z in range(9, 15) for _, shape in drawn.zoom(z, "roads")]
    assert len(shapes) > 20
    low, high = -BUFFER, EXTENT + BUFFER
    bounds = np.array([shape.bounds for shape in shapes])
    assert bounds.min() >= low
    assert bounds.max() <= high


coordinate = st.tuples(st.floats(-80, 80), st.floats(-179, 179))


@settings(deadline=None, max_examples=60)
@given(start=coordinate, steps=st.lists(st.tuples(st.floats(-0.01, 0.01), st.floats(-0.01, 0.01)),
                                        min_size=1, max_size=6))  # fmt: skip
def test_a_line_loses_and_gains_nothing_by_being_cut(start, steps):
    """Put together again, the cut pieces lie along the line, and the line along them."""
    at = np.cumsum(np.array([start, *steps]), axis=0)
    points = mercator(at[:, 0], at[:, 1])
    line = shapely.LineString(points)
    layer = MapLayer(
        "roads", np.array([line], np.object_), np.zeros(1, np.int32), [()], np.array([8], np.uint8)
    )
    pieces = []
    for (column, row), features in cut_layer(layer, 14):
        corner = np.array([column, row]) * EXTENT
        pieces += [shapely.transform(f.geometry, lambda at, c=corner: at + c) for f in features]
    whole = shapely.transform(line, lambda at: at * (EXTENT << 14))
    together = shapely.union_all(pieces) if pieces else shapely.Point(whole.coords[0])
    # A line moves by 1 unit in simplification and by 0.71 in rounding; one shorter than that goes.
    assert shapely.hausdorff_distance(whole, together, densify=0.1) < 2.0 or whole.length < 2.0


def test_pairs_of_tiles_meet_without_a_gap(tmp_path):
    town = draw_town("A" + "-" * 60 + "B", {"AB": {"highway": "primary"}})
    roads = sorted(
        (at[1], tile["roads"][0][1])
        for at, tile in draw_map(tmp_path, town).tiles.items()
        if at[0] == 14
    )
    for (column, west), (next_column, east) in pairwise(roads):
        assert next_column == column + 1
        assert west.bounds[2] >= EXTENT
        assert east.bounds[0] <= 0


# --- A real city -------------------------------------------------------------------------------


@pytest.mark.city
def test_milan_is_drawn_in_12_seconds(city_data, tmp_path):
    from feeds.issues import IssueLog  # noqa: PLC0415 - only where the data is
    from feeds.osm import read_osm  # noqa: PLC0415
    from graph_build.streets.compile import compile_streets  # noqa: PLC0415

    extract = read_osm(city_data / "milan" / "milan_italy_small.osm.pbf")
    compiled = compile_streets([extract], elevation=None, issues=IssueLog())
    start = time.process_time()
    write_tiles(
        tmp_path, streets=compiled.streets, street_names=compiled.names, extracts=[extract],
        stops=NO_STOPS.stops, routes=NO_STOPS.routes, timetable=NO_STOPS.timetable,
    )  # fmt: skip
    assert time.process_time() - start < 12
    drawn = Map(tmp_path)
    assert "Piazza del Duomo" in drawn.values(14, "roads", "name")
    largest = max(len(data) for _, data in all_tiles(MemorySource(drawn.bytes)))
    assert largest < 200_000
