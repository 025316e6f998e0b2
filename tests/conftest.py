"""What all tests share: the kernel cache, the real cities, and what is skipped where."""

import os
import shutil
from pathlib import Path

import pytest

from planner.kernel_cache import use_kernel_cache

use_kernel_cache()  # before a test module imports numba

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def city_data() -> Path:
    """The real cities' folder; skips where it isn't."""
    folder = Path(os.environ.get("TRAJETS_DATA") or ROOT / ".." / "shared" / "data").resolve()
    if not folder.is_dir():
        pytest.skip("the real cities' data isn't here (set TRAJETS_DATA)")
    return folder


@pytest.fixture(scope="session")
def demo_town() -> Path:
    """The inputs of the demo town."""
    folder = ROOT / "data" / "demo_town"
    if not (folder / "region.toml").exists():
        pytest.skip("the demo town isn't here")
    return folder


@pytest.fixture(scope="session")
def demo_network(demo_town: Path, tmp_path_factory: pytest.TempPathFactory):
    """The demo town, built once."""
    from graph_build.build import build_network  # noqa: PLC0415 - only where it is needed
    from graph_build.region import read_region  # noqa: PLC0415 - the same
    from planner.network.store import open_network  # noqa: PLC0415 - the same

    out = tmp_path_factory.mktemp("demo") / "demo-town"
    build_network(read_region(demo_town / "region.toml"), out)
    return open_network(out)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with its reason, what can't run here; mark what is run again with kernels compiled."""
    interpreted = os.environ.get("NUMBA_DISABLE_JIT", "0") != "0"
    no_jit = pytest.mark.skip(reason="compares compiled kernels, and NUMBA_DISABLE_JIT is set")
    no_browser = pytest.mark.skip(reason="needs Debian's chromium")
    for item in items:
        if "planner" in item.path.relative_to(ROOT).parts:
            item.add_marker("compiled")
        if interpreted and item.get_closest_marker("jit"):
            item.add_marker(no_jit)
        if item.get_closest_marker("browser") and not shutil.which("chromium"):
            item.add_marker(no_browser)
