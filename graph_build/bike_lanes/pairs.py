"""Places on streets beside drawn lines: what is near and runs alike, every few metres."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.network import shape

REACH_M: Final = 15.0  # half of a wide avenue: a lane is drawn at most so far from its street
SAMPLE_M: Final = 5.0
ALIKE: Final = math.cos(math.radians(30.0))  # of headings: a side street leaves at more than that
_LEAST_SAMPLES: Final = 3  # of a short street
_OVERHANG_M: Final = 2.0  # how far past a line's end it still counts
_STRETCH_M: Final = 10.0  # about: a line is cut into equal ones
_CELL_M: Final = 120.0
_METRES_PER_DEGREE: Final = 111_195.0
_UNUSED: Final = tuple(
    shape.ROAD_CLASSES.index(name)
    for name in ("motorway", "platform", "corridor", "elevator", "ferry")
)

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Bool = NDArray[np.bool_]


class Lines(NamedTuple):
    """Lines to match: line i is lat[offset[i] : offset[i + 1]]."""

    offset: Int
    lat: Float
    lon: Float


class Pairs(NamedTuple):
    """Samples of streets beside lines, each with the nearest place of the line."""

    edge: Int  # of direction +1
    sample: Int  # 0.. along it
    line: Int
    distance: Float
    offset: Float  # metres to the right of the line as it is drawn
    along: Bool  # the edge runs as the line is drawn
    stretch: Int  # which ten metres or so of the line

    def take(self, rows: Bool | Int) -> Pairs:
        """Some of the rows."""
        return Pairs(
            self.edge[rows], self.sample[rows], self.line[rows], self.distance[rows],
            self.offset[rows], self.along[rows], self.stretch[rows],
        )  # fmt: skip


class _Places(NamedTuple):
    """Places with headings, in metres."""

    owner: Int
    number: Int
    x: Float
    y: Float
    ux: Float
    uy: Float

    def take(self, rows: Int) -> _Places:
        return _Places(
            self.owner[rows], self.number[rows], self.x[rows], self.y[rows], self.ux[rows],
            self.uy[rows],
        )  # fmt: skip


class _Legs(NamedTuple):
    """Straight parts of lines, from x, y on."""

    line: Int
    x: Float
    y: Float
    ux: Float
    uy: Float
    length: Float
    run: Float  # metres from the line's beginning
    whole: Float  # metres of the whole line
    first: Bool
    last: Bool


class _Plane:
    """Metres east and north of the streets' middle, good enough for distances of some metres."""

    def __init__(self, streets: shape.Streets) -> None:
        self.lat = float(np.median(streets.node_lat))
        self.lon = float(np.median(streets.node_lon))
        self.east = _METRES_PER_DEGREE * math.cos(math.radians(self.lat))

    def place(self, lat: Float, lon: Float) -> tuple[Float, Float]:
        return (lon - self.lon) * self.east, (lat - self.lat) * _METRES_PER_DEGREE


def pair_streets(streets: shape.Streets, lines: Lines) -> tuple[Pairs, Int]:
    """All pairs, sorted by line, edge and sample; and by edge, how many samples it has.

    Only streets where a bicycle may at least be pushed have any.
    """
    plane = _Plane(streets)
    samples, counts = _sample_streets(streets, plane)
    legs = _cut_lines(lines, plane)
    near = np.flatnonzero(_is_near(samples, legs))
    samples = samples.take(near)
    ends = np.stack([legs.x + legs.length * legs.ux, legs.y + legs.length * legs.uy], axis=1)
    drawn = shapely.linestrings(np.stack([np.stack([legs.x, legs.y], axis=1), ends], axis=1))
    tree = shapely.STRtree(np.atleast_1d(np.asarray(drawn)))
    sample, leg = tree.query(
        np.atleast_1d(np.asarray(shapely.points(samples.x, samples.y))),
        predicate="dwithin",
        distance=REACH_M,
    )
    pairs = _measure(samples, legs, sample, leg)
    order = np.lexsort((pairs.distance, pairs.sample, pairs.edge, pairs.line))
    pairs = pairs.take(order)
    same = (np.diff(pairs.line) == 0) & (np.diff(pairs.edge) == 0) & (np.diff(pairs.sample) == 0)
    return pairs.take(np.concatenate([[True], ~same])[: len(pairs.line)]), counts


