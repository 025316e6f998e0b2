"""Walks where no street leads: a straight line, drawn out by a detour, and never a long one.

One rule for the changes between stops and for the ways from and to a door; what it gives is an
estimate, and every answer marks it as one.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.network.shape import UNREACHED, Float64, Int32

EARTH_M: Final = 6_371_008.8  # mean radius, IUGG

# As the crow flies. Our assumption: farther apart, what lies between (a river, a railway) is more
# likely to bar the way than not.
MAX_STRAIGHT_M: Final = 600.0

# Metres walked for one of the straight line. On a street grid it is |cos| + |sin| of the direction,
# 4 / pi = 1.27 on average over all directions; rounded up, our assumption.
DETOUR: Final = 1.3


def beelines_m(
    lat: float | Float64, lon: float | Float64, other_lat: Float64, other_lon: Float64
) -> Float64:
    """Straight metres between points in degrees, pair by pair; NaN where one is unknown.

    On the plane that touches between the two: for lines of some kilometres, not of continents.
    """
    north = np.radians(other_lat - lat)
    east = np.radians(other_lon - lon) * np.cos(np.radians(0.5 * (lat + other_lat)))
    return np.asarray(EARTH_M * np.hypot(north, east))


def straight_walk_s(beeline_m: NDArray[np.floating[Any]], speed_kmh: float) -> Int32:
    """Seconds to walk across, rounded up; UNREACHED beyond MAX_STRAIGHT_M and for NaN."""
    near = beeline_m <= MAX_STRAIGHT_M
    seconds = np.ceil(np.where(near, beeline_m, 0.0) * DETOUR * 3.6 / speed_kmh)
    return np.where(near, seconds, UNREACHED).astype(np.int32)
