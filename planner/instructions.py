"""What to tell somebody who follows a way: one step for each street, and how to turn into it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from planner.itinerary import Step, Turn
from planner.network.profiles import get_profile
from planner.network.shape import (
    BIKE,
    CAR,
    INFRASTRUCTURES,
    NONE,
    PUSH,
    ROAD_CLASSES,
    ROUNDABOUT,
    Metric,
    Streets,
)
from planner.network.store import Network
from planner.request import Coordinate
from planner.street_path import Inside, Line, StreetPath, joined, lines_of, shares_of

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
    mode = get_profile(path.profile).mode
    kinds = [_street(streets, edge, mode) for edge in path.edges.tolist()]
    groups = _groups(kinds)
    lines = lines_of(streets, path.edges, path.start_fraction, path.end_fraction)
    merged = [np.concatenate(lines[group]) for group in groups]
    lengths, times = _lengths_and_times(streets, network.metrics[path.profile], path, groups)
    way_out, way_in = path.outdoors
    steps = []
    for i, group in enumerate(groups):
        edges = path.edges[group]
        kind = kinds[group.start]
        begin = way_out if i == 0 else _first(merged[i])
        end = way_in if i == len(groups) - 1 else _last(merged[i])
        before = merged[i - 1] if i else None
        steps.append(
            Step(
                turn=_turn(streets, edges, kind, before, merged[i]),
                street="" if kind.name == NONE else network.street_names.get(kind.name),
                road_class=ROAD_CLASSES[_longest(streets, edges, streets.road_class)],
                length_m=float(lengths[i]),
                duration=int(times[i]),
                points=joined([merged[i]], begin, end),
                push=kind.push,
                contraflow=kind.contraflow,
                infrastructure=INFRASTRUCTURES[_longest(streets, edges, streets.infrastructure)],
            )
        )
    return steps


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


def _street(streets: Streets, edge: int, mode: str) -> _Street:
    """What decides whether an edge goes on with the step before it."""
    riding = mode == "bike"
    name = int(streets.name[edge])
    road_class = int(streets.road_class[edge])
    access, other = int(streets.access[edge]), int(streets.access[streets.reverse[edge]])
    against_cars = bool(access & BIKE) and not access & CAR and bool(other & CAR)
    push = riding and bool(streets.flags[edge] & PUSH)
    return _Street(
        name=name,
        road_class=(
            road_class if name == NONE or ROAD_CLASSES[road_class] in _CLASS_TURNS else int(NONE)
        ),
        push=push,
        contraflow=riding and not push and against_cars,
        roundabout=mode != "walk" and bool(streets.flags[edge] & ROUNDABOUT),
    )


def _groups(kinds: list[_Street]) -> list[slice]:
    """Runs of equal streets; a roundabout is one, whatever its arcs are called."""
    starts = [0]
    for i, (before, here) in enumerate(pairwise(kinds), 1):
        if before != here and not (before.roundabout and here.roundabout):
            starts.append(i)
    return [slice(a, b) for a, b in pairwise([*starts, len(kinds)])]


def _lengths_and_times(
    streets: Streets, metric: Metric, path: StreetPath, groups: list[slice]
) -> tuple[np.ndarray, np.ndarray]:
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
    return lengths, np.diff(until, prepend=0)


def _turn(
    streets: Streets, edges: np.ndarray, kind: _Street, before: Line | None, line: Line
) -> Turn:
    """How to turn from the line before into this step's."""
    if kind.roundabout:
        return _circle(line)
    fixed = _CLASS_TURNS.get(ROAD_CLASSES[streets.road_class[edges[0]]])
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


def _bearing(line: Line) -> float:
    """Degrees clockwise from north, from a line's first point to about `_LOOK_M` along it."""
    metre = np.array((1.0, np.cos(np.radians(line[0, 0])))) * 111_195.0
    away = (line - line[0]) * metre
    distance = np.hypot(*away.T)
    far = np.flatnonzero(distance >= _LOOK_M)
    north, east = away[far[0] if len(far) else int(distance.argmax())]
    return float(np.degrees(np.arctan2(east, north)))


def _longest(streets: Streets, edges: np.ndarray, values: np.ndarray) -> int:
    """The value that most metres of `edges` have."""
    metres = np.bincount(values[edges], weights=streets.length_m[edges])
    return int(metres.argmax())


def _first(line: Line) -> Coordinate:
    return Coordinate(float(line[0, 0]), float(line[0, 1]))


def _last(line: Line) -> Coordinate:
    return Coordinate(float(line[-1, 0]), float(line[-1, 1]))
