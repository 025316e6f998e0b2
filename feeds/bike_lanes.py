"""Official bike lanes: GeoJSON in the French schema (BNAC), with what is wrong in it counted."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from feeds.bike_lane_schema import DTYPES, FIELDS
from feeds.bike_lane_values import read_values
from feeds.issues import FeedError, Issue, IssueLog
from feeds.progress import Progress, Silent
from feeds.tables import BikeLanes

ATTRIBUTION: Final = "Base nationale des aménagements cyclables"
LICENCE: Final = "ODbL-1.0"
MAX_BYTES: Final = 256 << 20  # several regions of France; parsed, it takes eight times as much
MAX_FEATURES: Final = 1_000_000
MAX_VERTICES: Final = 20_000  # of one line: a greenway across France has about 5,000
_WGS84: Final = ("CRS84", "4326")
_OUTSIDE: Final = 0.5  # share of lines that aren't on the earth, from which the file is projected

Point = tuple[float, float]  # longitude, latitude


def read_bike_lanes(path: Path, *, progress: Progress | None = None) -> BikeLanes:
    """Read a GeoJSON FeatureCollection of lines in WGS 84 (schema 0.3.5, or an older one).

    A feature without a line, or that says nothing of either side, is dropped and counted, with its
    place. A file may say its own `attribution` and `licence`; ODbL stands otherwise.
    Raises FeedError where the file is missing, too large, no such GeoJSON or projected.
    """
    progress = progress or Silent()
    progress.phase(f"Reading {path.name}")
    document, sha256 = _load(path)
    features = _list_features(document, path)
    rows = _Rows(path.name)
    if not features:
        rows.issues.add(Issue("bike_lanes_without_features", path.name, "kept"))
    for number, feature in enumerate(features, start=1):
        rows.add(number, feature)
    return rows.finish(path, sha256, document)


def _load(path: Path) -> tuple[dict[str, Any], str]:
    try:
        if path.stat().st_size > MAX_BYTES:
            msg = (
                f"{path} is larger than {MAX_BYTES >> 20} MB:"
                " cut your own region out of it, as with ogr2ogr -clipsrc."
            )
            raise FeedError(msg)
        content = path.read_bytes()
        document = json.loads(content.decode("utf-8-sig"))
    except OSError as error:
        msg = f"{path} can't be read: {error.strerror}."
        raise FeedError(msg) from None
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else _say_cut(error)
        msg = f"{path} can't be read as GeoJSON: {why}."
        raise FeedError(msg) from None
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        msg = f"{path} can't be used as bike lanes: it is no GeoJSON FeatureCollection."
        raise FeedError(msg)
    return document, hashlib.sha256(content).hexdigest()


def _say_cut(error: ValueError) -> str:
    """Why a text is no JSON; where it ends too soon, so."""
    if isinstance(error, json.JSONDecodeError):
        if not error.doc.strip():
            return "it is empty"
        if error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated"):
            return "it ends in the middle, as a download does that was cut"
    return str(error)


def _list_features(document: dict[str, Any], path: Path) -> list[Any]:
    crs = document.get("crs")
    named = crs.get("properties") if isinstance(crs, dict) else None
    name = str(named.get("name", "")) if isinstance(named, dict) else ""
    if name and not name.endswith(_WGS84):
        msg = (
            f"{path} can't be used as bike lanes: its coordinates are in {name[:60]}, not in WGS 84"
            " (EPSG:4326); reproject it, as with ogr2ogr -t_srs EPSG:4326."
        )
        raise FeedError(msg)
    features = document.get("features")
    if not isinstance(features, list) or len(features) > MAX_FEATURES:
        has = f"more than {MAX_FEATURES:,}" if isinstance(features, list) else "no list of"
        msg = f"{path} can't be used as bike lanes: it has {has} features."
        raise FeedError(msg)
    if features and not any(map(_has_facility, features)):
        msg = (
            f"{path} can't be used as bike lanes: no feature has the schema's ame_d or ame_g;"
            " look whether it is the right file."
        )
        raise FeedError(msg)
    return features


def _has_facility(feature: object) -> bool:
    """Whether a feature has the columns that make it a bike lane, whatever stands in them."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return isinstance(properties, dict) and not properties.keys().isdisjoint(("ame_d", "ame_g"))


