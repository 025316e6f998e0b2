"""The option --modes of commands that answer for one mode after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from planner.request import MODES

F = TypeVar("F", bound=Callable[..., Any])


def _split(_ctx: click.Context, _option: click.Parameter, text: str) -> tuple[str, ...]:
    """The modes named, each once."""
    names = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    unknown = [name for name in names if name not in MODES]
    if unknown or not names:
        said = f"{unknown[0]!r} is not a mode" if unknown else "it names no mode"
        msg = f"{said}: take {', '.join(MODES)}"
        raise click.BadParameter(msg)
    return names


def modes_option(command: F) -> F:
    """Add the option; the command gets a tuple of names."""
    return click.option(
        "--modes", default="walk,bike,transit", show_default=True, callback=_split, metavar="LIST",
        help=f"Of {','.join(MODES)}.",
    )(command)  # fmt: skip
