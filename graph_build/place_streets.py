"""Streets to search for: one row per name and settlement, with the house numbers on it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feeds.issues import Issue, IssueLog
from feeds.tables import NamedPlace, OsmExtract
from graph_build.localities import Localities
from graph_build.place_rows import House, PlaceRow
from planner.network.place_cells import distance_m, wide_tag
from planner.network.place_text import fold, parse_house_number, street_key
from planner.network.shape import NONE

_SPOT_EVERY_M: Final = 50.0
_M_PER_DEG: Final = 111_195.0
_HOUSE_NEAR_M: Final = 1_500.0  # a house further from every street of its name founds one
_GAP_M: Final = 1_000.0  # between ends of one street, where no settlement tells
_NO_STREETS: Final = frozenset(
    {"", "platform", "elevator", "proposed", "construction", "rest_area"}
)
_MAIN: Final = frozenset({"motorway", "trunk", "primary", "secondary", "tertiary"})
_LIVED_ON: Final = frozenset({"unclassified", "residential", "pedestrian", "living_street", "road"})
_LONG_M: Final = 5_000.0  # a street of this length has the most importance of its class
_LENGTH_SHARE: Final = 0.1  # of a street's importance
_CITY_SHARE: Final = 0.3  # "Via Torino" is more often that of the city than that of a village


class _Piece(NamedTuple):
    """A named way, before it is joined with the others of its name."""

    name: str
    key: str
    source_id: str
    importance: float
    length_m: float
    spots: NDArray[np.float64]  # (n, 2) lat, lon; n >= 1

    @property
    def middle(self) -> NDArray[np.float64]:
        """The spot halfway along it."""
        middle: NDArray[np.float64] = self.spots[len(self.spots) // 2]
        return middle


@dataclass(slots=True)
class _Street:
    """All pieces of one name in one settlement."""

    key: str
    names: Counter[str]
    source_id: str
    city: str
    importance: float
    length_m: float
    spots: NDArray[np.float64]
    houses: list[House]
    cities: Counter[str]
    postcodes: Counter[str]


def compile_street_rows(
    extracts: Sequence[OsmExtract], localities: Localities, issues: IssueLog
) -> list[PlaceRow]:
    """Every named street of the extracts, in no particular order."""
    pieces = [piece for extract in extracts for piece in _list_pieces(extract)]
    streets = _join_pieces({piece.source_id: piece for piece in pieces}.values(), localities)
    addresses = [p for extract in extracts for p in extract.places if p.kind == "address"]
    streets += _attach_houses(streets, addresses, localities, issues)
    return [_to_row(street, localities) for street in _merge(streets)]


def _list_pieces(extract: OsmExtract) -> Iterator[_Piece]:
    ways = extract.ways
    if "name" in ways.tags and "highway" in ways.tags:
        classes = ways.vocabulary["highway"]
        is_street = np.array([word not in _NO_STREETS for word in classes], np.bool_)
        named = np.flatnonzero((ways.tags["name"] != 0) & is_street[ways.tags["highway"]])
        names = ways.vocabulary["name"]
        keys = [street_key(name) for name in names]
        for way, (length_m, spots) in zip(named.tolist(), _sample(extract, named), strict=True):
            name = int(ways.tags["name"][way])
            if keys[name] and len(spots):
                yield _Piece(
                    names[name], keys[name], f"way/{ways.way_id[way]}",
                    _class_importance(classes[ways.tags["highway"][way]]), length_m, spots,
                )  # fmt: skip
    for place in extract.places:
        if place.kind == "street" and (key := street_key(place.name)):
            spot = np.array([[place.lat, place.lon]])
            yield _Piece(place.name, key, place.source_id, place.importance, 0.0, spot)


def _sample(
    extract: OsmExtract, ways: NDArray[np.int64]
) -> Iterator[tuple[float, NDArray[np.float64]]]:
    """Length of each way and points about every 50 m along it, at least one."""
    nodes, offset, node = extract.nodes, extract.ways.offset, extract.ways.node
    lat, lon = nodes.lat[node], nodes.lon[node]
    step = np.zeros(len(node))
    if len(node):
        north = np.diff(lat)
        east = np.diff(lon) * np.cos(np.radians(lat[1:]))
        step[1:] = np.hypot(north, east) * _M_PER_DEG
        step[offset[:-1][np.diff(offset) > 0]] = 0.0  # no step from one way to the next
    along = np.cumsum(step)
    for way in ways:
        first, last = int(offset[way]), int(offset[way + 1]) - 1
        if last < first:
            yield 0.0, np.empty((0, 2))
            continue
        length = float(along[last] - along[first])
        count = max(1, round(length / _SPOT_EVERY_M))
        at = along[first] + (np.arange(count) + 0.5) * (length / count)
        part = slice(first, last + 1)
        spots = np.interp(at, along[part], lat[part]), np.interp(at, along[part], lon[part])
        yield length, np.column_stack(spots)


def _class_importance(road_class: str) -> float:
    if road_class.removesuffix("_link") in _MAIN:
        return 0.3
    return 0.25 if road_class in _LIVED_ON else 0.2


def _join_pieces(pieces: Iterable[_Piece], localities: Localities) -> list[_Street]:
    listed = list(pieces)
    middles = np.array([piece.middle for piece in listed]).reshape(-1, 2)
    settlement = localities.find(middles[:, 0], middles[:, 1]).tolist()
    groups: defaultdict[tuple[str, int], list[_Piece]] = defaultdict(list)
    for piece, where in zip(listed, settlement, strict=True):
        groups[piece.key, where].append(piece)
    parted = [
        (key, where, part)
        for (key, where), group in groups.items()
        for part in ([group] if where != NONE else _part(group))
    ]
    return [
        _Street(
            key=key,
            names=Counter(piece.name for piece in group),
            source_id=min((piece.source_id for piece in group), key=lambda s: (len(s), s)),
            city=localities.names[where] if where != NONE else "",
            importance=max(piece.importance for piece in group),
            length_m=sum(piece.length_m for piece in group),
            spots=np.concatenate([piece.spots for piece in group]),
            houses=[],
            cities=Counter(),
            postcodes=Counter(),
        )
        for key, where, group in parted
    ]


def _part(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """Pieces of one name that no settlement holds together, by chains of short gaps."""
    waiting = list(pieces)
    while waiting:
        chain = [waiting.pop()]
        for piece in chain:  # grows while it is read
            gaps = [distance_m(*piece.middle, *other.middle) for other in waiting]
            reach = [_GAP_M + (piece.length_m + other.length_m) / 2 for other in waiting]
            near = [gap <= most for gap, most in zip(gaps, reach, strict=True)]
            chain += [other for other, joined in zip(waiting, near, strict=True) if joined]
            waiting = [other for other, joined in zip(waiting, near, strict=True) if not joined]
        yield chain


def _attach_houses(
    streets: list[_Street],
    addresses: Sequence[NamedPlace],
    localities: Localities,
    issues: IssueLog,
) -> list[_Street]:
    """Put each address on the nearest street of its name; return the streets they found."""
    by_key: defaultdict[str, list[_Street]] = defaultdict(list)
    for street in streets:
        by_key[street.key].append(street)
    keys = {street: street_key(street) for street in {address.street for address in addresses}}
    waiting: defaultdict[str, list[NamedPlace]] = defaultdict(list)
    for address in addresses:
        key = keys[address.street]
        if key and _parse_numbers(address.house_number):
            waiting[key].append(address)
        else:
            what = "without_street" if not key else "without_number"
            where = address.source_id or f"{address.lat},{address.lon}"
            issues.add(Issue(f"address_{what}", where, "dropped", address.house_number))
    founded: dict[tuple[str, str], _Street] = {}
    for key, group in waiting.items():
        for address, near in zip(group, _nearest(group, by_key[key]), strict=True):
            home = _found(founded, key, address, localities) if near is None else near
            _add_house(home, address)
    return list(founded.values())


def _nearest(addresses: list[NamedPlace], streets: list[_Street]) -> list[_Street | None]:
    """The street each address is nearest to; None where all are too far."""
    if not streets:
        return [None] * len(addresses)
    lat = np.array([address.lat for address in addresses])
    lon = np.array([address.lon for address in addresses])
    squeeze = np.cos(np.radians(lat))[:, None]
    gaps = np.column_stack([
        np.hypot(lat[:, None] - s.spots[:, 0], (lon[:, None] - s.spots[:, 1]) * squeeze).min(axis=1)
        for s in streets
    ])  # fmt: skip
    best = gaps.argmin(axis=1)
    near = gaps[np.arange(len(best)), best] * _M_PER_DEG <= _HOUSE_NEAR_M
    return [streets[i] if ok else None for i, ok in zip(best.tolist(), near.tolist(), strict=True)]


def _found(
    founded: dict[tuple[str, str], _Street],
    key: str,
    address: NamedPlace,
    localities: Localities,
) -> _Street:
    """The street that only addresses know, made at its first address."""
    city = address.city or localities.find_name(address.lat, address.lon)
    where = city or wide_tag(address.lat, address.lon)
    spot = np.array([[address.lat, address.lon]])
    street = founded.get((key, where))
    if street is None:
        street = founded[key, where] = _Street(
            key, Counter(), address.source_id, city, 0.2, 0.0, spot, [], Counter(), Counter()
        )
    else:
        street.spots = np.concatenate([street.spots, spot])
    street.names[address.street] += 1
    return street


def _parse_numbers(text: str) -> list[tuple[int, str]]:
    """The numbers of "12", "12;14" or "12-14" (its two ends)."""
    parts = re.split(r"[;,]|-(?=\s*\d)", text)
    return [number for part in parts if (number := parse_house_number(part))]


def _add_house(street: _Street, address: NamedPlace) -> None:
    for number, suffix in _parse_numbers(address.house_number):
        street.houses.append(
            House(
                number=number, suffix=suffix, label=address.house_number,
                lat=address.lat, lon=address.lon, postcode=address.postcode,
            )
        )  # fmt: skip
    if address.city:
        street.cities[address.city] += 1
    if address.postcode:
        street.postcodes[address.postcode] += 1


def _merge(streets: list[_Street]) -> Iterator[_Street]:
    """Name each street's settlement as its addresses do; join those that are now the same."""
    merged: dict[tuple[str, str], _Street] = {}
    for number, street in enumerate(streets):
        street.city = _most_common(street.cities) or street.city
        settlement = fold(street.city) or f"none {number}"
        same = merged.setdefault((street.key, settlement), street)
        if same is street:
            continue
        same.names += street.names
        same.importance = max(same.importance, street.importance)
        same.length_m += street.length_m
        same.spots = np.concatenate([same.spots, street.spots])
        same.houses += street.houses
        same.postcodes += street.postcodes
    return iter(merged.values())


def _to_row(street: _Street, localities: Localities) -> PlaceRow:
    centre = street.spots.mean(axis=0)
    lat, lon = street.spots[np.square(street.spots - centre).sum(axis=1).argmin()].tolist()
    name = _most_common(street.names)
    importance = street.importance + _LENGTH_SHARE * min(1.0, street.length_m / _LONG_M)
    importance += _CITY_SHARE * localities.prominence.get(street.city, 0.0)
    return PlaceRow(
        kind="street",
        name=name,
        lat=lat,
        lon=lon,
        importance=importance,
        city=street.city,
        postcode=_most_common(street.postcodes),
        source_id=street.source_id,
        other_names=" ".join(sorted(set(street.names) - {name})),
        spots=[(lat, lon) for lat, lon in street.spots.tolist()],
        houses=street.houses,
    )


def _most_common(counter: Counter[str]) -> str:
    """The most frequent, of equals the first in the alphabet; "" of none."""
    return min(counter.items(), key=lambda item: (-item[1], item[0]), default=("", 0))[0]
