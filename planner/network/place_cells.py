"""Square cells of the ground, so that places near a point are found without looking at all."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

FINE_DEG: Final = 0.002  # 220 m from south to north: what stands around a point
WIDE_DEG: Final = 0.02  # 2.2 km: what is searched first around where the map is
_COLUMNS: Final = 1_000_000  # more than 360 / FINE_DEG
_EARTH_M_PER_DEG: Final = 111_195.0  # mean Earth radius 6 371 009 m (IUGG)


def cell_of(lat: float, lon: float) -> int:
    """Number of the fine cell of a point; cells of one row follow each other."""
    return math.floor((lat + 90.0) / FINE_DEG) * _COLUMNS + math.floor((lon + 180.0) / FINE_DEG)


def list_cell_rows(lat: float, lon: float, radius_m: float) -> Iterator[tuple[int, int]]:
    """First and last fine cell of each row that a circle around a point may touch."""
    height = radius_m / _EARTH_M_PER_DEG
    width = height / max(0.01, math.cos(math.radians(lat)))
    first, last = (math.floor((lat + side * height + 90.0) / FINE_DEG) for side in (-1, 1))
    west, east = (math.floor((lon + side * width + 180.0) / FINE_DEG) for side in (-1, 1))
    for row in range(first, last + 1):
        yield row * _COLUMNS + max(0, west), row * _COLUMNS + min(_COLUMNS - 1, east)


def wide_tag(lat: float, lon: float) -> str:
    """Word for the wide cell of a point, as the text index holds it."""
    return _tag(math.floor((lat + 90.0) / WIDE_DEG), math.floor((lon + 180.0) / WIDE_DEG))


def list_wide_tags(lat: float, lon: float) -> list[str]:
    """Words for the wide cell of a point and the eight around it."""
    row, column = math.floor((lat + 90.0) / WIDE_DEG), math.floor((lon + 180.0) / WIDE_DEG)
    return [_tag(row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres between two points that are near each other (equirectangular)."""
    east = (other_lon - lon) * math.cos(math.radians((lat + other_lat) / 2))
    return math.hypot(other_lat - lat, east) * _EARTH_M_PER_DEG


def _tag(row: int, column: int) -> str:
    return f"near{row}x{column}".replace("-", "m")
