"""The API's own description, OpenAPI 3.1, at /openapi.json."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

from flask import Response, jsonify, request
from flask.json.provider import DefaultJSONProvider
from flask_openapi3.models.contact import Contact
from flask_openapi3.models.info import Info
from flask_openapi3.models.license import License
from flask_openapi3.openapi import OpenAPI

from web.motis.schema import Problem
from web.problems import invalid_query
from web.settings import Settings

_ABOUT: Final = (
    "Door-to-door trips by foot, bicycle, car and transit. The routes under /api/v1 to /api/v6 "
    "answer as MOTIS 2 does; members it has not are marked Trajets in their descriptions."
)


class _Json(DefaultJSONProvider):
    """Accents as they are, members in the order they were written."""

    ensure_ascii = False
    sort_keys = False


def make_app(settings: Settings) -> OpenAPI:
    """A Flask application that describes the routes it will be given."""
    app = OpenAPI(
        "web",
        info=Info(
            title="Trajets",
            version=version("trajets"),
            description=_ABOUT,
            license=License(name="Apache-2.0", identifier="Apache-2.0"),
            contact=_contact(settings.contact),
        ),
        security_schemes={},
        doc_ui=False,
        validation_error_status=400,
        validation_error_model=Problem,
        validation_error_callback=invalid_query,
    )

    app.json = _Json(app)

    @app.route("/openapi.json")
    def openapi() -> Response:
        response = jsonify(app.api_doc)
        response.headers["Cache-Control"] = "public, max-age=3600"
        response.add_etag()
        response.make_conditional(request)
        return response

    return app


def _contact(contact: str) -> Contact | None:
    if not contact:
        return None
    return Contact(url=contact) if "://" in contact else Contact(email=contact)
