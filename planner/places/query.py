"""Understand what was typed: words, the house number among them, and misspelt words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from planner.network.place_text import ARTICLES, list_words, parse_house_number, spell_out
from planner.places.match import Vocabulary, Word

MAX_TEXT: Final = 200  # characters looked at
MAX_WORDS: Final = 12  # words looked at
_MAX_CORRECTED: Final = 3  # misspelt words looked up, each costs milliseconds
_MAX_SPELLINGS: Final = 12
_MAX_WORD: Final = 40  # letters; no word of a name is longer
_LONG_WORD: Final = 6  # letters from which two slips are forgiven
_SHORT_WORD: Final = 3  # letters below which none is
_TELLING_LETTERS: Final = 4  # a shorter word tells less than its rarity says
_SLIP_WORTH: Final = 0.7  # what a word is worth after each slip


@dataclass(frozen=True, slots=True)
class Query:
    """The words a place must have, and the house number meant if it is no part of the name."""

    words: tuple[Word, ...]
    number: tuple[int, str] | None = None
    number_word: str = ""  # as typed: the name of a place that has it needs no house number


def read_query(text: str, vocabulary: Vocabulary) -> list[Query]:
    """The ways to understand `text`: first as it is, then with a house number taken out."""
    typed = [word[:_MAX_WORD] for word in list_words(text[:MAX_TEXT])[:MAX_WORDS]]
    queries = []
    for first, last, number in _list_numbers(typed):
        rest = typed[:first] + typed[last:]
        if any(not word.isdigit() for word in rest):
            words = _as_words(rest, vocabulary, typing=last < len(typed))
            queries.append(Query(words, number, "" if typed[first] in rest else typed[first]))
    if typed and all(query.number_word for query in queries):  # a number typed twice is a house's
        queries.insert(0, Query(_as_words(typed, vocabulary)))
    return queries


def correct(query: Query, vocabulary: Vocabulary, *, known_too: bool) -> Query | None:
    """`query` with the spellings that its words may have been meant for; None if it has none.

    known_too: words that exist are doubted as well, since together they found nothing.
    """
    words, corrected = list(query.words), 0
    for i, word in enumerate(words):
        typed = next(iter(word.spellings))
        doubted = known_too or not is_known(word, vocabulary)
        if not doubted or typed.isdigit() or corrected == _MAX_CORRECTED:
            continue
        near = find_near(typed, vocabulary)
        if near:
            corrected += 1
            weight = max(vocabulary.weigh(other) for other in near)
            words[i] = replace(word, spellings={**word.spellings, **near}, weight=weight)
    return replace(query, words=tuple(words)) if corrected else None


def part_joined(query: Query, vocabulary: Vocabulary) -> Query | None:
    """`query` with its unknown words parted where a blank was left out; None if none was."""
    words: list[Word] = []
    for word in query.words:
        typed = next(iter(word.spellings))
        halves = None if is_known(word, vocabulary) else _part(typed, vocabulary)
        words += [word] if halves is None else _as_words(list(halves), vocabulary)
    parted = tuple(words)  # an article goes, so the number of words needn't grow
    return replace(query, words=parted) if parted != query.words else None


def find_telling_word(query: Query, vocabulary: Vocabulary) -> Word | None:
    """The known word that narrows the search most; a very short one may be a slip itself."""

    def tell(word: Word) -> float:
        letters = len(next(iter(word.spellings)))
        return word.weight * min(1.0, letters / _TELLING_LETTERS)

    return max((w for w in query.words if is_known(w, vocabulary)), key=tell, default=None)


def find_near(typed: str, vocabulary: Vocabulary) -> dict[str, float]:
    """Words at most one or two slips (OSA distance) from `typed`, the nearest first."""
    if len(typed) < _SHORT_WORD:
        return {}
    slips = 2 if len(typed) >= _LONG_WORD else 1
    listed = vocabulary.words
    distance = cdist([typed], listed, scorer=OSA.distance, score_cutoff=slips, dtype=np.uint8)[0]
    near = np.flatnonzero((distance <= slips) & (distance > 0)).tolist()
    near.sort(key=lambda i: (distance[i], -vocabulary.counts[listed[i]], listed[i]))
    return {listed[i]: _SLIP_WORTH ** int(distance[i]) for i in near[:_MAX_SPELLINGS]}


def _as_words(typed: list[str], vocabulary: Vocabulary, *, typing: bool = True) -> tuple[Word, ...]:
    """One Word each; articles are left out, except of the last, which may be a beginning."""
    last = len(typed) - 1
    kept = [
        (word, typing and i == last)
        for i, word in enumerate(typed)
        if word not in ARTICLES or (typing and i == last)
    ] or [(word, False) for word in typed]
    words = []
    for word, unfinished in kept:
        spelled = spell_out(word)
        prefixes = tuple(dict.fromkeys((word, spelled))) if unfinished else ()
        words.append(Word({spelled: 1.0}, prefixes, vocabulary.weigh(spelled)))
    return tuple(words)


def _part(typed: str, vocabulary: Vocabulary) -> tuple[str, str] | None:
    """The two known words that `typed` is made of, those of the most places; None if it isn't."""
    halves = [(typed[:i], typed[i:]) for i in range(1, len(typed))]
    known = [pair for pair in halves if all(vocabulary.knows(half) for half in pair)]
    return max(
        known,
        key=lambda pair: min(vocabulary.counts.get(spell_out(half), 0) for half in pair),
        default=None,
    )


def is_known(word: Word, vocabulary: Vocabulary) -> bool:
    """True where some place has the word, or begins with it while it is typed."""
    if any(vocabulary.knows(spelling) for spelling in word.spellings):
        return True
    for prefix in word.prefixes:
        i = bisect_left(vocabulary.words, prefix)
        if i < len(vocabulary.words) and vocabulary.words[i].startswith(prefix):
            return True
    return False


def _list_numbers(typed: list[str]) -> Iterator[tuple[int, int, tuple[int, str]]]:
    """Where a house number may stand: first word, word behind the last, number and suffix."""
    for i, word in enumerate(typed):
        if not word[0].isdigit():
            continue
        if i + 1 < len(typed) and (number := parse_house_number(f"{word} {typed[i + 1]}")):
            yield i, i + 2, number
        if number := parse_house_number(word):
            yield i, i + 1, number
