"""Streets edited as data: a network as it would be, beside the one that is, in milliseconds.

The base is never changed. What an edit doesn't touch is shared with it, array by array; ways are
weighed by the same functions, so an empty edit gives the same arrays, and a tie falls as before.
Whoever holds the base keeps it: to publish an edit is to hand out another Network.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.kernels.contraction import Customized, arcs_below, customize_all
from planner.kernels.recustomize import customize_again
from planner.network.kept import kept_by_network
from planner.network.metrics import MAIN_STRESS_RULES, profile_metric
from planner.network.profiles import Profile, get_profile
from planner.network.shape import (
    TURN,
    Conditions,
    Int32,
    Metric,
    RoadFacts,
    Slopes,
    StopBuckets,
    Streets,
    Stress,
)
from planner.network.store import Network, frozen
from planner.streets.weighted import looks_around, metric_of, weighted

T = TypeVar("T")

# Columns of Streets that an edit may change, beside all of RoadFacts.
STREET_COLUMNS: Final = (
    "access", "road_class", "infrastructure", "surface", "speed_kmh", "flags", "climb_m",
)  # fmt: skip
# Beyond this share of changed edges all is customized anew: docs/decisions/re-weighting.md.
PART_SHARE: Final = 0.02
_WHOLE_METRIC: Final = 8  # an edit of more than one edge in so many weighs all of them at once
KEPT_BYTES: Final = 512 * 2**20  # of each network's profiles that were edited
NO_STREETS: Final = "a network without streets, or their hierarchy, can't be edited"


@dataclass(frozen=True, slots=True, eq=False)
class StreetEdit:
    """Columns of Streets or RoadFacts that get other values at some street edges.

    edges: directed; the other direction isn't meant unless it is among them. changes: column ->
    one value, or one for each edge. An edge whose access is set has it at all times.
    """

    edges: Int32
    changes: Mapping[str, ArrayLike]


def edited(
    network: Network,
    edits: Iterable[StreetEdit],
    *,
    stress: Mapping[str, Stress] | None = None,
    profiles: Sequence[str] = (),
) -> Network:
    """The network as it is after `edits`, one after another; `network` stays as it is.

    stress: the levels of all edges after them, of each rule set that has others now.
    profiles: names of those whose slopes are renewed at once; others are made when asked for.
    Metrics stored with the network are renewed, buckets of stops dropped where they may not hold.
    Footpaths between stops are the base's. Raises ValueError for a network without streets, a
    column that can't be edited, an edge or a value that it can't hold.
    """
    if network.streets is None:
        raise ValueError(NO_STREETS)
    streets, facts, touched = _with_changes(network.streets, network.road_facts, list(edits))
    stresses = {**network.stress, **(stress or {})}
    known, now = network.stress.get(MAIN_STRESS_RULES), stresses.get(MAIN_STRESS_RULES)
    if now is not known and now is not None:
        others = True if known is None else now.level != known.level
        touched = np.union1d(touched, np.flatnonzero(np.broadcast_to(others, now.level.shape)))
    if not touched.size and stress is None:
        return network
    after = replace(
        network,
        streets=streets,
        road_facts=facts,
        stress=stresses,
        conditions=_still_holding(network.conditions, streets, network.streets),
    )
    return _reweighed(network, after, frozen(touched, np.int32), profiles)


def prepare(network: Network, profile: str) -> None:
    """Make at once what a first edit of `network` for that profile would make before."""
    base_of(network, profile)


def _with_changes(
    streets: Streets, facts: RoadFacts | None, edits: list[StreetEdit]
) -> tuple[Streets, RoadFacts | None, NDArray[np.int64]]:
    """The columns after the edits, and the edges that they touch, rising."""
    known = {name: getattr(streets, name) for name in STREET_COLUMNS}
    known |= {} if facts is None else facts._asdict()
    new: dict[str, NDArray[Any]] = {}
    touched = np.zeros(len(streets.tail), np.bool_)  # to sort all edges of a metropolis takes 1 s
    for edit in edits:
        edges = np.asarray(edit.edges, np.int64)
        if edges.size and not 0 <= edges.min() <= edges.max() < len(streets.tail):
            msg = f"an edit names street edge {edges.max()} of {len(streets.tail)}"
            raise ValueError(msg)
        touched[edges] = True
        for name, values in edit.changes.items():
            if name not in known:
                msg = f"{name} is no column of the streets that can be edited"
                raise ValueError(msg)
            new.setdefault(name, known[name].copy())[edges] = _held_by(known[name], name, values)
    columns = {name: frozen(column, column.dtype) for name, column in new.items()}
    of_streets = {name: columns[name] for name in columns if name in STREET_COLUMNS}
    of_facts = {name: columns[name] for name in columns if name not in STREET_COLUMNS}
    if facts is not None:
        facts = facts._replace(**of_facts)
    return streets._replace(**of_streets), facts, np.flatnonzero(touched)


def _held_by(column: NDArray[Any], name: str, values: ArrayLike) -> NDArray[Any]:
    """The values as the column can hold them."""
    given = np.asarray(values)
    held = given.astype(column.dtype)
    if column.dtype.kind in "iu" and not np.array_equal(held, given):
        msg = f"{name} can't hold {given.tolist()!r}"
        raise ValueError(msg)
    return held


def _still_holding(
    conditions: Conditions | None, streets: Streets, before: Streets
) -> Conditions | None:
    """The conditions of edges whose access wasn't edited."""
    if conditions is None or streets.access is before.access:
        return conditions
    kept = np.flatnonzero(streets.access[conditions.edge] == before.access[conditions.edge])
    spans = np.diff(conditions.span_offset)[kept]
    span = np.repeat(conditions.span_offset[:-1][kept] - np.cumsum(spans) + spans, spans)
    span += np.arange(len(span))
    return Conditions(
        edge=frozen(conditions.edge[kept], np.int32),
        access=frozen(conditions.access[kept], np.uint8),
        span_offset=frozen(np.concatenate(([0], np.cumsum(spans))), np.int32),
        begin=frozen(conditions.begin[span], np.int32),
        end=frozen(conditions.end[span], np.int32),
    )


