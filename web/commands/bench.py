"""`trajets bench`: how fast a network is searched, beside peers that answer the same questions."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from planner.network.profiles import get_profile
from planner.network.store import Network, open_network
from planner.question import MAX_RIDES
from planner.transit.service_day import day_zero
from web.bench.input_files import find_inputs
from web.bench.machine import describe_machine
from web.bench.questions import (
    busiest_weekday,
    parse_clock,
    random_place_pairs,
    random_stop_pairs,
    read_place_pairs,
    read_stop_pairs,
)
from web.bench.report import Report, make_report, print_growth, print_report
from web.bench.sheet import Question, Sheet, StreetSheet, TimetableSheet
from web.bench.street_inputs import edited_streets, street_graph_file, street_segments
from web.bench.systems import (
    TRAJETS,
    TRAJETS_STREETS,
    System,
    choose_peers,
    list_peers,
    peers_folder,
    run_system,
)
from web.bench.timetable_copy import write_timetable_copy
from web.commands.plan_text import wide_console

# Jobs of each part of the program, with the share of the pairs that each is asked: a search of a
# whole day takes a hundred times as long as that of one departure.
TRANSIT: Final = {
    "one_departure": 1.0, "range_1h": 1.0, "range_2h": 0.5,
    "day_profile": 0.1, "one_to_all": 0.25, "one_to_all_60": 0.1,
}  # fmt: skip
PLAN: Final = {"door_to_door": 1.0, "door_to_door_search": 1.0}
# A matrix asks a hundred; after each edit one question is answered.
STREETS: Final = {
    "route_walk": 1.0, "route_bike": 1.0, "route_car": 1.0,
    "matrix_100": 0.5, "isochrone_bike_30": 0.25,
    "reweight_50": 0.05, "reweight_500": 0.05, "reweight_all": 0.05, "build": 0.0,
}  # fmt: skip
PARTS: Final = {"transit": TRANSIT, "plan": PLAN, "streets": STREETS}
MAX_WALK_S: Final = 1800  # to the first stop, and from the last one


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was typed, checked."""

    part: str
    jobs: dict[str, float]
    count: int
    day: date | None
    time: int
    pairs: Path | None
    peers: tuple[str, ...]
    inputs: tuple[Path, ...]


def _parse_time(_ctx: click.Context, _option: click.Parameter, text: str) -> int:
    seconds = parse_clock(text)
    if seconds is None:
        msg = f"{text!r} isn't a time of day: write it as 08:00"
        raise click.BadParameter(msg)
    return seconds


def _split(_ctx: click.Context, _option: click.Parameter, text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


@click.command(name="bench")
@click.argument("part", type=click.Choice(tuple(PARTS)))
@click.argument(
    "folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--pairs", type=click.Path(path_type=Path), help="CSV of pairs; else random stops.")
@click.option("--peers", default="", callback=_split, metavar="NAMES",
              help=f"Of {','.join(list_peers())}, run on the same pairs.")  # fmt: skip
@click.option("--jobs", default="", callback=_split, metavar="NAMES", help="Some of the jobs.")
@click.option("--n", "count", type=click.IntRange(1), default=200, show_default=True,
              help="Pairs; the longer jobs ask a share of them.")  # fmt: skip
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="Day to ask.  [default: the busiest weekday]")  # fmt: skip
@click.option("--depart", "time", default="08:00", show_default=True, callback=_parse_time,
              metavar="HH:MM", help="For pairs without a departure.")  # fmt: skip
@click.option("--inputs", multiple=True, type=click.Path(path_type=Path, exists=True),
              help="File or folder with what DIR was built of, for peers.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(  # noqa: PLR0917 - click's options
    part: str,
    folders: tuple[Path, ...],
    pairs: Path | None,
    peers: tuple[str, ...],
    jobs: tuple[str, ...],
    count: int,
    day: datetime | None,
    time: int,
    inputs: tuple[Path, ...],
    as_json: bool,  # noqa: FBT001 - click's flags
) -> None:
    """Measure the searches of the network DIR.

    transit asks from stop to stop, plan from door to door, streets for ways, matrices, isochrones
    and edits.

    Every system answers the same questions in a process of its own and measures itself. Several
    networks make a table of growth.
    """
    wishes = Wishes(
        part=part, jobs=_choose_jobs(part, jobs), count=count, day=day.date() if day else None,
        time=time, pairs=pairs, peers=peers, inputs=inputs,
    )  # fmt: skip
    reports = {str(folder): measure(folder, wishes) for folder in folders}
    if as_json:
        told: Any = reports if len(folders) > 1 else next(iter(reports.values()))
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    console = wide_console()
    for report in reports.values():
        print_report(console, report)
    if len(reports) > 1:
        print_growth(console, reports)


