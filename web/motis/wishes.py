"""Which lines, which stops on the way, and what is weighed: wishes of a query, by public ids."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TypedDict

from planner.network.store import Network
from planner.request import MAX_VIAS, Via
from planner.route_ids import find_agency_routes, find_routes
from planner.stop_ids import find_stop, parse_stop_ref
from web.motis.modes import allowed_modes, routes_of
from web.motis.query import PlanQuery
from web.problems import ProblemError


class Weighed(TypedDict):
    """What is weighed beside time and changes, as planner.request.Request names it."""

    preferred: frozenset[int]
    criterion: str
    max_walk_s: int | None


def read_lines(ids: Iterable[str], parameter: str, network: Network) -> frozenset[int]:
    """Routes by their ids or, where the parameter is about agencies, by theirs.

    Raises ProblemError, 404, for an id that isn't there.
    """
    what, find = "route", find_routes
    if parameter.endswith("Agencies"):
        what, find = "agency", find_agency_routes
    found: frozenset[int] = frozenset()
    for one in ids:
        lines = find(network, one)
        if not lines:
            raise not_here(one, what, parameter)
        found |= lines
    return found


def read_vias(query: PlanQuery, network: Network) -> tuple[Via, ...]:
    """The stops on the way; raises ProblemError for too many, or one that isn't there."""
    if len(query.via) > MAX_VIAS:
        detail = f"A trip calls at {MAX_VIAS} stops on the way at most (parameter via)."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail, parameter="via")
    minutes = query.via_minimum_stay or [0] * len(query.via)
    if len(minutes) != len(query.via):
        detail = "The parameter viaMinimumStay needs a number of minutes for each stop of via."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail, parameter="viaMinimumStay")
    vias = []
    for text, stay in zip(query.via, minutes, strict=True):
        ref = parse_stop_ref(network, text)
        if find_stop(network, ref) is None:
            raise not_here(text, "stop", "via")
        vias.append(Via(ref, 60 * stay))
    return tuple(vias)


def read_weighed(query: PlanQuery, network: Network) -> Weighed:
    """What is weighed: lines that are preferred, unless something else is asked for.

    Raises ProblemError for an id that isn't there, and 501 for what can't go together yet.
    """
    preferred = read_lines(query.preferred_routes, "preferredRoutes", network)
    preferred |= read_lines(query.preferred_agencies, "preferredAgencies", network)
    if query.preferred_modes:
        preferred |= routes_of(network, allowed_modes(query.preferred_modes))
    criterion = query.criterion or ("preferred" if preferred else "")
    if query.via and (criterion or query.max_walking_time is not None):
        detail = "Stops on the way go neither with a criterion nor with maxWalkingTime yet."
        raise ProblemError(HTTPStatus.NOT_IMPLEMENTED, detail, parameter="via")
    return {
        "preferred": preferred,
        "criterion": criterion,
        "max_walk_s": query.max_walking_time,
    }


def in_kmh(metres_per_second: float | None) -> float | None:
    """A speed as the planner takes it."""
    return None if metres_per_second is None else metres_per_second * 3.6


def not_here(text: str, what: str, parameter: str) -> ProblemError:
    """The 404 for an id that the network doesn't have, or has more than once."""
    detail = f"There is no {what} {text[:80]!r} here, or several (parameter {parameter})."
    return ProblemError(HTTPStatus.NOT_FOUND, detail, parameter=parameter)
