"""Writes the town's official bike lanes in the French schema (BNAC 0.3.5): Issy's alone.

Most say what the map says, drawn a little beside it, some of them the other way round. A few don't:
a lane that the map lacks, one that it has and the officials haven't, other kinds, a street opened
against its one-way, and one lane that is still being built.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any, Final

from generator.plane import Point, dice, distance, to_degrees
from generator.sketch import Street
from generator.town import Town

COMMUNE: Final = ("Issy-les-Moulineaux", "92040")  # its name and INSEE code
NONE: Final = "AUCUN"
_VALUES: Final = {"lane": "BANDE CYCLABLE", "track": "PISTE CYCLABLE",
                  "share_busway": "COULOIR BUS+VELO"}  # fmt: skip
_AGAINST: Final = {"opposite": "DOUBLE SENS CYCLABLE NON MATERIALISE",
                   "opposite_lane": "DOUBLE SENS CYCLABLE BANDE"}  # fmt: skip
_WIDTHS: Final = {"BANDE CYCLABLE": (1.2, 1.8), "PISTE CYCLABLE": (1.8, 2.6),
                  "DOUBLE SENS CYCLABLE BANDE": (1.2, 1.6), "VOIE VERTE": (3.0, 4.0)}  # fmt: skip
_EVERY: Final = 24  # how often the officials see it otherwise
_SHORTEST_M: Final = 60.0  # of streets that they see otherwise


def write(town: Town, path: Path) -> None:
    """Every facility of the commune, and what the officials see otherwise."""
    chance = dice(92_130)
    features, unmapped = [], []
    for number, street in enumerate(town.streets, start=1):  # as the OSM file numbers them
        if town.commune(street.points[len(street.points) // 2])[0] == COMMUNE[0]:
            mapped = _sides(street.tags)
            sides = _otherwise(street, mapped, number)
            if sides is not None:
                features.append(_feature(street, number, sides, chance))
                if mapped is None:
                    unmapped.append(features[-1]["properties"])
    unmapped[0] |= {"statut_d": "EN TRAVAUX", "statut_g": "EN TRAVAUX"}
    document = {
        "type": "FeatureCollection",
        "name": "amenagements-cyclables (maquette / a model)",
        "attribution": "Trajets (maquette, aménagements inventés / a model, invented facilities)",
        "licence": "Apache-2.0",
        "features": features,
    }
    text = json.dumps(document, ensure_ascii=False, indent=None, separators=(",", ":"))
    text = text.replace('{"type":"Feature",', '\n{"type":"Feature",')
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _sides(tags: dict[str, str]) -> tuple[str, str] | None:
    """Right and left of the street as it is drawn; None without any facility."""
    if tags.get("designation") == "greenway":
        return "VOIE VERTE", "VOIE VERTE"
    if tags["highway"] == "cycleway":
        return "PISTE CYCLABLE", NONE
    if tags.get("cyclestreet") == "yes":
        return "VELO RUE", "VELO RUE"
    both = tags.get("cycleway:both", tags.get("cycleway", ""))
    if tags.get("oneway") == "yes":
        right = _VALUES.get(tags.get("cycleway:right", both), NONE)
        contraflow = _AGAINST["opposite"] if tags.get("oneway:bicycle") == "no" else NONE
        left = _AGAINST.get(both, contraflow)
    else:
        right = _VALUES.get(tags.get("cycleway:right", both), NONE)
        left = _VALUES.get(tags.get("cycleway:left", both), NONE)
    return None if right == left == NONE else (right, left)


def _otherwise(
    street: Street, sides: tuple[str, str] | None, number: int
) -> tuple[str, str] | None:
    """What the officials say of it: of every so many streets, something else."""
    tags = street.tags
    small = tags["highway"] in {"residential", "unclassified"} and "junction" not in tags
    length = sum(distance(a, b) for a, b in zip(street.points, street.points[1:], strict=False))
    if not small or number % _EVERY or length < _SHORTEST_M:
        return sides
    if sides is None:
        if tags.get("oneway") == "yes":
            return NONE, _AGAINST["opposite"]
        return "BANDE CYCLABLE", "BANDE CYCLABLE"
    right, left = sides
    return (
        (right.replace("BANDE", "PISTE"), left.replace("BANDE", "PISTE"))
        if "BANDE" in right + left
        else (NONE, NONE)
    )


def _feature(street: Street, number: int, sides: tuple[str, str], chance: Random) -> dict[str, Any]:
    shift = (chance.uniform(-2.0, 2.0), chance.uniform(-2.0, 2.0))
    points = [(x + shift[0], y + shift[1]) for x, y in street.points]
    if chance.random() < 0.4:  # a coin: drawn the other way, with its sides exchanged
        points.reverse()
        sides = sides[::-1]
    properties: dict[str, Any] = {"id_local": f"{COMMUNE[1]}-{number:04}"}
    if chance.random() < 0.5:  # a coin
        properties["id_osm"] = str(number)
    for side, facility in zip("dg", sides, strict=True):
        properties |= _side(side, facility, street, chance)
    if street.tags.get("maxspeed", "").isdigit():
        properties["trafic_vit"] = int(street.tags["maxspeed"])
    properties |= {"date_maj": "2026-05-04", "source": "maquette", "project_c": "WGS 84"}
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "LineString", "coordinates": [_lon_lat(one) for one in points]},
    }


def _side(side: str, facility: str, street: Street, chance: Random) -> dict[str, Any]:
    told: dict[str, Any] = {f"code_com_{side}": COMMUNE[1], f"ame_{side}": facility}
    if street.tags.get("zone:maxspeed") == "FR:30":
        told[f"regime_{side}"] = "ZONE 30"
    if facility == NONE:
        return told
    two_way = street.tags["highway"] == "cycleway"
    told[f"sens_{side}"] = "BIDIRECTIONNEL" if two_way else "UNIDIRECTIONNEL"
    if facility in _WIDTHS:
        told[f"largeur_{side}"] = round(chance.uniform(*_WIDTHS[facility]), 1)
    told[f"statut_{side}"] = "EN SERVICE"
    return told


def _lon_lat(point: Point) -> list[float]:
    lat, lon = to_degrees(point)
    return [lon, lat]
