"""The shapes that readers fill and `graph_build` compiles, whatever the file was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feeds.issues import IssueLog

BLANK_TIME = np.int32(-(2**31))  # a time the feed leaves out, before interpolation


class StopTimes(NamedTuple):
    """stop_times.txt in columns, sorted by trip and stop_sequence; only usable rows.

    Times are seconds since noon minus 12 h, complete (interpolated) and non-decreasing in a trip.
    """

    trip: NDArray[np.int32]  # (n,) row of the trips table
    stop: NDArray[np.int32]  # (n,) row of the stops table
    arrival: NDArray[np.int32]  # (n,) seconds
    departure: NDArray[np.int32]  # (n,) seconds
    pickup_type: NDArray[np.uint8]  # (n,) GTFS 0..3
    drop_off_type: NDArray[np.uint8]  # (n,) GTFS 0..3
    interpolated: NDArray[np.bool_]  # (n,) the feed gave no time here
    headsign: NDArray[np.int32]  # (n,) stop_headsign -> headsigns, -1 for none; (0,) without any
    headsigns: list[str]


class Shapes(NamedTuple):
    """shapes.txt in columns: shape i is lat[offset[i] : offset[i + 1]], in drawing order."""

    shape_id: list[str]
    offset: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class GtfsFeed:
    """One feed, read and checked.

    tables: GTFS file name without .txt -> frame of its known columns, with the dtypes of
    feeds/gtfs_schema.py (ids are str and never null in a required column; absent optional text is
    ""). agency, stops, routes, trips are always there; stop_times and shapes never (they are
    columns below). Row i of a frame has index i.
    """

    name: str
    sha256: str
    tables: dict[str, pd.DataFrame]
    stop_times: StopTimes
    shapes: Shapes
    issues: IssueLog
    licence: str = ""
    attribution: str = ""


class Ways(NamedTuple):
    """OSM ways that a traveller may use, with the tags that matter.

    The outlines of a square drawn as a relation have that relation's id, negative.

    Way i runs through node[offset[i] : offset[i + 1]] (rows of the Nodes). tags[key][i] indexes
    vocabulary[key], whose entry 0 is "" (the tag is absent).
    """

    way_id: NDArray[np.int64]
    offset: NDArray[np.int64]
    node: NDArray[np.int32]
    tags: dict[str, NDArray[np.int32]]
    vocabulary: dict[str, list[str]]


class Nodes(NamedTuple):
    """OSM nodes that those ways run through; `tags` holds the few that have any that matter."""

    osm_id: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    tags: dict[int, dict[str, str]]  # row -> key -> value (barrier, access, crossing, ...)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """Something a traveller may search for.

    kind: "address", "street", "poi", "place" (a settlement or quarter). importance: 0..1.
    """

    kind: str
    name: str
    lat: float
    lon: float
    category: str = ""  # OSM key=value, such as "amenity=school"
    house_number: str = ""
    street: str = ""
    city: str = ""
    postcode: str = ""
    importance: float = 0.0
    source_id: str = ""  # "node/123"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapFeatures:
    """What the base map shows besides streets.

    Feature i is layer[i] ("water", "waterway", "green", "building", "rail", "place"), kind[i] (the
    OSM value, such as "park"), name[i] and geometry[i] (WKB, longitude before latitude).
    """

    layer: list[str] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    geometry: list[bytes] = field(default_factory=list)


class TurnRestriction(NamedTuple):
    """A relation that forbids turns, or all turns but one, as mapped; ways and nodes by OSM id.

    rules: its restriction keys, and for whom and when they hold ("except", "hour_on", ...).
    Either via_nodes holds one node, or via_ways at least one way.
    """

    relation_id: int
    rules: dict[str, str]
    from_ways: tuple[int, ...]
    via_nodes: tuple[int, ...]
    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]


class FerryRoute(NamedTuple):
    """A relation that says how long a ferry takes over all of its ways (OSM ids)."""

    relation_id: int
    duration: str
    ways: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OsmExtract:
    """One OpenStreetMap extract, whatever it came from."""

    name: str
    sha256: str
    nodes: Nodes
    ways: Ways
    places: list[NamedPlace]
    features: MapFeatures
    issues: IssueLog
    restrictions: tuple[TurnRestriction, ...] = ()
    ferries: tuple[FerryRoute, ...] = ()
    attribution: str = "© OpenStreetMap contributors"
    licence: str = "ODbL-1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class BikeLanes:
    """One file of official bike lanes, a row for each line; row i of `table` has index i.

    table: the columns of feeds/bike_lane_schema.py, with the dtypes given there; features with
    several lines have a row for each. Line i is lat[offset[i] : offset[i + 1]], as it is drawn.
    """

    name: str
    sha256: str
    table: pd.DataFrame
    offset: NDArray[np.int64]  # (n + 1,)
    lat: NDArray[np.float64]  # (n_points,) degrees, WGS 84
    lon: NDArray[np.float64]
    issues: IssueLog
    attribution: str
    licence: str
