"""The streets of a box on the map."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.shape import StreetGrid, Streets


class Box(NamedTuple):
    """Degrees."""

    west: float
    south: float
    east: float
    north: float


def streets_within(streets: Streets, grid: StreetGrid, box: Box) -> NDArray[np.int64]:
    """The direction +1 edges with at least a part of their own box in `box`, rising.

    Gates and turns, which have no length, are on no map.
    """
    rows, columns = grid.size.tolist()
    south, west, height, width = grid.origin.tolist()
    first, last = _span(box.south, box.north, south, height, rows)
    left, right = _span(box.west, box.east, west, width, columns)
    runs = [
        grid.edge[grid.cell_offset[row * columns + left] : grid.cell_offset[row * columns + right]]
        for row in range(first, last)
    ]
    edges = np.unique(np.concatenate([np.zeros(0, np.int64), *runs])).astype(np.int64)
    if not edges.size:
        return edges
    count = streets.shape_count[edges].astype(np.int64)
    starts = np.cumsum(count) - count
    point = np.repeat(streets.shape_offset[edges] - starts, count) + np.arange(int(count.sum()))
    lat, lon = streets.shape_lat[point], streets.shape_lon[point]
    apart = (
        (np.maximum.reduceat(lat, starts) < box.south)
        | (np.minimum.reduceat(lat, starts) > box.north)
        | (np.maximum.reduceat(lon, starts) < box.west)
        | (np.minimum.reduceat(lon, starts) > box.east)
    )
    return edges[~apart]


def _span(low: float, high: float, origin: float, step: float, cells: int) -> tuple[int, int]:
    """The cells from `low` to `high` along one axis, the last not included."""
    first = int(np.clip((low - origin) // step, 0, cells))
    return first, int(np.clip((high - origin) // step + 1, first, cells))
