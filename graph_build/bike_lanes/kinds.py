"""The facilities of the French schema (BNAC) in the planner's words, and back.

The mapping is that of the schema's own documentation (etalab/amenagements-cyclables 0.3.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from planner.network import shape

PATH, TRACK, BUFFERED, LANE, BUS_LANE, SHARED_LANE, CONTRAFLOW = (
    shape.INFRASTRUCTURES.index(name)
    for name in ("path", "track", "buffered", "lane", "bus_lane", "shared_lane", "contraflow")
)
NOTHING: Final = 0  # shape.INFRASTRUCTURES[0]
# Classes of ways that aren't a carriageway: a facility there is the way itself.
OWN_WAYS: Final = tuple(
    shape.ROAD_CLASSES.index(name)
    for name in ("cycleway", "path", "track", "footway", "pedestrian", "bridleway")
)
CYCLEWAY, FOOTWAY, PEDESTRIAN, STEPS, LIVING_STREET = (
    shape.ROAD_CLASSES.index(name)
    for name in ("cycleway", "footway", "pedestrian", "steps", "living_street")
)


class Kind(NamedTuple):
    """What one value of `ame_d` or `ame_g` means.

    infrastructure: on a carriageway, by shape.INFRASTRUCTURES. apart: kept away from cars, so that
    it may be a way of its own on the map. contraflow: against a street's one-way. two_way: ridden
    in both directions unless `sens` says otherwise. pushed: for walking a bicycle up some steps.
    """

    infrastructure: int
    apart: bool = False
    contraflow: bool = False
    two_way: bool = False
    pushed: bool = False


CYCLE_STREET: Final = "VELO RUE"
CENTRAL_LANE: Final = "CHAUSSEE A VOIE CENTRALE BANALISEE"
NO_FACILITY: Final = "AUCUN"
KINDS: Final[Mapping[str, Kind]] = {
    "PISTE CYCLABLE": Kind(TRACK, apart=True),
    "BANDE CYCLABLE": Kind(LANE),
    "DOUBLE SENS CYCLABLE PISTE": Kind(TRACK, apart=True, contraflow=True),
    "DOUBLE SENS CYCLABLE BANDE": Kind(LANE, contraflow=True),
    "DOUBLE SENS CYCLABLE NON MATERIALISE": Kind(CONTRAFLOW, contraflow=True),
    "VOIE VERTE": Kind(TRACK, apart=True, two_way=True),
    CYCLE_STREET: Kind(SHARED_LANE),
    "COULOIR BUS+VELO": Kind(BUS_LANE),
    "RAMPE": Kind(NOTHING, two_way=True, pushed=True),
    "GOULOTTE": Kind(NOTHING, two_way=True, pushed=True),
    "AMENAGEMENT MIXTE PIETON VELO HORS VOIE VERTE": Kind(TRACK, apart=True, two_way=True),
    CENTRAL_LANE: Kind(SHARED_LANE),
    "ACCOTEMENT REVETU HORS CVCB": Kind(SHARED_LANE),
    NO_FACILITY: Kind(NOTHING),
}  # "AUTRE" says that there is something, not what: it is left out  # fmt: skip

# Facilities that are one as far as both sources can tell.
_SAME: Final = ({BUFFERED, LANE}, {PATH, TRACK}, {SHARED_LANE, CONTRAFLOW})

SURFACES: Final[Mapping[str, tuple[int, ...]]] = {  # the first is what it is taken for
    name: tuple(shape.SURFACES.index(one) for one in surfaces)
    for name, surfaces in {
        "LISSE": ("paved",), "RUGUEUX": ("compacted", "cobbles"), "MEUBLE": ("unpaved",),
    }.items()
}  # fmt: skip
REGIME_KMH: Final[Mapping[str, int]] = {"ZONE 30": 30, "ZONE DE RENCONTRE": 20, "AIRE PIETONNE": 6}


def infrastructure_of(kind: Kind, road_class: int) -> int:
    """What `kind` is on a street of that class: on a way of its own, the way itself."""
    if road_class in OWN_WAYS:
        return PATH if kind.apart else NOTHING
    return kind.infrastructure


def is_same(one: int, other: int) -> bool:
    """Whether two of shape.INFRASTRUCTURES differ in nothing that both sources tell apart."""
    return one == other or any({one, other} <= same for same in _SAME)


def name_facility(infrastructure: int, road_class: int, *, contraflow: bool, marks: int) -> str:
    """The schema's value for one direction of a street; contraflow: cars may only come towards.

    marks: of shape.RoadFacts. A lane shared with cars that is none of the schema's kinds is
    "AUTRE", which nobody can read back.
    """
    if infrastructure == NOTHING:
        return NO_FACILITY
    if infrastructure == PATH or road_class in OWN_WAYS:
        return _PATH_NAMES.get(road_class, "VOIE VERTE")
    if infrastructure in {SHARED_LANE, CONTRAFLOW}:
        for mark, name in _MARKED.items():
            if marks & mark:
                return name
    return _NAMES[infrastructure][contraflow]


_MARKED: Final = {
    shape.CYCLE_STREET: CYCLE_STREET,
    shape.CENTRAL_LANE: CENTRAL_LANE,
}
_PATH_NAMES: Final = {
    CYCLEWAY: "PISTE CYCLABLE",
    FOOTWAY: "AMENAGEMENT MIXTE PIETON VELO HORS VOIE VERTE",
    PEDESTRIAN: "AMENAGEMENT MIXTE PIETON VELO HORS VOIE VERTE",
}
_LANES: Final = ("BANDE CYCLABLE", "DOUBLE SENS CYCLABLE BANDE")
_NAMES: Final = {  # with the traffic, and against a street's one-way
    TRACK: ("PISTE CYCLABLE", "DOUBLE SENS CYCLABLE PISTE"),
    BUFFERED: _LANES,
    LANE: _LANES,
    BUS_LANE: ("COULOIR BUS+VELO", "COULOIR BUS+VELO"),
    SHARED_LANE: ("AUTRE", "DOUBLE SENS CYCLABLE NON MATERIALISE"),
    CONTRAFLOW: ("DOUBLE SENS CYCLABLE NON MATERIALISE",) * 2,
}
