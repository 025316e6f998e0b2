"""Stop ids as the outside sees them: plain where unique, FEED:STOP_ID where feeds share one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from planner.network.shape import Stops


def list_public_ids(stops: Stops, feeds: Sequence[Mapping[str, Any]]) -> list[str]:
    """The public id of every stop, in their order; `feeds` is the manifest's entry."""
    ids = list(stops.stop_id.list_all())
    shared = {stop_id for stop_id, number in Counter(ids).items() if number > 1}
    return [
        f"{feeds[feed]['name']}:{stop_id}" if stop_id in shared else stop_id
        for stop_id, feed in zip(ids, stops.feed.tolist(), strict=True)
    ]
