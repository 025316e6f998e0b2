"""From what was typed to a place: certain, to be chosen from a few, or not found."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from planner.network.store import Network
from planner.places.search import FILE, PlaceHit, find_places
from planner.request import Coordinate, PlaceRef, StopRef
from web.pages.query import End

CHOICES: Final = 6  # offered where a text is ambiguous

Search = Callable[[str], Sequence["Choice"]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A place somebody may have meant. `kind` is "stop", "address" or "place"."""

    name: str
    area: str
    kind: str
    at: PlaceRef

    @property
    def end(self) -> End:
        """A search box filled with it."""
        return End(self.label, self.at)

    @property
    def label(self) -> str:
        """Name and area, as the search box shows it."""
        return f"{self.name}, {self.area}" if self.area else self.name


@dataclass(frozen=True, slots=True)
class FoundEnd:
    """An end after the look-up: `end.at` is set, or `choices` has what to choose from."""

    end: End
    choices: tuple[Choice, ...] = ()


def find_end(end: End, search: Search) -> FoundEnd:
    """Look up an end's text where it has no place yet.

    One result is certain, and so is a first one whose name is exactly what was typed, unless
    another of its kind is called the same: a stop wins over the quarter around it.
    """
    if end.at is not None or not end.text:
        return FoundEnd(end)
    choices = tuple(search(end.text))
    exact = [c for c in choices if _same(end.text, c) and c.kind == choices[0].kind]
    if len(choices) == 1 or (len(exact) == 1 and exact[0] is choices[0]):
        return FoundEnd(choices[0].end)
    return FoundEnd(end, choices)


def search_places(
    network: Network,
    text: str,
    *,
    near: tuple[float, float] | None = None,
    kinds: frozenset[str] | None = None,
) -> list[Choice]:
    """What `text` may mean in this network, the likeliest first; [] where it has no index.

    near: (lat, lon) of the town's middle. kinds: of places, None for all.
    """
    if network.folder is None or not (network.folder / FILE).is_file():
        return []
    hits = find_places(network.folder, text, focus=near, limit=CHOICES, kinds=kinds)
    return [_choice(hit) for hit in hits]


def _choice(hit: PlaceHit) -> Choice:
    """A stop by its id, anything else by its position."""
    kind = {"stop": "stop", "address": "address", "street": "address"}.get(hit.kind, "place")
    at: PlaceRef = (
        StopRef(hit.stop_id) if hit.stop_id else Coordinate(round(hit.lat, 5), round(hit.lon, 5))
    )
    return Choice(hit.name, "" if hit.city == hit.name else hit.city, kind, at)


def _same(text: str, choice: Choice) -> bool:
    return _plain(text) in {_plain(choice.name), _plain(choice.label)}


def _plain(text: str) -> str:
    """Letters and digits only, without accents and case."""
    split = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in split if letter.isalnum())
