"""What is written about a place before it goes into places.sqlite."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class House:
    """One house number of a street."""

    number: int
    suffix: str
    label: str
    lat: float
    lon: float
    postcode: str = ""


@dataclass(slots=True, kw_only=True)
class PlaceRow:
    """One place to be found by its words.

    kind: "stop", "street", "poi", "place". importance: 0..1, what many look for.
    spots: points (lat, lon) where a reverse search meets it; only its own point if empty.
    """

    kind: str
    name: str
    lat: float
    lon: float
    importance: float
    category: str = ""
    stop_id: str | None = None
    street: str = ""
    house_number: str = ""
    city: str = ""
    postcode: str = ""
    source_id: str = ""
    other_names: str = ""
    spots: list[tuple[float, float]] = field(default_factory=list)
    houses: list[House] = field(default_factory=list)
