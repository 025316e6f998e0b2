"""Who may use a street: tag tables, one line per rule."""

from __future__ import annotations

import pytest
from street_drawing import say_modes

from graph_build.streets.access import read_street
from graph_build.streets.barriers import find_passage, pass_through
from graph_build.streets.road_facts import parse_speed_kmh
from planner.network import shape


def read_tags(text: str) -> dict[str, str]:
    """Tags of "highway=footway bicycle=yes"."""
    pairs = (pair.split("=", 1) for pair in text.split())
    return dict(pairs)


def modes(text: str) -> tuple[str, str]:
    """Who may go forward and who backward."""
    facts = read_street(read_tags(text))
    if facts is None:
        return "", ""
    forward, backward = (
        say_modes(side.access, pushed=bool(side.flags & shape.PUSH))
        for side in (facts.forward, facts.backward)
    )
    return forward, backward


def check(tags: str, forward: str, backward: str) -> None:
    expected = (" ".join(forward.split()), " ".join(backward.split()))
    assert modes(tags) == expected, tags


BOTH_WAYS = [
    # tags                                                   who, either way
    ("highway=residential",                                  "walk bike car"),
    ("highway=tertiary_link",                                "walk bike car"),
    ("highway=trunk",                                        "bike car"),
    ("highway=trunk sidewalk=right",                         "walk bike car"),
    ("highway=trunk foot=yes",                               "walk bike car"),
    ("highway=trunk motorroad=yes",                          "car"),
    ("highway=primary motorroad=yes sidewalk=both",          "car"),
    ("highway=motorway oneway=no",                           "car"),
    ("highway=motorway oneway=no foot=yes",                  "car"),
    ("highway=steps",                                        "walk push"),
    ("highway=steps bicycle=yes ramp:bicycle=yes",           "walk push"),
    ("highway=corridor",                                     "walk"),
    ("highway=elevator",                                     "walk"),
    ("railway=platform",                                     "walk push"),
    ("public_transport=platform",                            "walk push"),
    ("highway=cycleway",                                     "walk bike"),
    ("highway=cycleway foot=no",                             "bike"),
    ("highway=path",                                         "walk bike"),
    ("highway=bridleway bicycle=yes",                        "walk bike"),
    ("highway=track access=agricultural",                    ""),
    ("highway=track motor_vehicle=agricultural",             "walk bike"),
    ("highway=service access=no foot=yes",                   "walk push"),
    ("highway=residential vehicle=no bicycle=yes",           "walk bike"),
    ("highway=residential motor_vehicle=no",                 "walk bike"),
    ("highway=residential motorcar=no",                      "walk bike"),
    ("highway=residential access=no",                        ""),
    ("highway=busway",                                       ""),
    ("highway=busway bicycle=yes",                           "bike"),
    ("highway=residential bicycle_road=yes motor_vehicle=destination", "walk bike car*"),
    ("highway=residential cyclestreet=yes vehicle=destination", "walk bike car*"),
    ("highway=primary bicycle=use_sidepath",                 "walk push car"),
    ("highway=pedestrian motor_vehicle=delivery",            "walk push car*"),
    ("route=ferry",                                          "walk bike"),
    ("route=ferry motor_vehicle=yes",                        "walk bike car"),
    ("route=ferry foot=yes bicycle=no",                      "walk push"),
    ("highway=footway conveying=yes",                        "walk push"),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "who"), BOTH_WAYS)
def test_D13_who_may_use_a_street(tags: str, who: str) -> None:
    check(tags, who, who)


CONTRAFLOW = [
    # tags                                                           forward          backward
    ("oneway=yes",                                                   "walk bike car", "walk push"),
    ("oneway=1",                                                     "walk bike car", "walk push"),
    ("oneway=-1",                                                    "walk push", "walk bike car"),
    ("junction=roundabout",                                          "walk bike car", "walk push"),
    ("oneway=yes oneway:bicycle=no",                                 "walk bike car", "walk bike"),
    ("oneway=-1 oneway:bicycle=no",                                  "walk bike", "walk bike car"),
    ("oneway=yes cycleway=opposite",                                 "walk bike car", "walk bike"),
    ("oneway=yes cycleway=opposite_lane",                            "walk bike car", "walk bike"),
    ("oneway=yes cycleway=opposite_track",                           "walk bike car", "walk bike"),
    ("oneway=yes cycleway:left=opposite_lane",                       "walk bike car", "walk bike"),
    ("oneway=yes cycleway:right=opposite_lane",                      "walk bike car", "walk bike"),
    ("oneway=yes cycleway:both=opposite_lane",                       "walk bike car", "walk bike"),
    ("oneway=yes cycleway:left=lane cycleway:left:oneway=-1",        "walk bike car", "walk bike"),
    ("oneway=yes cycleway:left=track cycleway:left:oneway=no",       "walk bike car", "walk bike"),
    ("oneway=-1 cycleway=opposite_lane",                             "walk bike", "walk bike car"),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "forward", "backward"), CONTRAFLOW)
