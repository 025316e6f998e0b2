"""Ways from many points to many: each climbs once, and reads the buckets of the others.

Knopp, Sanders, Schultes, Schulz and Wagner, "Computing Many-to-Many Shortest Paths Using Highway
Hierarchies" (2007). The ways have no limit, so all of them are the cheapest.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from planner.kernels.contraction import CLOSED, DURATION_MASK
from planner.kernels.hierarchy import climb
from planner.kernels.stop_buckets import Buckets, Nearby, gather_buckets, meet_near
from planner.kernels.street_ends import BACKWARD, FORWARD, Ends, seeds_at
from planner.network.shape import UNREACHED, Hierarchy, Int32, Metric, Slopes, Streets

_FOREVER: Final = 2**31 - 1


@njit(cache=True, nogil=True)
def hang_buckets(
    hierarchy: Hierarchy, slopes: Slopes, streets: Streets, metric: Metric, ends: Ends, pace: float
) -> Buckets:
    """The ways to all of `ends`, by the rank that they come down from."""
    return gather_buckets(hierarchy, slopes, streets, metric, ends, BACKWARD, _FOREVER, pace)


@njit(cache=True, nogil=True)
def durations_between(
    hierarchy: Hierarchy,
    slopes: Slopes,
    streets: Streets,
    metric: Metric,
    starts: Ends,
    first: int,
    last: int,
    ends: Ends,
    buckets: Buckets,
    near: Nearby,
    pace: float,
) -> Int32:
    """Tenths of a second of the cheapest ways from `starts` first .. last - 1 to all of `ends`.

    (last - first, n_ends), UNREACHED where there is no way. buckets: `hang_buckets` of the ends;
    near: where they are. Of two equally cheap ways the quicker.
    """
    durations = np.full((last - first, ends.lat.size), UNREACHED, np.int32)
    for i in range(first, last):
        best = np.full(ends.lat.size, CLOSED, np.int64)
        seeds = seeds_at(streets, metric, starts, i, FORWARD, pace)
        space = climb(hierarchy, slopes, seeds, FORWARD, _FOREVER)
        for k in range(space.rank.size):
            way = space.weight[k]
            for b in range(buckets.offset[space.rank[k]], buckets.offset[space.rank[k] + 1]):
                best[buckets.stop[b]] = min(best[buckets.stop[b]], way + buckets.weight[b])
        meet_near(near, streets, metric, starts, i, ends, FORWARD, pace, best)
        for j in range(best.size):
            if best[j] < CLOSED:
                durations[i - first, j] = best[j] & DURATION_MASK
    return durations
