"""Rules that hold in the forms and in the database alike."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from showpiece.catalog import services
from showpiece.catalog.models import Category, Project, Status
from showpiece_predictors.media import MediaError
from tests.demos.conftest import picture_bytes
from tests.factories import CategoryFactory, CreatorFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def new_project(**fields: Any) -> Project:
    usual = {
        "creator": CreatorFactory(),
        "category": CategoryFactory(),
        "slug": "thing",
        "name": "Thing",
        "summary": "Does.",
    }
    return services.project_create(**{**usual, **fields})


BAD = {
    "empty name": ("name", {"name": ""}),
    "long name": ("name", {"name": "x" * 101}),
    "long summary": ("summary", {"summary": "x" * 161}),
    "long description": ("description", {"description": "x" * 50_001}),
    "negative price": ("price_minor", {"price_minor": -1}),
    "script as link": ("url", {"url": "javascript:alert(1)"}),
    "file as link": ("url", {"url": "file:///etc/passwd"}),
    "slug with a slash": ("slug", {"slug": "a/b"}),
    "small currency": ("currency", {"currency": "eur"}),
    "free and priced": ("__all__", {"price_minor": 5}),
    "fixed and nothing": ("__all__", {"price_kind": "fixed"}),
    "suggestion for a fixed price": ("__all__", {"price_kind": "fixed", "price_minor": 5, "suggested_minor": 6}),
    "suggestion under the least": ("__all__", {"price_kind": "open", "price_minor": 5, "suggested_minor": 4}),
    "price beyond all": ("price_minor", {"price_kind": "fixed", "price_minor": 10**12}),
    "script as source": ("source_url", {"source_url": "javascript:alert(1)"}),
    "address of something else": ("slug", {"slug": "posts"}),
    "long tag": ("tags", {"tags": ["x" * 31]}),
    "eleven tags": ("tags", {"tags": [str(n) for n in range(11)]}),
    "unknown status": ("status", {"status": "gone"}),
    "long translation": ("translations", {"translations": {"ru": {"name": "ы" * 101}}}),
    "translation of no text": ("translations", {"translations": {"ru": {"price_minor": "1"}}}),
}


@pytest.mark.parametrize(("field", "fields"), BAD.values(), ids=BAD)
def test_bad_project_is_told_at_the_field_and_not_kept(field: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        new_project(**fields)
    assert field in caught.value.message_dict
    assert not Project.objects.exists()


def test_published_needs_its_date() -> None:
    with pytest.raises(ValidationError):
        new_project(status=Status.PUBLISHED)


@pytest.mark.parametrize(
    "update",
    [
        {"price_minor": -1},
        {"status": Status.PUBLISHED, "published_at": None},
        {"price_kind": "free", "price_minor": 1},
        {"price_kind": "fixed", "price_minor": 0},
        {"price_kind": "open", "price_minor": 5, "suggested_minor": 4},
    ],
)
def test_database_refuses_what_slips_past(update: dict[str, Any]) -> None:
    project = new_project()
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(**update)


def test_names_of_categories_are_unique_whatever_their_case() -> None:
    services.category_create(slug="bots", name="Bots")
    with pytest.raises(ValidationError):
        services.category_create(slug="bots-2", name="BOTS")
    assert Category.objects.count() == 1


def test_one_creator_page_a_person() -> None:
    creator = CreatorFactory()
    with pytest.raises(ValidationError):
        services.creator_create(user=creator.user, slug="second", name="Second")


def test_category_with_projects_cannot_be_deleted() -> None:
    project = ProjectFactory()
    with pytest.raises(IntegrityError):
        project.category.delete()


def test_pictures_are_encoded_in_three_sizes_and_keep_their_order() -> None:
    project = ProjectFactory()
    source = picture_bytes(size=(1600, 1000))
    first = services.picture_add(project=project, source=source, alt="First", translations={})
    services.picture_add(project=project, source=source, alt="Second", translations={})
    assert (first.thumb_width, first.thumb_height) == (400, 250)
    assert (first.small_width, first.small_height) == (640, 400)
    assert (first.large_width, first.large_height) == (1280, 800)
    with first.small.open() as file:
        assert file.read(12)[8:] == b"WEBP"
    assert project.cover is not None
    assert project.cover.alt == "First"
    assert project.cover.small_url == first.small.url


def test_bad_picture_is_refused_and_not_kept() -> None:
    project = ProjectFactory()
    with pytest.raises(MediaError):
        services.picture_add(project=project, source=b"<html>", alt="x", translations={})
    assert not project.pictures.exists()


def test_picture_that_cannot_be_saved_leaves_no_file() -> None:
    project = ProjectFactory()
    with pytest.raises(ValidationError):
        services.picture_add(project=project, source=picture_bytes(), alt="x" * 201, translations={})
    root = Path(storages["public"].path(""))
    assert [path for path in root.rglob("*") if path.is_file()] == []
