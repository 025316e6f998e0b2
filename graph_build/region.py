"""What a network is made of: given one by one, or by a region's file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graph_build.examples import read_examples

# Settings in seconds, and the most that each may be.
_SECONDS: Final = {"transfer_time": 3600, "max_transfer_walk": 7200, "max_transfer_ride": 3600}


class RegionError(ValueError):
    """A region's file, or an input it names, that can't be used; one sentence that says which."""


class GtfsInput(NamedTuple):
    """A feed to read; `name` is None for the file's stem."""

    path: Path
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildInputs:
    """Everything a network is compiled from. Checked where it is made; trusted afterwards.

    transfer_time: seconds to change at one stop or station unless the feed says otherwise.
    max_transfer_walk, max_transfer_ride: most seconds through the streets between two vehicles, on
    foot and on a bicycle taken on board.
    date_range: first and last service day compiled; None for all that the feeds have.
    timezone: IANA name; None for that of the feeds.
    view: south, west, north, east of what the map shows first; None for everything.
    examples: trips to try, as graph_build.examples reads them.
    map_attribution, map_licence: of maps in OSM's format that aren't OpenStreetMap's.
    contraflow_in_zones_30: bicycles may go against one-way traffic where the limit is 30 km/h or
    less, although the map doesn't say so.
    bike_lanes: official bike lanes in the French schema (BNAC), to be laid over the streets.
    gbfs, opportunities, places: a region names them for its later use; they are
    recorded as not compiled.
    """

    name: str
    osm: tuple[Path, ...] = ()
    gtfs: tuple[GtfsInput, ...] = ()
    elevation: tuple[Path, ...] = ()
    bike_lanes: tuple[Path, ...] = ()
    gbfs: tuple[str, ...] = ()
    opportunities: tuple[Path, ...] = ()
    places: tuple[Path, ...] = ()
    view: tuple[float, ...] | None = None
    examples: tuple[Mapping[str, Any], ...] = ()
    map_attribution: str | None = None
    map_licence: str | None = None
    timezone: str | None = None
    transfer_time: int = 120
    max_transfer_walk: int = 1800
    max_transfer_ride: int = 600
    contraflow_in_zones_30: bool = False
    date_range: tuple[date, date] | None = None

    def __post_init__(self) -> None:
        """Check what no later code looks at again."""
        feeds = (feed.path for feed in self.gtfs)
        for path in (*self.osm, *feeds, *self.elevation, *self.bike_lanes):
            if not path.exists():
                msg = f"{path} doesn't exist"
                raise RegionError(msg)
        for name, most in _SECONDS.items():
            if not 0 <= getattr(self, name) <= most:
                msg = f"{name} is {getattr(self, name)}: take 0 to {most}"
                raise RegionError(msg)
        if self.date_range and self.date_range[0] > self.date_range[1]:
            msg = f"date_range ends ({self.date_range[1]}) before it begins ({self.date_range[0]})"
            raise RegionError(msg)
        if self.timezone is not None:
            _check_timezone(self.timezone)
        if not self.osm and not self.gtfs:
            msg = "there is nothing to build from: give a feed (gtfs), a map (osm) or both"
            raise RegionError(msg)
        if self.bike_lanes and not self.osm:
            msg = "bike_lanes are laid over streets: give a map (osm) too"
            raise RegionError(msg)

    @property
    def not_compiled(self) -> dict[str, tuple[object, ...]]:
        """Inputs that the region names and no step of the build reads, by kind."""
        kinds = ("gbfs", "opportunities", "places")
        return {kind: getattr(self, kind) for kind in kinds if getattr(self, kind)}


def read_region(path: Path) -> BuildInputs:
    """The inputs that a region's TOML file names; its paths are relative to the file.

    Keys are BuildInputs' fields: `osm = "map.osm.pbf"`, `gtfs = ["a.zip", {path = "b.zip",
    name = "B"}]`, `date_range = [2026-11-02, 2026-11-29]`. Raises RegionError with the key's name.
    """
    try:
        with path.open("rb") as stream:
            table = tomllib.load(stream)
    except OSError as error:
        msg = f"{path} can't be read: {error.strerror}"
        raise RegionError(msg) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        if path.suffix == ".toml":
            msg = f"{path} isn't TOML: {error}"
        else:
            msg = f"{path} isn't a region's TOML: maps are given with --osm, feeds with --gtfs"
        raise RegionError(msg) from None
    try:
        return _inputs(table, path)
    except RegionError as error:
        msg = f"{path}: {error}"
        raise RegionError(msg) from None


