"""What protects users: content policy, headers, caps on requests, and a log without places."""

from __future__ import annotations

import logging
import secrets
import time
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, g, request

from web.problems import ProblemError
from web.settings import Settings

_HEADERS: Final = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
}

log = logging.getLogger("trajets.access")


def protect(app: Flask, settings: Settings) -> None:
    """Add the policy headers, the request caps and the access log to `app`.

    `g.csp_nonce` holds the nonce for the scripts and styles a template writes inline.
    """
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    _silence_werkzeug()

    @app.before_request
    def begin() -> None:
        g.csp_nonce = secrets.token_urlsafe(16)
        g.started = time.perf_counter()
        if len(request.query_string) > settings.max_query_bytes:
            detail = f"The query string is longer than {settings.max_query_bytes} bytes."
            raise ProblemError(HTTPStatus.REQUEST_URI_TOO_LONG, detail)

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", content_policy(g.csp_nonce))
        _write_access(response)
        return response


def content_policy(nonce: str) -> str:
    """The Content-Security-Policy of a page: nothing from elsewhere, nothing inline without nonce.

    MapLibre needs its worker from a file of ours, and images made in the page (data:, blob:).
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            "worker-src 'self'",
            "connect-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _write_access(response: Response) -> None:
    """One line per request: its route, never its values; no address, no query, no agent."""
    duration_ms = (time.perf_counter() - g.started) * 1000
    log.info(
        "%s %s %d %.0f ms", request.method, request.url_rule, response.status_code, duration_ms
    )


def _silence_werkzeug() -> None:
    """Werkzeug's own log writes client addresses and whole request lines, coordinates included."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
