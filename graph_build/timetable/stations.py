"""Stops of all feeds in one table, and the stations that group them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feeds.tables import GtfsFeed
from planner.network.shape import Float64, Int32, Stops
from planner.network.store import frozen
from planner.network.strings import Strings

SAME_STATION_M: Final = 150.0  # stops of one name nearer than this are one station
_DEGREE_M: Final = 111_195.0
_MAX_DEPTH: Final = 4  # boarding area, platform, station; more is a circle of parents
_STATION: Final = 1  # GTFS location_type
_STEP_FREE: Final = np.array([0, 1, -1], np.int8)  # by wheelchair_boarding


def compile_stops(feeds: Sequence[GtfsFeed]) -> Stops:
    """The stops of all feeds, one feed after another, with their stations."""
    frames = [feed.tables["stops"] for feed in feeds]
    sizes = [len(frame) for frame in frames]
    table = pd.concat(frames, ignore_index=True)
    feed = np.repeat(np.arange(len(feeds), dtype=np.int32), sizes)
    lat, lon = (table[name].to_numpy(np.float64) for name in ("stop_lat", "stop_lon"))
    kind = table["location_type"].to_numpy(np.uint8)
    parent = _find_parents(frames)
    return Stops(
        stop_id=Strings.of(table["stop_id"]),
        name=Strings.of(table["stop_name"]),
        platform=Strings.of(table["platform_code"]),
        feed=frozen(feed, np.int32),
        lat=frozen(lat, np.float64),
        lon=frozen(lon, np.float64),
        station=frozen(
            find_stations(table["stop_name"].tolist(), lat, lon, parent, kind), np.int32
        ),
        step_free=frozen(_inherit_step_free(table["wheelchair_boarding"], parent), np.int8),
        location_type=frozen(kind, np.uint8),
    )


def find_stations(
    names: Sequence[str],
    lat: Float64,
    lon: Float64,
    parent: Int32,
    location_type: NDArray[np.uint8],
) -> Int32:
    """The stop that stands for each stop's station, itself where it is alone.

    A stop belongs to its parent station; stops, or stations of several feeds, of one name (case,
    accents and punctuation aside) within SAME_STATION_M are one. A published station stands for
    it, else the first stop.
    parent: int32 (n,), the parent stop's index or -1. Returns int32 (n,).
    """
    root = _climb(parent)
    first, second = _pair_by_name(names, lat, lon)
    group = _join(root, root[first], root[second])
    published = location_type == _STATION
    order = np.lexsort((np.arange(len(root)), ~published, group))
    leader = order[np.searchsorted(group[order], group)]
    return leader.astype(np.int32)


def normalise_name(name: str) -> str:
    """A name without case, accents and punctuation: "Mairie d'Issy" is "mairie d issy"."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().replace("œ", "oe"))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", plain))


def _find_parents(frames: Sequence[pd.DataFrame]) -> Int32:
    """Index, over all feeds, of each stop's parent_station; -1 where it has none."""
    base = 0
    parents = []
    for frame in frames:
        found = pd.Index(frame["stop_id"]).get_indexer(frame["parent_station"])
        found[(frame["parent_station"] == "").to_numpy()] = -1
        parents.append(np.where(found < 0, -1, found + base))
        base += len(frame)
    return np.concatenate(parents).astype(np.int32)


def _climb(parent: Int32) -> Int32:
    """The topmost parent of each stop."""
    root = np.where(parent < 0, np.arange(len(parent)), parent)
    for _ in range(_MAX_DEPTH):
        root = root[root]
    alone = np.arange(len(parent))
    return np.where(root[root] == root, root, alone).astype(np.int32)  # a circle has no top


def _pair_by_name(names: Sequence[str], lat: Float64, lon: Float64) -> tuple[Int32, Int32]:
    """Pairs of stops of one name within SAME_STATION_M; unnamed and unlocated ones have none."""
    plain = {name: normalise_name(name) for name in set(names)}
    number, unique = pd.factorize(np.array([plain[name] for name in names], object))
    usable = np.flatnonzero(~np.isnan(lat) & np.array([bool(name) for name in unique])[number])
    frame = pd.DataFrame({"stop": usable, "name": number[usable]})
    height = SAME_STATION_M / _DEGREE_M  # of a cell, in degrees; nowhere narrower than the reach
    width = height / max(np.cos(np.radians(np.abs(lat[usable]).max(initial=0))), 0.01)
    frame["row"], frame["column"] = lat[usable] // height, lon[usable] // width
    firsts, seconds = [], []
    for down, right in ((0, 0), (0, 1), (1, -1), (1, 0), (1, 1)):
        near = frame.assign(row=frame["row"] - down, column=frame["column"] - right)
        pairs = frame.merge(near, on=["name", "row", "column"], suffixes=("", "_2"))
        firsts.append(pairs["stop"].to_numpy())
        seconds.append(pairs["stop_2"].to_numpy())
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    north = lat[second] - lat[first]
    east = (lon[second] - lon[first]) * np.cos(np.radians(lat[first]))
    near = _DEGREE_M * np.hypot(north, east) <= SAME_STATION_M
    keep = near & (first != second)
    return first[keep], second[keep]


def _join(root: Int32, first: Int32, second: Int32) -> Int32:
    """Group numbers of connected stops: each takes the lowest number among its neighbours'."""
    group = root.copy()
    while True:
        lowest = np.minimum(group[first], group[second])
        changed = group.copy()
        np.minimum.at(changed, first, lowest)
        np.minimum.at(changed, second, lowest)
        changed = changed[changed]  # a whole chain at once
        if np.array_equal(changed, group):
            return group[root]
        group = changed


def _inherit_step_free(boarding: pd.Series, parent: Int32) -> NDArray[np.int8]:
    """1, 0 or -1 of each stop; one that doesn't say takes its station's word."""
    given = boarding.to_numpy()
    step_free = _STEP_FREE[np.where((given < 0) | (given > 2), 0, given)]  # noqa: PLR2004 - GTFS
    return np.where((step_free == 0) & (parent >= 0), step_free[parent], step_free)
