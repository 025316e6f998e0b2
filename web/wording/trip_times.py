"""The times of a trip in whole minutes, the same on the pages and in the terminal."""

from __future__ import annotations

from datetime import datetime

from planner.itinerary import Itinerary, TransitLeg, later


def to_minute(instant: datetime) -> datetime:
    """Seconds dropped, as timetables do."""
    return instant.replace(second=0, microsecond=0)


def find_start(trip: Itinerary) -> datetime:
    """When one leaves, seconds dropped."""
    return to_minute(trip.start)


def find_end(trip: Itinerary) -> datetime:
    """When one is there; after a walk the minute is rounded up, so that it is kept."""
    by_vehicle = isinstance(trip.legs[-1], TransitLeg)
    return to_minute(trip.end if by_vehicle else later(trip.end, 59))
