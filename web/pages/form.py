"""What surrounds the form: places looked up, problems said, links that keep the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from flask import request, url_for

from planner.network.profiles import BIKE_KINDS
from planner.request import Coordinate
from web.city import current_city
from web.pages.find_ends import find_end, search_places
from web.pages.query import EVERYDAY, Question
from web.wording import words
from web.wording.language import LANGUAGES, format_day, gettext, pick_language

EXAMPLES_SHOWN: Final = 6  # of a region's trips to try; more would hide the map on a phone


def look_up(question: Question) -> tuple[Question, dict[str, dict[str, Any]]]:
    """The question with both ends found, and by field what stands in the way."""
    search = partial(search_places, current_city().network, near=_middle())
    origin, destination = find_end(question.origin, search), find_end(question.destination, search)
    via = find_end(question.via, partial(search, kinds=frozenset({"stop"})))
    question = replace(question, origin=origin.end, destination=destination.end, via=via.end)
    problems: dict[str, dict[str, Any]] = {}
    for field, found in (("from", origin), ("to", destination), ("via", via)):
        if found.end.at is not None or (field == "via" and not found.end.text):
            continue
        if not found.end.text:
            problems[field] = {"text": gettext("Indiquez un lieu.")}
        elif not found.choices:
            problems[field] = {"text": words.say_not_found(found.end.text)}
        else:
            choices = [
                {
                    "name": choice.name,
                    "area": choice.area,
                    "kind": choice.kind,
                    "url": plan_url(question.with_end(field, choice.end)),
                }
                for choice in found.choices
            ]
            problems[field] = {
                "text": gettext("Plusieurs lieux correspondent :"),
                "choices": choices,
            }
    if isinstance(via.end.at, Coordinate):
        problems["via"] = {"text": gettext("Choisissez un arrêt : on ne passe que par un arrêt.")}
    elif via.end.at is not None and (question.prefer or question.max_walk):
        text = gettext(
            "Un arrêt à desservir exclut la préférence et la marche maximale : choisissez."
        )
        problems["via"] = {"text": text}
    if not problems and question.origin.at == question.destination.at:
        problems["to"] = {"text": gettext("Le départ et l’arrivée sont au même endroit.")}
    if question.bad_time:
        problems["time"] = {
            "text": gettext("Le jour ou l’heure ne se lit pas : 2026-11-23, 08:30.")
        }
    return question, problems


def list_examples() -> list[dict[str, str]]:
    """Trips to try, from the manifest: `from`, `from_at`, `to`, `to_at` as in URLs, and `about`."""
    found = []
    for example in current_city().network.manifest.get("examples", [])[:EXAMPLES_SHOWN]:
        question = Question.read(example, example.get("modes", []))
        if question.origin.at is not None and question.destination.at is not None:
            about = example.get("about", "")
            if isinstance(about, Mapping):
                about = about.get(pick_language(), "")
            found.append(
                {
                    "origin": question.origin.text,
                    "destination": question.destination.text,
                    "about": about,
                    "url": plan_url(question),
                }
            )
    return found


def start_bounds() -> list[float] | None:
    """South, west, north, east of the map to begin with: as the region says, else everything."""
    manifest = current_city().network.manifest
    return manifest.get("view") or manifest.get("bounds")


def say_options(question: Question, asked: datetime) -> str:
    """The form's choices in one line, for when they are folded away."""
    modes = ", ".join(words.say_mode(mode).lower() for mode in reversed(question.modes))
    facts = [say_when(question, asked, short=True), modes]
    if question.step_free:
        facts.append(gettext("sans escalier"))
    return " · ".join(facts)


def say_wishes(question: Question) -> str:
    """The form's further options in one line, "" where there are none."""
    facts = []
    if question.via.text:
        facts.append(gettext("par %(stop)s", stop=question.via.text))
    if question.slack:
        facts.append(gettext("%(minutes)d min de plus par correspondance", minutes=question.slack))
    if question.pace:
        facts.append(gettext(words.PACES[question.pace]))
    if question.max_walk:
        facts.append(gettext("%(minutes)d min à pied au plus", minutes=question.max_walk))
    if question.prefer:
        facts.append(gettext(words.PREFERENCES[question.prefer]).lower())
    if question.bike != EVERYDAY:
        facts.append(words.say_ride("bike", BIKE_KINDS[question.bike]).lower())
    if question.avoid:
        kinds = ", ".join(gettext(words.KINDS[kind]) for kind in question.avoid)
        facts.append(gettext("sans %(kinds)s", kinds=kinds))
    return " · ".join(facts)


def say_when(question: Question, asked: datetime, *, short: bool = False) -> str:
    """The time asked for; `short` for the form."""
    day = format_day(asked.date(), "short" if short else "full")
    clock = words.say_clock(asked)
    if question.when == "now" and short:
        return gettext("Maintenant")
    if question.when == "arrive":
        return gettext("Arrivée avant %(clock)s, %(day)s", clock=clock, day=day)
    return gettext("Départ dès %(clock)s, %(day)s", clock=clock, day=day)


def say_iso_day(text: str | None) -> str:
    """A date of the manifest in words, "" where it has none."""
    try:
        return format_day(date.fromisoformat(text or ""))
    except ValueError:
        return ""


def local_now() -> datetime:
    """The present minute on the network's clock."""
    city = current_city()
    return city.now().astimezone(city.zone).replace(second=0, microsecond=0)


def plan_url(question: Question) -> str:
    """Where `question` is answered."""
    return link_to("pages.plan", **question.params())


def link_to(endpoint: str, **values: Any) -> str:  # noqa: ANN401 - url_for takes anything
    """A URL that keeps the language, where the URL asked for it."""
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        values["lang"] = asked
    return url_for(endpoint, **values)


def _middle() -> tuple[float, float] | None:
    """The middle of the town, (lat, lon): places near it are likelier meant."""
    bounds = start_bounds()
    return ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2) if bounds else None
