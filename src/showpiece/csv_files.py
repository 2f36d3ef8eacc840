"""CSV files that people open in a spreadsheet."""

import csv
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

# What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# Lines that are read and sent at once.
AT_ONCE = 500
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


def csv_response(
    request: HttpRequest, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """A file to download, however long: it is read as it is sent."""
    lines = csv_lines(head, rows)
    # Under ASGI Django would read an iterator to its end before it sends a byte.
    content = _pieces(lines) if isinstance(request, ASGIRequest) else lines
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


async def _pieces(lines: Iterator[str]) -> AsyncIterator[str]:
    """The same a piece at a time, each in the request's thread, which has its connection to the database."""
    while piece := await sync_to_async(lambda: "".join(islice(lines, AT_ONCE)))():
        yield piece
