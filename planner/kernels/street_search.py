"""Least-cost ways through the streets: Dijkstra (1959), once, for every kind of question.

Forward or backward is a matter of the Adjacency; one or several starts a matter of the seeds; to
one place or to all a matter of the targets. A label holds the cost, which is minimised, the
duration along that way, and the edge it came by.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.kernels.heap import pop, push, with_room
from planner.network.shape import UNREACHED, Int32, Metric, Streets

COST: Final = 0  # columns of Workspace.labels
DURATION: Final = 1
PARENT: Final = 2  # the edge it came by; -1 - i where it is seed i
STATE: Final = 3

_REACHED: Final = 1  # bits of STATE
SETTLED: Final = 2
_TARGET: Final = 4
_AGAIN: Final = 8  # settled, and reached again as cheaply but quicker, over edges of no cost

_NODE_BITS: Final = 32  # a heap key is the cost above these bits and the node below
_NODE_MASK: Final = (1 << _NODE_BITS) - 1


class Adjacency(NamedTuple):
    """Streets as the search walks them: node i has the entries first[i] .. first[i + 1] - 1."""

    first: Int32  # (n_nodes + 1,)
    edge: Int32  # (n_edges,) or empty, where entry i is edge i itself
    neighbour: Int32  # (n_edges,) the node that entry leads to


class Seeds(NamedTuple):
    """Nodes with what it costs to be there: where a search begins, or where it may end."""

    node: Int32
    cost: Int32  # tenths of a perceived second
    duration: Int32  # tenths of a second


_NO_EDGES: Final = np.empty(0, np.int32)
_NO_EDGES.flags.writeable = False
NO_SEEDS: Final = Seeds(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int32))


class Workspace(NamedTuple):
    """What one search writes. Made zeroed and lazily mapped, so a near search touches little."""

    labels: NDArray[np.int32]  # (n_nodes, 4) one 16-byte record per node: COST .. STATE
    order: NDArray[np.int32]  # (n_nodes,) settled nodes, the cheapest first
    frontier: NDArray[
        np.int32
    ]  # (1,) no node left unsettled costs less; UNREACHED where none waits


def make_workspace(n_nodes: int) -> Workspace:
    """Room for one search at a time; `reset` it between two."""
    labels, order = np.zeros((n_nodes, 4), np.int32), np.empty(n_nodes, np.int32)
    return Workspace(labels, order, np.empty(1, np.int32))


def adjacency_of(streets: Streets, *, backward: bool) -> Adjacency:
    """The streets from tail to head, or, `backward`, from head to tail."""
    if backward:
        return Adjacency(streets.first_in, streets.in_edge, streets.in_tail)
    return Adjacency(streets.first_out, _NO_EDGES, streets.head)


@njit(cache=True, nogil=True)
def search(
    adjacency: Adjacency,
    metric: Metric,
    seeds: Seeds,
    targets: Seeds,
    max_duration: int,
    max_settled: int,
    work: Workspace,
) -> int:
    """Settle nodes by rising cost; return how many, the first of `work.order`.

    It ends when no way of at most `max_duration` (tenths of a second) is left to extend, when no
    way can be cheaper than one found to a target (the target's own cost included), or at
    `max_settled` nodes. A way to a target in that time doesn't count before none can be cheaper:
    a longer one may be. Afterwards exactly the settled nodes have STATE == SETTLED, and their
    labels are final. `work` is fresh or `reset`.
    """
    labels = work.labels
    heap = np.empty(1024, np.int64)
    size = 0
    hopeful = 0  # nodes in the heap whose duration is within the limit
    settled = 0
    best = np.int64(UNREACHED)  # the cheapest way to a target so far
    in_time = False  # whether it takes at most `max_duration`
    for i in range(targets.node.size):
        labels[targets.node[i], STATE] |= _TARGET
    for i in range(seeds.node.size):
        node = seeds.node[i]
        if seeds.cost[i] >= UNREACHED:
            continue
        if labels[node, STATE] & _REACHED:
            if labels[node, COST] <= seeds.cost[i]:
                continue
            hopeful -= labels[node, DURATION] <= max_duration
        hopeful += seeds.duration[i] <= max_duration
        labels[node, COST] = seeds.cost[i]
        labels[node, DURATION] = seeds.duration[i]
        labels[node, PARENT] = -1 - i
        labels[node, STATE] |= _REACHED
        heap = with_room(heap, size)
        size = push(heap, size, (np.int64(seeds.cost[i]) << _NODE_BITS) | np.int64(node))
    while size > 0 and (hopeful > 0 or in_time) and settled < max_settled:
        cost = heap[0] >> _NODE_BITS
        node = heap[0] & _NODE_MASK
        if cost > best:
            break
        size = pop(heap, size)
        if labels[node, STATE] & (SETTLED | _AGAIN) == SETTLED:
            continue  # an older, dearer entry of this node
        duration = labels[node, DURATION]
        hopeful -= duration <= max_duration
        if not labels[node, STATE] & SETTLED:
            work.order[settled] = node
            settled += 1
        labels[node, STATE] = (labels[node, STATE] | SETTLED) & ~_AGAIN
        if labels[node, STATE] & _TARGET:
            for i in range(targets.node.size):
                if targets.node[i] == node and cost + targets.cost[i] <= best:
                    closer = cost + targets.cost[i] < best
                    arrives = duration + targets.duration[i] <= max_duration
                    in_time = arrives or (in_time and not closer)
                    best = cost + targets.cost[i]
        for entry in range(adjacency.first[node], adjacency.first[node + 1]):
            edge = adjacency.edge[entry] if adjacency.edge.size else entry
            there = cost + metric.cost[edge]
            if there >= UNREACHED:
                continue
            then = duration + metric.duration_ds[edge]
            neighbour = adjacency.neighbour[entry]
            state = labels[neighbour, STATE]
            if state & _REACHED:
                known = labels[neighbour, COST]
                # Of two equally cheap ways the quicker, so that both directions find the same.
                if there > known or (there == known and then >= labels[neighbour, DURATION]):
                    continue
                if state & (SETTLED | _AGAIN) == SETTLED:
                    state |= _AGAIN
                else:
                    hopeful -= labels[neighbour, DURATION] <= max_duration
            hopeful += then <= max_duration
            labels[neighbour, COST] = there
            labels[neighbour, DURATION] = then
            labels[neighbour, PARENT] = edge
            labels[neighbour, STATE] = state | _REACHED
            heap = with_room(heap, size)
            size = push(heap, size, (np.int64(there) << _NODE_BITS) | np.int64(neighbour))
    work.frontier[0] = _keep_settled(labels, work.order, settled, heap, size)
    for i in range(targets.node.size):
        labels[targets.node[i], STATE] &= SETTLED
    return settled


@njit(cache=True, nogil=True)
def _keep_settled(
    labels: NDArray[np.int32],
    order: NDArray[np.int32],
    settled: int,
    heap: NDArray[np.int64],
    size: int,
) -> int:
    """Make the settled nodes' STATE plain, and forget those that wait in the heap -> the least."""
    least = int(UNREACHED)
    for i in range(settled):
        labels[order[i], STATE] = SETTLED
    for i in range(size):
        node = heap[i] & _NODE_MASK
        if labels[node, STATE] != SETTLED:
            labels[node, STATE] = 0
            least = min(least, int(labels[node, COST]))
    return least


@njit(cache=True, nogil=True)
def reset(work: Workspace, settled: int) -> None:
    """Forget a search that settled so many nodes."""
    for i in range(settled):
        work.labels[work.order[i], STATE] = 0


@njit(cache=True, nogil=True)
def trace(labels: NDArray[np.int32], origin_of: Int32, node: int) -> tuple[NDArray[np.int32], int]:
    """The edges from a settled node back to its seed, and the seed's number.

    origin_of: the end of an edge nearer to the seeds: Streets.tail after a forward search.
    """
    count = 0
    at = node
    while labels[at, PARENT] >= 0:
        at = origin_of[labels[at, PARENT]]
        count += 1
    edges = np.empty(count, np.int32)
    at = node
    for i in range(count):
        edges[i] = labels[at, PARENT]
        at = origin_of[edges[i]]
    return edges, -1 - labels[at, PARENT]
