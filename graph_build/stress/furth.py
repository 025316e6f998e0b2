"""The main rule set: Furth's criteria in their metric form, and what France has besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from graph_build.stress.crossings import Crossings
from graph_build.stress.crossings import label_crossings as label_arms
from graph_build.stress.facts import EdgeFacts
from graph_build.stress.tables import NOTHING, Facts, Found, look_up

# In the order in which they are asked.
_FINAL: Final = ("furth_separate", "french_specials")
_PAINTED: Final = ("french_painted", "furth_lane", "furth_parking")
_MIXED: Final = ("french_contraflow", "furth_mixed")
_GUARD: Final = "french_guard"
_CROSSING: Final = "furth_crossing"
TABLES: Final = (*_FINAL, *_PAINTED, *_MIXED, _GUARD, _CROSSING)


def label(own: EdgeFacts, names: Sequence[str]) -> Found:
    """The level and the rule of each edge.

    Paint never makes a street worse than the same traffic without it, so of both levels the lower
    counts; a level is never below the guard's but where cyclists have a space of their own.
    """
    mixed = _worse(_first(_MIXED, own.facts, names), look_up(_GUARD, own.facts, names))
    painted = _first(_PAINTED, own.facts, names)
    ridden = _choose(painted.level <= mixed.level, painted, mixed)  # NOTHING is above all
    final = _first(_FINAL, own.facts, names)
    return _choose(final.level != NOTHING, final, ridden)


def label_crossings(crossings: Crossings, names: Sequence[str]) -> Found:
    """The level of what each edge crosses at its end."""
    return label_arms(crossings, _CROSSING, crossings.arm_facts, names)


def _first(tables: Sequence[str], facts: Facts, names: Sequence[str]) -> Found:
    """What the first of `tables` says that says anything."""
    found = look_up(tables[0], facts, names)
    for table in tables[1:]:
        found = _choose(found.level != NOTHING, found, look_up(table, facts, names))
    return found


def _worse(found: Found, guard: Found) -> Found:
    higher = (guard.level != NOTHING) & (guard.level > found.level)
    return _choose(higher, guard, found)


def _choose(first: np.ndarray, one: Found, other: Found) -> Found:
    """Of each edge what `one` says where `first`, else what `other` says."""
    return Found(*(np.where(first, a, b).astype(np.uint8) for a, b in zip(one, other, strict=True)))
