"""Generated towns: small timetables with everything nasty in them, and a question to each.

The same seed makes the same town. What a town has is told by `Features`; with one of them turned
off, `town.without(...)` is the same town but for that, so that a test can count how often a
feature matters.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import naive
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from timetable_text import FIRST_DATE, network

from planner.transit.changes import ChangeWishes, change_tables
from planner.transit.search import Reach
from planner.transit.service_day import service_day

HOUR, DAY = 3600, 86_400
ZONES = ("Europe/Paris", "Europe/London")
NEAR_LON = 0.002  # 146 m at this latitude: vehicles go on under another number
N_SERVICES, N_DAYS = 3, 14
WEDNESDAY = FIRST_DATE + timedelta(days=2)
# Days 5 to 7 are the night of the change of clocks and its neighbours.
DATES = [FIRST_DATE + timedelta(days=n) for n in (1, 2, 5, 6, 6, 7)]

any_town = given(st.integers(0, 2**32))
N_TOWNS = int(os.environ.get("TRAJETS_TOWNS", "2000"))  # CONTRIBUTING.md says how many by night
if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
    N_TOWNS //= 10  # plain Python is run for coverage; the compiled run looks everywhere


def towns(share: float = 1.0):
    """Settings of a test that is asked of `share` of the generated towns."""
    return settings(
        max_examples=max(20, int(share * N_TOWNS)),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@dataclass(frozen=True)
class Features:
    """What the generator may draw, and what the oracle is told of."""

    in_seat: bool = True  # blocks, and the rules 4 and 5 of transfers.txt
    stays_across_zones: bool = True  # rule 4 between trips of agencies in different zones
    points: bool = True  # calls that transfers.txt treats apart
    wishes: bool = True  # travellers who ask for more time, and changes that need none


EVERYTHING = Features()


@dataclass(frozen=True)
class Wishes:
    """How the traveller wants changes lengthened."""

    min_s: int = 0
    extra_s: int = 0
    factor: float = 1.0


@dataclass(frozen=True)
class Town:
    """One town, its trips as `timetable_text.network` takes them, and one question."""

    seed: int
    trips: list[dict]
    footpaths: dict[tuple[int, int], int | None]
    guaranteed: frozenset[tuple[int, int]]
    stays: list[tuple[int, int]]
    leaves: list[tuple[int, int]]
    point_stop: list[int]
    lon: list[float]
    service_days: list[list[int]]
    access: dict[int, int]
    egress: dict[int, int]
    at: int  # who leaves then ...
    by: int  # ... or must be there by then
    date: date
    max_rides: int
    wishes: Wishes = field(default_factory=Wishes)

    @property
    def n_stops(self):
        return len(self.lon)

    @property
    def n_points(self):
        return len(self.point_stop)

    def network(self):
        return network(
            self.trips, self.footpaths, n_stops=self.n_stops, service_days=self.service_days,
            zones=ZONES, point_stop=self.point_stop, guaranteed=self.guaranteed,
            stays=self.stays, leaves=self.leaves, lon=self.lon,
        )  # fmt: skip

    def service_day(self):
        """What a search for this traveller on the town's date reads."""
        net = self.network()
        wishes = ChangeWishes(self.wishes.min_s, self.wishes.extra_s, self.wishes.factor)
        tables = change_tables(net, step_free=False, wishes=wishes)
        return service_day(net, self.date).with_changes(tables)

    def with_(self, **changed):
        """The same town but for `changed`."""
        return replace(self, **changed)

    def at_points(self, seconds_by_stop):
        """Whoever is at a stop is at all its points."""
        return {
            point: seconds_by_stop[stop]
            for point, stop in enumerate(self.point_stop)
            if stop in seconds_by_stop
        }

    def changes(self):
        """{(from, to): seconds} as this traveller takes them."""
        there = {pair: time for pair, time in self.footpaths.items() if time is not None}
        wishes = self.wishes
        return naive.wished_changes(
            there, self.guaranteed,
            min_s=wishes.min_s, extra_s=wishes.extra_s, factor=wishes.factor,
        )  # fmt: skip

    def instances(self):
        """(service date number, trip number, vehicle) of all that runs around the town's date."""
        zero = day_zero(self.date, ZONES[0])
        found = []
        for i, trip in enumerate(self.trips):
            for number, runs in enumerate(self.service_days[trip["service"]]):
                shift = day_zero(FIRST_DATE + timedelta(days=number), ZONES[trip["zone"]]) - zero
                calls = tuple(
                    (point, arrives + shift, leaves + shift, board, alight)
                    for (_, arrives, leaves, board, alight), point in zip(
                        trip["calls"], trip["points"], strict=True
                    )
                )
                # The slice of a day: from noon of the day before to noon of the day after.
                if runs and calls[0][2] < 36 * HOUR and calls[-1][1] >= -12 * HOUR:
                    found.append((number, i, naive.Vehicle(calls)))
        return found

    def onward(self, instances):
        """Pairs of places in `instances` between which riders may stay seated.

        A pair that rule 4 names beats the block: the second trip is the first to begin, on the
        same service day or the following one, after the first trip has come.
        """
        place = {(number, i): n for n, (number, i, _) in enumerate(instances)}
        calls = [vehicle.calls for _, _, vehicle in instances]
        pairs = set()
        for number, i, _ in instances:
            here = place[number, i]
            for b in {b for a, b in self.stays if a == i}:
                later = [
                    (calls[there][0][2], there)
                    for day in (number, number + 1)
                    for there in [place.get((day, b))]
                    if there is not None and calls[here][-1][1] <= calls[there][0][2]
                ]
                if later:
                    pairs.add((here, min(later)[1]))
        named = {here for here, _ in pairs}
        blocks = self._block_pairs(instances)
        return sorted(pairs | {(here, there) for here, there in blocks if here not in named})

    def _block_pairs(self, instances):
        """Trips that follow one another in a block of one day, where nobody is sent off.

        The second begins within 200 m and half an hour of the end of the first.
        """
        blocks = {}
        for place, (number, i, vehicle) in enumerate(instances):
            if self.trips[i]["block"] >= 0:
                row = (vehicle.calls[0][2], vehicle.calls[-1][1], i, place)
                blocks.setdefault((number, self.trips[i]["block"]), []).append(row)
        pairs = set()
        for members in blocks.values():
            for (_, end, a, here), (begin, _, b, there) in pairwise(sorted(members)):
                last, first = self.trips[a]["calls"][-1][0], self.trips[b]["calls"][0][0]
                near = abs(self.lon[last] - self.lon[first]) <= 1.01 * NEAR_LON
                if near and 0 <= begin - end <= HOUR // 2 and (a, b) not in self.leaves:
                    pairs.add((here, there))
        return pairs

    def oracle(self):
        instances = self.instances()
        rides = naive.list_rides([v for _, _, v in instances], self.onward(instances))
        access, egress = self.at_points(self.access), self.at_points(self.egress)
        return naive.Oracle(rides, self.changes(), access, egress, self.max_rides)


