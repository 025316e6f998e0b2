"""Checks an itinerary against the published feed alone: could one really travel so?"""

from __future__ import annotations

import io
import math
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pandas as pd

from planner.itinerary import Itinerary, StreetLeg, TransitLeg

METRES_PER_DEGREE = 111_195
FASTEST_KMH = {"walk": 6.5, "bike": 30.0, "car": 130.0}


def metres(a, b):
    east = (b[1] - a[1]) * math.cos(math.radians(a[0]))
    return math.hypot(b[0] - a[0], east) * METRES_PER_DEGREE


@dataclass(frozen=True)
class PublishedFeed:
    """A feed as published, read by pandas and by none of our code."""

    trips: pd.DataFrame
    stop_times: dict[str, pd.DataFrame]
    calendar: pd.DataFrame
    exceptions: dict[tuple[str, str], str]

    @classmethod
    def read(cls, path: Path) -> PublishedFeed:
        with zipfile.ZipFile(path) as archive:

            def table(name):
                if name not in archive.namelist():
                    return pd.DataFrame()
                data = archive.read(name).decode("utf-8-sig")
                return pd.read_csv(io.StringIO(data), dtype=str, keep_default_na=False)

            stop_times = table("stop_times.txt")
            stop_times["stop_sequence"] = stop_times["stop_sequence"].astype(int)
            dates = table("calendar_dates.txt")
            return cls(
                trips=table("trips.txt").set_index("trip_id"),
                stop_times=dict(
                    list(stop_times.sort_values("stop_sequence").groupby("trip_id", sort=False))
                ),
                calendar=table("calendar.txt"),
                exceptions={
                    (row.service_id, row.date): row.exception_type for row in dates.itertuples()
                },
            )

    def runs(self, trip_id: str, date) -> bool:
        service = self.trips.loc[trip_id, "service_id"]
        exception = self.exceptions.get((service, f"{date:%Y%m%d}"))
        if exception is not None:
            return exception == "1"
        for row in self.calendar.itertuples():
            if row.service_id == service:
                day = getattr(row, f"{date:%A}".lower())
                return day == "1" and row.start_date <= f"{date:%Y%m%d}" <= row.end_date
        return False


def check(itinerary: Itinerary, feed: PublishedFeed) -> None:
    """Assert every promise of an itinerary: legs touch, times follow, trips run and stop."""
    check_legs(itinerary)
    for leg, following in zip(itinerary.legs, [*itinerary.legs[1:], None], strict=True):
        if isinstance(leg, TransitLeg):
            check_ride(leg, feed, goes_on=stays_seated(following))


def stays_seated(leg) -> bool:
    return isinstance(leg, TransitLeg) and leg.stay_seated


def check_legs(itinerary: Itinerary) -> None:
    """Assert what needs no feed: legs touch, times follow, nobody runs."""
    for before, after in pairwise(itinerary.legs):
        assert before.end <= after.start, (before.end, after.start)
        # A change at one stop has no leg; a stop has one place. Who stays seated may be driven to
        # where the vehicle goes on from.
        assert metres(before.points[-1], after.points[0]) < (201 if stays_seated(after) else 1)
        assert not stays_seated(after) or isinstance(before, TransitLeg)
    for leg in itinerary.legs:
        assert leg.start <= leg.end
        assert metres(leg.points[0], (leg.origin.lat, leg.origin.lon)) < 1
        assert metres(leg.points[-1], (leg.destination.lat, leg.destination.lon)) < 1
        if isinstance(leg, StreetLeg):
            check_way(leg)


def check_way(leg: StreetLeg) -> None:
    length = sum(metres(a, b) for a, b in pairwise(leg.points)) * (1.3 if leg.estimated else 1)
    assert abs(length - leg.length_m) <= max(2.0, 0.01 * length), (length, leg.length_m)
    seconds = (leg.end - leg.start).total_seconds()
    assert leg.length_m <= (seconds + 1) * FASTEST_KMH[leg.mode] / 3.6
    if leg.steps:
        assert abs(sum(step.length_m for step in leg.steps) - leg.length_m) <= 0.02 * length + 2
        for one, following in pairwise(leg.steps):
            assert metres(one.points[-1], following.points[0]) < 1


def check_ride(leg: TransitLeg, feed: PublishedFeed, *, goes_on: bool = False) -> None:
    """The trip runs that day, calls where the leg says at the published times, and may be used."""
    assert feed.runs(leg.trip_id, leg.service_date), (leg.trip_id, leg.service_date)
    published = list(feed.stop_times[leg.trip_id].itertuples())
    noon = datetime.combine(leg.service_date, datetime.min.time(), leg.start.tzinfo)
    zero = noon.replace(hour=12) - timedelta(hours=12)

    def seconds(text):
        hours, minutes, rest = text.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + int(rest)

    def fits(row, call):
        return (
            row.stop_id == call.place.stop_id.removeprefix(f"{leg.feed}:")
            and row.departure_time != ""
            and zero.timestamp() + seconds(row.departure_time) == call.departure.timestamp()
        )

    starts = [i for i, row in enumerate(published) if fits(row, leg.calls[0])]
    assert starts, f"{leg.trip_id} doesn't leave {leg.origin.name} at {leg.start}"
    calls = published[starts[0] : starts[0] + len(leg.calls)]
    assert len(calls) == len(leg.calls)
    for row, call in zip(calls[1:], leg.calls[1:], strict=True):
        assert row.stop_id == call.place.stop_id.removeprefix(f"{leg.feed}:")
        if row.arrival_time:
            assert zero.timestamp() + seconds(row.arrival_time) == call.arrival.timestamp()
    assert leg.stay_seated or getattr(calls[0], "pickup_type", "") != "1"
    assert goes_on or getattr(calls[-1], "drop_off_type", "") != "1"
