"""What a traveller asks: two places, a time, and what they are ready to use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from planner.network.profiles import WeightError, get_profile

MODES: Final = ("walk", "bike", "ebike", "cargo", "car", "transit")  # what a request may name


@dataclass(frozen=True, slots=True)
class Coordinate:
    """A point on the ground, WGS 84 degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class StopRef:
    """A stop or station by its public id; `feed` only where several feeds share the id."""

    stop_id: str
    feed: str | None = None


PlaceRef = Coordinate | StopRef

CRITERIA: Final = ("", "walk", "co2", "preferred")  # what may be weighed beside time and changes
MAX_VIAS: Final = 2
MAX_ITINERARIES: Final = 50


@dataclass(frozen=True, slots=True)
class Via:
    """A stop or station that the trip must call at, for `stay_s` seconds at least.

    Staying 0 seconds, one may pass through it without leaving the vehicle.
    """

    stop: StopRef
    stay_s: int = 0


class RequestError(ValueError):
    """A request that means nothing; the sentence says what is wrong with which part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to the planner.

    time: with an offset; the departure, or the arrival where `arrive_by`.
    modes: of MODES. "transit" with the modes of `access` and `egress` at its ends; every other
    mode is answered as a trip of its own. Walking is always computed, to compare.
    window_s: departures (arrivals) within this many seconds are wanted too.
    at_least: a window grows until it holds so many.
    max_itineraries: most with transit in one answer; more are cut, those that leave last (arrive
    first), and what counts as searched ends before them. keep_far: those nearest to `time` are
    cut instead, because the window ends where an earlier answer began.
    max_transfers: changes of vehicle; None leaves it to the planner's cap.
    max_access_s, max_egress_s: longest way to the first stop, and from the last.
    step_free: no steps on the ways, and no stop or vehicle known to have some.
    routes: the only lines to be ridden, by index in Network.routes; None for all.
    bikes_on_board: only vehicles known to take bicycles.
    via: stops that the trip calls at, in this order, at most MAX_VIAS.
    preferred: lines better ridden than others, by index in Network.routes; see `criterion`.
    min_transfer_s, extra_transfer_s, transfer_factor: every change takes at least so long, and
    its own time times the factor and so much more, but where the feed guarantees it.
    walk_speed_kmh, bike_speed_kmh: one's own speeds; None takes the profiles'.
    bike_profile: name of the profile that rides by the mode "bike", perhaps of `adjusted`.
    max_walk_s: most seconds on foot on the whole trip; None for no limit but those of the ends.
    criterion: of CRITERIA, what else is weighed: seconds on foot, grams of CO2, or seconds on
    lines that are not `preferred`.
    """

    origin: PlaceRef
    destination: PlaceRef
    time: datetime
    arrive_by: bool = False
    modes: frozenset[str] = frozenset({"walk", "bike", "transit"})
    access: frozenset[str] = frozenset({"walk"})
    egress: frozenset[str] = frozenset({"walk"})
    window_s: int = 0
    at_least: int = 5
    max_itineraries: int = MAX_ITINERARIES
    keep_far: bool = False
    max_transfers: int | None = None
    max_access_s: int = 1800
    max_egress_s: int = 1800
    max_direct_s: int = 4 * 3600
    step_free: bool = False
    routes: frozenset[int] | None = None
    bikes_on_board: bool = False
    via: tuple[Via, ...] = ()
    preferred: frozenset[int] = frozenset()
    min_transfer_s: int = 0
    extra_transfer_s: int = 0
    transfer_factor: float = 1.0
    walk_speed_kmh: float | None = None
    bike_speed_kmh: float | None = None
    bike_profile: str = "bike"
    max_walk_s: int | None = None
    criterion: str = ""

    def __post_init__(self) -> None:
        """Check what no later code looks at again."""
        if self.time.tzinfo is None:
            msg = "the time needs an offset from UTC"
            raise RequestError(msg)
        for what, names, known in (
            ("mode", self.modes, MODES),
            ("mode at the start", self.access, ("walk", "bike", "car")),
            ("mode at the end", self.egress, ("walk", "bike")),
        ):
            unknown = sorted(names - set(known))
            if unknown:
                msg = f"{unknown[0]!r} is not a {what}: take {', '.join(known)}"
                raise RequestError(msg)
        for what, value, most in (
            ("number of itineraries, less one", self.max_itineraries - 1, MAX_ITINERARIES - 1),
            ("window", self.window_s, 24 * 3600),
            ("number of itineraries wanted", self.at_least, MAX_ITINERARIES),
            ("number of transfers", self.max_transfers or 0, 20),
            ("time on the way to the first stop", self.max_access_s, 7200),
            ("time on the way from the last stop", self.max_egress_s, 7200),
            ("time of a direct trip", self.max_direct_s, 6 * 3600),
            ("number of stops on the way", len(self.via), MAX_VIAS),
            ("longest stay on the way", max((via.stay_s for via in self.via), default=0), 86_400),
            ("shortest change", self.min_transfer_s, 7200),
            ("time added to a change", self.extra_transfer_s, 7200),
            ("time on foot", self.max_walk_s or 0, 6 * 3600),
        ):
            if not 0 <= value <= most:
                msg = f"the {what} must lie between 0 and {most}, not {value}"
                raise RequestError(msg)
        for what, speed, least, most_speed in (
            ("factor of a change", self.transfer_factor, 1.0, 10.0),
            ("walking speed", self.walk_speed_kmh or 4.0, 1.0, 10.0),
            ("cycling speed", self.bike_speed_kmh or 15.0, 5.0, 40.0),
        ):
            if not least <= speed <= most_speed:
                msg = f"the {what} must lie between {least} and {most_speed}, not {speed}"
                raise RequestError(msg)
        _check_bike(self.bike_profile)
        if self.via and (self.criterion or self.max_walk_s is not None):
            msg = "stops on the way go neither with a criterion nor with a limit on walking"
            raise RequestError(msg)
        if self.criterion not in CRITERIA:
            msg = f"{self.criterion!r} can't be weighed: take {', '.join(CRITERIA[1:])}"
            raise RequestError(msg)


def _check_bike(profile: str) -> None:
    try:
        rides = get_profile(profile).mode == "bike"
    except (KeyError, WeightError):
        rides = False
    if not rides:
        msg = f"{profile!r} is not a profile of cyclists"
        raise RequestError(msg)
