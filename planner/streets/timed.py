"""Ways at a moment: which streets are less open then, and what they cost."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from planner.network.conditions import access_with, at_best, minute_of_week, rows_at
from planner.network.kept import kept_by_network
from planner.network.metrics import network_metric
from planner.network.profiles import get_profile
from planner.network.shape import Int32, Metric, UInt8
from planner.network.store import Network, frozen
from planner.streets.weighted import weighted

_MOMENTS_KEPT: Final = 8  # metrics of other times: some MB each in a city


def closed_at(network: Network, edges: Int32, at: datetime) -> Int32 | None:
    """The conditions that hold `at` a moment, if one of `edges` is less open then than ever.

    None where the way along `edges`, found where all is as open as ever, holds then too: at a
    given time nothing is cheaper. at: with a time zone.
    """
    conditions, streets = network.conditions, network.streets
    if conditions is None or streets is None:
        return None
    best = _best_access(network)
    if not best.timed[edges].any():
        return None
    local = at.astimezone(ZoneInfo(network.manifest["timezone"]))
    rows = rows_at(conditions, minute_of_week(local))
    then = access_with(streets, conditions, rows)
    return rows if (then[edges] != best.access[edges]).any() else None


class _BestAccess(NamedTuple):
    """What every edge is open to at the best of times, and whether that depends on the time."""

    access: UInt8
    timed: NDArray[np.bool_]


@kept_by_network(1)
def _best_access(network: Network) -> _BestAccess:
    conditions, streets = network.conditions, network.streets
    assert conditions is not None  # noqa: S101 - who asks has seen them
    assert streets is not None  # noqa: S101
    timed = np.zeros(len(streets.access), np.bool_)
    timed[conditions.edge] = True
    return _BestAccess(at_best(streets, conditions).access, timed)


def metric_with(network: Network, profile: str, rows: Int32) -> Metric:
    """The metric of a profile while these conditions hold, and no others."""
    return _metric_with(network, profile, rows.tobytes())


@kept_by_network(_MOMENTS_KEPT)
def _metric_with(network: Network, profile: str, rows: bytes) -> Metric:
    conditions, streets = network.conditions, network.streets
    assert conditions is not None  # noqa: S101 - rows of it were found
    assert streets is not None  # noqa: S101
    access = access_with(streets, conditions, np.frombuffer(rows, np.int32))
    own, best = network_metric(network, get_profile(profile), access), weighted(network, profile)
    # An entry that one pays for at the best of times is paid for now, though none may pass there.
    columns = zip(own, best.metric, strict=True)
    return Metric(*(frozen(np.maximum(one, other), np.int32) for one, other in columns))
