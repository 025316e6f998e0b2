"""Search places by what a traveller types, and by a position: places.sqlite.

A search tries the readings of `_STAGES` in turn, the strictest first, and stops at the first that
finds something. Each call opens its own read-only connection, so threads and processes may search
at once; an index that is replaced is noticed.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from planner.network.place_cells import distance_m, list_wide_tags
from planner.places.index import (
    COLUMNS,
    FILE,
    KINDS,
    MOTIS_KINDS,
    PlaceHit,
    PlaceRecord,
    at_house,
    cap_limit,
    get_vocabulary,
    is_on_earth,
    open_index,
    select_kinds,
)
from planner.places.match import Tier, Vocabulary, Word, score_text
from planner.places.numbers import find_house
from planner.places.query import Query, correct, find_telling_word, part_joined, read_query
from planner.places.reverse import reverse

__all__ = ["FILE", "KINDS", "MOTIS_KINDS", "PlaceHit", "find_places", "reverse"]

_CANDIDATES: Final = 60  # rows taken from the index by each question to it
_NEAR_M: Final = 3_000.0  # how far from the focus a place still gains by it
_NEAR_GAIN: Final = 2.0  # at the focus itself, beside 1 far from it
_MATCH: Final = (
    f"SELECT {COLUMNS} FROM place_text JOIN place ON place.id = place_text.rowid "  # noqa: S608 - column names
    "WHERE place_text MATCH ? ORDER BY place_text.rowid LIMIT ?"
)
_Found = list[tuple[Tier, PlaceHit]]


@dataclass(frozen=True, slots=True)
class _Search:
    """One question to an open index."""

    connection: sqlite3.Connection
    vocabulary: Vocabulary
    focus: tuple[float, float] | None
    limit: int
    kinds: frozenset[str]


def find_places(
    folder: Path,
    text: str,
    *,
    focus: tuple[float, float] | None = None,
    limit: int = 10,
    kinds: frozenset[str] | None = None,
) -> list[PlaceHit]:
    """Places that answer `text`, the best first; [] where nothing does.

    folder: the network's. focus: (lat, lon) that the traveller looks at; what is near it is
    preferred. kinds: of KINDS or of MOTIS_KINDS' names, None for all. Of a text that is too long
    only the beginning is read. Raises NetworkError where the folder has no place index.
    """
    wanted = select_kinds(kinds)
    if not wanted:
        return []
    if focus is not None and not is_on_earth(*focus):
        focus = None
    with closing(open_index(folder)) as connection:
        search = _Search(connection, get_vocabulary(folder), focus, cap_limit(limit), wanted)
        queries = read_query(text, search.vocabulary)
        for stage in _STAGES:
            hits = stage(search, queries)
            if hits:
                return _best(hits, search.limit)
    return []


# --- Stages: how strictly the words are taken -------------------------------------------------


def _as_typed(search: _Search, queries: list[Query]) -> _Found:
    return [hit for query in queries for hit in _run(search, query)]


def _with_unknown_words_corrected(search: _Search, queries: list[Query]) -> _Found:
    return _corrected(search, queries, known_too=False)


def _with_joined_words_parted(search: _Search, queries: list[Query]) -> _Found:
    parted = [part_joined(query, search.vocabulary) for query in queries]
    return [
        (max(tier, Tier.CORRECTED), hit)
        for query in parted
        if query is not None
        for tier, hit in _run(search, query)
    ]


def _with_all_words_doubted(search: _Search, queries: list[Query]) -> _Found:
    return _corrected(search, queries, known_too=True)


def _with_one_word_left_out(search: _Search, queries: list[Query]) -> _Found:
    hits = []
    for query in queries[:1]:
        mended = correct(query, search.vocabulary, known_too=False) or query
        telling = find_telling_word(mended, search.vocabulary)
        for i, word in enumerate(mended.words):
            if word is not telling and len(mended.words) > 2:  # noqa: PLR2004 - two remain
                rest = mended.words[:i] + mended.words[i + 1 :]
                hits += _as_partial(_run(search, replace(mended, words=rest)))
    return hits


def _by_the_most_telling_word(search: _Search, queries: list[Query]) -> _Found:
    for query in queries[:1]:
        mended = correct(query, search.vocabulary, known_too=False) or query
        telling = find_telling_word(mended, search.vocabulary)
        if telling is not None and search.vocabulary.is_rare(telling):
            return _as_partial(_run(search, replace(mended, words=(telling,))))
    return []


def _as_partial(found: _Found) -> _Found:
    return [(Tier.PARTIAL, hit) for _, hit in found]


_Stage = Callable[[_Search, list[Query]], _Found]
_STAGES: Final[tuple[_Stage, ...]] = (
    _as_typed,
    _with_unknown_words_corrected,
    _with_joined_words_parted,
    _with_all_words_doubted,
    _with_one_word_left_out,
    _by_the_most_telling_word,
)


def _corrected(search: _Search, queries: list[Query], *, known_too: bool) -> _Found:
    hits = []
    for query in queries:
        better = correct(query, search.vocabulary, known_too=known_too)
        if better is not None:
            hits += [(max(tier, Tier.CORRECTED), hit) for tier, hit in _run(search, better)]
    return hits


# --- One query ---------------------------------------------------------------------------------


def _run(search: _Search, query: Query) -> _Found:
    """Every place that has all the words, from a bounded number of the weightiest and nearest."""
    records: dict[int, PlaceRecord] = {}
    for prefixes in (False, True):
        for expression in _list_expressions(search, query, prefixes=prefixes):
            for row in search.connection.execute(_MATCH, (expression, _CANDIDATES)):
                records[row[0]] = PlaceRecord(*row)
        if len(records) >= search.limit or not any(word.prefixes for word in query.words):
            break  # whole words go before beginnings, so enough of them are enough
    hits = []
    for record in records.values():
        hit = _as_hit(search, query, record)
        if hit is not None:
            tier, score = score_text(
                query.words, record.name_words.split(), record.context_words.split()
            )
            hits.append((tier, _ranked(search, hit, score)))
    return hits


def _list_expressions(search: _Search, query: Query, *, prefixes: bool) -> Iterator[str]:
    """Questions to the text index: near the focus and anywhere, in names and in contexts."""
    kinds = search.kinds | ({"street"} if query.number else frozenset())
    tags = [f"tags : {_any(f'kind{kind}' for kind in sorted(kinds))}"] if kinds != KINDS else []
    near = [[f"tags : {_any(list_wide_tags(*search.focus))}"]] if search.focus else []
    words = " AND ".join(_expression(word, prefixes=prefixes) for word in query.words)
    for columns in ("name", "{name context}"):
        for around in [*near, []]:
            yield " AND ".join([f"{columns} : ({words})", *tags, *around])


def _expression(word: Word, *, prefixes: bool) -> str:
    whole = [f'"{spelling}"' for spelling in word.spellings]
    begun = [f'"{prefix}" *' for prefix in word.prefixes] if prefixes else []
    return f"({' OR '.join(whole + begun)})"


def _any(words: Iterable[str]) -> str:
    return f"({' OR '.join(words)})"


def _as_hit(search: _Search, query: Query, record: PlaceRecord) -> PlaceHit | None:
    """The record as a hit; None where it isn't what was asked for."""
    hit = record.as_hit()
    if query.number is None:
        return hit if hit.kind in search.kinds else None
    if hit.kind != "street" or query.number_word in record.name_words.split():
        return None
    house = find_house(search.connection, record.id, *query.number) if record.houses else None
    if house is not None and "address" in search.kinds:
        return at_house(hit, house)
    return replace(hit, precision="street") if "street" in search.kinds else None


def _ranked(search: _Search, hit: PlaceHit, text_score: float) -> PlaceHit:
    """Text x importance x nearness, each factor bounded."""
    score = text_score * (0.4 + hit.importance)
    if search.focus is None:
        return replace(hit, score=score)
    away = distance_m(*search.focus, hit.lat, hit.lon)
    nearness = 1.0 + _NEAR_GAIN * math.exp(-away / _NEAR_M)
    return replace(hit, score=score * nearness, distance_m=away)


def _best(hits: _Found, limit: int) -> list[PlaceHit]:
    """The best `limit` hits, each place once; an exact number goes before a guess."""
    ranked = sorted(
        hits,
        key=lambda item: (item[0], item[1].precision != "exact", -item[1].score, item[1].name,
                          item[1].stop_id or item[1].source_id),
    )  # fmt: skip
    chosen: dict[tuple[object, ...], PlaceHit] = {}
    for _, hit in ranked:
        key = (hit.kind, hit.name, hit.house_number, hit.lat, hit.lon, hit.stop_id)
        chosen.setdefault(key, hit)
        if len(chosen) == limit:
            break
    return list(chosen.values())
