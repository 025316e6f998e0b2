"""What the pages say in words: durations, distances, vehicles, steps and comparisons.

French is the source; web/translations holds the English. Every function answers in the language
of the request it runs in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from planner.itinerary import Arrangement, Step, TransitLeg, Turn
from planner.network.profiles import base_name
from web.wording.language import N_, format_number, gettext, ngettext

KILOMETRE_M: Final = 1000

VEHICLES: Final[Mapping[str, str]] = {
    "metro": N_("Métro"),
    "rer": N_("RER"),
    "train": N_("Train"),
    "tram": N_("Tram"),
    "bus": N_("Bus"),
    "coach": N_("Car"),
    "ferry": N_("Bateau"),
    "cable": N_("Téléphérique"),
    "funicular": N_("Funiculaire"),
}
MODES: Final[Mapping[str, str]] = {
    "walk": N_("À pied"),
    "bike": N_("Vélo"),
    "ebike": N_("Vélo électrique"),
    "cargo": N_("Vélo cargo"),
    "car": N_("Voiture"),
    "transit": N_("Transports"),
}

# Kinds of bicycles: word, and what it means.
BIKES: Final[Mapping[str, tuple[str, str]]] = {
    "everyday": (N_("Tous les jours"), N_("Un peu plus long s’il le faut pour rouler au calme.")),
    "fast": (N_("Rapide"), N_("Le plus court en temps, quelle que soit la circulation.")),
    "calm": (N_("Calme"), N_("Rues calmes et pistes ; ailleurs, le vélo à la main.")),
    "flat": (N_("Sans côte"), N_("Le moins de montées possible, même si c’est plus long.")),
    "ebike": (N_("Électrique"), N_("Un moteur aide jusqu’à 25 km/h.")),
    "cargo": (N_("Cargo"), N_("Chargé, avec moteur, jamais par un escalier.")),
    "family": (N_("En famille"), N_("Là où des enfants roulent seuls ; ailleurs, à la main.")),
}
_RIDES: Final[Mapping[str, str]] = {
    "bike_fast": N_("Vélo rapide"),
    "bike_calm": N_("Vélo au calme"),
    "bike_flat": N_("Vélo sans côte"),
    "ebike": N_("Vélo électrique"),
    "cargo": N_("Vélo cargo"),
    "family": N_("Vélo en famille"),
}

# What one has to do beforehand to get on, and to get off.
_ARRANGED: Final[Mapping[Arrangement, tuple[str, str]]] = {
    Arrangement.PHONE_AGENCY: (
        N_("Montée à la demande : réservez auprès de l’exploitant."),
        N_("Descente à la demande : réservez auprès de l’exploitant."),
    ),
    Arrangement.ASK_DRIVER: (
        N_("Montée à la demande : entendez-vous avec le conducteur."),
        N_("Descente à la demande : entendez-vous avec le conducteur."),
    ),
}

PACES: Final[Mapping[str, str]] = {
    "slow": N_("marche lente"),
    "fast": N_("marche rapide"),
}
PREFERENCES: Final[Mapping[str, str]] = {
    "walk": N_("Moins de marche"),
    "co2": N_("Moins de CO₂"),
}
KINDS: Final[Mapping[str, str]] = {
    "metro": N_("métro"),
    "rail": N_("RER et train"),
    "tram": N_("tram"),
    "bus": N_("bus et car"),
}
VEHICLES_OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "metro": ("metro",),
    "rail": ("rer", "train"),
    "tram": ("tram",),
    "bus": ("bus", "coach"),
}

# A turn, with the street's name and without one.
_TURNS: Final[Mapping[Turn, tuple[str, str]]] = {
    Turn.DEPART: (N_("Partez sur %(street)s"), N_("Partez : %(way)s")),
    Turn.CONTINUE: (N_("Continuez sur %(street)s"), N_("Continuez : %(way)s")),
    Turn.SLIGHTLY_LEFT: (N_("Serrez à gauche sur %(street)s"), N_("Serrez à gauche : %(way)s")),
    Turn.SLIGHTLY_RIGHT: (N_("Serrez à droite sur %(street)s"), N_("Serrez à droite : %(way)s")),
    Turn.LEFT: (N_("Tournez à gauche sur %(street)s"), N_("Tournez à gauche : %(way)s")),
    Turn.RIGHT: (N_("Tournez à droite sur %(street)s"), N_("Tournez à droite : %(way)s")),
    Turn.HARD_LEFT: (
        N_("Tournez franchement à gauche sur %(street)s"),
        N_("Tournez franchement à gauche : %(way)s"),
    ),
    Turn.HARD_RIGHT: (
        N_("Tournez franchement à droite sur %(street)s"),
        N_("Tournez franchement à droite : %(way)s"),
    ),
    Turn.CIRCLE_CLOCKWISE: (
        N_("Au rond-point, sortez sur %(street)s"),
        N_("Prenez le rond-point : %(way)s"),
    ),
    Turn.CIRCLE_COUNTERCLOCKWISE: (
        N_("Au rond-point, sortez sur %(street)s"),
        N_("Prenez le rond-point : %(way)s"),
    ),
    Turn.STAIRS: (N_("Prenez l’escalier (%(street)s)"), N_("Prenez l’escalier")),
    Turn.ELEVATOR: (N_("Prenez l’ascenseur (%(street)s)"), N_("Prenez l’ascenseur")),
    Turn.UTURN_LEFT: (N_("Faites demi-tour sur %(street)s"), N_("Faites demi-tour : %(way)s")),
}
_TURN_ICONS: Final[Mapping[Turn, str]] = {
    Turn.DEPART: "straight",
    Turn.CONTINUE: "straight",
    Turn.SLIGHTLY_LEFT: "slight-left",
    Turn.SLIGHTLY_RIGHT: "slight-right",
    Turn.LEFT: "left",
    Turn.RIGHT: "right",
    Turn.HARD_LEFT: "left",
    Turn.HARD_RIGHT: "right",
    Turn.CIRCLE_CLOCKWISE: "roundabout",
    Turn.CIRCLE_COUNTERCLOCKWISE: "roundabout",
    Turn.STAIRS: "stairs",
    Turn.ELEVATOR: "elevator",
    Turn.UTURN_LEFT: "uturn",
}
_WAYS: Final[Mapping[str, str]] = {  # what an unnamed way is, by road class
    "cycleway": N_("piste cyclable"),
    "footway": N_("chemin piéton"),
    "pedestrian": N_("voie piétonne"),
    "path": N_("sentier"),
    "track": N_("chemin"),
    "steps": N_("escalier"),
    "corridor": N_("couloir"),
    "elevator": N_("ascenseur"),
    "platform": N_("quai"),
    "bridleway": N_("allée cavalière"),
    "ferry": N_("bac"),
    "busway": N_("voie de bus"),
    "service": N_("voie de desserte"),
    "living_street": N_("zone de rencontre"),
}
_UNNAMED: Final = N_("rue sans nom")
_INFRASTRUCTURE: Final[Mapping[str, str]] = {
    "path": N_("voie verte"),
    "track": N_("piste cyclable"),
    "buffered": N_("bande cyclable protégée"),
    "lane": N_("bande cyclable"),
    "bus_lane": N_("couloir de bus ouvert aux vélos"),
    "shared_lane": N_("chaussée partagée"),
    "contraflow": N_("double-sens cyclable"),
}


def say_duration(seconds: float) -> str:
    """Whole minutes, rounded up: « 29 min », « 1 h 05 »."""
    minutes = max(1, math.ceil(seconds / 60)) if seconds > 0 else 0
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(minutes)d min", minutes=minutes)
    return gettext("%(hours)d h %(minutes)s", hours=hours, minutes=f"{rest:02d}")


def say_distance(metres: float) -> str:
    """Tens of metres below a kilometre, then kilometres with one decimal."""
    if metres < KILOMETRE_M - 5:
        rounded = max(10, round(metres / 10) * 10) if metres > 0 else 0
        return gettext("%(metres)d m", metres=rounded)
    return gettext("%(km)s km", km=format_number(round(metres / KILOMETRE_M, 1)))


def say_clock(instant: datetime) -> str:
    """Hours and minutes, seconds dropped, as timetables print them."""
    return instant.strftime("%H:%M")


def say_vehicle(kind: str, name: str = "") -> str:
    """« Métro 12 »; the vehicle's word alone where the line has no name."""
    word = gettext(VEHICLES[kind])
    if not name or name.casefold().startswith(word.casefold()):
        return name or word
    return f"{word} {name}"