def _reweighed(before: Network, after: Network, edges: Int32, profiles: Sequence[str]) -> Network:
    """`after` with metrics, slopes and buckets that fit its streets, changed at `edges`."""
    bare = replace(after, metrics={}, slopes={}, stop_buckets={})
    metrics: dict[str, Metric] = {}
    slopes: dict[str, Slopes] = {}
    buckets: dict[str, StopBuckets] = {}
    for name in dict.fromkeys((*before.metrics, *profiles)):
        old = before.metrics.get(name) or weighted(before, name).metric
        metrics[name], changed = metric_after(bare, get_profile(name), old, edges)
        if not changed.size and name in before.slopes:
            slopes[name] = before.slopes[name]
        if not changed.size and name in before.stop_buckets:
            buckets[name] = before.stop_buckets[name]
        if name in profiles and name not in slopes and before.hierarchy is not None:
            slopes[name] = slopes_after(base_of(before, name), after, metrics[name], changed)
    return replace(bare, metrics=metrics, slopes=slopes, stop_buckets=buckets)


def metric_after(
    after: Network, profile: Profile, before: Metric, edges: Int32
) -> tuple[Metric, Int32]:
    """What `profile` makes of edited streets, from what it made of them, and where it differs.

    after: without metrics of its own; its streets differ at most at `edges`, rising. An edge's
    metric depends on the edge, on its reverse, and on what else meets at the junction it leaves;
    but for bicycles that `looks_around` names, for which all is weighed.
    """
    streets, facts, stress = after.streets, after.road_facts, after.stress.get(MAIN_STRESS_RULES)
    if streets is None:
        raise ValueError(NO_STREETS)
    if looks_around(profile) or _WHOLE_METRIC * len(edges) > len(streets.tail):
        whole = metric_of(after, profile)
        differs = (whole.cost != before.cost) | (whole.duration_ds != before.duration_ds)
        return whole if differs.any() else before, frozen(np.flatnonzero(differs), np.int32)
    node = np.unique(np.concatenate((streets.tail[edges], streets.head[edges]))).astype(np.int64)
    for _ in range(3):  # the other nodes of junctions with restricted turns
        leaving = _rows(streets.first_out, node)
        turns = leaving[(streets.flags[leaving] & TURN) != 0]
        node = np.union1d(node, streets.head[turns])
    leaving = _rows(streets.first_out, node)
    around = np.unique(np.concatenate((leaving, streets.reverse[leaving])))
    part = profile_metric(
        _some_of(streets, around),
        profile,
        None if facts is None else _at_edges(facts, around),
        None if stress is None else _at_edges(stress, around),
    )
    at = np.searchsorted(around, leaving)
    duration, cost = part.duration_ds[at], part.cost[at]
    differs = (duration != before.duration_ds[leaving]) | (cost != before.cost[leaving])
    changed = leaving[differs]
    if not changed.size:
        return before, frozen(changed, np.int32)
    new = [before.duration_ds.copy(), before.cost.copy()]
    new[0][changed], new[1][changed] = duration[differs], cost[differs]
    return Metric(*(frozen(column, np.int32) for column in new)), frozen(changed, np.int32)


