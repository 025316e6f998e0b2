"""That generated towns aren't vacuous: each nasty thing in them changes answers, and how often.

The oracle is asked twice, about a town and about the same town without the thing. Only the
generator is on trial here; the share below which it counts as vacuous stands beside each thing.
"""

from __future__ import annotations

from functools import cache

import generated_town as generated_town_module
import naive
import pytest
from generated_town import DAY, HOUR, WEDNESDAY, Wishes, day_zero, generated_town

N = 300


def answers(town, oracle=None):
    oracle = oracle or town.oracle()
    return (
        oracle.pareto_set(town.at),
        oracle.reversed_pareto_set(town.by),
        oracle.day_profile(0, DAY),
    )


@cache
def town_and_answers(seed):
    town = generated_town(seed)
    return town, answers(town)


def without_trips(unwanted):
    """The town without the trips of which `unwanted(town, trip)` is true; the links go too."""

    def change(town):
        kept = [i for i, trip in enumerate(town.trips) if not unwanted(town, trip)]
        number = {i: n for n, i in enumerate(kept)}

        def still(pairs):
            return [(number[a], number[b]) for a, b in pairs if a in number and b in number]

        trips = [town.trips[i] for i in kept]
        return town.with_(trips=trips, stays=still(town.stays), leaves=still(town.leaves))

    return change


def visits_a_stop_twice(_, trip):
    stops = [call[0] for call in trip["calls"]]
    return len(set(stops)) < len(stops)


def overtakes(town, trip):
    """Some trip of the same sequence is behind it at one call and ahead at another."""
    for other in town.trips:
        if other["route"] == trip["route"]:
            calls = list(zip(trip["calls"], other["calls"], strict=True))
            ahead = any(a[1] < b[1] or a[2] < b[2] for a, b in calls)
            if ahead and any(a[1] > b[1] or a[2] > b[2] for a, b in calls):
                return True
    return False


def runs_after(hours):
    return lambda _, trip: trip["calls"][-1][1] >= hours * HOUR


def has_zero_length_hops(_, trip):
    return any(a[2] == b[1] for a, b in zip(trip["calls"], trip["calls"][1:], strict=False))


def everybody_may_board_and_alight(town):
    free = [
        trip | {"calls": [(s, a, d, True, True) for s, a, d, _, _ in trip["calls"]]}
        for trip in town.trips
    ]
    return town.with_(trips=free)


def nothing_in_seat(town):
    return town.with_(trips=[t | {"block": -1} for t in town.trips], stays=[])


def not_in_blocks(town):
    return town.with_(trips=[t | {"block": -1} for t in town.trips])


def every_call_at_its_stop(town):
    trips = [t | {"points": [call[0] for call in t["calls"]]} for t in town.trips]
    return town.with_(trips=trips)


def ordinary_changes_at_stops(town):
    own = {(p, p): 0 for p in range(town.n_points)}
    given = {pair: time for pair, time in town.footpaths.items() if time is not None}
    return town.with_(footpaths=own | given)


def changes_chained(town):
    """The transitive closure of the footpaths."""
    changes = {pair: time for pair, time in town.footpaths.items() if time is not None}
    points = range(town.n_points)
    for middle in points:
        for a in points:
            for b in points:
                if (a, middle) in changes and (middle, b) in changes:
                    chained = changes[a, middle] + changes[middle, b]
                    changes[a, b] = min(changes.get((a, b), naive.NEVER), chained)
    return town.with_(footpaths=changes)


def changes_a_second_longer(town):
    """Whoever changed with no second to spare doesn't catch it now."""
    changes = {pair: None if t is None else t + 1 for pair, t in town.footpaths.items()}
    return town.with_(footpaths=changes)


def footpaths_both_ways(town):
    there = {pair: time for pair, time in town.footpaths.items() if time is not None}
    back = {(b, a): time for (a, b), time in there.items()}
    return town.with_(footpaths=back | there)


THINGS = {
    "in-seat, by block or rule": (nothing_in_seat, 0.05),
    "in-seat, by block": (not_in_blocks, 0.01),
    "in-seat, by rule 4": (lambda town: town.with_(stays=[]), 0.05),
    "blocks that riders must leave (rule 5)": (lambda town: town.with_(leaves=[]), 0.01),
    "transfer points": (every_call_at_its_stop, 0.03),
    "wishes": (lambda town: town.with_(wishes=Wishes()), 0.04),
    "guaranteed changes": (lambda town: town.with_(guaranteed=frozenset()), 0.02),
    "loops": (without_trips(visits_a_stop_twice), 0.1),
    "overtaking": (without_trips(overtakes), 0.1),
    "zero-length hops": (without_trips(has_zero_length_hops), 0.2),
    "after 24:00": (without_trips(runs_after(24)), 0.2),
    "after 48:00": (without_trips(runs_after(48)), 0.1),
    "a second zone": (without_trips(lambda _, trip: trip["zone"] == 1), 0.1),
    "headways": (without_trips(lambda _, trip: trip["headway"]), 0.1),
    "pick-up and drop-off": (everybody_may_board_and_alight, 0.1),
    "forbidden changes at a stop": (ordinary_changes_at_stops, 0.03),
    "walks that must not be chained": (changes_chained, 0.05),
    "one-way walks": (footpaths_both_ways, 0.04),
    "no second to spare": (changes_a_second_longer, 0.03),
}


@pytest.mark.parametrize("thing", THINGS)
def test_generated_towns_exercise(thing):
    change, least = THINGS[thing]
    differ = 0
    for seed in range(N):
        town, right = town_and_answers(seed)
        differ += answers(change(town)) != right
    assert differ >= least * N, f"{thing} changes {differ} answers of {N}"


def test_the_change_of_clocks_matters(monkeypatch):
    """Were all days 24 hours long, some answers around it would be others."""
    towns = [town_and_answers(seed) for seed in range(N)]

    def plain_zero(day, zone):
        return day_zero(WEDNESDAY, zone) + (day - WEDNESDAY).days * DAY

    monkeypatch.setattr(generated_town_module, "day_zero", plain_zero)
    differ = sum(answers(town) != right for town, right in towns)
    assert differ >= 0.05 * N, differ


def test_most_towns_have_an_answer():
    found = [town_and_answers(seed)[1] for seed in range(N)]
    assert sum(bool(forward) for forward, _, _ in found) >= 0.6 * N
    assert sum(bool(backward) for _, backward, _ in found) >= 0.4 * N
    assert sum(len(profile) > 3 for _, _, profile in found) >= 0.25 * N
    assert sum(len(forward) > 1 for forward, _, _ in found) >= 0.05 * N
    changes = [rides - 1 for forward, _, _ in found for _, _, rides in forward]
    assert sum(n >= 1 for n in changes) >= 0.2 * N
    assert sum(n >= 2 for n in changes) >= 0.01 * N