def reach(seconds_by_stop):
    """What transit.py takes for an end of the trip."""
    stops = sorted(seconds_by_stop)
    return Reach(np.array(stops, np.int32), np.array([seconds_by_stop[s] for s in stops], np.int32))


def day_zero(day, zone):
    """POSIX second of noon minus 12 h, said once more without any of the planner's code."""
    noon = datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(UTC)
    return int(noon.timestamp()) - 12 * HOUR


def generated_town(seed, features=EVERYTHING):
    """The town of a seed: all of it happens around one hour, so that vehicles meet."""
    rng = random.Random(seed)
    lon = _street_of_stops(rng)
    n_stops = len(lon)
    hour = rng.choice([0, 1, 8, 8, 8, 23])
    trips = []
    for route in range(rng.randint(4, 14)):
        trips += _line(rng, route, n_stops, hour)
    for trip in trips:
        trip["points"] = [call[0] for call in trip["calls"]]
        trip["block"] = -1
    stays, leaves = _blocks(rng, trips, lon, features) if features.in_seat else ([], [])
    point_stop = list(range(n_stops))
    if features.points:
        point_stop += _set_apart(rng, trips, n_stops)
    footpaths, guaranteed = _footpaths(rng, point_stop, trips)
    ends = _two_stops(rng, trips, n_stops)
    town = Town(
        seed=seed, trips=trips, footpaths=footpaths, guaranteed=frozenset(), stays=stays,
        leaves=leaves, point_stop=point_stop, lon=lon,
        service_days=[rng.choices([0, 1], [1, 4], k=N_DAYS) for _ in range(N_SERVICES)],
        access=_end(rng, ends[:1], n_stops),
        egress=_end(rng, ends[1:], n_stops),
        at=hour * HOUR + rng.randint(-5, 15) * 60, by=hour * HOUR + rng.randint(15, 60) * 60,
        date=rng.choice(DATES), max_rides=rng.choice([1, 2, 4, 4, 4, 4]),
    )  # fmt: skip
    if features.wishes and rng.random() < 0.7:
        wishes = Wishes(rng.choice([0, 90, 300]), rng.choice([0, 60]), rng.choice([1.0, 1.25, 2.0]))
        town = town.with_(wishes=wishes, guaranteed=guaranteed)
    return town


