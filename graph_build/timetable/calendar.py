"""Service days: which service runs on which date, as one matrix, never a weekday at query time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from feeds.gtfs_checks import Tables, list_service_ends
from feeds.gtfs_schema import WEEKDAYS
from feeds.issues import FeedError, Issue, IssueLog
from feeds.tables import GtfsFeed
from planner.network.shape import UInt8

MAX_DAYS: Final = 20 * 366  # a date mistyped by a century would fill the memory with empty days
_THURSDAY: Final = 3  # the weekday of 1970-01-01, Monday being 0

DateRange = tuple[date, date]


def find_validity(feed: GtfsFeed) -> DateRange | None:
    """First and last date on which any service of the feed may run; None where none ever does."""
    ends = list_service_ends(feed.tables)["date"]
    return None if ends.empty else (ends.min().date(), ends.max().date())


def choose_dates(
    feeds: Sequence[GtfsFeed], date_range: DateRange | None, issues: IssueLog
) -> DateRange:
    """The dates to compile: all that the feeds cover, within `date_range` if it is given.

    More than MAX_DAYS are cut to those around the middle of the services. A feed outside the
    range is an issue. Raises FeedError where no feed has a service in the range.
    """
    spans = [span for feed in feeds if (span := find_validity(feed))]
    if not spans:
        msg = f"No service of {_names(feeds)} ever runs."
        raise FeedError(msg)
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    low, high = date_range or (first, last)
    if max(low, first) > min(high, last):
        msg = (
            f"No service of {_names(feeds)} runs from {low} to {high}: "
            f"the timetable is valid from {first} to {last}."
        )
        raise FeedError(msg)
    first, last = max(low, first), min(high, last)
    if (last - first).days >= MAX_DAYS:
        first, last = _cut(feeds, first, last)
        where = f"{first} to {last}"
        issues.add(Issue("calendar_too_long", where, "other dates left out", _names(feeds)))
    for feed in feeds:
        span = find_validity(feed)
        if span is None or span[0] > last or span[1] < first:
            detail = f"valid {span[0]} to {span[1]}" if span else "no service ever runs"
            issues.add(Issue("feed_outside_dates", feed.name, "left without trips", detail))
    return first, last


def compile_service_days(
    tables: Tables, service_ids: Sequence[str], first: date, last: date
) -> UInt8:
    """uint8 (n_services, n_days), 1 where the service runs; day 0 is `first`.

    calendar.txt's weekdays, and what calendar_dates.txt adds, less what it removes; either file
    may be missing. Several calendar rows of one service add up.
    """
    index = pd.Index(service_ids)
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    runs = np.zeros((len(index), len(days)), np.uint8)
    if (calendar := tables.get("calendar")) is not None:
        row = index.get_indexer(pd.Index(calendar["service_id"]))
        calendar, row = calendar[row >= 0], row[row >= 0]
        start, end = (
            calendar[name].to_numpy().astype("datetime64[D]")[:, None]
            for name in ("start_date", "end_date")
        )
        weekday = (days.astype(np.int64) + _THURSDAY) % 7
        weekly = calendar[list(WEEKDAYS)].to_numpy(np.uint8)[:, weekday]
        np.bitwise_or.at(runs, row, weekly & (start <= days) & (days <= end))
    if (exceptions := tables.get("calendar_dates")) is not None:
        row = index.get_indexer(pd.Index(exceptions["service_id"]))
        day = (exceptions["date"].to_numpy().astype("datetime64[D]") - days[0]).astype(np.int64)
        within = (row >= 0) & (day >= 0) & (day < len(days))
        kind = exceptions["exception_type"].to_numpy()
        for exception, value in ((1, 1), (2, 0)):  # what is removed wins
            chosen = within & (kind == exception)
            runs[row[chosen], day[chosen]] = value
    return runs


def _cut(feeds: Sequence[GtfsFeed], first: date, last: date) -> DateRange:
    """MAX_DAYS dates around the median of the services' ends."""
    ends = pd.concat([list_service_ends(feed.tables)["date"] for feed in feeds])
    middle = ends.clip(pd.Timestamp(first), pd.Timestamp(last)).sort_values().iloc[len(ends) // 2]
    start = middle.date().toordinal() - MAX_DAYS // 2
    start = min(max(start, first.toordinal()), last.toordinal() - MAX_DAYS + 1)
    return date.fromordinal(start), date.fromordinal(start + MAX_DAYS - 1)


def _names(feeds: Sequence[GtfsFeed]) -> str:
    return ", ".join(feed.name for feed in feeds) or "no feed"
