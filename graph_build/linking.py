"""Where stops meet the streets that one can walk on."""

from __future__ import annotations

from typing import Final

import numpy as np

from feeds.issues import Issue, IssueLog
from planner.kernels.snap import CANDIDATES, SPREAD_M, snap
from planner.network.shape import NONE, UNREACHED, WALK, StopLinks, Stops, StreetGrid, Streets
from planner.network.store import frozen

MAX_LINK_M: Final = 300.0  # a stop farther from any street isn't walked to


def link_stops(streets: Streets, grid: StreetGrid, stops: Stops, issues: IssueLog) -> StopLinks:
    """Up to four street candidates per stop within 300 m, the nearest first.

    The islands are out of `streets` by now (graph_build/islands.py), so every candidate leads
    somewhere. A stop without coordinates has no link and was reported by its reader.
    """
    closed_or_free = np.where(streets.access & WALK, 0, UNREACHED)
    edges, fractions, distances = snap(
        streets,
        grid,
        frozen(closed_or_free, np.int32),
        frozen(stops.lat, np.float64),
        frozen(stops.lon, np.float64),
        CANDIDATES,
        MAX_LINK_M,
        SPREAD_M,
    )
    found = edges != NONE
    _report_unlinked(stops, ~found.any(axis=1), issues)
    offset = np.concatenate(((0,), np.cumsum(found.sum(axis=1))))
    return StopLinks(
        stop_offset=frozen(offset, np.int32),
        edge=frozen(edges[found], np.int32),
        fraction=frozen(fractions[found], np.float32),
        distance_m=frozen(distances[found], np.float32),
        entrance=frozen(np.full(found.sum(), NONE), np.int32),
        enter_s=frozen(np.zeros(found.sum()), np.int32),
        leave_s=frozen(np.zeros(found.sum()), np.int32),
    )


def _report_unlinked(stops: Stops, unlinked: np.ndarray, issues: IssueLog) -> None:
    """Tell which stops lie too far from the streets."""
    for stop in np.flatnonzero(unlinked & np.isfinite(stops.lat) & np.isfinite(stops.lon)).tolist():
        detail = f"no street to walk on within {MAX_LINK_M:.0f} m"
        where = f"stop {stops.stop_id.get(stop)}"
        issues.add(Issue("stop_not_linked", where, "kept for rides", detail))
