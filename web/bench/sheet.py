"""The sheet of questions that every system is given, and the answers it hands back.

Both are JSON files, so that a system may be written in any language: it is started with the paths
of the sheet and of the file it is to write. Each system measures the time of each answer itself,
after having asked the first questions once to warm up.

Sheet: `jobs`: by name the questions, each with `id`, `time` (seconds since noon minus 12 h; 0 in
the streets), the ends as `from_stop`, `to_stop` (ids) and `from_lat`, `from_lon`, `to_lat`,
`to_lon`; the files `network` (Trajets' own) and `osm` (a list); and what a timetable or the streets
need besides, as `TimetableSheet` and `StreetSheet` tell.

Answers: `version`, `prepare_s` (from the files to the first answer), `resident_mb`, `about` (any
facts), and `jobs`: by name `ms`, `arrival` and, in the streets, `size`. `arrival` and `size` have
one entry per question, null where there is no answer; a job may answer its first questions alone.
An arrival is in seconds since noon minus 12 h, so in the streets it is the duration; a job without
arrivals has the number of what it found. A size is the metres of a way, the square metres of an
area. `ms` has an entry for each time that was taken: a matrix answers all its questions at once.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

WARM_UP: Final = 10  # questions asked once more before the clock runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Two ends and a time; a stop's id is "" where the end is only a place."""

    id: str
    time: int
    from_lat: float
    from_lon: float
    to_lat: float
    to_lon: float
    from_stop: str = ""
    to_stop: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is asked, and on which files."""

    jobs: dict[str, list[Question]]
    network: str
    walk_kmh: float
    osm: list[str] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @property
    def rules(self) -> dict[str, Any]:
        """What every system is told, for the report."""
        return {"walk_kmh": self.walk_kmh}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimetableSheet(Sheet):
    """Of one day, whose `zero` is the POSIX second of noon minus 12 h.

    gtfs: a folder; gtfs_with_walks: a zip of the same, with every change on foot Trajets knows.
    """

    date: str
    max_rides: int
    max_walk_s: int
    zero: int
    gtfs: str = ""
    gtfs_with_walks: str = ""

    @property
    def rules(self) -> dict[str, Any]:
        """What every system is told, for the report."""
        return {
            "date": self.date, "max_rides": self.max_rides, "max_walk_s": self.max_walk_s,
            "walk_kmh": self.walk_kmh,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetSheet(Sheet):
    """Of the streets.

    at: when one sets off, ISO 8601 and local, for those who know that streets close by the clock.
    matrix_100 asks the ways from all its questions' origins to all their destinations, and
    isochrone_bike_30 the area within `isochrone_s` of each origin.
    edits: streets that reweight_500 changes, as Trajets' edges (reweight_50 the first of them,
    reweight_all takes every street); segments: the same streets as consecutive OSM nodes, in both
    directions.
    graph: Trajets' streets as a NumPy archive, for those that read no map (`street_graph_file`);
    kept: a folder for what takes long to build of this extract, "" for none.
    """

    bike_kmh: float
    at: str = "2026-11-24T08:00"  # a Tuesday
    isochrone_s: int = 1800
    edits: list[int] = field(default_factory=list)
    segments: list[tuple[int, int]] = field(default_factory=list)
    graph: str = ""
    kept: str = ""

    @property
    def rules(self) -> dict[str, Any]:
        """What every system is told, for the report."""
        return {
            "walk_kmh": self.walk_kmh, "bike_kmh": self.bike_kmh, "at": self.at,
            "isochrone_s": self.isochrone_s,
        }  # fmt: skip


AnySheet = TypeVar("AnySheet", bound=Sheet)


def read_sheet(path: Path, kind: type[AnySheet]) -> AnySheet:
    """The sheet as `write` wrote it."""
    told = json.loads(path.read_text(encoding="utf-8"))
    jobs = {name: [Question(**one) for one in asked] for name, asked in told.pop("jobs").items()}
    return kind(jobs=jobs, **told)


@dataclass(frozen=True, slots=True)
class JobAnswers:
    """One system's answers to one job; see the module.

    counts: how much work an answer was, on average, where the system tells.
    """

    ms: list[float]
    arrival: list[int | None]
    counts: dict[str, float] = field(default_factory=dict)
    size: list[float | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answers:
    """What one system answered to a sheet."""

    version: str
    prepare_s: float
    resident_mb: float
    about: dict[str, Any]
    jobs: dict[str, JobAnswers]

    def write(self, path: Path) -> None:
        """Write them as JSON."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


def read_answers(path: Path) -> Answers:
    """Answers that a system wrote; raises KeyError, TypeError or ValueError where they are none."""
    told = json.loads(path.read_text(encoding="utf-8"))
    jobs = {name: JobAnswers(**answers) for name, answers in told["jobs"].items()}
    return Answers(
        version=str(told["version"]), prepare_s=float(told["prepare_s"]),
        resident_mb=float(told["resident_mb"]), about=dict(told["about"]), jobs=jobs,
    )  # fmt: skip
