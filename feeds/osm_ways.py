"""Columns of street ways and their nodes, collected one way at a time, from any reader."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from feeds.osm_tags import WAY_KEYS
from feeds.tables import Nodes, Ways

_KEY_NUMBER = {key: number for number, key in enumerate(WAY_KEYS)}


class StreetCollector:
    """Takes ways and node tags as they come; `finish` makes the table of nodes and ways."""

    def __init__(self) -> None:
        self._way_id = array("q")
        self._count = array("i")
        self._ref = array("q")
        self._lon_lat = bytearray()  # float64 pairs, one per ref
        self._tag_way = array("i")
        self._tag_key = array("i")
        self._tag_value = array("i")
        self._vocabulary: list[dict[str, int]] = [{"": 0} for _ in WAY_KEYS]
        self._node_tags: dict[int, dict[str, str]] = {}

    def add_node_tags(self, node_id: int, tags: dict[str, str]) -> None:
        """Remember the tags of a node; they're dropped where no way runs through it."""
        self._node_tags[node_id] = tags

    def add_way(
        self, way_id: int, refs: Sequence[int], lon_lat: bytes, tags: Mapping[str, str]
    ) -> None:
        """Add a way; `lon_lat` holds one pair of little-endian float64 for each ref."""
        row = len(self._way_id)
        self._way_id.append(way_id)
        self._count.append(len(refs))
        self._ref.extend(refs)
        self._lon_lat += lon_lat
        for key, value in tags.items():
            number = _KEY_NUMBER.get(key)
            if number is None or not value:
                continue
            words = self._vocabulary[number]
            self._tag_way.append(row)
            self._tag_key.append(number)
            self._tag_value.append(words.setdefault(value, len(words)))

    def finish(self) -> tuple[Nodes, Ways]:
        """The nodes (sorted by OSM id) and the ways (in the order they came)."""
        refs = np.frombuffer(self._ref, np.int64)
        lon_lat = np.frombuffer(self._lon_lat, "<f8").reshape(-1, 2)
        osm_id, first, node = np.unique(refs, return_index=True, return_inverse=True)
        offset = np.zeros(len(self._way_id) + 1, np.int64)
        np.cumsum(np.frombuffer(self._count, np.intc), out=offset[1:])
        nodes = Nodes(
            osm_id,
            lat=np.ascontiguousarray(lon_lat[first, 1]),
            lon=np.ascontiguousarray(lon_lat[first, 0]),
            tags=self._tags_by_row(osm_id),
        )
        columns = self._tag_columns()
        vocabulary = {key: list(self._vocabulary[i]) for i, key in enumerate(WAY_KEYS)}
        way_id = np.frombuffer(self._way_id, np.int64).copy()
        return nodes, Ways(way_id, offset, node.astype(np.int32), columns, vocabulary)

    def _tags_by_row(self, osm_id: NDArray[np.int64]) -> dict[int, dict[str, str]]:
        tagged = np.fromiter(self._node_tags, np.int64, len(self._node_tags))
        row = np.searchsorted(osm_id, tagged)
        found = row < len(osm_id)
        found[found] = osm_id[row[found]] == tagged[found]
        rows = zip(row[found].tolist(), tagged[found].tolist(), strict=True)
        return {r: self._node_tags[node_id] for r, node_id in rows}

    def _tag_columns(self) -> dict[str, NDArray[np.int32]]:
        way = np.frombuffer(self._tag_way, np.intc)
        key = np.frombuffer(self._tag_key, np.intc)
        value = np.frombuffer(self._tag_value, np.intc)
        columns: dict[str, NDArray[np.int32]] = {}
        for number, name in enumerate(WAY_KEYS):
            column = np.zeros(len(self._way_id), np.int32)
            here = key == number
            column[way[here]] = value[here]
            columns[name] = column
        return columns
