"""What to tell somebody who follows a way: one step for each street, and how to turn into it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.itinerary import Step, Turn
from planner.network.metrics import MAIN_STRESS_RULES, pushed_edges
from planner.network.profiles import get_profile
from planner.network.shape import (
    BIKE,
    CAR,
    INFRASTRUCTURES,
    NONE,
    ROAD_CLASSES,
    ROUNDABOUT,
    TURN,
    Int32,
    Metric,
    Streets,
)
from planner.network.store import Network
from planner.request import Coordinate
from planner.streets.comfort import climbs_of, stress_levels
from planner.streets.path import Inside, Line, StreetPath, joined, point_line, shares_of
from planner.streets.weighted import weighted

# The change of bearing up to which a turn has its name; degrees, to the left or to the right.
_ANGLES: Final = (
    (20.0, Turn.CONTINUE, Turn.CONTINUE),
    (50.0, Turn.SLIGHTLY_LEFT, Turn.SLIGHTLY_RIGHT),
    (120.0, Turn.LEFT, Turn.RIGHT),
    (160.0, Turn.HARD_LEFT, Turn.HARD_RIGHT),
    (180.0, Turn.UTURN_LEFT, Turn.UTURN_LEFT),
)
_TRIFLE_M: Final = 0.05  # of a street that isn't worth telling
_LOOK_M: Final = 8.0  # a bearing is taken over so much of a line: its last kink says little
_CLASS_TURNS: Final = {"steps": Turn.STAIRS, "elevator": Turn.ELEVATOR}
_IS_TOLD: Final = np.array([name in _CLASS_TURNS for name in ROAD_CLASSES])
_IS_TOLD.flags.writeable = False

Points = Sequence[Sequence[float]]  # lat, lon


class _Street(NamedTuple):
    """What the edges of one step have in common."""

    name: int
    road_class: int  # of an unnamed street, a staircase or a lift; else NONE
    push: bool
    contraflow: bool
    roundabout: bool


def describe(network: Network, path: StreetPath) -> tuple[Step, ...]:
    """The steps of a path; their durations and lengths sum up to the path's."""
    streets = network.streets
    if streets is None or not len(path.edges):
        return (_open_step(path),) if path.length_m > 0.0 else ()
    way_out, way_in = path.outdoors
    steps = _street_steps(network, streets, path)
    if path.start_inside is not None:
        steps.insert(0, _inside_step(network, path.start_inside, path.origin, way_out))
    if path.end_inside is not None:
        steps.append(_inside_step(network, path.end_inside, way_in, path.destination))
    if path.start_inside or path.end_inside:  # an entrance may lie where the other end does
        steps = [step for step in steps if step.duration or step.length_m >= _TRIFLE_M]
    return (replace(steps[0], turn=Turn.DEPART), *steps[1:])


def _street_steps(network: Network, streets: Streets, path: StreetPath) -> list[Step]:
    """The steps outdoors."""
    profile, metric = get_profile(path.profile), weighted(network, path.profile).metric
    rules = network.stress.get(MAIN_STRESS_RULES)
    pushed = pushed_edges(streets, profile, rules, path.edges)
    kinds = _without_turns(
        _kinds(streets, path.edges, pushed, profile.mode), streets.flags[path.edges]
    )
    groups = _groups(kinds, _turned_round(streets, path.edges))
    bounds = path.line_offset[[*(group.start for group in groups), -1]].tolist()
    points = _points(path.line, bounds, *path.outdoors)
    line = path.line.tolist()
    lengths, times = _lengths_and_times(streets, metric, path, groups)
    up, down = climbs_of(streets, path, [group.start for group in groups])
    metres, road_class, infrastructure, way_id, stress = (
        column[path.edges].tolist()
        for column in (
            streets.length_m,
            streets.road_class,
            streets.infrastructure,
            streets.way_id,
            stress_levels(network, streets),
        )
    )
    steps = []
    for i, group in enumerate(groups):
        kind = kinds[group.start]
        before = line[bounds[i - 1] : bounds[i]] if i else None
        first_class = ROAD_CLASSES[road_class[group.start]]
        steps.append(
            Step(
                turn=_turn(first_class, kind, before, line[bounds[i] : bounds[i + 1]]),
                street="" if kind.name == NONE else network.street_names.get(kind.name),
                road_class=ROAD_CLASSES[_longest(road_class[group], metres[group])],
                length_m=lengths[i],
                duration=times[i],
                points=points[i],
                push=kind.push,
                contraflow=kind.contraflow,
                infrastructure=INFRASTRUCTURES[_longest(infrastructure[group], metres[group])],
                way_id=max(0, _longest(way_id[group], metres[group])),
                stress=_longest(stress[group], metres[group]),
                climb_m=up[i],
                descent_m=down[i],
            )
        )
    return steps


