"""One GTFS file as a stream of columns: any encoding, header and line ends; faults are counted."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from feeds.archive import Archive
from feeds.gtfs_schema import Column, Table
from feeds.issues import FeedError, Issue, IssueLog
from feeds.kernels import rows as kernels
from feeds.kernels import values

CHUNK_BYTES: Final = 8 << 20  # read at once; no record may be longer
_MAX_ROWS: Final = 1 << 18  # records handed on at once
_LINES_SHOWN: Final = 3  # of one kind of fault in one chunk

_STATUS: Final = (  # status, issue kind, what is done about it
    (kernels.TOO_SHORT, "row_with_too_few_fields", "padded with blanks"),
    (kernels.TRAILING_BLANKS, "row_with_too_many_blanks", "kept"),
    (kernels.TOO_LONG, "row_with_too_many_fields", "dropped"),
    (kernels.UNCLOSED, "unclosed_quote", "dropped"),
)


@dataclass(slots=True)
class Ids:
    """Ids of a table, ready to be looked up by the bytes of other tables."""

    blob: NDArray[np.uint8]
    offset: NDArray[np.int64]
    places: NDArray[np.int32]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Ids:
        """Index `texts`; of equal ones the first stands."""
        encoded = [text.encode() for text in texts]
        offset = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(text) for text in encoded], out=offset[1:])
        blob = np.frombuffer(bytearray(b"".join(encoded)), np.uint8)
        return cls(blob, offset, kernels.index_ids(blob, offset))


@dataclass(slots=True)
class Rows:
    """Some consecutive records of one file. Its methods count what they can't read."""

    table: Table
    issues: IssueLog
    buffer: NDArray[np.uint8]
    slots: dict[str, int]  # the columns that the file has
    starts: NDArray[np.int32]  # (n_slots, n)
    ends: NDArray[np.int32]  # (n_slots, n)
    line: NDArray[np.int64]  # (n,)
    byte_count: int  # of the file, that these records take

    @property
    def count(self) -> int:
        """Number of records."""
        return len(self.line)

    def select(self, keep: NDArray[np.bool_]) -> Rows:
        """Only the records that are to be kept."""
        if keep.all():
            return self
        starts, ends = (np.ascontiguousarray(a[:, keep]) for a in (self.starts, self.ends))
        line = self.line[keep]
        return replace(self, starts=starts, ends=ends, line=line)

    def report(self, bad: NDArray[np.bool_], kind: str, done: str, detail: str = "") -> None:
        """Count an issue for each record of the mask, a few with their lines."""
        lines = self.line[bad]
        where = [f"{self.table.file} line {line}" for line in lines[:_LINES_SHOWN].tolist()]
        self.issues.add_all(kind, where, count=len(lines), done=done, detail=detail)

    def is_blank(self, column: str) -> NDArray[np.bool_]:
        """Where a column has no text."""
        slot = self.slots.get(column)
        if slot is None:
            return np.ones(self.count, np.bool_)
        blank: NDArray[np.bool_] = self.starts[slot] == self.ends[slot]
        return blank

    def read_text(self, column: str) -> pa.Array:
        """A column as Arrow strings, "" where blank."""
        slot = self.slots.get(column)
        if slot is None:
            return pa.repeat(pa.scalar("", pa.large_string()), self.count)
        blob, offset = kernels.gather_text(self.buffer, self.starts[slot], self.ends[slot])
        return pa.LargeStringArray.from_buffers(
            self.count, pa.py_buffer(offset), pa.py_buffer(blob)
        )

    def find_ids(self, column: str, ids: Ids) -> NDArray[np.int32]:
        """Each record's place among `ids`; -1 where it isn't one of them."""
        slot = self.slots.get(column)
        if slot is None:
            return np.full(self.count, -1, np.int32)
        found: NDArray[np.int32] = kernels.find_ids(
            self.buffer, self.starts[slot], self.ends[slot], ids.blob, ids.offset, ids.places
        )
        return found

    def read_integers(self, column: Column) -> NDArray[np.int32]:
        """A column as whole numbers; BLANK_INTEGER where absent or, counted, where unreadable."""
        return self._read(column, values.parse_integers)

    def read_times(self, column: Column) -> NDArray[np.int32]:
        """A column as seconds; BLANK_INTEGER where absent or, counted, where unreadable."""
        return self._read(column, values.parse_times)

    def read_decimals(self, column: Column) -> NDArray[np.float64]:
        """A column as decimal numbers; NaN where absent or, counted, where unreadable."""
        slot = self.slots.get(column.name)
        if slot is None:
            return np.full(self.count, np.nan)
        found: NDArray[np.float64]
        found, bad = values.parse_decimals(self.buffer, self.starts[slot], self.ends[slot])
        if bad.any():
            self._report_bad(column, bad)
        return found

    def _read(self, column: Column, parse: values.Parser) -> NDArray[np.int32]:
        slot = self.slots.get(column.name)
        if slot is None:
            return np.full(self.count, values.BLANK_INTEGER, np.int32)
        found = parse(self.buffer, self.starts[slot], self.ends[slot])
        bad = found == values.BAD_INTEGER
        if bad.any():
            found[bad] = values.BLANK_INTEGER
            self._report_bad(column, bad)
        return found

    def _report_bad(self, column: Column, bad: NDArray[np.bool_]) -> None:
        done = "row dropped" if column.required else "taken as blank"
        self.report(bad, "unreadable_value", done, f"{column.name} is no {column.kind}")


