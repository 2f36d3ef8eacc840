"""CSV files that are read as they are sent."""

import asyncio
import csv
from collections.abc import AsyncIterator, Iterator
from typing import cast

import pytest
from django.test import AsyncRequestFactory, RequestFactory

from showpiece.csv_files import AT_ONCE, csv_response

MANY = AT_ONCE * 3 + 1


def numbered(read: list[int]) -> Iterator[list[str]]:
    for number in range(MANY):
        read.append(number)
        yield [str(number), "=1"]


def test_under_asgi_it_is_read_a_piece_at_a_time() -> None:
    read: list[int] = []
    response = csv_response(AsyncRequestFactory().get("/"), "a.csv", ["number", "formula"], numbered(read))
    assert response.is_async
    assert response["Content-Disposition"] == 'attachment; filename="a.csv"'

    async def whole() -> str:
        pieces = cast(AsyncIterator[bytes], response.streaming_content)
        text = await anext(pieces)
        assert len(read) < AT_ONCE
        return (text + b"".join([piece async for piece in pieces])).decode("utf-8-sig")

    rows = list(csv.DictReader(asyncio.run(whole()).splitlines()))
    assert [int(row["number"]) for row in rows] == list(range(MANY))
    assert rows[0]["formula"] == "'=1"


@pytest.mark.filterwarnings("error")
def test_a_server_without_asgi_gets_it_too() -> None:
    response = csv_response(RequestFactory().get("/"), "a.csv", ["number", "formula"], numbered([]))
    assert len(b"".join(cast(Iterator[bytes], response)).splitlines()) == MANY + 1
