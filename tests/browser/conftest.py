"""The demo town served on this machine, and a browser that reports whatever goes wrong in it."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from werkzeug.serving import make_server

from graph_build.build import build_network
from graph_build.region import read_region
from planner.network.store import open_network
from web.app import create_app
from web.pages.assets import find_bundle

ROOT = Path(__file__).parents[2]
AXE = ROOT / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader",
    "--use-angle=swiftshader", "--use-gl=angle", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic",
)  # fmt: skip
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LOCAL = ("127.0.0.1", "")  # "" for data: and blob:
EXAMPLES = [
    {
        "from": "Fort d'Issy", "from_at": "48.8175,2.2705",
        "to": "Corentin Celton", "to_at": "48.82687,2.27888",
        "about": {"fr": "De la colline au métro", "en": "From the hill to the metro"},
    },
]  # fmt: skip


@pytest.fixture(scope="session")
def town_url(demo_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the served demo town."""
    folder = Path(os.environ.get("TRAJETS_DEMO") or tmp_path_factory.mktemp("town") / "network")
    if not folder.exists():
        build_network(read_region(demo_town / "region.toml"), folder)
    network = open_network(folder)
    network = replace(network, manifest={**network.manifest, "examples": EXAMPLES})
    server = make_server("127.0.0.1", 0, create_app(network), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture(scope="session")
def chromium():
    """Debian's browser, driven by playwright."""
    if find_bundle() is None:
        pytest.skip("the front end isn't built (make install, or npm run build in web/frontend)")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(FLAGS)
        )
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page and what it complained of or asked other machines for."""

    page: object
    base: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def map_is_drawn(self, patience_s: float = 40.0) -> None:
        """Wait for MapLibre's idle, asking by hand: the policy allows no evaluated code."""
        until = time.monotonic() + patience_s
        while self.page.locator("[data-map]").get_attribute("data-state") != "idle":
            assert time.monotonic() < until, "the map was never drawn"
            self.page.wait_for_timeout(150)

    def faults(self) -> list[str]:
        """What axe-core finds on the page as it is."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules}).then(r => r.violations)", list(RULES)
        )
        return [
            f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"]
        ]


@pytest.fixture
def visit(chromium, town_url) -> Iterator[Callable[..., Visit]]:
    """Open a browser window of a kind; when the test ends nothing must have gone wrong in it."""
    opened = []

    def open_window(width: int, *, scheme: str = "light", script: bool = True) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900},
            color_scheme=scheme, locale="fr-FR", java_script_enabled=script,
            reduced_motion="reduce", has_touch=width < 600,
        )  # fmt: skip
        page = context.new_page()
        seen = Visit(page, town_url)
        page.on("console", lambda said: said.type == "error" and seen.complaints.append(said.text))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on(
            "request",
            lambda asked: (
                urlsplit(asked.url).hostname in {*LOCAL, None} or seen.strangers.append(asked.url)
            ),
        )
        opened.append((context, seen))
        return seen

    yield open_window
    for context, seen in opened:
        context.close()
        assert seen.complaints == []
        assert seen.strangers == []
