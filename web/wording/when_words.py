"""What the page « Quand partir ? » says of leaving earlier or later; French is the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.wording.language import gettext
from web.wording.words import say_clock, say_duration

if TYPE_CHECKING:
    from planner.profile import Shift
    from web.pages.when import WhenView

_MINUTE = 60
_HOUR_MIN = 60


def say_when_to_leave(view: WhenView) -> str:
    """The page in one sentence; "" where there is nothing to say."""
    if view.walk_s is not None and view.walking_wins:
        return gettext(
            "À pied, vous êtes au moins aussi rapide à toute heure : %(time)s.",
            time=say_duration(view.walk_s),
        )
    if view.taken is None:
        return ""
    if view.better is None:
        return gettext(
            "Le prochain départ utile est à %(clock)s : %(time)s. Partir une heure plus tôt ou "
            "plus tard n’y change presque rien.",
            clock=say_clock(view.taken.at),
            time=say_duration(view.taken.seconds),
        )
    return gettext(
        "En partant à %(better)s plutôt qu’à %(clock)s, vous gagnez %(gain)s : "
        "%(time)s au lieu de %(before)s.",
        better=say_clock(view.better.at),
        clock=say_clock(view.taken.at),
        gain=say_duration(_shown(view.taken.seconds) - _shown(view.better.seconds)),
        time=say_duration(view.better.seconds),
        before=say_duration(view.taken.seconds),
    )


def say_shift(minutes: int) -> str:
    """« 30 min plus tôt », « 1 h plus tard »; « l’heure choisie » for none."""
    if not minutes:
        return gettext("l’heure choisie")
    hours = abs(minutes) // _HOUR_MIN
    time = gettext("%(hours)d h", hours=hours) if hours else say_duration(abs(minutes) * _MINUTE)
    if minutes < 0:
        return gettext("%(time)s plus tôt", time=time)
    return gettext("%(time)s plus tard", time=time)


def shown_gain(shift: Shift) -> int | None:
    """Seconds by which a shift's trip is shown to be shorter, so that its line adds up."""
    if shift.gain_s is None or shift.travel_s is None:
        return None
    return _shown(shift.travel_s + shift.gain_s) - _shown(shift.travel_s)


def say_gain(gain_s: int | None) -> str:
    """« 9 min de moins », « 4 min de plus »; « autant » below a minute."""
    if gain_s is None:
        return ""
    if abs(gain_s) < _MINUTE:
        return gettext("autant")
    time = say_duration(abs(gain_s))
    if gain_s > 0:
        return gettext("%(time)s de moins", time=time)
    return gettext("%(time)s de plus", time=time)


def _shown(seconds: int) -> int:
    """Seconds as `say_duration` rounds them, so that what is shown adds up."""
    return -(-seconds // _MINUTE) * _MINUTE
