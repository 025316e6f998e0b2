"""The page and the terminal say whom to tell, so that the vehicle stops."""

from dataclasses import replace

import pytest
from drawn_answers import METRO, answer, client_of

from planner.itinerary import Arrangement, Itinerary
from web.wording.words import say_arrangements

PLAN = "/plan?from=Ici&from_at=48.82311,2.27011&to=L%C3%A0&to_at=48.85311,2.34911"


def arranged(leg=METRO, *, pickup=Arrangement.REGULAR, drop_off=Arrangement.REGULAR):
    first, *between, last = leg.calls
    calls = (replace(first, pickup=pickup), *between, replace(last, drop_off=drop_off))
    return replace(leg, calls=calls)


def page_of(leg, language):
    client, _ = client_of(replace(answer(), itineraries=(Itinerary((leg,)),)))
    when = "when=depart&date=2026-03-25&time=08:00"
    reply = client.get(f"{PLAN}&{when}", headers={"Accept-Language": language})
    return reply.get_data(as_text=True).replace("\N{NO-BREAK SPACE}", " ")


ASKED = arranged(pickup=Arrangement.PHONE_AGENCY, drop_off=Arrangement.ASK_DRIVER)


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("fr", ("Montée à la demande : réservez auprès de l’exploitant.",
                "Descente à la demande : entendez-vous avec le conducteur.")),
        ("en", ("Pick-up on request: book with the operator.",
                "Drop-off on request: arrange it with the driver.")),
    ],
)  # fmt: skip
def test_the_page_says_it_in_both_languages(language, sentences):
    page = page_of(ASKED, language)
    for sentence in sentences:
        assert page.count(sentence) == 1
        assert sentence not in page_of(METRO, language)


def test_nobody_is_told_who_stays_in_the_vehicle():
    stays = replace(ASKED, stay_seated=True)
    assert len(say_arrangements(ASKED)) == 2
    assert say_arrangements(ASKED, goes_on=True) == say_arrangements(ASKED)[:1]
    assert say_arrangements(stays) == say_arrangements(ASKED)[1:]
    assert say_arrangements(stays, goes_on=True) == []


def test_where_nobody_gets_on_or_off_nothing_is_arranged():
    never = Arrangement.NOT_ALLOWED
    assert say_arrangements(arranged(pickup=never, drop_off=never)) == []
