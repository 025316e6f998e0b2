"""`trajets isochrone`: where one gets to in so many minutes, as GeoJSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from planner.areas import MAX_LIMITS, find_areas
from planner.itinerary import SearchTooLongError, Shortfall
from planner.network.store import open_network
from planner.request import Request
from web.command import DONE, NO_ITINERARY
from web.commands.modes_option import modes_option, usual_modes
from web.commands.plan import parse_place, parse_time
from web.commands.plan_text import find_language
from web.geojson import feature_collection, isochrone_features
from web.progress_bars import ProgressBars
from web.wording.language import speak
from web.wording.reasons import say_shortfall

MAX_MINUTES: Final = 240


def _parse_minutes(_ctx: click.Context, _option: click.Parameter, text: str) -> list[int]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not 0 < len(words) <= MAX_LIMITS:
        msg = f"write one to {MAX_LIMITS} whole numbers with commas between, as in 10,20,30"
        raise click.BadParameter(msg)
    for word in words:
        if not (word.isascii() and word.isdecimal() and 1 <= int(word[:9]) <= MAX_MINUTES):
            msg = f"{word!r} isn't a whole number of minutes between 1 and {MAX_MINUTES}"
            raise click.BadParameter(msg)
    return sorted({int(word) for word in words})


@click.command(name="isochrone")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--from", "origin", required=True, metavar="PLACE", help="LAT,LON or STOP_ID.")
@click.option(
    "--minutes", required=True, callback=_parse_minutes, metavar="LIST",
    help=f"Times, such as 10,20,30; at most {MAX_MINUTES}.",
)  # fmt: skip
@modes_option
@click.option("--depart", metavar="ISO", help="When one leaves.  [default: now]")
@click.option("--step-free", is_flag=True, help="No steps, nor trips and stops known to have some.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="GeoJSON to write.")
@click.pass_context
def command(  # noqa: PLR0917 - click's options
    ctx: click.Context,
    /,
    folder: Path,
    origin: str,
    minutes: list[int],
    modes: tuple[str, ...],
    depart: str | None,
    step_free: bool,  # noqa: FBT001 - click's flags
    out: Path,
) -> None:
    """Write where one gets to from a place in the network DIR, one area for each time and mode.

    PLACE is LAT,LON or a STOP_ID. Leaves with 3, with the reason, where no mode leads anywhere.
    """
    network = open_network(folder)
    place = parse_place(network, origin)
    time = parse_time(depart, ZoneInfo(network.manifest["timezone"]))
    modes = modes or usual_modes(network)
    features: list[dict[str, Any]] = []
    with ProgressBars() as progress, speak(find_language()):
        progress.phase("Drawing areas", total=len(modes))
        for mode in modes:
            request = Request(
                origin=place, destination=place, time=time, modes=frozenset({mode}),
                step_free=step_free,
            )  # fmt: skip
            try:
                found = find_areas(network, request, mode, [60 * one for one in minutes])
            except SearchTooLongError:
                msg = f"--minutes: by {mode} this area is too large to draw"
                raise click.UsageError(msg) from None
            if isinstance(found, Shortfall):
                told = " ".join(say_shortfall(found))
                click.echo(f"trajets: {mode}: {found.reason}: {told}", err=True)
            else:
                features += isochrone_features(mode, found)
            progress.advance()
        progress.note(f"{len(features)} areas")
    if features:
        text = json.dumps(feature_collection(features), ensure_ascii=False)
        out.write_text(text + "\n", encoding="utf-8")
    ctx.exit(DONE if features else NO_ITINERARY)
