"""`trajets export`: a network's content in the formats of other tools."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import click

from planner.network.store import open_network

_COMMUNE: Final = re.compile(r"([013-9]\d|2[AB1-9])\d{3}")  # the schema's own pattern


@click.group(name="export")
def command() -> None:
    """Write what the network DIR holds in the formats of other tools."""


def _check_commune(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> str | None:
    del context, parameter
    if value is not None and not _COMMUNE.fullmatch(value):
        msg = f"{value!r} is no INSEE code of a commune, such as 92040"
        raise click.BadParameter(msg)
    return value


@command.command(name="bike-lanes")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="GeoJSON file.")
@click.option(
    "--commune",
    metavar="INSEE",
    callback=_check_commune,
    help="Code of the commune, such as 92040.",
)
def bike_lanes(folder: Path, out: Path, commune: str | None) -> None:
    """Write the bike facilities in the French schema (BNAC 0.3.5)."""
    # Brings shapely and pandas, which no other command of this group needs.
    from graph_build.bike_lane_features import UNKNOWN_COMMUNE, collect  # noqa: PLC0415

    collection = collect(open_network(folder), commune=commune or UNKNOWN_COMMUNE)
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    out.write_text(text + "\n", encoding="utf-8")
    click.echo(f"{out}: {len(collection['features']):,} bike lanes")
