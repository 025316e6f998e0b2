"""How long a ferry takes: as its way says, else as its relation does (D7)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from feeds.tables import OsmExtract
from graph_build.measure import haversine_m
from graph_build.streets.access import StreetFacts
from graph_build.streets.road_facts import parse_duration_s
from planner.network import shape


def time_ferries(
    extract: OsmExtract, fact: NDArray[np.int32], facts: list[StreetFacts]
) -> list[int]:
    """Give each ferry of known duration facts of its own (`facts` grows), with its speed.

    Returns, for each row added, the row that the ferry had before.

    A relation's duration is shared by all its ways that tell none, by their lengths; where one
    of its ways isn't in the extract, nothing can be said.
    """
    ways = extract.ways
    is_ferry = np.array([word == "ferry" for word in ways.vocabulary["route"]])[ways.tags["route"]]
    speeds: dict[int, float] = {}
    rows = {int(ways.way_id[way]): way for way in np.flatnonzero(is_ferry).tolist()}
    for route in extract.ferries:
        known = [rows[way_id] for way_id in route.ways if way_id in rows]
        seconds = parse_duration_s(route.duration)
        if seconds is not None and known and len(known) == len(route.ways):
            metres = sum(_measure(extract, way) for way in known)
            speeds.update(dict.fromkeys(known, metres * 3.6 / seconds))
    words = ways.vocabulary["duration"]
    for way in rows.values():
        seconds = parse_duration_s(words[int(ways.tags["duration"][way])])
        if seconds is not None:
            speeds[way] = _measure(extract, way) * 3.6 / seconds
    before = [int(fact[way]) for way in speeds if fact[way] != shape.NONE]
    for way, kmh in speeds.items():
        if fact[way] == shape.NONE:
            continue
        speed = int(np.clip(np.rint(kmh), 1, 255))
        old = facts[fact[way]]
        fact[way] = len(facts)
        forward = replace(old.forward, speed_kmh=speed)
        facts.append(replace(old, forward=forward, backward=replace(old.backward, speed_kmh=speed)))
    return before


def _measure(extract: OsmExtract, way: int) -> float:
    """Metres of way row `way`."""
    ways, nodes = extract.ways, extract.nodes
    node = ways.node[ways.offset[way] : ways.offset[way + 1]]
    lat, lon = nodes.lat[node], nodes.lon[node]
    return float(haversine_m(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum())
