"""`trajets info`: what a network holds, how long it is valid, what was wrong with its inputs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planner.network.store import open_network, read_manifest
from web.commands.info_stress import print_stress
from web.commands.plan_text import wide_console

# What is told of OSMnx's statistics, and how.
_STREET_FACTS: Final = {
    "Crossings and ends": ("n", "{:,}"),
    "Crossings of two streets or more": ("intersection_count", "{:,}"),
    "Streets that meet at a node, on average": ("streets_per_node_avg", "{:.2f}"),
    "Street sections between them": ("street_segment_count", "{:,}"),
    "Length of streets": ("street_length_total", "{:,.0f} m"),
    "Mean length of a section": ("street_length_avg", "{:.1f} m"),
    "Detour of a section, length over straight line": ("circuity_avg", "{:.3f}"),
    "Crossings per square kilometre": ("intersection_density_km", "{:,.1f}"),
    "Metres of street per square kilometre": ("street_density_km", "{:,.0f}"),
}
_STREET_KINDS: Final = {
    "By class": "by_highway",
    "By what cyclists have (both directions make one)": "by_infrastructure",
    "By level of traffic stress": "by_stress",
    "By who may use it": "by_mode",
}
_OVERLAPPING: Final = "By who may use it"  # a street counts for each


@click.command(name="info")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--streets", is_flag=True, help="Show what kind of streets it has instead.")
@click.option("--json", "as_json", is_flag=True, help="Print the manifest without its files.")
def command(folder: Path, streets: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """Show the counts, validity, licences and issues of the network DIR."""
    if streets:
        _show_streets(folder, as_json=as_json)
        return
    manifest = read_manifest(folder)
    if as_json:
        told = {key: value for key, value in manifest.items() if key != "files"}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    console = wide_console()
    _print_facts(console, manifest)
    _print_counts(console, manifest["counts"])
    print_stress(console, manifest.get("stress", {}))
    _print_sources(console, manifest)
    _print_issues(console, manifest["issues"])


def _show_streets(folder: Path, *, as_json: bool) -> None:
    """Statistics of the streets, as JSON or in words."""
    # Brings networkx and OSMnx, which take longer to load than the rest takes to print.
    from graph_build.streets.statistics import street_statistics  # noqa: PLC0415

    told = street_statistics(open_network(folder))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    console, figures, km = wide_console(), told["osmnx"], told["km"]
    console.print("[bold]Streets[/bold], by OSMnx's statistics; every crossing counts once")
    table = Table.grid(padding=(0, 2))
    for name, (key, form) in _STREET_FACTS.items():
        if figures.get(key) is not None:
            table.add_row(name, form.format(figures[key]))
    table.add_row("Area of the convex hull", f"{told['area_km2']:,.1f} km²")
    console.print(table)
    for name, key in _STREET_KINDS.items():
        if key in km:
            _print_kilometres(console, name, km[key])


def _print_kilometres(console: Console, name: str, kinds: Mapping[str, float]) -> None:
    table = Table(name, "km", "Share", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    total = sum(kinds.values())
    for kind, length in sorted(kinds.items(), key=lambda one: -one[1]):
        share = f"{length / total:.0%}" if name != _OVERLAPPING else ""
        table.add_row(kind.replace("_", " "), f"{length:,.1f}", share)
    console.print()
    console.print(table)


def _print_facts(console: Console, manifest: Mapping[str, Any]) -> None:
    facts = {
        "Valid": f"{manifest['first_date']} to {say_end(manifest, manifest['last_date'])}"
        if manifest["feeds"]
        else "no timetable: streets only",
        "Time zone": manifest["timezone"],
        "Area": _say_bounds(manifest["bounds"]),
        "Change at a stop": f"{manifest['transfer_time']} s",
        "Profiles": ", ".join(manifest["profiles"]) or "none: timetable only",
        "Built": f"{manifest['created']} by {manifest['code_version']}",
    }
    table = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        table.add_row(name, escape(value))
    console.print(f"[bold]{escape(manifest['name'])}[/bold]")
    console.print(table)


def say_end(manifest: Mapping[str, Any], last: str) -> str:
    """A last day, ISO 8601, and whether it has passed where the network is."""
    today = datetime.now(ZoneInfo(manifest["timezone"])).date()
    return last if last >= today.isoformat() else f"{last}, which is over"


def _say_bounds(bounds: list[float] | None) -> str:
    if bounds is None:
        return "unknown"
    south, west, north, east = bounds
    return f"{south:.4f} to {north:.4f} north, {west:.4f} to {east:.4f} east"


def _print_counts(console: Console, counts: Mapping[str, int]) -> None:
    table = Table("Counts", "", box=None, padding=(0, 2, 0, 0), show_edge=False)
    table.columns[1].justify = "right"
    for name, number in counts.items():
        table.add_row(name.replace("_", " "), f"{number:,}")
    console.print()
    console.print(table)


def _print_sources(console: Console, manifest: Mapping[str, Any]) -> None:
    table = Table("Inputs", "Kind", "Bytes", "SHA-256", "Licence", box=None)
    for one in manifest["inputs"]:
        facts = (one["kind"], f"{one['bytes']:,}", one["sha256"][:12], one["licence"] or "not told")
        table.add_row(*(escape(fact) for fact in (one["name"], *facts)))
    feeds = Table("Feeds", "First day", "Last day", "Agencies", box=None)
    for feed in manifest["feeds"]:
        first, last = (feed.get(key) or "never runs" for key in ("first_date", "last_date"))
        end = say_end(manifest, last)
        feeds.add_row(escape(feed["name"]), first, end, escape(", ".join(feed["agencies"])))
    for part in (table, feeds):
        if part.row_count:
            console.print()
            console.print(part)
    console.print("\n[bold]Attributions[/bold]")
    for attribution in manifest["attributions"]:
        console.print(f" {escape(attribution)}", soft_wrap=True)


def _print_issues(console: Console, issues: list[Mapping[str, Any]]) -> None:
    console.print()
    if not issues:
        console.print("No issues.")
        return
    table = Table("Issues", "Count", "Done", "For example", box=None)
    table.columns[1].justify = "right"
    for issue in issues:
        first = issue["examples"][0]
        example = ": ".join(text for text in (first["where"], first["detail"]) if text)
        table.add_row(issue["kind"], f"{issue['count']:,}", first["done"], escape(example))
    console.print(table)
