"""How much is done with a project, lately. Every room registers what it counts; this room knows none of them.

A thing done today counts one, and half as much for every `HALF_LIFE_DAYS` that have passed. Numbers are kept in
thousandths. Looking at a page counts for nothing: a GET writes nothing.
"""

import heapq
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import groupby, islice
from operator import itemgetter

from django.db.models import Case, Value, When
from django.utils import timezone

from showpiece.catalog.models import Project

HALF_LIFE_DAYS = 14
# What is older counts less than a thousandth.
WINDOW_DAYS = 10 * HALF_LIFE_DAYS
AT_ONCE = 500

Counted = Iterable[tuple[uuid.UUID, date, int]]
Source = Callable[[date, date], Counted]
_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Add what a room counts. `source(first, last)` gives (project, day, how many) for those days, by project's id.

    Registering a name again replaces the source.
    """
    _sources[name] = source


def weight(age_days: int) -> float:
    """What a thing counts that was done so many days ago."""
    return float(0.5 ** (max(age_days, 0) / HALF_LIFE_DAYS))


def popularities(today: date) -> Iterator[tuple[uuid.UUID, int]]:
    """Project and popularity in thousandths, by the project's id, of all with anything to count."""
    first = date.fromordinal(today.toordinal() - WINDOW_DAYS)
    counted = heapq.merge(*(source(first, today) for source in _sources.values()), key=itemgetter(0))
    for project, rows in groupby(counted, key=itemgetter(0)):
        yield project, round(1000 * sum(many * weight((today - day).days) for _, day, many in rows))


def update() -> int:
    """Write the numbers that have changed, and no others. Returns how many. Any number of workers may do it at once."""
    changed, done = 0, uuid.UUID(int=0)
    counted = popularities(timezone.now().date())
    while now := dict(islice(counted, AT_ONCE)):
        last = max(now)
        changed += _forgotten(done, last, set(now))
        before = Project.objects.filter(pk__in=now).values_list("pk", "popularity")
        moved = {pk: now[pk] for pk, was in before if was != now[pk]}
        if moved:
            values = [When(pk=pk, then=Value(number)) for pk, number in moved.items()]
            changed += Project.objects.filter(pk__in=moved).update(popularity=Case(*values))
        done = last
    return changed + _forgotten(done, None, set())


def _forgotten(after: uuid.UUID, until: uuid.UUID | None, but: set[uuid.UUID]) -> int:
    """Nothing was done for long with those between the two ids and not in `but`."""
    stale = Project.objects.filter(pk__gt=after, popularity__gt=0).exclude(pk__in=but)
    if until is not None:
        stale = stale.filter(pk__lte=until)
    changed = 0
    while batch := list(stale.values_list("pk", flat=True)[:AT_ONCE]):
        changed += Project.objects.filter(pk__in=batch).update(popularity=0)
    return changed
