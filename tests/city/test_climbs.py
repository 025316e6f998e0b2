"""Porto Alegre's hills: what routes climb, beside the raster read anew."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import rasterio

from planner.network.shape import BRIDGE, TUNNEL
from planner.request import Coordinate
from planner.streets.path import StreetPath
from planner.streets.route import route

pytestmark = pytest.mark.city

STEP_M = 50.0
SMOOTHING_M = 30.0
DEGREE_M = 111_195.0


@pytest.fixture(scope="module")
def walks(porto_alegre, city_data):
    with (city_data / "porto-alegre" / "od200.csv").open() as stream:
        pairs = [
            (
                Coordinate(float(row["olat"]), float(row["olon"])),
                Coordinate(float(row["dlat"]), float(row["dlon"])),
            )
            for row in csv.DictReader(stream)
        ]
    ways = [route(porto_alegre, *pair, "walk", max_s=6 * 3600) for pair in pairs]
    return [way for way in ways if isinstance(way, StreetPath)]


@pytest.fixture(scope="module")
def height_at(city_data):
    """Metres at each point: the mean of five bilinear heights, 60 m across."""
    with rasterio.open(city_data / "porto-alegre" / "poa_elevation.tif") as raster:
        cells, to_cell = raster.read(1).astype(float), ~raster.transform

    def bilinear(lat, lon):
        column = to_cell.a * lon + to_cell.b * lat + to_cell.c - 0.5
        row = to_cell.d * lon + to_cell.e * lat + to_cell.f - 0.5
        left, top = np.floor(column).astype(int), np.floor(row).astype(int)
        inside = (left >= 0) & (top >= 0) & (left < cells.shape[1] - 1) & (top < len(cells) - 1)
        left, top = left * inside, top * inside
        u, v = column - left, row - top
        north = cells[top, left] * (1 - u) + cells[top, left + 1] * u
        south = cells[top + 1, left] * (1 - u) + cells[top + 1, left + 1] * u
        return np.where(inside, north * (1 - v) + south * v, np.nan)

    def smoothed(lat, lon):
        north = SMOOTHING_M / DEGREE_M
        east = north / np.cos(np.radians(lat))
        around = ((0, 0), (north, 0), (-north, 0), (0, east), (0, -east))
        return np.mean([bilinear(lat + y, lon + x) for y, x in around], axis=0)

    return smoothed


def climb_of(line, height_at):
    """Metres up along a line, every 50 m, whatever streets it is made of."""
    east = np.diff(line[:, 1]) * np.cos(np.radians(line[:-1, 0]))
    along = np.concatenate([[0], np.cumsum(np.hypot(np.diff(line[:, 0]), east) * DEGREE_M)])
    at = np.linspace(0, along[-1], max(round(along[-1] / STEP_M), 1) + 1)
    rise = np.diff(height_at(np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])))
    return rise[rise > 0].sum() if not np.isnan(rise).any() else np.nan


def test_D11_routes_climb_what_the_raster_climbs_within_5_percent(porto_alegre, walks, height_at):
    streets = porto_alegre.streets
    off_ground = (streets.flags & (BRIDGE | TUNNEL)) > 0
    known = ~np.isnan(streets.node_elevation_m)
    ours, theirs, plain = [], [], []
    for walk in walks:
        if known[streets.tail[walk.edges]].all() and known[streets.head[walk.edges]].all():
            ours.append(walk.climb_m)
            theirs.append(climb_of(np.asarray(walk.line), height_at))
            plain.append(not off_ground[walk.edges].any())
    ours, theirs, plain = np.array(ours), np.array(theirs), np.array(plain)
    measured = ~np.isnan(theirs)
    assert measured.sum() >= 180
    for some in (measured, measured & plain):
        ratio = ours[some] / theirs[some]
        assert ours[some].sum() / theirs[some].sum() == pytest.approx(1.0, abs=0.05)
        assert np.median(ratio) == pytest.approx(1.0, abs=0.05)
        assert np.mean(np.abs(ours[some] - theirs[some]) <= 0.05 * theirs[some] + 2.0) >= 0.9


def test_D11_hardly_a_street_is_steeper_than_20_percent(porto_alegre):
    streets = porto_alegre.streets
    rise = streets.climb_m + streets.climb_m[streets.reverse]
    grade = rise / np.maximum(streets.length_m, 1.0)
    metres = streets.length_m.astype(float)
    assert metres[grade > 0.20].sum() < 0.01 * metres.sum()


def test_D11_the_share_of_the_streets_with_heights_is_counted(porto_alegre):
    assert porto_alegre.manifest["counts"]["street_percent_with_elevation"] == 96
