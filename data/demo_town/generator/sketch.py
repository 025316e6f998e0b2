"""Reads the hand-made sketches: axes.txt (streets), areas.txt and points.txt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from shapely.geometry import Polygon

from generator.plane import Point, to_plane

HERE: Final = Path(__file__).parent
OUR_WORDS: Final = {
    "numbers", "dual", "radius", "role", "fill", "paths", "half", "postcode",
}  # fmt: skip


@dataclass(slots=True)
class Sketch:
    """One line of a sketch file: a name, OSM tags, words of our own, and where it runs."""

    name: str
    tags: dict[str, str]
    words: dict[str, str]
    points: list[Point]
    kind: str = ""  # the first word where it has no "="

    @property
    def polygon(self) -> Polygon:
        """The ring as an area."""
        return Polygon(self.points)


@dataclass(slots=True)
class Street:
    """A street, path or track of the model; every point is a node of the OSM file."""

    name: str
    tags: dict[str, str]
    points: list[Point]
    level: str = "ground"  # streets meet others of their level only
    numbers: tuple[int, int] | None = None
    rank: int = 0  # 0 drawn by hand, 1.. filled in
    keep: bool = field(default=True)


def read(name: str) -> Iterator[Sketch]:
    """Every entry of a sketch file, in the file's order."""
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if not line.strip() or line[0] in "#[":
            continue
        title, options, places = (part.strip() for part in line.split("|"))
        words = options.split()
        kind = words.pop(0) if words and "=" not in words[0] else ""
        pairs = dict(word.split("=", 1) for word in words)
        points = [to_plane(*map(float, place.split(","))) for place in places.split()]
        yield Sketch(
            title,
            {key: value for key, value in pairs.items() if key not in OUR_WORDS},
            {key: value for key, value in pairs.items() if key in OUR_WORDS},
            points,
            kind,
        )
