"""How a way feels: its heights from end to end, and beside how much traffic it is ridden."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.itinerary import Comfort
from planner.network.metrics import MAIN_STRESS_RULES as RULES  # what travellers are shown too
from planner.network.metrics import pushed_edges
from planner.network.profiles import get_profile
from planner.network.shape import INFRASTRUCTURES, TURN, Streets
from planner.network.store import Network
from planner.streets.path import StreetPath, shares_of

MAX_HEIGHTS: Final = 100  # points of a profile; more can't be seen

Heights = tuple[tuple[float, float], ...]


def heights_along(streets: Streets, path: StreetPath) -> Heights:
    """(metres from the origin, metres above the sea) along a path; () where a height is unknown.

    Between the nodes that it passes heights are interpolated, and what lies aside of the streets
    is taken for level.
    """
    edges = path.edges[(streets.flags[path.edges] & TURN) == 0]
    if not len(edges):
        return ()
    tail = streets.node_elevation_m[streets.tail[edges]].astype(np.float64)
    head = streets.node_elevation_m[streets.head[edges]].astype(np.float64)
    first = tail[0] + (head[0] - tail[0]) * _begin(path, int(edges[0]))
    last = tail[-1] + (head[-1] - tail[-1]) * _stop(path, int(edges[-1]))
    shares = shares_of(len(path.edges), path.start_fraction, path.end_fraction)
    metres = (shares * streets.length_m[path.edges])[(streets.flags[path.edges] & TURN) == 0]
    at = path.start_m + np.concatenate(([0.0], np.cumsum(metres)))
    height = np.concatenate(([first], head[:-1], [last]))
    if np.isnan(height).any():
        return ()
    if path.length_m > at[-1]:
        at, height = np.append(at, path.length_m), np.append(height, height[-1])
    if at[0] > 0.0:
        at, height = np.insert(at, 0, 0.0), np.insert(height, 0, height[0])
    if len(at) > MAX_HEIGHTS:
        even = np.linspace(at[0], at[-1], MAX_HEIGHTS)
        at, height = even, np.interp(even, at, height)
    return tuple(zip(np.round(at, 1).tolist(), np.round(height, 1).tolist(), strict=True))


def climbs_of(
    streets: Streets, path: StreetPath, starts: list[int]
) -> tuple[list[float], list[float]]:
    """Metres up and metres down of each run of a path's edges; `starts`: where the runs begin."""
    shares = shares_of(len(path.edges), path.start_fraction, path.end_fraction)
    up = np.add.reduceat(shares * streets.climb_m[path.edges], starts)
    down = np.add.reduceat(shares * streets.climb_m[streets.reverse[path.edges]], starts)
    return up.tolist(), down.tolist()


def stress_levels(network: Network, streets: Streets) -> NDArray[np.uint8]:
    """The level of traffic stress that travellers are shown, by edge; 0 where nobody knows."""
    stress = network.stress.get(RULES)
    return np.zeros(len(streets.tail), np.uint8) if stress is None else stress.level


def _begin(path: StreetPath, edge: int) -> float:
    """Where on its first street a path begins; a turn may come before that street."""
    return path.start_fraction if edge == path.edges[0] else 0.0


def _stop(path: StreetPath, edge: int) -> float:
    return path.end_fraction if edge == path.edges[-1] else 1.0


def comfort_of(network: Network, path: StreetPath) -> Comfort | None:
    """Metres of a cyclist's path by level of stress and by facility; None where nobody knows."""
    streets, stress = network.streets, network.stress.get(RULES)
    if streets is None or stress is None or not len(path.edges):
        return None
    shares = shares_of(len(path.edges), path.start_fraction, path.end_fraction)
    metres = shares * streets.length_m[path.edges]
    pushed = pushed_edges(streets, get_profile(path.profile), stress, path.edges)
    ridden = np.where(pushed, 0.0, metres)
    by_level = np.bincount(stress.level[path.edges], weights=ridden, minlength=5)
    by_facility = np.bincount(
        streets.infrastructure[path.edges], weights=ridden, minlength=len(INFRASTRUCTURES)
    )
    return Comfort(
        level_m=tuple(by_level[1:5].tolist()),
        unknown_m=float(by_level[0]),
        pushed_m=float(metres[pushed].sum()),
        facility_m={
            name: length
            for name, length in zip(INFRASTRUCTURES, by_facility.tolist(), strict=True)
            if length > 0.0 and name != "none"
        },
    )
