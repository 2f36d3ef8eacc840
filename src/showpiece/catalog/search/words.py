"""Texts as words to search by: of one shape, and by their stems."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from threading import local

import Stemmer

MAX_WORD, MAX_BODY_WORDS = 40, 3000
# C++ and C# are no C.
_WORD = re.compile(r"[^\W_]+(?:\+\+|#(?!\w))?")
_NAMED = str.maketrans({"+": "p", "#": "s", "ё": "\u0435"})  # one letter to who searches
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_own = local()  # stemmers keep a state


def words(text: str) -> Iterator[str]:
    """The words of a text in their order: letters and digits only, whatever else it holds."""
    for found in _WORD.finditer(unicodedata.normalize("NFKC", text).casefold()):
        word = found.group().translate(_NAMED)[:MAX_WORD]
        if word.isascii() or all(unicodedata.category(letter)[0] in "LN" for letter in word):
            yield word


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The part that the forms of a word share, by the rules of Russian or English."""
    if not hasattr(_own, "russian"):
        _own.russian, _own.english = Stemmer.Stemmer("russian"), Stemmer.Stemmer("english")
    stemmer = _own.russian if _CYRILLIC.search(word) else _own.english
    return str(stemmer.stemWord(word)) or word


def stems(texts: Iterable[str]) -> list[str]:
    """Each stem of these texts once, of long ones as many as the first pages have."""
    found = (stem(word) for text in texts for word in islice(words(text), MAX_BODY_WORDS))
    return list(dict.fromkeys(found))


def words_and_stems(texts: Iterable[str]) -> list[str]:
    """Each word and each stem once: what is short can also be found by the beginning of a word."""
    found = [word for text in texts for word in words(text)]
    return list(dict.fromkeys([*found, *map(stem, found)]))