def _points(
    line: Line, bounds: list[int], way_out: Coordinate, way_in: Coordinate
) -> list[tuple[tuple[float, float], ...]]:
    """The points of each step, at 1e-6 degrees, no point twice in a row; the ends outdoors too."""
    whole = np.round(np.concatenate((point_line(way_out), line, point_line(way_in))), 6)
    begins = np.array((0, *(bound + 1 for bound in bounds[1:-1])))
    kept = np.ones(len(whole), np.bool_)
    kept[1:] = (whole[1:] != whole[:-1]).any(axis=1)
    kept[begins] = True
    lat, lon = whole[kept].T.tolist()
    points = tuple(zip(lat, lon, strict=True))
    at = (np.cumsum(kept)[begins] - 1).tolist()
    return [points[a:b] for a, b in pairwise([*at, len(points)])]


def _inside_step(network: Network, inside: Inside, begin: Coordinate, end: Coordinate) -> Step:
    """The step between a platform and an entrance, under the entrance's name."""
    return Step(
        turn=Turn.CONTINUE,
        street=network.stops.name.get(inside.entrance),
        road_class="corridor",
        length_m=inside.length_m,
        duration=inside.seconds,
        points=joined([], begin, end),
    )


def _open_step(path: StreetPath) -> Step:
    """The only step of a path that no street is part of."""
    return Step(
        turn=Turn.DEPART,
        street="",
        road_class="path",
        length_m=path.length_m,
        duration=path.duration,
        points=path.points,
    )


def _kinds(streets: Streets, edges: Int32, pushed: NDArray[np.bool_], mode: str) -> list[_Street]:
    """What decides whether an edge goes on with the step before it, edge by edge."""
    name, road_class, flags = (
        column[edges] for column in (streets.name, streets.road_class, streets.flags)
    )
    told = (name == NONE) | _IS_TOLD[road_class]
    common = np.where(told, road_class.astype(np.int32), NONE).tolist()
    if mode == "walk":
        pairs = zip(name.tolist(), common, strict=True)
        return [_Street(*pair, push=False, contraflow=False, roundabout=False) for pair in pairs]
    riding = mode == "bike"
    access, other = streets.access[edges], streets.access[streets.reverse[edges]]
    against_cars = ((access & BIKE) > 0) & ((access & CAR) == 0) & ((other & CAR) > 0)
    columns = (pushed, against_cars & ~pushed & riding, (flags & ROUNDABOUT) > 0)
    return list(map(_Street, name.tolist(), common, *(column.tolist() for column in columns)))


def _without_turns(kinds: list[_Street], flags: NDArray[np.uint8]) -> list[_Street]:
    """`kinds`, with the turn at the end of a street told as part of it."""
    kept = kinds[:1]
    for kind, turn in zip(kinds[1:], (flags[1:] & TURN).tolist(), strict=True):
        kept.append(kept[-1] if turn else kind)
    return kept


