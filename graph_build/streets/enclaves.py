"""Enclaves: small public parts of the streets that one reaches over private ground alone.

Who goes on from there to more private ground has paid for coming in already, so an enclave counts
as private with what encloses it: the quays of a harbour are public behind its gate, say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from planner.kernels.components import find_components
from planner.network import shape
from planner.network.store import frozen

_MODES: Final = (shape.WALK, shape.BIKE, shape.CAR)
Bits = TypeVar("Bits", NDArray[np.uint8], np.uint8)

_TO_ENDS: Final = np.uint8(
    3
)  # bits from what a mode may use to what it may use at the ends of a trip
_ENDS: Final = np.uint8(shape.WALK_ENDS | shape.BIKE_ENDS | shape.CAR_ENDS)


def find_enclaves(
    streets: shape.Streets, timed: Iterable[tuple[int, int]], below: int
) -> NDArray[np.uint8]:
    """(n_edges,) the ends' bits of the modes to which an edge lies in an enclave.

    timed: (edge, access) of all other hours: what is public at any time joins what it meets. An
    enclave has fewer than `below` nodes, and meets private streets; the largest part is none.
    """
    passed = _passed(streets.access)
    for edge, access in timed:
        passed[edge] |= _passed(np.uint8(access))
    bits = np.zeros(len(streets.tail), np.uint8)
    for own in _MODES:
        public = (passed & own) != 0
        if not public.any():
            continue
        joined = frozen(public | public[streets.reverse], np.uint8)
        part = np.asarray(find_components(streets.first_out, streets.head, joined))
        size = np.bincount(part[np.unique(streets.tail[joined != 0])], minlength=part.max() + 1)
        private = (streets.access & (own << _TO_ENDS)) != 0
        small = size < min(below, int(size.max()))
        meets = np.zeros(len(size), np.bool_)
        meets[part[streets.tail[private]]] = meets[part[streets.head[private]]] = True
        bits[public & (small & meets)[part[streets.tail]]] |= np.uint8(own << _TO_ENDS)
    return bits


def enclosed(access: Bits, bits: Bits) -> Bits:
    """Access with the ends' `bits` of the modes that it admits."""
    return access | (bits & (access << _TO_ENDS))


def _passed(access: Bits) -> Bits:
    """The modes that may go through, among other bits."""
    return access & ~((access & _ENDS) >> _TO_ENDS)
