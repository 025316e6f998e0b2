"""One way by Dijkstra's search: where there is no hierarchy."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from planner.itinerary import Reason, SearchTooLongError
from planner.kernels.street_ends import BACKWARD, FORWARD, NO_VIA, finish, gate_of, seeds_at
from planner.kernels.street_search import (
    SETTLED,
    STATE,
    Seeds,
    Workspace,
    adjacency_of,
    make_workspace,
    search,
    trace,
)
from planner.kernels.street_way import Way
from planner.network.shape import UNREACHED, Metric, Streets
from planner.network.store import frozen
from planner.streets.approach import Approach

MAX_SETTLED: Final = 4_000_000  # nodes one search may settle before it gives up: about a second


class Limits(NamedTuple):
    """Where a search ends: seconds on the way, and nodes looked at."""

    max_s: int
    max_settled: int


def search_way(  # noqa: PLR0917 - the streets, the two ends, and what bounds the search
    streets: Streets, metric: Metric, pace: float, start: Approach, end: Approach, limits: Limits
) -> Way | Reason:
    """The least-cost way between two places, as `find_way`; or why none was found.

    NOT_CONNECTED where all streets that lead on were looked at, else TOO_FAR. Raises
    SearchTooLongError once `max_settled` nodes were looked at.
    """
    seeds = seeds_at(streets, metric, *start.point, FORWARD, pace)
    targets = seeds_at(streets, metric, *end.point, BACKWARD, pace)
    work = make_workspace(len(streets.node_lat))
    adjacency = adjacency_of(streets, backward=False)
    max_ds = 10 * limits.max_s
    settled = search(adjacency, metric, seeds, targets, max_ds, limits.max_settled, work)
    if settled >= limits.max_settled:
        raise SearchTooLongError
    last = finish(work.labels, streets, metric, *start.point, *end.point, FORWARD, pace)
    cost, duration, gate, via = map(int, last)
    if cost >= UNREACHED:
        return Reason.TOO_FAR if _lead_on(streets, metric, seeds, work) else Reason.NOT_CONNECTED
    if gate == NO_VIA:
        return Way(cost, duration, NO_VIA, NO_VIA, frozen(np.empty(0), np.int32))
    last_edge = gate_of(streets, *end.point, gate)[0]
    if via != NO_VIA:
        edges = [last_edge]
        return Way(cost, duration, 2 * via + gate % 2, gate, frozen(np.array(edges), np.int32))
    back, seed = trace(work.labels, streets.tail, streets.tail[last_edge])
    first_edge = gate_of(streets, *start.point, seed)[0]
    chain = np.concatenate(([first_edge], back[::-1], [last_edge]))
    return Way(cost, duration, int(seed), gate, frozen(chain, np.int32))


def _lead_on(streets: Streets, metric: Metric, seeds: Seeds, work: Workspace) -> bool:
    """Whether open streets lead on from where a forward search stopped."""
    settled = work.labels[:, STATE] == SETTLED
    outward = settled[streets.tail] & ~settled[streets.head] & (metric.cost < UNREACHED)
    waiting = seeds.node[seeds.cost < UNREACHED]
    return bool(outward.any() or not settled[waiting].all())
