"""The times of a trip in whole minutes, on the night too in which the clock is put back."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from drawn_answers import HOME, METRO, RER, WORK, answer, stop, walk

from planner.itinerary import Itinerary, StopCall, later, seconds_between
from web.commands.plan_text import print_answer
from web.pages.answer import view_answer
from web.wording.language import speak

PARIS = ZoneInfo("Europe/Paris")
TWO_THIRTY = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)  # at 3:00 it is 2:00 again


def at_night(minutes):
    return later(TWO_THIRTY, 60 * minutes)


def street(origin, destination, begin, minutes):
    leg = walk(origin, destination, "08:00:00", minutes)
    return replace(leg, start=begin, end=later(begin, 60 * minutes))


def night_trip():
    """Bus from 2:40 to 2:55, metro from 2:05 (an hour later by the sun's clock) to 2:25."""
    calls = [at_night(10), at_night(25), at_night(35), at_night(55)]
    bus, metro = (
        replace(
            leg,
            calls=tuple(
                StopCall(place=call.place, arrival=time, departure=time)
                for call, time in zip((leg.calls[0], leg.calls[-1]), times, strict=True)
            ),
        )
        for leg, times in ((RER, calls[:2]), (METRO, calls[2:]))
    )
    return Itinerary(
        (
            street(HOME, stop(1), at_night(7), 3),
            bus,
            street(stop(3), stop(4), at_night(25), 2),
            metro,
            street(stop(5), WORK, at_night(55), 4),
        )
    )


def test_seconds_between_counts_the_hour_that_comes_twice():
    assert seconds_between(at_night(0), at_night(45)) == 45 * 60
    assert at_night(45).replace(fold=0) - at_night(0) != 45 * 60  # why `-` won't do


def test_A2_cards_of_the_night_in_which_the_clock_is_put_back():
    night, on_foot = night_trip(), Itinerary((street(HOME, WORK, TWO_THIRTY, 84),))
    view = view_answer(answer(itineraries=(night,), direct=(on_foot,)))
    card = view.transit[0]
    assert (card.start.strftime("%H:%M"), card.end.strftime("%H:%M")) == ("02:37", "02:29")
    assert card.seconds == 52 * 60
    assert [leg.seconds // 60 for leg in card.legs] == [3, 15, 2, 20, 4]
    assert [leg.wait_s // 60 for leg in card.legs] == [0, 0, 0, 8, 0]
    assert [bar.x for bar in card.ribbon] == sorted(bar.x for bar in card.ribbon)
    assert view.direct[0].seconds == 84 * 60


def test_A2_the_terminal_counts_the_same(capsys):
    with speak("en"):
        assert print_answer(answer(itineraries=(night_trip(),), direct=()), PARIS)
    printed = capsys.readouterr().out.replace("\xa0", " ")
    assert "02:37 → 02:29  52 min" in printed
    assert "2 min, 160 m" in printed


def test_the_terminal_rounds_up_the_arrival_on_foot_as_the_page_does(capsys):
    leg = street(HOME, WORK, at_night(-60), 6)
    trip = Itinerary((replace(leg, end=later(leg.start, 5 * 60 + 10)),))
    with speak("en"):
        assert print_answer(answer(itineraries=(), direct=(trip,)), PARIS)
    assert "01:30 → 01:36  6 min" in capsys.readouterr().out.replace("\xa0", " ")
    assert view_answer(answer(itineraries=(), direct=(trip,))).direct[0].seconds == 6 * 60
