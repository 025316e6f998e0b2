"""Heights of street nodes and metres climbed along street edges.

The height of a place is the mean of the raster there and 30 m to the north, south, east and west,
each between the centres of its cells: so a height is smoothed over 60 m. A street climbs what its
heights rise at points about 50 m apart; a bridge or tunnel is straight from end to end, however
many edges it has.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from feeds.elevation import ElevationModel
from feeds.issues import Issue, IssueLog
from planner.network import shape

_STEP_M: Final = 50.0  # heights closer than this are noise that climbs where nobody does
_SMOOTHING_M: Final = 30.0  # rasters of whole metres make stairs of gentle slopes
_METRES_PER_DEGREE: Final = 111_195.0  # of latitude, on the mean sphere
_OFF_GROUND: Final = shape.BRIDGE | shape.TUNNEL
_ENOUGH: Final = 0.95  # share of the streets' length below which heights are too few to go by
_SAME_PLACE_M: Final = 0.01  # edges as short join copies of one node: gates, turns
_SETTLED: Final = 1e-12  # squares of metres of height for a metre of length


def sample_nodes(
    streets: shape.Streets, model: ElevationModel, issues: IssueLog
) -> NDArray[np.float32]:
    """(n_nodes,) metres, NaN where unknown.

    A node that only bridges and tunnels meet isn't on the ground: it lies on the straight line
    between their ends.
    """
    heights = _sample_ground(model, streets.node_lat, streets.node_lon)
    unknown = int(np.isnan(heights).sum())
    if unknown:
        detail = f"{unknown} of {len(heights)} nodes"
        issues.add(Issue("node_without_elevation", "elevation", "kept flat", detail), unknown)
    heights = _hang_bridges(streets, heights)
    share = coverage(streets._replace(node_elevation_m=heights))
    if share < _ENOUGH:
        detail = f"{share:.0%} of the streets' length"
        issues.add(Issue("little_elevation", "elevation", "the rest kept flat", detail))
    return heights


def coverage(streets: shape.Streets) -> float:
    """Share of the streets' length whose both ends have a height; 1 where there are no streets."""
    known = ~np.isnan(streets.node_elevation_m)
    length = streets.length_m.astype(np.float64)
    total = float(length.sum())
    return float(length[known[streets.tail] & known[streets.head]].sum()) / total if total else 1.0


def _hang_bridges(streets: shape.Streets, ground: NDArray[np.float32]) -> NDArray[np.float32]:
    """`ground` heights, but for places that only bridges and tunnels meet."""
    place = _places(streets)
    long = streets.length_m > _SAME_PLACE_M
    on_ground = np.zeros(len(ground), np.bool_)
    on_ground[place[streets.tail[long & ((streets.flags & _OFF_GROUND) == 0)]]] = True
    meets = np.zeros(len(ground), np.bool_)
    meets[place[streets.tail[long]]] = True
    hanging = meets & ~on_ground
    edge = np.flatnonzero(hanging[place[streets.tail]] & long)
    height = ground.astype(np.float64)
    if len(edge):
        tail, head = place[streets.tail[edge]], place[streets.head[edge]]
        height = _straighten(height, hanging, tail, head, streets.length_m[edge])
    return np.asarray(height[place], np.float32)


def _places(streets: shape.Streets) -> NDArray[np.int64]:
    """(n_nodes,) the lowest of the nodes at the same place, which edges of no length join."""
    place = np.arange(len(streets.node_lat))
    short = np.flatnonzero(streets.length_m <= _SAME_PLACE_M)
    tail, head = streets.tail[short], streets.head[short]
    while True:
        before = place.copy()
        np.minimum.at(place, tail, place[head])
        np.minimum.at(place, head, place[tail])
        if np.array_equal(place, before):
            return place


