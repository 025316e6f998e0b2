"""Official bike lanes laid over the streets: which of both sources counts, and where they differ.

The rule, and why, is docs/decisions/bike-lane-sources.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from feeds.issues import Issue, IssueLog
from feeds.progress import Progress, Silent
from feeds.tables import BikeLanes
from graph_build.bike_lanes.choice import OFFICIAL, Difference, Edits, choose
from graph_build.bike_lanes.claims import COVERED, Told, gather_lanes, list_told
from graph_build.bike_lanes.kinds import NO_FACILITY
from graph_build.bike_lanes.matching import match_lanes
from planner.network import shape
from planner.network.store import frozen
from planner.network.strings import Strings

REPORT: Final = "bike-lane-differences.geojson"  # in the network's folder


@dataclass(frozen=True, slots=True)
class LaidLanes:
    """Streets and facts with the official data in them, where each came from, and what differed.

    counts: bike_lanes_read, _matched (lines), bike_lane_km (of directed streets with an official
    facility) and bike_lane_differences.
    """

    streets: shape.Streets
    road_facts: shape.RoadFacts | None
    sources: shape.BikeLaneSources
    differences: list[Difference]
    counts: dict[str, int]


def lay_bike_lanes(
    streets: shape.Streets,
    road_facts: shape.RoadFacts | None,
    files: Sequence[BikeLanes],
    *,
    issues: IssueLog | None = None,
    progress: Progress | None = None,
) -> LaidLanes:
    """Match the lines of `files` with the streets and let the better source count.

    Nothing given is changed: new Streets and RoadFacts share the columns that stay as they were.
    """
    issues = IssueLog() if issues is None else issues
    (progress or Silent()).phase("Laying bike lanes over the streets")
    lanes = gather_lanes(files, issues)
    matches = match_lanes(streets, lanes.lines, lanes.strands(), lanes.osm_ids)
    told = list_told(streets, lanes, matches)
    edits = Edits.of(streets, road_facts)
    differences = [one for edge in told for one in choose(edits, edge, told[edge])]
    _report_differences(streets, differences, issues)
    matched = {
        lanes.sides[one.strand].line
        for one in matches
        if one.share >= COVERED or one.edge in told  # alone, or together with other lines
    }
    in_use = {side.line for side in lanes.sides}  # the others are all under construction
    _report_unmatched(files, in_use - matched, issues)
    facilities = [edge for edge, one in told.items() if _has_facility(one)]
    counts = {
        "bike_lanes_read": len(lanes.osm_ids),
        "bike_lanes_matched": len(matched),
        "bike_lane_km": round(float(streets.length_m[facilities].sum(dtype=np.float64)) / 1000),
        "bike_lane_differences": len(differences),
    }
    sources = _name_sources(told, edits)
    return LaidLanes(edits.streets(), edits.road_facts(), sources, differences, counts)


def _has_facility(told: Told) -> bool:
    return told.facility is not None and told.facility.side.name != NO_FACILITY


def _name_sources(told: Mapping[int, Told], edits: Edits) -> shape.BikeLaneSources:
    """Which line speaks of each edge; the one of its facility, where there is one."""
    edges = sorted(told)
    sides = [
        one.facility.side if one.facility else one.speed for one in map(told.get, edges) if one
    ]
    names = [side.id_local for side in sides if side is not None]
    number = {name: row for row, name in enumerate(dict.fromkeys(names))}
    return shape.BikeLaneSources(
        edge=frozen(np.array(edges, np.int32), np.int32),
        lane=frozen(np.array([number[name] for name in names], np.int32), np.int32),
        taken=frozen(edits.taken[edges], np.uint8),
        lane_id=Strings.of(number),
    )


def _report_differences(
    streets: shape.Streets, differences: Sequence[Difference], issues: IssueLog
) -> None:
    for one in differences:
        where = f"way {streets.way_id[one.edge]}"
        detail = f"{one.map_says} / {one.side.id_local}: {one.official_says}"
        done = "taken over" if one.chosen == OFFICIAL else "the map's kept"
        issues.add(Issue(one.kind, where, done, detail))


def _report_unmatched(files: Sequence[BikeLanes], lost: set[int], issues: IssueLog) -> None:
    """Count lines beside no street; a file without any other is counted as a whole."""
    first = 0
    for file in files:
        names = file.table["id_local"].tolist()
        alone = [name for line, name in enumerate(names, start=first) if line in lost]
        first += len(names)
        if names and len(alone) == len(names):
            issues.add(Issue("bike_lanes_elsewhere", file.name, "ignored"), len(names))
        else:
            for name in alone:
                issues.add(Issue("bike_lane_without_street", f"{file.name} {name}", "ignored"))


def write_differences(folder: Path, streets: shape.Streets, laid: LaidLanes) -> None:
    """Write where the map and official data differ as GeoJSON, for QGIS: bike-lane-differences."""
    features = [_feature(streets, one) for one in laid.differences]
    document = {"type": "FeatureCollection", "features": features}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    (folder / REPORT).write_text(text + "\n", encoding="utf-8")


def _feature(streets: shape.Streets, one: Difference) -> dict[str, Any]:
    """A difference, drawn in the direction of travel that it is about."""
    start = int(streets.shape_offset[one.edge])
    rows = slice(start, start + int(streets.shape_count[one.edge]))
    lon_lat = np.column_stack([streets.shape_lon[rows], streets.shape_lat[rows]]).round(7)
    ways = lon_lat if streets.direction[one.edge] > 0 else lon_lat[::-1]
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": ways.tolist()},
        "properties": {
            "kind": one.kind,
            "way": int(streets.way_id[one.edge]),
            "direction": int(streets.direction[one.edge]),
            "map": one.map_says,
            "official": one.official_says,
            "chosen": one.chosen,
            "id_local": one.side.id_local,
            "date_maj": one.side.date,
            "length_m": round(float(streets.length_m[one.edge]), 1),
        },
    }
