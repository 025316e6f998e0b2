"""Access that depends on the time: OSM's conditional tags, read as the tags of each hour (D15).

"motor_vehicle:conditional = no @ (Mo-Fr 08:15-08:45)" says that motor_vehicle is "no" in these
half hours. So a street is read once for each state that its tags take in a week, by the same rules
as at all other times. What doesn't come back every week isn't understood, and counted; public and
school holidays aren't known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple, TypeVar

from opening_hours import OpeningHours, State, validate

Span = tuple[int, int]  # minutes since Monday 00:00, the end not included
Spans = tuple[Span, ...]
Tags = Mapping[str, str]
T = TypeVar("T")

WEEK: Final = 7 * 24 * 60
_SUFFIX: Final = ":conditional"
_CLAUSE: Final = re.compile(r"([^@;()]+)@\s*(\([^()]*\)|[^;()]+)")
_OF_VEHICLES: Final = re.compile(r"[<>=]|^[a-z_ ]+$")  # weight>3.5, delivery: no matter of time
_SUN: Final = re.compile(r"sun|dusk|dawn")
_FIRST_MONDAY: Final = datetime(2025, 1, 6)  # noqa: DTZ001 - of a town's own clock
_WEEKS: Final = 51  # a year of them: what is the same in each comes back every week


class Clause(NamedTuple):
    """A key takes a value in some hours of the week."""

    key: str
    value: str
    spans: Spans


def has_conditions(tags: Tags) -> bool:
    """True where a tag holds at some times only."""
    return any(key.endswith(_SUFFIX) for key in tags)


def read_clauses(tags: Tags) -> tuple[list[Clause], list[str]]:
    """What the conditional tags say of times, and the texts that aren't understood."""
    clauses: list[Clause] = []
    unread: list[str] = []
    for key in sorted(key for key in tags if key.endswith(_SUFFIX)):
        found = split_condition(tags[key])
        if not found and "@" in tags[key]:
            unread.append(tags[key])
        for value, when in found:
            spans = list_spans(when)
            if spans:
                clauses.append(Clause(key.removesuffix(_SUFFIX), value, spans))
            elif not _OF_VEHICLES.search(when):
                unread.append(f"{value} @ {when}")
    return clauses, unread


def split_condition(text: str) -> list[tuple[str, str]]:
    """(value, condition) of "no @ (Mo-Fr 08:00-09:00); destination @ (Sa)"."""
    return [(value.strip(), when.strip("() ")) for value, when in _CLAUSE.findall(text)]


@cache
def list_spans(hours: str) -> Spans | None:
    """The minutes of the week that `hours` (OSM's opening_hours) means; None if not every week's.

    Evaluated by opening-hours-py; https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
    """
    if _SUN.search(hours.lower()) or not validate(hours):
        return None
    begin, end = _FIRST_MONDAY, _FIRST_MONDAY + timedelta(weeks=_WEEKS)
    weeks: list[list[Span]] = [[] for _ in range(_WEEKS)]
    for start, until, state, *_ in OpeningHours(hours).intervals(begin, end):
        if state == State.OPEN:
            _spread(weeks, _minutes(start - begin), _minutes(min(until, end) - begin))
    same = all(week == weeks[0] for week in weeks)
    return tuple(weeks[0]) if same and weeks[0] else None


def _minutes(duration: timedelta) -> int:
    return int(duration.total_seconds()) // 60


def _spread(weeks: list[list[Span]], start: int, end: int) -> None:
    """Give each week its part of what is open from `start` to `end`."""
    while start < end:
        week = start // WEEK
        until = min(end, (week + 1) * WEEK)
        weeks[week].append((start - week * WEEK, until - week * WEEK))
        start = until


def states_of_week(
    tags: Tags, clauses: list[Clause], read: Callable[[Tags], T]
) -> list[tuple[T, Spans]]:
    """What `read` makes of the tags where a clause holds, each with its hours; later ones win."""
    bounds = sorted({minute for clause in clauses for span in clause.spans for minute in span})
    states: list[tuple[tuple[Clause, ...], list[Span]]] = []
    for begin, end in pairwise(bounds):
        holding = tuple(clause for clause in clauses if _holds(clause, begin))
        if not holding:
            continue
        known = next((spans for held, spans in states if held == holding), None)
        if known is None:
            states.append((holding, [(begin, end)]))
        elif known[-1][1] == begin:
            known[-1] = (known[-1][0], end)
        else:
            known.append((begin, end))
    return [
        (read({**tags, **{clause.key: clause.value for clause in holding}}), tuple(spans))
        for holding, spans in states
    ]


def _holds(clause: Clause, minute: int) -> bool:
    return any(begin <= minute < end for begin, end in clause.spans)
