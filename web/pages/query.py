"""The pages' address line: a question as URL parameters, and back without loss."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Final, Literal, Self

from planner.network.profiles import BIKE_KINDS
from planner.request import MODES, Coordinate, PlaceRef, Request, StopRef, Via

When = Literal["now", "depart", "arrive"]
Pace = Literal["", "slow", "fast"]
Prefer = Literal["", "walk", "co2"]

PARAMETERS: Final = (
    "from", "from_at", "to", "to_at", "when", "date", "time", "modes", "step_free",
    "via", "via_at", "stay", "slack", "pace", "max_walk", "prefer", "avoid", "bike",
)  # fmt: skip
PACES_KMH: Final[Mapping[Pace, float | None]] = {"slow": 3.0, "": None, "fast": 6.0}
SLACKS: Final = (0, 2, 5, 10)  # minutes added to every change
STAYS: Final = (0, 5, 10, 15, 30, 60)  # minutes at the stop on the way
WALKS: Final = (0, 5, 10, 15, 20, 30, 45)  # most minutes on foot, 0 for any
KINDS: Final = ("metro", "rail", "tram", "bus")  # vehicles that may be avoided
EVERYDAY: Final = "everyday"  # of BIKE_KINDS
DEFAULT_MODES: Final = ("walk", "bike", "transit")
WINDOW_S: Final = 1800  # departures of the next half hour are worth a look on one page
MAX_TEXT: Final = 200  # characters of a search text; longer is no place
_STOP: Final = "stop:"
_NUMBER: Final = r"\s*([+-]?\d{1,3}(?:\.\d+)?)\s*"
_COORDINATE: Final = re.compile(rf"{_NUMBER},{_NUMBER}")


@dataclass(frozen=True, slots=True)
class End:
    """One search box. `at` is None where the text still has to be looked up."""

    text: str = ""
    at: PlaceRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything the form holds. `day` and `clock` are local to the network.

    bad_time: a date or time was given that can't be read; the form says so.
    via: a stop to pass through, and the minutes to `stay` there. slack: minutes added to every
    change. max_walk: most minutes on foot, 0 for any. avoid: of KINDS. bike: of BIKE_KINDS.
    """

    origin: End = End()
    destination: End = End()
    when: When = "now"
    day: date | None = None
    clock: time | None = None
    modes: tuple[str, ...] = DEFAULT_MODES
    step_free: bool = False
    bad_time: bool = False
    via: End = End()
    stay: int = 0
    slack: int = 0
    pace: Pace = ""
    max_walk: int = 0
    prefer: Prefer = ""
    avoid: tuple[str, ...] = ()
    bike: str = EVERYDAY

    @classmethod
    def read(cls, args: Mapping[str, str], modes: Sequence[str], avoid: Sequence[str] = ()) -> Self:
        """The question in a query string; what can't be read falls back to the default."""
        when, pace, prefer = args.get("when", "now"), args.get("pace"), args.get("prefer")
        day, bad_day = _read_day(args.get("date", ""))
        clock, bad_clock = _read_clock(args.get("time", ""))
        known = tuple(mode for mode in MODES if mode in modes)
        return cls(
            origin=_read_end(args, "from"),
            destination=_read_end(args, "to"),
            when="arrive" if when == "arrive" else "depart" if when == "depart" else "now",
            day=day,
            clock=clock,
            modes=known or DEFAULT_MODES,
            step_free=args.get("step_free") == "1",
            bad_time=when in ("depart", "arrive") and (bad_day or bad_clock),
            via=_read_end(args, "via"),
            stay=_read_choice(args, "stay", STAYS),
            slack=_read_choice(args, "slack", SLACKS),
            pace="slow" if pace == "slow" else "fast" if pace == "fast" else "",
            max_walk=_read_choice(args, "max_walk", WALKS),
            prefer="walk" if prefer == "walk" else "co2" if prefer == "co2" else "",
            avoid=tuple(kind for kind in KINDS if kind in avoid),
            bike=next((kind for kind in BIKE_KINDS if kind == args.get("bike")), EVERYDAY),
        )

    def params(self) -> dict[str, str | list[str]]:
        """The query string's parameters: `Question.read` of them gives this question again."""
        params: dict[str, str | list[str]] = {}
        for name, end in (("from", self.origin), ("to", self.destination), ("via", self.via)):
            if end.text:
                params[name] = end.text
            if end.at is not None:
                params[f"{name}_at"] = write_ref(end.at)
        written: dict[str, str | list[str]] = {
            "when": "" if self.when == "now" else self.when,
            "date": self.day.isoformat() if self.day is not None else "",
            "time": self.clock.isoformat("minutes") if self.clock is not None else "",
            "modes": list(self.modes) if self.modes != DEFAULT_MODES else [],
            "step_free": "1" if self.step_free else "",
            "stay": str(self.stay or ""),
            "slack": str(self.slack or ""),
            "pace": self.pace,
            "max_walk": str(self.max_walk or ""),
            "prefer": self.prefer,
            "avoid": list(self.avoid),
            "bike": "" if self.bike == EVERYDAY else self.bike,
        }
        return params | {name: value for name, value in written.items() if value}

    def instant(self, now: datetime) -> datetime:
        """The time asked for, in the zone of `now`; what is left open is taken from `now`."""
        if self.when == "now":
            return now
        day, clock = self.day or now.date(), self.clock or now.time().replace(second=0)
        return datetime.combine(day, clock.replace(microsecond=0), now.tzinfo)

    def at_time(self, instant: datetime, *, arrive: bool | None = None) -> Question:
        """This question for another instant (local), so that a link to it means the same later."""
        arrives = self.when == "arrive" if arrive is None else arrive
        return replace(
            self,
            when="arrive" if arrives else "depart",
            day=instant.date(),
            clock=instant.time().replace(second=0, microsecond=0),
            bad_time=False,
        )

    def with_end(self, field: str, end: End) -> Question:
        """This question with another place in the box "from", "to" or "via"."""
        if field == "via":
            return replace(self, via=end)
        return replace(self, origin=end) if field == "from" else replace(self, destination=end)

    def swapped(self) -> Question:
        """The way back."""
        return replace(self, origin=self.destination, destination=self.origin)

    def request(self, now: datetime) -> Request:
        """What the planner is asked, but for `avoid`; both ends must be known.

        Raises RequestError.
        """
        if self.origin.at is None or self.destination.at is None:
            msg = "both ends must be looked up first"
            raise ValueError(msg)
        return Request(
            origin=self.origin.at,
            destination=self.destination.at,
            time=self.instant(now),
            arrive_by=self.when == "arrive",
            modes=frozenset(self.modes) | {"walk"},
            window_s=WINDOW_S,
            step_free=self.step_free,
            via=(Via(self.via.at, self.stay * 60),) if isinstance(self.via.at, StopRef) else (),
            extra_transfer_s=self.slack * 60,
            walk_speed_kmh=PACES_KMH[self.pace],
            max_walk_s=self.max_walk * 60 or None,
            criterion=self.prefer,
            bike_profile=BIKE_KINDS[self.bike],
        )


