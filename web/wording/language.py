"""The pages' language: which one, and texts in it. French is the source of every text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final, Literal

import flask_babel
from flask import Flask, request

from web.city import current_city

LANGUAGES: Final[Mapping[str, str]] = {"fr": "Français", "en": "English"}
_LOCALES: Final[Mapping[str, str]] = {"fr": "fr", "en": "en_GB"}  # how dates are written
_FIXED_SPACE: Final = re.compile(
    r" (?=[:;?!»])|(?<=«) |(?<=\d) (?=(?:min|h|m|km)\b)|(?<=\d h) (?=\d)"
)
TRANSLATIONS: Final = Path(__file__).parents[1] / "translations"


def N_(text: str) -> str:  # noqa: N802 - gettext's customary mark for a text translated later
    """Mark `text` for the catalogue; it is translated where it is shown."""
    return text


def register_languages(app: Flask) -> None:
    """Let `app` answer each request in its language."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = "fr"
    flask_babel.Babel(app, locale_selector=lambda: _LOCALES[pick_language()])


def pick_language() -> str:
    """The language asked for in the URL, else the browser's, else the first one served."""
    offered = [code for code in current_city().settings.languages if code in LANGUAGES]
    offered = offered or list(LANGUAGES)
    asked = request.args.get("lang", "")
    if asked in offered:
        return asked
    return request.accept_languages.best_match(offered, offered[0]) or offered[0]


@contextmanager
def speak(language: str) -> Iterator[None]:
    """Words and dates in `language`, one of LANGUAGES, where there is no request."""
    app = Flask("web")
    register_languages(app)
    with app.app_context(), flask_babel.force_locale(_LOCALES[language]):
        yield


def gettext(text: str, /, **values: object) -> str:
    """`text` in the request's language, with `values` in its %(name)s places."""
    return _unbroken(str(flask_babel.gettext(text, **values)))


def ngettext(one: str, many: str, num: int) -> str:
    """The form that fits `num`, which stands in its %(num)d place."""
    return _unbroken(str(flask_babel.ngettext(one, many, num)))


def _unbroken(text: str) -> str:
    """`text` with the spaces fixed at which a line must not break: « 5 min », « Quand ? »."""
    return _FIXED_SPACE.sub("\u00a0", text)


def format_day(day: date, form: Literal["long", "full", "short"] = "long") -> str:
    """« 23 novembre 2026 », with the weekday ("full"), or « 23 nov. » ("short")."""
    return str(flask_babel.format_date(day, "d MMM" if form == "short" else form))


def format_number(value: float) -> str:
    """A number with the language's decimal sign."""
    return str(flask_babel.format_decimal(value))
