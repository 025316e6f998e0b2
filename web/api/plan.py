"""GET /api/v1…v6/plan: itineraries from door to door, as MOTIS' clients ask for them."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.types import ResponseDict

from planner.itinerary import Answer, Reason
from web.api.parameters import list_unknown
from web.city import current_city
from web.motis import schema
from web.motis.query import PlanQuery
from web.motis.request import Question, read_question
from web.motis.response import NEWEST, VERSIONS, Detail, plan_response, utc
from web.problems import ProblemError

_RESPONSES: Final[ResponseDict] = {
    "200": schema.PlanResponse,
    "400": schema.Problem,
    "404": schema.Problem,
    "501": schema.Problem,
    "504": schema.Problem,
}


def make_plan_blueprint() -> APIBlueprint:
    """The plan routes, one per version of MOTIS' API."""
    api = APIBlueprint("api_plan", __name__, abp_tags=[Tag(name="routing")])
    for version in VERSIONS:
        api.get(
            f"/api/v{version}/plan",
            summary="Find ways from one place to another",
            description=_describe(version),
            operation_id=f"plan_v{version}",
            responses=dict(_RESPONSES),
            deprecated=version < NEWEST,
        )(_make_view(version))
    return api


def _make_view(version: int) -> Callable[[PlanQuery], Response]:
    def view(query: PlanQuery) -> Response:
        city, unknown = current_city(), list_unknown(PlanQuery)
        question = read_question(query, version, city)
        answer = city.plan(city.network, question.request)
        _refuse_failed(answer)
        detail = Detail(
            version=version,
            legs=query.detailed_legs,
            transfers=_or(query.detailed_transfers, query.detailed_legs),
            parameters=_echo(question),
            unsupported=question.unsupported | unknown,
        )
        response = jsonify(plan_response(question.narrow(answer), city.network, detail))
        response.headers["Cache-Control"] = "no-store"  # it says where somebody goes
        return response

    view.__name__ = f"plan_v{version}"
    return view


def _refuse_failed(answer: Answer) -> None:
    """Raise for what is an error rather than an answer: an unknown stop, a search cut off."""
    if answer.itineraries or answer.direct:
        return
    for short in answer.shortfalls:
        if short.reason == Reason.UNKNOWN_STOP:
            raise ProblemError(HTTPStatus.NOT_FOUND, short.message)
        if short.reason == Reason.TIMEOUT:
            raise ProblemError(HTTPStatus.GATEWAY_TIMEOUT, short.message)


def _echo(question: Question) -> dict[str, str]:
    """The parameters as they were written, with the instant they were understood as."""
    given = request.args.to_dict(flat=False)
    known = {str(field.alias) for field in PlanQuery.model_fields.values()}
    echoed = {name: ",".join(values) for name, values in given.items() if name in known}
    return echoed | {"time": utc(question.request.time)}


def _or(wish: bool | None, default: bool) -> bool:  # noqa: FBT001 - two booleans are its matter
    return default if wish is None else wish


def _describe(version: int) -> str:
    return (
        f"MOTIS' plan, version {version}. A place outside the area, a date without timetable or an "
        "area without stops is no error: both arrays are empty then, and `shortfalls` says why. "
        "`unsupported` names the parameters that were not followed."
    )
