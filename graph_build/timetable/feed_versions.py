"""One feed given twice, in an old and a new version: on no date do both count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from feeds.gtfs_coordinates import distance_km
from feeds.issues import Issue, IssueLog
from feeds.tables import GtfsFeed
from graph_build.timetable.calendar import compile_service_days, find_validity

_SHARED: Final = 2 / 3  # of all stops of both, and of all routes, that versions have in common
_MOVED_KM: Final = 0.5  # a stop of one id farther away is another's: many feeds count from 1

Days = NDArray[np.bool_]


def find_counting_days(
    feeds: Sequence[GtfsFeed], first: date, last: date, issues: IssueLog
) -> list[Days]:
    """On which days from `first` to `last` the trips of each feed count, (n_days,) bool each.

    All, but for a feed whose newer version is there too: where both run, the newer counts alone.
    The newer is the one whose services begin later; of equals, the later in `feeds`.
    """
    n_days = (last - first).days + 1
    counting = [np.ones(n_days, np.bool_) for _ in feeds]
    for pair in combinations(range(len(feeds)), 2):
        if not _are_versions(*(feeds[one] for one in pair)):
            continue
        older, newer = sorted(pair, key=lambda one: (_begin(feeds[one]), one))
        both = counting[older] & _running_days(feeds[older], first, last)
        both &= counting[newer] & _running_days(feeds[newer], first, last)
        if both.any():
            counting[older] &= ~both
            _report(feeds[older].name, feeds[newer].name, first, both, issues)
    return counting


def _are_versions(one: GtfsFeed, other: GtfsFeed) -> bool:
    """Whether most stops of both have the same id and place, and most routes the same id."""
    routes, other_routes = (set(feed.tables["routes"]["route_id"]) for feed in (one, other))
    if len(routes & other_routes) < _SHARED * len(routes | other_routes):
        return False
    columns = ["stop_lat", "stop_lon"]
    stops, other_stops = (
        feed.tables["stops"].set_index("stop_id")[columns] for feed in (one, other)
    )
    shared = stops.index.intersection(other_stops.index)
    here, there = (frame.loc[shared].to_numpy() for frame in (stops, other_stops))
    away = distance_km(*here.T, *there.T)
    near = np.count_nonzero(away < _MOVED_KM)
    return bool(near >= _SHARED * (len(stops) + len(other_stops) - len(shared)))


def _begin(feed: GtfsFeed) -> date:
    validity = find_validity(feed)
    return validity[0] if validity else date.min


def _running_days(feed: GtfsFeed, first: date, last: date) -> Days:
    services = feed.tables["trips"]["service_id"].unique().tolist()
    return np.asarray(compile_service_days(feed.tables, services, first, last).any(axis=0))


def _report(older: str, newer: str, first: date, both: Days, issues: IssueLog) -> None:
    days = np.flatnonzero(both).tolist()
    begin, end = (first + timedelta(days=day) for day in (days[0], days[-1]))
    done = f"trips of {newer} alone on {len(days)} dates"
    detail = f"two versions of one feed, both valid {begin} to {end}"
    issues.add(Issue("feeds_overlap", f"{older} and {newer}", done, detail))
