"""Access that depends on the time, from the hours of segments to those of edges."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from graph_build.streets.timed_access import WEEK, Spans
from planner.network import shape
from planner.network.store import frozen

Hours = tuple[int, Spans, int]  # an edge, the minutes of the week, the access then


def compile_conditions(hours: Iterable[Hours], access: NDArray[np.uint8]) -> shape.Conditions:
    """The hours in which an edge's access isn't `access` (n_edges,), sorted by edge.

    Where two hours of one edge overlap, what both allow holds.
    """
    by_edge: dict[int, list[tuple[Spans, int]]] = {}
    for edge, spans, bits in hours:
        if bits != access[edge]:
            by_edge.setdefault(edge, []).append((spans, bits))
    rows = [
        (edge, bits, spans)
        for edge, stated in sorted(by_edge.items())
        for bits, spans in (
            [(stated[0][1], list(stated[0][0]))] if len(stated) == 1 else _part(stated)
        )
    ]
    offset = np.cumsum([0, *(len(spans) for _, _, spans in rows)])
    flat = np.array([span for _, _, spans in rows for span in spans]).reshape(-1, 2)
    return shape.Conditions(
        edge=frozen(np.array([edge for edge, _, _ in rows]), np.int32),
        access=frozen(np.array([bits for _, bits, _ in rows]), np.uint8),
        span_offset=frozen(offset, np.int32),
        begin=frozen(flat[:, 0], np.int32),
        end=frozen(flat[:, 1], np.int32),
    )


def _part(stated: list[tuple[Spans, int]]) -> list[tuple[int, list[tuple[int, int]]]]:
    """Access bits and their minutes, without overlaps."""
    bounds = sorted({0, WEEK, *(m for spans, _ in stated for span in spans for m in span)})
    parts: dict[int, list[tuple[int, int]]] = {}
    for begin, end in pairwise(bounds):
        bits = [b for spans, b in stated if any(s <= begin < e for s, e in spans)]
        if bits:
            parts.setdefault(int(np.bitwise_and.reduce(bits)), []).append((begin, end))
    return sorted(parts.items())
