"""Streets added to a network as data: a bridge, a new link, between nodes that it has.

The hierarchy keeps its order, and is closed again where the new streets need it. Street edges stay
sorted by tail, so all that comes after a new one has a higher number: `Grown.edge` tells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from planner.kernels.contraction import Customized, Weights, arcs_below, depths, lower_ends
from planner.kernels.reclose import close_again
from planner.network.profiles import get_profile
from planner.network.shape import (
    NONE,
    UNREACHED,
    Hierarchy,
    Int32,
    Metric,
    Slopes,
    StreetGrid,
    Streets,
)
from planner.network.store import Network, frozen
from planner.network.straight_walk import beelines_m
from planner.streets.reweight import (
    NO_STREETS,
    STREET_COLUMNS,
    Base,
    base_of,
    frozen_all,
    metric_after,
    slopes_after,
)
from planner.streets.weighted import weighted

T = TypeVar("T")
_NONE: Int32 = frozen(np.empty(0), np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class AddedStreet:
    """A street between two nodes of a network, in both directions.

    forward: columns of Streets and RoadFacts from `tail` to `head`, 0 where they aren't given;
    backward: the other way, None for the same. line: (lat, lon) of its points between the nodes.
    level: of traffic stress, by all rule sets.
    """

    tail: int
    head: int
    forward: Mapping[str, float]
    backward: Mapping[str, float] | None = None
    line: tuple[tuple[float, float], ...] = ()
    level: int = 0


class Grown(NamedTuple):
    """A network with streets added."""

    network: Network
    edge: Int32  # by street edge before, which one it is now
    added: Int32  # (2 * n_added,) forward and backward edge of each new street, one after another


def with_added_streets(
    network: Network, added: Sequence[AddedStreet], *, profiles: Sequence[str] = ()
) -> Grown:
    """The network with `added` streets; `network` stays as it is.

    profiles: names of those whose slopes are made at once; others are made when asked for. The
    n-th new street is OSM way -n, without a name, and points snap to it. Metrics stored with the
    network are renewed, buckets of stops dropped; footpaths between stops and the places where
    stops meet the streets are the base's. Raises ValueError for a network without streets, a node
    that it hasn't, a street from a node to itself, and a column that no street has.
    """
    streets, grid, hierarchy = network.streets, network.grid, network.hierarchy
    if streets is None or grid is None:
        raise ValueError(NO_STREETS)
    if not added:
        return Grown(network, frozen(np.arange(len(streets.tail)), np.int32), _NONE)
    _check(network, added)
    insert = _Insert.of(streets, added)
    grown = _with_edges(streets, insert, added)
    facts, links, step_free = network.road_facts, network.stop_links, network.stop_links_step_free
    conditions, lanes = network.conditions, network.bike_lane_sources
    levels = np.repeat([street.level for street in added], 2)
    after = replace(
        network,
        streets=grown,
        grid=_with_cells(grid, grown, insert),
        road_facts=facts and insert.among(facts, lambda name: _values(added, name)),
        stress={
            rules: insert.among(stress, lambda name: levels * (name == "level"))
            for rules, stress in network.stress.items()
        },
        conditions=conditions and conditions._replace(edge=insert.moved(conditions.edge)),
        bike_lane_sources=lanes and lanes._replace(edge=insert.moved(lanes.edge)),
        stop_links=links and links._replace(edge=insert.moved(links.edge)),
        stop_links_step_free=step_free and step_free._replace(edge=insert.moved(step_free.edge)),
        metrics={}, slopes={}, stop_buckets={}, hierarchy=None,
    )  # fmt: skip
    closed = None if hierarchy is None else _closed_again(hierarchy, grown, insert)
    if closed is not None:
        after = replace(after, hierarchy=closed.hierarchy)
    metrics: dict[str, Metric] = {}
    slopes: dict[str, Slopes] = {}
    for name in dict.fromkeys((*network.metrics, *profiles)):
        old = network.metrics.get(name) or weighted(network, name).metric
        far = np.full(len(insert.edge), UNREACHED)
        before = Metric(*(insert.into(column, far) for column in old))
        metrics[name], changed = metric_after(after, get_profile(name), before, insert.edge)
        if name in profiles and closed is not None:
            base = closed.carried(base_of(network, name))
            looked_at = frozen(np.union1d(changed, insert.edge), np.int32)
            slopes[name] = slopes_after(base, after, metrics[name], looked_at)
    grown_network = replace(after, metrics=metrics, slopes=slopes)
    return Grown(grown_network, insert.number, insert.in_order)


def _check(network: Network, added: Sequence[AddedStreet]) -> None:
    streets = network.streets
    nodes = 0 if streets is None else len(streets.node_lat)
    known = {*STREET_COLUMNS, "length_m"}
    known |= set() if network.road_facts is None else set(network.road_facts._fields)
    for street in added:
        unknown = {*street.forward, *(street.backward or ())} - known
        if not (0 <= street.tail < nodes and 0 <= street.head < nodes):
            msg = f"a street can't be added from node {street.tail} to {street.head} of {nodes}"
        elif street.tail == street.head:
            msg = f"a street can't be added from node {street.tail} to itself"
        elif unknown:
            msg = f"{min(unknown)} is no column of an added street"
        else:
            continue
        raise ValueError(msg)


class _Insert(NamedTuple):
    """Where new edges come among the old ones."""

    place: NDArray[np.int64]  # (n_new,) the old edge that each comes before, rising
    order: NDArray[np.int64]  # (n_new,) -> the new edges as given: forward, backward, forward, ...
    edge: Int32  # (n_new,) their numbers, rising
    number: Int32  # (n_edges before,) the old edges' numbers

    @classmethod
    def of(cls, streets: Streets, added: Sequence[AddedStreet]) -> _Insert:
        """After all that leaves the same node."""
        tail = np.array([(s.tail, s.head) for s in added], np.int64).reshape(-1)
        order = np.argsort(tail, kind="stable")
        place = streets.first_out[tail[order] + 1].astype(np.int64)
        edge = place + np.arange(len(place))
        number = np.arange(len(streets.tail)) + _inserted_before(place, len(streets.tail))
        return cls(place, order, frozen(edge, np.int32), frozen(number, np.int32))

    @property
    def in_order(self) -> Int32:
        """The new edges' numbers as the streets were given."""
        edge = np.empty_like(self.edge)
        edge[self.order] = self.edge
        return frozen(edge, np.int32)

    def into(self, column: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
        """A column by edge with `values` of the new edges as given."""
        return frozen(np.insert(column, self.place, values[self.order]), column.dtype)

    def among(self, columns: T, values: Callable[[str], NDArray[Any]]) -> T:
        """A table by edge with the new edges' `values` of each of its columns."""
        rows = columns._asdict().items()  # type: ignore[attr-defined]
        return type(columns)(*(self.into(column, values(name)) for name, column in rows))

    def moved(self, edges: NDArray[Any]) -> Int32:
        """Old edges by their new numbers; NONE stays."""
        return frozen(np.where(edges >= 0, self.number[edges], edges), np.int32)


def _inserted_before(place: NDArray[Any], n_old: int) -> NDArray[np.int64]:
    """How many are inserted before each of the old ones."""
    return np.cumsum(np.bincount(place, minlength=n_old + 1))[:n_old]


def _values(added: Sequence[AddedStreet], name: str) -> NDArray[np.float64]:
    """A column of the new edges as given."""
    both = ((s.forward, s.forward if s.backward is None else s.backward) for s in added)
    return np.array([side.get(name, 0) for pair in both for side in pair], np.float64)


def _with_edges(streets: Streets, insert: _Insert, added: Sequence[AddedStreet]) -> Streets:
    """The streets with two edges for each new one; its line follows those there are."""
    nodes = np.array([(s.tail, s.head) for s in added], np.int64).reshape(-1, 2)
    tail, head = nodes.reshape(-1), nodes[:, ::-1].reshape(-1)
    lines = [_line_of(streets, street) for street in added]
    count = np.array([len(line) for line in lines], np.int64)
    points = np.concatenate([np.empty((0, 2)), *lines])
    given = _values(added, "length_m")
    length_m = np.where(given > 0, given, np.repeat([_length_m(line) for line in lines], 2))
    climb_m = streets.node_elevation_m[head] - streets.node_elevation_m[tail]
    climb_m = np.nan_to_num(np.maximum(climb_m, _values(added, "climb_m")), nan=0.0)
    way = np.arange(len(added))
    number = insert.in_order
    new: dict[str, NDArray[Any]] = {
        name: _values(added, name) for name in STREET_COLUMNS if name != "climb_m"
    } | {
        "tail": tail, "head": head, "length_m": length_m, "climb_m": climb_m,
        "reverse": number.reshape(-1, 2)[:, ::-1].reshape(-1),
        "way_id": -1 - np.repeat(way, 2), "direction": np.tile([1, -1], len(added)),
        "name": np.full(len(tail), NONE), "shape_count": np.repeat(count, 2),
        "shape_offset": np.repeat(len(streets.shape_lat) + np.cumsum(count) - count, 2),
    }  # fmt: skip
    moved = streets._replace(reverse=insert.moved(streets.reverse))
    columns = {name: insert.into(getattr(moved, name), values) for name, values in new.items()}
    by_head = np.argsort(head, kind="stable")
    in_place = streets.first_in[head[by_head] + 1]
    in_edge = np.insert(insert.moved(streets.in_edge), in_place, number[by_head])
    return streets._replace(
        **columns,
        first_out=_with_counts(streets.first_out, tail),
        first_in=_with_counts(streets.first_in, head),
        in_edge=frozen(in_edge, np.int32),
        in_tail=frozen(np.insert(streets.in_tail, in_place, tail[by_head]), np.int32),
        shape_lat=frozen(np.concatenate((streets.shape_lat, points[:, 0])), np.float64),
        shape_lon=frozen(np.concatenate((streets.shape_lon, points[:, 1])), np.float64),
    )


def _with_counts(offset: Int32, rows: NDArray[Any]) -> Int32:
    """Offsets of rows where each of `rows` has one entry more."""
    more = np.cumsum(np.bincount(rows, minlength=len(offset) - 1))
    return frozen(offset + np.concatenate(([0], more)), np.int32)


def _line_of(streets: Streets, street: AddedStreet) -> NDArray[np.float64]:
    """(n, 2) lat, lon from its tail to its head."""
    first, last = ((streets.node_lat[n], streets.node_lon[n]) for n in (street.tail, street.head))
    return np.array([first, *street.line, last], np.float64)


def _length_m(line: NDArray[np.float64]) -> float:
    return float(beelines_m(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1]).sum())


