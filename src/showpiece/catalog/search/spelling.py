"""What somebody who mistyped may have meant."""

from difflib import SequenceMatcher
from itertools import pairwise

from django.db import connection

from showpiece.catalog.models import SearchWord

# How alike two words have to be, of 1, and how many are looked at: of those that share such a part of their pieces.
ALIKE, NEAREST, SHORTEST = 0.7, 50, 4
SHARED = "0.2"


def meant(typed: tuple[str, ...]) -> tuple[str, ...]:
    """The words, those in no name or tag exchanged for the most similar that are. () if nothing changes."""
    long = [word for word in typed if len(word) >= SHORTEST]
    nearest = _nearest_on_sqlite(long) if connection.vendor == "sqlite" else _nearest_of(_similar(long))
    found = tuple(nearest.get(word) or word for word in typed)
    return found if found != typed else ()


def _nearest_of(similar: dict[str, list[str]]) -> dict[str, str]:
    """Of each word the one of those beside it that is most like it, "" if none is."""
    return {word: _nearest(word, others) for word, others in similar.items()}


def _nearest(word: str, similar: list[str]) -> str:
    best, nearest = ALIKE, ""
    compared = SequenceMatcher(None, "", word)  # which keeps what it knows of its second one
    for other in similar:
        compared.set_seq1(other)
        # Bounds that are told sooner than the ratio itself.
        if compared.real_quick_ratio() >= best and compared.quick_ratio() >= best:
            best, nearest = max((best, nearest), (compared.ratio(), other))
    return nearest


def _similar(typed: list[str]) -> dict[str, list[str]]:
    """Of each word that is in no name or tag, those that share pieces of three letters, by the database's index."""
    if not typed:
        return {}
    if _by_pieces():
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
    """Without the extension: those that begin alike."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM catalog_searchword WHERE word LIKE %s || '%%' LIMIT %s", [word[:2], 20 * NEAREST]
        )
        return [other for (other,) in cursor.fetchall()]


def _nearest_on_sqlite(typed: list[str]) -> dict[str, str]:
    """One query, or two: FTS5 takes long to order all that share a piece with a word, and few share two in a row."""
    pieces = {word: [f'"{word[at : at + 3]}"' for at in range(len(word) - 2)] for word in typed}
    pairs = {word: [f"({one} AND {next_one})" for one, next_one in pairwise(of)] for word, of in pieces.items()}
    similar = _matching(pairs)
    found = _nearest_of(similar)
    rest = {word: pieces[word] for word, nearest in found.items() if not nearest}
    return found | _nearest_of(_matching(rest))


def _matching(expressions: dict[str, list[str]]) -> dict[str, list[str]]:
    """Of each word that is in no name or tag, those that match one of its expressions. At most one query."""
    if not expressions:
        return {}
    each = """SELECT * FROM (SELECT word, word FROM catalog_searchword WHERE word = %s) UNION ALL
        SELECT * FROM (SELECT %s, word FROM catalog_spelling WHERE catalog_spelling MATCH %s ORDER BY rank LIMIT %s)"""
    found: dict[str, list[str]] = {word: [] for word in expressions}
    values = [value for word, some in expressions.items() for value in (word, word, " OR ".join(some), NEAREST)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([each] * len(expressions)), values)
        for word, other in cursor.fetchall():
            found[word].append(other)
    return {word: others for word, others in found.items() if word not in others}


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
