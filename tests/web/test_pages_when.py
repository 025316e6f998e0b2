"""The page « Quand partir ? » over a drawn line: what it says, where its links lead."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from drawn_answers import client_of
from timetable_text import timetable

from planner.profile import trip_profile
from planner.request import Request, StopRef
from web.pages.when import HEIGHT, day_request, leaving_for, view_when

PARIS = ZoneInfo("Europe/Paris")
# Every half hour, slower in the rush; nothing between 9:00 and 12:10.
LINE = """
    A     B
    6:30  6:50
    7:30  7:50
    8:00  8:31
    8:30  9:01
    9:00  9:20
    12:10 12:30
    """
ENDS = "from=A&from_at=stop:A&to=B&to_at=stop:B"
WHEN = f"/when?{ENDS}&when=depart&date=2026-03-25&time=08:00"


def read(path=WHEN, drawing=LINE):
    client, planner = client_of(network=timetable(drawing))
    page = client.get(path)
    assert planner.asked == []
    return page


def text_of(page):
    """Words on the page, without tags and with plain spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.text)).replace("\u00a0", " ")


def at(clock):
    return datetime.fromisoformat(f"2026-03-25T{clock}").replace(tzinfo=PARIS)


def view(clock="08:00", drawing=LINE):
    asked = at(clock)
    ends = {"origin": StopRef("A"), "destination": StopRef("B")}
    request = day_request(Request(**ends, time=asked), asked)
    return view_when(trip_profile(timetable(drawing), request), asked, lambda t: f"{t:%H:%M}")


def test_it_says_what_is_won_by_another_departure():
    assert (
        "En partant à 07:30 plutôt qu’à 08:00, vous gagnez 11 min : 20 min au lieu de 31 min."
    ) in text_of(read())
    assert (
        "Leaving at 07:30 rather than at 08:00 saves you 11 min: 20 min instead of 31 min."
    ) in text_of(read(f"{WHEN}&lang=en"))


def test_a_minute_of_wait_is_no_reason_to_leave_at_another_time():
    found = view("07:21")
    assert (found.taken.at, found.taken.seconds) == (at("07:30"), 20 * 60)
    assert found.better is None
    words = text_of(read(WHEN.replace("08:00", "07:21")))
    assert "Le prochain départ utile est à 07:30 : 20 min." in words


