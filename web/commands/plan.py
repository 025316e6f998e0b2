"""`trajets plan`: one question to a network, answered for people or as the API's JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from planner.itinerary import Answer, Itinerary, StreetLeg
from planner.network.store import Network, open_network
from planner.plan import plan
from planner.request import MODES, Coordinate, PlaceRef, Request
from planner.stop_ids import parse_stop_ref
from web.command import DONE, NO_ITINERARY
from web.commands.modes_option import USUAL_SAID, usual_modes
from web.commands.plan_text import find_language, print_answer
from web.commands.plan_wishes import read_wishes, wish_options
from web.motis.response import plan_response
from web.wording.language import speak

_COORDINATE: Final = re.compile(r"\s*([-+]?\d+(?:\.\d*)?)\s*,\s*([-+]?\d+(?:\.\d*)?)\s*")


@click.command(name="plan")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--from", "origin", required=True, metavar="PLACE", help="LAT,LON or STOP_ID.")
@click.option("--to", "destination", required=True, metavar="PLACE", help="LAT,LON or STOP_ID.")
@click.option("--depart", metavar="ISO", help="Departure, local unless it has an offset.")
@click.option("--arrive", metavar="ISO", help="Arrival, instead of a departure.")
@click.option(
    "--modes", metavar="LIST", help=f"Of walk,bike,ebike,cargo,car,transit.  {USUAL_SAID}",
)  # fmt: skip
@click.option("--max-transfers", type=click.IntRange(0, 20), help="Most changes of vehicle.")
@click.option("--step-free", is_flag=True, help="No steps, nor trips and stops known to have some.")
@click.option(
    "--window", type=click.IntRange(0, 1440), default=0, metavar="MIN",
    help="Departures (arrivals) within so many minutes are wanted too.",
)  # fmt: skip
@wish_options
@click.option("--json", "as_json", is_flag=True, help="Print what the API's newest plan answers.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Of the text.  [default: from LANG]")
@click.pass_context
def command(  # noqa: PLR0917 - click's options
    ctx: click.Context,
    /,
    folder: Path,
    origin: str,
    destination: str,
    depart: str | None,
    arrive: str | None,
    modes: str | None,
    max_transfers: int | None,
    step_free: bool,  # noqa: FBT001 - click's flags
    window: int,
    as_json: bool,  # noqa: FBT001 - the same
    lang: str | None,
    **wishes: Any,  # noqa: ANN401 - those of read_wishes
) -> None:
    """Find ways from one place to another in the network DIR.

    PLACE is LAT,LON or a STOP_ID, or FEED:STOP_ID where several feeds share the id. Leaves with
    0 for an itinerary and 3, with the reason, where there is none.
    """
    if depart is not None and arrive is not None:
        msg = "--depart and --arrive exclude each other"
        raise click.UsageError(msg)
    wanted = frozenset(word.strip() for word in (modes or "").split(",") if word.strip())
    if modes is not None and not wanted:
        msg = f"--modes names no mode: take {', '.join(MODES)}"
        raise click.UsageError(msg)
    network = open_network(folder)
    zone = ZoneInfo(network.manifest["timezone"])
    request = Request(
        origin=parse_place(network, origin),
        destination=parse_place(network, destination),
        time=parse_time(depart if arrive is None else arrive, zone),
        arrive_by=arrive is not None,
        modes=wanted or frozenset(usual_modes(network)),
        max_transfers=max_transfers,
        step_free=step_free,
        window_s=window * 60,
        **read_wishes(network, **wishes),
    )
    answer = _narrow(plan(network, request), request.modes)
    if as_json:
        response = plan_response(answer, network)
        click.echo(json.dumps(response, ensure_ascii=False, indent=1))
    with speak(lang or find_language()):
        found = print_answer(answer, zone, step_free=step_free, quiet=as_json)
    ctx.exit(DONE if found else NO_ITINERARY)


def parse_place(network: Network, text: str) -> PlaceRef:
    """A coordinate where the text is two numbers, else a stop, which the planner may not know."""
    match = _COORDINATE.fullmatch(text)
    if match is None:
        if not text.strip():
            msg = "a place is empty: write LAT,LON or a STOP_ID"
            raise click.BadParameter(msg)
        return parse_stop_ref(network, text)
    lat, lon = float(match[1]), float(match[2])
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):  # noqa: PLR2004 - degrees
        msg = f"{text!r} is no place on Earth: write LAT,LON in degrees, latitude first"
        raise click.BadParameter(msg)
    return Coordinate(lat, lon)


def parse_time(text: str | None, zone: ZoneInfo) -> datetime:
    """An ISO 8601 time, local to `zone` unless it has an offset; now for None."""
    if text is None:
        return datetime.now(UTC)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        msg = f"{text!r} isn't a time: write it as 2026-11-23T08:30 or 2026-11-23T08:30+01:00"
        raise click.BadParameter(msg) from None
    return time if time.tzinfo else time.replace(tzinfo=zone)


def _narrow(answer: Answer, modes: frozenset[str]) -> Answer:
    """Without the walk that is made only to compare, where walking wasn't asked for."""
    if "walk" in modes:
        return answer
    return replace(answer, direct=tuple(i for i in answer.direct if not _walks(i)))


def _walks(itinerary: Itinerary) -> bool:
    return all(isinstance(leg, StreetLeg) and leg.mode == "walk" for leg in itinerary.legs)
