"""The pages: a form, the trips it finds, where the data comes from, how accessible it all is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, abort, g, jsonify, render_template, request, url_for

from planner.itinerary import Answer
from planner.request import PlaceRef, Request, RequestError, StopRef
from planner.stop_ids import parse_stop_ref
from web import words
from web.assets import content_tag, find_bundle
from web.city import current_city
from web.find_ends import find_end, search_places
from web.language import LANGUAGES, format_day, gettext, pick_language, register_languages
from web.map_style import THEMES, map_style
from web.page_query import PARAMETERS, Question, shifted, write_ref
from web.page_view import AnswerView, map_data, safe_link, view_answer
from web.reasons import say_shortfall
from web.script_words import say_for_scripts
from web.tiles import find_archive, tiles

EARLIER_S: Final = 30 * 60  # how far back « Plus tôt » looks

pages = Blueprint(
    "pages",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)
pages.add_app_template_filter(words.say_clock, "clock")
pages.add_app_template_filter(words.say_duration, "duration")
pages.add_app_template_filter(words.say_distance, "distance")
pages.add_app_template_filter(words.say_vehicle, "vehicle")
pages.add_app_template_filter(words.say_mode, "mode_word")
pages.add_app_template_filter(words.say_transfers, "transfers")
pages.add_app_template_filter(words.say_stops, "stop_count")
pages.add_app_template_filter(words.say_step, "step_text")
pages.add_app_template_filter(words.step_icon, "step_icon")
pages.add_app_template_filter(safe_link, "safe_link")
pages.add_app_template_filter(write_ref, "ref")


def register_pages(app: Flask) -> None:
    """Add the pages, the tiles and the two languages to `app`, which already serves a city."""
    register_languages(app)
    app.register_blueprint(pages)
    app.register_blueprint(tiles)


@pages.get("/")
def home() -> str:
    """The form, the map and a few trips to try."""
    return _page("home.html", _read_question(), options_open=True, examples=_examples())


@pages.get("/plan")
def plan() -> tuple[str, int]:
    """The trips that answer the form, or what is still missing in it."""
    question, problems = _look_up(_read_question())
    if not problems:
        try:
            city = current_city()
            answer = city.plan(city.network, _make_request(question))
            return _answer_page(question, answer), HTTPStatus.OK
        except RequestError:
            problems["time"] = {"text": gettext("Cette demande ne peut pas être lue.")}
    choosing = any("choices" in problem for problem in problems.values())
    page = _page("plan.html", question, problems=problems, options_open="time" in problems)
    return page, HTTPStatus.OK if choosing else HTTPStatus.BAD_REQUEST


@pages.get("/sources")
def sources() -> str:
    """What this is, its data with licences and dates, and what is not recorded."""
    manifest = current_city().network.manifest
    return render_template(
        "pages/sources.html",
        feeds=manifest.get("feeds", []),
        inputs=manifest.get("inputs", []),
        contact=current_city().settings.contact,
    )


@pages.get("/accessibility")
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("pages/accessibility.html", contact=current_city().settings.contact)


@pages.get("/map/style.json")
def map_style_document() -> Response:
    """MapLibre's style in the theme asked for."""
    theme = request.args.get("theme", "light")
    if theme not in THEMES:
        abort(HTTPStatus.NOT_FOUND)
    archive = find_archive()
    if archive is None:
        return jsonify(map_style(theme, tiles=None))
    # A root-relative template: the script completes it, whatever proxy stands in between.
    template = url_for("tiles.get_tile", z=0, x=0, y=0).replace("0/0/0.mvt", "{z}/{x}/{y}.mvt")
    style = map_style(theme, tiles=template, min_zoom=archive.min_zoom, max_zoom=archive.max_zoom)
    return jsonify(style)


@pages.after_request
def describe(response: Response) -> Response:
    """Say what a page depends on, and keep trips out of shared caches."""
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = pick_language()
        response.headers["Vary"] = "Accept-Language"
        response.headers["Cache-Control"] = "private, no-cache"
    return response


@pages.context_processor
def offer() -> dict[str, Any]:
    """What every template may use."""
    manifest = current_city().network.manifest
    language = pick_language()
    return {
        "_": gettext,
        "lang": language,
        "forced_language": request.args.get("lang")
        if request.args.get("lang") == language
        else None,
        "switch_language": _switch(language),
        "link": _link,
        "static": _static,
        "bundle": find_bundle(),
        "nonce": g.get("csp_nonce", ""),
        "town": manifest.get("name", ""),
        "attributions": manifest.get("attributions", []),
        "say_day": _say_iso_day,
        "safe_link": safe_link,
    }


def _page(name: str, question: Question, **more: Any) -> str:  # noqa: ANN401 - template variables
    """A page with the form and the map."""
    manifest = current_city().network.manifest
    asked = question.instant(_now())
    data = {
        "bounds": manifest.get("bounds"),
        "attributions": list(manifest.get("attributions", [])),
        "geocode": "/api/v1/geocode",
        "icons": _static("icons.svg"),
        "language": pick_language(),
        "origin": _map_end(question.origin.at),
        "destination": _map_end(question.destination.at),
        **say_for_scripts(),
    }
    context: dict[str, Any] = {
        "question": question,
        "problems": {},
        "options_open": False,
        "options_text": _say_options(question, asked),
        "asked": asked,
        "first_date": manifest.get("first_date"),
        "last_date": manifest.get("last_date"),
        "last_day": _say_iso_day(manifest.get("last_date")),
        "page_data": data,
    }
    context["page_data"] = data | more.pop("map_data", {})
    return render_template(f"pages/{name}", **context | more)


