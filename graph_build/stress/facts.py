"""Street edges as the stress tables see them: one array for each fact."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network import shape

# Cars that run one way meet a cyclist more often than half of them each way would: Furth's v2 and
# pyBNA count their volume so many times.
ONE_WAY_FACTOR: Final = 1.67

_FERRY: Final = shape.ROAD_CLASSES.index("ferry")
_APART: Final = [shape.INFRASTRUCTURES.index(word) for word in ("path", "track")]
_BUS_LANE: Final = shape.INFRASTRUCTURES.index("bus_lane")
_BUSWAY: Final = shape.ROAD_CLASSES.index("busway")


class EdgeFacts(NamedTuple):
    """The facts of some edges, and where somebody cycles."""

    facts: dict[str, NDArray[Any]]  # fact of a table -> (n,)
    cycled: NDArray[np.bool_]  # (n,)
    separate: NDArray[np.bool_]  # (n,) kept apart from motor traffic


def read_edges(
    streets: shape.Streets, facts: shape.RoadFacts, edges: NDArray[np.integer]
) -> EdgeFacts:
    """The facts of `edges`; what is on both sides of a street is read from its reverse too."""
    back = streets.reverse[edges]
    # Not by Streets.access: at the edge of a map cars may be cut off from where they do drive.
    drives, drives_back = facts.lanes[edges] > 0, facts.lanes[back] > 0
    cars = drives | drives_back
    marks, assumed = facts.marks[edges], facts.assumed[edges]
    one_way = marks & shape.ONE_WAY > 0
    lanes = np.where(drives, facts.lanes[edges], facts.lanes[back])
    facility, beside = facts.facility_dm[edges], facts.parking_dm[edges]
    volume = facts.volume[edges]
    infrastructure, road_class = streets.infrastructure[edges], streets.road_class[edges]
    bus = (infrastructure == _BUS_LANE) | (road_class == _BUSWAY)
    found: dict[str, NDArray[Any]] = {
        "infrastructure": infrastructure,
        "infrastructure_back": streets.infrastructure[back],
        "road_class": road_class,
        "speed": streets.speed_kmh[edges],
        "speed_known": assumed & shape.SPEED_ASSUMED == 0,
        "adt": volume,
        "effective_adt": np.where(one_way, volume * ONE_WAY_FACTOR, volume),
        "lanes": np.maximum(lanes, 1),
        "lanes_known": assumed & shape.LANES_ASSUMED == 0,
        "centreline": (marks & shape.CENTRELINE > 0) | one_way,
        "width": facts.width_dm[edges] / 10,
        "facility": facility / 10,
        "reach": (facility.astype(np.int64) + beside) / 10,
        "parking_beside": beside > 0,
        "parking": (beside > 0) | (facts.parking_dm[back] > 0),
        "calm_parking": marks & shape.CALM_PARKING > 0,
        "cars": cars,
        "contraflow": one_way & ~drives & drives_back,
        "roundabout": streets.flags[edges] & shape.ROUNDABOUT > 0,
        "cycle_street": marks & shape.CYCLE_STREET > 0,
        "central_lane": marks & shape.CENTRAL_LANE > 0,
    }
    cycled = (streets.access[edges] & shape.BIKE > 0) & (
        streets.flags[edges] & (shape.PUSH | shape.TURN) == 0
    )
    apart = np.isin(infrastructure, _APART) | ((~cars | (road_class == _FERRY)) & ~bus)
    return EdgeFacts(found, cycled, apart)
