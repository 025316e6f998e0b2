"""Where one changes, among places that are all in time: the same vehicles, a better stop.

Two vehicles often share several stops, or pass near one another more than once. The search takes
any change that is in time; here each is moved to the best one. The trip keeps its vehicles, its
departure and its arrival. (OpenTripPlanner calls this transfer optimisation.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.shape import Int32
from planner.service_day import ServiceDay
from planner.transit import Journey, Ride, make_ride


class _Calls(NamedTuple):
    """The calls of one run."""

    point: Int32
    arrival: Int32
    departure: Int32
    board: NDArray[np.uint8]
    alight: NDArray[np.uint8]


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
        moved = (-1, -1)  # no place is as good as the one taken
        best: tuple[float, ...] | None = None
        for alight, board, seconds in self._changes(ride, following, here, there):
            spare = int(there.departure[board] - here.arrival[alight]) - seconds
            if spare < 0:
                continue
            a, b = (int(self.point_stop[p]) for p in (here.point[alight], there.point[board]))
            rank = (
                0 if a == b else seconds,
                int(self.station[a] != self.station[b]),
                -spare,
                -self._vehicles(int(there.point[board])),
                int((alight, board) != (ride.alight, following.board)),
                alight,
                board,
            )
            if best is None or rank < best:
                best, moved = rank, (alight, board)
        return self._moved(ride, alight=moved[0]), self._moved(following, board=moved[1])

    def _changes(
        self, ride: Ride, following: Ride, here: _Calls, there: _Calls
    ) -> Iterable[tuple[int, int, int]]:
        """Every (alight, board, seconds) that joins the two vehicles, in time or not."""
        table = self.day.footpaths
        ahead = np.flatnonzero(there.board[: following.alight] == 1).tolist()
        boards: dict[int, list[int]] = {}
        for position in ahead:
            boards.setdefault(int(there.point[position]), []).append(position)
        targets = np.array(list(boards), np.int32)
        for alight in range(ride.board + 1, len(here.point)):
            if not here.alight[alight]:
                continue
            row = slice(*table.offset[here.point[alight] :][:2])
            for f in np.flatnonzero(np.isin(table.to[row], targets)).tolist():
                seconds = int(table.duration[row.start + f])
                for board in boards[int(table.to[row.start + f])]:
                    yield alight, board, seconds

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

    def _vehicles(self, point: int) -> int:
        """Patterns that may be boarded at a point."""
        offset = self.day.forward.call_offset
        return int(offset[point + 1] - offset[point])


def _least(seconds: Int32, fits: NDArray[np.bool_], taken: int) -> int:
    """The position that fits with the fewest seconds, the one taken unless another has fewer."""
    positions = np.flatnonzero(fits)
    if not len(positions):
        return taken
    best = int(positions[seconds[positions].argmin()])
    return best if seconds[best] < seconds[taken] else taken
