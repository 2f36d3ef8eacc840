"""What somebody who mistyped may have meant."""

from difflib import SequenceMatcher

from django.db import connection

from showpiece.catalog.models import SearchWord

# How alike two words have to be, of 1, and how many are looked at: of those that share such a part of their pieces.
ALIKE, NEAREST, SHORTEST = 0.7, 50, 4
SHARED = "0.2"


def meant(typed: tuple[str, ...]) -> tuple[str, ...]:
    """The words, those in no name or tag exchanged for the most similar that are. () if nothing changes."""
    similar = _similar([word for word in typed if len(word) >= SHORTEST])
    found = tuple(_nearest(word, similar.get(word, [])) or word for word in typed)
    return found if found != typed else ()


def _nearest(word: str, similar: list[str]) -> str:
    rated = [(SequenceMatcher(None, word, other).ratio(), other) for other in similar]
    best = max(rated, default=(0.0, ""))
    return best[1] if best[0] >= ALIKE else ""


def _similar(typed: list[str]) -> dict[str, list[str]]:
    """Of each word that is in no name or tag, those that share pieces of three letters, by the database's index."""
    if not typed:
        return {}
    if connection.vendor == "postgresql" and _by_pieces():
        return _sharing(typed)
    known = set(SearchWord.objects.filter(word__in=typed).values_list("word", flat=True))
    return {word: _like(word) for word in typed if word not in known}


def _sharing(typed: list[str]) -> dict[str, list[str]]:
    """By one query. What share of the pieces is enough is told to this statement alone, before the index is read."""
    found: dict[str, list[str]] = {word: [] for word in typed}
    sql = """WITH asked AS MATERIALIZED (
            SELECT word, set_config('pg_trgm.similarity_threshold', %s, true) AS told FROM unnest(%s::text[]) word)
        SELECT asked.word, near.word FROM asked CROSS JOIN LATERAL (
            SELECT word FROM catalog_searchword WHERE word %% asked.word ORDER BY word <-> asked.word LIMIT %s) near
        WHERE asked.told IS NOT NULL"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [SHARED, typed, NEAREST])
        for word, other in cursor.fetchall():
            found[word].append(other)
    return {word: others for word, others in found.items() if word not in others}


def _like(word: str) -> list[str]:
    if connection.vendor == "sqlite":
        pieces = " OR ".join(f'"{word[at : at + 3]}"' for at in range(len(word) - 2))
        return _words(
            "SELECT word FROM catalog_spelling WHERE catalog_spelling MATCH %s ORDER BY rank LIMIT %s", pieces
        )
    # Without the extension: those that begin alike.
    return _words("SELECT word FROM catalog_searchword WHERE word LIKE %s || '%%' LIMIT %s", word[:2], 20 * NEAREST)


_indexed: set[str] = set()


def _by_pieces() -> bool:
    """Whether PostgreSQL has the extension and its index: once it has, that is not asked again."""
    name = str(connection.settings_dict["NAME"])
    if name not in _indexed:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_class WHERE relname = 'search_similar'")
            if cursor.fetchone():
                _indexed.add(name)
    return name in _indexed


def _words(sql: str, what: str, limit: int = NEAREST) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [what, limit])
        return [word for (word,) in cursor.fetchall()]