def _straighten(
    height: NDArray[np.float64],
    hanging: NDArray[np.bool_],
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    length_m: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Heights such that every hanging place is the mean of its neighbours, weighed by nearness.

    By conjugate gradients, exact after as many steps as a structure has places. What hangs from
    unknown heights alone, or from nothing, is left as it was.
    """
    n = len(height)
    held = ~hanging & ~np.isnan(height)
    while not (held[tail] >= held[head]).all():
        held[tail[held[head]]] = True
    weight = np.where(held[head], 1.0 / np.maximum(length_m.astype(np.float64), 1.0), 0.0)
    free = hanging & held

    def residual(guess: NDArray[np.float64]) -> NDArray[np.float64]:
        pulled = np.bincount(tail, weight * (guess[head] - guess[tail]), n)
        return np.where(free, pulled, 0.0)

    known = np.nan_to_num(height)
    left = residual(known)
    step, norm = left.copy(), float(left @ left)
    for _ in range(2 * int(free.sum()) + 1):
        if norm <= _SETTLED:
            break
        pulled = -residual(step)
        stride = norm / float(step @ pulled)
        known += stride * step
        left -= stride * pulled
        before, norm = norm, float(left @ left)
        step = left + (norm / before) * step
    return np.where(free, known, height)


def _sample_ground(
    model: ElevationModel, lat: NDArray[np.float64], lon: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Mean height of each point and four around it; NaN where the point itself has none."""
    north = _SMOOTHING_M / _METRES_PER_DEGREE
    east = north / np.cos(np.radians(lat))
    here = model.sample(lat, lon)
    around = [
        model.sample(lat + north, lon), model.sample(lat - north, lon),
        model.sample(lat, lon + east), model.sample(lat, lon - east),
    ]  # fmt: skip
    known = [np.where(np.isnan(heights), here, heights) for heights in around]
    mean = np.mean([here, *known], axis=0, dtype=np.float64)
    return np.asarray(mean, np.float32)


def climb_edges(streets: shape.Streets, model: ElevationModel) -> NDArray[np.float32]:
    """(n_edges,) metres climbed in the edge's direction, from heights about 50 m apart.

    Bridges and tunnels climb straight from end to end; unknown heights count as flat.
    """
    height = streets.node_elevation_m
    rise = np.nan_to_num(height[streets.head] - height[streets.tail])
    climb = np.maximum(rise, 0.0)
    ahead = np.flatnonzero((streets.direction > 0) & ((streets.flags & _OFF_GROUND) == 0))
    long = ahead[streets.length_m[ahead] > 1.5 * _STEP_M]
    if len(long):
        up, down = _climb_along(streets, long, model)
        climb[long] = up
        climb[streets.reverse[long]] = down
    return np.asarray(climb, np.float32)


def _climb_along(
    streets: shape.Streets, edge: NDArray[np.int64], model: ElevationModel
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres up and metres down along each of these direction +1 edges."""
    length = streets.length_m[edge].astype(np.float64)
    steps = np.rint(length / _STEP_M).astype(np.int64)
    lat, lon = _points_between(streets, edge, steps)
    inner = _sample_ground(model, lat, lon).astype(np.float64)
    # heights: tail, the inner ones, head; then differences within each edge
    heights = np.empty(len(inner) + 2 * len(edge))
    begin = np.concatenate([[0], np.cumsum(steps + 1)[:-1]])
    end = begin + steps
    is_inner = np.ones(len(heights), bool)
    is_inner[begin] = is_inner[end] = False
    heights[is_inner] = inner
    heights[begin] = streets.node_elevation_m[streets.tail[edge]]
    heights[end] = streets.node_elevation_m[streets.head[edge]]
    step = np.nan_to_num(np.diff(heights, append=heights[-1:]))
    step[end] = 0.0
    return (
        np.add.reduceat(np.maximum(step, 0.0), begin),
        np.add.reduceat(np.maximum(-step, 0.0), begin),
    )


def _points_between(
    streets: shape.Streets, edge: NDArray[np.int64], steps: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Take steps - 1 points inside each edge, evenly spaced along its shape."""
    count = streets.shape_count[edge].astype(np.int64)
    first = np.cumsum(count) - count
    point = np.arange(count.sum()) - np.repeat(first - streets.shape_offset[edge], count)
    lat, lon = streets.shape_lat[point], streets.shape_lon[point]
    metres = np.hypot(np.diff(lat), np.diff(lon) * np.cos(np.radians(lat[1:])))
    metres[first[1:] - 1] = 1.0  # between two edges: any positive gap
    along = np.concatenate([[0.0], np.cumsum(metres)])
    begin, end = along[first], along[first + count - 1]
    inner = steps - 1
    owner = np.repeat(np.arange(len(edge)), inner)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(inner) - inner, inner) + 1
    wanted = begin[owner] + (end - begin)[owner] * number / steps[owner]
    return np.interp(wanted, along, lat), np.interp(wanted, along, lon)
