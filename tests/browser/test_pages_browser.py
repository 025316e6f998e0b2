"""The pages in a real browser: on a phone and on a desk, in both languages, by day and by night."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.browser

PHONE, DESK = 390, 1280
PLAN = (
    "/plan?from=Fort+d%27Issy&from_at=48.8175,2.2705&to=Corentin+Celton&to_at=48.82687,2.27888"
    "&when=depart&date=2026-11-24&time=08:30"
)
WORDS = {
    "fr": {"go": "Voir les trajets", "transit": "En transports", "map": "Voir la carte",
           "here": "Partir d’ici", "right": "Déplacer la carte vers la droite", "canvas": "Carte"},
    "en": {"go": "Show trips", "transit": "By transit", "map": "Show the map",
           "here": "Start here", "right": "Move the map right", "canvas": "map"},
}  # fmt: skip


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_search_by_keyboard_plan_and_read(visit, width, language):
    seen = visit(width)
    page = seen.page
    seen.go(f"/?lang={language}")
    assert WORDS[language]["go"] in page.inner_text("button.go")
    for box, typed, wanted in (
        ("from", "mairie d'is", "Mairie d'Issy"),
        ("to", "corentin c", "Corentin Celton"),
    ):
        page.focus(f"#{box}")
        page.keyboard.type(typed, delay=15)
        page.wait_for_selector(f'#{box}-suggestions [role=option]:has-text("{wanted}")')
        assert page.get_attribute(f"#{box}", "aria-expanded") == "true"
        page.keyboard.press("ArrowDown")
        active = page.get_attribute(f"#{box}", "aria-activedescendant")
        assert page.get_attribute(f"#{active}", "aria-selected") == "true"
        page.keyboard.press("Enter")
        assert page.input_value(f"#{box}").startswith(wanted)
        assert page.get_attribute(f"#{box}", "aria-expanded") == "false"
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan?**")
    assert "from_at=stop" in page.url
    assert page.inner_text("h1").startswith("Mairie d'Issy")
    assert WORDS[language]["transit"] in page.inner_text("[data-answer]")
    first = page.locator("[data-trip]").first
    assert first.get_attribute("open") is not None
    assert re.search(r"\d\d:\d\d", first.inner_text())
    assert page.locator("html").get_attribute("lang") == language


def test_a_new_answer_comes_without_a_page_load(visit):
    seen = visit(DESK)
    page = seen.page
    seen.go(PLAN)
    seen.map_is_drawn()
    page.evaluate("document.body.dataset.kept = 'yes'")
    before = page.inner_text("#answer-title")
    page.click("[data-swap]")
    page.click("button.go")
    page.wait_for_function(
        "before => document.querySelector('#answer-title').innerText !== before", arg=before
    )
    assert page.evaluate("document.body.dataset.kept") == "yes"
    assert "trajet" in page.inner_text("[data-announce]")
    assert page.evaluate("document.activeElement.id") == "answer-title"
    assert "from=Corentin+Celton" in page.url
    colours = page.eval_on_selector_all(
        ".sign", "signs => signs.map(s => getComputedStyle(s).backgroundColor)"
    )
    assert colours
    assert len(set(colours)) >= 1
    assert "rgb(60, 74, 99)" not in colours  # each line in its own colour, none in the neutral one
    page.go_back()
    page.wait_for_function(
        "before => document.querySelector('#answer-title')?.innerText === before", arg=before
    )


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_pan_and_choose_on_the_map(visit, width):
    seen = visit(width)
    page, words = seen.page, WORDS["fr"]
    seen.go(PLAN)
    if width == PHONE:
        page.click(f"text={words['map']}")
    seen.map_is_drawn()
    page.wait_for_selector("[data-map][data-center]", state="attached")
    before = page.get_attribute("[data-map]", "data-center")
    page.click(f'[aria-label="{words["right"]}"]')
    seen.map_is_drawn()
    lon = [
        float(text.split(",")[1])
        for text in (before, page.get_attribute("[data-map]", "data-center"))
    ]
    assert lon[1] > lon[0]
    assert words["canvas"] in page.get_attribute(".maplibregl-canvas", "aria-label")
    canvas = page.locator(".maplibregl-canvas").bounding_box()
    page.mouse.click(canvas["x"] + canvas["width"] / 3, canvas["y"] + canvas["height"] / 2)
    page.wait_for_selector("[data-pick]:not([hidden])")
    page.click(f"text={words['here']}")
    page.wait_for_function("() => !new URL(location).searchParams.get('from').startsWith('Fort')")
    assert page.locator("[data-trip]").count() > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_axe_finds_no_barrier(visit, width, language, scheme):
    seen = visit(width, scheme=scheme)
    page = seen.page
    for path in ("/?", f"{PLAN}&", "/plan?from=mairie&to=qsdfghj&", "/sources?", "/accessibility?"):
        seen.complaints.clear()  # of a form that asks again, the status is an error to the console
        seen.go(f"{path}lang={language}")
        if path == "/?":
            seen.map_is_drawn()
        page.evaluate("document.querySelectorAll('.options, .more').forEach(d => (d.open = true))")
        assert seen.faults() == [], path
    seen.complaints.clear()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_nothing_is_wider_than_the_window(visit, width):
    seen = visit(width)
    for path in ("/", PLAN, "/sources", "/accessibility"):
        seen.go(path)
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_all_of_it_works_without_script(visit, width):
    seen = visit(width, script=False)
    page = seen.page
    seen.go("/")
    assert not page.is_visible(".map-pane")
    page.fill("#from", "mairie")
    page.fill("#to", "48.8175,2.2705")
    page.click("button.go")
    page.click("text=Mairie d'Issy")  # which of them was meant
    assert page.inner_text("h1").startswith("Mairie d'Issy")
    assert page.locator("[data-trip]").count() > 1
    page.locator("summary.card__head").nth(1).click()
    assert page.locator("[data-trip]").nth(1).get_attribute("open") is not None
    page.fill("#from", "Corentin Celton")  # the hidden place is the old text's: it must not win
    page.click("button.go")
    assert page.inner_text("h1").startswith("Corentin Celton")


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_step_free_is_ticked_asked_for_and_kept(visit, width, script):
    seen = visit(width, script=script)
    page = seen.page
    seen.go(PLAN)
    page.click(".options__summary")
    box = page.get_by_role("checkbox", name="Sans escalier (fauteuil, poussette)")
    box.focus()
    page.keyboard.press("Space")
    assert box.is_checked()
    page.click("button.go")
    page.wait_for_url("**step_free=1**")
    page.wait_for_selector("[data-options-text]:has-text('sans escalier')")
    assert page.locator("[data-trip]").count() > 0
    box = page.locator("[name=step_free]")
    assert box.is_checked()
    if script:
        page.evaluate("document.querySelectorAll('.options, .more').forEach(d => (d.open = true))")
        assert seen.faults() == []


def test_on_paper_there_is_the_trip_and_no_form(visit):
    seen = visit(DESK)
    seen.go(PLAN)
    seen.page.emulate_media(media="print")
    assert not seen.page.is_visible(".search")
    assert not seen.page.is_visible(".map-pane")
    assert seen.page.is_visible(".legs")


WHEN = PLAN.replace("/plan", "/when")


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_from_the_answer_to_when_to_leave_and_on_to_another_hour(visit, width, script):
    seen = visit(width, script=script)
    page = seen.page
    seen.go(PLAN)
    page.click("text=Quand partir ?")
    page.wait_for_url("**/when?**")
    assert page.inner_text("h1").replace("\u00a0", " ") == "Quand partir ?"
    assert page.locator(".slot rect.slot__trip").count() > 20
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("details.more summary").focus()
    page.keyboard.press("Enter")
    link = page.locator("tbody a").nth(6)
    link.focus()
    clock = link.locator("time").first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan?**")
    assert f"time={clock}" in page.url.replace("%3A", ":")
    assert page.locator("[data-trip] time").first.inner_text() == clock


def test_a_column_of_the_day_leads_to_its_trips(visit):
    seen = visit(DESK)
    page = seen.page
    seen.go(WHEN)
    page.locator("a.slot").nth(12).click()
    page.wait_for_url("**/plan?**")
    assert "time=10" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_axe_finds_no_barrier_on_when_to_leave(visit, width, language, scheme):
    seen = visit(width, scheme=scheme)
    seen.go(f"{WHEN}&lang={language}")
    assert seen.faults() == []
    seen.page.evaluate("document.querySelector('details.more').open = true")
    assert seen.faults() == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_the_day_is_still_there(visit):
    seen = visit(DESK)
    seen.go(WHEN)
    seen.page.emulate_media(media="print")
    assert seen.page.is_visible(".chart")
    assert seen.page.is_visible(".shifts")
    assert not seen.page.is_visible(".actions")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_options_are_chosen_by_keyboard_and_stay_in_the_address(visit, width):
    seen = visit(width)
    page = seen.page
    seen.go(PLAN)
    page.locator(".wishes summary").focus()
    page.keyboard.press("Enter")
    page.focus("#via")
    page.keyboard.type("corentin c", delay=15)
    page.wait_for_selector('#via-suggestions [role=option]:has-text("Corentin Celton")')
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.check("[name=slack][value='5']", force=True)
    page.check("[name=pace][value=slow]", force=True)
    page.check("[name=avoid][value=tram]", force=True)
    assert seen.faults() == []
    page.click("button.go")
    page.wait_for_url("**slack=5**")
    for part in ("via_at=stop", "pace=slow", "avoid=tram"):
        assert part in page.url
    assert "max_walk" not in page.url
    page.wait_for_selector(".wishes [data-options-text]:has-text('5 min de plus')")
    assert page.locator("[data-trip]").count() > 0
