"""The relief of the model: spot heights, smoothed between, and its GeoTIFF."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import from_origin

from generator.plane import DEGREE, EAST, Point, to_degrees, to_plane

# Latitude, longitude, metres above the sea. The town lies between 28 and 96 m; the bank is flat,
# the step to the plateau is steep. Rounded estimates of the general shape, not a survey.
SPOTS: Final = """
48.8455,2.2745,29 48.8400,2.2690,29 48.8345,2.2645,29 48.8300,2.2610,28 48.8260,2.2570,28
48.8235,2.2530,28 48.8218,2.2490,28 48.8208,2.2430,28 48.8212,2.2350,28 48.8260,2.2262,28
48.8330,2.2230,28 48.8425,2.2230,29 48.8235,2.2440,30 48.8270,2.2545,30 48.8300,2.2590,30
48.8265,2.2500,31 48.8300,2.2450,32 48.8350,2.2400,34 48.8350,2.2520,33 48.8400,2.2580,34
48.8420,2.2350,36 48.8440,2.2480,36 48.8350,2.2700,32 48.8300,2.2660,32 48.8270,2.2640,32
48.8250,2.2610,32 48.8238,2.2580,31 48.8222,2.2540,31 48.8207,2.2500,32 48.8198,2.2450,33
48.8204,2.25945,41
48.8390,2.2780,34 48.8350,2.2790,36 48.8320,2.2750,35 48.8290,2.2720,35 48.8260,2.2690,36
48.8330,2.2860,40 48.8400,2.2900,38 48.8430,2.2990,42 48.8330,2.2990,48 48.8300,2.2900,46
48.8300,2.2820,41 48.8270,2.2790,42 48.8277,2.2740,38 48.8245,2.2738,41 48.8240,2.2720,40
48.8225,2.2684,39 48.8228,2.2640,37 48.8210,2.2607,38 48.8200,2.2580,38 48.8194,2.2550,37
48.8186,2.2528,37 48.8185,2.2470,37 48.8250,2.2810,47 48.8220,2.2770,49 48.8215,2.2735,50
48.8215,2.2700,46 48.8208,2.2642,40 48.8203,2.26275,46 48.8199,2.26058,54 48.8195,2.25968,57
48.8185,2.2575,60
48.8176,2.2550,60 48.8170,2.2525,55 48.8172,2.2500,47 48.8195,2.2645,56 48.8195,2.2680,62
48.8216,2.2668,43 48.8208,2.2683,48 48.8203,2.26925,53
48.8193,2.26935,62
48.8186,2.2690,73 48.8178,2.2700,79 48.8168,2.2700,79 48.8176,2.2688,78 48.8184,2.2710,77
48.8190,2.2735,69 48.8200,2.2735,60 48.8190,2.2770,62 48.8205,2.2800,57 48.8225,2.2850,54
48.8186,2.2634,64 48.8180,2.2610,69 48.8170,2.2606,74 48.8161,2.2592,78 48.8162,2.2560,72
48.8175,2.2650,74 48.8155,2.2650,84 48.8150,2.2620,88 48.8142,2.2635,95 48.8152,2.2700,83
48.8142,2.2730,80 48.8137,2.2690,88 48.8165,2.2755,74 48.8172,2.2830,66 48.8190,2.2910,63
48.8240,2.2930,58 48.8270,2.2990,58 48.8180,2.2990,68 48.8120,2.2900,74 48.8110,2.2780,84
48.8100,2.2680,92 48.8120,2.2600,100 48.8140,2.2570,92 48.8130,2.2500,88 48.8150,2.2450,70
48.8145,2.2410,66 48.8100,2.2400,96 48.8090,2.2520,112 48.8075,2.2620,104 48.8165,2.2380,52
48.8185,2.2320,60 48.8120,2.2320,100 48.8205,2.2300,42 48.8230,2.2260,60
"""
# The same, far out, where the long roads lead.
FAR_SPOTS: Final = """
48.8917,2.2389,58 48.8850,2.2330,45 48.8700,2.2260,35 48.8550,2.2215,34 48.8450,2.2200,32
48.9257,2.2165,32 48.9090,2.2402,36 48.8020,2.2561,120 48.7950,2.2450,160 48.7870,2.2330,172
48.7815,2.2205,174 48.7700,2.2050,170 48.8100,2.2270,105 48.8020,2.2300,140 48.7965,2.1361,130
48.8080,2.2418,90 48.8425,2.3215,58 48.8339,2.3324,60 48.8586,2.3472,35 48.8720,2.3400,40
48.8830,2.3400,90 48.8800,2.3570,52 48.8980,2.3600,50 48.8233,2.3255,68 48.8100,2.3300,66
48.7937,2.3490,104 48.7800,2.3500,95 48.7285,2.3598,88 48.8190,2.3600,55 48.8270,2.3700,35
48.8160,2.3450,62 48.8300,2.3950,40 48.8470,2.4145,55 48.8700,2.4130,95 48.8900,2.3970,58
48.9300,2.4256,45 48.9324,2.4955,62 48.9450,2.4050,44 48.9737,2.5154,85 49.0038,2.5705,112
49.0200,2.5600,110 48.7600,2.4000,70 48.9800,2.4000,80 48.9600,2.3000,30 49.0000,2.2500,60
48.9000,2.5500,90 48.8300,2.5500,80 48.7500,2.5000,60 48.7300,2.2500,140 48.8600,2.1800,120
"""
REACH_M: Final = 260.0  # how far a spot height makes itself felt
FAR_REACH_M: Final = 1500.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A grid's edges in degrees and its cell in metres."""

    south: float
    west: float
    north: float
    east: float
    step_m: float


