"""Files of versions, and how they are fetched, in tests."""

from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.test import Client

from showpiece.catalog import services as catalog
from showpiece.catalog.models import Project, Release, ReleaseFile
from showpiece.orders.access import door_of
from showpiece.orders.models import Download, Order
from tests.factories import ReleaseFactory

DATA = b"0123456789"


def with_file(project: Project, name: str = "tool.zip", data: bytes = DATA, **fields: Any) -> ReleaseFile:
    """A version of it that is out, with a file."""
    release: Release = ReleaseFactory(project=project, **fields)
    out, release.released_at = release.released_at, None
    release.save()
    row = catalog.release_file_add(release=release, content=ContentFile(data), name=name)
    Release.objects.filter(pk=release.pk).update(released_at=out)
    row.refresh_from_db()
    return row


def body(answer: Any) -> bytes:
    """What came, however it came."""

    async def read() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(read)() if answer.streaming else answer.content


def file_url(order: Order, file: ReleaseFile) -> str:
    """The stable address of a file, as its buyer has it."""
    return door_of(order).file_url(file.pk)


def link_to(client: Client, order: Order, file: ReleaseFile) -> str:
    """A fresh link, as the order's page leads to it."""
    answer = client.get(file_url(order, file))
    assert answer.status_code == 302, answer.content
    assert "no-store" in answer["Cache-Control"]
    return urlsplit(answer["Location"]).path


def uses() -> list[int]:
    """How often each link was used, the oldest first."""
    return list(Download.objects.order_by("pk").values_list("uses", flat=True))


def fetched(link: str, client: Client | None = None, **headers: str) -> Any:
    """What a browser gets at a download link."""
    return (client or Client()).get(link, headers=headers)
