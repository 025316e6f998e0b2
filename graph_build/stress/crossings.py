"""Where a street meets a larger one: what its cyclists have to cross at its end.

The stress of crossing belongs to the end of the smaller street and to nothing else of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_build.stress.junctions import Junctions
from graph_build.stress.tables import Facts, Found, look_up
from planner.network import shape
from planner.network.shape import UInt8

# How much of a street a road class is. What cars may not use is less than any of them.
_RANKS: Final = {
    "motorway": 6, "trunk": 6, "primary": 5, "secondary": 4, "tertiary": 3, "unclassified": 2,
    "residential": 2, "road": 2,
}  # fmt: skip
_LEAST_WITH_CARS: Final = 1
_NOTHING: Final = np.uint8(255)  # a gate or a turn ends at no junction but the one it is part of
_ARMS: Final = 2  # a street that ends where a larger one goes on alone crosses nothing


class Crossings(NamedTuple):
    """The arms of the junctions where some edges end."""

    end: NDArray[np.int64]  # (n_edges,) place of the junction where each edge ends
    rank: UInt8  # (n_edges,)
    signals: NDArray[np.bool_]  # (n_edges,) lights, or a stop for all
    island: NDArray[np.bool_]  # (n_edges,)
    arm_place: NDArray[np.int64]  # (n_arms,) -> end
    arm_rank: UInt8  # (n_arms,)
    arm_facts: dict[str, NDArray[Any]]  # (n_arms,) of the street that would be crossed


def find_crossings(
    streets: shape.Streets,
    facts: shape.RoadFacts,
    edges: NDArray[np.integer],
    junctions: Junctions,
) -> Crossings:
    """What the cyclists on `edges` meet where these end."""
    asked, end = np.unique(junctions.of_node[streets.head[edges]], return_inverse=True)
    arms = junctions.entering(asked)
    marks = facts.marks[edges]
    back = streets.reverse[arms.edge]
    lanes, lanes_back = facts.lanes[arms.edge].astype(np.int64), facts.lanes[back]
    return Crossings(
        end=end,
        rank=np.where(streets.length_m[edges] > 0, _rank(streets, facts, edges), _NOTHING),
        signals=marks & shape.SIGNALS > 0,
        island=marks & shape.ISLAND > 0,
        arm_place=arms.place,
        arm_rank=_rank(streets, facts, arms.edge),
        arm_facts={
            "road_class": streets.road_class[arms.edge],
            "lanes": lanes + lanes_back,
            "speed": np.maximum(streets.speed_kmh[arms.edge], streets.speed_kmh[back]),
            "speed_known": (facts.assumed[arms.edge] & shape.SPEED_ASSUMED) == 0,
            "lanes_known": (facts.assumed[arms.edge] & shape.LANES_ASSUMED) == 0,
            "one_way": (lanes > 0) != (lanes_back > 0),
        },
    )


def _rank(streets: shape.Streets, facts: shape.RoadFacts, edges: NDArray[np.integer]) -> UInt8:
    by_class = np.array(
        [_RANKS.get(word, _LEAST_WITH_CARS) for word in shape.ROAD_CLASSES], np.uint8
    )
    driven = (facts.lanes[edges] > 0) | (facts.lanes[streets.reverse[edges]] > 0)
    return np.where(driven, by_class[streets.road_class[edges]], 0).astype(np.uint8)


def label_crossings(crossings: Crossings, table: str, facts: Facts, names: Sequence[str]) -> Found:
    """For each edge the worst of the larger streets that it meets, by `table`; 0 for none.

    facts: of each arm; signals and island, which the smaller street has, are added here.
    """

    def cross(*, signals: bool, island: bool) -> NDArray[np.int64]:
        count = crossings.arm_rank.size
        here = {"signals": np.full(count, signals), "island": np.full(count, island)}
        return _join(look_up(table, {**facts, **here}, names))

    plain, with_island = cross(signals=False, island=False), cross(signals=False, island=True)
    found = _worst_of_larger(crossings, (plain, with_island, cross(signals=True, island=False)))
    return Found((found >> 8).astype(np.uint8), (found & 255).astype(np.uint8))


def _worst_of_larger(
    crossings: Crossings, choices: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
) -> NDArray[np.int64]:
    """The greatest of the arms of higher rank, where there are two: as it is, with island, lit."""
    places = int(crossings.end.max(initial=-1)) + 1
    found = np.zeros(crossings.end.size, np.int64)
    best = [np.zeros(places, np.int64) for _ in choices]
    arms = np.zeros(places, np.int64)
    for rank in range(int(crossings.arm_rank.max(initial=0)), -1, -1):
        mine = np.flatnonzero(crossings.rank == rank)
        here = crossings.end[mine]
        met = np.where(
            crossings.signals[mine], best[2][here],
            np.where(crossings.island[mine], best[1][here], best[0][here]),
        )  # fmt: skip
        found[mine] = np.where(arms[here] >= _ARMS, met, 0)
        of_rank = crossings.arm_rank == rank
        place = crossings.arm_place[of_rank]
        arms += np.bincount(place, minlength=places)
        for values, choice in zip(best, choices, strict=True):
            np.maximum.at(values, place, choice[of_rank])
    return found


def _join(found: Found) -> NDArray[np.int64]:
    """Level and rule as one number, to be compared by level."""
    return found.level.astype(np.int64) << 8 | found.rule
