"""Coordinates that can't be right: at zero, off the Earth, swapped, or far from all others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]
Mask = NDArray[np.bool_]

_NULL_ISLANDS: Final = ((0.0, 0.0), (49.7668, -7.5572))  # the second: zero on the British grid
_NULL_RADIUS: Final = 0.02  # degrees
_MIN_REACH_KM: Final = 200.0  # no stop nearer to the feed's middle is called an outlier
_REACH: Final = 20.0  # times the median distance from the middle
_DEGREE_KM: Final = 111.195


def _at_null_island(lat: Degrees, lon: Degrees) -> Mask:
    bad = np.zeros(len(lat), np.bool_)
    for at_lat, at_lon in _NULL_ISLANDS:
        bad |= np.hypot(lat - at_lat, lon - at_lon) < _NULL_RADIUS
    return bad


def _far_away(lat: Degrees, lon: Degrees) -> Mask:
    """Far outside the feed's own region, such as with latitude and longitude swapped."""
    off_earth = (np.abs(lat) > 90) | (np.abs(lon) > 180)  # noqa: PLR2004 - degrees
    good = ~(np.isnan(lat) | np.isnan(lon) | off_earth)
    if not good.any():
        return off_earth
    middle = np.median(lat[good]), np.median(lon[good])
    away = distance_km(lat, lon, *middle)
    reach = max(_MIN_REACH_KM, _REACH * np.median(away[good]))
    return off_earth | (good & (away > reach))


def _swapped(lat: Degrees, lon: Degrees) -> Mask:
    """Far away as they stand, in the feed's region with latitude and longitude exchanged."""
    far = _far_away(lat, lon)
    if not far.any() or far.all():
        return np.zeros(len(lat), np.bool_)
    middle = np.nanmedian(lat[~far]), np.nanmedian(lon[~far])
    return far & (distance_km(lon, lat, *middle) < _MIN_REACH_KM)


COORDINATE_FAULTS: Final[tuple[tuple[str, Callable[[Degrees, Degrees], Mask]], ...]] = (
    ("null_island", _at_null_island),
    ("swapped_coordinates", _swapped),
    ("coordinates_out_of_range", _far_away),
)


def distance_km(
    lat: Degrees, lon: Degrees,
    to_lat: Degrees | float, to_lon: Degrees | float,
) -> Degrees:  # fmt: skip
    """Straight distance, flat at the mean latitude: right within a percent in one region."""
    east = (to_lon - lon + 180) % 360 - 180
    scale = np.cos(np.radians((lat + to_lat) / 2))
    distance: Degrees = _DEGREE_KM * np.hypot(to_lat - lat, east * scale)
    return distance
