"""What is worth remembering of a network, as long as the network itself is there."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from cachetools import LRUCache

from planner.network.store import Network

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[Concatenate[Network, P], T]


def kept_by_network(
    most: int, *, size: Callable[[Any], int] | None = None
) -> Callable[[Function[P, T]], Function[P, T]]:
    """Remember the answers used last of a function of a network, for each network apart.

    most: how many; or, with `size`, of what size together, each alone of no more than that.

    A network that nobody else holds goes, with its mapped files and all that was remembered of
    it; functools.lru_cache would keep it until its answers are pushed out. Further arguments are
    hashable; an answer mustn't hold the network.
    """

    def decorate(function: Function[P, T]) -> Function[P, T]:
        answers: WeakKeyDictionary[Network, LRUCache[Hashable, T]] = WeakKeyDictionary()
        lock = Lock()

        def remembered(network: Network, /, *args: P.args, **kwargs: P.kwargs) -> T:
            key = (args, tuple(sorted(kwargs.items())))
            with lock:
                known = answers.setdefault(network, LRUCache(most, size))
                if key in known:
                    return known[key]
            answer = function(network, *args, **kwargs)
            with lock:
                known[key] = answer
            return answer

        return remembered

    return decorate
