"""Many points at once, with the streets that each meets."""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.kernels.snap import CANDIDATES, SPREAD_M, snap
from planner.kernels.street_ends import Ends, Snaps
from planner.network.shape import NONE, Float64, Int32, Metric
from planner.network.store import Network, frozen

MAX_SNAP_M: Final = 250.0  # a street farther than this is no answer to "where am I"


def ends_of_points(
    network: Network, metric: Metric, lat: Float64, lon: Float64, max_m: float = MAX_SNAP_M
) -> Ends:
    """Points in degrees as ends of ways, each with its snaps as `approach` finds them.

    max_m: metres to a street beyond which a point has no snap. Raises ValueError for a network
    without streets.
    """
    lat, lon = frozen(lat, np.float64), frozen(lon, np.float64)
    streets, grid = network.streets, network.grid
    if streets is None or grid is None:
        msg = "this network has no streets"
        raise ValueError(msg)
    edge, fraction, distance_m = snap(
        streets, grid, metric.cost, lat, lon, CANDIDATES, max_m, SPREAD_M
    )
    found = edge != NONE
    offset = np.zeros(len(lat) + 1, np.int32)
    np.cumsum(found.sum(axis=1), out=offset[1:])
    outdoors = frozen(np.zeros(int(offset[-1])), np.int32)
    snaps = Snaps(
        frozen(edge[found], np.int32),
        frozen(fraction[found], np.float32),
        frozen(distance_m[found], np.float32),
        outdoors,
        outdoors,
    )
    return Ends(lat, lon, frozen(offset, np.int32), snaps)


def joined_ends(first: Ends, second: Ends) -> Ends:
    """The points of both, those of `first` first."""
    n_snaps = first.snap_offset[-1]
    offset = np.concatenate((first.snap_offset, second.snap_offset[1:] + n_snaps))
    columns = zip(first.snaps, second.snaps, strict=True)
    return Ends(
        frozen(np.concatenate((first.lat, second.lat)), np.float64),
        frozen(np.concatenate((first.lon, second.lon)), np.float64),
        frozen(offset, np.int32),
        Snaps(*(frozen(np.concatenate(pair), pair[0].dtype) for pair in columns)),
    )


def some_of(ends: Ends, chosen: Int32) -> Ends:
    """The points of those numbers, in their order."""
    count = np.diff(ends.snap_offset)[chosen]
    offset = np.zeros(len(chosen) + 1, np.int32)
    np.cumsum(count, out=offset[1:])
    at = np.arange(offset[-1]) + np.repeat(ends.snap_offset[:-1][chosen] - offset[:-1], count)
    return Ends(
        frozen(ends.lat[chosen], np.float64),
        frozen(ends.lon[chosen], np.float64),
        frozen(offset, np.int32),
        Snaps(*(frozen(column[at], column.dtype) for column in ends.snaps)),
    )
