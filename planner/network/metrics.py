"""What a profile makes of the streets: time and perceived cost of every edge."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network import shape
from planner.network.bike_speed import STEEPEST, speed_table
from planner.network.bike_speed import look_up as speed_at
from planner.network.perceived import (
    climb_factor,
    crossing_m,
    facility_factor,
    look_up,
    stress_factor,
    too_stressful,
)
from planner.network.profiles import Profile
from planner.network.store import Network, frozen

# Cost of entering a street that is open only at the ends of a trip (seconds). It is paid once on
# the way in, whoever wants to go there, so it never changes which way in is best; a through
# trip pays it without need and goes round instead.
ENDS_PENALTY_S: Final = 1800.0
MAIN_STRESS_RULES: Final = "furth"  # the rule set that profiles are measured by
SHORT_M: Final = 100.0  # what is ridden or pushed along over one's level of stress without a word
_OVER_LEVEL: Final = 4.0  # a metre ridden over one's level, where nobody may walk
_LONG_PUSH: Final = 2.0  # a metre pushed along a longer one; our assumption
_HARD_PUSH: Final = 2.0  # a metre where signs keep bicycles out or one is carried; our assumption
_BOARDING_S: Final = {"ferry": 300.0, "elevator": 30.0}  # waiting, a stated assumption
_BITS: Final = {
    "walk": (shape.WALK, shape.WALK_ENDS),
    "bike": (shape.BIKE, shape.BIKE_ENDS),
    "car": (shape.CAR, shape.CAR_ENDS),
}
Seconds = NDArray[np.float64]
Mask = NDArray[np.bool_]


class _Slopes(NamedTuple):
    """Every edge as one part that climbs and one that falls, both at the same grade."""

    grade: Seconds  # 0..STEEPEST
    up: Seconds  # share of the length that climbs


def network_metric(network: Network, profile: Profile) -> shape.Metric:
    """The metric stored with `network`, or what `profile` makes of its streets.

    They are as open as outside the hours of their conditions. Raises ValueError for a network
    without streets.
    """
    stored = network.metrics.get(profile.name)
    if stored is not None:
        return stored
    if network.streets is None:
        msg = "a timetable alone has no streets to be weighed"
        raise ValueError(msg)
    stress = network.stress.get(MAIN_STRESS_RULES)
    return profile_metric(network.streets, profile, network.road_facts, stress)


def profile_metric(
    streets: shape.Streets,
    profile: Profile,
    road_facts: shape.RoadFacts | None = None,
    stress: shape.Stress | None = None,
) -> shape.Metric:
    """Duration and cost of each edge, in tenths of a second; UNREACHED where it may not go.

    Without `road_facts` traffic is what is usual for the class and lights are unknown; without
    `stress` every street is ridden. The cost of walkers and cars is their time.
    """
    ends = _BITS[profile.mode][1]
    slopes = _slopes(streets)
    is_open = _open_to(streets, profile, slopes, stress)
    pushed = pushed_edges(streets, profile, stress)
    if profile.mode == "bike":
        duration, cost = _bike(streets, profile, slopes, pushed, road_facts, stress)
    else:
        duration = {"walk": _walk, "car": _car}[profile.mode](streets, profile, slopes)
        cost = duration
    rough = look_up(profile.rough, shape.SURFACES)[streets.surface]
    is_time = cost is duration
    duration = _at_sea(streets, duration * rough)
    cost = duration if is_time else _at_sea(streets, cost * rough)
    delay: Seconds = _signals(streets, profile, road_facts)
    for name, wait in _BOARDING_S.items():
        delay = delay + wait * _entries(streets, is_open, _is_class(streets, name))
    if profile.mode == "bike":
        delay = delay + profile.mount_penalty_s * _entries(streets, is_open, pushed)
    cost = cost + delay + ENDS_PENALTY_S * _entries(streets, is_open, (streets.access & ends) != 0)
    return shape.Metric(_tenths(duration + delay, is_open), _tenths(cost, is_open))


def pushed_edges(
    streets: shape.Streets,
    profile: Profile,
    stress: shape.Stress | None = None,
    edges: shape.Int32 | slice = slice(None),
) -> Mask:
    """Whether on each of `edges` this cyclist walks beside the bicycle: by law, or for traffic."""
    if profile.mode != "bike":
        return np.zeros(len(streets.tail[edges]), np.bool_)
    pushed = np.asarray((streets.flags[edges] & shape.PUSH) != 0)
    if stress is not None and profile.max_stress:
        walkable = (streets.access[edges] & shape.WALK) != 0
        pushed |= (stress.level[edges] > profile.max_stress) & walkable
    return pushed


def _at_sea(streets: shape.Streets, ashore: Seconds) -> Seconds:
    """(n_edges,) `ashore`, but for ferries seconds at their own speed, whoever is on board."""
    ferry = np.flatnonzero(_is_class(streets, "ferry"))
    length_m = streets.length_m[ferry].astype(np.float64)
    ashore[ferry] = length_m * 3.6 / np.maximum(streets.speed_kmh[ferry], 1)
    return ashore


def _open_to(
    streets: shape.Streets, profile: Profile, slopes: _Slopes, stress: shape.Stress | None
) -> Mask:
    is_open = np.asarray((streets.access & _BITS[profile.mode][0]) != 0)
    if not profile.steps:
        is_open &= ~_is_class(streets, "steps")
    if profile.wide:
        is_open &= (streets.access & shape.NARROW) == 0
    if profile.max_grade:
        is_open &= slopes.grade <= profile.max_grade
    if profile.max_stress:
        long_and_ridden = too_stressful(streets, profile, stress) & (streets.length_m > SHORT_M)
        is_open &= ~(long_and_ridden & ~pushed_edges(streets, profile, stress))
    return is_open


def _tenths(seconds: Seconds, is_open: Mask) -> NDArray[np.int32]:
    tenths = np.minimum(np.rint(seconds * 10.0), float(shape.UNREACHED) / 4)
    return frozen(np.where(is_open, tenths, shape.UNREACHED), np.int32)


def _entries(streets: shape.Streets, is_open: Mask, inside: Mask) -> Mask:
    """True for the open edges of `inside` that leave a node where edges outside it meet.

    All nodes of a junction with restricted turns are one; its turns are neither in nor out.
    """
    within = is_open & inside
    if not within.any():  # as is usual of ferries and lifts
        return within
    outside_node = np.zeros(len(streets.node_lat), bool)
    is_turn = (streets.flags & shape.TURN) != 0
    outer = is_open & ~inside & ~is_turn
    outside_node[streets.tail[outer]] = True
    outside_node[streets.head[outer]] = True
    turn = np.flatnonzero(is_turn)
    for _ in range(3):  # from where one comes in to where one goes out, or back, and so on
        outside_node[streets.head[turn[outside_node[streets.tail[turn]]]]] = True
    return within & outside_node[streets.tail]


def _is_class(streets: shape.Streets, name: str) -> Mask:
    return np.asarray(streets.road_class == shape.ROAD_CLASSES.index(name))


def _slopes(streets: shape.Streets) -> _Slopes:
    up = streets.climb_m.astype(np.float64)
    both = up + streets.climb_m[streets.reverse]
    grade = np.minimum(both / np.maximum(streets.length_m, 1.0), STEEPEST)
    return _Slopes(grade, np.divide(up, both, out=np.zeros(len(up)), where=both > 0.0))


def _seconds(streets: shape.Streets, speed_kmh: Seconds | float) -> Seconds:
    return np.asarray(streets.length_m.astype(np.float64) * 3.6 / speed_kmh)


def _walk(streets: shape.Streets, profile: Profile, slopes: _Slopes) -> Seconds:
    inverse = np.ones(len(streets.tail))
    if profile.grade_model == "tobler":
        climbing = np.exp(3.5 * slopes.grade)
        falling = np.exp(3.5 * (np.abs(0.05 - slopes.grade) - 0.05))
        inverse = slopes.up * climbing + (1.0 - slopes.up) * falling
    for grade, factor in profile.steep:
        inverse = np.where(slopes.grade >= grade, np.maximum(inverse, 1.0) * factor, inverse)
    speed = profile.speed_kmh / inverse
    speed[_is_class(streets, "steps")] = profile.steps_speed_kmh or profile.speed_kmh
    return _seconds(streets, speed)


def _bike(  # noqa: PLR0917 - what a cyclist minds
    streets: shape.Streets,
    profile: Profile,
    slopes: _Slopes,
    pushed: Mask,
    facts: shape.RoadFacts | None,
    stress: shape.Stress | None,
) -> tuple[Seconds, Seconds]:
    """Seconds, and what they feel like: never worse than walking beside it, where one may walk."""
    ridden_s, ridden = _felt(streets, profile, slopes, *_ridden_kmh(streets, profile, slopes))
    on_foot_s, on_foot = _felt(streets, profile, slopes, *[_pushed_kmh(streets, profile)] * 3)
    over_level, long = too_stressful(streets, profile, stress), streets.length_m > SHORT_M
    ridden *= facility_factor(streets, profile, facts) * stress_factor(profile, stress)
    ridden *= np.where(over_level, _OVER_LEVEL, 1.0)
    walkable = (streets.access & shape.WALK) != 0
    ridden = np.where(walkable, np.minimum(ridden, on_foot), ridden)
    ridden += crossing_m(streets, profile, stress) * 3.6 / profile.flat_kmh
    on_foot *= np.where(over_level & long, _LONG_PUSH, 1.0)
    on_foot *= np.where((streets.access & shape.HARD_PUSH) != 0, _HARD_PUSH, 1.0)
    return np.where(pushed, on_foot_s, ridden_s), np.where(pushed, on_foot, ridden)


def _felt(  # noqa: PLR0917 - three speeds of one edge
    streets: shape.Streets,
    profile: Profile,
    slopes: _Slopes,
    flat: Seconds,
    climbing: Seconds,
    falling: Seconds,
) -> tuple[Seconds, Seconds]:
    """Seconds at these speeds, and what they feel like for the climb: at least its time."""
    up_s = slopes.up * _seconds(streets, climbing)
    down_s = (1.0 - slopes.up) * _seconds(streets, falling)
    felt = slopes.up * _seconds(streets, flat) * climb_factor(profile, slopes.grade)
    return up_s + down_s, np.maximum(up_s, felt) + down_s


def _ridden_kmh(
    streets: shape.Streets, profile: Profile, slopes: _Slopes
) -> tuple[Seconds, Seconds, Seconds]:
    """On the flat, up and down each edge's grade."""
    flat = climbing = falling = np.full(len(streets.tail), profile.speed_kmh)
    if profile.rider is not None:
        speeds = (profile.speed_kmh, profile.down_speed_kmh, profile.push_speed_kmh)
        table = speed_table(profile.rider, *speeds)
        flat = np.full(len(streets.tail), table[len(table) // 2])
        climbing, falling = speed_at(table, slopes.grade), speed_at(table, -slopes.grade)
    caps = {name: profile.caps.get(name, np.inf) for name in shape.ROAD_CLASSES}
    cap = look_up(caps, shape.ROAD_CLASSES)[streets.road_class]
    return np.minimum(flat, cap), np.minimum(climbing, cap), np.minimum(falling, cap)


def _pushed_kmh(streets: shape.Streets, profile: Profile) -> Seconds:
    steps = profile.steps_speed_kmh or profile.push_speed_kmh / 2
    return np.where(_is_class(streets, "steps"), steps, profile.push_speed_kmh)


def _car(streets: shape.Streets, profile: Profile, slopes: _Slopes) -> Seconds:
    del slopes  # motors don't mind
    by_class = look_up(profile.class_factor, shape.ROAD_CLASSES)[streets.road_class]
    limit = streets.speed_kmh * (profile.speed_factor * by_class)
    return _seconds(streets, np.clip(limit, 1.0, profile.speed_kmh))


def _signals(streets: shape.Streets, profile: Profile, facts: shape.RoadFacts | None) -> Seconds:
    """(n_edges,) seconds waited where each edge ends."""
    if facts is None or not profile.signal_s:
        return np.zeros(len(streets.tail))
    return np.where((facts.marks & shape.SIGNALS) != 0, profile.signal_s, 0.0)
