"""The pages: a form, the trips it finds, where the data comes from, how accessible it all is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from planner.itinerary import Answer, Itinerary
from planner.profile import TripProfile, trip_profile
from planner.question import has_timetable
from planner.request import PlaceRef, Request, RequestError, StopRef
from planner.stop_ids import parse_stop_ref
from web.city import current_city
from web.line_names import routes_without
from web.pages.answer import AnswerView, map_data, safe_link, view_answer
from web.pages.assets import STATIC, content_tag, find_bundle
from web.pages.form import (
    link_to,
    list_examples,
    local_now,
    look_up,
    plan_url,
    say_iso_day,
    say_options,
    say_when,
    say_wishes,
    start_bounds,
)
from web.pages.query import PARAMETERS, SLACKS, STAYS, WALKS, End, Question, shifted, write_ref
from web.pages.script_words import say_for_scripts
from web.pages.tiles import tiles
from web.pages.way_charts import calm_parts, height_chart
from web.pages.when import day_request, leaving_for, view_when
from web.problems import is_api, note_bug, problem_response
from web.wording import words
from web.wording.language import LANGUAGES, format_day, gettext, pick_language, register_languages
from web.wording.reasons import find_served_day, say_shortfall
from web.wording.way_words import say_comfort, say_heights
from web.wording.when_words import say_gain, say_shift, say_when_to_leave, shown_gain

EARLIER_S: Final = 30 * 60  # how far back « Plus tôt » looks

pages = Blueprint(
    "pages",
    __name__,
    template_folder=STATIC.with_name("templates"),
    static_folder=STATIC,
    static_url_path="/static",
)
pages.add_app_template_filter(words.say_clock, "clock")
pages.add_app_template_filter(words.say_duration, "duration")
pages.add_app_template_filter(words.say_distance, "distance")
pages.add_app_template_filter(words.say_vehicle, "vehicle")
pages.add_app_template_filter(words.say_mode, "mode_word")
pages.add_app_template_filter(words.say_ride, "ride_word")
pages.add_app_template_filter(words.say_transfers, "transfers")
pages.add_app_template_filter(words.say_stops, "stop_count")
pages.add_app_template_filter(words.say_arrangements, "arrangements")
pages.add_app_template_filter(words.say_step, "step_text")
pages.add_app_template_filter(words.step_icon, "step_icon")
pages.add_app_template_filter(safe_link, "safe_link")
pages.add_app_template_filter(write_ref, "ref")
pages.add_app_template_filter(say_shift, "shift")
pages.add_app_template_filter(say_gain, "gain")
pages.add_app_template_filter(shown_gain)
pages.add_app_template_filter(height_chart)
pages.add_app_template_filter(calm_parts)
pages.add_app_template_filter(say_comfort, "comfort_text")
pages.add_app_template_filter(say_heights, "heights_text")


def register_pages(app: Flask) -> None:
    """Add the pages, the tiles and the two languages to `app`, which already serves a city."""
    register_languages(app)
    app.register_blueprint(pages)
    app.register_blueprint(tiles)


@pages.get("/")
def home() -> str:
    """The form, the map and a few trips to try."""
    return _page("home.html", _read_question(), options_open=True, examples=list_examples())


@pages.get("/plan")
def plan() -> tuple[str, int]:
    """The trips that answer the form, or what is still missing in it."""
    question, problems = look_up(_read_question())
    if not problems:
        try:
            city = current_city()
            answer = city.plan(city.network, _make_request(question))
            return _answer_page(question, answer), HTTPStatus.OK
        except RequestError:
            problems["time"] = _unreadable()
    return _ask_again(question, problems)


@pages.get("/when")
def when() -> tuple[str, int]:
    """How long the trip takes through the day, by departure."""
    question, problems = look_up(_read_question())
    if problems:
        return _ask_again(question, problems)
    asked = question.instant(local_now())
    try:
        wishes = _make_request(replace(question, when="depart", prefer="", via=End()))
        profile = trip_profile(current_city().network, day_request(wishes, asked))
    except RequestError:
        return _ask_again(question, {"time": _unreadable()})
    return _when_page(question, asked, profile), HTTPStatus.OK


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


@pages.app_errorhandler(HTTPStatus.NOT_FOUND)
def not_found(error: HTTPException) -> ResponseReturnValue:
    """A page that isn't there; the API answers in its own way."""
    if is_api():
        return problem_response(HTTPStatus.NOT_FOUND, error.description or "Not found")
    page = render_template(
        "pages/lost.html",
        title=gettext("Cette page n’existe pas"),
        sentence=gettext("L’adresse est peut-être incomplète, ou la page a changé de place."),
    )
    return page, HTTPStatus.NOT_FOUND