def measure(folder: Path, wishes: Wishes) -> Report:
    """Ask Trajets and the peers about one network."""
    network = open_network(folder)
    questions = _make_questions(network, wishes)
    peers, missing = choose_peers(wishes.peers, frozenset(wishes.jobs))
    osm = find_inputs(network.manifest, "osm", wishes.inputs)
    for peer in [peer for peer in peers if peer.needs_osm and len(osm) != 1]:
        peers.remove(peer)
        missing.append(f"{peer.name} needs the one OSM extract of {folder}: name it by --inputs")
    for sentence in missing:
        click.echo(f"trajets: {sentence}", err=True)
    known: dict[str, Any] = {
        "jobs": {job: _share(questions, share) for job, share in wishes.jobs.items()},
        "network": str(folder.resolve()),
        "walk_kmh": get_profile("walk").speed_kmh,
        "osm": [str(path.resolve()) for path in osm],
    }
    with tempfile.TemporaryDirectory(prefix="trajets-bench-") as temporary:
        room = Path(temporary)
        if wishes.part == "streets":
            sheet: Sheet = _street_sheet(network, room, known)
            systems = [TRAJETS_STREETS, *peers]
        else:
            sheet = _timetable_sheet(network, wishes, room, known, copied=bool(peers))
            systems = [TRAJETS, *peers]
        return _run(sheet, systems, room, network)


def _timetable_sheet(
    network: Network, wishes: Wishes, room: Path, known: dict[str, Any], *, copied: bool
) -> TimetableSheet:
    """The sheet of one day, and for peers the timetable as a feed."""
    day = _day_of(network, wishes)
    if copied:
        write_timetable_copy(network, day, room / "gtfs", room / "with_walks.zip")
    return TimetableSheet(
        **known, date=day.isoformat(), max_rides=MAX_RIDES, max_walk_s=MAX_WALK_S,
        zero=day_zero(day, network.manifest["timezone"]),
        gtfs=str(room / "gtfs"), gtfs_with_walks=str(room / "with_walks.zip"),
    )  # fmt: skip


def _street_sheet(network: Network, room: Path, known: dict[str, Any]) -> StreetSheet:
    """The sheet of the streets, without the jobs that nothing is there for."""
    streets = network.streets
    assert streets is not None, "_make_questions has looked"  # noqa: S101 - an invariant
    jobs = {
        job: asked for job, asked in known.pop("jobs").items() if job != "build" or known["osm"]
    }
    edges = (
        edited_streets(streets)
        if any(job.startswith("reweight") for job in jobs)
        else np.empty(0, np.int32)
    )
    osm = [Path(path) for path in known["osm"]]
    street_graph_file(network, streets, room / "graph.npz")
    return StreetSheet(
        **known, jobs=jobs, bike_kmh=get_profile("bike").speed_kmh,
        edits=edges.tolist(), segments=street_segments(streets, edges, osm),
        graph=str(room / "graph.npz"), kept=str(_kept_folder(network)),
    )  # fmt: skip


def _kept_folder(network: Network) -> Path:
    """Where peers keep what they build of this network's extracts, by their hashes."""
    hashes = [one["sha256"][:16] for one in network.manifest["inputs"] if one["kind"] == "osm"]
    return peers_folder() / "built" / "-".join(hashes)


def _run(sheet: Sheet, systems: Sequence[System], room: Path, network: Network) -> Report:
    sheet.write(room / "sheet.json")
    machine = describe_machine()
    answers = {system.name: run_system(system, room / "sheet.json", room) for system in systems}
    wanted = ("stops", "routes", "trips", "stop_times", "footpaths", "street_nodes", "street_edges")
    found = network.manifest["counts"]
    counts = {name: found[name] for name in wanted if found.get(name)}
    return make_report(sheet, systems, answers, counts, machine)


def _make_questions(network: Network, wishes: Wishes) -> list[Question]:
    if wishes.part != "transit" and network.streets is None:
        msg = "this network has no streets to go from door to door: take bench transit"
        raise click.UsageError(msg)
    if wishes.pairs is None:
        if wishes.part == "streets":
            return random_place_pairs(network, wishes.count)
        return random_stop_pairs(network, _day_of(network, wishes), wishes.count)
    if wishes.part == "transit":
        return read_stop_pairs(network, wishes.pairs, wishes.time)
    if wishes.part == "streets":
        return [replace(one, time=0) for one in read_place_pairs(wishes.pairs, 0)]
    return read_place_pairs(wishes.pairs, wishes.time)


def _day_of(network: Network, wishes: Wishes) -> date:
    return wishes.day or busiest_weekday(network)


def _share(questions: list[Question], share: float) -> list[Question]:
    """The first of them, at least one."""
    return questions[: max(1, round(share * len(questions)))]


def _choose_jobs(part: str, names: tuple[str, ...]) -> dict[str, float]:
    known = PARTS[part]
    unknown = [name for name in names if name not in known]
    if unknown:
        msg = f"{unknown[0]!r} is no job of {part}: take {', '.join(known)}"
        raise click.BadParameter(msg, param_hint="--jobs")
    return {name: share for name, share in known.items() if not names or name in names}
