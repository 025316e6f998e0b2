"""Where OpenStreetMap and official bike lanes speak of one street, which of them counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from graph_build.bike_lanes.claims import Claim, Side, Told
from graph_build.bike_lanes.kinds import (
    CENTRAL_LANE,
    CONTRAFLOW,
    CYCLE_STREET,
    LANE,
    NO_FACILITY,
    NOTHING,
    OWN_WAYS,
    SHARED_LANE,
    SURFACES,
    is_same,
)
from graph_build.streets.traffic import usual_width_dm
from planner.network import shape
from planner.network.store import frozen

_NEVER_AGAINST: Final = tuple(shape.ROAD_CLASSES.index(name) for name in ("motorway", "trunk"))
_SPEED_STEP: Final = 5  # km/h: less is a rounding
_MARKS: Final = {CYCLE_STREET: shape.CYCLE_STREET, CENTRAL_LANE: shape.CENTRAL_LANE}
MAP, OFFICIAL = "map", "official"


class Difference(NamedTuple):
    """Something that the map and official data say differently of one direction of a street."""

    kind: str  # of issue
    edge: int
    side: Side
    map_says: str
    official_says: str
    chosen: str  # MAP or OFFICIAL


@dataclass(slots=True)
class Edits:
    """The columns of streets and facts that official data may change, as copies, and what it did.

    taken: (n_edges,) bits of shape.BikeLaneSources.
    """

    before: shape.Streets
    facts: shape.RoadFacts | None
    access: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    infrastructure: NDArray[np.uint8]
    surface: NDArray[np.uint8]
    speed_kmh: NDArray[np.uint8]
    facility_dm: NDArray[np.uint8]
    marks: NDArray[np.uint8]
    assumed: NDArray[np.uint8]
    taken: NDArray[np.uint8]

    @classmethod
    def of(cls, streets: shape.Streets, facts: shape.RoadFacts | None) -> Self:
        """Nothing changed yet."""
        none = np.zeros(len(streets.tail), np.uint8)
        return cls(
            streets, facts, streets.access.copy(), streets.flags.copy(),
            streets.infrastructure.copy(), streets.surface.copy(), streets.speed_kmh.copy(),
            none.copy() if facts is None else facts.facility_dm.copy(),
            none.copy() if facts is None else facts.marks.copy(),
            none.copy() if facts is None else facts.assumed.copy(), none,
        )  # fmt: skip

    def set_facility(self, edge: int, infrastructure: int, *, two_way: bool) -> None:
        """Another facility, as wide as such ones usually are."""
        self.infrastructure[edge] = infrastructure
        name = shape.INFRASTRUCTURES[infrastructure]
        self.facility_dm[edge] = usual_width_dm(name, two_way=two_way)
        self.assumed[edge] |= np.uint8(shape.WIDTH_ASSUMED)
        self.marks[edge] &= np.uint8(~shape.R5_LANE & 0xFF)
        if infrastructure == LANE:
            self.marks[edge] |= np.uint8(shape.R5_LANE)
        self.taken[edge] |= shape.TAKEN_FACILITY

    def set_width(self, edge: int, width_dm: int) -> None:
        """The width of the cyclists' own space, measured."""
        self.facility_dm[edge] = width_dm
        self.assumed[edge] &= np.uint8(~shape.WIDTH_ASSUMED & 0xFF)
        self.taken[edge] |= shape.TAKEN_WIDTH

    def streets(self) -> shape.Streets:
        """The streets with what was taken."""
        names = ("access", "flags", "infrastructure", "surface", "speed_kmh")
        return self.before._replace(
            **{name: frozen(getattr(self, name), np.uint8) for name in names}
        )

    def road_facts(self) -> shape.RoadFacts | None:
        """The facts with what was taken; None where there were none."""
        if self.facts is None:
            return None
        names = ("facility_dm", "marks", "assumed")
        columns: dict[str, Any] = {n: frozen(getattr(self, n), np.uint8) for n in names}
        return self.facts._replace(**columns)


def choose(edits: Edits, edge: int, told: Told) -> Iterator[Difference]:
    """Take over what official data knows better of `edge`; yield where the two differ."""
    if told.facility is not None:
        yield from _choose_facility(edits, edge, told.facility)
    if told.speed is not None:
        yield from _choose_speed(edits, edge, told.speed)


def _choose_facility(edits: Edits, edge: int, claim: Claim) -> Iterator[Difference]:
    streets, side = edits.before, claim.side
    mapped = shape.INFRASTRUCTURES[streets.infrastructure[edge]]
    official = OFFICIAL if not side.copied else MAP

    def differ(kind: str, chosen: str, map_says: str = mapped) -> Difference:
        return Difference(kind, edge, side, map_says, side.name, chosen)

    if side.name == NO_FACILITY:
        own_way = streets.road_class[edge] in OWN_WAYS  # "none" is said of the street beside it
        if streets.infrastructure[edge] != NOTHING and _is_ridden(streets, edge) and not own_way:
            yield differ("bike_lane_only_in_map", MAP)
        return
    if side.kind.pushed:
        return  # a bicycle may be pushed wherever one may walk: nothing to take over
    if not _is_ridden(streets, edge):
        if not _may_open(streets, edge, side):
            yield differ("bike_lane_closed_in_map", MAP, "closed to bicycles")
            return
        yield differ("bike_lane_opened", official, "closed to bicycles")
        if official == MAP:
            return
        _open(edits, edge)
    elif side.kind.contraflow and streets.access[edge] & shape.CAR:
        yield differ("bike_lane_not_against_traffic", official, "open to cars too")
    yield from _take_facility(edits, edge, claim, official)