@pages.errorhandler(Exception)
def failed(error: Exception) -> ResponseReturnValue:
    """A bug of ours, told to the traveller as such."""
    if isinstance(error, HTTPException):
        return error
    note_bug(error)
    page = render_template(
        "pages/lost.html",
        title=gettext("Une erreur s’est produite"),
        sentence=gettext("Elle vient de notre côté et a été notée. Réessayez dans un instant."),
    )
    return page, HTTPStatus.INTERNAL_SERVER_ERROR


@pages.after_request
def describe(response: Response) -> Response:
    """Say what a page depends on, and keep trips out of shared caches."""
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = pick_language()
        response.headers["Vary"] = "Accept-Language"
        response.headers["Cache-Control"] = "private, no-cache"
    return response


@pages.app_context_processor
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
        "link": link_to,
        "static": _static,
        "bundle": find_bundle(),
        "nonce": g.get("csp_nonce", ""),
        "town": manifest.get("name", ""),
        "attributions": manifest.get("attributions", []),
        "say_day": say_iso_day,
        "safe_link": safe_link,
    }


def _page(name: str, question: Question, **more: Any) -> str:  # noqa: ANN401 - template variables
    """A page with the form and the map."""
    manifest = current_city().network.manifest
    timetables = bool(manifest.get("feeds"))  # without them its days mean nothing
    asked = question.instant(local_now())
    data = {
        "bounds": start_bounds(),
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
        "options_text": say_options(question, asked),
        "wishes_text": say_wishes(question),
        "choices": {
            "slack": SLACKS,
            "stay": STAYS,
            "max_walk": WALKS,
            "avoid": words.KINDS,
            "bike": words.BIKES,
        },
        "asked": asked,
        "first_date": manifest.get("first_date") if timetables else None,
        "last_date": manifest.get("last_date") if timetables else None,
        "last_day": say_iso_day(manifest.get("last_date")) if timetables else "",
        "page_data": data,
    }
    context["page_data"] = data | more.pop("map_data", {})
    return render_template(f"pages/{name}", **context | more)


def _answer_page(question: Question, answer: Answer) -> str:
    view = view_answer(answer)
    asked = question.instant(local_now())
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
        when_text=say_when(question, asked),
        announcement=words.say_found(len(view.cards)),
        comparison=words.compare_walking(view.walking_s, view.fastest_s),
        reasons=list(dict.fromkeys(say_shortfall(short) for short in answer.shortfalls)),
        served=_served_day(question, answer),
        links=_links(question, asked, view),
        time_link=partial(_time_link, question),
        open_card=_first_asked_for(view, question),
        map_data=map_data(answer, view),
    )


def _first_asked_for(view: AnswerView, question: Question) -> int:
    """The card to open: a walk that is there to compare comes first, but nobody asked for it."""
    return next((card.number for card in view.cards if card.mode in question.modes), 1)


