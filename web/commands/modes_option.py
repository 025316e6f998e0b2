"""The option --modes of commands that answer for one mode after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from planner.network.store import Network
from planner.question import has_timetable
from planner.request import MODES

F = TypeVar("F", bound=Callable[..., Any])

USUAL: Final = ("walk", "bike", "transit")
USUAL_SAID: Final = "[default: walk,bike, and transit where there is a timetable]"


def usual_modes(network: Network) -> tuple[str, ...]:
    """The modes of a question that names none: no transit where only streets are known."""
    return USUAL if has_timetable(network) else USUAL[:-1]


def _split(_ctx: click.Context, _option: click.Parameter, text: str | None) -> tuple[str, ...]:
    """The modes named, each once; () where the option isn't given."""
    if text is None:
        return ()
    names = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    unknown = [name for name in names if name not in MODES]
    if unknown or not names:
        said = f"{unknown[0]!r} is not a mode" if unknown else "it names no mode"
        msg = f"{said}: take {', '.join(MODES)}"
        raise click.BadParameter(msg)
    return names


def modes_option(command: F) -> F:
    """Add the option; the command gets a tuple of names, () for `usual_modes`."""
    return click.option(
        "--modes", callback=_split, metavar="LIST", help=f"Of {','.join(MODES)}.  {USUAL_SAID}",
    )(command)  # fmt: skip
