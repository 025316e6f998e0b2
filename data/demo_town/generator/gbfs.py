"""Shared bicycles and cars as GBFS 3.0, a still picture of a weekday morning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from generator.plane import dice

MOMENT: Final = "2026-11-24T08:00:00+01:00"
HOME: Final = "https://example.org/trajets/demo-town-gbfs"
BIKE, EBIKE, CAR = "velo", "velo-electrique", "voiture-electrique"

# Vélib' stations (code, name, latitude, longitude, docks): Vélib' Métropole, open data of
# 2020-06-24. The first sixteen are Issy's; the others are there to ride to.
BIKE_STATIONS: Final = (
    ("21301", "Saint-Vincent - Verdun", 48.81921, 2.25401, 34),
    ("21302", "Aristide Briand - Place de la Résistance", 48.82124, 2.25110, 25),
    ("21303", "Jean Monnet - Îles", 48.82339, 2.24971, 32),
    ("21305", "Place Jacques Madaule", 48.82393, 2.26069, 25),
    ("21306", "Place Lafayette", 48.82965, 2.26387, 62),
    ("21307", "Victor Cresson - Telles de la Poterie", 48.82270, 2.26865, 31),
    ("21308", "Bara - Henri Farman", 48.83322, 2.26776, 36),
    ("21309", "Mairie d'Issy", 48.82377, 2.27231, 41),
    ("21310", "Kléber - Gouverneur Général Éboué", 48.82689, 2.27234, 24),
    ("21311", "Parvis Corentin Celton", 48.82747, 2.27843, 55),
    ("21312", "Lucie Aubrac - Fort", 48.81814, 2.27118, 30),
    ("21313", "Guynemer - Séverine", 48.83092, 2.27907, 26),
    ("21314", "Chemin de Bretagne", 48.82515, 2.25936, 29),
    ("21315", "Jules Guesde - Général de Gaulle", 48.81931, 2.27893, 24),
    ("21316", "Cimetière communal", 48.81770, 2.26093, 28),
    ("21319", "Esplanade du Foncet - Camille Desmoulins", 48.82709, 2.26079, 28),
    ("15104", "Hôpital Européen Georges Pompidou", 48.83770, 2.27537, 65),
    ("15049", "Porte de Versailles", 48.83215, 2.28715, 24),
    ("15068", "Général Martial Valin - Pont du Garigliano", 48.83823, 2.27051, 16),
    ("21017", "Place Marcel Sembat", 48.83329, 2.24418, 56),
    ("21403", "Gare de Clamart", 48.81384, 2.27228, 14),
)
# Made-up car-share stations: code, name, latitude, longitude, places.
CAR_STATIONS: Final = (
    ("AP-1", "Autopartage Hôtel de Ville (maquette)", 48.82440, 2.27440, 4),
    ("AP-2", "Autopartage Val de Seine (maquette)", 48.82975, 2.26480, 3),
)


def write(folder: Path) -> None:
    """The feed's files, each with its GBFS envelope."""
    folder.mkdir(exist_ok=True)
    feeds = {
        "system_information": _system(),
        "vehicle_types": {"vehicle_types": _vehicle_types()},
        "system_pricing_plans": {"plans": _plans()},
        "station_information": {"stations": _stations()},
        "station_status": {"stations": _status()},
    }
    index = {"feeds": [{"name": name, "url": f"{HOME}/{name}.json"} for name in feeds]}
    for name, data in {"gbfs": index, **feeds}.items():
        envelope = {"last_updated": MOMENT, "ttl": 0, "version": "3.0", "data": data}
        text = json.dumps(envelope, ensure_ascii=False, indent=1)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _text(french: str, english: str | None = None) -> list[dict[str, str]]:
    return [
        {"text": french, "language": "fr"}, {"text": english or french, "language": "en"}
    ]  # fmt: skip


def _system() -> dict[str, Any]:
    return {
        "system_id": "demo_town",
        "languages": ["fr", "en"],
        "name": _text(
            "Vélos et voitures partagés (maquette)", "Shared bicycles and cars (a model)"
        ),
        "opening_hours": "24/7",
        "feed_contact_email": "nobody@example.org",
        "timezone": "Europe/Paris",
        "license_id": "Apache-2.0",
        "attribution_organization_name": _text(
            "Trajets (maquette) ; stations : Vélib' Métropole, données ouvertes",
            "Trajets (a model); stations: Vélib' Métropole, open data",
        ),
    }


def _vehicle_types() -> list[dict[str, Any]]:
    return [
        {
            "vehicle_type_id": BIKE, "form_factor": "bicycle", "propulsion_type": "human",
            "name": _text("Vélo mécanique", "Bicycle"), "return_constraint": "any_station",
            "default_pricing_plan_id": "velo",
        },
        {
            "vehicle_type_id": EBIKE, "form_factor": "bicycle",
            "propulsion_type": "electric_assist", "max_range_meters": 50_000,
            "name": _text("Vélo électrique", "Electric bicycle"),
            "return_constraint": "any_station", "default_pricing_plan_id": "velo",
        },
        {
            "vehicle_type_id": CAR, "form_factor": "car", "propulsion_type": "electric",
            "max_range_meters": 250_000, "rider_capacity": 5,
            "name": _text("Voiture électrique", "Electric car"),
            "return_constraint": "roundtrip_station", "default_pricing_plan_id": "voiture",
        },
    ]  # fmt: skip


def _plans() -> list[dict[str, Any]]:
    """Made-up prices of a plausible size."""
    return [
        {
            "plan_id": "velo", "name": _text("Trajet à l'unité", "Single ride"),
            "currency": "EUR", "price": 3.0, "is_taxable": False,
            "description": _text("Prix inventé.", "A made-up price."),
        },
        {
            "plan_id": "voiture", "name": _text("À l'heure", "By the hour"), "currency": "EUR",
            "price": 0.0, "is_taxable": False,
            "per_min_pricing": [{"start": 0, "rate": 7.0, "interval": 60}],
            "description": _text("Prix inventé.", "A made-up price."),
        },
    ]  # fmt: skip


def _stations() -> list[dict[str, Any]]:
    return [
        {
            "station_id": code, "name": _text(name), "short_name": _text(code), "lat": lat,
            "lon": lon, "capacity": capacity, "is_charging_station": code.startswith("AP"),
        }
        for code, name, lat, lon, capacity in (*BIKE_STATIONS, *CAR_STATIONS)
    ]  # fmt: skip


def _status() -> list[dict[str, Any]]:
    """Counts drawn with fixed dice; one station is empty and one is full, as they are in life."""
    chance = dice(21_300)
    states = []
    for code, _, _, _, docks in BIKE_STATIONS:
        share = {"21312": 0.0, "21306": 1.0}.get(code, 0.15 + 0.6 * chance.random())
        bikes = round(docks * share)
        electric = round(bikes * (0.3 + 0.2 * chance.random()))
        states.append(_state(code, {BIKE: bikes - electric, EBIKE: electric}, docks - bikes))
    for code, _, _, _, places in CAR_STATIONS:
        states.append(_state(code, {CAR: places - 1}, 1))
    return states


def _state(code: str, vehicles: dict[str, int], docks: int) -> dict[str, Any]:
    return {
        "station_id": code, "num_vehicles_available": sum(vehicles.values()),
        "vehicle_types_available": [
            {"vehicle_type_id": kind, "count": count} for kind, count in vehicles.items()
        ],
        "num_docks_available": docks, "is_installed": True, "is_renting": True,
        "is_returning": True, "last_reported": MOMENT,
    }  # fmt: skip
