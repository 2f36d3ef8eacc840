"""Whom one might give to as well. Reading only."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from showpiece.catalog.models import Project
from showpiece.catalog.search import MAX_QUERY, Wanted, find, query_words
from showpiece.donations.takers import takers, takers_among

# So many are offered, by the same creators and of those that were found; and of one creator, as long as none is chosen.
MOST, MOST_OF_ONE = 6, 20


@dataclass(frozen=True)
class Offers:
    """Projects beside those that were chosen. `found`: by what was typed, the best first; `own`: by the same creators,
    the newest first."""

    own: list[Project]
    found: list[Project]
    has_searched: bool = False


def offered_beside(chosen: Sequence[Project], but: Sequence[uuid.UUID], typed: str, creator: str = "") -> Offers:
    """Two queries at most, and the search's. `creator`: the address of one whose projects are offered where none is
    chosen."""
    taken = {*but, *(project.pk for project in chosen)}
    words = query_words(typed[:MAX_QUERY])
    found: list[Project] = []
    if words:
        keys = sorted(find(Wanted(words=tuple(words))).keys, key=lambda key: (-key.score, -key.popularity, key.pk))
        found = takers_among([key.pk for key in keys if key.pk not in taken][: 2 * MOST])[:MOST]
    creators = {project.creator_id for project in chosen}
    taken |= {project.pk for project in found}
    theirs = Project.objects.filter(creator__in=creators) if creators else Project.objects.filter(creator__slug=creator)
    own = takers(theirs).exclude(pk__in=taken).order_by("-published_at", "-pk")
    most = MOST if creators else MOST_OF_ONE
    return Offers(list(own[:most]) if creators or creator else [], found, bool(words))
