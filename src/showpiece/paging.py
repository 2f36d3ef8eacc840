"""Keyset paging: the cost of a page does not depend on how far in it lies."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BigIntegerField, BooleanField, F, Field, Func, Model, QuerySet, Value
from django.http import Http404, HttpRequest

M = TypeVar("M", bound=Model)
K = TypeVar("K")
Url = Callable[[dict[str, str]], str]


@dataclass(frozen=True)
class Page(Generic[K]):
    """A page of a list, and the addresses of its neighbours ("" where there is none)."""

    items: list[K]
    next_url: str
    previous_url: str


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: fields that all go one way, and the id behind them.

    A cursor holds for the order of its name only.
    """

    name: str
    fields: tuple[str, ...]
    descending: bool = True

    def of(self, row: Any) -> tuple[Any, ...]:
        """Where a row stands."""
        return (*(getattr(row, field) for field in self.fields), row.pk)


class _Beyond(Func):
    """`(a, b, id) < (x, y, z)`: so both databases start inside an index of these columns, and not at its end."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:  # type: ignore[override]
        parts = [compiler.compile(expression) for expression in self.source_expressions]
        half = len(parts) // 2
        left, right = (", ".join(sql for sql, _ in side) for side in (parts[:half], parts[half:]))
        parameters = tuple(value for _, values in parts for value in values)
        return f"({left}) {self.extra['sign']} ({right})", parameters


def _cursor(row: Any, order: Order) -> str:
    place = [value.isoformat() if isinstance(value, datetime) else value for value in order.of(row)]
    text = json.dumps([order.name, *place], default=str, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _fields(model: type[Model], order: Order) -> list["Field[Any, Any]"]:
    """The model's fields, and a number for what is none of them, as a score."""
    found: list[Field[Any, Any]] = []
    for name in order.fields:
        try:
            found.append(model._meta.get_field(name))  # type: ignore[arg-type]
        except FieldDoesNotExist:
            found.append(BigIntegerField())
    return [*found, model._meta.get_field(model._meta.pk.name)]  # type: ignore[list-item]


def _position(cursor: str, model: type[Model], order: Order) -> tuple[Any, ...]:
    try:
        name, *place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if name != order.name:
            raise ValueError(name)
        fields = _fields(model, order)
        return tuple(_value(field, text) for field, text in zip(fields, place, strict=True))
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError, ValidationError) as error:
        raise Http404("No such page.") from error


def _value(field: "Field[Any, Any]", text: Any) -> Any:
    if not isinstance(text, str | int) or isinstance(text, bool):
        raise TypeError(text)
    value = field.to_python(text)
    field.run_validators(value)
    if value is None or (isinstance(value, str) and "\x00" in value):
        raise ValueError(text)
    if isinstance(value, datetime):
        if value.tzinfo is None or "T" not in str(text):
            raise ValueError(text)
        return value.astimezone(UTC)
    return value


def _page(found: Sequence[K], order: Order, *, size: int, backwards: bool, cursor: str, url: Url) -> Page[K]:
    more, items = len(found) > size, list(found[:size])
    if backwards:
        items.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(cursor))
    return Page(
        items=items,
        next_url=url({"after": _cursor(items[-1], order)}) if items and has_next else "",
        previous_url=url({"before": _cursor(items[0], order)}) if items and has_previous else "",
    )


def keyset_page(rows: QuerySet[M], *, field: str | Order, size: int, after: str, before: str, url: Url) -> Page[M]:
    """The page of `rows` that follows `after` or precedes `before`, by the order `field` (a name: the newest first).

    `url` makes an address from query parameters. `Http404` for a cursor that is none of ours, or of another order.
    """
    order = field if isinstance(field, Order) else Order(field, (field,))
    backwards = bool(before) and not after
    down = order.descending != backwards
    if cursor := before if backwards else after:
        place = _position(cursor, rows.model, order)
        fields = _fields(rows.model, order)
        values = [Value(value, output_field=field) for value, field in zip(place, fields, strict=True)]
        names = [F(name) for name in (*order.fields, "pk")]
        rows = rows.filter(_Beyond(*names, *values, sign="<" if down else ">"))
        # Of two bounds of one column SQLite starts in the index at the one that is written first.
        conditions = rows.query.where.children
        conditions.insert(0, conditions.pop())
    sign = "-" if down else ""
    found = list(rows.order_by(*(f"{sign}{name}" for name in (*order.fields, "pk")))[: size + 1])
    return _page(found, order, size=size, backwards=backwards, cursor=cursor, url=url)


def page_url(request: HttpRequest) -> Url:
    """Makes the address of another page of the list that was asked for: its other parameters stay."""

    def url(parameters: dict[str, str]) -> str:
        query = request.GET.copy()
        for name in ("after", "before"):
            query.pop(name, None)
        query.update(parameters)
        return f"{request.path}?{query.urlencode()}"

    return url


def keyset_slice(
    keys: Sequence[K], model: type[Model], order: Order, *, size: int, after: str, before: str, url: Url
) -> Page[K]:
    """The same for what was read already: `keys` have the attributes that the order names, and `pk`."""
    backwards = bool(before) and not after
    down = order.descending != backwards
    ordered = sorted(keys, key=order.of, reverse=down)
    if cursor := before if backwards else after:
        place = _position(cursor, model, order)
        ordered = [key for key in ordered if (order.of(key) < place if down else order.of(key) > place)]
    return _page(ordered[: size + 1], order, size=size, backwards=backwards, cursor=cursor, url=url)