@dataclass(slots=True)
class _Rows:
    """Usable features, a row for each line."""

    name: str
    issues: IssueLog = field(default_factory=IssueLog)
    columns: dict[str, list[Any]] = field(default_factory=lambda: {one.name: [] for one in FIELDS})
    points: list[Point] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    seen: set[tuple[str, int]] = field(default_factory=set)
    outside: int = 0

    def add(self, number: int, feature: object) -> None:
        """Take a feature's lines, or count why not."""
        where = f"{self.name} feature {number}"
        if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
            self.issues.add(Issue("bike_lane_without_properties", where, "dropped"))
            return
        values = read_values(feature["properties"], where, self.issues)
        if not values["ame_d"] and not values["ame_g"]:
            self.issues.add(Issue("bike_lane_without_facility", where, "dropped"))
            return
        for part in _list_parts(feature.get("geometry")):
            points = _read_points(part)
            if isinstance(points, str):
                self.outside += points == "bike_lane_outside_the_earth"
                self.issues.add(Issue(points, where, "dropped", values["id_local"]))
            elif not self._is_new(values["id_local"], points):
                self.issues.add(Issue("bike_lane_twice", where, "dropped", values["id_local"]))
            else:
                self._append(values, points)

    def _is_new(self, id_local: str, points: list[Point]) -> bool:
        key = (id_local, hash(tuple(points)))
        new = key not in self.seen
        self.seen.add(key)
        return new

    def _append(self, values: dict[str, Any], points: list[Point]) -> None:
        for name, value in values.items():
            self.columns[name].append(value)
        self.points += points
        self.counts.append(len(points))

    def finish(self, path: Path, sha256: str, document: dict[str, Any]) -> BikeLanes:
        """The table; raises FeedError where most lines can't be on the earth."""
        if self.outside > _OUTSIDE * (self.outside + len(self.counts)):
            msg = (
                f"{path} can't be used as bike lanes: its coordinates are no degrees but metres,"
                " perhaps Lambert-93; reproject it, as with ogr2ogr -t_srs EPSG:4326."
            )
            raise FeedError(msg)
        frame = pd.DataFrame(
            {one.name: pd.Series(self.columns[one.name], dtype=DTYPES[one.kind]) for one in FIELDS}
        )
        lon_lat = np.array(self.points, np.float64).reshape(-1, 2)
        return BikeLanes(
            name=path.name,
            sha256=sha256,
            table=frame,
            offset=np.concatenate([[0], np.cumsum(self.counts, dtype=np.int64)]).astype(np.int64),
            lat=lon_lat[:, 1].copy(),
            lon=lon_lat[:, 0].copy(),
            issues=self.issues,
            attribution=_read_word(document, "attribution") or ATTRIBUTION,
            licence=_read_word(document, "licence") or LICENCE,
        )


def _read_word(document: dict[str, Any], key: str) -> str:
    value = document.get(key)
    return value.strip()[:200] if isinstance(value, str) else ""


def _list_parts(geometry: object) -> Iterator[object]:
    """The lines of a geometry; None for whatever is none."""
    if not isinstance(geometry, dict):
        yield None
    elif geometry.get("type") == "LineString":
        yield geometry.get("coordinates")
    elif geometry.get("type") == "MultiLineString" and isinstance(
        geometry.get("coordinates"), list
    ):
        yield from geometry["coordinates"] or [None]
    else:
        yield None


def _read_points(coordinates: object) -> list[Point] | str:
    """A line's points without repeated ones, or the kind of issue that it is."""
    if not isinstance(coordinates, list):
        return "bike_lane_without_line"
    if len(coordinates) > MAX_VERTICES:
        return "bike_lane_too_long"
    points: list[Point] = []
    for pair in coordinates:
        if not isinstance(pair, list) or len(pair) < 2:  # noqa: PLR2004 - longitude, latitude
            return "bike_lane_without_line"
        lon, lat = pair[:2]
        if not (_is_number(lon) and _is_number(lat)):
            return "bike_lane_without_line"
        if abs(lon) > 180 or abs(lat) > 90:  # noqa: PLR2004 - degrees
            return "bike_lane_outside_the_earth"
        if not points or points[-1] != (lon, lat):
            points.append((float(lon), float(lat)))
    return points if len(points) > 1 else "bike_lane_without_line"


def _is_number(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and (isinstance(value, int) or math.isfinite(value))  # type: ignore[arg-type]
