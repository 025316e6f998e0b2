"""GET /api/trajets/v1/profile: how long a trip takes through a day, by departure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Final

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.types import ResponseDict

from planner.itinerary import Reason
from planner.profile import trip_profile
from planner.request import Request
from web.api.parameters import list_unknown
from web.api.profile_form import (
    DAY_H,
    ProfileQuery,
    ProfileResponse,
    local_instant,
    profile_response,
    read_clock,
    read_day,
)
from web.city import City, current_city
from web.motis import schema
from web.motis.request import list_not_followed, read_place, refusing, with_wishes
from web.problems import ProblemError

_RESPONSES: Final[ResponseDict] = {
    "200": ProfileResponse,
    "400": schema.Problem,
    "404": schema.Problem,
    "504": schema.Problem,
}


def make_profile_blueprint() -> APIBlueprint:
    """The route of the departure-time profile."""
    api = APIBlueprint("api_profile", __name__, abp_tags=[Tag(name="profile")])

    @api.get(
        "/api/trajets/v1/profile",
        summary="Find how the travel time depends on the departure, through a day",
        operation_id="profile",
        responses=dict(_RESPONSES),
    )
    def profile(query: ProfileQuery) -> Response:
        city = current_city()
        day = _read_day(query, city)
        unsupported = list_not_followed(query) | list_unknown(ProfileQuery)
        request = with_wishes(_read_window(query, day, city), query, city, unsupported)
        around = _read_around(query, day, city)
        found = trip_profile(city.network, request)
        for short in found.shortfalls:
            if short.reason == Reason.TIMEOUT:
                raise ProblemError(HTTPStatus.GATEWAY_TIMEOUT, short.message)
        answer = profile_response(
            found, city.zone, step=query.step, around=around, unsupported=unsupported
        )
        response = jsonify(answer)
        response.headers["Cache-Control"] = "no-store"  # it says where somebody goes
        return response

    return api


def _read_day(query: ProfileQuery, city: City) -> date:
    text = query.date
    if text is None:
        return city.now().astimezone(city.zone).date()
    return refusing("date", lambda: read_day(text))


def _read_window(query: ProfileQuery, day: date, city: City) -> Request:
    """The request without its wishes; raises ProblemError."""
    first = refusing("firstDeparture", lambda: read_clock(query.first_departure))
    last = refusing("lastDeparture", lambda: read_clock(query.last_departure))
    if not timedelta() < last - first <= timedelta(hours=DAY_H):
        detail = f"The window must end at most {DAY_H} hours after it begins, and not before."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail, parameter="lastDeparture")
    begin, end = (local_instant(day, clock, city.zone) for clock in (first, last))
    seconds = int(end.timestamp() - begin.timestamp())
    return Request(
        origin=read_place(query.from_place, "fromPlace", city.network),
        destination=read_place(query.to_place, "toPlace", city.network),
        time=begin,
        modes=frozenset({"walk", "transit"}),
        window_s=min(seconds, DAY_H * 3600),  # of the longest day of the year, 24 hours
        max_transfers=None if query.max_transfers is None else min(query.max_transfers, 20),
        max_direct_s=min(query.max_direct_time, city.settings.max_direct_s),
    )


def _read_around(query: ProfileQuery, day: date, city: City) -> datetime | None:
    text = query.around
    if text is None:
        return None
    return local_instant(day, refusing("around", lambda: read_clock(text)), city.zone)
