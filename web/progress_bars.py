"""Progress of long work on a terminal: a line per phase, with its bar, its time and its result."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)


class ProgressBars:
    """A feeds.progress.Progress that draws on stderr; plain lines where that is no terminal."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._name = ""
        self._notes: list[str] = []
        self._started = 0.0
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the last phase; a failed one gets no line of its own."""
        if kind is None:
            self._finish()
        self._bars.stop()

    def phase(self, name: str, total: int | None = None) -> None:
        """Begin a phase of `total` steps (None where the number isn't known)."""
        self._finish()
        self._name, self._started = name, time.monotonic()
        self._task = self._bars.add_task(name, total=total)

    def advance(self, steps: int = 1) -> None:
        """Report `steps` more steps of the current phase."""
        if self._task is not None:
            self._bars.advance(self._task, steps)

    def note(self, text: str) -> None:
        """Add the phase's result, such as "58,481 streets"."""
        self._notes.append(text)

    def _finish(self) -> None:
        """Replace the phase's bar by a line that says what came of it."""
        if self._task is None:
            return
        self._bars.remove_task(self._task)
        self._task = None
        seconds = time.monotonic() - self._started
        result = ", ".join(self._notes)
        self._notes = []
        line = f"{seconds:6.1f} s  {self._name}" + (f": {result}" if result else "")
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)
