"""`trajets matrix`: how long it takes from many places to many, as CSV."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click

from planner.matrix import find_matrix
from planner.network.store import open_network
from planner.request import Request
from web.commands.modes_option import modes_option, usual_modes
from web.commands.place_table import COLUMNS, read_places, write_times
from web.commands.plan import parse_time
from web.progress_bars import ProgressBars

MAX_PAIRS: Final = 50_000_000  # five bytes each while they are found, and some 40 in the file
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(name="matrix")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--origins", required=True, type=_FILE, help="CSV with the columns id, lat, lon.")
@click.option("--destinations", required=True, type=_FILE, help="The same.")
@modes_option
@click.option("--depart", metavar="ISO", help="When one leaves.  [default: now]")
@click.option(
    "--window", type=click.IntRange(0, 720), default=0, metavar="MIN",
    help="For transit, the median over so many minutes of departures.",
)  # fmt: skip
@click.option(
    "--max-minutes", type=click.IntRange(1, 360), default=120, show_default=True, metavar="MIN",
    help="What takes longer is too_far.",
)  # fmt: skip
@click.option("--step-free", is_flag=True, help="No steps, nor trips and stops known to have some.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="CSV to write.")
def command(  # noqa: PLR0917 - click's options
    folder: Path,
    origins: Path,
    destinations: Path,
    modes: tuple[str, ...],
    depart: str | None,
    window: int,
    max_minutes: int,
    step_free: bool,  # noqa: FBT001 - click's flags
    out: Path,
) -> None:
    """Write the seconds from each origin to each destination in the network DIR.

    Every pair has a row for every mode, with its status: ok, or why there is no way.
    """
    starts, ends = read_places(origins), read_places(destinations)
    if len(starts) * len(ends) > MAX_PAIRS:
        msg = f"{len(starts):,} x {len(ends):,} pairs are too many: {MAX_PAIRS:,} at most"
        raise click.UsageError(msg)
    network = open_network(folder)
    time = parse_time(depart, ZoneInfo(network.manifest["timezone"]))
    places = [one.place for one in starts], [one.place for one in ends]
    part = out.with_name(f".{out.name}.part")
    try:
        with ProgressBars() as progress, part.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerow(COLUMNS)
            for mode in modes or usual_modes(network):
                request = Request(
                    origin=places[0][0], destination=places[1][0], time=time,
                    modes=frozenset({mode}), step_free=step_free, window_s=60 * window,
                )  # fmt: skip
                progress.phase(f"From {len(starts):,} places by {mode}", total=len(starts))
                found = find_matrix(
                    network, *places, request, mode,
                    max_s=60 * max_minutes, advance=progress.advance,
                )  # fmt: skip
                write_times(stream, mode, starts, ends, found)
                progress.note(f"{(found.reason == 0).sum():,} of {found.reason.size:,} ways")
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
