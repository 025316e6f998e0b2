"""Fields of text to numbers: the inner loops, over the bytes that rows.split_rows has divided.

No kernel raises: a value that can't be read becomes the sentinel given here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

BLANK_INTEGER: Final = -(2**31)  # as tables.BLANK_TIME
BAD_INTEGER: Final = -(2**31) + 1

_ZERO: Final = 48
_COLON: Final = 58
_MINUS: Final = 45
_PLUS: Final = 43
_POINT: Final = 46
_EXPONENT: Final = (69, 101)  # E, e

_Bytes = NDArray[np.uint8]
_Places = NDArray[np.int32]
Parser = Callable[[_Bytes, _Places, _Places], _Places]


@njit(cache=True, nogil=True)
def parse_integers(buffer: _Bytes, start: _Places, end: _Places) -> NDArray[np.int32]:
    """Whole numbers of each field: BLANK_INTEGER where empty, BAD_INTEGER where it is none.

    "3.0" is 3. start, end: int32 (n,). Returns int32 (n,).
    """
    result = np.empty(start.size, np.int32)
    for row in range(start.size):
        here = start[row]
        stop = end[row]
        if here == stop:
            result[row] = BLANK_INTEGER
            continue
        negative = buffer[here] == _MINUS
        if negative or buffer[here] == _PLUS:
            here += 1
        digits = 0
        value = 0
        while here < stop and digits < 11:
            digit = int(buffer[here]) - _ZERO
            if digit < 0 or digit > 9:
                break
            value = value * 10 + digit
            digits += 1
            here += 1
        if here < stop and digits > 0 and buffer[here] == _POINT:
            here += 1
            while here < stop and buffer[here] == _ZERO:
                here += 1
        if digits == 0 or here < stop or value > 2**31 - 1:
            result[row] = BAD_INTEGER
        else:
            result[row] = -value if negative else value
    return result


@njit(cache=True, nogil=True)
def parse_times(buffer: _Bytes, start: _Places, end: _Places) -> NDArray[np.int32]:
    """Seconds of each H:MM:SS field: BLANK_INTEGER where empty, BAD_INTEGER where it is none.

    One to three digits of hours, so past 24:00 too. start, end: int32 (n,). Returns int32 (n,).
    """
    result = np.empty(start.size, np.int32)
    for row in range(start.size):
        here = start[row]
        stop = end[row]
        if here == stop:
            result[row] = BLANK_INTEGER
            continue
        result[row] = BAD_INTEGER
        hours = 0
        digits = 0
        while here < stop and digits < 3:
            digit = int(buffer[here]) - _ZERO
            if digit < 0 or digit > 9:
                break
            hours = hours * 10 + digit
            digits += 1
            here += 1
        if digits == 0 or stop - here != 6:
            continue
        if buffer[here] != _COLON or buffer[here + 3] != _COLON:
            continue
        m1 = int(buffer[here + 1]) - _ZERO
        m0 = int(buffer[here + 2]) - _ZERO
        s1 = int(buffer[here + 4]) - _ZERO
        s0 = int(buffer[here + 5]) - _ZERO
        if m1 < 0 or m1 > 5 or m0 < 0 or m0 > 9 or s1 < 0 or s1 > 5 or s0 < 0 or s0 > 9:
            continue
        result[row] = hours * 3600 + (m1 * 10 + m0) * 60 + s1 * 10 + s0
    return result


@njit(cache=True, nogil=True)
def parse_decimals(
    buffer: _Bytes, start: _Places, end: _Places
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Decimal numbers of each field, to within one unit of the last place; NaN where none is.

    start, end: int32 (n,). Returns float64 (n,) and bool (n,), True where text is no number.
    """
    result = np.full(start.size, np.nan)
    bad = np.zeros(start.size, np.bool_)
    for row in range(start.size):
        here = start[row]
        stop = end[row]
        if here == stop:
            continue
        negative = buffer[here] == _MINUS
        if negative or buffer[here] == _PLUS:
            here += 1
        mantissa = 0
        digits = 0
        exponent = 0
        point = False
        while here < stop:
            digit = int(buffer[here]) - _ZERO
            if 0 <= digit <= 9:
                if mantissa < 10**17:
                    mantissa = mantissa * 10 + digit
                    exponent -= 1 if point else 0
                else:
                    exponent += 0 if point else 1
                digits += 1
            elif buffer[here] == _POINT and not point:
                point = True
            else:
                break
            here += 1
        if here < stop and digits > 0 and buffer[here] in _EXPONENT:
            here += 1
            sign = 1
            if here < stop and (buffer[here] == _MINUS or buffer[here] == _PLUS):
                sign = -1 if buffer[here] == _MINUS else 1
                here += 1
            power = 0
            digits = 0
            while here < stop and digits < 4:
                digit = int(buffer[here]) - _ZERO
                if digit < 0 or digit > 9:
                    break
                power = power * 10 + digit
                digits += 1
                here += 1
            exponent += sign * power
        if digits == 0 or here < stop or abs(exponent) > 300:
            bad[row] = True
            continue
        value = mantissa / 10.0**-exponent if exponent < 0 else mantissa * 10.0**exponent
        result[row] = -value if negative else value
    return result, bad
