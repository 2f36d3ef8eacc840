"""What somebody looks for, and what is found: common to both databases."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from showpiece.catalog.models import Category, PriceKind, Status, Tag
from showpiece.catalog.search.index import facets
from showpiece.catalog.search.words import words

MAX_QUERY, MAX_WORDS = 200, 8
# How many are read at most.
LIMIT = 1000
SORTED_BY = "p.popularity, p.rating, p.currency, p.price_minor"
ON_DISPLAY = f"""p.status = '{Status.PUBLISHED}' AND p.published_at <= %s AND c.status = '{Status.PUBLISHED}'"""


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for."""

    words: tuple[str, ...] = ()
    category: Category | None = None
    tags: tuple[Tag, ...] = ()
    price: str = ""
    demo: bool = False
    language: str = ""

    @property
    def facets(self) -> list[str]:
        return facets(
            category=self.category.pk if self.category else None,
            tags=[tag.pk for tag in self.tags],
            price=self.price if self.price in PriceKind.values else "",
            demo=self.demo,
            language=self.language,
        )


class Key(NamedTuple):
    """A project that was found: what it may be sorted by."""

    pk: UUID
    score: int
    published_at: datetime
    popularity: int
    rating: int
    currency: str
    price_minor: int


@dataclass(frozen=True)
class Found:
    """In no order. `capped`: there are more, which were not read."""

    keys: list[Key]
    capped: bool


def query_words(text: str) -> tuple[str, ...]:
    """The words that somebody typed, as many as are looked for. Whatever else is in the text is not."""
    return tuple(dict.fromkeys(words(text[:MAX_QUERY])))[:MAX_WORDS]


def answer(sql: str, parameters: list[Any]) -> list[Any]:
    """The rows that the database gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
