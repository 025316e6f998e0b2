"""The planner's door: a request in, itineraries or typed reasons out."""

from __future__ import annotations

from dataclasses import replace

from planner.direct import direct_trips
from planner.ends import resolve
from planner.itinerary import Answer, Place, SearchReport, Shortfall, later
from planner.network.store import Network
from planner.request import PlaceRef, Request, StopRef
from planner.transit_trips import TransitTrips, transit_trips
from planner.via import resolve_stopovers


def plan(network: Network, request: Request) -> Answer:
    """Itineraries for `request`: with transit by departure, and direct ones by each mode.

    Whatever was asked for and isn't there has its reason in `shortfalls`; nothing is raised for
    a request that the network can't serve.
    """
    origin = resolve(network, request.origin, "origin")
    destination = resolve(network, request.destination, "destination")
    unresolved = tuple(end for end in (origin, destination) if isinstance(end, Shortfall))
    if isinstance(origin, Shortfall) or isinstance(destination, Shortfall):
        return _nothing(request, unresolved)
    on_the_way = resolve_stopovers(network, request.via, origin, destination)
    if isinstance(on_the_way, Shortfall):
        return _nothing(request, (on_the_way,))
    stopovers = on_the_way.stopovers
    # Who stays where the trip begins leaves later: the same trip, asked for later.
    stay_s = -on_the_way.after_s if request.arrive_by else on_the_way.before_s
    request = replace(request, time=later(request.time, stay_s))
    direct, missing = direct_trips(network, request, origin, destination, stopovers)
    transit = TransitTrips()
    if "transit" in request.modes:
        transit = transit_trips(network, request, origin, destination, stopovers, direct)
    first, last = transit.searched or (request.time, request.time)
    return Answer(
        origin=origin.place,
        destination=destination.place,
        itineraries=transit.itineraries,
        direct=direct,
        shortfalls=(*transit.shortfalls, *missing),
        searched=(later(first, -stay_s), later(last, -stay_s)),
        debug=transit.report,
    )


def _nothing(request: Request, shortfalls: tuple[Shortfall, ...]) -> Answer:
    return Answer(
        origin=_bare_place(request.origin),
        destination=_bare_place(request.destination),
        itineraries=(),
        direct=(),
        shortfalls=shortfalls,
        searched=(request.time, request.time),
        debug=SearchReport(),
    )


def _bare_place(ref: PlaceRef) -> Place:
    """A place as the request gives it, where the network knows no better."""
    if isinstance(ref, StopRef):
        return Place(name=ref.stop_id, lat=0.0, lon=0.0, stop_id=ref.stop_id)
    return Place(name="", lat=ref.lat, lon=ref.lon)
