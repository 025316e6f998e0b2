"""What long work tells the person who waits for it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """A listener for phases of work; a command draws bars with it, a test ignores it."""

    def phase(self, name: str, total: int | None = None) -> None:
        """Begin a phase of `total` steps (None where the number isn't known)."""

    def advance(self, steps: int = 1) -> None:
        """Report `steps` more steps of the current phase."""

    def note(self, text: str) -> None:
        """Add the phase's result, such as "58,481 streets"."""


class Silent:
    """A Progress that nobody watches."""

    def phase(self, name: str, total: int | None = None) -> None:
        """Ignore it."""

    def advance(self, steps: int = 1) -> None:
        """Ignore it."""

    def note(self, text: str) -> None:
        """Ignore it."""
