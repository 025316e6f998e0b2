"""Comma-separated text to records and fields: the inner loops, over raw UTF-8 bytes.

RFC 4180 as Python's csv module reads it: quotes count at a field's start only, a doubled quote
stands for one, a record ends at LF, CR or CRLF outside quotes. Space and tab around a field are
dropped. No kernel raises: a faulty record has a status.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

# A record's status.
FITS: Final = 0
TOO_SHORT: Final = 1  # fields missing at its end
TRAILING_BLANKS: Final = 2  # more fields than the header, the surplus blank
TOO_LONG: Final = 3  # more fields than the header, with content
UNCLOSED: Final = 4  # a quote that doesn't close within MAX_QUOTED bytes; its line is skipped

MAX_QUOTED: Final = 1 << 16

# What else the splitter may find where a record should be.
_CUT: Final = 100  # the buffer ends within it
_BLANK_LINE: Final = 101

_COMMA: Final = 44
_QUOTE: Final = 34
_LF: Final = 10
_CR: Final = 13
_SPACE: Final = 32
_TAB: Final = 9

_Bytes = NDArray[np.uint8]
_Places = NDArray[np.int32]


@njit(cache=True, nogil=True)
def _unquote(buffer: _Bytes, start: int, end: int) -> int:
    """Undo the quoting of buffer[start:end] in place (its opening quote left out); its new end."""
    write = start
    inside = True
    read = start
    while read < end:
        byte = buffer[read]
        if inside and byte == _QUOTE:
            if read + 1 < end and buffer[read + 1] == _QUOTE:
                read += 1
            else:
                inside = False
                read += 1
                continue
        buffer[write] = byte
        write += 1
        read += 1
    return write


@njit(cache=True, nogil=True)
def _pass_quoted(buffer: _Bytes, position: int) -> tuple[int, int, bool]:
    """Where the field that opens before `position` ends; its line breaks; whether it closes."""
    size = buffer.size
    inside = True
    breaks = 0
    while position < size:
        byte = buffer[position]
        if not inside:
            if byte in (_COMMA, _LF, _CR):
                break
        elif byte == _QUOTE:
            if position + 1 < size and buffer[position + 1] == _QUOTE:
                position += 1
            else:
                inside = False
        elif byte == _LF or (byte == _CR and position + 1 < size and buffer[position + 1] != _LF):
            breaks += 1
        position += 1
    return position, breaks, not inside


@njit(cache=True, nogil=True)
def _trim(buffer: _Bytes, start: int, end: int) -> tuple[int, int]:
    """Leave out space and tab at both ends of buffer[start:end]."""
    while start < end and buffer[start] in (_SPACE, _TAB):
        start += 1
    while end > start and buffer[end - 1] in (_SPACE, _TAB):
        end -= 1
    return start, end


@njit(cache=True, nogil=True)
def _pass_break(buffer: _Bytes, position: int, final: bool) -> int:
    """The position after the line break, or the end, at `position`; -1 where an LF may follow."""
    if position >= buffer.size:
        return position if final else -1
    if buffer[position] == _CR:
        if position + 1 >= buffer.size:
            return position + 1 if final else -1
        if buffer[position + 1] == _LF:
            return position + 2
    return position + 1


@njit(cache=True, nogil=True)
def _split_record(
    buffer: _Bytes,
    position: int,
    final: bool,
    slot: _Places,
    starts: _Places,
    ends: _Places,
    row: int,
) -> tuple[int, int, int]:
    """Write one record's fields into column `row` of starts and ends, quotes still in them.

    Returns its status, or _CUT or _BLANK_LINE; the position after it; its line breaks.
    """
    size = buffer.size
    n_columns = slot.size
    for s in range(starts.shape[0]):
        starts[s, row] = position
        ends[s, row] = position
    breaks = 0
    column = 0
    surplus = False
    blank = True
    while True:
        start = position
        quoted = position < size and buffer[position] == _QUOTE
        if quoted:
            position, inner, closed = _pass_quoted(buffer, position + 1)
            breaks += inner
            if inner > 0 and (position - start > MAX_QUOTED or (final and not closed)):
                return UNCLOSED, position, breaks
        else:  # in place: nearly every field of a heavy table is like this
            while position < size and buffer[position] not in (_COMMA, _LF, _CR):
                position += 1
        start, end = _trim(buffer, start, position)
        blank = blank and start == end
        if column >= n_columns:
            empty_quotes = quoted and end == start + 2
            surplus = surplus or (end > start and not empty_quotes)
        elif slot[column] >= 0:
            starts[slot[column], row] = start
            ends[slot[column], row] = end
        column += 1
        if position < size and buffer[position] == _COMMA:
            position += 1
            continue
        after = _pass_break(buffer, position, final)
        if after < 0:
            return _CUT, position, breaks
        if blank and column == 1:
            status = _BLANK_LINE
        elif column < n_columns:
            status = TOO_SHORT
        elif column == n_columns:
            status = FITS
        else:
            status = TOO_LONG if surplus else TRAILING_BLANKS
        return status, after, breaks + (1 if after > position else 0)


@njit(cache=True, nogil=True)
def split_rows(
    buffer: _Bytes,
    begin: int,
    final: bool,
    slot: _Places,
    first_line: int,
    starts: _Places,
    ends: _Places,
    status: _Bytes,
    line: NDArray[np.int64],
) -> tuple[int, int, int]:
    """Split complete records of buffer[begin:] into the fields that are wanted.

    slot: int32 (n_columns,), the row of `starts` and `ends` for each column of the header, or -1.
    starts, ends: int32 (n_slots, capacity), written: field s of record r is
    buffer[starts[s, r] : ends[s, r]], unquoted in place and trimmed; empty where it is missing.
    status: uint8 (capacity,), FITS..UNCLOSED. line: int64 (capacity,), where the record begins.
    final: nothing follows the buffer. Blank lines are skipped.
    Returns the number of records, the position after the last of them and its line number.
    """
    position = begin
    here = first_line
    row = 0
    while position < buffer.size and row < starts.shape[1]:
        found, after, breaks = _split_record(buffer, position, final, slot, starts, ends, row)
        if found == _CUT:
            break
        if found == UNCLOSED:  # go on at the next line
            after = position
            while after < buffer.size and buffer[after] != _LF:
                after += 1
            after = min(after + 1, buffer.size)
            breaks = 1
        else:
            for s in range(starts.shape[0]):
                start = starts[s, row]
                end = ends[s, row]
                if start == end or buffer[start] != _QUOTE:
                    continue
                if start == 0 or buffer[start - 1] not in (_SPACE, _TAB):  # it opens the field
                    end = _unquote(buffer, start + 1, end)
                    starts[s, row], ends[s, row] = _trim(buffer, start + 1, end)
        if found != _BLANK_LINE:
            status[row] = found
            line[row] = here
            row += 1
        position = after
        here += breaks
    return row, position, here


@njit(cache=True, nogil=True)
def gather_text(buffer: _Bytes, start: _Places, end: _Places) -> tuple[_Bytes, NDArray[np.int64]]:
    """Fields one after another: uint8 (n_bytes,) and int64 (n + 1,) offsets into it."""
    offset = np.zeros(start.size + 1, np.int64)
    for row in range(start.size):
        offset[row + 1] = offset[row] + end[row] - start[row]
    blob = np.empty(offset[-1], np.uint8)
    for row in range(start.size):
        write = offset[row]
        for read in range(start[row], end[row]):
            blob[write] = buffer[read]
            write += 1
    return blob, offset


@njit(cache=True, nogil=True)
def _hash(buffer: _Bytes, start: int, end: int) -> int:
    """FNV-1a, 32 bits, mixed once more for the low bits."""
    value = 2166136261
    for i in range(start, end):
        value = ((value ^ int(buffer[i])) * 16777619) & 0xFFFFFFFF
    return value ^ (value >> 15)


@njit(cache=True, nogil=True)
def _same(a: _Bytes, a_start: int, a_end: int, b: _Bytes, b_start: int, b_end: int) -> bool:
    if a_end - a_start != b_end - b_start:
        return False
    for i in range(a_end - a_start):  # noqa: SIM110 - numba compiles the loop better
        if a[a_start + i] != b[b_start + i]:
            return False
    return True


@njit(cache=True, nogil=True)
def index_ids(blob: _Bytes, offset: NDArray[np.int64]) -> _Places:
    """Open-addressing table of the ids blob[offset[i] : offset[i + 1]], for find_ids.

    Returns int32 (a power of two >= 2 n,), -1 or i; of equal ids the first stands.
    """
    size = 8
    while size < 2 * offset.size:
        size *= 2
    table = np.full(size, -1, np.int32)
    for i in range(offset.size - 1):
        place = _hash(blob, offset[i], offset[i + 1]) & (size - 1)
        while table[place] >= 0:
            other = table[place]
            if _same(blob, offset[i], offset[i + 1], blob, offset[other], offset[other + 1]):
                break
            place = (place + 1) & (size - 1)
        if table[place] < 0:
            table[place] = i
    return table


@njit(cache=True, nogil=True)
def find_ids(
    buffer: _Bytes,
    start: _Places,
    end: _Places,
    blob: _Bytes,
    offset: NDArray[np.int64],
    table: _Places,
) -> _Places:
    """Number of each field's id among those that `table` indexes; -1 where it isn't there.

    start, end: int32 (n,). blob, offset, table: as index_ids takes and gives. Returns int32 (n,).
    """
    result = np.empty(start.size, np.int32)
    mask = table.size - 1
    last = -1  # rows of one trip follow one another
    for row in range(start.size):
        a = start[row]
        b = end[row]
        if last >= 0 and _same(buffer, a, b, blob, offset[last], offset[last + 1]):
            result[row] = last
            continue
        place = _hash(buffer, a, b) & mask
        found = table[place]
        while found >= 0 and not _same(buffer, a, b, blob, offset[found], offset[found + 1]):
            place = (place + 1) & mask
            found = table[place]
        result[row] = found
        last = found
    return result
