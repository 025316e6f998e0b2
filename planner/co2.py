"""What vehicles emit: grams of CO2 equivalent per passenger-kilometre, read from co2.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

OTHER: Final = "other"  # whatever no other factor lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One kind of vehicle; grams per passenger-kilometre.

    usage: running it and making its energy; construction: making the vehicle. assumed: why the
    figure stands for vehicles that the source doesn't list, "" where it does.
    """

    name: str
    usage: float
    construction: float
    assumed: str = ""

    @property
    def total(self) -> float:
        """Grams over the vehicle's whole life."""
        return self.usage + self.construction


@dataclass(frozen=True, slots=True)
class Source:
    """Where the factors are from."""

    name: str
    url: str
    version: str
    date: date


def factor_of(route_type: int) -> Factor:
    """What a vehicle of this GTFS route type emits, extended types included."""
    table = _table()
    return table.factors[table.by_type.get(route_type, OTHER)]


def list_factors() -> Mapping[str, Factor]:
    """Every factor, by the kind of vehicle."""
    return _table().factors


def source() -> Source:
    """Where the factors are from, to be shown beside every figure made with them."""
    return _table().source


@dataclass(frozen=True, slots=True)
class _Table:
    source: Source
    factors: Mapping[str, Factor]
    by_type: Mapping[int, str]


@cache
def _table() -> _Table:
    table = tomllib.loads(files(__package__).joinpath("co2.toml").read_text(encoding="utf-8"))
    origin = Source(**table.pop("source"))
    types = {name: _route_types(keys.pop("route_types")) for name, keys in table.items()}
    factors = {name: Factor(name=name, **keys) for name, keys in table.items()}
    by_type = {number: name for name, numbers in types.items() for number in numbers}
    return _Table(origin, MappingProxyType(factors), MappingProxyType(by_type))


def _route_types(texts: list[Any]) -> list[int]:
    """`"5-7"` and `"12"` as the numbers meant."""
    numbers: list[int] = []
    for text in texts:
        first, _, last = text.partition("-")
        numbers.extend(range(int(first), int(last or first) + 1))
    return numbers
