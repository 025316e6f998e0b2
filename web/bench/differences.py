"""Where two systems answer the same question differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from web.bench.sheet import JobAnswers, Question

SAME_S: Final = 60  # arrivals closer than this are called the same
TOLD: Final = 20  # pairs told one by one, the largest differences first
VERDICTS: Final = (
    "equal", "earlier", "later", "only_trajets", "only_peer", "neither", "impossible",
)  # fmt: skip
# Jobs whose answers are arrivals, so that they can be compared.
COMPARED: Final = frozenset({"one_departure", "door_to_door", "door_to_door_search"})


def compare(questions: Sequence[Question], ours: JobAnswers, theirs: JobAnswers) -> dict[str, Any]:
    """Questions counted by whose arrival is earlier, and those that differ most.

    earlier, later: Trajets is, by more than SAME_S seconds; equal: within it; impossible: the peer
    arrives before it leaves. `largest` tells seconds from the departure; `later_by_s` is positive
    where Trajets is there later.
    """
    counts = dict.fromkeys(VERDICTS, 0)
    apart: list[dict[str, Any]] = []
    for question, our, their in zip(questions, ours.arrival, theirs.arrival, strict=True):
        if our is None or their is None:
            counts[_unanswered(our, their)] += 1
            continue
        if their < question.time:
            counts["impossible"] += 1
            continue
        counts[_verdict(our - their)] += 1
        if abs(our - their) > SAME_S:
            told = {"trajets_s": our - question.time, "peer_s": their - question.time}
            apart.append({"id": question.id, **told, "later_by_s": our - their})
    apart.sort(key=lambda pair: -abs(int(pair["later_by_s"])))
    late = [pair for pair in apart if pair["later_by_s"] > 0]
    return {**counts, "latest": late[:TOLD], "largest": apart[:TOLD]}


def compare_all(
    jobs: Mapping[str, Sequence[Question]], answers: Mapping[str, Mapping[str, JobAnswers]]
) -> dict[str, dict[str, Any]]:
    """By job and peer, for jobs of `COMPARED`; `answers`: by system and job."""
    differences: dict[str, dict[str, Any]] = {}
    for job in COMPARED & answers["trajets"].keys():
        ours = answers["trajets"][job]
        told = {
            peer: compare(jobs[job], ours, theirs[job])
            for peer, theirs in answers.items()
            if peer != "trajets" and job in theirs
        }
        if told:
            differences[job] = told
    return differences


def _verdict(late_s: int) -> str:
    if abs(late_s) <= SAME_S:
        return "equal"
    return "later" if late_s > 0 else "earlier"


def _unanswered(our: int | None, their: int | None) -> str:
    if our is None and their is None:
        return "neither"
    return "only_peer" if our is None else "only_trajets"
