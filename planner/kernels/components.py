"""Strongly connected components: the parts of a network that can be left and come back to."""

from __future__ import annotations

import numpy as np
from numba import njit

from planner.network.shape import UNREACHED, Int32, Metric, Streets, UInt8
from planner.network.store import frozen

ISLAND_NODES = 50  # a part of the streets with fewer nodes is an island to who goes there


@njit(cache=True, nogil=True)
def find_components(first_out: Int32, head: Int32, is_open: UInt8) -> Int32:
    """Number the strongly connected components of the open edges.

    R. Tarjan, Depth-first search and linear graph algorithms (1972), with his recursion as an
    array stack. first_out: int32 (n + 1,), head: int32 (m,), is_open: uint8 (m,) 1 where the
    edge counts. Returns int32 (n,): the component of each node, 0, 1, 2, ... in reverse
    topological order.
    """
    n = len(first_out) - 1
    component = np.full(n, -1, np.int32)
    order = np.full(n, -1, np.int32)  # when a node was first seen
    low = np.zeros(n, np.int32)  # the earliest node that it reaches
    next_edge = np.zeros(n, np.int32)
    path = np.empty(n, np.int32)  # nodes being searched
    kept = np.empty(n, np.int32)  # nodes seen whose component isn't known yet
    seen = components = kept_count = 0
    for root in range(n):
        if order[root] >= 0:
            continue
        depth = 0
        path[0] = root
        while depth >= 0:
            node = path[depth]
            if order[node] < 0:
                order[node] = low[node] = seen
                seen += 1
                next_edge[node] = first_out[node]
                kept[kept_count] = node
                kept_count += 1
            went_down = False
            while next_edge[node] < first_out[node + 1]:
                edge = next_edge[node]
                next_edge[node] += 1
                if is_open[edge] == 0:
                    continue
                other = head[edge]
                if order[other] < 0:
                    depth += 1
                    path[depth] = other
                    went_down = True
                    break
                if component[other] < 0:
                    low[node] = min(low[node], order[other])
            if went_down:
                continue
            if low[node] == order[node]:
                member = -1
                while member != node:
                    kept_count -= 1
                    member = kept[kept_count]
                    component[member] = components
                components += 1
            depth -= 1
            if depth >= 0:
                low[path[depth]] = min(low[path[depth]], low[node])
    return component


def without_islands(streets: Streets, metric: Metric) -> Metric:
    """`metric` without the streets that it can't leave or come back to; the largest part stays."""
    is_open = metric.cost < UNREACHED
    if not is_open.any():
        return metric
    component = find_components(streets.first_out, streets.head, frozen(is_open, np.uint8))
    size = np.bincount(component)
    large = size >= min(ISLAND_NODES, int(size.max()))
    stays = large[component[streets.tail]] & large[component[streets.head]]
    return Metric(*(frozen(np.where(stays, column, UNREACHED), np.int32) for column in metric))