def _turned_round(streets: Streets, edges: Int32) -> list[bool]:
    """Whether one goes back there along the street that one came by, edge by edge."""
    turned = np.zeros(len(edges), np.bool_)
    along = np.flatnonzero((streets.flags[edges] & TURN) == 0)
    turned[along[1:]] = streets.reverse[edges[along[:-1]]] == edges[along[1:]]
    return turned.tolist()


def _groups(kinds: list[_Street], turned_round: list[bool]) -> list[slice]:
    """Runs of equal streets as far as one turns round; a roundabout is one, however called."""
    starts = [0]
    for i, (before, here) in enumerate(pairwise(kinds), 1):
        goes_on = before == here or (before.roundabout and here.roundabout)
        if turned_round[i] or not goes_on:
            starts.append(i)
    return [slice(a, b) for a, b in pairwise([*starts, len(kinds)])]


def _lengths_and_times(
    streets: Streets, metric: Metric, path: StreetPath, groups: list[slice]
) -> tuple[list[float], list[int]]:
    """Metres and whole seconds of each street; the straight lines belong to the first and last."""
    shares = shares_of(len(path.edges), path.start_fraction, path.end_fraction)
    starts = [group.start for group in groups]
    lengths = np.add.reduceat(shares * streets.length_m[path.edges], starts)
    times = np.add.reduceat(shares * metric.duration_ds[path.edges], starts) / 10
    inside_s = sum(inside.seconds for inside in (path.start_inside, path.end_inside) if inside)
    off_street_s = path.duration - inside_s - times.sum()
    straight_m = path.start_m + path.end_m
    to_start = path.start_m / straight_m if straight_m else 1.0
    times[0] += off_street_s * to_start
    times[-1] += off_street_s * (1.0 - to_start)
    lengths[0] += path.start_m
    lengths[-1] += path.end_m
    until = np.rint(np.cumsum(times)).astype(np.int64)
    return lengths.tolist(), np.diff(until, prepend=0).tolist()


def _turn(road_class: str, kind: _Street, before: Points | None, line: Points) -> Turn:
    """How to turn from the line before into this step's, which begins on a `road_class`."""
    if kind.roundabout:
        return _circle(np.array(line))
    fixed = _CLASS_TURNS.get(road_class)
    if fixed is not None:
        return fixed
    if before is None:
        return Turn.CONTINUE
    change = (_bearing(line) - _bearing(before[::-1]) + 180.0 + 180.0) % 360.0 - 180.0
    return next(
        left if change < 0.0 else right for limit, left, right in _ANGLES if abs(change) <= limit
    )


def _circle(line: Line) -> Turn:
    """Which way round a roundabout the line goes: the sign of the area under it."""
    east, north = (line - line[0])[:, ::-1].T
    twice_area = np.sum(east[:-1] * north[1:] - east[1:] * north[:-1])
    return Turn.CIRCLE_COUNTERCLOCKWISE if twice_area >= 0.0 else Turn.CIRCLE_CLOCKWISE


def _bearing(line: Points) -> float:
    """Degrees clockwise from north, from a line's first point to about `_LOOK_M` along it."""
    lat, lon = line[0]
    east_m = 111_195.0 * math.cos(math.radians(lat))
    farthest, north, east = -1.0, 0.0, 0.0
    for other_lat, other_lon in line:
        up, right = (other_lat - lat) * 111_195.0, (other_lon - lon) * east_m
        distance = math.hypot(up, right)
        if distance > farthest:
            farthest, north, east = distance, up, right
        if distance >= _LOOK_M:
            break
    return math.degrees(math.atan2(east, north))


def _longest(values: list[int], metres: list[float]) -> int:
    """The value that most metres have, the least of equals."""
    if values.count(values[0]) == len(values):
        return values[0]
    sums = dict.fromkeys(sorted(values), 0.0)
    for value, length_m in zip(values, metres, strict=True):
        sums[value] += length_m
    return max(sums, key=sums.__getitem__)
