"""What a profile makes of the streets: time and perceived cost of every edge."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.network import shape
from planner.network.profiles import Profile
from planner.network.store import frozen

# Cost of entering a street that is open only at the ends of a trip (seconds). It is paid once on
# the way in, whoever wants to go there, so it never changes which way in is best; a through
# trip pays it without need and goes round instead.
ENDS_PENALTY_S: Final = 1800.0
_BOARDING_S: Final = {"ferry": 300.0, "elevator": 30.0}  # waiting, a stated assumption
_STEEPEST: Final = 0.25  # streets that seem steeper are faults of the elevation
_BITS: Final = {
    "walk": (shape.WALK, shape.WALK_ENDS),
    "bike": (shape.BIKE, shape.BIKE_ENDS),
    "car": (shape.CAR, shape.CAR_ENDS),
}
Seconds = NDArray[np.float64]


def profile_metric(streets: shape.Streets, profile: Profile) -> shape.Metric:
    """Duration and cost of each edge, in tenths of a second; UNREACHED where it may not go."""
    own, ends = _BITS[profile.mode]
    is_open = (streets.access & own) != 0
    if not profile.steps:
        is_open &= ~_is_class(streets, "steps")
    duration = {"walk": _walk, "bike": _bike, "car": _car}[profile.mode](streets, profile)
    factor = _lookup(profile.rough, shape.SURFACES)[streets.surface]
    duration = duration * np.where(_is_class(streets, "ferry"), 1.0, factor)
    for name, wait in _BOARDING_S.items():
        duration += wait * _entries(streets, is_open, _is_class(streets, name))
    cost = duration * _perceived(streets, profile)
    if profile.mode == "bike":
        pushed = (streets.flags & shape.PUSH) != 0
        mount = profile.mount_penalty_s * _entries(streets, is_open, pushed)
        duration, cost = duration + mount, cost + mount
    cost += ENDS_PENALTY_S * _entries(streets, is_open, (streets.access & ends) != 0)
    return shape.Metric(_tenths(duration, is_open), _tenths(cost, is_open))


def _tenths(seconds: Seconds, is_open: NDArray[np.bool_]) -> NDArray[np.int32]:
    tenths = np.minimum(np.rint(seconds * 10.0), float(shape.UNREACHED) / 4)
    return frozen(np.where(is_open, tenths, shape.UNREACHED), np.int32)


def _entries(
    streets: shape.Streets, is_open: NDArray[np.bool_], inside: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """True for the open edges of `inside` that leave a node where edges outside it meet."""
    outside_node = np.zeros(len(streets.node_lat), bool)
    outer = is_open & ~inside
    outside_node[streets.tail[outer]] = True
    outside_node[streets.head[outer]] = True
    return is_open & inside & outside_node[streets.tail]


def _is_class(streets: shape.Streets, name: str) -> NDArray[np.bool_]:
    return np.asarray(streets.road_class == shape.ROAD_CLASSES.index(name))


def _lookup(table: object, names: tuple[str, ...]) -> Seconds:
    get = dict(table)  # type: ignore[call-overload]
    return np.array([get.get(name, 1.0) for name in names])


def _grade(streets: shape.Streets) -> Seconds:
    """Net rise over length, in -0.25..0.25."""
    net = streets.climb_m.astype(np.float64) - streets.climb_m[streets.reverse]
    return np.clip(net / np.maximum(streets.length_m, 1.0), -_STEEPEST, _STEEPEST)


def _at_kmh(streets: shape.Streets, speed_kmh: Seconds | float) -> Seconds:
    return np.asarray(streets.length_m.astype(np.float64) * 3.6 / speed_kmh)


def _walk(streets: shape.Streets, profile: Profile) -> Seconds:
    speed = np.full(len(streets.tail), profile.speed_kmh, np.float64)
    if profile.grade_model == "tobler":
        speed *= np.exp(-3.5 * (np.abs(_grade(streets) + 0.05) - 0.05))
    speed[_is_class(streets, "steps")] = profile.steps_speed_kmh or profile.speed_kmh
    return _at_kmh(streets, _at_sea(streets, speed))


def _bike(streets: shape.Streets, profile: Profile) -> Seconds:
    speed = np.full(len(streets.tail), profile.speed_kmh, np.float64)
    if profile.grade_model == "linear":
        speed *= np.clip(1.0 - 6.0 * np.maximum(_grade(streets), 0.0), 0.3, 1.0)
    pushed = (streets.flags & shape.PUSH) != 0
    speed[pushed] = profile.push_speed_kmh
    steps = pushed & _is_class(streets, "steps")
    speed[steps] = profile.steps_speed_kmh or profile.push_speed_kmh / 2
    return _at_kmh(streets, _at_sea(streets, speed))


def _car(streets: shape.Streets, profile: Profile) -> Seconds:
    limit = streets.speed_kmh.astype(np.float64) * profile.speed_factor
    speed = np.clip(limit, 1.0, profile.speed_kmh)
    return _at_kmh(streets, _at_sea(streets, speed))


def _at_sea(streets: shape.Streets, speed: Seconds) -> Seconds:
    """A ferry goes at its own speed, whoever is on board."""
    return np.where(_is_class(streets, "ferry"), np.maximum(streets.speed_kmh, 1), speed)


def _perceived(streets: shape.Streets, profile: Profile) -> Seconds:
    """Factor of each edge: traffic to avoid counts only where nothing keeps it away."""
    prefer = _lookup(profile.prefer, shape.INFRASTRUCTURES)
    avoid = _lookup(profile.avoid, shape.ROAD_CLASSES)
    mixed = streets.infrastructure == 0
    return np.where(mixed, avoid[streets.road_class], prefer[streets.infrastructure])
