"""How much of the streets has which stress, and how much of that rests on assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from graph_build.stress.facts import read_edges
from planner.network import shape

LEVELS: Final = 4
_ASSUMED: Final = {
    "speed": shape.SPEED_ASSUMED,
    "lanes": shape.LANES_ASSUMED,
    "volume": shape.VOLUME_ASSUMED,
    "width": shape.WIDTH_ASSUMED,
    "parking": shape.PARKING_ASSUMED,
}
_METRES_OF_BOTH: Final = 2000.0  # of a kilometre of street, which has two directions


def stress_figures(
    streets: shape.Streets, facts: shape.RoadFacts, stress: Mapping[str, shape.Stress]
) -> dict[str, Any]:
    """km: rule set -> kilometres at levels 1 to 4. assumed: of streets with cars, what share.

    Each direction counts half, where one may cycle that way. Streets without a level, such as R5's
    service roads, aren't among the kilometres.
    """
    edges = np.arange(streets.head.size)
    own = read_edges(streets, facts, edges)
    length = np.where(own.cycled, streets.length_m, 0).astype(np.float64)
    km = {
        name: (np.bincount(one.level, length, LEVELS + 1)[1:] / _METRES_OF_BOTH).round(1).tolist()
        for name, one in stress.items()
    }
    shared = np.where(own.separate, 0, length)
    whole = max(float(shared.sum()), 1.0)
    assumed = {
        name: round(float(shared[facts.assumed & bit > 0].sum()) / whole, 3)
        for name, bit in _ASSUMED.items()
    }
    return {"km": km, "assumed": assumed}
