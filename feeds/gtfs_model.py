"""The feed as gtfs-kit's model: services by date, statistics, restriction, export.

gtfs-kit's own reader refuses or loses parts of real feeds, so it is given our tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feeds.gtfs_schema import ABSENT, TABLES, Column, Table
from feeds.tables import BLANK_TIME, GtfsFeed, Shapes, StopTimes

if TYPE_CHECKING:
    import gtfs_kit

# What gtfs_kit.Feed takes; it knows no levels and no pathways.
_KNOWN: Final = (
    "agency", "stops", "routes", "trips", "calendar", "calendar_dates", "frequencies", "transfers",
    "feed_info", "attributions", "fare_attributes", "fare_rules",
)  # fmt: skip


def model(feed: GtfsFeed, *, stop_times: bool = True) -> gtfs_kit.Feed:
    """`feed` as a gtfs_kit.Feed in kilometres: GTFS columns, dates and times as GTFS text.

    Interpolated times are there like published ones. stop_times: False leaves out stop_times and
    shapes, which take a gigabyte for 10 million rows.
    """
    import gtfs_kit  # noqa: PLC0415 - it brings maps and plots along, and few need the model

    frames = {
        table.name: _as_text(feed.tables[table.name], table)
        for table in TABLES
        if table.name in _KNOWN and table.name in feed.tables
    }
    if stop_times:
        frames["stop_times"] = _stop_times(feed.stop_times, feed.tables)
        if feed.shapes.shape_id:
            frames["shapes"] = _shapes(feed.shapes)
    return gtfs_kit.Feed(dist_units="km", **frames)


def _as_text(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """A table as GTFS writes it, without the columns that say nothing in any row."""
    columns = {
        column.name: _column_as_text(frame[column.name], column)
        for column in table.columns
        if column.required or not _is_absent(frame[column.name], column)
    }
    return pd.DataFrame(columns)


def _is_absent(series: pd.Series[Any], column: Column) -> bool:
    if column.kind == "text":
        return bool((series == "").all())
    if column.kind == "integer":  # the others say something in every row
        return column.default == ABSENT and bool((series == ABSENT).all())
    return bool(series.isna().all())


def _column_as_text(series: pd.Series[Any], column: Column) -> pd.Series[Any]:
    if column.kind == "date":
        return pd.Series(series.dt.strftime("%Y%m%d"), dtype="str")
    if column.kind == "time":
        return pd.Series(format_times(series.to_numpy()), dtype="str")
    if column.kind == "integer":
        number = series.astype("Int32")
        return number.mask(number == ABSENT) if column.default == ABSENT else number
    if column.kind == "text" and not column.required:
        return series.mask(series == "")
    return series


def format_times(seconds: NDArray[np.int32]) -> NDArray[np.object_]:
    """Seconds as HH:MM:SS, past 24:00 too; None where there is no time."""
    known, number = np.unique(seconds, return_inverse=True)  # a day has few different seconds
    texts = [
        None if s == BLANK_TIME else f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}"
        for s in known.tolist()
    ]
    return np.array(texts, object)[number]


def _stop_times(times: StopTimes, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    starts = np.flatnonzero(np.diff(times.trip, prepend=-1))
    length = np.diff(starts, append=len(times.trip))
    sequence = np.arange(1, len(times.trip) + 1) - np.repeat(starts, length)
    return pd.DataFrame(
        {
            "trip_id": tables["trips"]["trip_id"].take(times.trip).to_numpy(),
            "arrival_time": pd.Series(format_times(times.arrival), dtype="str"),
            "departure_time": pd.Series(format_times(times.departure), dtype="str"),
            "stop_id": tables["stops"]["stop_id"].take(times.stop).to_numpy(),
            "stop_sequence": pd.Series(sequence, dtype="Int32"),
            "pickup_type": pd.Series(times.pickup_type, dtype="Int32"),
            "drop_off_type": pd.Series(times.drop_off_type, dtype="Int32"),
        }
    )


def _shapes(shapes: Shapes) -> pd.DataFrame:
    length = np.diff(shapes.offset)
    point = np.arange(1, len(shapes.lat) + 1) - np.repeat(shapes.offset[:-1], length)
    return pd.DataFrame(
        {
            "shape_id": np.repeat(np.array(shapes.shape_id, object), length),
            "shape_pt_lat": shapes.lat,
            "shape_pt_lon": shapes.lon,
            "shape_pt_sequence": pd.Series(point, dtype="Int32"),
        }
    )
