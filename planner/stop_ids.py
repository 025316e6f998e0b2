"""Stops by their public ids: plain where unique, FEED:STOP_ID where several feeds share one."""

from __future__ import annotations

from functools import lru_cache

from planner.network.public_ids import list_public_ids
from planner.network.store import Network
from planner.request import StopRef

NETWORKS_KEPT = 4  # indexes in memory at once


def find_stop(network: Network, ref: StopRef) -> int | None:
    """Index of the stop that `ref` names, None where no stop or more than one has that id."""
    found = _stops_by_id(network).get(ref.stop_id, ())
    if ref.feed is not None:
        found = tuple(stop for stop in found if _feed_name(network, stop) == ref.feed)
    return found[0] if len(found) == 1 else None


def parse_stop_ref(network: Network, text: str) -> StopRef:
    """`STOP_ID`, or `FEED:STOP_ID` where the text before the first colon is a feed's name.

    A stop_id may hold colons itself; a stop of exactly this id wins.
    """
    feed, colon, stop_id = text.partition(":")
    names = {facts["name"] for facts in network.manifest["feeds"]}
    if colon and feed in names and text not in _stops_by_id(network):
        return StopRef(stop_id, feed)
    return StopRef(text)


def public_stop_id(network: Network, stop: int) -> str:
    """The id that names `stop` alone, as `find_stop` takes it back."""
    return _public_ids(network)[stop]


def _feed_name(network: Network, stop: int) -> str:
    return str(network.manifest["feeds"][int(network.stops.feed[stop])]["name"])


@lru_cache(maxsize=NETWORKS_KEPT)
def _stops_by_id(network: Network) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for stop, stop_id in enumerate(network.stops.stop_id.list_all()):
        found[stop_id] = (*found.get(stop_id, ()), stop)
    return found


@lru_cache(maxsize=NETWORKS_KEPT)
def _public_ids(network: Network) -> list[str]:
    return list_public_ids(network.stops, network.manifest["feeds"])
