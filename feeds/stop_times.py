"""stop_times.txt and shapes.txt: millions of rows, straight into columns."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from feeds.archive import Archive
from feeds.gtfs_rows import Ids, Rows, read_rows
from feeds.gtfs_schema import CONTINUOUS, NOT_CONTINUOUS, SHAPES, STOP_TIMES, Column
from feeds.gtfs_tables import drop_incomplete
from feeds.issues import FeedError, Issue, IssueLog
from feeds.kernels import times as kernels
from feeds.kernels.values import BLANK_INTEGER
from feeds.progress import Progress
from feeds.tables import Shapes, StopTimes

_COLUMNS: Final = {column.name: column for column in (*STOP_TIMES.columns, *SHAPES.columns)}
_SHOWN: Final = 3  # examples of one fault
_MAX_RULE: Final = 3  # the largest pickup_type and drop_off_type
_NO_HEADSIGN: Final = np.empty(0, np.int32)

_Columns = dict[str, NDArray[Any]]


def read_stop_times(
    archive: Archive,
    trips: pd.DataFrame,
    stops: pd.DataFrame,
    issues: IssueLog,
    progress: Progress,
) -> StopTimes:
    """Read stop_times.txt, complete its times, and drop trips that can't run.

    trips, stops: checked frames; the result's `trip` and `stop` are their rows.
    Raises FeedError where the file is missing, can't be read, or leaves no trip.
    """
    if STOP_TIMES.file not in archive:
        msg = f"{archive.path} holds no {STOP_TIMES.file}: it is not a complete GTFS feed."
        raise FeedError(msg)
    trip_ids = Ids.of(trips["trip_id"].tolist())
    stop_ids = Ids.of(stops["stop_id"].tolist())
    progress.phase(f"Reading {STOP_TIMES.file}", archive.get_size(STOP_TIMES.file))
    parts = []
    headsigns: dict[str, int] = {}
    for rows in read_rows(archive, STOP_TIMES, issues):
        parts.append(_read_visits(rows, trip_ids, stop_ids, headsigns))
        progress.advance(rows.byte_count)
    columns = _sort_visits(_concatenate(parts), trips, issues)
    return _complete(archive, columns, trips, stops, issues)._replace(headsigns=list(headsigns))


def _read_visits(rows: Rows, trip_ids: Ids, stop_ids: Ids, headsigns: dict[str, int]) -> _Columns:
    """Some rows of stop_times.txt in columns, those that can't be used left out.

    New headsigns of stops are added to `headsigns`.
    """
    rows = drop_incomplete(_drop_zones(rows))
    _count_continuous(rows)
    trip = rows.find_ids("trip_id", trip_ids)
    stop = rows.find_ids("stop_id", stop_ids)
    order = rows.read_integers(_COLUMNS["stop_sequence"])
    no_trip = trip < 0
    no_stop = (stop < 0) & ~no_trip
    if no_trip.any():
        rows.report(no_trip, "stop_time_without_trip", "dropped", "trip_id isn't a usable trip")
    if no_stop.any():
        rows.report(no_stop, "stop_time_without_stop", "dropped", "stop_id isn't in stops.txt")
    columns: _Columns = {
        "trip": trip,
        "stop": stop,
        "order": order,
        "arrival": rows.read_times(_COLUMNS["arrival_time"]),
        "departure": rows.read_times(_COLUMNS["departure_time"]),
        "pickup_type": _read_rule(rows, _COLUMNS["pickup_type"]),
        "drop_off_type": _read_rule(rows, _COLUMNS["drop_off_type"]),
        "distance": rows.read_decimals(_COLUMNS["shape_dist_traveled"]).astype(np.float32),
    }
    if "stop_headsign" in rows.slots:
        columns["headsign"] = _number_texts(rows.read_text("stop_headsign"), headsigns)
    usable = (trip >= 0) & (stop >= 0) & (order != BLANK_INTEGER)
    return columns if usable.all() else {name: a[usable] for name, a in columns.items()}


def _number_texts(texts: pa.Array, numbers: dict[str, int]) -> NDArray[np.int32]:
    """The number of each text, -1 where blank; new ones are added to `numbers`."""
    encoded = texts.dictionary_encode()
    found = [
        numbers.setdefault(text, len(numbers)) if text else -1
        for text in encoded.dictionary.to_pylist()
    ]
    numbered: NDArray[np.int32] = np.array(found, np.int32)[encoded.indices.to_numpy()]
    return numbered


def _drop_zones(rows: Rows) -> Rows:
    """Leave out, and count, the calls of GTFS-Flex at a zone or a group of stops, on demand."""
    zone = rows.is_blank("stop_id")
    zone &= ~(rows.is_blank("location_id") & rows.is_blank("location_group_id"))
    if zone.any():
        detail = "GTFS-Flex isn't read: the call is at a zone or a group of stops"
        rows.report(zone, "flexible_stop_time", "dropped", detail)
    return rows.select(~zone)


def _count_continuous(rows: Rows) -> None:
    """Count calls after which riders might get on or off anywhere, which isn't planned."""
    anywhere = np.zeros(rows.count, np.bool_)
    for name in rows.slots.keys() & set(CONTINUOUS):
        value = rows.read_integers(_COLUMNS[name])
        anywhere |= (value != BLANK_INTEGER) & (value != NOT_CONTINUOUS)
    if anywhere.any():
        rows.report(anywhere, "continuous_stopping", "ignored: only stops are served")


