"""A grid of small cells over the streets, so that a snap looks at few of them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.network import shape
from planner.network.store import frozen

CELL_M: Final = 100.0
_METRES_PER_DEGREE: Final = 111_195.0  # of latitude, on the mean sphere


def make_grid(streets: shape.Streets, *, cell_m: float = CELL_M) -> shape.StreetGrid:
    """Cells of about `cell_m` metres; each street stands in every cell it touches.

    Gates (streets of no length) are left out: nobody lives on one.
    """
    lat, lon = streets.shape_lat, streets.shape_lon
    if len(lat) == 0:
        lat = lon = np.zeros(1)
    height = cell_m / _METRES_PER_DEGREE
    width = height / max(np.cos(np.radians(np.mean(lat))), 0.01)
    south, west = float(lat.min()), float(lon.min())
    rows = int((lat.max() - south) // height) + 1
    columns = int((lon.max() - west) // width) + 1
    cell, edge = _list_cells(streets, np.array([south, west, height, width]), columns)
    edges = max(len(streets.tail), 1)
    entry = np.unique(cell * edges + edge)
    offset = np.searchsorted(entry, np.arange(rows * columns + 1) * edges)
    return shape.StreetGrid(
        origin=frozen(np.array([south, west, height, width]), np.float64),
        size=frozen(np.array([rows, columns]), np.int32),
        cell_offset=frozen(offset, np.int32),
        edge=frozen(entry % edges, np.int32),
    )


def _list_cells(
    streets: shape.Streets, origin: NDArray[np.float64], columns: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(cell, edge) for every cell that a piece of an edge may touch; repeats included."""
    south, west, height, width = origin
    edge = np.flatnonzero((streets.direction > 0) & (streets.length_m > 0))
    pieces = streets.shape_count[edge].astype(np.int64) - 1
    owner = np.repeat(edge, pieces)
    start = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    start += streets.shape_offset[owner]
    row = (streets.shape_lat - south) / height
    column = (streets.shape_lon - west) / width
    # A long piece is halved until each part spans less than a cell, so four cells hold it.
    span = np.maximum(
        np.abs(row[start + 1] - row[start]), np.abs(column[start + 1] - column[start])
    )
    parts = np.ceil(span).astype(np.int64).clip(min=1)
    piece = np.repeat(np.arange(len(owner)), parts)
    number = np.arange(len(piece)) - np.repeat(np.cumsum(parts) - parts, parts)
    owner, begin = owner[piece], start[piece]
    ends = [number / parts[piece], (number + 1) / parts[piece]]
    rows = [(row[begin] + t * (row[begin + 1] - row[begin])).astype(np.int64) for t in ends]
    cols = [
        (column[begin] + t * (column[begin + 1] - column[begin])).astype(np.int64) for t in ends
    ]
    cells = [r * columns + c for r in rows for c in cols]
    return np.concatenate(cells), np.tile(owner, 4)
