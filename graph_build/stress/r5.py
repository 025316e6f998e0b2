"""Conveyal R5's labels, as its LevelOfTrafficStressLabeler gives them from OSM's tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graph_build.stress.facts import read_edges
from graph_build.stress.junctions import Junctions
from graph_build.stress.tables import Found, look_up
from planner.network import shape

TABLES: Final = ("r5",)
JUNCTION: Final = "junction"  # the rule of what takes the level of a junction


def label(
    streets: shape.Streets,
    facts: shape.RoadFacts,
    edges: NDArray[np.integer],
    junctions: Junctions,
    names: Sequence[str],
) -> Found:
    """The level and the rule of each edge, raised to the highest of the streets that it meets.

    Service roads stay unlabelled, 0. A junction is one with lights where any street's end has them.
    """
    ends = np.concatenate([streets.tail[edges], streets.head[edges]])
    asked, place = np.unique(junctions.of_node[ends], return_inverse=True)
    arms = junctions.entering(asked)
    needed = np.unique(np.concatenate([edges, arms.edge, streets.reverse[arms.edge]]))
    alone = _label_alone(streets, facts, needed, names)
    here = np.searchsorted(needed, edges)
    own, rule = alone.level[here], alone.rule[here]

    worst = np.zeros(asked.size, np.uint8)  # at each junction, whoever may cycle there
    for arm in (arms.edge, streets.reverse[arms.edge]):
        np.maximum.at(worst, arms.place, alone.level[np.searchsorted(needed, arm)])
    worst[arms.place[facts.marks[arms.edge] & shape.SIGNALS > 0]] = 0
    met = np.maximum(worst[place[: edges.size]], worst[place[edges.size :]])

    kept = (facts.stated_level[edges] > 0) | (own == 0) | (met <= own)
    raised = names.index(JUNCTION)
    return Found(
        np.where(kept, own, met).astype(np.uint8), np.where(kept, rule, raised).astype(np.uint8)
    )


def _label_alone(
    streets: shape.Streets,
    facts: shape.RoadFacts,
    edges: NDArray[np.integer],
    names: Sequence[str],
) -> Found:
    """The labels before junctions are looked at."""
    back = streets.reverse[edges]
    own = read_edges(streets, facts, edges).facts
    read = {
        **own,
        "stated": facts.stated_level[edges],
        "lane": facts.marks[edges] & shape.R5_LANE > 0,
        "lanes_stated": own["lanes_known"],
        "lanes": facts.lanes[edges].astype(np.int64) + facts.lanes[back],
        "speed_stated": own["speed_known"],
    }
    return look_up("r5", read, names)
