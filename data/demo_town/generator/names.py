"""Names for the streets that no sketch names: made up from common French street words.

They're invented: a street of the model that bears one has no namesake in the real town at that
place. A name is given once in each commune.
"""

from __future__ import annotations

from random import Random
from typing import Final

TREES: Final = (
    "des Lilas", "des Glycines", "des Tilleuls", "des Acacias-Blancs", "des Noisetiers",
    "du Cèdre", "des Cerisiers", "des Amandiers", "des Églantines", "des Marronniers",
    "des Érables", "du Figuier", "des Pruniers", "des Charmes", "des Saules", "des Hêtres",
    "des Bleuets", "des Capucines", "des Roses", "des Jonquilles", "du Muguet", "des Pervenches",
)  # fmt: skip
TRADES: Final = (
    "des Blanchisseurs", "des Carriers", "des Vignerons", "des Maraîchers", "des Bateliers",
    "des Tonneliers", "des Cartonniers", "des Forgerons", "des Aviateurs", "des Potiers",
    "des Tisserands", "des Imprimeurs", "des Meuniers", "des Passeurs", "des Lavandières",
    "des Cheminots", "des Jardiniers", "des Plâtriers", "des Tuiliers", "des Verriers",
)  # fmt: skip
PLACES: Final = (
    "du Lavoir", "de la Fontaine", "du Puits", "de la Source", "du Belvédère", "du Coteau",
    "des Vignes", "de la Carrière", "du Clos", "de la Ferme", "du Pressoir", "du Four",
    "de l'Abreuvoir", "du Moulin", "de l'Horloge", "du Cadran", "des Écoles", "du Marché",
    "de la Gare", "du Port", "de la Berge", "des Îles-Vertes", "du Chemin-Creux", "du Verger",
    "du Potager", "de la Grange", "des Sablons", "des Grès", "du Ruisseau", "de la Craie",
    "de la Butte", "du Beau-Site", "de Bellevue", "du Panorama", "du Plateau", "des Terrasses",
)  # fmt: skip
PEOPLE: Final = (
    "Marie-Curie", "Louis-Pasteur", "Émile-Zola", "George-Sand", "Jules-Verne", "Molière",
    "Racine", "Corneille", "La-Fontaine", "Voltaire-Prolongée", "Condorcet", "Lavoisier",
    "Ampère", "Arago", "Gay-Lussac", "Monge", "Lamartine", "Alfred-de-Musset", "Baudelaire",
    "Verlaine", "Rimbaud", "Mallarmé", "Claude-Monet", "Édouard-Manet", "Berthe-Morisot",
    "Auguste-Renoir", "Camille-Claudel", "Paul-Cézanne", "Georges-Bizet", "Hector-Berlioz",
    "Maurice-Ravel", "Claude-Debussy", "Olympe-de-Gouges", "Louise-Labé", "Sophie-Germain",
    "Émilie-du-Châtelet", "Simone-Veil", "Joséphine-Baker", "Rosa-Bonheur", "Colette",
    "Clément-Ader", "Louis-Daguerre", "Nadar", "Jacques-Prévert", "Paul-Éluard", "Boris-Vian",
)  # fmt: skip
KINDS: Final = {
    "residential": ("rue", "rue", "rue", "rue", "avenue"),
    "living_street": ("rue", "allée", "rue"),
    "pedestrian": ("allée", "mail", "cours"),
    "service": ("villa", "impasse", "cité"),
    "footway": ("sente", "sentier", "passage"),
    "steps": ("escalier", "escaliers", "montée"),
    "cycleway": ("promenade",),
}


class Names:
    """Gives out names, each once in a commune."""

    def __init__(self, dice: Random, taken: set[str]) -> None:
        self._dice = dice
        self._taken = {("", name) for name in taken}
        self._sketched = taken
        self._words = [*TREES, *TRADES, *PLACES, *PEOPLE]

    def name(self, commune: str, highway: str) -> str:
        """A name of this commune for a street of this OSM class; "" once all are used up."""
        for _ in range(60):
            kinds = KINDS.get(highway, ("rue",))
            kind = kinds[int(self._dice.random() * len(kinds))]
            word = self._words[int(self._dice.random() * len(self._words))]
            name = f"{kind} {word}"
            if (commune, name) not in self._taken and name not in self._sketched:
                self._taken.add((commune, name))
                return name
        return ""
