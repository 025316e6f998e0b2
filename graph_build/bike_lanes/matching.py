"""Which street a drawn bike lane belongs to, and which direction of it the lane serves.

A line's stretch that several parallel streets claim goes to the one it fits best: by its OSM id
where that lies there at all, else by distance, and by whether such a facility is usually mapped on
a carriageway or as a way of its own. docs/decisions/bike-lane-sources.md gives the rule.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from graph_build.bike_lanes.kinds import OWN_WAYS, STEPS
from graph_build.bike_lanes.pairs import Bool, Float, Int, Lines, Pairs, pair_streets
from planner.network import shape

ON_ROAD, APART, PUSHED = range(3)  # where a facility is usually mapped: rows of _COST
# Metres of distance by what a street is: a carriageway, an own way, a way to walk on, steps.
_COST: Final = np.array([[0.0, 12.0, 20.0, 30.0], [12.0, 0.0, 16.0, 30.0], [12.0, 12.0, 12.0, 0.0]])
_CLOSED_M: Final = 6.0  # nobody rides there in the line's direction
_WRONG_SIDE_M: Final = 12.0  # a way of its own on the other side of the line
_BESIDE_M: Final = 3.0
_SAME_ID_M: Final = -50.0  # more than all others together
_TIE_M: Final = 3.0  # streets this alike both get it: one goes on as the other


class Strands(NamedTuple):
    """What stands on one side of a line; all columns (n_strands,), sorted by line."""

    line: Int
    sort: Int  # ON_ROAD, APART, PUSHED
    right: Bool  # of the line, as it is drawn
    along: Bool  # it serves the direction in which the line is drawn
    against: Bool
    contraflow: Bool
    strict: Bool  # it is ridden: a street where one can't ride that way fits worse


class Match(NamedTuple):
    """A strand beside a directed edge."""

    strand: int
    edge: int
    samples: frozenset[int]  # of the edge's, those that it covers
    share: float  # of them


def match_lanes(
    streets: shape.Streets, lines: Lines, strands: Strands, osm_ids: list[frozenset[int]]
) -> list[Match]:
    """Each strand's streets, where it covers some of them at all.

    osm_ids: of each line, the OSM ways that its authors took it for; empty where they don't say.
    """
    if not len(strands.line) or not len(streets.tail):
        return []
    pairs, counts = pair_streets(streets, lines)
    pair, strand = _compete(streets, pairs, strands, osm_ids)
    found: dict[tuple[int, int], set[int]] = {}
    rows = zip(strand.tolist(), pairs.edge[pair].tolist(), pairs.along[pair].tolist(),
               pairs.sample[pair].tolist(), strict=True)  # fmt: skip
    one_way = _against_cars(streets)
    for one, edge, along, sample in rows:
        for directed in _served(
            strands, one, (edge, int(streets.reverse[edge])), one_way, along=along
        ):
            found.setdefault((one, directed), set()).add(sample)
    by_edge = np.maximum(counts, counts[streets.reverse])
    return [
        Match(one, edge, frozenset(samples), len(samples) / int(by_edge[edge]))
        for (one, edge), samples in found.items()
    ]


def _against_cars(streets: shape.Streets) -> Bool:
    """True for the direction of a one-way street that cars may not take."""
    cars = (streets.access & shape.CAR) != 0
    return np.asarray(~cars & cars[streets.reverse])


def _served(
    strands: Strands, strand: int, street: tuple[int, int], closed: Bool, *, along: bool
) -> list[int]:
    """The directed edges that a strand serves: right-hand traffic, and contraflow where it is."""
    if strands.contraflow[strand]:
        against = [one for one in street if closed[one]]
        if against:
            return against  # on whichever side it is drawn
    forward, backward = street if along else street[::-1]
    ridden = ((strands.along[strand], forward), (strands.against[strand], backward))
    return [one for serves, one in ridden if serves]


def _compete(
    streets: shape.Streets, pairs: Pairs, strands: Strands, osm_ids: list[frozenset[int]]
) -> tuple[Int, Int]:
    """Pairs and strands that belong together: of parallel streets, those that cost least."""
    low, high = (np.searchsorted(strands.line, pairs.line, side) for side in ("left", "right"))
    pair = np.repeat(np.arange(len(pairs.line)), high - low)
    start = np.concatenate([[0], np.cumsum(high - low)])[:-1]
    strand = np.arange(len(pair)) - start[pair] + low[pair]
    whole = _as_wholes(pairs)
    cost = whole.distance[pair] + _fit(streets, strands, strand, whole.take(pair))
    cost += _SAME_ID_M * _has_same_id(streets, pairs, osm_ids)[pair]
    stretches = int(pairs.stretch.max(initial=0)) + 1
    _, place = np.unique(strand * stretches + pairs.stretch[pair], return_inverse=True)
    sort = _sort_streets(streets)[pairs.edge[pair]]
    least = np.full((int(place.max(initial=-1)) + 1, _COST.shape[1]), np.inf)
    np.minimum.at(least, (place, sort), cost)
    # Where a street goes on as another one, both get it; a way of another sort is a rival.
    best = least.argmin(axis=1)[place] == sort
    won = best & (cost <= least[place, sort] + _TIE_M)
    return pair[won], strand[won]


def _as_wholes(pairs: Pairs) -> Pairs:
    """The pairs with the means of their street and line, so that no choice changes on the way."""
    edges = int(pairs.edge.max(initial=0)) + 1
    _, group = np.unique(pairs.line * edges + pairs.edge, return_inverse=True)
    size = np.maximum(np.bincount(group), 1)

    def mean(column: Float) -> Float:
        return np.asarray((np.bincount(group, column) / size)[group])

    along = mean(np.where(pairs.along, 1.0, -1.0)) > 0
    return pairs._replace(
        distance=mean(pairs.distance), offset=mean(pairs.offset), along=np.asarray(along)
    )


def _has_same_id(streets: shape.Streets, pairs: Pairs, osm_ids: list[frozenset[int]]) -> Bool:
    ways = streets.way_id[pairs.edge]
    lines = np.repeat(np.arange(len(osm_ids)), [len(ids) for ids in osm_ids])
    named = np.array([way for ids in osm_ids for way in sorted(ids)], np.int64)
    rows = np.stack([lines, named]).T
    known = {(line, way) for line, way in rows.tolist()}
    return np.fromiter(
        ((line, way) in known
         for line, way in zip(pairs.line.tolist(), ways.tolist(), strict=True)),
        bool, len(ways),
    )  # fmt: skip


def _is_ridden(streets: shape.Streets) -> Bool:
    return np.asarray(((streets.access & shape.BIKE) != 0) & ((streets.flags & shape.PUSH) == 0))


def _sort_streets(streets: shape.Streets) -> Int:
    """By edge: 0 a carriageway, 1 an own way, 2 a way to walk on, 3 steps."""
    ridden = _is_ridden(streets)
    own = np.isin(streets.road_class, OWN_WAYS)
    sort = np.where(own, np.where(ridden | ridden[streets.reverse], 1, 2), 0)
    return np.where(streets.road_class == STEPS, 3, sort)


def _fit(streets: shape.Streets, strands: Strands, strand: Int, whole: Pairs) -> Float:
    """How badly a kind of facility fits a kind of street, in metres of distance."""
    edge, back = whole.edge, streets.reverse[whole.edge]
    ridden = _is_ridden(streets)
    cost = _COST[strands.sort[strand], _sort_streets(streets)[edge]]
    forward = ridden[np.where(whole.along, edge, back)]
    backward = ridden[np.where(whole.along, back, edge)]
    is_open = (strands.along[strand] & forward) | (strands.against[strand] & backward)
    closed = _against_cars(streets)
    is_open = np.where(strands.contraflow[strand], closed[edge] | closed[back], is_open)
    cost += _CLOSED_M * (strands.strict[strand] & ~is_open)
    left, right = whole.offset < -_BESIDE_M, whole.offset > _BESIDE_M
    aside = np.where(strands.right[strand], left, right) & (strands.sort[strand] == APART)
    return np.asarray(cost + _WRONG_SIDE_M * aside)
