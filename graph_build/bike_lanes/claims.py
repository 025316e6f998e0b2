"""What official bike lanes say of each direction of each street."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from feeds.issues import Issue, IssueLog
from feeds.tables import BikeLanes
from graph_build.bike_lanes.kinds import (
    KINDS,
    NO_FACILITY,
    NOTHING,
    REGIME_KMH,
    Kind,
    infrastructure_of,
)
from graph_build.bike_lanes.matching import APART, ON_ROAD, PUSHED, Match, Strands
from graph_build.bike_lanes.pairs import Lines
from planner.network import shape

COVERED: Final = 0.5  # share of a street that a facility must cover to be the street's
_SIDES: Final = ("d", "g")  # right and left of a line as it is drawn
_UNDER_CONSTRUCTION: Final = "EN TRAVAUX"
_UNTOLD: Final = Kind(NOTHING)  # "AUTRE", or nothing: the side may still tell the speed limit
_COPIED: Final = re.compile(r"open ?street ?map|\bosm\b", re.IGNORECASE)


class Side(NamedTuple):
    """One side of one line, as its authors describe it."""

    line: int
    right: bool
    name: str  # its facility, of KINDS; "" where that isn't told
    kind: Kind
    two_way: bool
    apart: bool  # the facility, or the other side's where there is none on this one
    width_m: float  # NaN where unknown, as the speed
    surface: str  # LISSE, RUGUEUX, MEUBLE or ""
    speed_kmh: float  # of the traffic beside it
    date: str  # ISO 8601 or ""
    id_local: str
    copied: bool  # from OpenStreetMap, so that it is no second witness


class Claim(NamedTuple):
    """The facility that official data sees in one direction of a street."""

    side: Side
    infrastructure: int  # shape.INFRASTRUCTURES, as it is on a street of that class


class Told(NamedTuple):
    """What official data says of one direction of a street."""

    facility: Claim | None
    speed: Side | None  # who tells the speed


@dataclass(frozen=True, slots=True)
class OfficialLanes:
    """The lines of all files, one after another, with what stands on their sides."""

    lines: Lines
    osm_ids: list[frozenset[int]]
    sides: list[Side] = field(default_factory=list)

    def strands(self) -> Strands:
        """The sides as what is matched with streets."""

        def column(values: list[Any], dtype: type) -> Any:  # noqa: ANN401 - an array of dtype
            return np.array(values, dtype)

        return Strands(
            line=column([one.line for one in self.sides], np.int64),
            sort=column([_sort(one) for one in self.sides], np.int64),
            right=column([one.right for one in self.sides], bool),
            along=column([one.right or one.two_way for one in self.sides], bool),
            against=column([not one.right or one.two_way for one in self.sides], bool),
            contraflow=column([one.kind.contraflow for one in self.sides], bool),
            strict=column([one.kind.infrastructure != NOTHING for one in self.sides], bool),
        )


def gather_lanes(files: Sequence[BikeLanes], issues: IssueLog) -> OfficialLanes:
    """All lines of `files`; sides under construction are left out and counted."""
    rows = [row for file in files for row in file.table.to_dict("records")]
    points = np.concatenate([[0], *(np.diff(file.offset) for file in files)])
    lines = Lines(
        np.cumsum(points, dtype=np.int64),
        np.concatenate([np.empty(0), *(file.lat for file in files)]),
        np.concatenate([np.empty(0), *(file.lon for file in files)]),
    )
    ids = [frozenset(int(n) for n in re.findall(r"\d{1,18}", row["id_osm"])) for row in rows]
    lanes = OfficialLanes(lines, ids)
    for line, row in enumerate(rows):
        closed = [side for side in _SIDES if row[f"statut_{side}"] == _UNDER_CONSTRUCTION]
        if closed:
            issues.add(Issue("bike_lane_under_construction", row["id_local"], "left out"))
        lanes.sides.extend(_read_side(line, row, one) for one in _SIDES if one not in closed)
    return lanes


def _read_side(line: int, row: Mapping[Any, Any], side: str) -> Side:
    other = "g" if side == "d" else "d"
    told = row[f"ame_{side}"]
    kind = KINDS.get(told, _UNTOLD)
    beside = KINDS.get(row[f"ame_{other}"], _UNTOLD)
    empty = kind.infrastructure == NOTHING and not kind.pushed
    sense = row[f"sens_{side}"]
    limit = row["trafic_vit"]
    if np.isnan(limit):
        limit = REGIME_KMH.get(row[f"regime_{side}"], limit)
    day = row["date_maj"]
    return Side(
        line=line,
        right=side == "d",
        name=told if told in KINDS else "",
        kind=kind,
        two_way=sense == "BIDIRECTIONNEL" or (not sense and kind.two_way),
        apart=beside.apart if empty else kind.apart,
        width_m=row[f"largeur_{side}"],
        surface=row[f"revet_{side}"],
        speed_kmh=limit,
        date="" if pd.isna(day) else day.date().isoformat(),
        id_local=row["id_local"],
        copied=bool(_COPIED.search(row["source"])),
    )


def _sort(side: Side) -> int:
    if side.kind.pushed:
        return PUSHED
    return APART if side.apart else ON_ROAD


def list_told(
    streets: shape.Streets, lanes: OfficialLanes, matches: Sequence[Match]
) -> dict[int, Told]:
    """By directed edge, what counts of all that lies beside it."""
    by_edge: dict[int, list[Match]] = {}
    for one in matches:
        by_edge.setdefault(one.edge, []).append(one)
    told = {}
    for edge in sorted(by_edge):
        road_class = int(streets.road_class[edge])
        facility = _find_facility(by_edge[edge], lanes, road_class)
        speed = _find_speed(by_edge[edge], lanes)
        if facility or speed:
            told[edge] = Told(facility, speed)
    return told


def _find_facility(found: list[Match], lanes: OfficialLanes, road_class: int) -> Claim | None:
    """The facility that covers most of the edge, then the newest; none only where all say so."""
    groups: dict[tuple[bool, int], list[Match]] = {}
    for one in found:
        side = lanes.sides[one.strand]
        if side.name:
            is_one = side.name != NO_FACILITY
            key = (is_one, infrastructure_of(side.kind, road_class))
            groups.setdefault(key, []).append(one)
    ranked = []
    for (is_one, infrastructure), group in groups.items():
        share = _share(group)
        best = lanes.sides[max(group, key=lambda one: one.share).strand]
        if share >= COVERED:
            rank = (is_one, round(share, 1), best.date, -infrastructure)
            ranked.append((rank, Claim(best, infrastructure)))
    return max(ranked, key=lambda one: one[0], default=(None, None))[1]


def _find_speed(found: list[Match], lanes: OfficialLanes) -> Side | None:
    """Who tells the speed limit of most of the edge."""
    telling = [one for one in found if not np.isnan(lanes.sides[one.strand].speed_kmh)]
    if not telling or _share(telling) < COVERED:
        return None
    best = max(telling, key=lambda one: (round(one.share, 1), lanes.sides[one.strand].date))
    return lanes.sides[best.strand]


def _share(group: Sequence[Match]) -> float:
    """Share of the edge that all of `group` cover together."""
    whole = len(group[0].samples) / group[0].share
    return len(frozenset().union(*(one.samples for one in group))) / whole
