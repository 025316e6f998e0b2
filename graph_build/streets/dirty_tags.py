"""Tags whose values say nothing to us: counted, so that somebody may mend the map (D12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import numpy as np

from feeds.issues import Issue, IssueLog
from feeds.tables import OsmExtract
from graph_build.streets.access import knows_right
from graph_build.streets.road_facts import (
    knows_surface,
    parse_duration_s,
    parse_metres,
    parse_speed_kmh,
)
from graph_build.streets.timed_access import read_clauses

_ONEWAYS: Final = frozenset(
    {"yes", "no", "true", "false", "1", "0", "-1", "reverse", "reversible", "alternating"}
)
_ACCESS_KEYS: Final = ("access", "foot", "bicycle", "vehicle", "motor_vehicle", "motorcar")
_SPEED_KEYS: Final = ("maxspeed", "maxspeed:forward", "maxspeed:backward")

# Kind of issue -> the keys that it is about, and whether a value is understood.
_CHECKS: Final[Mapping[str, tuple[tuple[str, ...], Callable[[str], bool]]]] = {
    "unknown_maxspeed": (_SPEED_KEYS, lambda value: parse_speed_kmh(value) is not None),
    "unknown_access": (_ACCESS_KEYS, knows_right),
    "unknown_oneway": (("oneway", "oneway:bicycle"), lambda value: value.lower() in _ONEWAYS),
    "unknown_surface": (("surface",), knows_surface),
    "unknown_duration": (("duration",), lambda value: parse_duration_s(value) is not None),
    "unknown_width": (("maxwidth",), lambda value: parse_metres(value) is not None),
}


def count_unknown_tags(extract: OsmExtract, issues: IssueLog) -> None:
    """Count the ways and barriers with values that we don't understand, and name each value."""
    ways = extract.ways
    for kind, (keys, knows) in _CHECKS.items():
        for key in keys:
            count = np.bincount(ways.tags[key], minlength=len(ways.vocabulary[key]))
            words = zip(ways.vocabulary[key], count.tolist(), strict=True)
            _report(issues, kind, key, words, knows)
    for key in (key for key in ways.vocabulary if key.endswith(":conditional")):
        count = np.bincount(ways.tags[key], minlength=len(ways.vocabulary[key]))
        words = zip(ways.vocabulary[key], count.tolist(), strict=True)
        _report(issues, "unknown_condition", key, words, _knows_condition)
    for tags in extract.nodes.tags.values():
        for key in tags.keys() & {*_ACCESS_KEYS} if "barrier" in tags else ():
            _report(issues, "unknown_access", key, [(tags[key], 1)], knows_right)


def _knows_condition(value: str) -> bool:
    return not read_clauses({"access:conditional": value})[1]


def _report(
    issues: IssueLog,
    kind: str,
    key: str,
    words: Iterable[tuple[str, int]],
    knows: Callable[[str], bool],
) -> None:
    for word, count in words:
        if word and count and not knows(word):
            issues.add(Issue(kind, f"{key}={word[:80]}", "ignored"), count)
