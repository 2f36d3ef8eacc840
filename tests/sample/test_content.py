"""The sample shop is the first thing that anybody sees: nothing of it may be missing, untranslated or heavy."""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import showpiece

SAMPLE = Path(showpiece.__file__).parent / "sample"
SHOP: dict[str, list[dict[str, Any]]] = tomllib.loads((SAMPLE / "shop.toml").read_text(encoding="utf-8"))
PEOPLE = SHOP["person"]
CATEGORIES, CREATORS, PROJECTS, DEMOS = (SHOP[table] for table in ("category", "creator", "project", "demo"))

MORE_PICTURES = [picture for row in PROJECTS for picture in row.get("more_pictures", [])]

LANGUAGES = ("en", "ru")
SECTIONS = ("overview", "functionality", "architecture", "implementation", "api", "links")
PICTURE_SIZE, CARD_SIZE = (1280, 800), (640, 400)
PICTURE_BYTES, CARD_BYTES = 45_000, 9_000
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CYRILLIC = re.compile("[\u0400-\u04ff]")


def slugs(rows: list[dict[str, Any]]) -> set[str]:
    return {row["slug"] for row in rows}


def by_slug(row: dict[str, Any]) -> str:
    return str(row.get("slug") or row["project"])


def words(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize("table", ["category", "creator", "project"])
def test_slugs_are_unique_and_fit_an_address(table: str) -> None:
    count = Counter(row["slug"] for row in SHOP[table])
    assert [slug for slug, n in count.items() if n > 1] == []
    assert [slug for slug in count if not SLUG.fullmatch(slug) or len(slug) > 40] == []


@pytest.mark.parametrize("row", CATEGORIES, ids=by_slug)
def test_category(row: dict[str, Any]) -> None:
    for language in ("", "_ru"):
        assert 0 < len(row[f"name{language}"]) <= 30
        assert 0 < len(row[f"description{language}"]) <= 200
    assert CYRILLIC.search(row["name_ru"])
    assert CYRILLIC.search(row["description_ru"])
    assert row["slug"] in {project["category"] for project in PROJECTS}, "nothing is shown in it"


@pytest.mark.parametrize("row", CREATORS, ids=by_slug)
def test_creator(row: dict[str, Any]) -> None:
    assert 0 < len(row["name"]) <= 100
    assert 0 < len(row["about"]) <= 300
    assert CYRILLIC.search(row["about_ru"])
    assert row["slug"] in {project["creator"] for project in PROJECTS}, "shows nothing"


@pytest.mark.parametrize("row", PROJECTS, ids=by_slug)
def test_project(row: dict[str, Any]) -> None:
    assert row["creator"] in slugs(CREATORS)
    assert row["category"] in slugs(CATEGORIES)
    assert 0 < len(row["name"]) <= 100
    assert len(row.get("name_ru", "")) <= 100
    for language in ("", "_ru"):
        assert 0 < len(row[f"summary{language}"]) <= 160
        assert 0 < len(row[f"picture_alt{language}"]) <= 200
    assert CYRILLIC.search(row["summary_ru"])
    assert CYRILLIC.search(row["picture_alt_ru"])
    assert 1 <= len(row["tags"]) <= 6
    assert row["url"] == "" or row["url"].startswith(("https://example.org/", "https://t.me/"))
    assert type(row["price_minor"]) is int
    assert row["price_minor"] >= 0
    assert re.fullmatch("[A-Z]{3}", row["currency"])
    published = row["published_at"]
    assert datetime(2026, 1, 1, tzinfo=UTC) <= published < datetime(2026, 11, 1, tzinfo=UTC)


def test_what_costs_something_can_be_downloaded() -> None:
    assert [row["slug"] for row in PROJECTS if row["price_minor"] and not row.get("versions")] == []


def test_some_projects_are_free_and_some_are_not() -> None:
    assert {row["price_minor"] > 0 for row in PROJECTS} == {True, False}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", PROJECTS, ids=by_slug)
def test_description(row: dict[str, Any], language: str) -> None:
    text = (SAMPLE / "projects" / row["slug"] / f"{language}.md").read_text(encoding="utf-8")
    assert 120 <= words(text) <= 260
    assert text.count("\n## ") >= 2, "a page without headings"
    assert re.search(r"^(- |\d\. )", text, re.MULTILINE), "a page without a list"
    assert bool(CYRILLIC.search(text)) == (language == "ru")
    assert not re.search("^# ", text, re.MULTILINE), "the page already has a title"


@pytest.mark.parametrize("row", PROJECTS, ids=by_slug)
def test_picture(row: dict[str, Any]) -> None:
    data = (SAMPLE / row["picture"]).read_bytes()
    assert len(data) <= PICTURE_BYTES
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "WEBP"
    assert picture.size == PICTURE_SIZE
    card = io.BytesIO()
    picture.convert("RGB").resize(CARD_SIZE, Image.Resampling.LANCZOS).save(card, "WEBP", quality=75, method=6)
    assert card.tell() <= CARD_BYTES * 1.02, "ten of these do not fit on a page"


@pytest.mark.parametrize("row", DEMOS, ids=by_slug)
def test_demo(row: dict[str, Any]) -> None:
    assert row["project"] in slugs(PROJECTS)
    assert row["kind"] in {"local", "link"}
    assert row["state"] in {"live", "soon"}
    if row["kind"] == "local":
        assert row["predictor"] in {"faces", "plates", "exercises"}
    else:
        assert row["url"].startswith("https://")


def test_one_demo_a_project() -> None:
    assert max(Counter(row["project"] for row in DEMOS).values()) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", DEMOS, ids=by_slug)
def test_about_page(row: dict[str, Any], language: str) -> None:
    folder = SAMPLE / "about" / row["project"] / language
    assert {path.stem for path in folder.glob("*.md")} == set(SECTIONS)
    for section in SECTIONS:
        text = (folder / f"{section}.md").read_text(encoding="utf-8")
        assert words(text) >= 20, section
        assert len(text) <= 20_000, section
        assert not re.search("^##? ", text, re.MULTILINE), f"{section}: its title comes from the page"
        assert bool(CYRILLIC.search(text)) == (language == "ru"), section
        assert "http://" not in text, section


@pytest.mark.parametrize(("language", "notice"), [("en", "not open yet"), ("ru", "Пока демо закрыто")])
def test_what_is_not_ready_says_so_and_nothing_else_does(language: str, notice: str) -> None:
    closed = {
        row["project"]
        for row in DEMOS
        if notice in (SAMPLE / "about" / row["project"] / language / "overview.md").read_text(encoding="utf-8")
    }
    assert closed == {row["project"] for row in DEMOS if row["state"] == "soon"}


def test_nothing_lies_about_unused() -> None:
    pictures = {str(path.relative_to(SAMPLE)) for path in (SAMPLE / "pictures").iterdir()}
    assert pictures == {row["picture"] for row in [*PROJECTS, *MORE_PICTURES]}
    releases = {f"{path.parent.name}-{path.name}" for path in (SAMPLE / "releases").glob("*/*")}
    assert releases == {f"{row['slug']}-{one['version']}" for row in PROJECTS for one in row.get("versions", [])}
    portraits = {str(path.relative_to(SAMPLE)) for path in (SAMPLE / "people").iterdir()}
    assert portraits == {row["photo"] for row in PEOPLE}
    assert {path.name for path in (SAMPLE / "projects").iterdir()} == slugs(PROJECTS)
    assert {path.name for path in (SAMPLE / "about").iterdir()} == {row["project"] for row in DEMOS}


@pytest.mark.parametrize("row", PEOPLE, ids=lambda row: row["username"])
def test_person(row: dict[str, Any]) -> None:
    assert row["username"] in {*slugs(CREATORS), "visitor", "staff"}
    assert 20 <= len(row["bio"]) <= 500
    assert all(
        link.startswith("https://") and link.split("/")[2].endswith("example.org") for link in row.get("links", [])
    )
    assert (SAMPLE / row["photo"]).stat().st_size < 10_000


@pytest.mark.parametrize("row", MORE_PICTURES, ids=lambda row: row["picture"])
def test_further_picture(row: dict[str, Any]) -> None:
    assert 0 < len(row["alt"]) <= 200
    assert 0 < len(row["alt_ru"]) <= 200
    assert CYRILLIC.search(row["alt_ru"])
    path = SAMPLE / row["picture"]
    assert path.stat().st_size < PICTURE_BYTES
    with Image.open(path) as image:
        assert image.size == PICTURE_SIZE


@pytest.mark.django_db
def test_files_of_a_version_are_the_same_in_every_shop() -> None:
    from showpiece.catalog.models import ReleaseFile
    from showpiece.sample import loader

    loader.fill()
    first = dict(ReleaseFile.objects.values_list("name", "sha256"))
    loader.fill()
    assert dict(ReleaseFile.objects.values_list("name", "sha256")) == first
    assert set(first) == {f"{row['slug']}-{one['version']}.zip" for row in PROJECTS for one in row.get("versions", [])}
    with ReleaseFile.objects.get(name="leaf-log-1.1.0.zip").file.open() as file, zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert "MIT License" in archive.read("leaf-log/LICENSE.txt").decode()
