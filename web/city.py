"""What every page and API route works on: the network, the settings and the planner's searches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

from flask import Flask, current_app

from planner.itinerary import Answer
from planner.network.store import Network
from planner.request import Request
from web.settings import Settings

_KEY: Final = "trajets"


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """One served network. A test puts its own `plan` or `now` in."""

    network: Network
    settings: Settings
    plan: Callable[[Network, Request], Answer]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def zone(self) -> ZoneInfo:
        """The network's own timezone."""
        return ZoneInfo(self.network.manifest["timezone"])


def serve(app: Flask, city: City) -> None:
    """Make `city` what the requests of `app` are answered from."""
    app.extensions[_KEY] = city


def current_city() -> City:
    """The city of the application that handles the request in hand."""
    return cast("City", current_app.extensions[_KEY])
