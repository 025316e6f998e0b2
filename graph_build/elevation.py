"""Heights of street nodes and metres climbed along street edges."""

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
_RELAXATIONS: Final = 200


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
    on_ground = np.zeros(len(heights), bool)
    ground_edge = (streets.flags & _OFF_GROUND) == 0
    on_ground[streets.tail[ground_edge]] = True
    edge = np.flatnonzero(~on_ground[streets.tail])
    if len(edge) == 0:
        return heights
    tail, head = streets.tail[edge], streets.head[edge]
    weight = 1.0 / np.maximum(streets.length_m[edge].astype(np.float64), 1.0)
    total = np.bincount(tail, weight, len(heights))
    smooth = heights.astype(np.float64)
    for _ in range(_RELAXATIONS):
        pulled = np.bincount(tail, weight * smooth[head], len(heights))
        smooth[~on_ground & (total > 0)] = (pulled / np.maximum(total, 1e-12))[
            ~on_ground & (total > 0)
        ]
    return np.where(np.isnan(smooth), heights, smooth).astype(np.float32, copy=False)


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
