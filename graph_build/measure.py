"""Lengths on the ground."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_EARTH_RADIUS_M: Final = 6_371_008.8  # mean radius, IUGG


def haversine_m(
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    to_lat: NDArray[np.float64],
    to_lon: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Great-circle metres between points in degrees."""
    phi, to_phi = np.radians(lat), np.radians(to_lat)
    half = np.sin((to_phi - phi) / 2) ** 2
    half += np.cos(phi) * np.cos(to_phi) * np.sin(np.radians(to_lon - lon) / 2) ** 2
    return np.asarray(2 * _EARTH_RADIUS_M * np.arcsin(np.sqrt(half)))
