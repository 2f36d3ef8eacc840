"""What somebody who mistyped may have meant."""

from difflib import SequenceMatcher

from django.db import connection

from showpiece.catalog.models import SearchWord

# How alike two words have to be, of 1, and how many are looked at.
ALIKE, NEAREST, SHORTEST = 0.7, 50, 4


def meant(typed: tuple[str, ...]) -> tuple[str, ...]:
    """The words, those in no name or tag exchanged for the most similar that are. () if nothing changes."""
    known = set(SearchWord.objects.filter(word__in=typed).values_list("word", flat=True))
    found = tuple(word if word in known or len(word) < SHORTEST else _nearest(word) or word for word in typed)
    return found if found != typed else ()


def _nearest(word: str) -> str:
    rated = [(SequenceMatcher(None, word, other).ratio(), other) for other in _similar(word)]
    best = max(rated, default=(0.0, ""))
    return best[1] if best[0] >= ALIKE else ""


def _similar(word: str) -> list[str]:
    """Words that share pieces of three letters, by either database's index of them."""
    if connection.vendor == "sqlite":
        pieces = " OR ".join(f'"{word[at : at + 3]}"' for at in range(len(word) - 2))
        return _words(
            "SELECT word FROM catalog_spelling WHERE catalog_spelling MATCH %s ORDER BY rank LIMIT %s", pieces
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_class WHERE relname = 'search_similar'")
        by_pieces = cursor.fetchone()
    if by_pieces:
        return _words("SELECT word FROM catalog_searchword ORDER BY word <-> %s LIMIT %s", word)
    # Without the extension: those that begin alike.
    return _words("SELECT word FROM catalog_searchword WHERE word LIKE %s || '%%' LIMIT %s", word[:2], 20 * NEAREST)


def _words(sql: str, what: str, limit: int = NEAREST) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [what, limit])
        return [word for (word,) in cursor.fetchall()]
