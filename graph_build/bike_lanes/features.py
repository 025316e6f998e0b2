"""The network's bike facilities as official data: features of the French schema (BNAC)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from feeds.bike_lane_schema import VERSION
from graph_build.bike_lanes.kinds import (
    LIVING_STREET,
    NO_FACILITY,
    OWN_WAYS,
    PEDESTRIAN,
    SURFACES,
    name_facility,
)
from planner.network import shape
from planner.network.store import Network

UNKNOWN_COMMUNE: Final = "00000"  # fits the schema's pattern, and is no commune
_DECIMALS: Final = 7  # of a degree: a centimetre
_REGIMES: Final = {(LIVING_STREET, 20): "ZONE DE RENCONTRE", (PEDESTRIAN, 6): "AIRE PIETONNE"}
Feature = dict[str, Any]


def list_bike_lanes(network: Network, *, commune: str = UNKNOWN_COMMUNE) -> list[Feature]:
    """GeoJSON features in schema 0.3.5, one for each street that has a facility in a direction.

    Each is drawn in its way's own order, so that `_d` is that direction's facility and `_g` the
    other's. `id_local` is the way with its two nodes. commune: INSEE code of all of them, which a
    network doesn't know. Fields of which a network knows nothing are left out.
    """
    streets = network.streets
    if streets is None:
        return []
    has = (streets.infrastructure != 0) & (streets.length_m > 0) & _is_ridden(streets)
    chosen = np.flatnonzero((streets.direction > 0) & (has | has[streets.reverse]))
    source = str(network.manifest.get("name", ""))
    return [_feature(network, streets, edge, commune, source) for edge in chosen.tolist()]


def _is_ridden(streets: shape.Streets, edge: Any = slice(None)) -> Any:  # noqa: ANN401 - one or all
    """Where a bicycle is ridden, not pushed: a facility is nothing to who walks past it."""
    return ((streets.access[edge] & shape.BIKE) != 0) & ((streets.flags[edge] & shape.PUSH) == 0)


def collect(network: Network, *, commune: str = UNKNOWN_COMMUNE) -> Feature:
    """A GeoJSON FeatureCollection of `list_bike_lanes`, with its attribution and licence."""
    licences = {one.get("licence", "") for one in network.manifest.get("inputs", ())}
    return {
        "type": "FeatureCollection",
        "name": f"amenagements-cyclables {VERSION}",
        "attribution": "; ".join(network.manifest.get("attributions", ())),
        "licence": "ODbL-1.0" if "ODbL-1.0" in licences else "; ".join(sorted(licences - {""})),
        "features": list_bike_lanes(network, commune=commune),
    }


def _feature(
    network: Network, streets: shape.Streets, edge: int, commune: str, source: str
) -> Feature:
    start, count = int(streets.shape_offset[edge]), int(streets.shape_count[edge])
    lon = np.round(streets.shape_lon[start : start + count], _DECIMALS)
    lat = np.round(streets.shape_lat[start : start + count], _DECIMALS)
    ends = streets.node_osm_id[[streets.tail[edge], streets.head[edge]]]
    properties: dict[str, Any] = {
        "id_local": f"{streets.way_id[edge]}_{ends[0]}_{ends[1]}",
        "id_osm": str(streets.way_id[edge]) if streets.way_id[edge] > 0 else None,
        "code_com_d": commune,
        "code_com_g": commune,
        **_sides(network, streets, edge),
        "trafic_vit": _limit(network, streets, edge),
        "lumiere": True if streets.flags[edge] & shape.LIT else None,
        "source": source or None,
        "project_c": "WGS 84",
    }
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": np.column_stack([lon, lat]).tolist()},
        "properties": {key: value for key, value in properties.items() if value is not None},
    }


def _sides(network: Network, streets: shape.Streets, edge: int) -> dict[str, Any]:
    """The fields of both sides; a way of its own that is one facility stands on the right alone."""
    back = int(streets.reverse[edge])
    right, left = (_side(network, streets, one) for one in (edge, back))
    if right == left and streets.road_class[edge] in OWN_WAYS:
        right["sens"] = "BIDIRECTIONNEL"
        left = {"ame": NO_FACILITY}
    return {f"{key}_d": value for key, value in right.items()} | {
        f"{key}_g": value for key, value in left.items()
    }


def _side(network: Network, streets: shape.Streets, edge: int) -> dict[str, Any]:
    """What the direction `edge` has; None for what isn't known."""
    road_class = int(streets.road_class[edge])
    facts = network.road_facts
    back = int(streets.reverse[edge])
    contraflow = not streets.access[edge] & shape.CAR and bool(streets.access[back] & shape.CAR)
    marks = int(facts.marks[edge]) if facts is not None else 0
    name = name_facility(
        int(streets.infrastructure[edge]), road_class, contraflow=contraflow, marks=marks
    )
    if name == NO_FACILITY or not _is_ridden(streets, edge):
        return {"ame": NO_FACILITY}
    width = int(facts.facility_dm[edge]) if facts is not None else 0
    stated = facts is not None and not facts.assumed[edge] & shape.WIDTH_ASSUMED
    surface = int(streets.surface[edge])
    return {
        "ame": name,
        "regime": _REGIMES.get((road_class, int(streets.speed_kmh[edge]))),
        "sens": "UNIDIRECTIONNEL",
        "largeur": width / 10 if width and stated else None,
        "statut": "EN SERVICE",
        "revet": next((name for name, known in SURFACES.items() if surface in known), None),
    }


def _limit(network: Network, streets: shape.Streets, edge: int) -> int | None:
    """The speed limit beside the facility, where a source says it and cars go."""
    facts = network.road_facts
    if facts is None or facts.assumed[edge] & shape.SPEED_ASSUMED:
        return None
    if not (streets.access[edge] | streets.access[streets.reverse[edge]]) & shape.CAR:
        return None
    return int(streets.speed_kmh[edge])
