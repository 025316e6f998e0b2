"""Where two systems' ways through the streets differ: medians, and the pairs farthest apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any, Final

from web.bench.sheet import JobAnswers, Question

APART_S: Final = 120  # ways this much longer or shorter are called apart ...
APART_SHARE: Final = 0.2  # ... or this share of the peer's seconds or metres
TOLD: Final = 50  # pairs told one by one, the largest differences first
COMPARED: Final = ("route_walk", "route_bike", "route_car", "matrix_100", "isochrone_bike_30")


def compare_streets(
    jobs: Mapping[str, Sequence[Question]], answers: Mapping[str, Mapping[str, JobAnswers]]
) -> dict[str, dict[str, Any]]:
    """By job and peer; `answers`: by system and job."""
    told = {
        job: {
            peer: compare_ways(jobs[job], answers["trajets"][job], theirs[job])
            for peer, theirs in answers.items()
            if peer != "trajets" and job in theirs
        }
        for job in COMPARED
        if job in answers["trajets"]
    }
    return {job: peers for job, peers in told.items() if peers}


def compare_ways(
    questions: Sequence[Question], ours: JobAnswers, theirs: JobAnswers
) -> dict[str, Any]:
    """Of the questions that both were asked.

    both, only_trajets, only_peer, neither: how many answered; seconds, size: the medians of either
    over those that both answer, and Trajets' over the peer's; apart: pairs by APART_S and
    APART_SHARE, the largest share first.
    """
    rows = list(zip(questions, _pairs(ours), _pairs(theirs), strict=False))
    both = [(question, our, their) for question, our, their in rows if our and their]
    told: dict[str, Any] = {
        "both": len(both),
        "only_trajets": sum(1 for _, our, their in rows if our and not their),
        "only_peer": sum(1 for _, our, their in rows if their and not our),
        "neither": sum(1 for _, our, their in rows if not our and not their),
    }
    for i, name in enumerate(("seconds", "size")):
        figures = [(our[i], their[i]) for _, our, their in both]
        if figures and all(figure is not None for pair in figures for figure in pair):
            told[name] = _medians(figures)
    apart = [_tell(*row) for row in both]
    apart = [one for one in apart if one["apart"]]
    apart.sort(key=lambda one: -float(one["share"]))
    return {**told, "apart": len(apart), "largest": [
        {name: fact for name, fact in one.items() if name != "apart"} for one in apart[:TOLD]
    ]}  # fmt: skip


Pair = tuple[int, float | None]


def _pairs(answers: JobAnswers) -> list[Pair | None]:
    """Seconds and size by question; None where there is no answer."""
    sizes: Iterable[float | None] = answers.size or [None] * len(answers.arrival)
    return [
        None if arrival is None else (arrival, size)
        for arrival, size in zip(answers.arrival, sizes, strict=True)
    ]


def _medians(figures: Sequence[tuple[Any, Any]]) -> dict[str, float]:
    ours, theirs = (median(column) for column in zip(*figures, strict=True))
    ratio = ours / theirs if theirs else float("inf")
    return {"trajets": round(ours, 1), "peer": round(theirs, 1), "ratio": round(ratio, 4)}


def _tell(question: Question, our: Pair, their: Pair) -> dict[str, Any]:
    """A pair in figures, and whether it is apart."""
    shares = [abs(a - b) / b for a, b in zip(our, their, strict=True) if a is not None and b]
    share = max(shares, default=0.0)
    return {
        "id": question.id,
        "trajets_s": our[0], "peer_s": their[0],
        "trajets_size": our[1] and round(our[1]), "peer_size": their[1] and round(their[1]),
        "share": round(share, 3),
        "apart": share > APART_SHARE or abs(our[0] - their[0]) > APART_S,
    }  # fmt: skip
