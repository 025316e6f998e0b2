"""What vehicles show at single calls, where that isn't what they show for the whole trip.

GTFS' stop_headsign holds for its own call alone; a blank one is the trip's headsign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feeds.tables import GtfsFeed
from planner.network.shape import NONE, Int32
from planner.network.store import frozen


class Signs(NamedTuple):
    """Timetable.signed_trip, signed_row, sign_offset and sign, and all headsigns."""

    trip: Int32
    row: Int32
    offset: Int32
    sign: Int32
    headsigns: list[str]


def compile_signs(
    feeds: Sequence[GtfsFeed],
    parts: Sequence[Mapping[str, NDArray[Any]]],
    trip_headsign: NDArray[Any],
    headsigns: list[str],
) -> Signs:
    """The headsigns of single calls, each row of them once.

    parts: of each feed, `trip_first_event` (row of its stop_times) and `trip_events` by trip.
    trip_headsign: -> headsigns, of the trips of all feeds.
    """
    number = {text: place for place, text in enumerate(headsigns)}
    rows: dict[bytes, int] = {}
    trips: list[int] = []
    of_trip: list[int] = []
    begin = 0  # the feed's first trip
    for feed, part in zip(feeds, parts, strict=True):
        first, count = part["trip_first_event"], part["trip_events"]
        shown = _shown(feed, number)
        for trip in _signed(shown, first, count):
            row = shown[first[trip] : first[trip] + count[trip]].copy()
            row[row == trip_headsign[begin + trip]] = NONE
            if (row != NONE).any():
                trips.append(begin + trip)
                of_trip.append(rows.setdefault(row.tobytes(), len(rows)))
        begin += len(first)
    sizes = [len(row) // np.dtype(np.int32).itemsize for row in rows]
    return Signs(
        trip=frozen(np.array(trips), np.int32),
        row=frozen(np.array(of_trip), np.int32),
        offset=frozen(np.cumsum([0, *sizes]), np.int32),
        sign=frozen(np.frombuffer(b"".join(rows), np.int32), np.int32),
        headsigns=list(number),
    )


def _shown(feed: GtfsFeed, number: dict[str, int]) -> Int32:
    """Headsign of each row of a feed's stop_times, NONE for none; new ones go into `number`."""
    times = feed.stop_times
    if not len(times.headsign):
        return times.headsign
    own = [number.setdefault(text, len(number)) for text in times.headsigns]
    return np.array([*own, NONE], np.int32)[times.headsign]


def _signed(shown: Int32, first: NDArray[Any], count: NDArray[Any]) -> list[int]:
    """The trips with a headsign at some call."""
    if not len(shown):
        return []
    told = np.concatenate(([0], np.cumsum(shown != NONE)))
    return np.flatnonzero(told[first + count] > told[first]).tolist()
