"""A page as a Russian reader sees it, and what of it is still English."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

SHOWN_ATTRIBUTES = {"alt", "title", "aria-label", "placeholder", "data-units", "data-too-large", "data-wrong-type"}
SHOWN_ATTRIBUTES |= {"data-copied", "data-label", "label"}
# Names that are written so in Russian too.
NAMES = {"Showpiece", "JPEG", "PNG", "WebP", "AVIF", "JSON", "CSV", "API", "UTC", "cookie", "JavaScript", "QR"}
NAMES |= {"Markdown", "ZIP", "RSS", "Atom", "PDF", "OpenAPI"}
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
NO_WORDS = re.compile(r"\S*@\S+|(?:[a-z0-9-]+\.)+[a-z]{2,}|\{\w+\}")  # addresses, usernames, places to fill


class Reader(HTMLParser):
    """What people see or hear of a page, by the language that the page says it is in."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.language = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        if tag in ("script", "style", "pre"):
            self._silent += 1
        if tag == "button" and given.get("lang"):  # the names of the languages, each in its own
            return
        self.texts += [value for name, value in given.items() if name in SHOWN_ATTRIBUTES]
        if given.get("name") == "description":
            self.texts.append(given["content"])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "pre"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(data.strip())


def english(html: str) -> list[str]:
    """Texts with a Latin word that is no name."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return [
        text for text in reader.texts if set(LATIN_WORD.findall(NO_WORDS.sub("", text))) - NAMES and text != "English"
    ]


def check(response: Any, status: int = 200) -> str:
    html: str = response.content.decode()
    assert response.status_code == status
    assert english(html) == []
    if "<html" in html:
        assert '<html lang="ru"' in html
        assert response["Content-Language"] == "ru"
        assert {"Accept-Language", "Cookie"} <= {part.strip() for part in response["Vary"].split(",")}
    return html
