"""The HTTP server: gunicorn's threads, in one process or several that map the same arrays."""

from __future__ import annotations

import logging
import os
import socket
from pathlib import Path
from typing import Any, Final

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from planner.canary import ask_canaries
from planner.network.store import open_network, verify_files
from web.app import create_app
from web.settings import read_settings

THREADS: Final = 4  # per process; searches release the GIL
KEEP_ALIVE_S: Final = 5
REQUEST_TIMEOUT_S: Final = 60


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn with our options and no configuration file.

    No access log is written: who goes where is nobody's business.
    """

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app, self._options = app, options
        super().__init__()

    def load_config(self) -> None:
        """Set our options; gunicorn calls it."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, loaded before the workers are forked."""
        return self._app


def serve_network(folder: Path, *, host: str, port: int, workers: int) -> None:
    """Serve `folder` until it is told to stop; raises NetworkError or OSError before it begins.

    Files are compared with their hashes, and every search is tried once, before the first request
    is taken, so that none of them waits for a kernel.
    """
    _check_port(host, port)
    verify_files(folder)
    network = open_network(folder)
    settings = read_settings(os.environ)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")  # to stderr
    ask_canaries(network)
    app = create_app(network, settings)
    click.echo(
        f"Trajets serves {network.manifest['name']}: http://{_in_url(host)}:{port}", err=True
    )
    options = {
        "bind": f"{_in_url(host)}:{port}",
        "workers": workers,
        "worker_class": "gthread",
        "threads": THREADS,
        "timeout": REQUEST_TIMEOUT_S,
        "limit_request_line": 8190,  # the most; our own limit is lower and answers as RFC 9457
        "keepalive": KEEP_ALIVE_S,
        "accesslog": None,
        "loglevel": "error",  # its warnings quote addresses and the lines of malformed requests
        "proc_name": "trajets",
        "worker_tmp_dir": _memory_folder(),
    }
    _Server(app, options).run()


def _check_port(host: str, port: int) -> None:
    """Fail with one sentence now, not in gunicorn's retries; raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise OSError(error.errno, f"{error.strerror}", f"{_in_url(host)}:{port}") from None


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _memory_folder() -> str | None:
    """Where workers touch their heartbeat: in memory, so that a slow disk stops none of them."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - gunicorn makes a private file there
