"""The rules of traffic stress as tables: CSV files that an officer can read and change.

A table is read from above; the first row that fits says the level. A column is named after a fact:
`speed_to` fits up to a value, `speed_from` from a value on, and a bare name takes a word, several
with `|` between, or yes or no. An empty cell asks for nothing. A head with `=` in it, such as
`adt_to=750`, holds levels of its own, from left to right, each with that condition more.
Lines that begin with # are for the reader.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.shape import INFRASTRUCTURES, ROAD_CLASSES, UInt8

CHECKOUT: Final = Path(__file__).parents[2] / "data" / "stress"
INSTALLED: Final = Path(__file__).parents[1] / "stress_rules"  # where the wheel has the tables
NO_RULE: Final = "none"  # rule 0: where nobody cycles

_WORDS: Final[Mapping[str, Sequence[str]]] = {
    "infrastructure": INFRASTRUCTURES,
    "road_class": ROAD_CLASSES,
}
_YES_NO: Final = {"yes": 1.0, "no": 0.0}
_LEVEL: Final = "level"

Facts = Mapping[str, NDArray[Any]]  # fact -> one value for each edge


class Wanted(NamedTuple):
    """What one cell asks of one fact."""

    fact: str
    low: float  # values below don't fit
    high: float  # nor do values above
    words: tuple[bool, ...]  # by code, for facts that are words; empty for numbers


class Rule(NamedTuple):
    """A row of a table, or one column of levels of it."""

    name: str
    tests: tuple[Wanted, ...]
    level: int


class Found(NamedTuple):
    """What a table says of each edge; level 255 and rule 0 where no row fits."""

    level: UInt8
    rule: UInt8  # -> rule_names of the rule set


NOTHING: Final = 255


def find_folder() -> Path:
    """The folder of the tables: the checkout's, else the installed package's."""
    return CHECKOUT if CHECKOUT.is_dir() else INSTALLED


def tables_digest() -> bytes:
    """A hash of every table, for whoever must know whether they have changed."""
    digest = hashlib.sha256()
    for path in sorted(find_folder().glob("*.csv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.digest()


@cache
def read_table(name: str) -> tuple[Rule, ...]:
    """The rules of the table `name`, in order; raises ValueError naming a cell without sense."""
    text = (find_folder() / f"{name}.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rules = []
    for number, row in enumerate(csv.DictReader(lines), 1):
        try:
            rules += _read_row(row)
        except (KeyError, ValueError, IndexError) as error:
            msg = f"the stress table {name}.csv says nothing understood in row {number}: {error}"
            raise ValueError(msg) from None
    return tuple(rules)


def _read_row(row: Mapping[str, str]) -> list[Rule]:
    name = row["rule"]
    heads = [head for head in row if head not in ("rule", _LEVEL) and "=" not in head]
    tests = tuple(_read_test(head, row[head]) for head in heads if row[head])
    levels = [(head, row[head]) for head in row if "=" in head and row[head]]
    if not levels:
        return [Rule(name, tests, int(row[_LEVEL]))]
    rules = []
    for head, level in levels:
        column, _, value = head.partition("=")
        more = (_read_test(column, value),) if value else ()
        rules.append(Rule(name, tests + more, int(level)))
    return rules


def _read_test(head: str, text: str) -> Wanted:
    if head in _WORDS:
        wanted = {_WORDS[head].index(word) for word in text.split("|")}
        return Wanted(head, 0, 0, tuple(code in wanted for code in range(len(_WORDS[head]))))
    if text in _YES_NO:
        return Wanted(head, _YES_NO[text], _YES_NO[text], ())
    value = float(text)
    if head.endswith("_to"):
        return Wanted(head.removesuffix("_to"), -np.inf, value, ())
    if head.endswith("_from"):
        return Wanted(head.removesuffix("_from"), value, np.inf, ())
    return Wanted(head, value, value, ())


def rule_names(tables: Sequence[str]) -> list[str]:
    """The names of the rules of `tables`, which Found.rule counts; the first is NO_RULE."""
    names = (rule.name for table in tables for rule in read_table(table))
    return list(dict.fromkeys((NO_RULE, *names)))


def look_up(table: str, facts: Facts, names: Sequence[str]) -> Found:
    """The first rule of `table` that fits each edge; `names` number the rules."""
    number = {name: i for i, name in enumerate(names)}
    count = len(next(iter(facts.values())))
    level, found = np.full(count, NOTHING, np.uint8), np.zeros(count, np.uint8)
    left = np.arange(count)
    for rule in read_table(table):
        if not left.size:
            break
        fits = np.ones(left.size, bool)
        for test in rule.tests:
            fits &= _fits(test, facts[test.fact][left])
        level[left[fits]], found[left[fits]] = rule.level, number[rule.name]
        left = left[~fits]
    return Found(level, found)


def _fits(test: Wanted, values: NDArray[Any]) -> NDArray[np.bool_]:
    if test.words:
        return np.asarray(np.array(test.words)[values])
    return np.asarray((values >= test.low) & (values <= test.high))
