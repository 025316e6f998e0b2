"""What the peers of the streets have in common; run beside them, so it imports none of ours.

A question is asked as `ask(question)`, which gives seconds and metres (or square metres), or None.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

WARM_UP = 10
ROUNDS = 5  # of a matrix
PATIENCE_S = 20.0  # after which a matrix isn't asked again
Found = tuple[float, float] | None


def ask_all(
    prepared: Sequence[Any], ask: Callable[[Any], Any], read: Callable[[Any], Found]
) -> dict[str, Any]:
    """Time `ask` of each prepared question; what it found is read when the clock has stopped."""
    for question in prepared[:WARM_UP]:
        ask(question)
    spent, found = [], []
    for question in prepared:
        start = perf_counter()
        answer = ask(question)
        spent.append(1000 * (perf_counter() - start))
        found.append(read(answer))
    return tell_found(spent, found)


def ask_matrix(ask: Callable[[], Any], read: Callable[[Any], list[Found]]) -> dict[str, Any]:
    """Time a matrix some rounds; of its answers those of its questions, its diagonal."""
    spent: list[float] = []
    while len(spent) <= ROUNDS and sum(spent) < 1000 * PATIENCE_S:
        start = perf_counter()
        answer = ask()
        spent.append(1000 * (perf_counter() - start))
    return tell_found(spent[1:] or spent, read(answer))  # the first one warms up


def tell_found(spent: list[float], found: Sequence[Found]) -> dict[str, Any]:
    """As a sheet's answers are written."""
    return {
        "ms": spent,
        "arrival": [None if one is None else round(one[0]) for one in found],
        "size": [None if one is None else one[1] for one in found],
    }


def run_program(command: Sequence[str | Path], folder: Path) -> float:
    """Seconds that a program took; ends us with its last words where it fails."""
    start = perf_counter()
    done = subprocess.run(  # noqa: S603 - the peers' own programs
        [str(word) for word in command], cwd=folder, check=False, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{Path(command[0]).name}: {' '.join(done.stdout.split())[-300:]}")
    return perf_counter() - start


def build_once(folder: Path, build: Callable[[], float]) -> dict[str, float]:
    """Build into `folder` unless it is there; the figures of when it was built."""
    note = folder / "built.json"
    if not note.exists():
        folder.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(measure_build(build)), encoding="utf-8")
    found: dict[str, float] = json.loads(note.read_text(encoding="utf-8"))
    return found


def measure_build(build: Callable[[], float]) -> dict[str, float]:
    """Wall and processor seconds of the programs that `build` runs, and their most megabytes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = build()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak_mb = after.ru_maxrss * 1024 / 1e6
    return {"seconds": round(seconds, 2), "cpu_s": round(cpu_s, 2), "peak_mb": round(peak_mb, 1)}


def build_job(builds: Sequence[dict[str, float]]) -> dict[str, Any]:
    """The answers of the job `build`, from all that was built."""
    counts = {"cpu_s": sum(one["cpu_s"] for one in builds)}
    counts["peak_mb"] = max(one["peak_mb"] for one in builds)
    spent = 1000 * sum(one["seconds"] for one in builds)
    return {"ms": [spent], "arrival": [len(builds)], "counts": counts}


def write_answers(path: str, version: str, prepare_s: float, **told: Any) -> None:  # noqa: ANN401 - JSON
    """Write the answers; told: `about` and `jobs`."""
    answers = {"version": version, "prepare_s": prepare_s, "resident_mb": _resident_mb(), **told}
    Path(path).write_text(json.dumps(answers), encoding="utf-8")


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)