def read_rows(archive: Archive, table: Table, issues: IssueLog) -> Iterator[Rows]:
    """Stream a file's records, those with too many fields left out.

    Raises FeedError where the file is damaged, empty, lacks a required column, or has a record
    longer than CHUNK_BYTES.
    """
    with archive.open(table.file) as stream:
        text = _Utf8(stream, table, issues)
        rest = text.read()
        where = f"{archive.path}: {table.file}"
        columns, begin, line = _read_header(rest, where, table)
        slots, slot = _assign_slots(columns, table)
        while True:
            more = text.read()
            buffer = np.frombuffer(bytearray(rest + more), np.uint8)
            while True:
                fields, end, line = _split(buffer, begin, slot, line, final=not more)
                size, begin = end - begin, end
                if len(fields.line) == 0:
                    break
                rows = Rows(
                    table, issues, buffer, slots, fields.starts, fields.ends, fields.line, size
                )
                yield _keep_usable(rows, fields.status)
            if not more:
                return
            rest = buffer[begin:].tobytes()
            begin = 0
            if len(rest) > CHUNK_BYTES:
                msg = f"{where} has a record of more than {CHUNK_BYTES} bytes at line {line}."
                raise FeedError(msg)


def _split(
    buffer: NDArray[np.uint8], begin: int, slot: NDArray[np.int32], line: int, *, final: bool
) -> tuple[_Fields, int, int]:
    """The next records from `begin` on, the position after them and its line."""
    n_slots = int(slot.max()) + 1
    capacity = min(_MAX_ROWS, buffer.size - begin + 1)
    starts = np.empty((n_slots, capacity), np.int32)
    ends = np.empty((n_slots, capacity), np.int32)
    status = np.empty(capacity, np.uint8)
    lines = np.empty(capacity, np.int64)
    count, position, line = kernels.split_rows(
        buffer, begin, final, slot, line, starts, ends, status, lines
    )
    starts, ends = (np.ascontiguousarray(places[:, :count]) for places in (starts, ends))
    return _Fields(starts, ends, status[:count], lines[:count]), position, line


def _keep_usable(rows: Rows, status: NDArray[np.uint8]) -> Rows:
    """Count records that don't fit the header; leave out those that can't be used."""
    if not status.any():
        return rows
    for value, kind, done in _STATUS:
        rows.report(status == value, kind, done)
    return rows.select(status < kernels.TOO_LONG)


def _read_header(data: bytes, where: str, table: Table) -> tuple[list[str], int, int]:
    """Column names, trimmed and in lower case; where the records begin; their first line."""
    start = 0
    while start < len(data) and data[start] in b"\r\n":
        start += 1
    ends = [end for end in (data.find(b"\n", start), data.find(b"\r", start)) if end >= 0]
    end = min(ends, default=len(data))
    names = next(csv.reader([data[start:end].decode()]), [])
    columns = [name.strip().strip('"').lower() for name in names]
    if not any(columns):
        msg = f"{where} is empty."
        raise FeedError(msg)
    missing = [c.name for c in table.columns if c.required and c.name not in columns]
    if missing:
        msg = f"{where} has no column {missing[0]} (it has {', '.join(columns[:12])})."
        raise FeedError(msg)
    return columns, end, 1 + data.count(b"\n", 0, start)


def _assign_slots(columns: list[str], table: Table) -> tuple[dict[str, int], NDArray[np.int32]]:
    """Slots of the columns that are wanted and there; for each column of the file its slot."""
    wanted = {column.name for column in table.columns}
    slots: dict[str, int] = {}
    slot = np.full(len(columns), -1, np.int32)
    for i, name in enumerate(columns):
        if name in wanted and name not in slots:  # of two columns of one name the first stands
            slot[i] = slots[name] = len(slots)
    return slots, slot


class _Fields(NamedTuple):
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    status: NDArray[np.uint8]
    line: NDArray[np.int64]


class _Utf8:
    """A stream's bytes as valid UTF-8, without byte order mark.

    From the first byte that isn't UTF-8 on, the file is taken for Windows-1252, the superset of
    Latin-1 that such feeds are written in.
    """

    def __init__(self, stream: BinaryIO, table: Table, issues: IssueLog) -> None:
        self._stream = stream
        self._table = table
        self._issues = issues
        self._pending = b""  # the beginning of a character that the last read cut
        self._utf8 = True
        self._first = True

    def read(self) -> bytes:
        """The next chunk; b"" at the end."""
        data = self._pending + self._stream.read(CHUNK_BYTES)
        self._pending = b""
        if self._first:
            self._first = False
            data = data.removeprefix(codecs.BOM_UTF8)
        if self._utf8 and not data.isascii():
            data = self._check(data)
        return data if self._utf8 else data.decode("cp1252", "replace").encode()

    def _check(self, data: bytes) -> bytes:
        at_end = len(data) < CHUNK_BYTES
        try:
            _, whole = codecs.utf_8_decode(data, "strict", at_end)
        except UnicodeDecodeError:
            self._utf8 = False
            issue = Issue("not_utf8", self._table.file, "read as Windows-1252")
            self._issues.add(issue)
            return data
        self._pending = data[whole:]
        return data[:whole]
