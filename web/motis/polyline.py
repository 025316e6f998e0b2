"""Lines as text: Google's encoded polyline algorithm format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_CHUNK: Final = 5  # bits a character carries
_MORE: Final = 0x20  # another character of the same number follows
_FIRST: Final = 63  # ASCII of a zero chunk


def encode_polyline(points: Iterable[tuple[float, float]], precision: int) -> str:
    """`points` (lat, lon in degrees) as an encoded polyline of `precision` decimal places."""
    scale = 10**precision
    text: list[str] = []
    last_lat = last_lon = 0
    for lat, lon in points:
        new_lat, new_lon = round(lat * scale), round(lon * scale)
        _append(text, new_lat - last_lat)
        _append(text, new_lon - last_lon)
        last_lat, last_lon = new_lat, new_lon
    return "".join(text)


def _append(text: list[str], value: int) -> None:
    """One signed number: its sign moved to the last bit, then five bits a character."""
    rest = ~(value << 1) if value < 0 else value << 1
    while rest >= _MORE:
        text.append(chr((_MORE | (rest & (_MORE - 1))) + _FIRST))
        rest >>= _CHUNK
    text.append(chr(rest + _FIRST))
