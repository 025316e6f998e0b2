"""An answer as text on a terminal, in French or English, with the pages' own words."""

from __future__ import annotations

import os
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from planner.itinerary import (
    Answer,
    Itinerary,
    Leg,
    Place,
    StreetLeg,
    TransitLeg,
    seconds_between,
)
from web.line_names import make_badge
from web.wording.language import format_day, gettext
from web.wording.reasons import say_shortfall
from web.wording.trip_times import find_end, find_start
from web.wording.words import (
    say_arrangements,
    say_clock,
    say_distance,
    say_duration,
    say_mode,
    say_ride,
    say_stops,
    say_transfers,
    say_vehicle,
)

WIDTH: Final = 160  # columns where no terminal says how many
_LANGUAGE_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def find_language() -> str:
    """The environment's language if it is French, else English."""
    told = next((os.environ[name] for name in _LANGUAGE_VARIABLES if os.environ.get(name)), "")
    return "fr" if told.lower().startswith("fr") else "en"


def wide_console() -> Console:
    """A console on stdout: as wide as the terminal, or wide enough for a file's reader."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDTH)


def print_answer(
    answer: Answer, zone: ZoneInfo, *, step_free: bool = False, quiet: bool = False
) -> bool:
    """Print the itineraries, and on stderr why something is missing; whether there is any.

    step_free: it was asked for, so that what is not known of it is told.
    quiet: the itineraries were printed in another form, and only their absence is told.
    """
    found = (*answer.itineraries, *answer.direct)
    if not quiet:
        console = wide_console()
        for number, itinerary in enumerate(found, 1):
            if number == 1:
                _print_heading(console, answer, itinerary.start.astimezone(zone).date())
            unsure = step_free and not itinerary.surely_step_free
            _print_itinerary(console, number, itinerary, zone, unsure=unsure)
    for shortfall in answer.shortfalls:
        if not found or not quiet:
            told = " ".join(say_shortfall(shortfall))
            click.echo(f"trajets: {shortfall.reason}: {told}", err=True)
    return bool(found)


def _print_heading(console: Console, answer: Answer, day: date) -> None:
    ends = f"{_name(answer.origin)} → {_name(answer.destination)}"
    console.print(Text.assemble((ends, "bold"), "  ", format_day(day, "full")))


def _print_itinerary(
    console: Console, number: int, itinerary: Itinerary, zone: ZoneInfo, *, unsure: bool
) -> None:
    leaves, arrives = find_start(itinerary), find_end(itinerary)
    start, end = _clock(leaves, zone), _clock(arrives, zone)
    facts = [say_duration(seconds_between(leaves, arrives))]
    if any(not isinstance(leg, StreetLeg) for leg in itinerary.legs):
        on_foot = f"{say_mode('walk')} {say_distance(itinerary.walk_m)}"
        facts += [say_transfers(itinerary.transfers), on_foot]
    if unsure:
        facts.append(gettext("accès sans escalier à confirmer"))
    console.print()
    console.print(Text.assemble((f"{number}. {start} → {end}", "bold"), f"  {' · '.join(facts)}"))
    table = Table.grid(padding=(0, 2))
    for leg, following in zip(itinerary.legs, (*itinerary.legs[1:], None), strict=True):
        table.add_row("  ", _clock(leg.start, zone), *_leg(leg, zone))
        if isinstance(leg, TransitLeg):
            goes_on = isinstance(following, TransitLeg) and following.stay_seated
            for sentence in say_arrangements(leg, goes_on):
                table.add_row("", "", "", sentence)
    console.print(table)


def _leg(leg: Leg, zone: ZoneInfo) -> tuple[Text, str]:
    """What one takes, and from where to where."""
    ends = f"{_name(leg.origin)} → {_name(leg.destination)}"
    if isinstance(leg, StreetLeg):
        about = "~ " if leg.estimated else ""
        length = f"{say_duration(leg.seconds)}, {about}{say_distance(leg.length_m)}"
        return Text(f"{say_ride(leg.mode, leg.profile)} {length}"), ends
    badge = make_badge(leg)
    sign = Text(say_vehicle(badge.kind, badge.name), style=f"bold #{badge.ink} on #{badge.color}")
    if leg.stay_seated:
        sign = Text.assemble(gettext("Restez à bord :"), " ", sign)
    if leg.headsign:
        sign = Text.assemble(sign, f" ({leg.headsign})")
    return sign, f"{ends} {_clock(leg.end, zone)} ({say_stops(len(leg.calls) - 1)})"


def _clock(instant: datetime, zone: ZoneInfo) -> str:
    return say_clock(instant.astimezone(zone))


def _name(place: Place) -> str:
    return place.name or f"{place.lat:.5f}, {place.lon:.5f}"
