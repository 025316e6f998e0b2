"""Relations that say something of streets: turn restrictions, and how long a ferry takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from feeds.issues import Issue, IssueLog
from feeds.osm_tags import RESTRICTION_KEYS
from feeds.tables import FerryRoute, TurnRestriction

_MAX_MEMBERS: Final = 50  # of a restriction; the largest real ones have some ten
_MAX_FERRY_MEMBERS: Final = 1000
# Keys that say for whom and when a restriction holds, beside the restriction itself.
_ASIDE: Final = ("except", "day_on", "day_off", "hour_on", "hour_off")

Member = tuple[str, int, str]  # "n", "w" or "r"; the object's id; its role


class RelationCollector:
    """Takes relations as they come; broken ones are counted in `issues`."""

    def __init__(self, issues: IssueLog) -> None:
        self.restrictions: list[TurnRestriction] = []
        self.ferries: list[FerryRoute] = []
        self.issues = issues

    def add(self, relation_id: int, tags: Mapping[str, str], members: Sequence[Member]) -> None:
        """Keep a relation if it is a turn restriction, or a ferry with a duration."""
        if tags.get("type") == "restriction":
            self._add_restriction(relation_id, tags, members)
        elif tags.get("route") == "ferry" and "duration" in tags:
            ways = tuple(ref for kind, ref, _ in members[:_MAX_FERRY_MEMBERS] if kind == "w")
            self.ferries.append(FerryRoute(relation_id, tags["duration"], ways))

    def _add_restriction(
        self, relation_id: int, tags: Mapping[str, str], members: Sequence[Member]
    ) -> None:
        if not any(key in tags for key in RESTRICTION_KEYS):
            return  # for lorries or buses alone
        rules = {key: tags[key] for key in (*RESTRICTION_KEYS, *_ASIDE) if key in tags}
        found = TurnRestriction(
            relation_id, rules,
            from_ways=_refs(members, "w", "from"), via_nodes=_refs(members, "n", "via"),
            via_ways=_refs(members, "w", "via"), to_ways=_refs(members, "w", "to"),
        )  # fmt: skip
        if fault := _find_fault(found, members):
            where = f"relation {relation_id}"
            self.issues.add(Issue("turn_restriction_broken", where, "dropped", fault))
            return
        self.restrictions.append(found)


def _refs(members: Sequence[Member], kind: str, role: str) -> tuple[int, ...]:
    found = (ref for own, ref, said in members[:_MAX_MEMBERS] if (own, said) == (kind, role))
    return tuple(dict.fromkeys(found))


def _find_fault(found: TurnRestriction, members: Sequence[Member]) -> str:
    """Why a restriction can't be one; "" where it can."""
    if len(members) > _MAX_MEMBERS:
        return f"more than {_MAX_MEMBERS} members"
    if not found.from_ways or not found.to_ways:
        return f"no {'to' if found.from_ways else 'from'}"
    if len(found.via_nodes) + bool(found.via_ways) != 1:
        return "not one via"
    return ""