def _take_facility(edits: Edits, edge: int, claim: Claim, official: str) -> Iterator[Difference]:
    """The facility, and with it the width and surface that its authors measured."""
    streets, side = edits.before, claim.side
    mapped, found = int(streets.infrastructure[edge]), claim.infrastructure
    if found == NOTHING or (found == CONTRAFLOW and streets.access[edge] & shape.CAR):
        return  # a lane on a way without cars, or contraflow where they come along too
    agreed = is_same(mapped, found)
    if not agreed:
        opened = not _is_ridden(streets, edge)
        kind = "bike_lane_only_official" if mapped == NOTHING else "bike_lane_other_kind"
        if not opened:
            words = shape.INFRASTRUCTURES[mapped]
            yield Difference(kind, edge, side, words, side.name, official)
        if official == MAP:
            return
        edits.set_facility(edge, found, two_way=side.two_way)
    if found == SHARED_LANE:
        edits.marks[edge] |= np.uint8(_MARKS.get(side.name, 0))
    if not np.isnan(side.width_m) and edits.facility_dm[edge]:
        edits.set_width(edge, round(side.width_m * 10))
    if side.surface:
        yield from _choose_surface(edits, edge, side, official)


def _choose_surface(edits: Edits, edge: int, side: Side, official: str) -> Iterator[Difference]:
    known = SURFACES[side.surface]
    mapped = int(edits.before.surface[edge])
    if mapped in known:
        return
    if mapped != 0:
        words = shape.SURFACES[mapped]
        yield Difference("bike_lane_other_surface", edge, side, words, side.surface, official)
        if official == MAP:
            return
    edits.surface[edge] = known[0]
    edits.taken[edge] |= shape.TAKEN_SURFACE


def _choose_speed(edits: Edits, edge: int, side: Side) -> Iterator[Difference]:
    """A limit counts where the map has none; where it has another one, the sign's mapper does."""
    streets = edits.before
    if not (streets.access[edge] | streets.access[streets.reverse[edge]]) & shape.CAR:
        return
    if streets.road_class[edge] in OWN_WAYS:
        return
    mapped, told = int(streets.speed_kmh[edge]), round(side.speed_kmh)
    if edits.facts is not None and edits.facts.assumed[edge] & shape.SPEED_ASSUMED:
        edits.speed_kmh[edge] = told
        edits.assumed[edge] &= np.uint8(~shape.SPEED_ASSUMED & 0xFF)
        edits.taken[edge] |= shape.TAKEN_SPEED
    elif abs(mapped - told) >= _SPEED_STEP:
        says = (f"{mapped} km/h", f"{told} km/h")
        yield Difference("bike_lane_other_speed", edge, side, *says, MAP)


def _is_ridden(streets: shape.Streets, edge: int) -> bool:
    return bool(streets.access[edge] & shape.BIKE) and not streets.flags[edge] & shape.PUSH


def _is_against_cars(streets: shape.Streets, edge: int) -> bool:
    back = streets.reverse[edge]
    return not streets.access[edge] & shape.CAR and bool(streets.access[back] & shape.CAR)


def _may_open(streets: shape.Streets, edge: int, side: Side) -> bool:
    """Contraflow, or a two-way track, on a street whose other direction is ridden."""
    back = int(streets.reverse[edge])
    if streets.flags[edge] & shape.ROUNDABOUT or streets.road_class[edge] in _NEVER_AGAINST:
        return False
    if not _is_ridden(streets, back) or not _is_against_cars(streets, edge):
        return False
    return side.kind.contraflow or (side.kind.apart and side.two_way)


def _open(edits: Edits, edge: int) -> None:
    """Let bicycles ride `edge`, and the gates at its ends, as they ride its other direction."""
    streets = edits.before
    both = np.uint8(shape.BIKE | shape.BIKE_ENDS | shape.HARD_PUSH | shape.NARROW)
    for one in (edge, *_list_gates(streets, edge)):
        ridden = streets.access[streets.reverse[one]] & both
        edits.access[one] = (edits.access[one] & ~both) | ridden
        edits.flags[one] &= np.uint8(~shape.PUSH & 0xFF)
    edits.taken[edge] |= shape.TAKEN_ACCESS


def _list_gates(streets: shape.Streets, edge: int) -> list[int]:
    """Barriers before and after `edge` that bicycles pass the other way, and not its own."""
    tail, head = streets.tail[edge], streets.head[edge]
    beside = [
        *range(streets.first_out[head], streets.first_out[head + 1]),
        *streets.in_edge[streets.first_in[tail] : streets.first_in[tail + 1]].tolist(),
    ]
    return [
        one
        for one in beside
        if streets.length_m[one] == 0
        and streets.way_id[one] == streets.way_id[edge]
        and not streets.flags[one] & shape.TURN
        and _is_ridden(streets, int(streets.reverse[one]))
        and not _is_ridden(streets, one)
    ]
