"""The gallery: its order, its limit, what is refused, and no file that nobody names."""

import errno
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage, storages
from django.utils import timezone

from showpiece.catalog import media_selectors, media_upkeep, services
from showpiece.catalog.models import Project, ProjectPicture
from showpiece.ids import uuid7
from showpiece_predictors.media import MediaError
from tests.accounts.pictures import photo
from tests.catalog.stores import files, with_media
from tests.factories import ProjectFactory
from tests.predictors.images import png_bomb

pytestmark = pytest.mark.django_db


def added(project: Project, *names: str) -> list[ProjectPicture]:
    data = photo(64, 48)
    return [services.picture_add(project=project, source=data, alt=name, translations={}) for name in names]


def order(project: Project) -> str:
    rows = project.pictures.order_by("position").values_list("position", "alt")
    assert [place for place, _ in rows] == list(range(len(rows)))  # the first is 0, and none is left out
    return "".join(alt for _, alt in rows)


@pytest.mark.parametrize(
    ("moved", "by", "wanted"),
    [("b", -1, "bacd"), ("b", 1, "acbd"), ("d", -12, "dabc"), ("a", -1, "abcd"), ("d", 1, "abcd"), ("a", 2, "bcad")],
)
def test_picture_moves_as_far_as_there_are_places(moved: str, by: int, wanted: str) -> None:
    project = ProjectFactory()
    pictures = {picture.alt: picture for picture in added(project, *"abcd")}
    services.picture_move(picture=pictures[moved], by=by)
    assert order(project) == wanted


def test_whole_order_at_once_knows_its_own_pictures_only() -> None:
    project, other = ProjectFactory(), ProjectFactory()
    a, _b, c, _d = added(project, *"abcd")
    (foreign,) = added(other, "x")
    services.pictures_arrange(project=project, order=[c.pk, foreign.pk, uuid7(), a.pk, c.pk])
    assert order(project) == "cabd"
    assert order(other) == "x"


def test_first_picture_is_the_cover_after_moving_and_removing() -> None:
    project = ProjectFactory()
    _a, _b, c = added(project, *"abc")
    services.picture_move(picture=c, by=-5)
    assert Project.objects.get(pk=project.pk).cover.alt == "c"  # type: ignore[union-attr]
    services.picture_remove(picture=c)
    assert Project.objects.get(pk=project.pk).cover.alt == "a"  # type: ignore[union-attr]
    assert order(project) == "ab"


def test_removed_picture_takes_its_files_along(django_capture_on_commit_callbacks: Any) -> None:
    project = ProjectFactory()
    a, _b = added(project, *"ab")
    assert len(files()) == 6
    with django_capture_on_commit_callbacks(execute=True):
        services.picture_remove(picture=a)
        services.picture_remove(picture=a)
        assert len(files()) == 6  # not before it is sure
    assert len(files()) == 3


def test_replaced_picture_keeps_its_place_and_loses_its_files(django_capture_on_commit_callbacks: Any) -> None:
    project = ProjectFactory()
    a, _b = added(project, *"ab")
    before = set(files())
    with django_capture_on_commit_callbacks(execute=True):
        services.picture_change(picture=a, alt="A", translations={"ru": {"alt": "Жук"}}, source=photo(80, 80))
    a.refresh_from_db()
    assert (a.alt, a.position, a.large_width, a.large_height) == ("A", 0, 80, 80)
    assert len(files()) == 6
    assert len(before & set(files())) == 3


def test_replacement_that_is_no_picture_leaves_everything_as_it_was() -> None:
    project = ProjectFactory()
    (a,) = added(project, "a")
    before = files()
    with pytest.raises(MediaError):
        services.picture_change(picture=a, alt="A", translations={}, source=b"<html>")
    with pytest.raises(ValidationError):
        services.picture_change(picture=a, alt="", translations={}, source=photo(80, 80))
    a.refresh_from_db()
    assert (a.alt, a.large_width) == ("a", 64)
    assert files() == before


def test_full_gallery_takes_no_more() -> None:
    project = ProjectFactory()
    added(project, *"abcdefghijkl")
    before = files()
    with pytest.raises(ValidationError, match="full"):
        added(project, "m")
    assert (order(project), files()) == ("abcdefghijkl", before)


@pytest.mark.parametrize("alt", ["", " ", "x" * 201])
def test_picture_needs_a_text(alt: str) -> None:
    project = ProjectFactory()
    with pytest.raises(ValidationError) as caught:
        services.picture_add(project=project, source=photo(64, 48), alt=alt.strip(), translations={})
    assert list(caught.value.message_dict) == ["alt"]
    assert files() == []


@pytest.mark.parametrize("data", [b"just text", b"<html><script>alert(1)</script></html>", png_bomb()])
def test_what_is_no_picture_leaves_nothing(data: bytes) -> None:
    project = ProjectFactory()
    with pytest.raises(MediaError):
        services.picture_add(project=project, source=data, alt="a", translations={})
    assert files() == []
    assert not project.pictures.exists()


def test_disk_that_is_full_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    project = ProjectFactory()
    save, written = FileSystemStorage._save, []

    def third_is_too_much(self: Any, name: str, content: Any) -> str:
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(name)
        return save(self, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", third_is_too_much)
    with pytest.raises(OSError, match="No space"):
        added(project, "a")
    assert len(written) == 2
    assert files() == []


def test_files_that_no_row_names_are_removed_when_they_are_old(monkeypatch: pytest.MonkeyPatch) -> None:
    project = ProjectFactory()
    added(project, "a")
    kept = files()
    stray = Path(storages["public"].path("")) / "projects" / str(project.pk) / f"{uuid7()}.webp"
    stray.write_bytes(b"left over")
    assert media_upkeep.forget_stray_files() == 0  # it may be on its way into a row
    later = timezone.now() + media_upkeep.STRAY_AFTER * 2
    monkeypatch.setattr(media_upkeep.timezone, "now", lambda: later)
    assert media_upkeep.forget_stray_files() == 1
    assert files() == kept


def test_gallery_is_read_by_one_query(django_assert_num_queries: Any) -> None:
    project = ProjectFactory()
    added(project, *"abc")
    with django_assert_num_queries(1):
        shown = media_selectors.gallery(with_media(project))
        assert not any(hasattr(item, "video") for item in shown)
    assert [item.alt for item in shown] == ["a", "b", "c"]
