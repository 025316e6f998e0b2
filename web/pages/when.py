"""When to leave, arranged for the page: what is won by it, and the day as columns and rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

import numpy as np

from planner.network.shape import UNREACHED
from planner.profile import (
    Shift,
    Spread,
    TripProfile,
    best_departure,
    next_departure,
    shifts,
    spread,
)
from planner.request import Request

FIRST_H, LAST_H = 4, 24  # the window, local hours
SLOT_MIN: Final = 30
SHIFTS: Final = (-60, -30, -15, 0, 15, 30, 60)  # minutes
WORTH_SAYING_S: Final = 120  # what one would leave at another time for
NEARBY_S: Final = 3600
HEIGHT: Final = 200.0  # of the columns, CSS pixels
_MINUTE: Final = 60
_GRID: Final = (5, 10, 15, 20, 30, 60, 120, 240)  # minutes between two lines of the chart
_LINES: Final = 4
_WAIT_SHARE: Final = 3.0  # of the longer trips: what the chart shows at most
_HOURS: Final = 2  # between two hours written under the chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Half an hour of departures.

    count: departures worth taking. departure, arrival, transfers, seconds: of the shortest of
    them, None where there is none. typical_s: the median travel time of its minutes, waiting
    included, None where one never gets there. x, width: percent of the chart; top, height: of
    the shortest trip's column, wait_top, wait_height: of the wait above, CSS pixels. cut: it is
    longer than the chart shows.
    """

    start: datetime
    end: datetime
    count: int
    departure: datetime | None
    arrival: datetime | None
    transfers: int
    seconds: int | None
    typical_s: int | None
    chosen: bool
    best: bool
    url: str
    x: float
    width: float
    top: float
    height: float
    wait_top: float
    wait_height: float
    cut: bool

    @property
    def middle(self) -> float:
        """Percent across of the column's middle."""
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A mark on an axis: where (percent across, or pixels down) and its number."""

    at: float
    value: int


@dataclass(frozen=True, slots=True)
class Departure:
    """When one leaves, and how long it takes from then."""

    at: datetime
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenView:
    """The page. asked: when the traveller meant to leave, None outside the day's window.

    taken: the departure that this makes them take. better: one nearby that makes a shorter trip,
    None where it wouldn't be worth it.
    """

    slots: tuple[Slot, ...]
    levels: tuple[Line, ...]
    hours: tuple[Line, ...]
    walk_at: float | None
    walk_s: int | None
    asked: datetime | None
    asked_at: float | None
    taken: Departure | None
    better: Departure | None
    shifts: tuple[Shift, ...]
    spread: Spread | None

    @property
    def walking_wins(self) -> bool:
        """Whether no vehicle is quicker than walking all the way."""
        return self.walk_s is not None and (
            self.spread is None or self.spread.best_s >= self.walk_s
        )

    @property
    def departures(self) -> int:
        """Departures worth taking in the whole window."""
        return sum(slot.count for slot in self.slots)


def view_when(
    profile: TripProfile,
    asked: datetime,
    url_at: Callable[[datetime], str],
    *,
    now: datetime | None = None,
) -> WhenView:
    """The page for `profile`; url_at: where the trips that leave then are shown.

    now: who doesn't ask of the past is told of no departure before it.
    """
    since = now if now is not None and asked >= now else None
    zone = asked.tzinfo
    inside = profile.first <= asked <= profile.last
    found = spread(profile)
    scale = _Scale(profile)
    taken = _departure(profile, next_departure(profile, asked), zone) if inside else None
    slots = tuple(_slots(profile, scale, asked if inside else None, url_at))
    return WhenView(
        slots=slots,
        levels=scale.levels,
        hours=tuple(_hours(profile, scale, zone)),
        walk_at=None if profile.walk_s is None else scale.down(profile.walk_s),
        walk_s=profile.walk_s,
        asked=asked if inside else None,
        asked_at=scale.across(asked.timestamp()) if inside else None,
        taken=taken,
        better=_better(profile, asked, taken, since) if taken is not None else None,
        shifts=tuple(shifts(profile, asked, SHIFTS)) if inside else (),
        spread=found,
    )


def day_request(request: Request, asked: datetime) -> Request:
    """`request` for all departures of the day of `asked`."""
    begin = datetime.combine(asked.date(), time(FIRST_H), asked.tzinfo)
    end = datetime.combine(asked.date(), time(), asked.tzinfo) + timedelta(hours=LAST_H)
    seconds = int(end.timestamp() - begin.timestamp())
    return replace(request, time=begin, arrive_by=False, window_s=seconds)


def leaving_for(profile: TripProfile, arrival: datetime) -> datetime:
    """The last departure that is there by `arrival`; `arrival` itself where there is none."""
    there = np.flatnonzero(profile.arrival <= int(arrival.timestamp()))
    if not there.size:
        return arrival
    return datetime.fromtimestamp(int(profile.departure[there].max()), arrival.tzinfo)


class _Scale:
    """Where times and durations are on the chart."""

    def __init__(self, profile: TripProfile) -> None:
        self.begin = profile.first.timestamp()
        self.length = max(1.0, profile.last.timestamp() - self.begin)
        longest = _longest_s(profile)
        step = next((s for s in _GRID if longest <= s * _MINUTE * _LINES), _GRID[-1])
        self.top_s = step * _MINUTE * -(-longest // (step * _MINUTE))
        self.levels = tuple(
            Line(at=self.down(minutes * _MINUTE), value=minutes)
            for minutes in range(0, self.top_s // _MINUTE + 1, step)
        )

    def across(self, posix: float) -> float:
        """Percent from the left."""
        return round(100 * (posix - self.begin) / self.length, 2)

    def down(self, seconds: float) -> float:
        """Pixels from the top; what is too long is cut there."""
        return round(HEIGHT * (1 - min(seconds, self.top_s) / self.top_s), 1)


def _longest_s(profile: TripProfile) -> int:
    """The longest duration that the chart shows: the trips fit, the longest waits may be cut."""
    travel = profile.travel_s(profile.minutes(5))
    reached = travel[travel < UNREACHED]
    longest = float(np.quantile(reached, 0.9)) * 1.15 if reached.size else 60.0 * _MINUTE
    trips = (profile.arrival - profile.departure)[: profile.n_inside]
    if trips.size:
        longest = min(longest, _WAIT_SHARE * float(np.quantile(trips, 0.9)))
    if profile.walk_s is not None and profile.walk_s <= longest * 1.5:
        longest = max(longest, profile.walk_s * 1.05)
    return max(_MINUTE, int(longest))


def _slots(
    profile: TripProfile,
    scale: _Scale,
    asked: datetime | None,
    url_at: Callable[[datetime], str],
) -> list[Slot]:
    duration = (profile.arrival - profile.departure)[: profile.n_inside]
    starts = profile.minutes(SLOT_MIN)[:-1]
    shortest = int(duration.min()) if duration.size else -1
    return [_slot(profile, scale, int(begin), asked, url_at, shortest) for begin in starts.tolist()]


def _slot(  # noqa: PLR0917 - a half hour of a day
    profile: TripProfile,
    scale: _Scale,
    begin: int,
    asked: datetime | None,
    url_at: Callable[[datetime], str],
    shortest: int,
) -> Slot:
    zone = profile.first.tzinfo
    end = begin + SLOT_MIN * _MINUTE
    first, last = np.searchsorted(profile.departure, (begin, end), "left").tolist()
    minutes = np.arange(begin, end, _MINUTE, dtype=np.int64)
    typical = int(np.median(profile.travel_s(minutes)))
    departure = arrival = seconds = None
    transfers = 0
    if first < last:
        best = first + int((profile.arrival - profile.departure)[first:last].argmin())
        departure = datetime.fromtimestamp(int(profile.departure[best]), zone)
        arrival = datetime.fromtimestamp(int(profile.arrival[best]), zone)
        seconds = int(profile.arrival[best] - profile.departure[best])
        transfers = int(profile.transfers[best])
    start = datetime.fromtimestamp(begin, zone)
    typical_s = None if typical >= UNREACHED else typical
    low = scale.down(seconds or 0)
    high = scale.down(max(typical_s or 0, seconds or 0))
    left, right = scale.across(begin), scale.across(end)
    return Slot(
        start=start,
        end=datetime.fromtimestamp(end, zone),
        count=last - first,
        departure=departure,
        arrival=arrival,
        transfers=transfers,
        seconds=seconds,
        typical_s=typical_s,
        chosen=asked is not None and begin <= asked.timestamp() < end,
        best=seconds is not None and seconds // _MINUTE == shortest // _MINUTE,
        url=url_at(departure or start),
        x=round(left + 0.12 * (right - left), 2),
        width=round(0.76 * (right - left), 2),
        top=low,
        height=round(HEIGHT - low, 1),
        wait_top=high,
        wait_height=round(low - high, 1),
        cut=max(typical_s or 0, seconds or 0) > scale.top_s,
    )


def _hours(profile: TripProfile, scale: _Scale, zone: tzinfo | None) -> list[Line]:
    """Every second hour of the clock."""
    begin = int(profile.first.timestamp())
    hours = range(begin, int(profile.last.timestamp()) + 1, _HOURS * 3600)
    return [
        Line(at=scale.across(posix), value=datetime.fromtimestamp(posix, zone).hour)
        for posix in hours
    ]


def _better(
    profile: TripProfile, asked: datetime, taken: Departure, since: datetime | None
) -> Departure | None:
    """A departure nearby that is quicker than the one taken, where that is worth saying."""
    index = best_departure(profile, asked, NEARBY_S, since=since)
    found = _departure(profile, index, asked.tzinfo)
    if found is None or taken.seconds - found.seconds < WORTH_SAYING_S:
        return None
    return found


def _departure(profile: TripProfile, index: int | None, zone: tzinfo | None) -> Departure | None:
    if index is None:
        return None
    left, came = int(profile.departure[index]), int(profile.arrival[index])
    return Departure(datetime.fromtimestamp(left, zone), came - left)
