"""The streets at a moment: what opens and closes by the clock is as it is then."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from planner.network.conditions import access_with, minute_of_week, rows_at
from planner.network.kept import kept_by_network
from planner.network.profiles import get_profile
from planner.network.shape import (
    BIKE,
    BIKE_ENDS,
    CAR,
    CAR_ENDS,
    HARD_PUSH,
    NARROW,
    WALK,
    WALK_ENDS,
    Slopes,
)
from planner.network.store import Network, frozen
from planner.streets.reweight import base_of, metric_after, slopes_after
from planner.streets.weighted import KEPT_BYTES, weighted

# The bits of access that each mode's metric reads: who rides may have to walk, and minds cars.
_READ: Final = {
    "walk": WALK | WALK_ENDS | NARROW,
    "bike": WALK | BIKE | BIKE_ENDS | CAR | HARD_PUSH | NARROW,
    "car": CAR | CAR_ENDS | NARROW,
}


def network_at(network: Network, profile: str, at: datetime | None) -> Network:
    """The network with the streets as open to `profile` as they are at a moment, weighed for it.

    at: with a time zone; None: as open as outside the hours of all conditions. It is `network`
    itself wherever that comes to the same. What else is made is kept with `network`, the states
    used last; other profiles mustn't be asked of it, nor stops near a point, which it searches.
    """
    conditions, streets = network.conditions, network.streets
    if at is None or conditions is None or streets is None:
        return network
    local = at.astimezone(ZoneInfo(network.manifest["timezone"]))
    rows = rows_at(conditions, minute_of_week(local))
    differs = conditions.access[rows] ^ streets.access[conditions.edge[rows]]
    rows = rows[(differs & _READ[get_profile(profile).mode]) != 0]
    return _in_state(network, profile, rows.tobytes()) if rows.size else network


def _share_of_memory(made: Network) -> int:
    """Bytes of what is its own, in the eyes of a cache that has room for one whatever its size."""
    columns = (*made.metrics.values(), *made.slopes.values())
    return min(sum(one.nbytes for column in columns for one in column), KEPT_BYTES)


@kept_by_network(KEPT_BYTES, size=_share_of_memory)
def _in_state(network: Network, profile: str, rows: bytes) -> Network:
    """The network while these conditions hold, and no others."""
    conditions, streets = network.conditions, network.streets
    assert conditions is not None  # noqa: S101 - rows of it were found
    assert streets is not None  # noqa: S101
    row = np.frombuffer(rows, np.int32)
    access = access_with(streets, conditions, row)
    after = replace(
        network,
        streets=streets._replace(access=access),
        conditions=None,
        metrics={},
        slopes={},
        stop_buckets={},
    )
    edges = frozen(np.unique(conditions.edge[row]), np.int32)
    old = weighted(network, profile).metric
    metric, changed = metric_after(after, get_profile(profile), old, edges)
    slopes: dict[str, Slopes] = {}
    if network.hierarchy is not None:
        slopes[profile] = slopes_after(base_of(network, profile), after, metric, changed)
    return replace(after, metrics={profile: metric}, slopes=slopes)
