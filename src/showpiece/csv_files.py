"""CSV files that people open in a spreadsheet."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def plain_cell(value: Any) -> Any:
    """A value that no spreadsheet runs as a formula. A number below zero is none."""
    is_formula = isinstance(value, str) and value.startswith(FORMULA) and not NUMBER.fullmatch(value)
    return f"'{value}" if is_formula else value


class _Echo:
    """What a csv writer writes to: it gives the line back."""

    def write(self, text: str) -> str:
        return text


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A file line by line, so that one of any length can be sent."""
    writer = csv.writer(_Echo())
    # The mark without which Excel takes it for another encoding.
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow(head)
    for row in rows:
        yield writer.writerow([plain_cell(value) for value in row])
