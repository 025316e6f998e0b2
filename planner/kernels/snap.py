"""The streets nearest to a point: a ring search over the cells of the StreetGrid, exact.

What looks at a single street is given the few columns that it reads: a call with all of Streets
counts references to each of its arrays, and that takes four times as long as looking.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.network.shape import (
    NONE,
    ROAD_CLASSES,
    UNREACHED,
    Float32,
    Float64,
    Int32,
    StreetGrid,
    Streets,
    UInt8,
)
from planner.network.straight_walk import EARTH_M

CANDIDATES: Final = 4  # snaps of a point, of which the search takes the best
FERRY: Final = ROAD_CLASSES.index("ferry")
SPREAD_M: Final = 30.0  # a candidate is at most so much farther than the nearest street


@njit(cache=True, nogil=True)
def snap(
    streets: Streets,
    grid: StreetGrid,
    cost: Int32,
    lat: Float64,
    lon: Float64,
    count: int,
    max_m: float,
    spread_m: float,
) -> tuple[Int32, Float32, Float32]:
    """The `count` streets nearest to each point -> edge, fraction, distance, each (n, count).

    A street counts where `cost` is below UNREACHED in one direction at least, ferries never;
    where it comes within `max_m`, and where it is at most `spread_m` farther than the nearest.
    Rows are sorted by distance, then edge, and end in NONE. A point that is NaN has none.
    """
    edges = np.full((lat.size, count), NONE, np.int32)
    fractions = np.zeros((lat.size, count), np.float32)
    distances = np.full((lat.size, count), np.inf, np.float32)
    for i in range(lat.size):
        if math.isfinite(lat[i]) and math.isfinite(lon[i]):
            _snap_one(
                streets, grid, cost, lat[i], lon[i], max_m, spread_m,
                edges[i], fractions[i], distances[i],
            )  # fmt: skip
    return edges, fractions, distances


@njit(cache=True, nogil=True)
def _snap_one(
    streets: Streets,
    grid: StreetGrid,
    cost: Int32,
    lat: float,
    lon: float,
    max_m: float,
    spread_m: float,
    edges: NDArray[np.int32],
    fractions: NDArray[np.float32],
    distances: NDArray[np.float32],
) -> None:
    """Fill the row of one point."""
    best = np.full(edges.size, np.inf)  # distances in full precision
    reach = max_m / math.radians(EARTH_M)  # degrees of latitude
    top = grid.origin[0] + grid.size[0] * grid.origin[2]
    if not grid.origin[0] - reach <= lat <= top + reach:
        return  # rings around a pole would have no end
    row = math.floor((lat - grid.origin[0]) / grid.origin[2])
    column = math.floor((lon - grid.origin[1]) / grid.origin[3])
    ring = 0
    while True:
        for r in range(max(row - ring, 0), min(row + ring, grid.size[0] - 1) + 1):
            inner = row - ring < r < row + ring  # only the two outer cells of the row are new
            step = max(2 * ring, 1) if inner else 1
            for c in range(column - ring, column + ring + 1, step):
                if not 0 <= c < grid.size[1]:
                    continue
                cell = r * grid.size[1] + c
                for k in range(grid.cell_offset[cell], grid.cell_offset[cell + 1]):
                    edge = grid.edge[k]
                    if _is_open(streets.road_class, streets.reverse, cost, edge):
                        distance, fraction = _nearest_on(
                            streets.shape_offset, streets.shape_count,
                            streets.shape_lat, streets.shape_lon, edge, lat, lon,
                        )  # fmt: skip
                        if distance <= max_m:
                            _insert(edge, fraction, distance, best, edges, fractions)
        seen_m = _seen_m(grid, row, column, ring, lat, lon)
        if seen_m > max_m or seen_m > best[-1] or seen_m > best[0] + spread_m:
            break
        ring += 1
    for i in range(edges.size):
        if best[i] <= best[0] + spread_m:
            distances[i] = best[i]
        else:
            edges[i] = NONE
            fractions[i] = 0.0


@njit(cache=True, nogil=True)
def _is_open(road_class: UInt8, reverse: Int32, cost: Int32, edge: int) -> bool:
    """True where a point may meet the street: open one way at least, and not on the water."""
    if road_class[edge] == FERRY:
        return False
    return bool(cost[edge] < UNREACHED or cost[reverse[edge]] < UNREACHED)


@njit(cache=True, nogil=True)
def _nearest_on(
    shape_offset: Int32,
    shape_count: Int32,
    shape_lat: Float64,
    shape_lon: Float64,
    edge: int,
    lat: float,
    lon: float,
) -> tuple[float, float]:
    """Metres from the point to the edge's line, and where on it, as a fraction of its length."""
    east_m = math.radians(EARTH_M) * math.cos(math.radians(lat))  # of one degree
    north_m = math.radians(EARTH_M)
    start = shape_offset[edge]
    x = (shape_lon[start] - lon) * east_m
    y = (shape_lat[start] - lat) * north_m
    length = 0.0
    least = np.inf
    at = 0.0
    for i in range(start + 1, start + shape_count[edge]):
        dx = (shape_lon[i] - lon) * east_m - x
        dy = (shape_lat[i] - lat) * north_m - y
        square = dx * dx + dy * dy
        share = 0.0
        if square > 0.0:
            share = min(max(-(x * dx + y * dy) / square, 0.0), 1.0)
        distance = math.hypot(x + share * dx, y + share * dy)
        segment = math.sqrt(square)
        if distance < least:
            least = distance
            at = length + share * segment
        length += segment
        x += dx
        y += dy
    return least, at / length if length > 0.0 else 0.0


@njit(cache=True, nogil=True)
def _insert(
    edge: int,
    fraction: float,
    distance: float,
    best: NDArray[np.float64],
    edges: NDArray[np.int32],
    fractions: NDArray[np.float32],
) -> None:
    """Put the street among the nearest so far, once."""
    for i in range(best.size):
        if edges[i] == edge:
            return
    i = best.size - 1
    if distance > best[i] or (distance == best[i] and edge > edges[i]):
        return
    while i > 0 and (distance < best[i - 1] or (distance == best[i - 1] and edge < edges[i - 1])):
        best[i] = best[i - 1]
        edges[i] = edges[i - 1]
        fractions[i] = fractions[i - 1]
        i -= 1
    best[i] = distance
    edges[i] = edge
    fractions[i] = fraction


@njit(cache=True, nogil=True)
def _seen_m(grid: StreetGrid, row: int, column: int, ring: int, lat: float, lon: float) -> float:
    """Metres around the point within which the rings 0..`ring` have shown every street."""
    north_m = math.radians(EARTH_M)
    east_m = north_m * math.cos(math.radians(lat))
    south = (lat - (grid.origin[0] + (row - ring) * grid.origin[2])) * north_m
    north = ((grid.origin[0] + (row + ring + 1) * grid.origin[2]) - lat) * north_m
    west = (lon - (grid.origin[1] + (column - ring) * grid.origin[3])) * east_m
    east = ((grid.origin[1] + (column + ring + 1) * grid.origin[3]) - lon) * east_m
    return float(min(south, north, west, east))
