"""Which wish leaves no trip: the one without which there is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from planner.itinerary import Reason, Shortfall
from planner.request import Request


def too_strict(request: Request, joins: Callable[[Request], bool]) -> Shortfall | None:
    """The wish of `request` without which vehicles join its places; None if it's no single one.

    joins: whether they do for another request. It is asked once for each wish that there is.
    """
    walk_min, changes = (request.max_walk_s or 0) // 60, request.max_transfers
    wishes: tuple[tuple[bool, Request, Reason, str, dict[str, str]], ...] = (
        (
            request.routes is not None,
            replace(request, routes=None),
            Reason.LINES_LEFT_OUT,
            "No line of those that you allow joins the two places.",
            {},
        ),
        (
            request.max_walk_s is not None,
            replace(request, max_walk_s=None),
            Reason.WALK_LIMIT,
            f"No trip has at most {walk_min} minutes on foot in all.",
            {"minutes": str(walk_min)},
        ),
        (
            changes is not None,
            replace(request, max_transfers=None),
            Reason.TRANSFER_LIMIT,
            f"No trip has at most {changes} changes.",
            {"transfers": str(changes)},
        ),
    )
    for wished, without, reason, message, facts in wishes:
        if wished and joins(replace(without, at_least=1)):
            return Shortfall(reason=reason, message=message, facts=facts)
    return None