def _read_rule(rows: Rows, column: Column) -> NDArray[np.uint8]:
    """pickup_type or drop_off_type, 0 where absent or, counted, where it means nothing."""
    found = rows.read_integers(column)
    found[found == BLANK_INTEGER] = 0
    unknown = (found < 0) | (found > _MAX_RULE)
    if unknown.any():
        rows.report(unknown, "unknown_value", "taken as 0", f"{column.name} is none of 0 to 3")
        found[unknown] = 0
    return found.astype(np.uint8)


def _concatenate(parts: list[_Columns]) -> _Columns:
    """One set of columns out of many; empties `parts` on the way, to hold each column once."""
    if not parts:
        return {}
    columns = {name: np.concatenate([part.pop(name) for part in parts]) for name in [*parts[0]]}
    parts.clear()
    return columns


def _sort_visits(columns: _Columns, trips: pd.DataFrame, issues: IssueLog) -> _Columns:
    """Sort by trip and stop_sequence; of two rows with the same the first stands."""
    if not columns:
        return columns
    key = columns["trip"].astype(np.int64) << 32
    key += columns.pop("order")
    if (key[1:] > key[:-1]).all():
        return columns
    order = np.argsort(key, kind="stable")
    key = key[order]
    repeated = np.flatnonzero(key[1:] == key[:-1]) + 1
    if repeated.size:
        trip_id = trips["trip_id"].iloc[int(key[repeated[0]] >> 32)]
        issue = Issue("duplicate_stop_sequence", f"stop_times.txt trip_id {trip_id}", "dropped")
        issues.add(issue, int(repeated.size))
        order = np.delete(order, repeated)
    for name in columns:
        columns[name] = columns[name][order]
    return columns


