"""Answers a sheet of the streets with Trajets: `python -m web.bench.answer_trajets_streets`.

Its own process, like every other system's, so that time and memory are those of serving alone.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

import numpy as np

from planner.itinerary import Reason
from planner.network.shape import INFRASTRUCTURES, UNREACHED
from planner.network.store import Network, open_network
from planner.request import Coordinate
from planner.streets.isochrone import Isochrone, Ring, isochrones
from planner.streets.many import street_matrix
from planner.streets.path import StreetPath
from planner.streets.reweight import StreetEdit, edited, prepare
from planner.streets.route import route
from web.bench.machine import resident_mb
from web.bench.peer_clock import ROUNDS, build_job, measure_build, run_program
from web.bench.questions import DEGREE_M
from web.bench.sheet import WARM_UP, Answers, JobAnswers, Question, StreetSheet, read_sheet

LONGEST_S: Final = 24 * 3600  # no way through a city takes longer

Found = tuple[int | None, float | None]  # seconds, and metres or square metres
Ends = tuple[Coordinate, Coordinate]
Answer = TypeVar("Answer")


def answer_route(network: Network, sheet: StreetSheet, job: str) -> JobAnswers:
    """The way with its line, its ends snapped too, as streets are open at the time."""
    profile = job.removeprefix("route_")
    at = datetime.fromisoformat(sheet.at).replace(tzinfo=ZoneInfo(network.manifest["timezone"]))

    def ask(ends: Ends) -> StreetPath | Reason:
        return route(network, *ends, profile, max_s=LONGEST_S, at=at)

    def read(path: StreetPath | Reason) -> Found:
        return (path.duration, path.length_m) if isinstance(path, StreetPath) else (None, None)

    return _time(sheet.jobs[job], ask, read)


def answer_isochrone(network: Network, sheet: StreetSheet, job: str) -> JobAnswers:
    """The polygons of what a bicycle reaches from each origin."""

    def ask(ends: Ends) -> tuple[Isochrone, ...] | Reason:
        return isochrones(network, ends[0], "bike", [sheet.isochrone_s])

    def read(found: tuple[Isochrone, ...] | Reason) -> Found:
        if isinstance(found, Reason):
            return None, None
        parts = found[0].polygons
        return sheet.isochrone_s, sum(_ring_m2(ring) for rings in parts for ring in rings)

    return _time(sheet.jobs[job], ask, read)


def answer_matrix(network: Network, sheet: StreetSheet, job: str) -> JobAnswers:
    """All origins to all destinations by bicycle, some rounds; of its answers the diagonal."""
    ends = [_ends(question) for question in sheet.jobs[job]]
    origins, destinations = ([pair[side] for pair in ends] for side in (0, 1))
    spent = []
    for _ in range(ROUNDS + 1):
        start = perf_counter()
        found = street_matrix(network, origins, destinations, "bike", max_s=LONGEST_S)
        spent.append(1000 * (perf_counter() - start))
    del spent[0]  # it warms up
    diagonal = found.duration.diagonal().tolist()
    return JobAnswers(spent, [seconds if seconds < UNREACHED else None for seconds in diagonal])


def answer_edit(network: Network, sheet: StreetSheet, job: str) -> JobAnswers:
    """From streets that get a cycle track, in both directions, to the first way after it."""
    streets = network.streets
    assert streets is not None, "it was asked about its streets"  # noqa: S101 - an invariant
    number = job.removeprefix("reweight_")
    edges = np.arange(len(streets.tail), dtype=np.int32)
    if number != "all":
        some = np.array(sheet.edits[: int(number)], np.int32)
        edges = np.concatenate((some, streets.reverse[some]))
    edit = StreetEdit(edges, {"infrastructure": INFRASTRUCTURES.index("track")})
    prepare(network, "bike")
    spent, found = [], []
    for ends in [_ends(question) for question in sheet.jobs[job][: ROUNDS + 1]]:
        start = perf_counter()
        after = edited(network, [edit], profiles=["bike"])
        path = route(after, *ends, "bike", max_s=LONGEST_S)
        spent.append(1000 * (perf_counter() - start))
        found.append(path.duration if isinstance(path, StreetPath) else None)
    return JobAnswers(spent[1:] or spent, found[1:] or found)  # the first one warms up


def _time(
    questions: list[Question], ask: Callable[[Ends], Answer], read: Callable[[Answer], Found]
) -> JobAnswers:
    """One after another, the first ones once more before the clock runs."""
    prepared = [_ends(question) for question in questions]
    for ends in prepared[:WARM_UP]:
        ask(ends)
    spent, found = [], []
    for ends in prepared:
        start = perf_counter()
        answer = ask(ends)
        spent.append(1000 * (perf_counter() - start))
        found.append(read(answer))
    return JobAnswers(spent, [seconds for seconds, _ in found], size=[size for _, size in found])


def _ring_m2(ring: Ring) -> float:
    """Signed area of a ring of lon, lat in degrees: positive where it is counter-clockwise."""
    north = (ring[:, 1] - ring[0, 1]) * DEGREE_M
    east = (ring[:, 0] - ring[0, 0]) * DEGREE_M * math.cos(math.radians(ring[0, 1]))
    return float((east[:-1] * north[1:] - east[1:] * north[:-1]).sum() / 2)


def answer_build(_network: Network, sheet: StreetSheet, _job: str) -> JobAnswers:
    """From the extracts to the published network, by the command itself."""
    with tempfile.TemporaryDirectory(prefix="trajets-bench-build-") as room:
        folder = Path(room)
        osm = [word for path in sheet.osm for word in ("--osm", path)]
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "web.command",
            "build",
            *osm,
            "--out",
            folder / "network",
        ]
        told = build_job([measure_build(lambda: run_program(command, folder))])
    return JobAnswers(told["ms"], told["arrival"], told["counts"])


JOBS: Final[dict[str, Callable[[Network, StreetSheet, str], JobAnswers]]] = {
    "route_walk": answer_route,
    "route_bike": answer_route,
    "route_car": answer_route,
    "matrix_100": answer_matrix,
    "isochrone_bike_30": answer_isochrone,
    "reweight_50": answer_edit,
    "reweight_500": answer_edit,
    "reweight_all": answer_edit,
    "build": answer_build,
}


def answer(sheet: StreetSheet) -> Answers:
    """Open the network and answer the jobs of the sheet."""
    start = perf_counter()
    network = open_network(Path(sheet.network))
    opened = perf_counter() - start
    jobs = {job: JOBS[job](network, sheet, job) for job in sheet.jobs if job in JOBS}
    about = {"open_s": round(opened, 3)}
    return Answers(version("trajets"), opened, resident_mb(), about, jobs)


def _ends(question: Question) -> tuple[Coordinate, Coordinate]:
    return (
        Coordinate(question.from_lat, question.from_lon),
        Coordinate(question.to_lat, question.to_lon),
    )


if __name__ == "__main__":
    answer(read_sheet(Path(sys.argv[1]), StreetSheet)).write(Path(sys.argv[2]))
