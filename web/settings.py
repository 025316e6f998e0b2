"""What an operator may set, with its default, meaning and environment variable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

PREFIX: Final = "TRAJETS_"


class SettingsError(ValueError):
    """A setting that means nothing; the sentence names the variable and what it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of the web application; `read_settings` takes each from TRAJETS_<NAME>."""

    languages: tuple[str, ...] = field(
        default=("fr", "en"),
        metadata={"help": "Languages of the pages, the first one by default; a comma list."},
    )
    contact: str = field(
        default="",
        metadata={"help": "Where users write to, an e-mail address or a URL; shown publicly."},
    )
    log_level: str = field(
        default="INFO",
        metadata={"help": "Least severe record written: DEBUG, INFO, WARNING or ERROR."},
    )
    max_query_bytes: int = field(
        default=8000, metadata={"help": "Longest query string; a longer one is refused with 414."}
    )
    max_body_bytes: int = field(
        default=1_048_576,
        metadata={"help": "Largest request body; a larger one is refused with 413."},
    )
    max_window_s: int = field(
        default=4 * 3600, metadata={"help": "Longest search window in seconds; longer is cut."}
    )
    max_itineraries: int = field(
        default=20, metadata={"help": "Most itineraries of one answer; more is cut."}
    )
    max_access_s: int = field(
        default=3600,
        metadata={"help": "Longest way to the first or from the last stop in seconds; cut."},
    )
    max_direct_s: int = field(
        default=6 * 3600, metadata={"help": "Longest direct trip in seconds; longer is cut."}
    )
    max_geocode_results: int = field(
        default=50, metadata={"help": "Most places of one search answer; more is cut."}
    )
    max_reach_s: int = field(
        default=2 * 3600,
        metadata={"help": "Longest travel time of one-to-all in seconds; longer is refused."},
    )
    max_reach_window_s: int = field(
        default=2 * 3600,
        metadata={"help": "Longest window of reachable in seconds; longer is refused."},
    )
    max_reached: int = field(
        default=65_535, metadata={"help": "Most stops of one answer; more is refused."}
    )
    max_isochrone_s: int = field(
        default=3600,
        metadata={"help": "Longest travel time of isochrone in seconds; longer is refused."},
    )


_LEAST: Final = {"max_itineraries": 1, "max_geocode_results": 1, "max_reached": 1}
_MOST: Final = {  # what planner.request.Request accepts, and of a query what the server reads
    "max_query_bytes": 8000,
    "max_window_s": 24 * 3600,
    "max_itineraries": 50,
    "max_access_s": 7200,
    "max_direct_s": 6 * 3600,
    "max_reach_s": 12 * 3600,
    "max_reach_window_s": 24 * 3600,
    "max_isochrone_s": 4 * 3600,
}
_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in an environment such as os.environ; the default where a variable is absent.

    Raises SettingsError where a variable of ours holds what its setting can't take.
    """
    given = {
        setting.name: _parse(setting.name, environ[variable], getattr(Settings(), setting.name))
        for setting in fields(Settings)
        if (variable := variable_of(setting.name)) in environ
    }
    return Settings(**given)


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def _parse(name: str, text: str, default: object) -> Any:  # noqa: ANN401 - one parser for every setting
    if name == "log_level":
        return _one_of(name, text.upper(), _LEVELS)
    if isinstance(default, tuple):
        words = tuple(word.strip() for word in text.split(",") if word.strip())
        return words or _refuse(name, text, "a comma list")
    if isinstance(default, int):
        return _whole(name, text)
    return text


def _whole(name: str, text: str) -> int:
    least, most = _LEAST.get(name, 0), _MOST.get(name, 2**31)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        _refuse(name, text, f"a whole number between {least} and {most}")
    return int(text)


def _one_of(name: str, text: str, known: tuple[str, ...]) -> str:
    return text if text in known else _refuse(name, text, f"one of {', '.join(known)}")


def _refuse(name: str, text: str, wanted: str) -> Any:  # noqa: ANN401 - it never returns
    msg = f"{variable_of(name)} must be {wanted}, not {text!r}"
    raise SettingsError(msg)
