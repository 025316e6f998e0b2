"""What was measured, as the contract's JSON and as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from web.bench.differences import VERDICTS, compare_all
from web.bench.sheet import Answers, JobAnswers, Sheet, StreetSheet
from web.bench.street_differences import APART_S, APART_SHARE, compare_streets
from web.bench.systems import System

_STATISTICS: Final = ("median_ms", "mean_ms", "p95_ms")
# Columns of the table of growth: what is told, and how.
_GROWTH: Final = {
    "Stop times": ("stop_times", "{:,}"), "Of the day": ("events", "{:,}"),
    "Street nodes": ("street_nodes", "{:,}"), "Street edges": ("street_edges", "{:,}"),
    "Open s": ("open_s", "{:.2f}"), "Day s": ("slice_s", "{:.2f}"),
    "MB": ("resident_mb", "{:,.0f}"),
}  # fmt: skip
Report = dict[str, Any]


def make_report(
    sheet: Sheet,
    systems: Sequence[System],
    answers: Mapping[str, Answers],
    network: Mapping[str, Any],
    machine: Mapping[str, Any],
) -> Report:
    """Figures by job and system, `differences`, and `about`: all that explains the figures."""
    report: Report = {
        job: {
            system: summarise(told.jobs[job])
            for system, told in answers.items()
            if job in told.jobs
        }
        for job in sheet.jobs
    }
    by_job = {system: told.jobs for system, told in answers.items()}
    compare = compare_streets if isinstance(sheet, StreetSheet) else compare_all
    report["differences"] = compare(sheet.jobs, by_job)
    report["about"] = {
        "network": network,
        "machine": machine,
        "rules": sheet.rules,
        "systems": {
            system.name: {
                "does": system.does,
                "version": answers[system.name].version,
                "prepare_s": round(answers[system.name].prepare_s, 3),
                "resident_mb": round(answers[system.name].resident_mb, 1),
                **answers[system.name].about,
            }
            for system in systems
        },
    }
    return report


def summarise(answers: JobAnswers) -> dict[str, Any]:
    """n, answered, median, mean and 95th percentile in milliseconds, and counts where told."""
    spent = np.array(answers.ms)
    figures = (np.median(spent), np.mean(spent), np.percentile(spent, 95))
    told: dict[str, Any] = {"n": len(answers.ms)}
    told |= {
        name: round(float(figure), 4) for name, figure in zip(_STATISTICS, figures, strict=True)
    }
    told["answered"] = sum(arrival is not None for arrival in answers.arrival)
    if answers.counts:
        told["counts"] = answers.counts
    return told


def print_report(console: Console, report: Report) -> None:
    """Tables of the figures, of what each side does, and of how many answers differ."""
    about = report["about"]
    _print_about(console, about)
    jobs = {name: told for name, told in report.items() if name not in {"differences", "about"}}
    table = Table(
        "Job", "System", "Pairs", "Answered", "Median ms", "Mean", "95 %", "Ratio", box=None
    )
    for column in table.columns[2:]:
        column.justify = "right"
    for job, systems in jobs.items():
        ours = systems.get("trajets", {}).get("median_ms")
        for system, told in systems.items():
            alone = system == "trajets" or not ours
            ratio = "" if alone else f"{told['median_ms'] / ours:.2f} x"
            figures = (f"{told[name]:,.3f}" for name in _STATISTICS)
            table.add_row(job, system, str(told["n"]), str(told["answered"]), *figures, ratio)
    console.print(table)
    _print_counts(console, jobs)
    if "max_rides" in report["about"]["rules"]:
        _print_differences(console, report["differences"])
    else:
        _print_street_differences(console, report["differences"])


def print_growth(console: Console, reports: Mapping[str, Report]) -> None:
    """One row per network: its size, and what Trajets took."""
    rows = {name: _growth_row(report) for name, report in reports.items()}
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    table = Table("Network", *columns, box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, row in rows.items():
        table.add_row(escape(name), *(row.get(column, "") for column in columns))
    console.print("\n[bold]Growth[/bold] (Trajets' median ms by job)")
    console.print(table)


def _growth_row(report: Report) -> dict[str, str]:
    """What the table of growth tells of a network, by column."""
    ours = report["about"]["systems"]["trajets"]
    known = {**report["about"]["network"], **ours}
    row = {
        column: form.format(known[name])
        for column, (name, form) in _GROWTH.items()
        if known.get(name)
    }
    jobs = (job for job in report if job not in {"differences", "about"})
    return row | {
        job: f"{report[job]['trajets']['median_ms']:,.2f}"
        for job in jobs
        if "trajets" in report[job]
    }


def _print_about(console: Console, about: Mapping[str, Any]) -> None:
    network, machine = about["network"], about["machine"]
    size = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in network.items())
    rules = ", ".join(f"{name} {rule}" for name, rule in about["rules"].items())
    console.print(f"{size}; {rules}")
    console.print(
        f"{machine['processor']}, {machine['cores']} cores, load {machine['load']},"
        f" calibration {machine['calibration_ms']} ms"
    )
    for name, told in about["systems"].items():
        facts = f"ready in {told['prepare_s']:.2f} s, {told['resident_mb']:,.0f} MB resident"
        console.print(
            f"[bold]{escape(name)}[/bold] {escape(told['version'])}: {facts}; {told['does']}"
        )
    console.print()


def _print_counts(console: Console, jobs: Mapping[str, Any]) -> None:
    counted = [
        (job, system, told["counts"])
        for job, systems in jobs.items()
        for system, told in systems.items()
        if told.get("counts")
    ]
    if not counted:
        return
    console.print("\n[bold]Work of one answer[/bold], on average")
    for job, system, counts in counted:
        facts = ", ".join(f"{name.replace('_', ' ')} {n:,.0f}" for name, n in counts.items())
        console.print(f"{job}, {escape(system)}: {facts}")


def _print_differences(console: Console, differences: Mapping[str, Any]) -> None:
    if not differences:
        return
    console.print("\n[bold]Trajets' arrivals beside the peers'[/bold], equal within a minute")
    table = Table(
        "Job", "Peer", *(name.replace("_", " ") for name in VERDICTS), "latest by", box=None
    )
    for job, peers in differences.items():
        for peer, told in peers.items():
            latest = told["latest"]
            worst = f"{latest[0]['later_by_s']} s (pair {latest[0]['id']})" if latest else ""
            table.add_row(job, peer, *(str(told[name]) for name in VERDICTS), escape(worst))
    console.print(table)


def _print_street_differences(console: Console, differences: Mapping[str, Any]) -> None:
    if not differences:
        return
    console.print(
        f"\n[bold]Trajets' ways beside the peers'[/bold]: medians over the pairs that both answer;"
        f" apart by {APART_SHARE:.0%} or {APART_S} s"
    )
    columns = ("both", "only_trajets", "only_peer", "neither", "apart")
    table = Table(
        "Job", "Peer", *(name.replace("_", " ") for name in columns),
        "Seconds", "Peer's", "Ratio", "Metres, m²", "Peer's", "Ratio", box=None,
    )  # fmt: skip
    for column in table.columns[2:]:
        column.justify = "right"
    for job, peers in differences.items():
        for peer, told in peers.items():
            figures = [
                form.format(told[name][side]) if name in told else ""
                for name in ("seconds", "size")
                for side, form in (("trajets", "{:,.0f}"), ("peer", "{:,.0f}"), ("ratio", "{:.3f}"))
            ]
            table.add_row(job, peer, *(str(told[name]) for name in columns), *figures)
    console.print(table)
