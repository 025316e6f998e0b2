"""Small GTFS tables as typed frames, every known column there, whatever the file leaves out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from feeds.archive import Archive
from feeds.gtfs_rows import Rows, read_rows
from feeds.gtfs_schema import TABLES, Column, Table
from feeds.issues import FeedError, Issue, IssueLog
from feeds.kernels.values import BLANK_INTEGER


def read_tables(archive: Archive, issues: IssueLog) -> dict[str, pd.DataFrame]:
    """Every small table that the archive has, by name, with the columns of gtfs_schema.TABLES.

    Raises FeedError where a required one is missing or can't be read; an optional one that can't
    be read is left out and counted.
    """
    tables = {}
    for table in TABLES:
        if table.file not in archive:
            if table.required:
                msg = f"{archive.path} holds no {table.file}: it is not a complete GTFS feed."
                raise FeedError(msg)
            continue
        try:
            tables[table.name] = read_table(archive, table, issues)
        except FeedError as error:
            if table.required:
                raise
            issues.add(Issue("unusable_file", table.file, "left out", str(error)))
    return tables


def read_table(archive: Archive, table: Table, issues: IssueLog) -> pd.DataFrame:
    """One table as a frame with the dtypes of gtfs_schema.DTYPES, indexed 0, 1, 2, ...

    Rows without a required value are dropped and counted. Raises FeedError as read_rows does.
    """
    parts = [_read_part(rows) for rows in read_rows(archive, table, issues)]
    columns: dict[str, pd.Series] = {}
    for column in table.columns:
        pieces = [part[column.name] for part in parts]
        columns[column.name] = _join(pieces, column)
    return pd.DataFrame(columns)


def _read_part(rows: Rows) -> dict[str, pa.Array | NDArray[np.generic]]:
    """The columns of some records, those without a required value left out."""
    rows = drop_incomplete(rows)
    part = {column.name: _read_column(rows, column) for column in rows.table.columns}
    usable = np.ones(rows.count, np.bool_)  # unreadable values are counted by _read_column
    for column in rows.table.columns:
        if column.required:
            usable &= ~_is_absent(part[column.name], column, rows.count)
    if usable.all():
        return part
    return {
        name: values.filter(pa.array(usable)) if isinstance(values, pa.Array) else values[usable]
        for name, values in part.items()
    }


def drop_incomplete(rows: Rows) -> Rows:
    """Leave out, and count, the records where a required column is blank."""
    keep = np.ones(rows.count, np.bool_)
    for column in rows.table.columns:
        if column.required:
            blank = rows.is_blank(column.name) & keep
            if blank.any():
                rows.report(blank, "missing_value", "row dropped", f"{column.name} is blank")
                keep &= ~blank
    return rows.select(keep)


def _read_column(rows: Rows, column: Column) -> pa.Array | NDArray[np.generic]:
    if column.kind == "text":
        return rows.read_text(column.name)
    if column.kind == "decimal":
        return rows.read_decimals(column)
    if column.kind == "time":
        return rows.read_times(column)
    if column.kind == "date":
        return _read_dates(rows, column)
    found = rows.read_integers(column)
    if not column.required:
        found[found == BLANK_INTEGER] = column.default
    return found


def _read_dates(rows: Rows, column: Column) -> NDArray[np.datetime64]:
    """YYYYMMDD as dates; NaT where absent or, counted, where there is no such day."""
    found = rows.read_integers(column)
    year, month, day = found // 10_000, found // 100 % 100, found % 100
    given = found != BLANK_INTEGER
    plausible = given & (year >= 1900) & (year < 2200) & (month >= 1) & (month <= 12) & (day >= 1)  # noqa: PLR2004 - the calendar's own
    first = np.where(plausible, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    dates = first.astype("datetime64[D]") + np.where(plausible, day - 1, 0)
    plausible &= dates.astype("datetime64[M]") == first
    dates[~plausible] = np.datetime64("NaT")
    bad = given & ~plausible
    if bad.any():
        done = "row dropped" if column.required else "taken as blank"
        rows.report(bad, "unreadable_value", done, f"{column.name} is no date")
    return dates.astype("datetime64[s]")


def _is_absent(
    values: pa.Array | NDArray[np.generic], column: Column, count: int
) -> NDArray[np.bool_]:
    """Where a required value couldn't be read; blank text is dropped before."""
    if isinstance(values, pa.Array):
        return np.zeros(count, np.bool_)
    if column.kind in ("integer", "time"):
        return np.asarray(values == BLANK_INTEGER)
    absent: NDArray[np.bool_] = np.isnat(values) if column.kind == "date" else np.isnan(values)
    return absent


def _join(pieces: list[pa.Array | NDArray[np.generic]], column: Column) -> pd.Series:
    if column.kind == "text":
        text = pa.chunked_array(pieces, pa.large_string()).combine_chunks()
        return pd.Series(text.to_pandas(), dtype="str")
    empty = {"decimal": "f8", "date": "datetime64[s]"}.get(column.kind, "i4")
    return pd.Series(np.concatenate([np.empty(0, empty), *pieces]))
