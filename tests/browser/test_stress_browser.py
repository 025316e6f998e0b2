"""The map of traffic stress in a real browser: by keyboard, on a phone and on a desk."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

PHONE, DESK = 390, 1280
WORDS = {
    "fr": {"stress": "Stress cyclable", "child": "enfants"},
    "en": {"stress": "Cycling stress", "child": "children"},
}


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_stress_is_switched_on_and_off_by_keyboard(visit, width, language, scheme):
    seen = visit(width, scheme=scheme)
    page, words = seen.page, WORDS[language]
    seen.go(f"/?lang={language}")
    seen.map_is_drawn()
    button = page.get_by_role("button", name=words["stress"])
    assert button.get_attribute("aria-pressed") == "false"
    assert not page.locator("#stress-legend").is_visible()
    before = page.locator(".maplibregl-canvas").screenshot()
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    legend = page.locator("#stress-legend li")
    assert [text[:1] for text in legend.all_inner_texts()] == ["1", "2", "3", "4"]
    assert words["child"] in legend.first.inner_text()
    dashes = {
        line.get_attribute("stroke-dasharray") for line in page.locator("#stress-legend line").all()
    }
    assert len(dashes) == 4
    page.wait_for_timeout(500)
    seen.map_is_drawn()
    shown = page.locator(".maplibregl-canvas").screenshot()
    assert shown != before
    assert seen.faults() == []
    page.keyboard.press("Space")
    assert button.get_attribute("aria-pressed") == "false"
    assert not page.locator("#stress-legend").is_visible()


def test_stress_stays_on_when_the_night_comes(visit):
    seen = visit(DESK)
    page = seen.page
    seen.go("/")
    seen.map_is_drawn()
    page.get_by_role("button", name=WORDS["fr"]["stress"]).click()
    by_day = page.locator("#stress-legend line").first.get_attribute("stroke")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "day => document.querySelector('#stress-legend line')?.getAttribute('stroke') !== day",
        arg=by_day,
    )
    assert page.locator("#stress-legend").is_visible()
