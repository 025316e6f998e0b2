"""The web application: one network, its API and its pages."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Flask
from flask_cors import CORS

from planner.itinerary import Answer
from planner.network.store import Network
from planner.plan import plan
from planner.request import Request
from web.api.geocode import make_geocode_blueprint
from web.api.health import make_health_blueprint
from web.api.one_to_all import make_one_to_all_blueprint
from web.api.openapi import make_app
from web.api.plan import make_plan_blueprint
from web.api.profile import make_profile_blueprint
from web.api.street_times import make_street_times_blueprint
from web.api.streets import make_streets_blueprint
from web.city import City, serve
from web.pages.views import register_pages
from web.problems import register_problems
from web.security import protect
from web.settings import Settings


def create_app(
    network: Network,
    settings: Settings | None = None,
    *,
    planner: Callable[[Network, Request], Answer] = plan,
) -> Flask:
    """The application that serves `network`; it opens nothing and starts nothing.

    A test gives its own `planner`.
    """
    settings = settings or Settings()
    logging.getLogger("trajets").setLevel(settings.log_level)
    app = make_app(settings)
    serve(app, City(network=network, settings=settings, plan=planner))
    protect(app, settings)
    register_problems(app)
    CORS(app, resources={"/api/*": {}}, methods=["GET", "POST"], send_wildcard=True)
    app.register_api(make_plan_blueprint())
    app.register_api(make_profile_blueprint())
    app.register_api(make_one_to_all_blueprint())
    app.register_api(make_street_times_blueprint())
    app.register_api(make_streets_blueprint())
    app.register_api(make_geocode_blueprint())
    app.register_api(make_health_blueprint())
    register_pages(app)
    return app