def _complete(
    archive: Archive, columns: _Columns, trips: pd.DataFrame, stops: pd.DataFrame, issues: IssueLog
) -> StopTimes:
    """Interpolate blank times; drop and count trips that can't run."""
    if not columns or not len(columns["trip"]):
        msg = f"{archive.path}: {STOP_TIMES.file} has no row that belongs to a trip and a stop."
        raise FeedError(msg)
    trip = columns["trip"]
    offset = np.flatnonzero(np.diff(trip, prepend=np.int32(-1), append=np.int32(-1)))
    lat, lon = (stops[name].to_numpy(np.float64, copy=True) for name in ("stop_lat", "stop_lon"))
    interpolated, verdict, clamped = kernels.fill_times(
        offset.astype(np.int64), columns["stop"], lat, lon, columns.pop("distance"),
        columns["arrival"], columns["departure"],
    )  # fmt: skip
    if clamped:
        done = "departure taken as the arrival"
        issues.add(Issue("negative_dwell_time", STOP_TIMES.file, done), int(clamped))
    _report_verdicts(verdict, trip[offset[:-1]], trips, issues)
    runs = (verdict == kernels.RUNS) | (verdict == kernels.RESTARTS)
    keep = np.repeat(runs, np.diff(offset))
    if not keep.any():
        msg = f"{archive.path}: {STOP_TIMES.file} leaves no trip that can run."
        raise FeedError(msg)
    columns["interpolated"] = interpolated
    if not keep.all():
        for name in columns:
            columns[name] = columns[name][keep]
    headsign = columns.pop("headsign", _NO_HEADSIGN)
    if not (headsign >= 0).any():
        headsign = _NO_HEADSIGN
    return StopTimes(**columns, headsign=headsign, headsigns=[])


def _report_verdicts(
    verdict: NDArray[np.uint8], trip: NDArray[np.int32], trips: pd.DataFrame, issues: IssueLog
) -> None:
    for value, kind, done in (
        (kernels.TOO_FEW_STOPS, "trip_with_fewer_than_two_stops", "trip dropped"),
        (kernels.NO_END_TIMES, "trip_without_end_times", "trip dropped"),
        (kernels.NEGATIVE_HOP, "negative_hop_time", "trip dropped"),
        (kernels.RESTARTS, "time_restarts_at_midnight", "24 h added from there on"),
    ):
        rows = trip[verdict == value]
        if rows.size:
            ids = trips["trip_id"].iloc[rows[:_SHOWN]].tolist()
            where = [f"stop_times.txt trip_id {trip_id}" for trip_id in ids]
            issues.add_all(kind, where, count=len(rows), done=done)


def read_shapes(archive: Archive, issues: IssueLog, progress: Progress) -> Shapes:
    """Read shapes.txt, points in the order of shape_pt_sequence; empty where there is none."""
    if SHAPES.file not in archive:
        return Shapes([], np.zeros(1, np.int64), np.empty(0), np.empty(0))
    progress.phase(f"Reading {SHAPES.file}", archive.get_size(SHAPES.file))
    names: dict[str, int] = {}
    parts: list[_Columns] = []
    try:
        for rows in read_rows(archive, SHAPES, issues):
            parts.append(_read_points(rows, names))
            progress.advance(rows.byte_count)
    except FeedError as error:
        issues.add(Issue("unusable_file", SHAPES.file, "left out", str(error)))
        return Shapes([], np.zeros(1, np.int64), np.empty(0), np.empty(0))
    columns = _concatenate(parts)
    if not columns:
        return Shapes([], np.zeros(1, np.int64), np.empty(0), np.empty(0))
    order = np.lexsort((columns["order"], columns["shape"]))
    offset = np.zeros(len(names) + 1, np.int64)
    np.cumsum(np.bincount(columns["shape"], minlength=len(names)), out=offset[1:])
    lat, lon = columns["lat"][order], columns["lon"][order]
    return Shapes(list(names), offset, lat, lon)


def _read_points(rows: Rows, names: dict[str, int]) -> _Columns:
    """Some rows of shapes.txt in columns; new shapes are added to `names`."""
    rows = drop_incomplete(rows)
    lat = rows.read_decimals(_COLUMNS["shape_pt_lat"])
    lon = rows.read_decimals(_COLUMNS["shape_pt_lon"])
    order = rows.read_integers(_COLUMNS["shape_pt_sequence"])
    shape = _number_texts(rows.read_text("shape_id"), names)
    bad = ~((np.abs(lat) <= 90) & (np.abs(lon) <= 180))  # noqa: PLR2004 - degrees
    if bad.any():
        rows.report(bad, "shape_point_outside_the_earth", "dropped")
    usable = ~bad & (order != BLANK_INTEGER)
    columns: _Columns = {"shape": shape, "order": order, "lat": lat, "lon": lon}
    return {name: values[usable] for name, values in columns.items()}