def _street_of_stops(rng):
    """Degrees east of each stop: some are a few steps from the one before."""
    lon = [2.27]
    for _ in range(rng.randint(3, 8)):
        lon.append(round(lon[-1] + rng.choice([NEAR_LON, 0.01, 0.01]), 3))
    return lon


def _line(rng, route, n_stops, hour):
    """The trips of a line: they may loop, stand still, overtake, and belong to a day long gone."""
    n_calls = rng.choice([2, 2, 2, 2, 3, 3, 4, 6])
    if n_calls < n_stops and rng.random() < 0.8:
        stops = rng.sample(range(n_stops), n_calls)
    else:
        stops = [rng.randrange(n_stops) for _ in range(n_calls)]
    rules = [(rng.random() < 0.9, rng.random() < 0.9) for _ in stops]
    headway = rng.choice([0, 0, 0, 0, 300])  # published by frequencies.txt, unfolded here
    zone = rng.choice([0, 0, 0, 0, 1])
    first = (hour - zone + 24 * rng.choice([0, 0, 0, 0, 1, 2])) * HOUR
    trips, calls = [], []
    for n in range(rng.choice([1, 2, 4, 8])):
        if headway and n:
            calls = [(s, a + headway, d + headway, b, x) for s, a, d, b, x in calls]
        else:
            calls = _calls(rng, stops, rules, first + rng.randint(0, 40) * 60)
        service = trips[0]["service"] if headway and n else rng.randrange(N_SERVICES)
        trips.append({
            "trip_id": f"R{route}-{n}", "route": route, "calls": calls, "headway": headway,
            "service": service, "zone": zone,
        })  # fmt: skip
    return trips


def _calls(rng, stops, rules, t):
    calls = []
    for stop, (board, alight) in zip(stops, rules, strict=True):
        arrival = t + (rng.choice([0, 60, 60, 75, 120, 300]) if calls else 0)
        t = arrival + rng.choice([0, 0, 0, 0, 60, 240])
        calls.append((stop, arrival, t, board, alight))
    return calls


