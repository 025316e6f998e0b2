"""The form of a departure-time profile: what may be asked of it, and what it answers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import Field

from planner.network.shape import UNREACHED
from planner.profile import Shift, TripProfile, shifts, spread
from web.motis import schema
from web.motis.query import Count, Text, Wishes
from web.motis.response import Detail, Writer, utc

SHIFTS: Final = (-60, -30, -15, 15, 30, 60)  # minutes
MINUTE: Final = 60
DAY_H: Final = 24
_LAST_H: Final = 30  # hours on a day's clock that a window may end at
_CLOCK: Final = re.compile(r"(\d{1,2}):([0-5]\d)", re.ASCII)


class ProfileQuery(Wishes):
    """Parameters of `profile`."""

    from_place: Text = Field(description="`lat,lon[,level]` in degrees, or a stop id.")
    to_place: Text = Field(description="`lat,lon[,level]` in degrees, or a stop id.")
    date: Text | None = Field(None, description="The day, `2026-11-24`. Today by default.")
    first_departure: Text = Field("04:00", description="Start of the window, local.")
    last_departure: Text = Field(
        "24:00", description="Its end, at most 24 hours later; `26:00` is 02:00 of the next day."
    )
    step: int = Field(10, ge=1, le=120, description="Minutes between two of `travelTimes`.")
    around: Text | None = Field(
        None, description="Local time that `shifts` are counted from; without it there are none."
    )
    max_direct_time: Count = Field(7200, description="Seconds of the walk that is compared.")


class ProfileJourney(schema.Form):
    """A departure that is worth taking."""

    departure: schema.Instant
    arrival: schema.Instant
    duration: int = Field(description="Seconds.")
    transfers: int


class TravelTime(schema.Form):
    """How long it takes if one sets out at a time, waiting included."""

    departure: schema.Instant
    duration: int | None = Field(
        None, description="Seconds, on foot where that is quicker; left out where there is no way."
    )


class ShiftGain(schema.Form):
    """What is won by leaving later, or earlier where `minutes` is negative."""

    minutes: int
    departure: schema.Instant
    duration: int | None = Field(None, description="Seconds, waiting included.")
    gain: int | None = Field(None, description="Seconds less than at the time compared to.")


class ProfileResponse(schema.Form):
    """Answer to `profile`. Over all minutes of the window: the best, the worst, the median."""

    from_: schema.Place
    to: schema.Place
    first: schema.Instant
    last: schema.Instant
    journeys: list[ProfileJourney]
    step: int = Field(description="Minutes.")
    travel_times: list[TravelTime]
    walk_duration: int | None = Field(None, description="Seconds of the whole way on foot.")
    best: TravelTime | None = None
    worst: TravelTime | None = None
    median: int | None = Field(None, description="Seconds.")
    unreached: int = Field(description="Minutes of the window from which there is no way.")
    shifts: list[ShiftGain]
    shortfalls: list[schema.Shortfall]
    unsupported: list[schema.Unsupported]


def read_clock(text: str) -> timedelta:
    """`08:30`, or `26:00` of the next day, as a distance from midnight; raises ValueError."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None or int(match[1]) > _LAST_H:
        msg = "it is not a time such as 08:30"
        raise ValueError(msg)
    return timedelta(hours=int(match[1]), minutes=int(match[2]))


def read_day(text: str) -> date:
    """`2026-11-24`; raises ValueError."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        msg = "it is not a date such as 2026-11-24"
        raise ValueError(msg) from None


def local_instant(day: date, clock: timedelta, zone: ZoneInfo) -> datetime:
    """What the clocks of `zone` show as `clock` on `day`, hours over 24 on the next one."""
    return datetime.combine(day, time(), zone) + clock  # the same zone: wall clock arithmetic


def profile_response(
    profile: TripProfile,
    zone: ZoneInfo,
    *,
    step: int = 10,
    around: datetime | None = None,
    unsupported: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The JSON object of `profile`."""
    writer = Writer(Detail(), zone.key)
    found = spread(profile)
    at = profile.minutes(step)
    inside = slice(profile.n_inside)
    response = ProfileResponse(
        from_=writer.place(profile.origin, bare="START"),
        to=writer.place(profile.destination, bare="END"),
        first=utc(profile.first),
        last=utc(profile.last),
        journeys=[
            ProfileJourney(
                departure=_utc(left), arrival=_utc(came), duration=came - left, transfers=transfers
            )
            for left, came, transfers in zip(
                profile.departure[inside].tolist(),
                profile.arrival[inside].tolist(),
                profile.transfers[inside].tolist(),
                strict=True,
            )
        ],
        step=step,
        travel_times=[
            _travel_time(when, seconds)
            for when, seconds in zip(at.tolist(), profile.travel_s(at).tolist(), strict=True)
        ],
        walk_duration=profile.walk_s,
        best=None if found is None else _travel_time(found.best_at, found.best_s),
        worst=None if found is None else _travel_time(found.worst_at, found.worst_s),
        median=None if found is None else found.median_s,
        unreached=len(profile.minutes()) if found is None else found.unreached,
        shifts=[] if around is None else [_gain(s) for s in shifts(profile, around, SHIFTS)],
        shortfalls=[
            schema.Shortfall(reason=short.reason, message=short.message, facts=short.facts)
            for short in profile.shortfalls
        ],
        unsupported=[
            schema.Unsupported(parameter=parameter, message=message)
            for parameter, message in (unsupported or {}).items()
        ],
    )
    return response.model_dump(by_alias=True, exclude_none=True)


def _travel_time(when: int, seconds: int) -> TravelTime:
    return TravelTime(departure=_utc(when), duration=None if seconds >= UNREACHED else seconds)


def _gain(shift: Shift) -> ShiftGain:
    return ShiftGain(
        minutes=shift.minutes,
        departure=utc(shift.departure),
        duration=shift.travel_s,
        gain=shift.gain_s,
    )


def _utc(posix: int) -> str:
    return utc(datetime.fromtimestamp(posix, UTC))
