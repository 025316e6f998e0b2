"""Words that scripts say in the browser: ours, and MapLibre's by its keys; French is the source."""

from __future__ import annotations

from typing import Final

from web.wording.language import N_, gettext

_MAP: Final = {
    "AttributionControl.ToggleAttribution": N_("Afficher les sources de la carte"),
    "Map.Title": N_("Carte interactive"),
    "NavigationControl.ResetBearing": N_("Remettre le nord en haut"),
    "NavigationControl.ZoomIn": N_("Zoomer"),
    "NavigationControl.ZoomOut": N_("Dézoomer"),
}
_SCRIPT: Final = {
    "found": N_("{count} propositions. Flèches haut et bas pour les parcourir."),
    "nothing": N_("Aucun lieu trouvé."),
    "suggestions": N_("Propositions"),
    "here": N_("Ma position"),
    "hereFailed": N_("La position n’est pas disponible."),
    "searching": N_("Recherche en cours…"),
    "failed": N_("Le serveur ne répond pas. Réessayez dans un instant."),
    "copied": N_("Lien copié"),
    "showMap": N_("Voir la carte"),
    "showList": N_("Voir la liste"),
    "mapFailed": N_("La carte ne peut pas s’afficher dans ce navigateur."),
    "panLeft": N_("Déplacer la carte vers la gauche"),
    "panRight": N_("Déplacer la carte vers la droite"),
    "panUp": N_("Déplacer la carte vers le haut"),
    "panDown": N_("Déplacer la carte vers le bas"),
    "stress": N_("Stress cyclable"),
    "stress1": N_("1 : calme, même pour des enfants"),
    "stress2": N_("2 : pour la plupart des adultes"),
    "stress3": N_("3 : pour qui est à l’aise parmi les voitures"),
    "stress4": N_("4 : pour cyclistes aguerris seulement"),
    "stressNote": N_("Estimation, du sens le plus stressant de chaque rue."),
    "origin": N_("Départ"),
    "destination": N_("Arrivée"),
    "stop": N_("Arrêt"),
    "address": N_("Adresse"),
    "place": N_("Lieu"),
}


def say_for_scripts() -> dict[str, dict[str, str]]:
    """Every word above in the request's language."""
    return {
        "map": {key: gettext(text) for key, text in _MAP.items()},
        "script": {key: gettext(text) for key, text in _SCRIPT.items()},
    }
