"""Nested dissection of the streets by inertial flow: small cuts, between halves of the map.

Schild and Sommer, "On Balanced Separators in Road Networks" (2015): in each of four directions
the first quarter of the nodes is the source of a unit flow and the last quarter its sink; the best
of the least cuts parts the nodes. The ends of its edges on one side come last in the order, and
each of the two parts is parted again.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.network.shape import Float64, Int8, Int32

_DIRECTIONS: Final = 4
_END_SHARE: Final = 4  # a source, or a sink, is one part in so many
_SOURCE: Final = 1
_SINK: Final = 2


class Neighbours(NamedTuple):
    """An undirected graph: node i has the arcs first[i] .. first[i + 1] - 1, each once."""

    first: Int32  # (n_nodes + 1,)
    node: Int32  # (n_arcs,)
    twin: Int32  # (n_arcs,) the same edge as an arc of its other end


class _Flow(NamedTuple):
    """What the cut of one part of the graph writes."""

    position: NDArray[np.int32]  # (n_nodes,) in the order so far
    end: NDArray[np.int8]  # (n_nodes,) _SOURCE, _SINK or neither
    flow: NDArray[np.int8]  # (n_arcs,) -1, 0 or 1
    level: NDArray[np.int32]  # (n_nodes,) steps from the source, -1 where it doesn't reach
    pointer: NDArray[np.int32]  # (n_nodes,) the arc to try next
    queue: NDArray[np.int32]  # (n_nodes,)


@njit(cache=True, nogil=True)
def dissect(graph: Neighbours, x: Float64, y: Float64) -> Int32:
    """Nodes in the order of their contraction: the separators of large parts come last.

    x, y: where nodes lie, on a plane. Deterministic.
    """
    n_nodes = graph.first.size - 1
    order = np.arange(n_nodes).astype(np.int32)
    work = _Flow(
        order.copy(),
        np.zeros(n_nodes, np.int8),
        np.zeros(graph.node.size, np.int8),
        np.full(n_nodes, -1, np.int32),
        np.zeros(n_nodes, np.int32),
        np.empty(n_nodes, np.int32),
    )
    parts = np.empty((128, 2), np.int64)  # the larger half waits: it holds less than log2 n
    parts[0] = (0, n_nodes)
    waiting = 1
    while waiting > 0:
        waiting -= 1
        low, high = parts[waiting]
        if high - low < _DIRECTIONS - 1:
            continue
        side = _best_cut(graph, order, low, high, x, y, work)
        middle, top = _part(graph, order, low, high, side, work)
        if middle - low < top - middle:
            parts[waiting] = (middle, top)
            parts[waiting + 1] = (low, middle)
        else:
            parts[waiting] = (low, middle)
            parts[waiting + 1] = (middle, top)
        waiting += 2
    return order


@njit(cache=True, nogil=True)
def _best_cut(
    graph: Neighbours, order: Int32, low: int, high: int, x: Float64, y: Float64, work: _Flow
) -> Int8:
    """Which nodes of order[low:high] lie on the source's side of the best cut, as 0 and 1."""
    nodes = order[low:high]
    best = np.zeros(nodes.size, np.int8)
    best_score = np.inf
    size = max(nodes.size // _END_SHARE, 1)
    for direction in range(_DIRECTIONS):
        along = np.empty(nodes.size, np.float64)
        for i in range(nodes.size):
            east, north = x[nodes[i]], y[nodes[i]]
            along[i] = (east, north, east + north, east - north)[direction]
        ranked = np.argsort(along)
        for i in range(nodes.size):
            node = nodes[ranked[i]]
            work.end[node] = _SOURCE if i < size else _SINK if i >= nodes.size - size else 0
        limit = best_score * (nodes.size // 2)
        cut = _max_flow(graph, nodes, low, high, limit, work)
        if cut >= limit:
            continue
        for backward in range(2):
            if backward:
                _reach_back(graph, nodes, low, high, work)
            inside = 0
            for i in range(nodes.size):
                inside += work.level[nodes[i]] >= 0
            score = cut / min(inside, nodes.size - inside)
            if score < best_score:
                best_score = score
                for i in range(nodes.size):
                    best[i] = work.level[nodes[i]] >= 0
    return best


@njit(cache=True, nogil=True)
def _max_flow(
    graph: Neighbours, nodes: Int32, low: int, high: int, limit: float, work: _Flow
) -> int:
    """The greatest flow from source to sink, one unit an edge, or one that reaches `limit`.

    Dinic (1970). Afterwards `level` is -1 exactly beyond the cut next to the source.
    """
    for node in nodes:
        work.flow[graph.first[node] : graph.first[node + 1]] = 0
    path = np.empty(nodes.size + 1, np.int32)
    total = 0
    while _levels(graph, nodes, low, high, work) and total < limit:
        for node in nodes:
            work.pointer[node] = graph.first[node]
        for start in nodes:
            if work.end[start] == _SOURCE:
                total += _push_from(graph, start, low, high, path, work)
    return total


@njit(cache=True, nogil=True)
def _levels(graph: Neighbours, nodes: Int32, low: int, high: int, work: _Flow) -> bool:
    """Count steps from the source through what has room; True where the sink is reached."""
    tail = 0
    for node in nodes:
        work.level[node] = -1
        if work.end[node] == _SOURCE:
            work.level[node] = 0
            work.queue[tail] = node
            tail += 1
    reached = False
    head = 0
    while head < tail:
        node = work.queue[head]
        head += 1
        for arc in range(graph.first[node], graph.first[node + 1]):
            other = graph.node[arc]
            if work.flow[arc] < 1 and work.level[other] < 0:
                if not low <= work.position[other] < high:
                    continue
                work.level[other] = work.level[node] + 1
                if work.end[other] == _SINK:
                    reached = True
                else:
                    work.queue[tail] = other
                    tail += 1
    return reached


@njit(cache=True, nogil=True)
def _push_from(
    graph: Neighbours, start: int, low: int, high: int, path: NDArray[np.int32], work: _Flow
) -> int:
    """Push units from one node of the source along rising levels until none gets through."""
    total = 0
    depth = 0
    node = start
    while True:
        if work.end[node] == _SINK:
            for i in range(depth):
                work.flow[path[i]] += 1
                work.flow[graph.twin[path[i]]] -= 1
            total += 1
            depth = 0
            node = start
        arc = work.pointer[node]
        if arc < graph.first[node + 1]:
            other = graph.node[arc]
            inside = low <= work.position[other] < high
            rises = inside and work.level[other] == work.level[node] + 1
            if rises and work.flow[arc] < 1:
                path[depth] = arc
                depth += 1
                node = other
            else:
                work.pointer[node] += 1
        elif depth == 0:
            return total
        else:
            depth -= 1
            node = graph.node[graph.twin[path[depth]]]
            work.pointer[node] += 1


@njit(cache=True, nogil=True)
def _reach_back(graph: Neighbours, nodes: Int32, low: int, high: int, work: _Flow) -> None:
    """Make `level` -1 exactly beyond the cut next to the sink."""
    tail = 0
    for node in nodes:
        work.level[node] = 0
        if work.end[node] == _SINK:
            work.level[node] = -1
            work.queue[tail] = node
            tail += 1
    head = 0
    while head < tail:
        node = work.queue[head]
        head += 1
        for arc in range(graph.first[node], graph.first[node + 1]):
            other = graph.node[arc]
            inside = low <= work.position[other] < high
            if inside and work.level[other] >= 0 and work.flow[graph.twin[arc]] < 1:
                work.level[other] = -1
                work.queue[tail] = other
                tail += 1


@njit(cache=True, nogil=True)
def _part(
    graph: Neighbours, order: Int32, low: int, high: int, side: Int8, work: _Flow
) -> tuple[int, int]:
    """Order the nodes as one part, the other, and what separates them -> where the latter begin."""
    nodes = order[low:high].copy()
    for i in range(nodes.size):
        work.level[nodes[i]] = side[i]
    at_cut = np.zeros(nodes.size, np.bool_)
    count = np.zeros(2, np.int64)
    for i in range(nodes.size):
        for arc in range(graph.first[nodes[i]], graph.first[nodes[i] + 1]):
            other = graph.node[arc]
            if low <= work.position[other] < high and work.level[other] != side[i]:
                at_cut[i] = True
        count[side[i]] += at_cut[i]
    thin = 0 if count[0] <= count[1] else 1
    at = low
    middle = low
    for group in range(3):
        for i in range(nodes.size):
            separates = at_cut[i] and side[i] == thin
            if (2 if separates else side[i]) == group:
                order[at] = nodes[i]
                at += 1
        if group == 0:
            middle = at
        elif group == 1:
            top = at
    for i in range(low, high):
        work.position[order[i]] = i
    return middle, top
