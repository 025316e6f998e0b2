"""The drawing plane: metres east and north of the town's middle, rounded so that runs agree."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from typing import Final, TypeAlias

Point: TypeAlias = tuple[float, float]  # metres east, metres north

MIDDLE: Final = (48.8240, 2.2650)  # latitude, longitude of (0, 0)
DEGREE: Final = 111_195.0  # metres in a degree of latitude on a sphere of 6,371 km
EAST: Final = DEGREE * math.cos(math.radians(MIDDLE[0]))  # metres in a degree of longitude


def to_plane(lat: float, lon: float) -> Point:
    """Metres of a coordinate, to the decimetre."""
    return round((lon - MIDDLE[1]) * EAST, 1), round((lat - MIDDLE[0]) * DEGREE, 1)


def to_degrees(point: Point) -> tuple[float, float]:
    """Latitude and longitude of a point, to the seven decimals OSM keeps."""
    return round(MIDDLE[0] + point[1] / DEGREE, 7), round(MIDDLE[1] + point[0] / EAST, 7)


def rounded(point: Point) -> Point:
    """The point on the decimetre grid that every junction lies on."""
    return round(point[0], 1) + 0.0, round(point[1], 1) + 0.0


def corners(ring: Iterable[tuple[float, ...]]) -> list[Point]:
    """The points of a shapely coordinate sequence."""
    return [(point[0], point[1]) for point in ring]


def distance(a: Point, b: Point) -> float:
    """Metres from a to b."""
    return math.hypot(a[0] - b[0], a[1] - b[1])


def dice(seed: int) -> random.Random:
    """A source of the same numbers on every machine: the model must come out the same."""
    return random.Random(seed)  # noqa: S311 - it draws streets, not secrets
