"""A request as one network understands it: the day it is searched on, the stops at its ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from planner.ends import End, StopAccess, stops_at_hand
from planner.itinerary import Reason, Shortfall
from planner.network.profiles import profile_at, profile_of
from planner.network.store import Network
from planner.pace import Pace
from planner.request import Request
from planner.transit.changes import ChangeWishes, change_tables
from planner.transit.service_day import ServiceDay, service_day, services_on

MAX_RIDES: Final = 8  # vehicles on one journey, where the request sets no limit


def pace_of(request: Request) -> Pace:
    """How fast the traveller moves."""
    return Pace(request.walk_speed_kmh, request.bike_speed_kmh)


def profile_by(network: Network, request: Request, mode: str) -> str:
    """The profile that goes by `mode` at the time asked for; by vehicles one walks at both ends."""
    usual = profile_of(
        "walk" if mode == "transit" else mode,
        step_free=request.step_free,
        bike=request.bike_profile,
    )
    return profile_at(usual, request.time.astimezone(ZoneInfo(network.manifest["timezone"])))


def change_mode(request: Request) -> str:
    """How one goes from vehicle to vehicle: by bicycle where it comes along, else on foot."""
    return "bike" if request.bikes_on_board and "bike" in request.access else "walk"


def wishes_of(request: Request) -> ChangeWishes:
    """How long the traveller wants changes to be."""
    return ChangeWishes(
        request.min_transfer_s,
        request.extra_transfer_s,
        request.transfer_factor,
        request.walk_speed_kmh,
        request.bike_speed_kmh if change_mode(request) == "bike" else None,
    )


def day_of(network: Network, request: Request) -> ServiceDay | Shortfall:
    """The timetable that `request` is searched on; the dates that feeds cover where none runs."""
    local_date = request.time.astimezone(ZoneInfo(network.manifest["timezone"])).date()
    day = service_day(
        network, local_date,
        step_free=request.step_free, routes=request.routes, bikes_on_board=request.bikes_on_board,
    )  # fmt: skip
    around = (local_date + timedelta(days=offset) for offset in (-1, 0, 1))
    # Trips of days ago may still run when no service of the days around does.
    if not (len(day.forward.n_runs) or any(services_on(network, near).any() for near in around)):
        return no_service(network, local_date)
    wishes, mode = wishes_of(request), change_mode(request)
    if wishes == ChangeWishes() and mode == "walk":
        return day
    tables = change_tables(network, step_free=request.step_free, wishes=wishes, mode=mode)
    return day.with_changes(tables)


def access_of(network: Network, request: Request, origin: End) -> StopAccess:
    """The stops at hand from `origin`, as `request` goes to them. Raises SearchTooLongError."""
    return _at_hand(network, request, origin, backward=False)


def egress_of(network: Network, request: Request, destination: End) -> StopAccess:
    """The stops that have `destination` at hand. Raises SearchTooLongError."""
    return _at_hand(network, request, destination, backward=True)


def _at_hand(network: Network, request: Request, end: End, *, backward: bool) -> StopAccess:
    """No change is made at a trip's ends: one's speed counts there, and no slack for changes."""
    changes = change_tables(
        network, step_free=request.step_free,
        wishes=ChangeWishes(walk_speed_kmh=request.walk_speed_kmh),
    )  # fmt: skip
    return stops_at_hand(
        network, end, changes.mirrored if backward else changes.forward,
        modes=request.egress if backward else request.access,
        step_free=request.step_free, pace=pace_of(request), bike=request.bike_profile,
        max_s=request.max_egress_s if backward else request.max_access_s, backward=backward,
    )  # fmt: skip


def rides_of(request: Request) -> int:
    """Most vehicles on one journey."""
    transfers = MAX_RIDES - 1 if request.max_transfers is None else request.max_transfers
    return min(transfers, MAX_RIDES - 1) + 1


def out_of_reach(request: Request, access: StopAccess, egress: StopAccess) -> tuple[Shortfall, ...]:
    """Which end has no stop at hand."""
    ends = (("origin", access, request.max_access_s), ("destination", egress, request.max_egress_s))
    return tuple(
        Shortfall(
            reason=Reason.NO_STOP_IN_REACH,
            message=f"No stop lies within {seconds // 60} minutes of the {side}.",
            facts={"side": side, "minutes": str(seconds // 60)},
        )
        for side, reached, seconds in ends
        if not reached.reach.stop.size
    )


def took_too_long() -> Shortfall:
    """Why there is no answer where SearchTooLongError was raised."""
    message = "The search took too long and was given up: ask for a shorter trip or window."
    return Shortfall(reason=Reason.TIMEOUT, message=message, facts={})


def has_timetable(network: Network) -> bool:
    """Whether any line is known; a network of streets alone has none on any day."""
    return bool(network.routes.route_type.size)


def no_service(network: Network, day: date) -> Shortfall:
    """Nothing runs on `day`; the dates that the feeds cover (A5), where there are feeds."""
    if not has_timetable(network):
        message = "This network has no timetable."
        return Shortfall(reason=Reason.NO_TIMETABLE, message=message, facts={})
    first, last = network.manifest["first_date"], network.manifest["last_date"]
    message = f"There is no timetable for {day}: the feeds cover {first} to {last}."
    facts = {"date": day.isoformat(), "first": first, "last": last}
    return Shortfall(reason=Reason.NO_SERVICE_DATE, message=message, facts=facts)