def _at_edges(columns: T, edges: NDArray[np.int64]) -> T:
    """Some rows of columns by street edge."""
    taken = (column[edges] for column in columns)  # type: ignore[attr-defined]
    return type(columns)(*taken)


def _rows(offset: Int32, row: NDArray[np.int64]) -> NDArray[np.int64]:
    """offset[r] .. offset[r + 1] - 1 of every row r, one after another."""
    count = offset[row + 1].astype(np.int64) - offset[row]
    first = np.repeat(offset[row] - np.cumsum(count) + count, count)
    return np.asarray(first + np.arange(len(first)), np.int64)


def _some_of(streets: Streets, edges: NDArray[np.int64]) -> Streets:
    """Those edges with the nodes between them, without rows and shapes; reverses among them."""
    node, end = np.unique(
        np.concatenate((streets.tail[edges], streets.head[edges])), return_inverse=True
    )
    by_node = {
        name: getattr(streets, name)[node] for name in Streets._fields if name.startswith("node_")
    }
    none: dict[str, Any] = dict.fromkeys(
        ("first_out", "first_in", "in_edge", "in_tail", "shape_lat", "shape_lon"),
        np.empty(0, np.int32),
    )
    by_edge = {
        name: getattr(streets, name)[edges]
        for name in Streets._fields
        if name not in by_node and name not in none
    }
    tail, head = end.reshape(2, -1)
    reverse = np.searchsorted(edges, streets.reverse[edges])
    return Streets(
        **by_node, **none, **(by_edge | {"tail": tail, "head": head, "reverse": reverse})
    )


class Base(NamedTuple):
    """What a profile makes of a network's streets, with all that a change in part needs."""

    customized: Customized
    below: Int32  # `arcs_below`

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays, in the eyes of a cache that has room for one whatever its size."""
        weights, least, slopes = self.customized
        arrays = (*weights, *least, *slopes, self.below)
        return min(sum(array.nbytes for array in arrays), KEPT_BYTES)


@kept_by_network(KEPT_BYTES, size=attrgetter("nbytes"))
def base_of(network: Network, profile: str) -> Base:
    """That of one profile, by its name; kept, as edits come one after another."""
    if network.streets is None or network.hierarchy is None:
        raise ValueError(NO_STREETS)
    metric = metric_of(network, get_profile(profile))
    customized = frozen_all(customize_all(network.hierarchy, network.streets, metric))
    return Base(customized, frozen(arcs_below(network.hierarchy), np.int32))


def slopes_after(base: Base, after: Network, metric: Metric, changed: Int32) -> Slopes:
    """The slopes of a metric that differs at most at `changed` from that of `base`.

    In part or as a whole, whichever is quicker; the same in every array.
    """
    if after.streets is None or after.hierarchy is None:
        raise ValueError(NO_STREETS)
    customized: Customized = base.customized
    if len(changed) > PART_SHARE * len(metric.cost):
        customized = customize_all(after.hierarchy, after.streets, metric)
    elif changed.size:
        customized = customize_again(
            after.hierarchy, base.below, after.streets, metric, changed, customized
        )
    slopes: Slopes = frozen_all(customized.slopes)
    return slopes


def frozen_all(columns: Any) -> Any:  # noqa: ANN401 - tuples of tuples of arrays, and the same again
    """The same with every array read-only."""
    if isinstance(columns, np.ndarray):
        return frozen(columns, columns.dtype)
    return type(columns)(*map(frozen_all, columns))