def test_D1_contraflow(tags: str, forward: str, backward: str) -> None:
    check(f"highway=residential {tags}", forward, backward)


NOT_CONTRAFLOW = [
    "oneway=yes cycleway:left=track",
    "oneway=yes cycleway:left=separate",
    "oneway=yes cycleway=lane",
    "oneway=yes cycleway:both=lane",
    "oneway=yes cycleway:left=lane",
    "oneway=yes oneway:bicycle=yes cycleway=opposite_lane",
    "oneway=yes cycleway:left:oneway=-1",  # no facility that it could speak of
]


@pytest.mark.parametrize("tags", NOT_CONTRAFLOW)
def test_D2_not_contraflow(tags: str) -> None:
    check(f"highway=residential {tags}", "walk bike car", "walk push")


def test_D2_a_cycleway_may_bind_bicycles_one_way() -> None:
    check("highway=cycleway oneway=yes", "walk bike", "walk push")
    check("highway=cycleway oneway:bicycle=yes", "walk bike", "walk push")
    check("highway=cycleway oneway=yes foot=no", "bike", "")


PUSHED = [
    ("highway=footway", "walk push"),
    ("highway=pedestrian", "walk push"),
    ("highway=footway bicycle=no", "walk push"),
    ("highway=footway bicycle=dismount", "walk push"),
    ("highway=residential bicycle=no", "walk push car"),
    ("highway=residential bicycle=dismount", "walk push car"),
    ("highway=footway bicycle=yes", "walk bike"),
    ("highway=footway bicycle=designated", "walk bike"),
    ("highway=footway access=yes", "walk push"),
    ("highway=footway foot=no", ""),
]


@pytest.mark.parametrize(("tags", "who"), PUSHED)
def test_D3_a_bicycle_is_pushed_where_one_may_walk(tags: str, who: str) -> None:
    check(tags, who, who)


ENDS = [
    ("highway=service access=private",                    "walk* bike* car*"),
    ("highway=service access=private;delivery",           "walk* bike* car*"),
    ("highway=service access=customers",                  "walk* bike* car*"),
    ("highway=residential motor_vehicle=destination",     "walk bike car*"),
    ("highway=residential access=private foot=yes",       "walk bike* car*"),
    ("highway=residential vehicle=private",               "walk bike* car*"),
    ("highway=residential access=yes;private",            "walk bike car"),
    ("highway=footway access=private",                    "walk* push*"),
    ("highway=service access=no motor_vehicle=delivery",  "car*"),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "who"), ENDS)
def test_D6_private_streets_are_for_the_ends(tags: str, who: str) -> None:
    check(tags, who, who)


def test_D6_access_per_direction() -> None:
    check("highway=service access:backward=no", "walk bike car", "")
    check("highway=tertiary motor_vehicle:forward=no", "walk bike", "walk bike car")
    check("highway=tertiary bicycle:backward=no", "walk bike car", "walk push car")


BARRIERS = [
    # tags of the node                            who passes
    ("barrier=bollard",                           "walk bike"),
    ("barrier=bollard access=no",                 "walk bike"),
    ("barrier=bollard access=yes",                "walk bike car"),
    ("barrier=bollard bicycle=no",                "walk push"),
    ("barrier=bollard motor_vehicle=yes",         "walk bike car"),
    ("barrier=cycle_barrier",                     "walk push"),
    ("barrier=kissing_gate",                      "walk"),
    ("barrier=kissing_gate bicycle=yes",          "walk bike"),
    ("barrier=stile",                             "walk"),
    ("barrier=gate",                              "walk bike car"),
    ("barrier=gate access=private",               "walk* bike* car*"),
    ("barrier=gate motor_vehicle=private",        "walk bike car*"),
    ("barrier=gate locked=yes",                   ""),
    ("barrier=gate access=no foot=yes",           "walk push"),
    ("barrier=lift_gate",                         "walk bike car"),
    ("barrier=block",                             "walk bike"),
    ("barrier=fence",                             ""),
    ("barrier=kerb",                              "walk bike car"),
    ("barrier=something_new",                     "walk bike car"),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "who"), BARRIERS)
