"""What a call shows and asks of its riders: headsigns of stops, and stopping on request."""

from __future__ import annotations

import pytest
from feed_text import draw_feed, split_files, write_feed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_town import fed_town

from feeds.gtfs import read_gtfs
from feeds.issues import IssueLog
from graph_build.timetable.compile import compile_timetable
from planner.itinerary import Arrangement, TransitLeg
from web.motis.response import plan_response

LINE = """
    A     B     C
    8:00  8:10  8:20
    """


def with_columns(drawing, columns, *files, places=None):
    """A drawn feed whose stop_times have more columns, a word for each row and `.` for blank.

    Those that it has already are replaced.
    """
    made = split_files(draw_feed(drawing, *files, places=places))
    head, *rows = (row.split(",") for row in made["stop_times.txt"].strip().split("\n"))
    for name, words in columns.items():
        values = ["" if word == "." else word for word in words.split()]
        if name not in head:
            head.append(name)
            rows = [[*row, ""] for row in rows]
        for row, value in zip(rows, values, strict=True):
            row[head.index(name)] = value
    made["stop_times.txt"] = "\n".join([",".join(row) for row in (head, *rows)]) + "\n"
    return "".join(f"# {file}\n{content}" for file, content in made.items())


def town_of(folder, drawing, *files, **columns):
    return fed_town(folder, with_columns(drawing, columns, *files))


def rides(answer):
    return [leg for one in answer.itineraries for leg in one.legs if isinstance(leg, TransitLeg)]


def sign(town, origin, destination, at="7:55"):
    (leg,) = rides(town.ask(f"stop {origin}", f"stop {destination}", at))
    return leg.headsign


# --- stop_headsign


def test_a_stops_headsign_is_shown_to_who_boards_there(tmp_path):
    town = town_of(tmp_path, LINE, stop_headsign="Loop Centre .")
    assert sign(town, "A", "B") == sign(town, "A", "C") == "Loop"
    assert sign(town, "B", "C") == "Centre"


def test_a_stops_headsign_is_its_own_alone(tmp_path):
    """GTFS: it "does not apply to subsequent stop_times in the same trip"."""
    town = town_of(tmp_path, LINE, stop_headsign="Loop . .")
    assert sign(town, "A", "C") == "Loop"
    assert sign(town, "B", "C") == "C"  # the trip's


def test_a_feed_without_headsigns_of_stops_stores_none(tmp_path):
    for name, columns in (
        ("none", {}), ("blank", {"stop_headsign": ". . ."}), ("same", {"stop_headsign": "C C C"}),
    ):  # fmt: skip
        (tmp_path / name).mkdir()
        town = town_of(tmp_path / name, LINE, **columns)
        table = town.network.timetable
        assert [len(column) for column in (table.signed_trip, table.signed_row, table.sign)] == [
            0, 0, 0,
        ]  # fmt: skip
        assert sign(town, "A", "C") == "C"


def test_alike_trips_share_their_row_of_headsigns(tmp_path):
    drawing = LINE + "    9:00  9:10  9:20\n    9:30  9:40  9:50\n"
    town = town_of(tmp_path, drawing, stop_headsign="X Y . X Y . X . .")
    table = town.network.timetable
    assert table.signed_row.tolist() == [0, 0, 1]
    assert (len(table.sign_offset), len(table.sign)) == (3, 6)
    assert sign(town, "B", "C", "8:55") == "Y"
    assert sign(town, "B", "C", "9:25") == "C"


def test_headsigns_stay_with_their_trips_where_rules_part_their_calls(tmp_path):
    """A rule of the second trip puts it behind the third in its stop sequence."""
    drawing = "A     B\n8:00  8:10\n9:00  9:10\n10:00  10:10\n--\nB     D\n9:15  9:30"
    rule = "# transfers.txt\nfrom_stop_id,to_stop_id,from_trip_id,to_trip_id,transfer_type,"
    rule += "min_transfer_time\nB,B,T2,T4,2,60\n"
    town = town_of(tmp_path, drawing, rule, stop_headsign="one . . . three . four .")
    assert list(town.network.timetable.trip_id.list_all()) == ["T1", "T3", "T2", "T4"]
    assert [leg.headsign for leg in rides(town.ask("stop A", "stop D", "8:55"))] == ["B", "four"]
    for at, shown in (("7:55", "one"), ("8:55", "B"), ("9:55", "three")):
        assert sign(town, "A", "B", at) == shown


