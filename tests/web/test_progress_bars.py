"""What somebody sees while a network is built."""

import io

import pytest
from rich.console import Console

from web.progress_bars import ProgressBars


def watch(*, terminal, fail=False):
    written = io.StringIO()
    console = Console(file=written, force_terminal=terminal, width=80)
    with ProgressBars(console) as progress:
        progress.phase("Reading", total=2)
        progress.advance(2)
        progress.note("3 stops")
        progress.note("2 trips")
        progress.phase("Checking")
        if fail:
            raise RuntimeError
    return written.getvalue()


def test_a_file_gets_a_line_per_phase_with_its_result():
    assert [line.split("s  ")[1] for line in watch(terminal=False).splitlines()] == [
        "Reading: 3 stops, 2 trips",
        "Checking",
    ]


def test_a_terminal_gets_the_same_lines_in_the_end():
    assert "Reading: 3 stops, 2 trips" in watch(terminal=True)


def test_a_phase_that_fails_has_no_result():
    with pytest.raises(RuntimeError):
        watch(terminal=False, fail=True)


def test_steps_before_any_phase_are_passed_over():
    ProgressBars(Console(file=io.StringIO())).advance()
