"""Streets to search for: one row per name and settlement, with the house numbers on it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from feeds.issues import Issue, IssueLog
from feeds.tables import NamedPlace, OsmExtract
from graph_build.places.localities import Localities
from graph_build.places.rows import House, PlaceRow
from planner.network.place_cells import distance_m, wide_tag
from planner.network.place_text import fold, parse_house_number, street_key
from planner.network.shape import NONE, ROAD_CLASSES, Streets
from planner.network.strings import Strings

_SPOT_EVERY_M: Final = 50.0
_M_PER_DEG: Final = 111_195.0
_HOUSE_NEAR_M: Final = 1_500.0  # a house further from every street of its name founds one
_GAP_M: Final = 1_000.0  # between ends of one street, where no settlement tells
_NO_STREETS: Final = frozenset({"platform", "elevator", "corridor"})
_MAIN: Final = frozenset({"motorway", "trunk", "primary", "secondary", "tertiary"})
_LIVED_ON: Final = frozenset({"unclassified", "residential", "pedestrian", "living_street", "road"})
_LONG_M: Final = 5_000.0  # a street of this length has the most importance of its class
_LENGTH_SHARE: Final = 0.1  # of a street's importance
_CITY_SHARE: Final = 0.3  # "Via Torino" is more often that of the city than that of a village


class _Piece(NamedTuple):
    """A named edge, before it is joined with the others of its name."""

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
    edges: Streets | None,
    names: Strings,
    extracts: Sequence[OsmExtract],
    localities: Localities,
    issues: IssueLog,
) -> list[PlaceRow]:
    """Every named street that is compiled or has an address, in no particular order."""
    pieces = [piece for extract in extracts for piece in _list_place_pieces(extract)]
    if edges is not None:
        pieces += _list_edge_pieces(edges, names)
    streets = _join_pieces(pieces, localities)
    addresses = [p for extract in extracts for p in extract.places if p.kind == "address"]
    streets += _attach_houses(streets, addresses, localities, issues)
    return [_to_row(street, localities) for street in _merge(streets)]


def _list_edge_pieces(streets: Streets, names: Strings) -> Iterator[_Piece]:
    """Every named street edge, once for its two directions."""
    named = [word not in _NO_STREETS for word in ROAD_CLASSES]
    shown = np.array(named)[streets.road_class] & (streets.direction == 1) & (streets.name != NONE)
    edges = np.flatnonzero(shown)
    if not len(edges):
        return
    listed = list(names.list_all())
    keys = [street_key(name) for name in listed]
    importance = [_class_importance(word) for word in ROAD_CLASSES]
    spots, first = _sample(streets, edges)
    for edge, (start, end) in zip(edges.tolist(), pairwise(first.tolist()), strict=True):
        name = int(streets.name[edge])
        if keys[name]:
            yield _Piece(
                listed[name], keys[name], _source_id(int(streets.way_id[edge])),
                importance[streets.road_class[edge]], float(streets.length_m[edge]),
                spots[start:end],
            )  # fmt: skip


def _list_place_pieces(extract: OsmExtract) -> Iterator[_Piece]:
    """Streets that an extract gives as points."""
    for place in extract.places:
        if place.kind == "street" and (key := street_key(place.name)):
            spot = np.array([[place.lat, place.lon]])
            yield _Piece(place.name, key, place.source_id, place.importance, 0.0, spot)


def _source_id(way_id: int) -> str:
    """A square that is a relation has its number with a minus (feeds/osm.py)."""
    return f"way/{way_id}" if way_id >= 0 else f"relation/{-way_id}"


def _sample(
    streets: Streets, edges: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points (lat, lon) about every 50 m along each edge, at least one; and each edge's first."""
    count = streets.shape_count[edges].astype(np.int64)
    begin = np.cumsum(count) - count
    point = np.arange(count.sum()) + np.repeat(streets.shape_offset[edges] - begin, count)
    lat, lon = streets.shape_lat[point], streets.shape_lon[point]
    east = np.diff(lon, prepend=lon[:1]) * np.cos(np.radians(lat))
    step = np.hypot(np.diff(lat, prepend=lat[:1]), east) * _M_PER_DEG
    step[begin] = 0.0  # no step from one edge to the next
    along = np.cumsum(step)
    length = along[begin + count - 1] - along[begin]
    spots = np.maximum(1, np.rint(length / _SPOT_EVERY_M)).astype(np.int64)
    first = np.concatenate(([0], np.cumsum(spots)))
    owner = np.repeat(np.arange(len(edges)), spots)
    share = (np.arange(len(owner)) - first[owner] + 0.5) / spots[owner]
    at = along[begin[owner]] + share * length[owner]
    return np.column_stack([np.interp(at, along, lat), np.interp(at, along, lon)]), first


def _class_importance(road_class: str) -> float:
    if road_class.removesuffix("_link") in _MAIN:
        return 0.3
    return 0.25 if road_class in _LIVED_ON else 0.2


def _join_pieces(listed: list[_Piece], localities: Localities) -> list[_Street]:
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
