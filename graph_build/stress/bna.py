"""The Bicycle Network Analysis of PeopleForBikes: two levels, 1 and 3, in miles per hour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from graph_build.stress.crossings import Crossings
from graph_build.stress.crossings import label_crossings as label_arms
from graph_build.stress.facts import EdgeFacts
from graph_build.stress.tables import Found, look_up
from planner.network.shape import INFRASTRUCTURES, ROAD_CLASSES

TABLES: Final = ("bna", "bna_crossing")
_KMH_PER_MPH: Final = 1.609344
_STEP_MPH: Final = 5

# What it takes where the map has no limit and no lanes: mph, and lanes per direction.
_DEFAULTS: Final = {"primary": (40, 2), "secondary": (40, 2), "tertiary": (30, 1)}
_OTHER_DEFAULT: Final = (25, 1)
_RECLASSED: Final = [ROAD_CLASSES.index(word) for word in ("residential", "unclassified")]
_TERTIARY: Final = ROAD_CLASSES.index("tertiary")
_FASTER_MPH: Final = 30
_FACILITIES: Final = [INFRASTRUCTURES.index(word) for word in ("track", "buffered", "lane")]


def label(own: EdgeFacts, names: Sequence[str]) -> Found:
    """The level and the rule of each edge."""
    mph = _mph(own.facts["speed"], own.facts["speed_known"], own.facts["road_class"])
    lanes = _lanes(own.facts["lanes"], own.facts["lanes_known"], own.facts["road_class"], 1)
    road_class = _reclass(own, mph, lanes)
    facts = {**own.facts, "mph": mph, "lanes": lanes, "road_class": road_class}
    return look_up("bna", facts, names)


def label_crossings(crossings: Crossings, names: Sequence[str]) -> Found:
    """The level of what each edge crosses at its end."""
    arms = crossings.arm_facts
    known = {
        **arms,
        "mph": _mph(arms["speed"], arms["speed_known"], arms["road_class"]),
        "lanes": _lanes(
            arms["lanes"], arms["lanes_known"], arms["road_class"], np.where(arms["one_way"], 1, 2)
        ),
    }
    return label_arms(crossings, "bna_crossing", known, names)


def _mph(
    kmh: NDArray[Any], known: NDArray[np.bool_], road_class: NDArray[np.uint8]
) -> NDArray[np.int64]:
    """Rounded to the nearest 5 as its importer does; its own default where there is no limit."""
    rounded = np.rint(kmh / _KMH_PER_MPH / _STEP_MPH).astype(np.int64) * _STEP_MPH
    return np.where(known, rounded, _default(0)[road_class])


def _lanes(
    lanes: NDArray[Any],
    known: NDArray[np.bool_],
    road_class: NDArray[np.uint8],
    directions: NDArray[Any] | int,
) -> NDArray[np.int64]:
    return np.where(known, lanes, _default(1)[road_class] * directions).astype(np.int64)


def _default(which: int) -> NDArray[np.int64]:
    return np.array([_DEFAULTS.get(word, _OTHER_DEFAULT)[which] for word in ROAD_CLASSES])


def _reclass(own: EdgeFacts, mph: NDArray[np.int64], lanes: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Small streets that are large by their lanes, limit or facilities on both sides."""
    road_class = own.facts["road_class"]
    both = np.isin(own.facts["infrastructure"], _FACILITIES) & np.isin(
        own.facts["infrastructure_back"], _FACILITIES
    )
    large = both | (lanes > 1) | (mph >= _FASTER_MPH)
    return np.where(np.isin(road_class, _RECLASSED) & large, _TERTIARY, road_class).astype(np.uint8)
