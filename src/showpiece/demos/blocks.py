"""The parts that a result is shown as, and values in words."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from showpiece.demos.charts import ChartView
from showpiece.numbers import rounded

MOST_COLUMNS = 3


@dataclass(frozen=True)
class Block:
    """A part of a result, as the template shows it."""

    kind: str
    label: str
    url: str = ""
    download_url: str = ""
    width: int | None = None
    height: int | None = None
    alt: str = ""
    poster_url: str = ""
    size_text: str = ""
    text: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    empty_text: str = ""
    note: str = ""
    chart: ChartView | None = None

    @property
    def is_wide(self) -> bool:
        """Whether a table has more columns than a telephone has room for."""
        return len(self.columns) > MOST_COLUMNS


def facts_together(blocks: list[Block]) -> Iterator[Block]:
    """Short values that follow each other as one list of facts."""
    facts: list[Block] = []
    for block in [*blocks, None]:
        if block is not None and block.kind == "text":
            facts.append(block)
            continue
        if len(facts) > 1:
            rows = [[fact.label, capfirst(fact.text)] for fact in facts]
            yield Block(kind="facts", label=_("In short"), rows=rows)
        else:
            yield from facts
        facts = []
        if block is not None:
            yield block


def is_table(part: dict[str, Any]) -> bool:
    """Whether a value of this schema is a list of objects, or of rows whose columns have names."""
    return part.get("type") == "array" and ("$ref" in part.get("items", {}) or "x-columns" in part)


class Table:
    """A list of objects, or of rows, as columns and rows of text; or, for programs, of raw values."""

    def __init__(self, values: list[Any], part: dict[str, Any], schemas: dict[str, Any]) -> None:
        if "x-columns" in part:
            item = part["items"].get("items", {})
            self._values: list[dict[Any, Any]] = [dict(enumerate(value)) for value in values]
            self._parts: list[tuple[Any, dict[str, Any]]] = [
                (number, {**item, "title": title}) for number, title in enumerate(part["x-columns"])
            ]
        else:
            self._values = values
            self._parts = ordered(schemas[part["items"]["$ref"].rpartition("/")[2]])
        self._shown = [(name, part) for name, part in self._parts if not part.get("x-hidden")]

    @property
    def columns(self) -> list[str]:
        return [pgettext("table", "No."), *(_(part.get("title", name)) for name, part in self._shown)]

    def rows(self) -> list[list[str]]:
        return [
            [str(number), *(cell(value.get(name), part) for name, part in self._shown)]
            for number, value in enumerate(self._values, start=1)
        ]

    def raw(self) -> Iterator[list[Any]]:
        """Names, then the values as they are, for a spreadsheet."""
        yield [part["title"] if isinstance(name, int) else name for name, part in self._parts]
        for value in self._values:
            yield [_spreadsheet_value(value.get(name)) for name, _part in self._parts]


def ordered(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The properties of an object in the order that its author gave them."""
    return sorted(schema["properties"].items(), key=lambda item: item[1].get("x-order", 0))


def _spreadsheet_value(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(map(str, value))
    # A spreadsheet would run a text that begins like this as a formula.
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def cell(value: Any, part: dict[str, Any]) -> str:
    """A value in words of the reader's language; a part of one (between 0 and 1 by the schema) as per cent."""
    if value is None:
        return _(part["x-null"]) if part.get("x-null") else "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float) and _is_share(part):
        return f"{rounded(value * 100)} %"
    if isinstance(value, float):
        return rounded(value, 1)
    if isinstance(value, list):
        return ", ".join(cell(item, {}) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and (part.get("enum") or part.get("x-names")):
        return _(part.get("x-names", {}).get(value, value))
    return str(value)


def _is_share(part: dict[str, Any]) -> bool:
    for alternative in [part, *part.get("anyOf", [])]:
        if alternative.get("minimum", -1) >= 0 and alternative.get("maximum") == 1:
            return True
    return False
