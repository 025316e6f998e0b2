"""What was measured, as the contract's JSON and as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from web.bench.differences import VERDICTS, compare_all
from web.bench.sheet import Answers, JobAnswers, Sheet
from web.bench.systems import System

_STATISTICS: Final = ("median_ms", "mean_ms", "p95_ms")
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
    report["differences"] = compare_all(sheet.jobs, by_job)
    report["about"] = {
        "network": network,
        "machine": machine,
        "date": sheet.date,
        "rules": {
            "max_rides": sheet.max_rides,
            "max_walk_s": sheet.max_walk_s,
            "walk_kmh": sheet.walk_kmh,
        },
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
        ours = systems["trajets"]["median_ms"]
        for system, told in systems.items():
            ratio = "" if system == "trajets" else f"{told['median_ms'] / ours:.2f} x"
            figures = (f"{told[name]:,.3f}" for name in _STATISTICS)
            table.add_row(job, system, str(told["n"]), str(told["answered"]), *figures, ratio)
    console.print(table)
    _print_counts(console, jobs)
    _print_differences(console, report["differences"])


def print_growth(console: Console, reports: Mapping[str, Report]) -> None:
    """One row per network: its size, and what Trajets took."""
    jobs = [name for name in next(iter(reports.values())) if name not in {"differences", "about"}]
    table = Table("Network", "Stop times", "Of the day", "Open s", "Day s", "MB", *jobs, box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, report in reports.items():
        ours = report["about"]["systems"]["trajets"]
        size = (report["about"]["network"]["stop_times"], ours["events"])
        times = (f"{report[job]['trajets']['median_ms']:,.2f}" for job in jobs)
        table.add_row(
            escape(name), *(f"{number:,}" for number in size), f"{ours['open_s']:.2f}",
            f"{ours['slice_s']:.2f}", f"{ours['resident_mb']:,.0f}", *times,
        )  # fmt: skip
    console.print("\n[bold]Growth[/bold] (Trajets' median ms by job)")
    console.print(table)


def _print_about(console: Console, about: Mapping[str, Any]) -> None:
    network, machine = about["network"], about["machine"]
    size = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in network.items())
    console.print(f"{size}, on {about['date']}")
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
    counted = {job: told["trajets"].get("counts") for job, told in jobs.items()}
    counted = {job: counts for job, counts in counted.items() if counts}
    if not counted:
        return
    console.print("\n[bold]Work of one answer[/bold], on average")
    table = Table("Job", *next(iter(counted.values())), box=None)
    for job, counts in counted.items():
        table.add_row(job, *(f"{number:,.0f}" for number in counts.values()))
    console.print(table)


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