def _blocks(rng, trips, lon, features):
    """Number some trips' blocks; pairs of trips to stay in, and to leave."""
    plain = [i for i, trip in enumerate(trips) if not trip["headway"]]
    for block in range(rng.randint(0, 3)):
        zone = block % 2  # a block's trips are of one agency
        inside = [i for i in plain if trips[i]["zone"] == zone]
        chosen = rng.sample(inside, min(len(inside), rng.randint(1, 6)))
        # Of two that begin and end together, none is the first.
        for i in {_order(trips[i]["calls"]): i for i in chosen}.values():
            trips[i]["block"] = block
    fitting = [
        (a, b)
        for a in plain
        for b in plain
        if trips[a]["calls"][-1][1] <= trips[b]["calls"][0][2]
        and _order(trips[a]["calls"]) < _order(trips[b]["calls"])
        and (features.stays_across_zones or trips[a]["zone"] == trips[b]["zone"])
    ]
    soon = [
        (a, b)
        for a, b in fitting
        if trips[b]["calls"][0][2] - trips[a]["calls"][-1][1] <= 900
        and trips[a]["calls"][-1][0] != trips[b]["calls"][-1][0]
    ]
    near = [
        (a, b)
        for a, b in soon
        if abs(lon[trips[a]["calls"][-1][0]] - lon[trips[b]["calls"][0][0]]) <= 1.01 * NEAR_LON
    ]
    # What a published block mostly is: the next trip from where the last one ended.
    for n, (a, b) in enumerate(rng.sample(near, min(len(near), rng.randint(0, 16)))):
        if trips[a]["zone"] == trips[b]["zone"]:
            trips[a]["block"] = trips[b]["block"] = 3 + n
    stays = [
        *rng.sample(soon, min(len(soon), rng.choice([0, 2, 6, 12]))),
        *rng.sample(fitting, min(len(fitting), rng.choice([0, 1]))),
    ]
    stays = sorted(set(stays))
    # The rule of a pair is said once: to stay, or to leave.
    left = [pair for pair in near if pair not in stays]
    return stays, rng.sample(left, len(left) // rng.choice([1, 3, 10, 10]))


def _order(calls):
    """In what order trips of a block follow one another."""
    return calls[0][2], calls[-1][1]


def _set_apart(rng, trips, n_stops):
    """Let the calls of some trip or route at a stop happen at a point of its own."""
    extra = []
    for _ in range(rng.randint(0, 6)):
        trip = rng.choice(trips)
        stop = rng.choice(trip["calls"])[0]
        whole_route = rng.random() < 0.5
        for other in trips:
            if other is trip or (whole_route and other["route"] == trip["route"]):
                other["points"] = [
                    n_stops + len(extra) if call[0] == stop else point
                    for call, point in zip(other["calls"], other["points"], strict=True)
                ]
        extra.append(stop)
    return extra


def _footpaths(rng, point_stop, trips):
    """Changes of any length, one-way, not transitive, some forbidden; and some guaranteed."""
    n_points = len(point_stop)
    paths = {(p, p): rng.choice([0, 0, 60, 60, 120, None]) for p in range(n_points)}
    for a in range(n_points):
        for b in range(n_points):
            if a != b and point_stop[a] == point_stop[b]:
                paths[a, b] = rng.choice([0, 60, 120, 600, None])
    for _ in range(rng.randint(0, 2 * n_points)):
        a, b = rng.sample(range(n_points), 2)
        paths[a, b] = rng.choice([0, 30, 60, 300, 900])
    there = [pair for pair, seconds in paths.items() if seconds is not None]
    return paths, frozenset(rng.sample(there, len(there) // rng.choice([2, 4])))


def _two_stops(rng, trips, n_stops):
    """Two stops, mostly such that one has to change between them."""
    for _ in range(rng.choice([1, 20])):
        origin, destination = rng.sample(range(n_stops), 2)
        if not any({origin, destination} <= {call[0] for call in trip["calls"]} for trip in trips):
            break
    return [origin, destination]


def _end(rng, stops, n_stops):
    """Stops at hand from one end of the trip, and seconds to them."""
    chosen = {*stops, *rng.sample(range(n_stops), rng.choice([0, 0, 0, 1]))}
    return {stop: rng.choice([0, 60, 400]) for stop in chosen}
