"""Where one changes, among places that are all in time: the same vehicles, a better stop.

Two vehicles often share several stops, or pass near one another more than once. The search takes
any change that is in time; here each is moved to the best one. The trip keeps its vehicles, its
departure and its arrival. (OpenTripPlanner calls this transfer optimisation.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.shape import Int32
from planner.transit.search import Journey, Ride, make_ride
from planner.transit.service_day import ServiceDay


class _Calls(NamedTuple):
    """The calls of one run."""

    point: Int32
    arrival: Int32
    departure: Int32
    board: NDArray[np.uint8]
    alight: NDArray[np.uint8]


class _Changes(NamedTuple):
    """Ways from a call of one run to one of another: the positions, and seconds between."""

    alight: NDArray[np.int64]
    board: NDArray[np.int64]
    seconds: Int32


@dataclass(frozen=True, slots=True)
class TransferPoints:
    """Moves the changes of journeys that were found on `day`.

    access, egress: seconds between the trip's ends and each point of the day, UNREACHED where it
    isn't at hand. point_stop: the stop of each point; station: of each stop.

    What is better, in this order: less time on the way to the first stop, between vehicles and
    from the last stop; a change inside one station; more time to spare; a stop where more lines
    may be boarded; what the search took.
    """

    day: ServiceDay
    access: Int32
    egress: Int32
    point_stop: Int32
    station: Int32

    def improve(self, journey: Journey) -> Journey:
        """The journey with the best places to board, change and alight."""
        rides = [self._board_better(journey), *journey.rides[1:]]
        for n in range(1, len(rides)):
            rides[n - 1], rides[n] = self._change_better(rides[n - 1], rides[n])
        rides[-1] = self._alight_better(replace(journey, rides=tuple(rides)))
        return replace(journey, rides=tuple(rides))

    def _board_better(self, journey: Journey) -> Ride:
        """The first ride from where the way is shortest, leaving the door at the same second."""
        ride = journey.rides[0]
        calls = self._calls(ride)
        seconds = self.access[calls.point]
        fits = (calls.departure - seconds == journey.departure) & (calls.board == 1)
        fits[ride.alight :] = False
        return self._moved(ride, board=_least(seconds, fits, ride.board))

    def _alight_better(self, journey: Journey) -> Ride:
        """The last ride to where the way is shortest, there at the same second."""
        ride = journey.rides[-1]
        calls = self._calls(ride)
        seconds = self.egress[calls.point]
        fits = (calls.arrival + seconds == journey.arrival) & (calls.alight == 1)
        fits[: ride.board + 1] = False
        return self._moved(ride, alight=_least(seconds, fits, ride.alight))

    def _change_better(self, ride: Ride, following: Ride) -> tuple[Ride, Ride]:
        """Both rides, with the best change between them."""
        here, there = self._calls(ride), self._calls(following)
        changes = self._changes(ride, following, here, there)
        spare = there.departure[changes.board] - here.arrival[changes.alight] - changes.seconds
        in_time = np.flatnonzero(spare >= 0)
        if not len(in_time):
            return ride, following
        spare, seconds = spare[in_time], changes.seconds[in_time]
        alight, board = changes.alight[in_time], changes.board[in_time]
        a, b = self.point_stop[here.point[alight]], self.point_stop[there.point[board]]
        offset, to = self.day.forward.call_offset, there.point[board]
        ranks = (
            np.where(a == b, 0, seconds),
            self.station[a] != self.station[b],
            -spare,
            offset[to] - offset[to + 1],  # patterns that may be boarded there, the most first
            (alight != ride.alight) | (board != following.board),
            alight,
            board,
        )
        best = int(np.lexsort(ranks[::-1])[0])
        return self._moved(ride, alight=int(alight[best])), self._moved(
            following, board=int(board[best])
        )

    def _changes(self, ride: Ride, following: Ride, here: _Calls, there: _Calls) -> _Changes:
        """Every change that joins the two vehicles, in time or not."""
        table = self.day.footpaths
        ahead = np.flatnonzero(there.board[: following.alight] == 1)
        ahead = ahead[np.argsort(there.point[ahead], kind="stable")]
        points = there.point[ahead]
        wanted = np.zeros(len(table.offset) - 1, np.bool_)
        wanted[points] = True
        alights = ride.board + 1 + np.flatnonzero(here.alight[ride.board + 1 :])
        first, end = (table.offset[here.point[alights] + i] for i in (0, 1))
        alight, row = _spread(alights, first, end)
        chosen = np.flatnonzero(wanted[table.to[row]])
        to = table.to[row[chosen]]
        nth, place = _spread(
            chosen, np.searchsorted(points, to), np.searchsorted(points, to, "right")
        )
        return _Changes(alight[nth], ahead[place], table.duration[row[nth]])

    def _moved(self, ride: Ride, *, board: int = -1, alight: int = -1) -> Ride:
        """The same vehicle between other positions; -1 keeps one."""
        to = (ride.board if board < 0 else board, ride.alight if alight < 0 else alight)
        if to == (ride.board, ride.alight):
            return ride
        return make_ride(self.day, ride.pattern, ride.run, *to, mirrored=False)

    def _calls(self, ride: Ride) -> _Calls:
        table = self.day.forward
        row = slice(int(table.stop_offset[ride.pattern]), int(table.stop_offset[ride.pattern + 1]))
        n_calls, n_events = row.stop - row.start, len(table.events) // 2
        event = int(table.event_first[ride.pattern]) + ride.run * n_calls
        return _Calls(
            table.stop[row],
            table.events[event : event + n_calls],
            table.events[n_events + event : n_events + event + n_calls],
            table.board[row],
            table.alight[row],
        )


def _least(seconds: Int32, fits: NDArray[np.bool_], taken: int) -> int:
    """The position that fits with the fewest seconds, the one taken unless another has fewer."""
    positions = np.flatnonzero(fits)
    if not len(positions):
        return taken
    best = int(positions[seconds[positions].argmin()])
    return best if seconds[best] < seconds[taken] else taken


def _spread(
    owner: NDArray[np.int64], first: NDArray[np.integer], end: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each owner as often as its range is long, and beside it the range's numbers."""
    counts = end - first
    begins = np.cumsum(counts) - counts
    return np.repeat(owner, counts), np.arange(counts.sum()) + np.repeat(first - begins, counts)
