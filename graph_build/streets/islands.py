"""Small islands: parts of the streets that a mode can't both leave and come back to.

They lose the mode's access before any stop is linked, so that nothing is ever linked to streets
that lead nowhere (OpenTripPlanner's "island pruning" does the same). An island is found by
strongly connected components, since one can be easy to enter and impossible to leave.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from feeds.issues import Issue, IssueLog
from planner.kernels.components import find_components
from planner.network import shape
from planner.network.store import frozen

_MODES: Final = (
    ("walk", shape.WALK, shape.WALK_ENDS),
    ("bike", shape.BIKE, shape.BIKE_ENDS),
    ("car", shape.CAR, shape.CAR_ENDS),
)


def remove_islands(streets: shape.Streets, island_nodes: int, issues: IssueLog) -> shape.Streets:
    """Take each mode's access away outside its components of at least `island_nodes` nodes.

    A mode's largest component stays, however small. Every island is counted in `issues`.
    """
    access = streets.access.copy()
    for mode, own, ends in _MODES:
        is_open = (streets.access & own) != 0
        if not is_open.any():
            continue
        component = _find_components(streets, is_open)
        used = np.zeros(len(streets.node_lat), bool)
        used[streets.tail[is_open]] = used[streets.head[is_open]] = True
        size = _count_places(component[used], streets.node_osm_id[used])
        stays = np.zeros(int(component.max()) + 1, bool)
        stays[: len(size)] = size >= min(island_nodes, size.max())
        mapped = is_open & ((streets.flags & shape.TURN) == 0)
        lost = mapped & ~(stays[component[streets.tail]] & stays[component[streets.head]])
        of_bikes = shape.HARD_PUSH | shape.NARROW if own == shape.BIKE else 0
        access[lost] &= np.uint8(255 ^ (own | ends | of_bikes))
        _report(streets, mode, lost, component, issues)
    return streets._replace(access=frozen(access, np.uint8))


def _count_places(component: NDArray[np.int32], osm_id: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many OSM nodes each component has; barriers and turns have several of ours at one."""
    order = np.lexsort((osm_id, component))
    component, osm_id = component[order], osm_id[order]
    fresh = np.ones(len(order), bool)
    fresh[1:] = (component[1:] != component[:-1]) | (osm_id[1:] != osm_id[:-1])
    return np.bincount(component[fresh], minlength=int(component[-1]) + 1)


def _find_components(streets: shape.Streets, is_open: NDArray[np.bool_]) -> NDArray[np.int32]:
    return np.asarray(
        find_components(streets.first_out, streets.head, frozen(is_open, np.uint8)), np.int32
    )


def _report(
    streets: shape.Streets,
    mode: str,
    lost: NDArray[np.bool_],
    component: NDArray[np.int32],
    issues: IssueLog,
) -> None:
    """One issue for each island, with one of its streets."""
    edge = np.flatnonzero(lost)
    _, first, size = np.unique(component[streets.tail[edge]], return_index=True, return_counts=True)
    for way, count in zip(streets.way_id[edge[first]].tolist(), size.tolist(), strict=True):
        issues.add(Issue(f"island_for_{mode}", f"way {way}", "closed", f"{count} edges"))