def _with_cells(grid: StreetGrid, streets: Streets, insert: _Insert) -> StreetGrid:
    """The grid with the new streets in every cell between the ends of each of their pieces.

    Those are more than they touch, which is slower and as exact; beyond the grid they stand in its
    outermost cells.
    """
    cells: list[NDArray[np.int64]] = []
    edges: list[int] = []
    for edge in insert.in_order[::2].tolist():
        first = int(streets.shape_offset[edge])
        part = slice(first, first + int(streets.shape_count[edge]))
        row = (streets.shape_lat[part] - grid.origin[0]) // grid.origin[2]
        column = (streets.shape_lon[part] - grid.origin[1]) // grid.origin[3]
        row, column = (
            np.clip(axis, 0, size - 1).astype(np.int64)
            for axis, size in zip((row, column), grid.size, strict=True)
        )
        found = [
            np.add.outer(_between(*rows) * grid.size[1], _between(*columns))
            for rows, columns in zip(pairwise(row), pairwise(column), strict=True)
        ]
        cells.append(np.unique(np.concatenate([block.reshape(-1) for block in found])))
        edges += [edge] * len(cells[-1])
    cell = np.concatenate([np.empty(0, np.int64), *cells])
    order = np.argsort(cell, kind="stable")
    place = grid.cell_offset[cell[order] + 1]
    return grid._replace(
        cell_offset=_with_counts(grid.cell_offset, cell),
        edge=frozen(
            np.insert(insert.moved(grid.edge), place, np.array(edges, np.int32)[order]), np.int32
        ),
    )