def parse_date_range(text: str) -> tuple[date, date]:
    """First and last day of "2026-11-02..2026-11-29", or of one day alone; raises RegionError."""
    first, _, last = text.partition("..")
    try:
        return date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        msg = f"{text!r} isn't a range of dates: write 2026-11-02..2026-11-29"
        raise RegionError(msg) from None


def _inputs(table: dict[str, Any], path: Path) -> BuildInputs:
    known = [field.name for field in fields(BuildInputs)]
    for key in table:
        if key not in known:
            msg = f"the key {key!r} is unknown: take {', '.join(known)}"
            raise RegionError(msg)
    values = {key: _value(key, value, path.parent) for key, value in table.items()}
    return BuildInputs(**{"name": path.stem, **values})


def _value(key: str, value: object, folder: Path) -> Any:  # noqa: ANN401 - as BuildInputs' field says
    if key in _SECONDS and isinstance(value, int):
        return value
    if key == "contraflow_in_zones_30" and isinstance(value, bool):
        return value
    if key in {"name", "timezone", "map_attribution", "map_licence"} and isinstance(value, str):
        return value
    if key in {"osm", "elevation", "bike_lanes", "opportunities", "places"}:
        return tuple(folder / _text(key, item) for item in _listed(key, value))
    if key in _READERS:
        return _READERS[key](value, folder)
    msg = f"the value of {key!r} is {value!r}, which isn't of its type"
    raise RegionError(msg)


def _listed(key: str, value: object) -> list[object]:
    """A list stays one; a single input is a list of one."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else [_text(key, value)]


def _text(key: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        msg = f"{key!r} holds {value!r} where a path belongs"
        raise RegionError(msg)
    return value


def _feed(item: object, folder: Path) -> GtfsInput:
    if isinstance(item, dict) and set(item) <= {"path", "name"} and "path" in item:
        name = _text("gtfs.name", item["name"]) if "name" in item else None
        return GtfsInput(folder / _text("gtfs.path", item["path"]), name)
    return GtfsInput(folder / _text("gtfs", item))


def _url_or_path(key: str, item: object, folder: Path) -> str:
    text = _text(key, item)
    return text if "://" in text else str(folder / text)


def _date_range(value: object, _folder: Path) -> tuple[date, date]:
    if isinstance(value, str):
        return parse_date_range(value)
    match value:
        case [date() as first, date() as last]:
            return first, last
    msg = f"'date_range' is {value!r}: write [2026-11-02, 2026-11-29]"
    raise RegionError(msg)


def _view(value: object, _folder: Path) -> tuple[float, ...]:
    numbers = value if isinstance(value, list) else []
    if len(numbers) == 4 and all(isinstance(n, int | float) for n in numbers):  # noqa: PLR2004 - sides
        south, west, north, east = numbers
        if south < north and west < east:
            return float(south), float(west), float(north), float(east)
    msg = f"'view' is {value!r}: write [south, west, north, east] in degrees"
    raise RegionError(msg)


def _examples(value: object, folder: Path) -> tuple[Mapping[str, Any], ...]:
    try:
        return read_examples(folder / _text("examples", value))
    except ValueError as error:
        raise RegionError(str(error)) from None


def _gtfs(value: object, folder: Path) -> tuple[GtfsInput, ...]:
    return tuple(_feed(item, folder) for item in _listed("gtfs", value))


def _gbfs(value: object, folder: Path) -> tuple[str, ...]:
    return tuple(_url_or_path("gbfs", item, folder) for item in _listed("gbfs", value))


_READERS: Final[Mapping[str, Callable[[object, Path], Any]]] = {
    "date_range": _date_range,
    "view": _view,
    "examples": _examples,
    "gtfs": _gtfs,
    "gbfs": _gbfs,
}


def _check_timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        msg = f"{name!r} isn't a time zone: write one such as Europe/Paris"
        raise RegionError(msg) from None
