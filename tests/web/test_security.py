"""Headers, caps, and a log that knows no places and no people."""

from __future__ import annotations

import logging
import re
import threading
import urllib.request

import pytest
from drawn_answers import client_of
from werkzeug.serving import make_server

from planner.network.store import NetworkError
from web.settings import Settings, SettingsError, read_settings, variable_of

PLAN = "/api/v6/plan?fromPlace=48.823456,2.270123&toPlace=48.853,2.349"
SECRETS = ("48.823456", "2.270123", "48.853", "203.0.113.9", "127.0.0.1", "Firefox")


def policy(response):
    parts = response.headers["Content-Security-Policy"].split("; ")
    return {name: sources for name, _, sources in (part.partition(" ") for part in parts)}


def test_pages_may_load_nothing_from_elsewhere():
    client, _ = client_of()
    found = policy(client.get("/live"))
    assert found["default-src"] == "'none'"
    assert found["connect-src"] == found["worker-src"] == "'self'"
    assert found["img-src"] == "'self' data: blob:"
    assert found["frame-ancestors"] == "'none'"
    assert "unsafe" not in " ".join(found.values())
    assert re.fullmatch(r"'self' 'nonce-[\w-]{22}'", found["script-src"])


def test_each_response_has_its_own_nonce():
    client, _ = client_of()
    assert policy(client.get("/live"))["script-src"] != policy(client.get("/live"))["script-src"]


@pytest.mark.parametrize("path", ["/live", PLAN, "/api/v6/plan", "/api/nothing", "/nothing"])
def test_every_response_carries_the_policy_headers(path):
    headers = client_of()[0].get(path).headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "geolocation=(self)" in headers["Permissions-Policy"]
    assert headers["X-Frame-Options"] == "DENY"


def test_a_long_query_is_refused():
    client, planner = client_of(settings=Settings(max_query_bytes=100))
    response = client.get(f"{PLAN}&language={'x' * 100}")
    assert (response.status_code, planner.asked) == (414, [])
    assert "100 bytes" in response.get_json()["error"]


def test_a_large_body_is_refused():
    client, _ = client_of(settings=Settings(max_body_bytes=10))
    app = client.application
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.post("/api/v1/echo")
    def echo():
        from flask import request  # noqa: PLC0415 - only this test reads a body

        return {"length": len(request.get_data())}

    assert client.post("/api/v1/echo", data=b"x" * 10).get_json() == {"length": 10}
    refused = client.post("/api/v1/echo", data=b"x" * 11)
    assert (refused.status_code, refused.mimetype) == (413, "application/problem+json")


def test_a_wrong_method_is_a_problem_document():
    response = client_of()[0].delete("/api/v6/plan")
    assert (response.status_code, response.mimetype) == (405, "application/problem+json")


def everything_logged(caplog):
    return "\n".join(
        [*caplog.messages, *(str(record.__dict__) for record in caplog.records), caplog.text]
    )


def test_no_place_address_or_agent_reaches_the_log(caplog):
    caplog.set_level(logging.DEBUG)
    client, _ = client_of()
    who = {"REMOTE_ADDR": "203.0.113.9"}
    client.get(PLAN, environ_overrides=who, headers={"User-Agent": "Firefox"})
    client.get("/api/v6/plan?fromPlace=98.823456,2.270123", environ_overrides=who)
    client.get("/48.823456,2.270123", environ_overrides=who)
    logged = everything_logged(caplog)
    assert "GET /api/v6/plan 200" in logged
    assert not [secret for secret in SECRETS if secret in logged]


def test_a_bug_is_logged_by_its_place_and_not_by_its_message(caplog):
    caplog.set_level(logging.DEBUG)
    client, _ = client_of(ValueError("could not read 48.823456"))
    response = client.get(PLAN)
    assert response.status_code == 500
    assert response.mimetype == "application/problem+json"
    assert "48.823456" not in response.get_data(as_text=True)
    logged = everything_logged(caplog)
    assert "ValueError at /api/v6/plan" in logged
    assert "api/plan.py" in logged
    assert not [secret for secret in SECRETS if secret in logged]


def test_a_damaged_network_is_503_and_names_no_folder():
    client, _ = client_of(NetworkError("/srv/secret/network is damaged"))
    response = client.get(PLAN)
    assert response.status_code == 503
    assert "secret" not in response.get_data(as_text=True)


def test_the_development_server_writes_no_request_lines(caplog):
    caplog.set_level(logging.DEBUG)
    client, _ = client_of()
    server = make_server("127.0.0.1", 0, client.application)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{PLAN}") as response:
        assert response.status == 200
    thread.join()
    server.server_close()
    assert not [secret for secret in SECRETS if secret in everything_logged(caplog)]


def test_every_setting_is_read_from_its_variable_and_explained():
    environ = {
        "TRAJETS_LANGUAGES": "en, fr", "TRAJETS_LOG_LEVEL": "debug",
        "TRAJETS_MAX_WINDOW_S": "7200", "PATH": "/bin",
    }  # fmt: skip
    found = read_settings(environ)
    assert (found.languages, found.log_level, found.max_window_s) == (("en", "fr"), "DEBUG", 7200)
    assert read_settings({}) == Settings()
    for name, setting in Settings.__dataclass_fields__.items():
        assert setting.metadata["help"].endswith("."), name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("log_level", "LOUD"), ("max_itineraries", "0"), ("max_window_s", "1e3"),
        ("max_direct_s", "999999"), ("languages", " , "), ("max_body_bytes", "-1"),
    ],
)  # fmt: skip
def test_a_setting_that_means_nothing_is_named(name, value):
    with pytest.raises(SettingsError, match=variable_of(name)):
        read_settings({variable_of(name): value})
