"""What a turn restriction says: from which ways into which, whom it binds, and when (D10).

https://wiki.openstreetmap.org/wiki/Relation:restriction, as of 2025. Those on foot are never bound,
nor are bicycles that are pushed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from feeds.issues import Issue, IssueLog
from feeds.tables import OsmExtract, TurnRestriction
from graph_build.streets.timed_access import Spans, list_spans, split_condition
from planner.network import shape

_BOTH: Final = shape.BIKE | shape.CAR
# Keys from the most general to the most special; a later one speaks for its vehicles alone.
_KEYS: Final[Mapping[str, int]] = {
    "restriction": _BOTH, "restriction:vehicle": _BOTH, "restriction:motor_vehicle": shape.CAR,
    "restriction:motorcar": shape.CAR, "restriction:bicycle": shape.BIKE,
}  # fmt: skip
_EXCEPT: Final[Mapping[str, int]] = {
    "bicycle": shape.BIKE, "motorcar": shape.CAR, "motor_vehicle": shape.CAR, "vehicle": _BOTH,
}  # fmt: skip
_TURNS: Final = frozenset(
    {"left_turn", "right_turn", "straight_on", "u_turn", "entry", "exit", "right_turn_on_red",
     "left_turn_on_red", "through"}
)  # fmt: skip
_ON_RED: Final = "_on_red"  # about red lights, which nobody here waits at


class TurnRule(NamedTuple):
    """No turn from one of the ways into one of the others, or none but that.

    back: about turning round, back over the same street. modes: whom it binds, bits BIKE and CAR.
    spans: the minutes of the week; None for always.
    """

    relation_id: int
    from_ways: tuple[int, ...]
    via: int  # OSM node
    to_ways: tuple[int, ...]
    only: bool
    back: bool
    modes: int
    spans: Spans | None


def read_turn_rules(extracts: Sequence[OsmExtract], issues: IssueLog) -> list[TurnRule]:
    """The rules of all extracts, each relation once; what can't be compiled is counted."""
    rules: list[TurnRule] = []
    seen: set[int] = set()
    for extract in extracts:
        for found in extract.restrictions:
            if found.relation_id in seen:
                continue
            seen.add(found.relation_id)
            rules += _read(found, issues)
    return rules


def _read(found: TurnRestriction, issues: IssueLog) -> Iterator[TurnRule]:
    where = f"relation {found.relation_id}"
    stated = list(_list_stated(found.rules, where, issues))
    if not stated:
        return
    if found.via_ways:
        issues.add(Issue("turn_restriction_over_ways", where, "ignored"))
        return
    for value, modes, spans in stated:
        back = value == "no_u_turn" and found.from_ways == found.to_ways
        yield TurnRule(
            found.relation_id, found.from_ways, found.via_nodes[0], found.to_ways,
            only=value.startswith("only_"), back=back, modes=modes, spans=spans,
        )  # fmt: skip


def _list_stated(
    rules: Mapping[str, str], where: str, issues: IssueLog
) -> Iterator[tuple[str, int, Spans | None]]:
    """(value, whom it binds, when) of a relation's keys."""
    excepted = 0
    for word in rules.get("except", "").split(";"):
        excepted |= _EXCEPT.get(word.strip(), 0)
    special = 0  # who has a key of his own
    for key, modes in reversed(list(_KEYS.items())):
        bound = modes & ~excepted & ~special
        values = [(rules[key], _old_hours(rules))] if key in rules else []
        values += [(v, when) for v, when in split_condition(rules.get(f"{key}:conditional", ""))]
        special |= modes if values else 0
        for value, when in values:
            spans = list_spans(when) if when else None
            prefix, _, turn = value.partition("_")
            if prefix not in {"no", "only"} or turn not in _TURNS:
                issues.add(Issue("turn_restriction_unknown", where, "ignored", value[:80]))
            elif when and spans is None:
                issues.add(Issue("unknown_condition", where, "ignored", when[:80]))
            elif bound and not turn.endswith(_ON_RED):
                yield value, bound, spans


def _old_hours(rules: Mapping[str, str]) -> str:
    """Opening hours of the keys that were used before conditional ones; "" where there are none."""
    days = "-".join(rules[key][:2] for key in ("day_on", "day_off") if key in rules)
    hours = "-".join(rules[key] for key in ("hour_on", "hour_off") if key in rules)
    return f"{days} {hours}".strip()