def say_arrangements(leg: TransitLeg, goes_on: bool = False) -> list[str]:  # noqa: FBT001, FBT002 - a template's filter
    """What to do beforehand to be picked up or let off; nothing where the vehicle stops anyway.

    goes_on: one stays in it for the next leg, and doesn't get off.
    """
    board = None if leg.stay_seated else _ARRANGED.get(leg.calls[0].pickup)
    alight = None if goes_on else _ARRANGED.get(leg.calls[-1].drop_off)
    told = [*(board or ())[:1], *(alight or ())[1:]]
    return [gettext(sentence) for sentence in told]


def say_mode(mode: str) -> str:
    """The mode's word: « À pied », « Vélo »."""
    return gettext(MODES[mode])


def say_ride(mode: str, profile: str) -> str:
    """The mode's word, or that of the kind of bicycle: « Vélo cargo »."""
    word = _RIDES.get(base_name(profile)) if mode == "bike" else None
    return gettext(word) if word else say_mode(mode)


def say_step(step: Step, mode: str) -> str:
    """One instruction of a street leg: the turn, the street, and what is unusual there."""
    turn = step.turn
    if step.road_class == "steps" and turn in (Turn.CONTINUE, Turn.DEPART):
        turn = Turn.STAIRS
    named, unnamed = _TURNS[turn]
    if step.street:
        sentence = gettext(named, street=step.street)
    else:
        sentence = gettext(unnamed, way=gettext(_WAYS.get(step.road_class, _UNNAMED)))
    remarks = _remarks(step, mode, turn)
    return f"{sentence} ({', '.join(remarks)})" if remarks else sentence


