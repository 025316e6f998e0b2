"""On what it was measured: machine, versions, and how fast a fixed piece of work is here."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np

_ENTRIES: Final = 1 << 21  # 8 MB of int32: more than a core's own cache
_HOPS: Final = 10
_RUNS: Final = 5


def describe_machine() -> dict[str, Any]:
    """Processor, memory, versions and calibration, for figures of several machines to compare."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_mb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6),
        "load": round(os.getloadavg()[0], 2),
        "calibration_ms": round(calibrate(), 1),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("trajets", "numpy", "numba")},
        },
    }


def calibrate() -> float:
    """Milliseconds of a fixed piece of work: the best of some runs.

    Hops through a random permutation, which waits for memory as a search does.
    """
    hop = np.random.default_rng(1).permutation(_ENTRIES).astype(np.int32)
    best = float("inf")
    for _ in range(_RUNS):
        start = perf_counter()
        at = hop
        for _ in range(_HOPS):
            at = hop[at]
        best = min(best, 1000 * (perf_counter() - start))
    return best


def resident_mb() -> float:
    """Megabytes of this process in memory, the parts of mapped files that were read included."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
