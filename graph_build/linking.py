"""Where stops meet the streets that one can walk on: at hand, or through a station's entrances."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from feeds.issues import Issue, IssueLog
from graph_build.pathways import Doors
from planner.kernels.snap import CANDIDATES, SPREAD_M, snap
from planner.network.shape import NONE, UNREACHED, WALK, StopLinks, Stops, StreetGrid, Streets
from planner.network.store import frozen

MAX_LINK_M: Final = 300.0  # a stop farther from any street isn't walked to


def link_stops(
    streets: Streets,
    grid: StreetGrid,
    stops: Stops,
    issues: IssueLog,
    *,
    doors: Doors | None = None,
) -> StopLinks:
    """Up to four street candidates per stop within 300 m, the nearest first.

    A stop that has `doors` has the candidates of each of its entrances instead of its own, and
    no link where none of them lies near a street. The islands are out of `streets` by now
    (graph_build/streets/islands.py), so every candidate leads somewhere. A stop without
    coordinates has no candidate and was reported by its reader.
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
    stop, candidate = np.nonzero(found)
    place = stop  # whose candidate it is: the stop's, or an entrance's
    entrance = np.full(len(stop), NONE)
    enter_s = leave_s = np.zeros(len(stop), np.int32)
    if doors is not None and len(doors.stop):
        own = ~np.isin(stop, doors.stop)
        door, at = np.nonzero(found[doors.entrance])
        stop = np.concatenate((stop[own], doors.stop[door]))
        place = np.concatenate((place[own], doors.entrance[door]))
        candidate = np.concatenate((candidate[own], at))
        entrance = np.concatenate((entrance[own], doors.entrance[door]))
        enter_s = np.concatenate((enter_s[own], doors.enter_s[door]))
        leave_s = np.concatenate((leave_s[own], doors.leave_s[door]))
    distance = distances[place, candidate]
    order = np.lexsort((candidate, distance, stop))
    offset = np.searchsorted(stop[order], np.arange(len(stops.lat) + 1))
    place, candidate = place[order], candidate[order]
    _report_unlinked(stops, np.diff(offset) == 0, issues)
    return StopLinks(
        stop_offset=frozen(offset, np.int32),
        edge=frozen(edges[place, candidate], np.int32),
        fraction=frozen(fractions[place, candidate], np.float32),
        distance_m=frozen(distance[order], np.float32),
        entrance=frozen(entrance[order], np.int32),
        enter_s=frozen(enter_s[order], np.int32),
        leave_s=frozen(leave_s[order], np.int32),
    )


def without_steps(links: StopLinks, doors: Doors) -> StopLinks | None:
    """`links` for whoever takes other ways inside, those of `doors`; None where all are equal.

    A link to an entrance from which these don't lead stays, closed both ways: its platform lies
    behind steps, and isn't to be reached from the street above it either.
    """
    n_stops = len(links.stop_offset) - 1
    through = np.flatnonzero(links.entrance != NONE)
    stop = np.repeat(np.arange(n_stops, dtype=np.int64), np.diff(links.stop_offset))
    wanted = stop[through] * n_stops + links.entrance[through]
    known = doors.stop.astype(np.int64) * n_stops + doors.entrance
    at = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
    leads = known[at] == wanted if len(known) else np.zeros(len(wanted), bool)
    columns = []
    for old, new in ((links.enter_s, doors.enter_s), (links.leave_s, doors.leave_s)):
        column = old.copy()
        column[through] = UNREACHED
        column[through[leads]] = new[at[leads]]
        columns.append(frozen(column, np.int32))
    changed = links._replace(enter_s=columns[0], leave_s=columns[1])
    same = all(map(np.array_equal, columns, (links.enter_s, links.leave_s)))
    return None if same else changed


def shut_stops(links: StopLinks) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which stops have links, and none to come in by; which have none to go out by."""
    count = np.diff(links.stop_offset)
    stop = np.repeat(np.arange(len(count)), count)
    way_in, way_out = (
        np.bincount(stop[seconds < UNREACHED], minlength=len(count)) > 0
        for seconds in (links.enter_s, links.leave_s)
    )
    return (count > 0) & ~way_in, (count > 0) & ~way_out


def _report_unlinked(stops: Stops, unlinked: np.ndarray, issues: IssueLog) -> None:
    """Tell which stops lie too far from the streets."""
    for stop in np.flatnonzero(unlinked & np.isfinite(stops.lat) & np.isfinite(stops.lon)).tolist():
        detail = f"no street to walk on within {MAX_LINK_M:.0f} m"
        where = f"stop {stops.stop_id.get(stop)}"
        issues.add(Issue("stop_not_linked", where, "kept for rides", detail))
