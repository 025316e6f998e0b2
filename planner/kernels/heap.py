"""A four-ary heap of 64-bit keys in an array: fewer and nearer memory reads than a binary one."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int64 = NDArray[np.int64]


@njit(cache=True, nogil=True)
def push(heap: Int64, size: int, key: np.int64) -> int:
    """Add `key` to the `size` keys of `heap`, which has room for it; return the new size."""
    at = size
    while at > 0:
        parent = (at - 1) >> 2
        if heap[parent] <= key:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = key
    return size + 1


@njit(cache=True, nogil=True)
def pop(heap: Int64, size: int) -> int:
    """Take the least key, heap[0], away; return the new size. `size` is at least 1."""
    size -= 1
    key = heap[size]
    at = 0
    while True:
        child = 4 * at + 1
        if child >= size:
            break
        least = child
        for other in range(child + 1, min(child + 4, size)):
            if heap[other] < heap[least]:
                least = other
        if heap[least] >= key:
            break
        heap[at] = heap[least]
        at = least
    heap[at] = key
    return size


@njit(cache=True, nogil=True)
def with_room(heap: Int64, size: int) -> Int64:
    """`heap`, or a copy of twice its length where it is full."""
    if size < heap.size:
        return heap
    larger = np.empty(2 * heap.size, np.int64)
    larger[:size] = heap[:size]
    return larger
