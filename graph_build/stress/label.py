"""Level of traffic stress: how calm a street is to cycle along, and to cross, by three rule sets.

`furth` is the main one, with what France has besides; `r5` and `bna` are there to compare with
others. What each reads and where its tables come from is told in docs/reference/stress.md. The
rules themselves are tables in data/stress.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from graph_build.stress import bna, furth, r5
from graph_build.stress.crossings import find_crossings
from graph_build.stress.facts import EdgeFacts, read_edges
from graph_build.stress.junctions import Junctions, find_junctions
from graph_build.stress.tables import Found, look_up, rule_names
from planner.network import shape
from planner.network.shape import Stress, UInt8
from planner.network.store import frozen

RULE_SETS: Final = ("furth", "r5", "bna")
NORMS: Final = ("", "ok", "watch", "fails")  # of cerema_norm


def stress_rules() -> dict[str, list[str]]:
    """The names of each rule set's rules, which Stress.rule and crossing_rule count."""
    tables = {"furth": furth.TABLES, "r5": r5.TABLES, "bna": bna.TABLES}
    more = {"r5": [r5.JUNCTION]}
    return {name: rule_names(tables[name]) + more.get(name, []) for name in RULE_SETS}


def label_streets(
    streets: shape.Streets,
    facts: shape.RoadFacts,
    edges: NDArray[np.integer] | None = None,
    *,
    junctions: Junctions | None = None,
) -> dict[str, Stress]:
    """The stress of `edges`, all of them by default, in their order, by rule set.

    After an edit, label again what `affected_edges` names: the level of a street depends on the
    streets that it meets. Whoever labels often keeps `junctions`: find_junctions(streets).
    """
    edges = np.arange(streets.head.size) if edges is None else np.asarray(edges, np.int64)
    junctions = find_junctions(streets) if junctions is None else junctions
    names = stress_rules()
    own = read_edges(streets, facts, edges)
    crossings = find_crossings(streets, facts, edges, junctions)
    found = {
        "furth": furth.label(own, names["furth"]),
        "r5": r5.label(streets, facts, edges, junctions, names["r5"]),
        "bna": bna.label(own, names["bna"]),
    }
    crossed = {
        "furth": furth.label_crossings(crossings, names["furth"]),
        "r5": None,  # it raises the streets themselves
        "bna": bna.label_crossings(crossings, names["bna"]),
    }
    return {name: _freeze(found[name], crossed[name], own) for name in RULE_SETS}


def _freeze(found: Found, crossing: Found | None, own: EdgeFacts) -> Stress:
    """Stress of the edges where somebody cycles; 0 elsewhere."""
    columns = [*found, *(crossing or (np.zeros_like(found.level),) * 2)]
    return Stress(*(frozen(np.where(own.cycled, column, 0), np.uint8) for column in columns))


def affected_edges(
    streets: shape.Streets, edges: NDArray[np.integer], junctions: Junctions
) -> NDArray[np.int64]:
    """`edges`, and every other that meets one of them: what an edit of `edges` may have changed."""
    met = np.unique(junctions.of_node[np.concatenate([streets.tail[edges], streets.head[edges]])])
    entering = junctions.entering(met).edge
    return np.unique(np.concatenate([edges, entering, streets.reverse[entering]])).astype(np.int64)


def cerema_norm(
    streets: shape.Streets, facts: shape.RoadFacts, edges: NDArray[np.integer]
) -> UInt8:
    """What CEREMA asks of each of `edges`: an index of NORMS; 0 where nobody cycles.

    CEREMA, "Vélos et voitures : séparation ou mixité" (2020), as far as it is quoted in public.
    """
    own = read_edges(streets, facts, edges)
    separate = {**own.facts, "separate": own.separate}
    level = look_up("cerema", separate, rule_names(("cerema",))).level
    return np.where(own.cycled, level, 0).astype(np.uint8)