def _measure(samples: _Places, legs: _Legs, sample: Int, leg: Int) -> Pairs:
    """How each sample lies beside a leg; those that run across it or lie past its end fall out."""
    ux, uy, length = legs.ux[leg], legs.uy[leg], legs.length[leg]
    east, north = samples.x[sample] - legs.x[leg], samples.y[sample] - legs.y[leg]
    along = east * ux + north * uy
    heading = samples.ux[sample] * ux + samples.uy[sample] * uy
    past = legs.first[leg] & (along < -_OVERHANG_M)
    past |= legs.last[leg] & (along > length + _OVERHANG_M)
    foot = np.clip(along, 0.0, length)
    pairs = Pairs(
        samples.owner[sample],
        samples.number[sample],
        legs.line[leg],
        np.hypot(east - foot * ux, north - foot * uy),
        east * uy - north * ux,
        heading > 0,
        _find_stretch(legs.run[leg] + foot, legs.whole[leg]),
    )
    return pairs.take((np.abs(heading) >= ALIKE) & ~past)


def _find_stretch(at: Float, whole: Float) -> Int:
    number = np.maximum(np.rint(whole / _STRETCH_M), 1)
    return np.clip(np.floor(at / whole * number), 0, number - 1).astype(np.int64)


def _sample_streets(streets: shape.Streets, plane: _Plane) -> tuple[_Places, Int]:
    edges = np.flatnonzero(_is_usable(streets))
    count = streets.shape_count[edges].astype(np.int64)
    first = _starts(count)
    owner = np.repeat(np.arange(len(edges)), count)
    point = np.arange(len(owner)) - first[owner] + streets.shape_offset[edges][owner]
    x, y = plane.place(streets.shape_lat[point], streets.shape_lon[point])
    leg = np.hypot(np.diff(x), np.diff(y)) * (np.diff(owner) == 0)
    run = np.concatenate([[0.0], np.cumsum(leg)])  # metres along all edges, one after another
    start, length = run[first], (run[first + count - 1] - run[first])
    number = np.maximum(np.ceil(length / SAMPLE_M), _LEAST_SAMPLES).astype(np.int64)
    edge = np.repeat(np.arange(len(edges)), number)
    step = np.arange(len(edge)) - _starts(number)[edge]
    at = start[edge] + (step + 0.5) / number[edge] * length[edge]
    of = np.clip(np.searchsorted(run, at, side="right") - 1, first[edge], (first + count - 2)[edge])
    span = np.maximum(run[of + 1] - run[of], 1e-9)
    ux, uy = (x[of + 1] - x[of]) / span, (y[of + 1] - y[of]) / span
    past = at - run[of]
    counts = np.zeros(len(streets.tail), np.int64)
    counts[edges] = number
    return _Places(edges[edge], step, x[of] + past * ux, y[of] + past * uy, ux, uy), counts


def _is_usable(streets: shape.Streets) -> Bool:
    usable = (streets.direction > 0) & (streets.length_m > 0)
    usable &= (streets.flags & (shape.TURN | shape.ACROSS)) == 0
    usable &= ~np.isin(streets.road_class, _UNUSED)
    anyone = streets.access | streets.access[streets.reverse]
    return np.asarray(usable & ((anyone & shape.BIKE) != 0))


def _cut_lines(lines: Lines, plane: _Plane) -> _Legs:
    x, y = plane.place(lines.lat, lines.lon)
    owner = np.repeat(np.arange(len(lines.offset) - 1), np.diff(lines.offset))
    length = np.hypot(np.diff(x), np.diff(y))
    leg = np.flatnonzero((np.diff(owner) == 0) & (length > 0))
    line, length = owner[leg], length[leg]
    run = np.concatenate([[0.0], np.cumsum(length)])
    begin, end = (run[np.searchsorted(line, line, side)] for side in ("left", "right"))
    turn = line[1:] != line[:-1]
    first, last = np.ones(len(leg), bool), np.ones(len(leg), bool)
    first[1:], last[:-1] = turn, turn
    return _Legs(
        line, x[leg], y[leg], (x[leg + 1] - x[leg]) / length, (y[leg + 1] - y[leg]) / length,
        length, run[:-1] - begin, end - begin, first, last,
    )  # fmt: skip


def _is_near(samples: _Places, legs: _Legs) -> Bool:
    """Samples in a square cell beside one that a line runs through: a first, coarse choice."""
    number = np.ceil(legs.length / _CELL_M).astype(np.int64) + 1
    leg = np.repeat(np.arange(len(number)), number)
    part = (np.arange(len(leg)) - _starts(number)[leg]) / (number[leg] - 1) * legs.length[leg]
    cells = np.unique(_cell(legs.x[leg] + part * legs.ux[leg], legs.y[leg] + part * legs.uy[leg]))
    around = [cells + column * 2**32 + row for column in (-1, 0, 1) for row in (-1, 0, 1)]
    return np.isin(_cell(samples.x, samples.y), np.unique(np.concatenate(around)))


def _cell(x: Float, y: Float) -> Int:
    column = np.floor(x / _CELL_M).astype(np.int64)
    return np.asarray(column * 2**32 + np.floor(y / _CELL_M).astype(np.int64))


def _starts(count: Int) -> Int:
    return np.concatenate([[0], np.cumsum(count)])[:-1]
