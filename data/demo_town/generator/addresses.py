"""House numbers along the named streets, and the places of points.txt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final

from shapely.geometry import LineString

from generator.plane import Point, rounded
from generator.sketch import Street, read

if TYPE_CHECKING:
    from generator.town import Town

EVERY_M: Final = 26.0  # between two numbers of one side where a street's range isn't sketched
ASIDE_M: Final = 9.0
NUMBERED: Final = {
    "primary", "secondary", "tertiary", "residential", "unclassified", "living_street",
    "pedestrian",
}  # fmt: skip
# Made-up shops: what stands at a corner now and then. Names say what they are, nothing more.
SHOPS: Final = (
    ("Boulangerie", "shop", "bakery"), ("Pharmacie", "amenity", "pharmacy"),
    ("Café", "amenity", "cafe"), ("Supérette", "shop", "convenience"),
    ("Librairie", "shop", "books"), ("Atelier vélo", "shop", "bicycle"),
    ("Crèche", "amenity", "kindergarten"), ("Restaurant", "amenity", "restaurant"),
)  # fmt: skip


@dataclass(slots=True)
class Spot:
    """A point on the map with its tags."""

    point: Point
    tags: dict[str, str]


def house_numbers(town: Town) -> list[Spot]:
    """Addresses in Issy: even numbers on the right, odd on the left, growing along the street."""
    spots: list[Spot] = []
    given: set[tuple[str, int]] = set()
    for street in town.streets:
        if not street.name or street.tags["highway"] not in NUMBERED or "bridge" in street.tags:
            continue
        city, postcode = town.commune(street.points[len(street.points) // 2])
        if city != "Issy-les-Moulineaux" and street.numbers is None:
            continue
        if "junction" in street.tags:
            continue
        for number, point in _numbers(street):
            if (street.name, number) in given:
                continue
            given.add((street.name, number))
            spots.append(Spot(point, _address(f"{number}", street.name, city, postcode)))
    return spots


def _address(number: str, street: str, city: str, postcode: str) -> dict[str, str]:
    return {
        "addr:housenumber": number, "addr:street": street, "addr:city": city,
        "addr:postcode": postcode,
    }  # fmt: skip


def _numbers(street: Street) -> list[tuple[int, Point]]:
    """(number, where): over the sketched range if there is one, else from 1 on."""
    line = LineString(street.points)
    count = max(2, 2 * int(line.length / EVERY_M))
    low, high = street.numbers or (1, count)
    step = max(1, math.ceil((high - low) / max(count, 1)))
    numbers = []
    for number in range(low, high + 1, step):
        share = (number - low + 0.5) / (high - low + 1)
        at = line.interpolate(share * line.length)
        ahead = line.interpolate(min(share * line.length + 1.0, line.length))
        behind = line.interpolate(max(share * line.length - 1.0, 0.0))
        angle = math.atan2(ahead.y - behind.y, ahead.x - behind.x)
        side = -1.0 if number % 2 == 0 else 1.0
        where = (
            at.x - side * ASIDE_M * math.sin(angle), at.y + side * ASIDE_M * math.cos(angle)
        )  # fmt: skip
        numbers.append((number, rounded(where)))
    return numbers


def public_places(town: Town) -> list[Spot]:
    """The places of points.txt, those with an address bearing it."""
    spots = []
    for sketch in read("points.txt"):
        tags = {"name": sketch.name, **sketch.tags}
        at = tags.pop("at", "").replace("_", " ")
        if at:
            number, street = at.split(" ", 1)
            tags |= _address(number, street, *town.commune(sketch.points[0]))
        spots.append(Spot(sketch.points[0], tags))
    return spots


def shops(addresses: list[Spot], chance: Random) -> list[Spot]:
    """Made-up shops at about one address in fourteen."""
    spots = []
    for address in addresses:
        if chance.random() < 0.07:  # a share
            word, key, value = SHOPS[int(chance.random() * len(SHOPS))]
            street = address.tags["addr:street"]
            spots.append(
                Spot(
                    rounded((address.point[0] + 1.5, address.point[1] + 1.5)),
                    {"name": f"{word} {_of(street)}", key: value, **address.tags},
                )
            )
    return spots


def _of(street: str) -> str:
    """How a made-up shop is called after its street: "de la rue Hoche"."""
    kind = street.split(" ", 1)[0]
    if kind in {"rue", "place", "villa", "cité", "promenade"}:
        return f"de la {street}"
    if kind in {"avenue", "allée", "impasse", "esplanade"}:
        return f"de l'{street}"
    return f"du {street}"