def _remarks(step: Step, mode: str, turn: Turn) -> list[str]:
    remarks = []
    if step.road_class == "steps" and turn is not Turn.STAIRS:
        remarks.append(gettext("escalier"))
    if step.road_class == "ferry":
        remarks.append(gettext("traversée en bac"))
    if mode == "bike":
        if step.push:
            remarks.append(gettext("vélo à la main"))
        elif step.infrastructure in _INFRASTRUCTURE and step.road_class != "cycleway":
            remarks.append(gettext(_INFRASTRUCTURE[step.infrastructure]))
        if step.contraflow and step.infrastructure != "contraflow":
            remarks.append(gettext("à contresens des voitures"))
    return remarks


def say_not_found(text: str) -> str:
    """No place has that name, and what to try."""
    return gettext(
        "Aucun lieu ne correspond à « %(text)s ». Vérifiez l’orthographe ou ajoutez la commune.",
        text=text,
    )


def say_found(count: int) -> str:
    """What a screen reader hears when the trips are there."""
    return ngettext("%(num)d trajet trouvé", "%(num)d trajets trouvés", count)


def compare_walking(seconds_on_foot: int | None, fastest_s: int | None) -> str:
    """Whether walking the whole way is as quick; "" where there is nothing to compare."""
    if seconds_on_foot is None or fastest_s is None:
        return ""
    if seconds_on_foot <= fastest_s:
        return gettext(
            "Tout à pied, c’est aussi rapide : %(time)s.", time=say_duration(seconds_on_foot)
        )
    return gettext(
        "Tout à pied : %(time)s, soit %(more)s de plus que le plus rapide en transports.",
        time=say_duration(seconds_on_foot),
        more=say_duration(seconds_on_foot - fastest_s),
    )


def step_icon(step: Step) -> str:
    """Name of the symbol in icons.svg for a step."""
    if step.road_class == "steps":
        return "stairs"
    return _TURN_ICONS[step.turn]


def say_transfers(count: int) -> str:
    """How often one changes: « direct », « 1 correspondance »."""
    if count == 0:
        return gettext("direct")
    return ngettext("%(num)d correspondance", "%(num)d correspondances", count)


def say_stops(count: int) -> str:
    """Stops ridden, the last one included."""
    return ngettext("%(num)d arrêt", "%(num)d arrêts", count)