words = st.sampled_from(["", "", "X", "Y", "C"])
trips = st.lists(st.lists(words, min_size=3, max_size=3), min_size=1, max_size=5)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(trips, min_size=1, max_size=2))
def test_every_call_of_every_feed_shows_what_its_row_says(tmp_path, feeds):
    """Against the rows themselves; the same words in two feeds."""
    read, said = [], []
    for number, rows in enumerate(feeds):
        drawing = "A     B     C\n" + "\n".join(
            f"{8 + n}:00  {8 + n}:10  {8 + n}:20  trip=f{number}t{n}" for n in range(len(rows))
        )
        column = " ".join(word or "." for row in rows for word in row)
        elsewhere = dict.fromkeys("ABC", (45.0 + number, 2.0))  # or they were two versions
        text = with_columns(drawing, {"stop_headsign": column}, places=elsewhere)
        said += [[word or "C" for word in row] for row in rows]
        read.append(read_gtfs(write_feed(tmp_path / f"{number}.zip", text), name=f"f{number}"))
    table = compile_timetable(read, issues=IssueLog()).timetable
    shown = []
    for trip in range(len(table.trip_service)):
        row = [table.headsign.get(int(table.trip_headsign[trip]))] * 3
        for place in [place for place, one in enumerate(table.signed_trip) if one == trip]:
            first = table.sign_offset[table.signed_row[place]]
            signs = table.sign[first : first + 3].tolist()
            row = [
                own if number < 0 else table.headsign.get(number)
                for own, number in zip(row, signs, strict=True)
            ]
        shown.append(row)
    assert shown == said


# --- A12: pick-up and drop-off types


def arranged(town, origin, destination):
    (leg,) = rides(town.ask(f"stop {origin}", f"stop {destination}", "7:55"))
    return leg.calls[0].pickup.name, leg.calls[-1].drop_off.name


def test_B4_stopping_on_request_is_told_of_the_calls_it_is_about(tmp_path):
    town = town_of(tmp_path, LINE, pickup_type="2 3 0", drop_off_type="0 3 2")
    assert arranged(town, "A", "B") == ("PHONE_AGENCY", "ASK_DRIVER")
    assert arranged(town, "B", "C") == ("ASK_DRIVER", "PHONE_AGENCY")
    (leg,) = rides(town.ask("stop A", "stop C", "7:55"))
    assert leg.calls[1].pickup is leg.calls[1].drop_off is Arrangement.ASK_DRIVER


@pytest.mark.parametrize(("kind", "found"), [(0, 1), (1, 0), (2, 1), (3, 1)])
def test_B4_only_type_1_keeps_riders_from_getting_on_or_off(tmp_path, kind, found):
    for name in ("pickup_type", "drop_off_type"):
        (tmp_path / name).mkdir()
        town = town_of(tmp_path / name, LINE, **{name: f"{kind} {kind} {kind}"})
        for options in ({}, {"at": "8:30", "arrive_by": True}):
            answer = town.ask("stop A", "stop C", **({"at": "7:55"} | options))
            assert len(answer.itineraries) == found


def test_the_api_tells_it_in_motis_words_and_in_its_own(tmp_path):
    town = town_of(tmp_path, LINE, pickup_type="2 1 .", drop_off_type=". 0 3")
    answer = plan_response(town.ask("stop A", "stop C", "7:55"), town.network)
    (leg,) = answer["itineraries"][0]["legs"]
    told = [
        {key: value for key, value in place.items() if key.startswith(("pickup", "dropoff"))}
        for place in (leg["from"], *leg["intermediateStops"], leg["to"])
    ]
    assert told == [
        {"pickupType": "NORMAL", "dropoffType": "NORMAL", "pickupArrangement": "PHONE_AGENCY"},
        {"pickupType": "NOT_ALLOWED", "dropoffType": "NORMAL"},
        {"pickupType": "NORMAL", "dropoffType": "NORMAL", "dropoffArrangement": "ASK_DRIVER"},
    ]
    assert "pickupType" not in answer["from"]
