"""Words of place names, folded alike when they are compiled and when they are searched.

Folding is for search only: nothing folded is ever shown. A word class that is written several ways
("bd", "bld", "boulevard") has one spelling here; which one is without meaning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_SPELLINGS: Final = {
    # French
    "allee": "all allees", "avenue": "av ave aven avenida", "boulevard": "bd bld blvd boul",
    "chemin": "che chem", "commandant": "cdt cmdt", "cours": "crs", "docteur": "dr",
    "faubourg": "fg fbg", "general": "gal gral gen", "impasse": "imp", "lieutenant": "lt",
    "marechal": "mal mar", "notre": "nd", "passage": "pass psg", "place": "pl",
    "president": "pdt pres", "professeur": "pr prof", "quai": "q", "residence": "res",
    "route": "rte", "rue": "r rua", "square": "sq",
    "saint": "st s ste sainte san santo santa sant sao", "zone": "z",
    # Italian
    "corso": "cso", "fratelli": "flli", "largo": "lgo", "piazza": "pza pzza",
    "piazzale": "ple pzle", "via": "v", "viale": "vle",
    # Portuguese
    "praca": "pca", "travessa": "tv trav", "estrada": "estr",
}  # fmt: skip
SPELLED_OUT: Final[Mapping[str, str]] = MappingProxyType(
    {short: word for word, shorts in _SPELLINGS.items() for short in shorts.split()}
)
# Words that many leave out or add; a search never needs them.
ARTICLES: Final = frozenset({
    "a", "agli", "ai", "al", "alla", "au", "aux", "d", "da", "dal", "das", "de", "degli",
    "dei", "del", "dell", "della", "delle", "dello", "des", "di", "do", "dos", "du", "e", "el",
    "en", "et", "gli", "i", "il", "l", "la", "las", "le", "les", "lo", "los", "o", "os", "the",
    "of", "und", "y",
})  # fmt: skip
_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d"})
_INNER_DOT: Final = re.compile(r"\b(\w{1,2})\.(?=\w{1,3}\b)")  # v.le, p.za, R.E.R.
_WORD: Final = re.compile(r"[^\W_]+")
_HOUSE_NUMBER: Final = re.compile(r"(\d{1,5})\s*[-/ ]?\s*(bis|ter|quater|[a-z])?")
_SUFFIXES: Final[Mapping[str, str]] = MappingProxyType({"bis": "b", "ter": "t", "quater": "q"})


def list_words(text: str) -> list[str]:
    """The words of `text` without accents, case, ligatures and punctuation, none spelled out."""
    plain = text.casefold().translate(_LIGATURES)
    if not plain.isascii():
        letters = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _WORD.findall(_INNER_DOT.sub(r"\1", plain.casefold()))


def spell_out(word: str) -> str:
    """The one spelling of a word that has abbreviations; any other word as it is."""
    return SPELLED_OUT.get(word, word)


def fold(text: str) -> str:
    """`text` as it is compared: its words, spelled out, with single blanks between them."""
    return " ".join(spell_out(word) for word in list_words(text))


def street_key(name: str) -> str:
    """What two spellings of one street's name have in common: `fold` without the articles."""
    words = fold(name).split()
    return " ".join([word for word in words if word not in ARTICLES] or words)


def parse_house_number(text: str) -> tuple[int, str] | None:
    """Number and suffix of "62", "62 bis", "12/A" or "12b"; None where it is none.

    French "bis, ter, quater" are the letters b, t, q, as many write them so.
    """
    found = _HOUSE_NUMBER.fullmatch(text.strip().casefold())
    if found is None:
        return None
    suffix = found[2] or ""
    return int(found[1]), _SUFFIXES.get(suffix, suffix)