def test_D5_who_passes_a_barrier(tags: str, who: str) -> None:
    everyone = shape.WALK | shape.BIKE | shape.CAR
    access, pushed = find_passage(read_tags(tags)) or (everyone, False)
    assert say_modes(access, pushed=pushed) == who


def test_D5_a_gate_lets_through_whom_both_street_and_gate_admit() -> None:
    street, gate = (
        shape.WALK | shape.CAR | shape.CAR_ENDS,
        shape.WALK | shape.WALK_ENDS | shape.BIKE,
    )
    assert say_modes(pass_through(street, gate), pushed=False) == "walk*"


SPEEDS = [
    # maxspeed             km/h
    ("50",                 50),
    ("30 mph",             48.28032),
    ("30mph",              48.28032),
    ("20 km/h",            20),
    ("50;30",              30),
    ("FR:urban",           50),
    ("FR:30",              30),
    ("FR:zone30",          30),
    ("DE:zone:20",         20),
    ("walk",               6),
    ("none",               130),
    ("",                   None),
    ("fast",               None),
    ("0",                  None),
    (";;",                 None),
    ("50-70",              None),
    ("٣٠",                 30),
]  # fmt: skip


@pytest.mark.parametrize(("text", "speed"), SPEEDS)
def test_D12_dirty_speeds(text: str, speed: float | None) -> None:
    assert parse_speed_kmh(text) == (None if speed is None else pytest.approx(speed))


INFRASTRUCTURE = [
    # tags                                                          forward        backward
    ("highway=residential",                                         "none", "none"),
    ("highway=cycleway",                                            "path", "path"),
    ("highway=footway bicycle=designated",                          "path", "path"),
    ("highway=footway",                                             "none", "none"),
    ("highway=tertiary cycleway=lane",                              "lane", "lane"),
    ("highway=tertiary cycleway:both=track",                        "track", "track"),
    ("highway=tertiary cycleway:right=lane",                        "lane", "none"),
    ("highway=tertiary cycleway:left=lane",                         "none", "lane"),
    ("highway=tertiary cycleway:left=track cycleway:left:oneway=no", "track", "track"),
    ("highway=tertiary cycleway:right=lane cycleway:right:buffer=yes", "buffered", "none"),
    ("highway=tertiary cycleway:both=separate",                     "none", "none"),
    ("highway=tertiary cycleway=share_busway",                      "bus_lane", "bus_lane"),
    ("highway=tertiary cycleway:right=shared_lane",                 "shared_lane", "none"),
    ("highway=tertiary cycleway:right=lane cycleway:right:lane=advisory", "shared_lane", "none"),
    ("highway=residential cyclestreet=yes",                         "shared_lane", "shared_lane"),
    ("highway=residential oneway=yes oneway:bicycle=no",            "none", "contraflow"),
    ("highway=residential oneway=yes cycleway=opposite_lane",       "none", "lane"),
    ("highway=residential oneway=yes cycleway:left=opposite_track", "none", "track"),
    ("highway=residential oneway=yes cycleway=lane",                "lane", "none"),
    ("highway=residential oneway=yes cycleway:left=lane",           "lane", "none"),
    ("highway=residential oneway=yes cycleway:right=lane cycleway:left=opposite_lane",
                                                                    "lane", "lane"),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "forward", "backward"), INFRASTRUCTURE)
def test_D13_what_a_cyclist_finds(tags: str, forward: str, backward: str) -> None:
    facts = read_street(read_tags(tags))
    assert facts is not None
    found = [shape.INFRASTRUCTURES[side.infrastructure] for side in (facts.forward, facts.backward)]
    assert found == [forward, backward]


@pytest.mark.parametrize("value", ["construction", "proposed", "abandoned", "raceway"])
def test_D15_streets_not_there_yet_or_any_more(value: str) -> None:
    assert read_street({"highway": value, "foot": "yes", "construction": "residential"}) is None


def test_D12_any_text_in_any_tag_is_read() -> None:
    from feeds.osm_tags import WAY_KEYS  # noqa: PLC0415

    for value in ("", ";", "yes;no", "-1", "2;3", "é" * 300, "50;30 mph", "\x00"):
        tags = dict.fromkeys(WAY_KEYS, value) | {"highway": "residential"}
        facts = read_street(tags)
        assert facts is None or 1 <= facts.forward.speed_kmh <= 255