def _when_page(question: Question, asked: datetime, profile: TripProfile) -> str:
    leaving = leaving_for(profile, asked) if question.when == "arrive" else asked
    view = view_when(
        profile, leaving, lambda at: plan_url(question.at_time(at, arrive=False)), now=local_now()
    )
    names = [
        end.text or place.name or _say_point(end.at)
        for end, place in (
            (question.origin, profile.origin),
            (question.destination, profile.destination),
        )
    ]
    days = {
        name: link_to("pages.when", **question.at_time(asked + timedelta(days=days)).params())
        for name, days in (("before", -1), ("after", 1))
    }
    return render_template(
        "pages/when.html",
        question=question,
        view=view,
        origin_name=names[0],
        destination_name=names[1],
        day=format_day(profile.first.date(), "full"),
        says=say_when_to_leave(view),
        reasons=list(dict.fromkeys(say_shortfall(short) for short in profile.shortfalls)),
        links={
            "trips": plan_url(question),
            "back": link_to("pages.when", **question.swapped().params()),
            **days,
        },
        url_at=lambda at: plan_url(question.at_time(at, arrive=False)),
    )


def _links(question: Question, asked: datetime, view: AnswerView) -> dict[str, str]:
    """Ways on from the answer. The shared one holds the hour, so that « now » stays then."""
    starts = (card.itinerary.start for card in view.transit)
    last = max(starts, key=datetime.timestamp, default=asked)
    later = shifted(last.astimezone(asked.tzinfo), 60)
    return {
        "earlier": plan_url(question.at_time(shifted(asked, -EARLIER_S))),
        "later": plan_url(question.at_time(later, arrive=False)),
        "back": plan_url(question.swapped()),
        "share": plan_url(question.at_time(asked)),
        "when": link_to("pages.when", **question.at_time(asked).params()),
    }


def _served_day(question: Question, answer: Answer) -> dict[str, str] | None:
    """A link to the nearest day with a timetable, where there is none for the day asked for."""
    day = next(filter(None, map(find_served_day, answer.shortfalls)), None)
    if day is None:
        return None
    asked = question.instant(local_now())
    other = question.at_time(asked.replace(year=day.year, month=day.month, day=day.day))
    return {"url": plan_url(other), "day": format_day(day)}


def _time_link(question: Question, trip: Itinerary) -> str:
    """The answer in which `trip` comes first."""
    start = trip.start.astimezone(current_city().zone)
    return plan_url(question.at_time(start, arrive=False))


def _read_question() -> Question:
    lists = (request.args.getlist(name) for name in ("modes", "avoid"))
    question = Question.read(request.args, *lists)
    if "modes" in request.args or has_timetable(current_city().network):
        return question
    return replace(question, modes=tuple(mode for mode in question.modes if mode != "transit"))


def _make_request(question: Question) -> Request:
    """The planner's request; a stop of the URL may carry its feed's name before a colon."""
    network = current_city().network
    asked = question.request(local_now())
    avoided = (kind for name in question.avoid for kind in words.VEHICLES_OF_KIND[name])
    return replace(
        asked,
        origin=_with_feed(asked.origin),
        destination=_with_feed(asked.destination),
        via=tuple(replace(v, stop=parse_stop_ref(network, v.stop.stop_id)) for v in asked.via),
        routes=routes_without(network, avoided),
        max_itineraries=current_city().settings.max_itineraries,
    )


def _with_feed(ref: PlaceRef) -> PlaceRef:
    return parse_stop_ref(current_city().network, ref.stop_id) if isinstance(ref, StopRef) else ref


def _ask_again(question: Question, problems: dict[str, dict[str, Any]]) -> tuple[str, int]:
    """The form with what is still missing in it."""
    choosing = any("choices" in problem for problem in problems.values())
    page = _page("plan.html", question, problems=problems, options_open="time" in problems)
    return page, HTTPStatus.OK if choosing else HTTPStatus.BAD_REQUEST


def _unreadable() -> dict[str, str]:
    return {"text": gettext("Cette demande ne peut pas être lue.")}


def _say_point(ref: PlaceRef | None) -> str:
    return "" if ref is None else write_ref(ref).removeprefix("stop:")


def _map_end(ref: PlaceRef | None) -> dict[str, Any] | None:
    """Where a marker stands; a stop's place comes with the answer."""
    if ref is None or isinstance(ref, StopRef):
        return None
    return {"name": "", "at": [ref.lon, ref.lat]}


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