def _answer_page(question: Question, answer: Answer) -> str:
    view = view_answer(answer)
    asked = question.instant(_now())
    origin = question.origin.text or answer.origin.name or _say_point(question.origin.at)
    destination = (
        question.destination.text or answer.destination.name or _say_point(question.destination.at)
    )
    return _page(
        "plan.html",
        question,
        view=view,
        origin_name=origin,
        destination_name=destination,
        when_text=_say_when(question, asked),
        announcement=words.say_found(len(view.cards)),
        comparison=words.compare_walking(view.walking_s, view.fastest_s),
        reasons=list(dict.fromkeys(say_shortfall(short) for short in answer.shortfalls)),
        links=_links(question, asked, view),
        open_card=1,
        map_data=map_data(answer, view),
    )


def _links(question: Question, asked: datetime, view: AnswerView) -> dict[str, str]:
    """Ways on from the answer. The shared one holds the hour, so that « now » stays then."""
    last = max((card.itinerary.start for card in view.transit), default=asked)
    later = shifted(last.astimezone(asked.tzinfo), 60)
    return {
        "earlier": _plan_url(question.at_time(shifted(asked, -EARLIER_S))),
        "later": _plan_url(question.at_time(later, arrive=False)),
        "back": _plan_url(question.swapped()),
        "share": _plan_url(question.at_time(asked)),
    }


def _read_question() -> Question:
    return Question.read(request.args, request.args.getlist("modes"))


def _make_request(question: Question) -> Request:
    """The planner's request; a stop of the URL may carry its feed's name before a colon."""
    asked = question.request(_now())
    return replace(
        asked, origin=_with_feed(asked.origin), destination=_with_feed(asked.destination)
    )


def _with_feed(ref: PlaceRef) -> PlaceRef:
    return parse_stop_ref(current_city().network, ref.stop_id) if isinstance(ref, StopRef) else ref


def _look_up(question: Question) -> tuple[Question, dict[str, dict[str, Any]]]:
    """The question with both ends found, and by field what stands in the way."""
    search = partial(search_places, current_city().network)
    origin, destination = find_end(question.origin, search), find_end(question.destination, search)
    question = replace(question, origin=origin.end, destination=destination.end)
    problems: dict[str, dict[str, Any]] = {}
    for field, found in (("from", origin), ("to", destination)):
        if found.end.at is not None:
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
                    "url": _plan_url(question.with_end(field, choice.end)),
                }
                for choice in found.choices
            ]
            problems[field] = {
                "text": gettext("Plusieurs lieux correspondent :"),
                "choices": choices,
            }
    if not problems and question.origin.at == question.destination.at:
        problems["to"] = {"text": gettext("Le départ et l’arrivée sont au même endroit.")}
    if question.bad_time:
        problems["time"] = {
            "text": gettext("Le jour ou l’heure ne se lit pas : 2026-11-23, 08:30.")
        }
    return question, problems


def _examples() -> list[dict[str, str]]:
    """Trips to try, from the manifest: `from`, `from_at`, `to`, `to_at` as in URLs, and `about`."""
    found = []
    for example in current_city().network.manifest.get("examples", []):
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
                    "url": _plan_url(question),
                }
            )
    return found


def _say_options(question: Question, asked: datetime) -> str:
    modes = ", ".join(words.say_mode(mode) for mode in reversed(question.modes))
    return f"{_say_when(question, asked, short=True)} · {modes}"


def _say_when(question: Question, asked: datetime, *, short: bool = False) -> str:
    day = format_day(asked.date(), "short" if short else "full")
    clock = words.say_clock(asked)
    if question.when == "now" and short:
        return gettext("Maintenant")
    if question.when == "arrive":
        return gettext("Arrivée avant %(clock)s, %(day)s", clock=clock, day=day)
    return gettext("Départ à partir de %(clock)s, %(day)s", clock=clock, day=day)


def _say_point(ref: PlaceRef | None) -> str:
    return "" if ref is None else write_ref(ref).removeprefix("stop:")


def _say_iso_day(text: str | None) -> str:
    """A date of the manifest in words, "" where it has none."""
    try:
        return format_day(date.fromisoformat(text or ""))
    except ValueError:
        return ""


def _map_end(ref: PlaceRef | None) -> dict[str, Any] | None:
    """Where a marker stands; a stop's place comes with the answer."""
    if ref is None or isinstance(ref, StopRef):
        return None
    return {"name": "", "at": [ref.lon, ref.lat]}


def _now() -> datetime:
    city = current_city()
    return city.now().astimezone(city.zone).replace(second=0, microsecond=0)


def _plan_url(question: Question) -> str:
    return _link("pages.plan", **question.params())


def _link(endpoint: str, **values: Any) -> str:  # noqa: ANN401 - url_for takes anything
    """A URL that keeps the language, where the URL asked for it."""
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        values["lang"] = asked
    return url_for(endpoint, **values)


def _static(name: str) -> str:
    tag = None if name.startswith("build/") else content_tag(name)
    return url_for("pages.static", filename=name, v=tag)


def _switch(language: str) -> dict[str, str]:
    """The same page in the other language."""
    other = next(code for code in LANGUAGES if code != language)
    query = {name: request.args.getlist(name) for name in PARAMETERS if name in request.args}
    url = f"{request.path}?{urlencode([*_pairs(query), ('lang', other)])}"
    return {"code": other, "name": LANGUAGES[other], "url": url}


def _pairs(query: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, values in query.items() for value in values]