NEAR: Final = Frame(48.8060, 2.2180, 48.8480, 2.3060, 25.0)
FAR: Final = Frame(48.7200, 2.1200, 49.0300, 2.6000, 250.0)


def _spots(text: str) -> list[tuple[Point, float]]:
    values = (tuple(map(float, spot.split(","))) for spot in text.split())
    return [(to_plane(lat, lon), height) for lat, lon, height in values]


def relief(frame: Frame, spots: list[tuple[Point, float]], reach_m: float) -> NDArray[np.float64]:
    """Heights of the grid's cell centres, north row first, in metres, to the decimetre.

    Shepard's inverse distance weighting with a soft core: near spots rule, and far from all of
    them the height tends to their mean.
    """
    grid_x, grid_y = np.meshgrid(*_axes(frame))
    weighted = np.zeros_like(grid_x)
    weights = np.zeros_like(grid_x)
    for (x, y), height in spots:
        square = ((grid_x - x) ** 2 + (grid_y - y) ** 2) / reach_m**2
        weight = 1.0 / (0.02 + square) ** 2.5
        weighted += weight * height
        weights += weight
    return np.round(weighted / weights, 1)


def _axes(frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    left, bottom = to_plane(frame.south, frame.west)
    right, top = to_plane(frame.north, frame.east)
    columns, rows = round((right - left) / frame.step_m), round((top - bottom) / frame.step_m)
    return (
        (left + frame.step_m * (np.arange(columns) + 0.5)).astype(np.float64),
        (top - frame.step_m * (np.arange(rows) + 0.5)).astype(np.float64),
    )


class Ground:
    """Heights anywhere in the model, bilinear between cell centres."""

    def __init__(self) -> None:
        near = _spots(SPOTS)
        self.heights = relief(NEAR, near, REACH_M)
        self._far = relief(FAR, [*near, *_spots(FAR_SPOTS)], FAR_REACH_M)
        self._xs, self._ys = _axes(NEAR)

    def at(self, point: Point) -> float:
        """Metres above the sea; the edge's height beyond the edge of the near grid."""
        rows, columns = self.heights.shape
        x = min(max((point[0] - self._xs[0]) / NEAR.step_m, 0.0), columns - 1.001)
        y = min(max((self._ys[0] - point[1]) / NEAR.step_m, 0.0), rows - 1.001)
        column, row = math.floor(x), math.floor(y)
        dx, dy = x - column, y - row
        corner = self.heights[row : row + 2, column : column + 2]
        upper = corner[0, 0] * (1 - dx) + corner[0, 1] * dx
        lower = corner[1, 0] * (1 - dx) + corner[1, 1] * dx
        return float(upper * (1 - dy) + lower * dy)

    def grade(self, a: Point, b: Point) -> float:
        """Rise over run from a to b."""
        run = math.hypot(b[0] - a[0], b[1] - a[1])
        return (self.at(b) - self.at(a)) / run if run else 0.0

    def write(self, near: Path, far: Path) -> None:
        """Both grids as GeoTIFFs in degrees (EPSG:4326), heights as 32-bit floats."""
        _write(near, NEAR, self.heights)
        _write(far, FAR, self._far)


def _write(path: Path, frame: Frame, heights: NDArray[np.float64]) -> None:
    xs, ys = _axes(frame)
    north, west = to_degrees((xs[0] - frame.step_m / 2, ys[0] + frame.step_m / 2))
    rows, columns = heights.shape
    with rasterio.open(
        path, "w", driver="GTiff", height=rows, width=columns, count=1, dtype="float32",
        crs="EPSG:4326",
        transform=from_origin(west, north, frame.step_m / EAST, frame.step_m / DEGREE),
        compress="deflate", predictor=3, nodata=-9999.0,
    ) as raster:  # fmt: skip
        raster.write(heights.astype(np.float32), 1)
        raster.update_tags(AREA_OR_POINT="Area", TITLE="Demo town: modelled heights")
