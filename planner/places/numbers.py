"""Where a house number stands on its street, exactly or by its neighbours."""

from __future__ import annotations

import sqlite3
from typing import Literal, NamedTuple

Precision = Literal["exact", "interpolated", "nearest", "street"]


class HousePoint(NamedTuple):
    """A house number's point; `label` is the number that is really there."""

    label: str
    lat: float
    lon: float
    postcode: str
    precision: Precision


class _House(NamedTuple):
    number: int
    suffix: str
    label: str
    lat: float
    lon: float
    postcode: str


def find_house(
    connection: sqlite3.Connection, street: int, number: int, suffix: str
) -> HousePoint | None:
    """The point of a number: its own, between its neighbours, or the nearest; None without any.

    Neighbours of the same parity are taken where there are some: they stand on the same side.
    """
    rows = connection.execute(
        "SELECT number, suffix, label, lat, lon, postcode FROM house WHERE street = ?", (street,)
    )
    houses = [_House(*row) for row in rows]
    if not houses:
        return None
    same = [house for house in houses if house.number == number]
    if same:
        best = min(same, key=lambda house: (house.suffix != suffix, house.suffix))
        precision: Precision = "exact" if best.suffix == suffix else "nearest"
        return HousePoint(best.label, best.lat, best.lon, best.postcode, precision)
    side = [house for house in houses if house.number % 2 == number % 2] or houses
    below = max((h for h in side if h.number < number), key=lambda h: h.number, default=None)
    above = min((h for h in side if h.number > number), key=lambda h: h.number, default=None)
    if below and above:
        return _between(below, above, number, suffix)
    end = below or above
    return HousePoint(end.label, end.lat, end.lon, end.postcode, "nearest") if end else None


def _between(below: _House, above: _House, number: int, suffix: str) -> HousePoint:
    share = (number - below.number) / (above.number - below.number)
    return HousePoint(
        label=f"{number}{suffix}",
        lat=below.lat + share * (above.lat - below.lat),
        lon=below.lon + share * (above.lon - below.lon),
        postcode=below.postcode if below.postcode == above.postcode else "",
        precision="interpolated",
    )
