"""`trajets build`: compile a network from raw files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from graph_build.build import build_network
from graph_build.manifest import Manifest
from graph_build.region import BuildInputs, GtfsInput, parse_date_range, read_region
from planner.canary import ask_canaries
from web.progress_bars import ProgressBars

_FILE = click.Path(path_type=Path)


@click.command(name="build")
@click.argument("region", required=False, type=_FILE)
@click.option("--osm", multiple=True, type=_FILE, help="OpenStreetMap extract (.osm.pbf, .osm).")
@click.option("--gtfs", multiple=True, help="GTFS feed, a zip or a folder: PATH or NAME=PATH.")
@click.option("--elevation", multiple=True, type=_FILE, help="GeoTIFF of heights in metres.")
@click.option(
    "--bike-lanes", multiple=True, type=_FILE, help="Official bike lanes (BNAC), GeoJSON."
)
@click.option(
    "--date-range", metavar="A..B", help="Service days to compile: 2026-11-02..2026-11-29."
)
@click.option(
    "--transfer-time", type=int, metavar="S",
    help="Seconds to change at one stop, unless the feed says otherwise.  [default: 120]",
)  # fmt: skip
@click.option(
    "--max-transfer-walk", type=int, metavar="S",
    help="Most seconds on foot between two vehicles.  [default: 1800]",
)  # fmt: skip
@click.option(
    "--max-transfer-ride", type=int, metavar="S",
    help="Most seconds on a bicycle between two that take it on board.  [default: 600]",
)  # fmt: skip
@click.option(
    "--out", required=True, type=_FILE, help="Folder of the network; replaced as a whole."
)
def command(region: Path | None, out: Path, **given: Any) -> None:  # noqa: ANN401 - click's options
    """Compile a network from a REGION.toml, from files given one by one, or from both.

    Without --osm the network is timetable only. The folder that --out replaces is kept beside it
    as OUT.previous; a build that fails leaves it untouched.
    """
    inputs = gather_inputs(region, out.name, **given)
    with ProgressBars() as progress:
        manifest = build_network(inputs, out, progress=progress, canary=ask_canaries)
    tell(manifest, out)


def gather_inputs(
    region: Path | None,
    name: str,
    **given: Any,  # noqa: ANN401 - click's options
) -> BuildInputs:
    """The region's inputs, with what the options add to it or choose instead.

    Raises RegionError where something doesn't exist or means nothing.
    """
    more: dict[str, Any] = {
        "osm": tuple(given["osm"]),
        "gtfs": tuple(parse_feed(text) for text in given["gtfs"]),
        "elevation": tuple(given["elevation"]),
        "bike_lanes": tuple(given["bike_lanes"]),
    }
    for key in ("transfer_time", "max_transfer_walk", "max_transfer_ride"):
        if given[key] is not None:
            more[key] = given[key]
    if given["date_range"] is not None:
        more["date_range"] = parse_date_range(given["date_range"])
    if region is None:
        return BuildInputs(name=name, **more)
    base = read_region(region)
    for kind in ("osm", "gtfs", "elevation", "bike_lanes"):
        more[kind] = getattr(base, kind) + more[kind]
    return replace(base, **more)


def parse_feed(text: str) -> GtfsInput:
    """PATH, or NAME=PATH where no file is called so."""
    name, equals, path = text.partition("=")
    if equals and name and path and not Path(text).exists():
        return GtfsInput(Path(path), name)
    return GtfsInput(Path(text))


def tell(manifest: Manifest, out: Path) -> None:
    """Say what was made, how many faults the inputs had, and aloud those that change answers."""
    counts = manifest["counts"]
    parts = [f"{counts['stops']:,} stops", f"{counts['trips']:,} trips"]
    if "street_km" in counts:
        parts.append(f"{counts['street_km']:,} km of streets")
    if manifest["feeds"]:
        parts.append(f"{manifest['first_date']} to {manifest['last_date']}")
    click.echo(f"{out}: {', '.join(parts)}")
    if manifest["issues"]:
        total = sum(issue["count"] for issue in manifest["issues"])
        click.echo(f"{total:,} issues of {len(manifest['issues'])} kinds: trajets info {out}")
    for warning in find_warnings(manifest):
        click.echo(warning, err=True)
    for kind in manifest["configuration"]["not_compiled"]:
        click.echo(f"not compiled by this version: {kind}", err=True)


def find_warnings(manifest: Manifest) -> Iterator[str]:
    """A sentence for each feed whose timetable is over or that another version replaces.

    Without feeds, also where nothing tells the time zone that the hours of streets are read in.
    """
    if not manifest["feeds"] and manifest["configuration"]["timezone"] is None:
        yield "no timetable tells the time zone: hours are in UTC; name timezone in a REGION.toml"
    today = datetime.now(ZoneInfo(manifest["timezone"])).date().isoformat()
    for feed in manifest["feeds"]:
        if feed["last_date"] is None:
            yield f"{feed['name']}: no service of its timetable ever runs"
        elif feed["last_date"] < today:
            yield f"{feed['name']}: its timetable ended on {feed['last_date']}"
    for issue in manifest["issues"]:
        if issue["kind"] == "feeds_overlap":
            for one in issue["examples"]:
                yield f"{one['where']}: {one['detail']}; {one['done']}"
