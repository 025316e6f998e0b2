"""A lattice of points over a network, with the streets that each of them meets."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from planner.kernels.street_ends import Ends
from planner.network.kept import kept_by_network
from planner.network.shape import UNREACHED, Metric, StreetGrid
from planner.network.store import Network
from planner.network.straight_walk import EARTH_M
from planner.streets.points import ends_of_points

PATCH: Final = 64  # points on a side of what is snapped at once and kept
_PATCHES_KEPT: Final = 256  # some 70 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """Points `step_m` apart, row 0 and column 0 at the corner of the network's streets.

    They lie in rows northwards and columns eastwards. Two lattices are equal where they have the
    same points and the same streets are open to their traveller, whatever these cost.
    """

    step_m: float
    south: float
    west: float
    step_lat: float
    step_lon: float
    opening: bytes  # hash of which streets are open
    metric: Metric = field(compare=False, repr=False)

    def find(self, window: Window, lat: float, lon: float) -> tuple[float, float]:
        """Row and column of a point in degrees, from the window's first ones on."""
        row = (lat - self.south) / self.step_lat - window.row
        return row, (lon - self.west) / self.step_lon - window.column


class Window(NamedTuple):
    """A part of the lattice: rows and columns from its first ones on."""

    row: int
    column: int
    rows: int
    columns: int


def make_lattice(grid: StreetGrid, metric: Metric, step_m: float) -> Lattice:
    """The lattice over the streets of `grid`."""
    south, west, cell_lat, _ = grid.origin.tolist()
    middle = south + cell_lat * float(grid.size[0]) / 2
    step_lat = math.degrees(step_m / EARTH_M)
    is_open = np.packbits(metric.cost < UNREACHED)
    return Lattice(
        step_m=step_m,
        south=south,
        west=west,
        step_lat=step_lat,
        step_lon=step_lat / math.cos(math.radians(middle)),
        opening=hashlib.blake2b(is_open.tobytes(), digest_size=16).digest(),
        metric=metric,
    )


def window_around(
    lattice: Lattice, bounds: tuple[float, float, float, float], margin_m: float
) -> Window:
    """The points within south, west, north, east, `margin_m` around, and one more on each side."""
    south, west, north, east = bounds
    margin = margin_m / lattice.step_m
    row = math.floor((south - lattice.south) / lattice.step_lat - margin) - 1
    last_row = math.ceil((north - lattice.south) / lattice.step_lat + margin) + 1
    column = math.floor((west - lattice.west) / lattice.step_lon - margin) - 1
    last_column = math.ceil((east - lattice.west) / lattice.step_lon + margin) + 1
    return Window(row, column, last_row - row + 1, last_column - column + 1)


def patches_of(
    network: Network, lattice: Lattice, window: Window
) -> Iterator[tuple[Ends, int, int]]:
    """Points that cover the window, PATCH x PATCH at a time, with the first one's row and column.

    Row and column are the window's own, and negative where a patch begins before it.
    """
    for i in range(window.row // PATCH, (window.row + window.rows - 1) // PATCH + 1):
        for j in range(window.column // PATCH, (window.column + window.columns - 1) // PATCH + 1):
            patch = _patch(network, lattice, i, j)
            yield patch, i * PATCH - window.row, j * PATCH - window.column


@kept_by_network(_PATCHES_KEPT)
def _patch(network: Network, lattice: Lattice, row: int, column: int) -> Ends:
    """The points of one patch: its rows from PATCH * row on, its columns likewise."""
    step = np.arange(PATCH)
    lat = lattice.south + lattice.step_lat * (PATCH * row + step)
    lon = lattice.west + lattice.step_lon * (PATCH * column + step)
    return ends_of_points(network, lattice.metric, np.repeat(lat, PATCH), np.tile(lon, PATCH))
