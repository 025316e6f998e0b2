"""Kernels compiled and kernels as plain Python give the same answers, to the last byte."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from generated_town import DAY, generated_town, reach

from planner.transit.one_to_all import window_arrivals
from planner.transit.search import day_profile, find_journeys

N = 120


def digest(seed):
    """One hash of all that the kernels answer about a town: journeys, counts, a whole day."""
    town = generated_town(seed)
    day, ends = town.service_day(), (reach(town.access), reach(town.egress))
    times = np.arange(town.at, town.at + 900, 300, dtype=np.int32)
    answers = [
        *find_journeys(day, *ends, town.at, arrive_by=False, max_rides=town.max_rides, window=900,
                       longest=900),
        *find_journeys(day, *ends, town.by, arrive_by=True, max_rides=town.max_rides),
        *day_profile(day, *ends, 0, DAY, max_rides=town.max_rides),
        window_arrivals(day, ends[0], times, longest_s=7200, max_rides=town.max_rides),
        *day.mirrored,
    ]  # fmt: skip
    whole = hashlib.sha256()
    for answer in answers:
        column = np.asarray(answer)
        whole.update(f"{column.shape}".encode())
        whole.update(column.astype(np.int64).tobytes())
    return whole.hexdigest()


@pytest.mark.jit
def test_plain_python_answers_as_compiled_kernels_do():
    tests = Path(__file__).parents[1]
    code = f"import test_oracle_jit as t; print(*map(t.digest, range({N})))"
    folders = (tests.parent, tests, tests / "planner")
    plain = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ
        | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(map(str, folders))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert plain.returncode == 0, plain.stderr
    compiled = [digest(seed) for seed in range(N)]
    assert len(set(compiled)) == N
    unlike = [seed for seed, one in enumerate(plain.stdout.split()) if one != compiled[seed]]
    assert plain.stdout.count(" ") == N - 1
    assert not unlike, f"generated_town(seed) for seed in {unlike[:5]}"
