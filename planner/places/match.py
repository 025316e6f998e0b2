"""How well a place answers the words that were typed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from planner.network.place_text import ARTICLES, spell_out

_SATURATION: Final = 1.2  # k1 of BM25 (Robertson and Zaragoza 2009, section 3.4); no word repeats
_LENGTH: Final = 0.75  # b of BM25
_MEAN_WORDS: Final = 3.0  # of a name, articles left out
_IN_CONTEXT: Final = 0.5  # a word found in the settlement or postcode, not in the name
_FEW_PLACES: Final = 20  # a word of so many places is rare in the smallest town
_ARTICLE: Final = 0.1  # weight of "de" and its like beside the words that carry meaning


class Tier(IntEnum):
    """How a place was met; a better tier goes before any score."""

    WHOLE = 0  # every word as typed
    PREFIX = 1  # the last word is the beginning of one of the place's
    CORRECTED = 2  # a word was misspelt
    PARTIAL = 3  # a word is not there at all


@dataclass(frozen=True, slots=True)
class Word:
    """One word that was typed: spellings that may stand in a place, each with its worth 0..1.

    prefixes: beginnings that count as well, for the word that is still being typed.
    """

    spellings: Mapping[str, float]
    prefixes: tuple[str, ...] = ()
    weight: float = 1.0

    def worth(self, words: Sequence[str]) -> tuple[float, bool]:
        """The best match among a place's words, 0 for none; and whether it is a whole word."""
        best = max((self.spellings.get(word, 0.0) for word in words), default=0.0)
        if best > 0.0 or not self.prefixes:
            return best, True
        typed = max(
            (len(p) / len(word) for word in words for p in self.prefixes if word.startswith(p)),
            default=0.0,
        )
        return 0.5 * typed, False


class Vocabulary:
    """Every word of a network's places with the number of places that have it."""

    def __init__(self, counts: Mapping[str, int], places: int) -> None:
        self.counts = counts
        self.words = sorted(counts)
        self.places = places

    def knows(self, word: str) -> bool:
        """True where some place has `word`, or it is one that needs no place."""
        return word in ARTICLES or spell_out(word) in self.counts

    def is_rare(self, word: Word) -> bool:
        """True where a place may be meant by this word alone: "rue" says nothing."""
        most = max(_FEW_PLACES, self.places // 20)
        return all(self.counts.get(spelling, 0) <= most for spelling in word.spellings)

    def weigh(self, word: str) -> float:
        """Inverse document frequency, BM25's (Robertson and Zaragoza 2009, formula 3.3)."""
        if word in ARTICLES:
            return _ARTICLE
        count = self.counts.get(word, 0)
        return math.log(1.0 + (self.places - count + 0.5) / (count + 0.5))


def score_text(
    words: Iterable[Word], name: Sequence[str], context: Sequence[str]
) -> tuple[Tier, float]:
    """The tier of a place and its BM25 score; words that it lacks bring nothing."""
    tier, score = Tier.WHOLE, 0.0
    length = sum(word not in ARTICLES for word in name)
    norm = 1.0 - _LENGTH + _LENGTH * length / _MEAN_WORDS
    gain = (_SATURATION + 1.0) / (_SATURATION * norm + 1.0)
    for word in words:
        worth, whole = word.worth(name)
        if worth == 0.0 or not whole:
            beside, beside_whole = word.worth(context)
            if beside and (worth == 0.0 or (beside_whole and not whole)):
                worth, whole = beside * _IN_CONTEXT, beside_whole
        if worth == 0.0:
            tier = Tier.PARTIAL
        elif not whole:
            tier = max(tier, Tier.PREFIX)
        score += word.weight * worth * gain
    return tier, score
