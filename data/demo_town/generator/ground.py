"""The relief of the model: spot heights, smoothed between, and its GeoTIFF."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import from_origin

from generator.plane import DEGREE, EAST, MIDDLE, Point, to_degrees, to_plane

# Latitude, longitude, metres above the sea. The town lies between 28 and 96 m; the bank is flat, the
# step to the plateau is steep. Heights are rounded estimates of the general shape, not a survey.
SPOTS: Final = """
48.8455,2.2745,29 48.8400,2.2690,29 48.8345,2.2645,29 48.8300,2.2610,28 48.8260,2.2570,28
48.8235,2.2530,28 48.8218,2.2490,28 48.8208,2.2430,28 48.8212,2.2350,28 48.8260,2.2262,28
48.8330,2.2230,28 48.8425,2.2230,29 48.8235,2.2440,30 48.8270,2.2545,30 48.8300,2.2590,30
48.8265,2.2500,31 48.8300,2.2450,32 48.8350,2.2400,34 48.8350,2.2520,33 48.8400,2.2580,34
48.8420,2.2350,36 48.8440,2.2480,36 48.8350,2.2700,32 48.8300,2.2660,32 48.8270,2.2640,32
48.8250,2.2610,32 48.8238,2.2580,31 48.8222,2.2540,31 48.8207,2.2500,32 48.8198,2.2450,33
48.8390,2.2780,34 48.8350,2.2790,36 48.8320,2.2750,35 48.8290,2.2720,35 48.8260,2.2690,36
48.8330,2.2860,40 48.8400,2.2900,38 48.8430,2.2990,42 48.8330,2.2990,48 48.8300,2.2900,46
48.8300,2.2820,41 48.8270,2.2790,42 48.8277,2.2740,38 48.8245,2.2738,41 48.8240,2.2720,40
48.8225,2.2684,39 48.8228,2.2640,37 48.8210,2.2607,38 48.8200,2.2580,38 48.8194,2.2550,37
48.8186,2.2528,37 48.8185,2.2470,37 48.8250,2.2810,47 48.8220,2.2770,49 48.8215,2.2735,50
48.8215,2.2700,46 48.8208,2.2640,44 48.8203,2.2625,47 48.8196,2.2600,51 48.8185,2.2575,56
48.8176,2.2550,57 48.8170,2.2525,55 48.8172,2.2500,47 48.8195,2.2645,56 48.8195,2.2680,62
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
SOUTH, WEST, NORTH, EAST_EDGE = 48.8060, 2.2180, 48.8480, 2.3060
STEP_M: Final = 25.0
REACH_M: Final = 260.0  # how far a spot height makes itself felt


def _spots() -> list[tuple[Point, float]]:
    values = (tuple(map(float, spot.split(","))) for spot in SPOTS.split())
    return [(to_plane(lat, lon), height) for lat, lon, height in values]


def relief() -> NDArray[np.float64]:
    """Heights of the grid's cell centres, north row first, in metres, to the decimetre.

    Shepard's inverse distance weighting with a Gaussian-like core: near spots rule, and far from
    all of them the height tends to their mean.
    """
    xs, ys = _axes()
    grid_x, grid_y = np.meshgrid(xs, ys)
    weighted = np.zeros_like(grid_x)
    weights = np.zeros_like(grid_x)
    for (x, y), height in _spots():
        square = ((grid_x - x) ** 2 + (grid_y - y) ** 2) / REACH_M**2
        weight = 1.0 / (0.02 + square) ** 2.5
        weighted += weight * height
        weights += weight
    return np.round(weighted / weights, 1)


def _axes() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    left, bottom = to_plane(SOUTH, WEST)
    right, top = to_plane(NORTH, EAST_EDGE)
    columns, rows = round((right - left) / STEP_M), round((top - bottom) / STEP_M)
    return (
        left + STEP_M * (np.arange(columns) + 0.5),
        top - STEP_M * (np.arange(rows) + 0.5),
    )


class Ground:
    """Heights anywhere in the model, bilinear between cell centres."""

    def __init__(self) -> None:
        self.heights = relief()
        self._xs, self._ys = _axes()

    def at(self, point: Point) -> float:
        """Metres above the sea; the edge's height beyond the edge."""
        rows, columns = self.heights.shape
        x = min(max((point[0] - self._xs[0]) / STEP_M, 0.0), columns - 1.001)
        y = min(max((self._ys[0] - point[1]) / STEP_M, 0.0), rows - 1.001)
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

    def write(self, path: Path) -> None:
        """The grid as a GeoTIFF in degrees (EPSG:4326), heights as 32-bit floats."""
        north, west = to_degrees((self._xs[0] - STEP_M / 2, self._ys[0] + STEP_M / 2))
        rows, columns = self.heights.shape
        with rasterio.open(
            path, "w", driver="GTiff", height=rows, width=columns, count=1, dtype="float32",
            crs="EPSG:4326", transform=from_origin(west, north, STEP_M / EAST, STEP_M / DEGREE),
            compress="deflate", predictor=3, nodata=-9999.0,
        ) as raster:  # fmt: skip
            raster.write(self.heights.astype(np.float32), 1)
            raster.update_tags(
                AREA_OR_POINT="Area", TITLE="Demo town: modelled heights",
                CENTRE=f"{MIDDLE[0]},{MIDDLE[1]}",
            )  # fmt: skip
