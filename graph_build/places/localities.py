"""Which settlement a point belongs to, by the points that stand for settlements.

An extract has no reliable outlines of its communes (their boundaries cross its edge), so the
nearest settlement wins, the distance divided by the usual reach of its rank. The reaches are a
model of ours, set so that a town beside a city keeps its streets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from feeds.tables import NamedPlace
from planner.network.shape import NONE

_REACH_KM: Final = {"city": 10.0, "town": 3.0, "municipality": 3.0, "village": 1.5}
_MOST_REACH_KM: Final = max(_REACH_KM.values())
_REACHES_KEPT: Final = 3.0  # beyond so many reaches a point belongs to none
_KM_PER_DEG: Final = 111.195
_CHUNK: Final = 20_000


class Localities:
    """The settlements of all extracts, and the one of any point."""

    def __init__(self, places: Sequence[NamedPlace]) -> None:
        settlements = [
            (place, _REACH_KM[rank])
            for place in places
            if place.kind == "place"
            and (rank := place.category.removeprefix("place=")) in _REACH_KM
        ]
        self.names = [place.name for place, _ in settlements]
        self.prominence = {place.name: reach / _MOST_REACH_KM for place, reach in settlements}
        self._lat = np.array([place.lat for place, _ in settlements], np.float64)
        self._lon = np.array([place.lon for place, _ in settlements], np.float64)
        self._reach = np.array([reach for _, reach in settlements], np.float64)

    def find(self, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.int32]:
        """The settlement (an index of `names`) of each point; NONE where all are too far."""
        result = np.full(len(lat), NONE, np.int32)
        if not self.names:
            return result
        for start in range(0, len(lat), _CHUNK):
            part = slice(start, start + _CHUNK)
            north = lat[part, None] - self._lat
            east = (lon[part, None] - self._lon) * np.cos(np.radians(lat[part, None]))
            reaches = np.hypot(north, east) * _KM_PER_DEG / self._reach
            best = reaches.argmin(axis=1)
            near = reaches[np.arange(len(best)), best] <= _REACHES_KEPT
            result[part] = np.where(near, best, NONE)
        return result

    def find_name(self, lat: float, lon: float) -> str:
        """Name of the settlement of one point, "" where all are too far."""
        found = int(self.find(np.array([lat]), np.array([lon]))[0])
        return self.names[found] if found != NONE else ""
