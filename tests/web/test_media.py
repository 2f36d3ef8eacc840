"""Public pictures, and nothing else, under /media/."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.test import Client

PICTURE = b"RIFF\x00\x00\x00\x00WEBP"


def test_picture_is_kept_by_browsers_and_can_do_nothing(client: Client) -> None:
    storages["public"].save("projects/a/b.webp", ContentFile(PICTURE))
    answer = client.get("/media/projects/a/b.webp")
    assert answer.content == PICTURE
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name",
    [
        "nothing.webp",
        "../private/runs/x.webp",
        "%2e%2e/private/x.webp",
        "projects",
        "projects/a.html",
        "a.svg",
        "a\x00.webp",
        "x" * 300 + ".webp",
    ],
)
def test_anything_else_is_not_found(client: Client, name: str) -> None:
    for store in (storages["public"], default_storage):
        store.save("projects/a.html", ContentFile(b"<script>"))
        store.save("a.svg", ContentFile(b"<svg/>"))
    assert client.get(f"/media/{name}").status_code == 404
