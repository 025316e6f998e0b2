"""`trajets info`: what a network holds, how long it is valid, what was wrong with its inputs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planner.network.store import read_manifest
from web.commands.plan_text import wide_console


@click.command(name="info")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the manifest without its files.")
def command(folder: Path, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """Show the counts, validity, licences and issues of the network DIR."""
    manifest = read_manifest(folder)
    if as_json:
        told = {key: value for key, value in manifest.items() if key != "files"}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    console = wide_console()
    _print_facts(console, manifest)
    _print_counts(console, manifest["counts"])
    _print_sources(console, manifest)
    _print_issues(console, manifest["issues"])


def _print_facts(console: Console, manifest: Mapping[str, Any]) -> None:
    facts = {
        "Valid": f"{manifest['first_date']} to {say_end(manifest, manifest['last_date'])}",
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
