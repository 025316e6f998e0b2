"""What a way feels like to a cyclist: traffic, cycleways, climbs and stress, as more metres.

The figures are those of Broach, Dill and Gliebe (2012, Portland, commuters) as Conveyal's R5 has
them in LaDotBikeCostSupplier.java; docs/decisions/perceived-cost.md tells what an edge can't hold.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.network import shape
from planner.network.profiles import Profile

Factors = NDArray[np.float64]

# Motor vehicles a day, and what a metre beside them feels longer by, where nothing keeps them away.
_TRAFFIC: Final = ((10_000, 0.368), (20_000, 1.40), (30_000, 7.157))
# Grade uphill, and what a metre of it feels longer by.
_CLIMB: Final = ((0.02, 0.371), (0.04, 1.203), (0.06, 3.239))
# Vehicles a day by class where no facts are known (city-methods' defaults, our assumption).
_USUAL_VOLUME: Final = {
    "motorway": 40_000, "trunk": 35_000, "primary": 15_000, "secondary": 9_000, "tertiary": 4_500,
    "unclassified": 2_000, "residential": 800,
}  # fmt: skip
# Crossing a larger street without lights, in metres: Broach's for 10,000 to 20,000 vehicles a day.
_CROSSING_M: Final = 81.0
_HARD_CROSSING: Final = 3  # from this level of stress on
# What stands between a rider and the traffic; a lane only takes its penalty away.
_APART: Final = ("path", "track", "buffered", "lane", "bus_lane")
_LEAST: Final = 0.25  # no cycleway feels shorter than that


def facility_factor(
    streets: shape.Streets, profile: Profile, facts: shape.RoadFacts | None
) -> Factors:
    """(n_edges,) what a metre feels like beside a quiet street's, by cycleway and traffic."""
    gain = 1.0 - look_up(profile.prefer, shape.INFRASTRUCTURES)[streets.infrastructure]
    if facts is not None:
        guest = (facts.marks & shape.CYCLE_STREET) != 0
        gain = np.where(guest, np.maximum(gain, 1.0 - profile.cycle_street), gain)
    volume = _volumes(streets) if facts is None else facts.volume
    mixed = ~np.isin(streets.infrastructure, [shape.INFRASTRUCTURES.index(x) for x in _APART])
    apart_of_cars = (streets.access & shape.CAR) | (streets.access[streets.reverse] & shape.CAR)
    loss = _step(_TRAFFIC, volume, np.greater) * (mixed & (apart_of_cars != 0))
    factor = 1.0 - profile.facility * gain + profile.traffic * loss
    return np.asarray(np.maximum(factor, _LEAST), np.float64)


def stress_factor(profile: Profile, stress: shape.Stress | None) -> Factors | float:
    """(n_edges,) what a metre feels longer by at levels 3 and 4."""
    if stress is None or not profile.stress:
        return 1.0
    return np.asarray(1.0 + profile.stress * np.maximum(stress.level.astype(np.float64) - 2.0, 0.0))


def crossing_m(streets: shape.Streets, profile: Profile, stress: shape.Stress | None) -> Factors:
    """(n_edges,) metres that crossing the larger street at its end feels like."""
    if stress is None:
        return np.zeros(len(streets.tail))
    hard = stress.crossing >= _HARD_CROSSING
    return np.where(hard, profile.traffic * _CROSSING_M, 0.0)


def too_stressful(
    streets: shape.Streets, profile: Profile, stress: shape.Stress | None
) -> NDArray[np.bool_]:
    """(n_edges,) True where the profile wouldn't ride because of the traffic."""
    if stress is None or not profile.max_stress:
        return np.zeros(len(streets.tail), np.bool_)
    return np.asarray(stress.level > profile.max_stress)


def climb_factor(profile: Profile, grade: Factors) -> Factors:
    """What a metre up each grade feels like beside one on the flat."""
    return 1.0 + profile.hills * _step(_CLIMB, grade, np.greater_equal)


def look_up(table: object, names: tuple[str, ...]) -> Factors:
    """The values of `table` by name in the order of `names`, 1 where it has none."""
    get = dict(table)  # type: ignore[call-overload]
    return np.array([get.get(name, 1.0) for name in names], np.float64)


def _volumes(streets: shape.Streets) -> NDArray[np.int64]:
    usual = np.array([_USUAL_VOLUME.get(name, 0) for name in shape.ROAD_CLASSES])
    return np.asarray(usual[streets.road_class])


def _step(steps: object, value: NDArray[np.generic], beyond: np.ufunc) -> Factors:
    """The last step's height that `value` is beyond, 0 before the first."""
    height = np.zeros(value.shape)
    for bound, own in steps:  # type: ignore[attr-defined]
        height = np.where(beyond(value, bound), own, height)
    return height
