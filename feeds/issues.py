"""What was wrong with an input, as data: kind, where, what was done; counted, never thrown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

EXAMPLES_KEPT: Final = 20  # of each kind; all are counted


class FeedError(Exception):
    """An input that can't be used at all; the sentence names the file and the fault."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One fault in an input.

    kind: a name in the style of OTP's and MobilityData's lists, such as "stop_time_without_stop".
    where: file and line, or OSM object: "stop_times.txt line 12", "way 4711".
    done: what was done about it: "dropped", "interpolated", "kept".
    """

    kind: str
    where: str
    done: str
    detail: str = ""


@dataclass(slots=True)
class IssueLog:
    """Issues collected while reading and compiling; a few examples of each kind are kept."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Issue]] = field(default_factory=dict)

    def add(self, issue: Issue, count: int = 1) -> None:
        """Record `issue`, which stands for `count` faults of its kind."""
        self.counts[issue.kind] += count
        kept = self.examples.setdefault(issue.kind, [])
        if len(kept) < EXAMPLES_KEPT:
            kept.append(issue)

    def add_all(
        self, kind: str, where: Sequence[str], *, count: int, done: str, detail: str = ""
    ) -> None:
        """Record `count` faults of one kind, `where` naming the first few of them."""
        for number, place in enumerate(where, start=1):
            stands_for = count - number + 1 if number == len(where) else 1
            self.add(Issue(kind, place, done, detail), stands_for)

    def extend(self, issues: Iterable[Issue]) -> None:
        """Record each of `issues`."""
        for issue in issues:
            self.add(issue)

    def merge(self, other: IssueLog) -> None:
        """Record all that `other` holds."""
        self.counts.update(other.counts)
        for kind, examples in other.examples.items():
            kept = self.examples.setdefault(kind, [])
            kept += examples[: EXAMPLES_KEPT - len(kept)]

    def as_json(self) -> list[dict[str, object]]:
        """One entry per kind with its count and examples, the most frequent first."""
        return [
            {
                "kind": kind,
                "count": count,
                "examples": [
                    {"where": issue.where, "done": issue.done, "detail": issue.detail}
                    for issue in self.examples[kind]
                ],
            }
            for kind, count in self.counts.most_common()
        ]
