"""The sheet of questions that every system is given, and the answers it hands back.

Both are JSON files, so that a system may be written in any language: it is started with the paths
of the sheet and of the file it is to write. Each system measures the time of each answer itself,
after having asked the first questions once to warm up.

Sheet: `date` and its `zero` (POSIX second of noon minus 12 h); `max_rides`, `max_walk_s` and
`walk_kmh`: the rules; `jobs`: by name the questions, each with `id`, `time` (seconds since noon
minus 12 h), the ends as `from_stop`, `to_stop` (ids) and `from_lat`, `from_lon`, `to_lat`,
`to_lon`; and the files: `network` (Trajets' own), `gtfs` (a folder), `gtfs_with_walks` (a zip of
the same, with every change on foot that Trajets knows) and `osm` (a list).

Answers: `version`, `prepare_s` (from the files to the first answer), `resident_mb`, `about` (any
facts), and `jobs`: by name `ms` and `arrival`, one entry per question; an arrival is in seconds
since noon minus 12 h, null where there is no answer; a job without arrivals has the number of what
it found.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

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
    """What is asked, by which rules, and on which files."""

    date: str
    max_rides: int
    max_walk_s: int
    walk_kmh: float
    zero: int
    jobs: dict[str, list[Question]]
    network: str
    gtfs: str = ""
    gtfs_with_walks: str = ""
    osm: list[str] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


def read_sheet(path: Path) -> Sheet:
    """The sheet as `write` wrote it."""
    told = json.loads(path.read_text(encoding="utf-8"))
    jobs = {name: [Question(**one) for one in asked] for name, asked in told.pop("jobs").items()}
    return Sheet(jobs=jobs, **told)


@dataclass(frozen=True, slots=True)
class JobAnswers:
    """One system's answers to one job, by question; see the module.

    counts: how much work an answer was, on average, where the system tells.
    """

    ms: list[float]
    arrival: list[int | None]
    counts: dict[str, float] = field(default_factory=dict)


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