def _between(one: int, other: int) -> NDArray[np.int64]:
    """Both and all between."""
    return np.arange(min(one, other), max(one, other) + 1)


class _Closed(NamedTuple):
    """A hierarchy that was closed again."""

    hierarchy: Hierarchy
    place: Int32  # of the new arcs: the old arc that each comes before

    def carried(self, base: Base) -> Base:
        """What a profile made of the old hierarchy, with -1 for the arcs that weren't there."""
        weights, least, _ = base.customized
        weights, least = (
            Weights(*(np.insert(column, self.place, -1) for column in table))
            for table in (weights, least)
        )
        none = np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64)
        customized = frozen_all(Customized(weights, least, Slopes(*none, *none)))
        return Base(customized, frozen(arcs_below(self.hierarchy), np.int32))


def _closed_again(hierarchy: Hierarchy, streets: Streets, insert: _Insert) -> _Closed:
    """The hierarchy of streets that have grown, in its old order."""
    edges = insert.in_order[::2]
    ends = np.sort(hierarchy.rank[np.stack((streets.tail[edges], streets.head[edges]))], axis=0)
    low, high, place, parent = close_again(hierarchy, *(frozen(end, np.int32) for end in ends))
    up_to = frozen(np.insert(hierarchy.up_to, place, high), np.int32)
    up_offset = _with_counts(hierarchy.up_offset, low)
    down_offset, down_to = lower_ends(up_offset, up_to)
    arc = np.arange(len(hierarchy.up_to)) + _inserted_before(place, len(hierarchy.up_to))
    moved = np.where(hierarchy.edge_arc >= 0, arc[hierarchy.edge_arc], NONE)
    new = np.array([
        up_offset[one] + np.searchsorted(up_to[up_offset[one] : up_offset[one + 1]], other)
        for one, other in ends.T.tolist()
    ])  # fmt: skip
    parent = frozen(parent, np.int32)
    closed = hierarchy._replace(
        parent=parent,
        depth=frozen(depths(parent), np.int32),
        up_offset=up_offset,
        up_to=up_to,
        down_offset=frozen(down_offset, np.int32),
        down_to=frozen(down_to, np.int32),
        edge_arc=insert.into(frozen(moved, np.int32), np.repeat(new, 2)),
    )
    return _Closed(closed, place)
