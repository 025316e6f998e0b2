"""Whether the service lives, and whether what it serves is of today."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import Field

from web.city import City, current_city
from web.motis.schema import Form


class Live(Form):
    """The process answers."""

    status: str


class FeedState(Form):
    """One timetable feed and the dates it covers."""

    name: str
    first_date: date | None = Field(description="null where nothing ever runs.")
    last_date: date | None
    expired: bool


class Ready(Form):
    """What is served."""

    status: str
    network: str
    timezone: str
    today: date = Field(description="In the network's timezone.")
    first_date: date | None = Field(description="null where there is no feed: streets only.")
    last_date: date | None
    expired: bool = Field(description="There are feeds, and none has a timetable for today.")
    feeds: list[FeedState]


class MotisHealth(Form):
    """MOTIS' health: which live feeds are up; none is read here."""

    rt: bool | None = None
    gbfs: bool | None = None


def make_health_blueprint() -> APIBlueprint:
    """The routes that a supervisor asks."""
    api = APIBlueprint("health", __name__, abp_tags=[Tag(name="health")])

    @api.get("/live", summary="Say that the process answers", responses={"200": Live})
    def live() -> Response:
        return _fresh({"status": "live"})

    @api.get("/ready", summary="Say what is served and until when", responses={"200": Ready})
    def ready() -> Response:
        return _fresh(describe(current_city()).model_dump(by_alias=True, mode="json"))

    @api.get(
        "/api/v1/health", summary="Say which live feeds are up", responses={"200": MotisHealth}
    )
    def motis_health() -> Response:
        return _fresh({})

    return api


def describe(city: City) -> Ready:
    """The state of the served network today; an expired timetable still serves streets."""
    manifest = city.network.manifest
    today = city.now().astimezone(city.zone).date()
    first, last = (date.fromisoformat(manifest[key]) for key in ("first_date", "last_date"))
    span = {key: manifest[key] for key in ("first_date", "last_date")}
    feeds = [_feed_state(span | facts, today) for facts in manifest["feeds"]]
    return Ready(
        status="ready",
        network=manifest["name"],
        timezone=manifest["timezone"],
        today=today,
        first_date=first if feeds else None,
        last_date=last if feeds else None,
        expired=bool(feeds) and not first <= today <= last,
        feeds=feeds,
    )


def _feed_state(facts: dict[str, Any], today: date) -> FeedState:
    first, last = facts["first_date"], facts["last_date"]
    runs = first is not None and first <= today.isoformat() <= last
    return FeedState(name=facts["name"], first_date=first, last_date=last, expired=not runs)


def _fresh(body: dict[str, Any]) -> Response:
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-store"
    return response
