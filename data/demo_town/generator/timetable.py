"""Services, holidays and departures of the model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from generator.lines import Call, Line

FIRST_DAY: Final = date(2026, 1, 1)
LAST_DAY: Final = date(2028, 12, 31)
# service -> Monday .. Sunday
CALENDAR: Final = {
    "weekday": (1, 1, 1, 1, 1, 0, 0),
    "saturday": (0, 0, 0, 0, 0, 1, 0),
    "sunday": (0, 0, 0, 0, 0, 0, 1),
}
DWELL_S: Final = {"metro": 25, "rer": 45, "tram": 25, "bus": 15, "night": 15}


def easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian computus (Meeus, Astronomical Algorithms)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def holidays(year: int) -> list[date]:
    """The eleven public holidays of France (code du travail, article L3133-1)."""
    moving = [easter(year) + timedelta(days=days) for days in (1, 39, 50)]
    fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)]
    return sorted({*moving, *(date(year, month, day) for month, day in fixed)})


def exceptions() -> Iterator[tuple[str, date, int]]:
    """calendar_dates: on a holiday the Sunday service runs (1) and the day's own doesn't (2)."""
    for year in range(FIRST_DAY.year, LAST_DAY.year + 1):
        for day in holidays(year):
            own = next(name for name, week in CALENDAR.items() if week[day.weekday()])
            if own != "sunday":
                yield "sunday", day, 1
                yield own, day, 2


def departures(headways: str, shift_s: int) -> list[int]:
    """Seconds after midnight of each departure of "05:30-07:00/6 07:00-10:00/3 …".

    `shift_s` moves all of them, so that the two directions don't leave at once.
    """
    times: list[int] = []
    for band in headways.split():
        span, _, minutes = band.partition("/")
        start, end = (int(part[:-3]) * 3600 + int(part[-2:]) * 60 for part in span.split("-"))
        times += range(start + shift_s, end, int(minutes) * 60)
    return times


def run(line: Line, calls: tuple[Call, ...], start: int) -> list[tuple[int, int]]:
    """(arrival, departure) at each call of a trip that leaves at `start`, whole half minutes."""
    times: list[tuple[int, int]] = []
    clock = start
    for index, call in enumerate(calls):
        if index:
            metres = call.along_m - calls[index - 1].along_m
            ride = max(30, round(metres / (line.kmh / 3.6) / 30.0) * 30)
            clock += ride
        last = index == len(calls) - 1
        leave = clock if index == 0 or last else clock + (30 if DWELL_S[line.kind] >= 40 else 0)
        times.append((clock, leave))
        clock = leave
    return times
