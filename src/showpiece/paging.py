"""Keyset paging: the cost of a page does not depend on how far in it lies."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """A page of a list, and the addresses of its neighbours ("" where there is none)."""

    items: list[M]
    next_url: str
    previous_url: str


def _cursor(row: Model, field: str) -> str:
    moment: datetime = getattr(row, field)
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{row.pk}".encode()).decode().rstrip("=")


def _position(cursor: str, model: type[Model]) -> tuple[datetime, Any]:
    try:
        moment, _, pk = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        when = datetime.fromisoformat(moment)
        if when.tzinfo is None:
            raise ValueError(moment)
        return when.astimezone(UTC), model._meta.pk.to_python(pk)
    except (binascii.Error, ValueError, OverflowError, ValidationError) as error:
        raise Http404("No such page.") from error


def keyset_page(
    rows: QuerySet[M], *, field: str, size: int, after: str, before: str, url: Callable[[dict[str, str]], str]
) -> Page[M]:
    """The page of `rows`, newest first by (`field`, id), that follows `after` or precedes `before`.

    `url` makes an address from query parameters. `Http404` for a cursor that is none of ours.
    """
    backwards = bool(before) and not after
    order = (field, "pk") if backwards else (f"-{field}", "-pk")
    if cursor := before if backwards else after:
        moment, pk = _position(cursor, rows.model)
        step = "gt" if backwards else "lt"
        # The first condition repeats what the second says of `field`: it lets the database start inside its index.
        rows = rows.filter(**{f"{field}__{step}e": moment}).filter(
            Q(**{f"{field}__{step}": moment}) | Q(**{field: moment, f"pk__{step}": pk})
        )
    found = list(rows.order_by(*order)[: size + 1])
    more, items = len(found) > size, found[:size]
    if backwards:
        items.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(after))
    return Page(
        items=items,
        next_url=url({"after": _cursor(items[-1], field)}) if items and has_next else "",
        previous_url=url({"before": _cursor(items[0], field)}) if items and has_previous else "",
    )
