"""Errors of the API: problem documents (RFC 9457) that also carry MOTIS' `error` member."""

from __future__ import annotations

import json
import logging
import traceback
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, InternalServerError

from planner.network.store import NetworkError
from planner.request import RequestError

MEDIA_TYPE: Final = "application/problem+json"
_API: Final = ("/api/", "/live", "/ready", "/openapi.json")

log = logging.getLogger("trajets.web")


class ProblemError(Exception):
    """An answer that is an error: a status and one sentence for a human.

    parameter: the query parameter at fault, where there is one.
    """

    def __init__(self, status: int, detail: str, *, parameter: str | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.parameter = parameter


def problem_response(status: int, detail: str, *, parameter: str | None = None) -> Response:
    """An RFC 9457 response; `error` repeats the sentence for MOTIS' clients."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "error": detail,
    }
    if parameter is not None:
        body["parameter"] = parameter
    response = Response(json.dumps(body, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def invalid_query(error: ValidationError) -> Response:
    """The first fault pydantic found in a query, as one sentence that names the parameter."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    parameter = str(fault["loc"][0]) if fault["loc"] else None
    if fault["type"] == "missing":
        detail = f"The parameter {parameter} is missing."
    else:
        detail = f"The parameter {parameter} is wrong: {_plain(fault['msg'])}."
    return problem_response(HTTPStatus.BAD_REQUEST, detail, parameter=parameter)


def register_problems(app: Flask) -> None:
    """Answer every error under /api and of the health routes with a problem document."""
    app.register_error_handler(
        ProblemError,
        lambda error: problem_response(error.status, error.detail, parameter=error.parameter),
    )
    app.register_error_handler(
        RequestError, lambda error: problem_response(HTTPStatus.BAD_REQUEST, _sentence(str(error)))
    )
    app.register_error_handler(
        NetworkError,
        lambda error: problem_response(HTTPStatus.SERVICE_UNAVAILABLE, _no_data(error)),
    )
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def is_api() -> bool:
    """Whether the request in hand is for the API, so that its errors are problem documents."""
    return request.path.startswith(_API)


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.response is not None or error.code is None or not is_api():
        return error
    return problem_response(error.code, error.description or HTTPStatus(error.code).phrase)


def note_bug(error: Exception) -> None:
    """Log where an unforeseen exception arose, without its message: it may quote a coordinate."""
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s at %s\n%s", type(error).__name__, request.url_rule, places)


def _unexpected(error: Exception) -> Response | HTTPException:
    """A bug."""
    note_bug(error)
    if not is_api():
        return InternalServerError()
    detail = "Something went wrong on our side; it has been logged."
    return problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, detail)


def _no_data(error: NetworkError) -> str:
    """What users are told; the error itself names folders of the server and goes to the log."""
    log.error("%s", error)
    return "This part of the network is not available here."


def _plain(message: str) -> str:
    """Pydantic's message without its prefix and full stop, starting in lower case."""
    text = message.removeprefix("Value error, ").rstrip(".")
    return text[:1].lower() + text[1:]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
