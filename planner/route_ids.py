"""Lines by the ids that feeds publish: a route's, or that of an agency and so all of its routes."""

from __future__ import annotations

import numpy as np

from planner.network.store import Network
from planner.network.strings import Strings


def find_routes(network: Network, text: str) -> frozenset[int]:
    """Routes with this route_id, in every feed that has one; none where no feed does.

    `FEED:ROUTE_ID` asks one feed alone; a route_id may hold colons itself.
    """
    routes = network.routes
    return _named(network, text, routes.route_id, np.arange(len(routes.route_type)))


def find_agency_routes(network: Network, text: str) -> frozenset[int]:
    """Routes of the agency with this agency_id, in every feed that has one, or `FEED:AGENCY_ID`."""
    routes = network.routes
    return _named(network, text, routes.agency_id, routes.agency)


def _named(
    network: Network, text: str, ids: Strings, owner: np.ndarray[tuple[int], np.dtype[np.integer]]
) -> frozenset[int]:
    """Routes whose owner's id is `text`."""
    found = _routes_of(ids, text, owner)
    if found:
        return found
    feed_name, colon, own_id = text.partition(":")
    names = [facts["name"] for facts in network.manifest["feeds"]]
    if not colon or feed_name not in names:
        return frozenset()
    feed = names.index(feed_name)
    routes = _routes_of(ids, own_id, owner)
    return frozenset(route for route in routes if network.routes.feed[route] == feed)


def _routes_of(
    ids: Strings, text: str, owner: np.ndarray[tuple[int], np.dtype[np.integer]]
) -> frozenset[int]:
    named = [i for i, one in enumerate(ids.list_all()) if one == text]
    return frozenset(np.flatnonzero(np.isin(owner, named)).tolist())
