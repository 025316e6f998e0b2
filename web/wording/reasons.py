"""Why something is missing, in the traveller's words, with what to do next.

The planner gives a reason and facts (`side`, `mode`, `minutes`, `first`, `last`, `date`, `next`);
French is the source, web/translations holds the English.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from planner.itinerary import Reason, Shortfall
from web.wording.language import N_, format_day, gettext
from web.wording.words import MODES, say_clock, say_mode

_SIDES: Final[Mapping[str, str]] = {
    "origin": N_("Le départ"),
    "destination": N_("L’arrivée"),
    "via": N_("L’arrêt intermédiaire"),
    "": N_("Un des deux lieux"),
}
_SENTENCES: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.OUTSIDE_AREA: (
        N_("%(side)s est hors de la zone couverte."),
        N_("Choisissez un lieu qui figure sur la carte."),
    ),
    Reason.SNAPPED_TOO_FAR: (
        N_("%(side)s est trop loin de toute rue praticable."),
        N_("Choisissez une adresse, ou un point plus proche d’une rue."),
    ),
    Reason.UNKNOWN_STOP: (
        N_("%(side)s n’est pas un arrêt connu des horaires."),
        N_("Cherchez l’arrêt de nouveau par son nom."),
    ),
    Reason.NO_SERVICE_DATE: (
        N_("Aucun horaire n’est publié pour cette date."),
        N_("Choisissez une autre date."),
    ),
    Reason.NO_TIMETABLE: (
        N_("Ce réseau n’a pas d’horaires."),
        N_("Choisissez un autre mode de déplacement."),
    ),
    Reason.NO_STOP_IN_REACH: (
        N_("%(side)s est trop loin à pied de tout arrêt."),
        N_("Essayez à vélo, ou choisissez un lieu plus proche d’un arrêt."),
    ),
    Reason.WINDOW_EXHAUSTED: (
        N_("Aucun transport ne relie ces deux lieux dans les heures demandées."),
        N_("Essayez une autre heure ou un autre jour."),
    ),
    Reason.LINES_LEFT_OUT: (
        N_("Les lignes que vous acceptez ne relient pas ces deux lieux."),
        N_("Acceptez d’autres transports."),
    ),
    Reason.WALK_LIMIT: (
        N_("Tous les trajets demandent plus de marche que vous ne le voulez."),
        N_("Acceptez de marcher un peu plus."),
    ),
    Reason.TRANSFER_LIMIT: (
        N_("Tous les trajets demandent plus de correspondances que vous ne le voulez."),
        N_("Acceptez une correspondance de plus."),
    ),
    Reason.TIME_LIMIT: (
        N_("Tous les trajets durent plus longtemps que vous ne le voulez."),
        N_("Acceptez un trajet plus long."),
    ),
    Reason.NEXT_LATER: (
        N_("Aucun transport n’est proche de l’heure demandée."),
        N_("Regardez l’heure du trajet proposé."),
    ),
    Reason.ONLY_WALK: (
        N_("À pied, vous y serez au moins aussi vite qu’en transports."),
        N_("Suivez le trajet à pied."),
    ),
    Reason.NOT_CONNECTED: (
        N_("Aucun chemin ne relie ces deux lieux avec les modes choisis."),
        N_("Ajoutez un mode de déplacement, ou déplacez un des deux points."),
    ),
    Reason.TOO_FAR: (
        N_("C’est trop loin."),
        N_("Choisissez un autre mode de déplacement."),
    ),
    Reason.TIMEOUT: (
        N_("La recherche a pris trop de temps et a été arrêtée."),
        N_("Réessayez dans un instant."),
    ),
}


def say_shortfall(shortfall: Shortfall) -> tuple[str, str]:
    """What is missing, and what to do next."""
    facts = shortfall.facts
    what, then = _SENTENCES[shortfall.reason]
    side = gettext(_SIDES.get(facts.get("side", ""), _SIDES[""]))
    sentence = gettext(what, side=side)
    if facts.get("mode") in MODES:
        sentence = gettext(
            "%(mode)s : %(sentence)s", mode=say_mode(facts["mode"]), sentence=_lower(sentence)
        )
    return sentence, _say_valid_dates(facts) or _say_next(facts) or gettext(then)


def find_served_day(shortfall: Shortfall) -> date | None:
    """The nearest day with a timetable, where the day asked for has none."""
    if shortfall.reason is not Reason.NO_SERVICE_DATE:
        return None
    try:
        first, asked, last = (
            date.fromisoformat(shortfall.facts[name]) for name in ("first", "date", "last")
        )
    except (KeyError, ValueError):
        return None
    nearest = min(max(first, asked), last)
    return nearest if nearest != asked else None


def _say_valid_dates(facts: Mapping[str, str]) -> str:
    """« Les horaires vont du … au … », where the facts tell."""
    try:
        first, last = date.fromisoformat(facts["first"]), date.fromisoformat(facts["last"])
    except (KeyError, ValueError):
        return ""
    return gettext(
        "Les horaires connus vont du %(first)s au %(last)s : choisissez un jour entre les deux.",
        first=format_day(first),
        last=format_day(last),
    )


def _say_next(facts: Mapping[str, str]) -> str:
    """« Le plus proche est à … », where the facts tell (B16)."""
    try:
        time = datetime.fromisoformat(facts["next"])
    except (KeyError, ValueError):
        return ""
    return gettext("Le plus proche est à %(time)s.", time=say_clock(time))


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
