"""What the fields of an official bike lane say, whatever spelling, type or version they are in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any, Final

import numpy as np

from feeds.bike_lane_schema import FIELDS, OLD_FIELDS, OLD_VALUES, Field, Kind
from feeds.issues import Issue, IssueLog

_LONGEST: Final = 500  # characters of a text that are kept
_YES: Final = frozenset({"TRUE", "1", "OUI", "VRAI", "T"})
_NO: Final = frozenset({"FALSE", "0", "NON", "FAUX", "F"})
_ABSENT: Final[Mapping[Kind, Any]] = {
    "text": "", "choice": "", "number": float("nan"), "flag": -1, "date": np.datetime64("NaT", "s"),
}  # fmt: skip


def read_values(properties: Mapping[str, Any], where: str, issues: IssueLog) -> dict[str, Any]:
    """Every field's value, of its column's type; what can't be is taken as absent and counted.

    Older names and spellings are read as today's. `where` is the feature's place in its file.
    """
    given = _rename(properties)
    values = {}
    for one in FIELDS:
        raw = given.get(one.name)
        value = _ABSENT[one.kind]
        if raw is not None and not (isinstance(raw, str) and not raw.strip()):
            read = _READERS[one.kind](raw, one)
            if read is None:
                detail = f"{one.name} = {str(raw)[:60]}"
                issues.add(Issue("bike_lane_unknown_value", where, "taken as absent", detail))
            else:
                value = read
        elif one.required:
            issues.add(Issue("bike_lane_without_value", where, "kept", one.name))
        values[one.name] = value
    return values


def _rename(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Names in lower case, and today's where only an older one is there."""
    given = {str(name).lower(): value for name, value in properties.items()}
    for old, names in OLD_FIELDS.items():
        for name in names:
            if given.get(name) is None and given.get(old) is not None:
                given[name] = given[old]
    return given


def _read_text(raw: object, one: Field) -> str | None:
    del one
    if isinstance(raw, list):
        raw = ";".join(str(part) for part in raw)
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)  # identifiers that went through a spreadsheet
    return None if isinstance(raw, dict | bool) else str(raw).strip()[:_LONGEST]


def _read_choice(raw: object, one: Field) -> str | None:
    if isinstance(raw, list):
        raw = raw[0] if len(raw) == 1 else None
    return _spellings(one.allowed).get(_plain(raw)) if isinstance(raw, str) else None


@cache
def _spellings(values: tuple[str, ...]) -> Mapping[str, str]:
    """Each value by its plain spelling, and by those of older versions."""
    found = {_plain(value): value for value in values}
    found.update({old: new for old, new in OLD_VALUES.items() if new in values})
    return found


def _plain(text: str) -> str:
    """Capitals without accents, one space between words and none around a plus."""
    bare = unicodedata.normalize("NFKD", text[:_LONGEST])
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter)).upper()
    return re.sub(r" ?\+ ?", "+", " ".join(bare.split()))


def _read_number(raw: object, one: Field) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    try:
        number = float(raw.replace(",", ".") if isinstance(raw, str) else raw)
    except (ValueError, OverflowError):
        return None
    if number == 0:
        return float("nan")  # as shapefiles say that there is none
    return number if one.least <= number <= one.most else None


def _read_flag(raw: object, one: Field) -> int | None:
    del one
    word = _plain(str(raw))
    return 1 if word in _YES else 0 if word in _NO else None


def _read_date(raw: object, one: Field) -> Any:  # noqa: ANN401 - numpy's date
    del one
    try:
        day = date.fromisoformat(str(raw).strip()[:10].replace("/", "-"))
    except ValueError:
        return None
    return np.datetime64(day, "s")


_READERS: Final[Mapping[Kind, Callable[[object, Field], Any]]] = {
    "text": _read_text, "choice": _read_choice, "number": _read_number, "flag": _read_flag,
    "date": _read_date,
}  # fmt: skip