def read_ref(text: str) -> PlaceRef | None:
    """A place as the URL writes it: `48.8239,2.27`, `stop:ID`; None for anything else."""
    if text.startswith(_STOP):
        name = text[len(_STOP) :]
        return StopRef(name) if name else None
    match = _COORDINATE.fullmatch(text)
    if match is None:
        return None
    lat, lon = round(float(match[1]), 5), round(float(match[2]), 5)  # five decimals are a metre
    return Coordinate(lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None  # noqa: PLR2004 - degrees


def write_ref(ref: PlaceRef) -> str:
    """The URL form of a place; `read_ref` reads it."""
    if isinstance(ref, StopRef):
        return f"{_STOP}{ref.feed}:{ref.stop_id}" if ref.feed else f"{_STOP}{ref.stop_id}"
    return f"{ref.lat:.5f},{ref.lon:.5f}"


def shifted(instant: datetime, seconds: int) -> datetime:
    """`instant` moved by real seconds, on the same zone's clock (summer time included)."""
    return datetime.fromtimestamp(instant.timestamp() + seconds, instant.tzinfo)


def _read_end(args: Mapping[str, str], name: str) -> End:
    """A box and its hidden reference.

    Without script the reference of the last answer stays in the form while the text changes:
    NAME_for holds the text it was made for, and a reference for another text is dropped.
    """
    text = " ".join(args.get(name, "").split())[:MAX_TEXT]
    made_for = args.get(f"{name}_for")
    at = read_ref(args.get(f"{name}_at", "")[:MAX_TEXT])
    if made_for is not None and made_for != text:
        at = None
    return End(text, at or read_ref(text))


def _read_choice(args: Mapping[str, str], name: str, choices: Sequence[int]) -> int:
    """One of the numbers that the form offers, the first of them for anything else."""
    text = args.get(name, "")
    return next((choice for choice in choices if text == str(choice)), choices[0])


def _read_day(text: str) -> tuple[date | None, bool]:
    try:
        return (date.fromisoformat(text), False) if text else (None, False)
    except ValueError:
        return None, True


def _read_clock(text: str) -> tuple[time | None, bool]:
    try:
        clock = time.fromisoformat(text) if text else None
    except ValueError:
        return None, True
    return (clock, False) if clock is None or clock.tzinfo is None else (None, True)
