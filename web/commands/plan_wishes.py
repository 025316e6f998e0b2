"""The options of `trajets plan` about how one wants to travel, and what they ask of the planner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import click

from planner.network.profiles import BIKE_KINDS
from planner.network.store import Network
from planner.request import Via
from planner.route_ids import find_agency_routes, find_routes
from planner.stop_ids import find_stop, parse_stop_ref
from web.motis.riding import bike_profile, parse_weights

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS: Final = (
    click.option(
        "--via", "vias", multiple=True, metavar="STOP_ID[:MIN]",
        help="Call at this stop, and stay so many minutes. Twice at most.",
    ),
    click.option(
        "--ban", multiple=True, metavar="ID", help="A route or agency not to ride. Repeatable."
    ),
    click.option(
        "--prefer", multiple=True, metavar="ID", help="A route or agency better ridden. Repeatable."
    ),
    click.option(
        "--transfer-slack", type=click.IntRange(0, 120), default=0, metavar="MIN",
        help="Minutes added to every change.",
    ),
    click.option(
        "--walk-speed", type=click.FloatRange(1, 10), metavar="KMH", help="One's own, on foot."
    ),
    click.option(
        "--bike", type=click.Choice(list(BIKE_KINDS)), default="everyday", show_default=True,
        help="The kind of bicycle that `bike` is.",
    ),
    click.option(
        "--bike-weights", default="", metavar="NAME=VALUE,...",
        help="One's own weights for it, such as stress=2,hills=1.5.",
    ),
    click.option(
        "--max-walk", type=click.IntRange(0, 360), metavar="MIN",
        help="Most minutes on foot on a trip with transit.",
    ),
    click.option(
        "--criterion", type=click.Choice(["walk", "co2"]),
        help="Show slower trips too that walk less, or emit less.",
    ),
)  # fmt: skip


_LONGEST_STAY_MIN: Final = 1440  # what Request accepts


def wish_options(command: F) -> F:
    """Add the options; the command gets them as keywords for `read_wishes`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_wishes(
    network: Network,
    *,
    vias: Sequence[str],
    ban: Sequence[str],
    prefer: Sequence[str],
    transfer_slack: int,
    walk_speed: float | None,
    max_walk: int | None,
    criterion: str | None,
    bike: str,
    bike_weights: str,
) -> dict[str, Any]:
    """Fields of planner.request.Request; raises click.BadParameter for a line that isn't there."""
    preferred = _find_lines(network, prefer, "--prefer")
    banned = _find_lines(network, ban, "--ban")
    every = frozenset(range(len(network.routes.route_type)))
    return {
        "via": tuple(_parse_via(network, text) for text in vias),
        "routes": every - banned if banned else None,
        "preferred": preferred,
        "criterion": criterion or ("preferred" if preferred else ""),
        "extra_transfer_s": 60 * transfer_slack,
        "walk_speed_kmh": walk_speed,
        "bike_profile": _bike_profile(bike, bike_weights),
        "max_walk_s": None if max_walk is None else 60 * max_walk,
    }


def _bike_profile(kind: str, weights: str) -> str:
    words = [word for word in weights.split(",") if word.strip()]
    try:
        return bike_profile(kind, parse_weights(words))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--bike-weights") from None


def _find_lines(network: Network, ids: Sequence[str], option: str) -> frozenset[int]:
    found: frozenset[int] = frozenset()
    for one in ids:
        lines = find_routes(network, one) or find_agency_routes(network, one)
        if not lines:
            msg = f"there is no route and no agency {one!r} in this network"
            raise click.BadParameter(msg, param_hint=option)
        found |= lines
    return found


def _parse_via(network: Network, text: str) -> Via:
    """`STOP_ID` or `STOP_ID:MIN`; a stop whose id ends in a colon and digits wins."""
    ref = parse_stop_ref(network, text)
    stop_id, colon, minutes = text.rpartition(":")
    if find_stop(network, ref) is not None or not colon:
        return Via(ref)
    stop = parse_stop_ref(network, stop_id)
    if minutes.isdecimal() and minutes.isascii() and int(minutes) <= _LONGEST_STAY_MIN:
        return Via(stop, 60 * int(minutes))
    if find_stop(network, stop) is None:
        return Via(ref)
    msg = f"{minutes!r} isn't a stay in minutes, from 0 to {_LONGEST_STAY_MIN}"
    raise click.BadParameter(msg, param_hint="--via")
