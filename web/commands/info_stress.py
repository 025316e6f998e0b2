"""The part of `trajets info` about traffic stress: kilometres by level, and how sure they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table

_WHOLE: Final = 100


def print_stress(console: Console, stress: Mapping[str, Any]) -> None:
    """Kilometres by rule set and level, and the shares of the streets with assumed facts."""
    if not stress:
        return
    table = Table("Traffic stress, km", "Level 1", "2", "3", "4", box=None, padding=(0, 2, 0, 0))
    for column in table.columns[1:]:
        column.justify = "right"
    for rules, km in stress["km"].items():
        table.add_row(rules, *(f"{number:,.0f}" for number in km))
    shares = ", ".join(
        f"{name} {share * _WHOLE:.0f} %" for name, share in stress["assumed"].items()
    )
    console.print()
    console.print(table)
    console.print(f"Assumed, of the length shared with cars: {shares}.")
