"""What stands on a receipt, as texts in its language. The page and the PDF show the same sheet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple


class Fact(NamedTuple):
    """A line of what is known, as its number and when it was paid."""

    label: str
    text: str


class Party(NamedTuple):
    """Who sold, or who paid."""

    label: str
    lines: tuple[str, ...]


class Row(NamedTuple):
    """Something that was paid for."""

    name: str
    # In smaller letters below the name.
    about: str
    # One for each of the sheet's heads after the first; may have several lines.
    cells: tuple[str, ...]
    # Both in Latin letters, for paper, where its font lacks some of theirs.
    plain: str = ""
    plain_about: str = ""


class Sum(NamedTuple):
    """A line below the rows."""

    label: str
    text: str
    kind: Literal["", "total", "part"] = ""


@dataclass(frozen=True)
class Sheet:
    """A receipt."""

    language: str
    title: str
    facts: tuple[Fact, ...]
    parties: tuple[Party, ...]
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    sums: tuple[Sum, ...]
    # Such as "Page 2 of 3", with {page} and {pages}.
    page_of: str
    # When it came to be; the same sheet is the same file, byte by byte.
    moment: datetime
    notes: tuple[str, ...] = ()
    brand: str = "Showpiece"

    @property
    def table(self) -> list[tuple[Row, list[tuple[str, str]]]]:
        """The rows, each with its cells and their heads."""
        return [(row, list(zip(self.heads[1:], row.cells, strict=True))) for row in self.rows]


def without_empty_columns(heads: tuple[str, ...], rows: list[Row]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """The heads and rows less the columns in which no row has anything."""
    used = [place for place in range(len(heads) - 1) if any(row.cells[place] for row in rows)]
    kept = tuple(row._replace(cells=tuple(row.cells[place] for place in used)) for row in rows)
    return (heads[0], *(heads[place + 1] for place in used)), kept