def test_shifts_tell_the_time_with_the_wait_and_the_gain():
    told = {shift.minutes: (shift.travel_s // 60, shift.gain_s // 60) for shift in view().shifts}
    assert told == {
        -60: (50, -19), -30: (20, 11), -15: (46, -15), 0: (31, 0), 15: (46, -15), 30: (31, 0),
        60: (20, 11),
    }  # fmt: skip
    words = text_of(read())
    assert "07:30 30 min plus tôt 20 min 11 min de moins" in words
    assert "07:00 1 h plus tôt 50 min 19 min de plus" in words
    assert "08:30 30 min plus tard 31 min autant" in words


def test_nobody_is_sent_back_in_time():
    request = Request(origin=StopRef("A"), destination=StopRef("B"), time=at("08:00:00"))
    profile = trip_profile(timetable(LINE), day_request(request, at("08:00:00")))

    def better(now):
        found = view_when(profile, at("08:00:00"), str, now=now).better
        return found and f"{found.at:%H:%M}"

    assert better(None) == "07:30"
    assert better(at("08:00:00")) == "09:00"  # not the half hour that is over
    assert better(at("07:45:00")) == "09:00"
    assert better(at("07:30:00")) == "07:30"
    assert better(at("09:30:00")) == "07:30"  # who asks of the past is told of it


def test_every_shift_adds_up_with_the_minutes_that_are_shown():
    words = text_of(read(drawing=LINE.replace("8:31", "8:30:30")))
    assert "08:00 l’heure choisie 31 min" in words  # rounded up
    assert "07:30 30 min plus tôt 20 min 11 min de moins" in words  # not the 10 that pass
    assert "08:30 30 min plus tard 31 min autant" in words


def test_a_half_hour_has_its_departures_the_shortest_and_the_wait():
    slots = {f"{slot.start:%H:%M}": slot for slot in view().slots}
    assert len(slots) == 40
    rush = slots["08:00"]
    assert (rush.count, rush.seconds // 60, rush.chosen, rush.best) == (1, 31, True, False)
    assert rush.typical_s == 45.5 * 60  # the middle of 31 at 8:00 and 60 to 32 from 8:01 on
    assert rush.url == "08:00"
    empty = slots["09:30"]
    assert (empty.count, empty.departure, empty.seconds) == (0, None, None)
    assert empty.typical_s // 60 == 165
    assert (slots["12:00"].best, slots["12:00"].url) == (True, "12:10")
    assert all(0 <= slot.wait_top <= slot.top <= HEIGHT for slot in slots.values())
    assert all(slot.top + slot.height == pytest.approx(HEIGHT) for slot in slots.values())


def test_a_column_that_is_cut_says_so():
    slots = view().slots
    assert {slot.cut for slot in slots} == {False, True}
    for slot in slots:
        if slot.cut:
            assert slot.wait_top == 0  # up to the chart's top
            assert slot.middle == pytest.approx(slot.x + slot.width / 2, abs=0.01)
    page = read().text
    assert page.count('class="slot__cut" x=') == sum(slot.cut for slot in slots)
    assert "plus long que le graphique" in page


def test_H4_the_table_holds_all_that_the_chart_shows():
    words = text_of(read())
    assert "08:00 – 08:30 1 08:00 arrivée 08:31 , 31 min direct" in words
    assert "09:30 – 10:00 0 – – 2 h 46" in words


def test_the_chart_is_for_the_eye_and_the_links_beside_it_for_the_keyboard():
    page = read().text
    plot = page[page.index("chart__plot") : page.index("<figcaption>")]
    assert plot.count("<a ") == plot.count('tabindex="-1"') == 40
    assert 'aria-hidden="true"' in page[page.index("chart__plot") - 80 : page.index("chart__line")]
    assert len(re.findall(r'<a href="/plan[^"]*time=08:30[^"]*"', page)) >= 2


def test_a_departure_leads_to_the_trips_at_that_time():
    table = read().text.partition("<tbody>")[2]
    link = re.search(r'href="([^"]*)"', table)[1].replace("&amp;", "&")
    assert link.startswith("/plan?from=A&from_at=stop:A&to=B")
    assert "when=depart&date=2026-03-25&time=06:30" in link


def test_the_wishes_of_the_form_go_along():
    page = read(f"{WHEN}&slack=5&step_free=1").text
    for link in re.findall(r'href="(/(?:plan|when)\?[^"]*)"', page):
        assert "slack=5" in link
        assert "step_free=1" in link


def test_the_answers_page_leads_here():
    client, _ = client_of()
    page = client.get("/plan?from_at=48.82311,2.27011&to_at=48.85311,2.34911&from=I&to=L")
    link = re.search(r'href="(/when[^"]*)"', page.text)[1]
    assert "when=depart" in link
    assert "date=" in link


def test_arriving_by_a_time_one_leaves_for_it():
    request = day_request(
        Request(origin=StopRef("A"), destination=StopRef("B"), time=at("08:00")), at("08:00")
    )
    profile = trip_profile(timetable(LINE), request)
    assert leaving_for(profile, at("09:00")) == at("08:00")
    assert leaving_for(profile, at("05:00")) == at("05:00")
    words = text_of(read(WHEN.replace("when=depart", "when=arrive").replace("08:00", "09:00")))
    assert "plutôt qu’à 08:00" in words


def test_before_the_days_window_nothing_is_said_of_a_shift():
    found = view("02:00")
    assert (found.asked, found.taken, found.shifts) == (None, None, ())
    assert read(WHEN.replace("08:00", "02:00")).status_code == 200


def test_H1_a_day_without_timetable_has_its_reason():
    words = text_of(read(WHEN.replace("2026", "2030")))
    assert "Aucun horaire n’est publié pour cette date." in words


def test_what_the_page_takes_no_account_of_is_said():
    words = text_of(read(f"{WHEN}&prefer=walk"))
    assert "Cette page ne tient compte ni de l’arrêt à desservir" in words


def test_a_place_that_is_missing_is_asked_for():
    page = read("/when?from=A&from_at=stop:A")
    assert page.status_code == 400
    assert "Indiquez un lieu." in page.text


def test_nothing_of_it_is_kept_on_the_way():
    page = read()
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in page.headers
