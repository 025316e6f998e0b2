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
    from graph_build.bike_lanes.features import UNKNOWN_COMMUNE, collect  # noqa: PLC0415

    collection = collect(open_network(folder), commune=commune or UNKNOWN_COMMUNE)
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    out.write_text(text + "\n", encoding="utf-8")
    click.echo(f"{out}: {len(collection['features']):,} bike lanes")


@command.command(name="streets")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="File: .graphml or .gpkg."
)
@click.option("--mode", type=click.Choice(("walk", "bike", "car")), help="Streets open to it.")
@click.option("--simple", is_flag=True, help="One node per crossing, without turns and barriers.")
def streets(folder: Path, out: Path, mode: str | None, simple: bool) -> None:  # noqa: FBT001 - click's flags
    """Write the streets as a graph: GraphML for OSMnx and networkx, GeoPackage for QGIS."""
    # Brings networkx, OSMnx and GeoPandas, which no other command of this group needs.
    from graph_build.streets.graph import SUFFIXES, save_graph, street_graph  # noqa: PLC0415

    if out.suffix not in SUFFIXES:
        msg = f"{out} ends in none of {', '.join(SUFFIXES)}"
        raise click.BadParameter(msg, param_hint="--out")
    graph = street_graph(open_network(folder), mode=mode, simple=simple)
    save_graph(graph, out)
    click.echo(f"{out}: {len(graph):,} nodes, {graph.number_of_edges():,} directed streets")
