"""Versions: their numbers, their files, and what can be done with them when."""

import errno
import hashlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import TemporaryUploadedFile

from showpiece.catalog import media_selectors, services
from showpiece.catalog.filenames import safe_name
from showpiece.catalog.models import BlockedFile, Project, Release, ReleaseFile
from showpiece.catalog.services import releases
from tests.catalog.stores import files, with_media
from tests.factories import ProjectFactory, ReleaseFactory, UserFactory

pytestmark = pytest.mark.django_db


def draft(**fields: Any) -> Release:
    return ReleaseFactory(released_at=None, **fields)


def add(release: Release, data: bytes = b"a program", name: str = "tool.zip") -> ReleaseFile:
    return services.release_file_add(release=release, content=ContentFile(data), name=name)


def refusal(release: Release, data: bytes = b"a program", name: str = "tool.zip") -> str:
    before = files()
    with pytest.raises(ValidationError) as caught:
        add(release, data, name)
    assert list(caught.value.message_dict) == ["file"]
    assert files() == before
    return caught.value.messages[0]


@pytest.mark.parametrize("version", ["0.1.0", "1.2.3", "2.0.0-rc.1", "1.0.0-alpha+build.5"])
def test_semantic_versions_are_taken(version: str) -> None:
    assert services.release_create(project=ProjectFactory(), actor=None, version=version).is_draft


@pytest.mark.parametrize(
    "version", ["", "1", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3\n", "one", "1" * 80]
)
def test_other_numbers_are_refused(version: str) -> None:
    with pytest.raises(ValidationError) as caught:
        services.release_create(project=ProjectFactory(), actor=None, version=version)
    assert list(caught.value.message_dict) == ["version"]


def test_number_is_taken_once_a_project() -> None:
    release = draft(version="1.0.0")
    services.release_create(project=ProjectFactory(), actor=None, version="1.0.0")
    with pytest.raises(ValidationError):
        services.release_create(project=release.project, actor=None, version="1.0.0")


def test_notes_have_a_limit_and_a_history() -> None:
    release, editor = draft(notes="Before"), UserFactory()
    with pytest.raises(ValidationError) as caught:
        services.release_change(release=release, actor=editor, notes="x" * 20_001)
    assert list(caught.value.message_dict) == ["notes"]
    services.release_change(release=release, actor=editor, notes="After", version="7.0.0")
    release.refresh_from_db()
    assert (release.notes, release.version, release.history.first().history_user) == ("After", "7.0.0", editor)


def test_file_is_kept_as_it_came_under_a_name_that_tells_nothing() -> None:
    row = add(draft(), b"bytes \x00 of any kind", "../../My tool\u202e.exe")
    assert (row.name, row.size) == ("My tool.exe", 19)
    assert row.sha256 == hashlib.sha256(b"bytes \x00 of any kind").hexdigest()
    assert "tool" not in str(row.file.name)
    with row.file.open() as file:
        assert file.read() == b"bytes \x00 of any kind"


def test_large_file_is_moved_and_never_read_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = TemporaryUploadedFile("big.bin", "application/octet-stream", 3 * 2**20, None)
    sent.write(b"x" * 3 * 2**20)
    sent.seek(0)
    reads: list[int | None] = []
    real = TemporaryUploadedFile.read

    def read(self: Any, *size: int) -> bytes:
        reads.append(size[0] if size else None)
        return real(self, *size)  # type: ignore[no-any-return]

    monkeypatch.setattr(TemporaryUploadedFile, "read", read, raising=False)
    row = services.release_file_add(release=draft(), content=sent, name="big.bin")
    assert row.sha256 == hashlib.sha256(b"x" * 3 * 2**20).hexdigest()
    assert row.file.size == 3 * 2**20
    assert None not in reads
    sent.close()


def test_files_that_are_refused(settings: Any) -> None:
    release = draft()
    add(release, b"first", "a.zip")
    settings.RELEASE_FILE_MAX_BYTES = 10
    assert "too large" in refusal(release, b"x" * 11)
    assert "empty" in refusal(release, b"")
    assert refusal(release, b"first", "other.zip") == "The same file is in this version already, as a.zip."
    assert refusal(release, b"second", "a.zip") == "There is a file of this name in this version already."
    BlockedFile.objects.create(sha256=hashlib.sha256(b"bad").hexdigest(), reason="It is malware.")
    assert refusal(release, b"bad") == "This file may not be offered here: It is malware."
    settings.RELEASE_MAX_FILES = 1
    assert refusal(release, b"second", "b.zip") == "A version has at most 1 files."
    assert release.files.count() == 1


def test_same_file_may_be_in_another_version() -> None:
    release = draft()
    add(release)
    assert add(draft(project=release.project)).pk


def test_file_that_two_send_at_once_is_kept_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is judged again when the first is in."""
    release = draft()
    real = releases.put

    def slow(file: Any, content: Any) -> None:
        monkeypatch.setattr(releases, "put", real)
        add(release, b"the same", "first.zip")
        real(file, content)

    monkeypatch.setattr(releases, "put", slow)
    with pytest.raises(ValidationError):
        add(release, b"the same", "second.zip")
    assert [row.name for row in release.files.all()] == ["first.zip"]
    assert len(files()) == 1


def test_disk_that_is_full_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    save = FileSystemStorage._save

    def half(self: Any, name: str, content: Any) -> str:
        save(self, name, ContentFile(content.read()[:3]))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", half)
    release = draft()
    with pytest.raises(OSError, match="No space"):
        add(release)
    assert files() == []
    assert not release.files.exists()


def test_released_version_keeps_its_number_and_its_files() -> None:
    release = draft(version="1.0.0")
    row = add(release)
    out = services.release_publish(release=release, actor=None)
    assert services.release_publish(release=release, actor=None).released_at == out.released_at  # twice is no fault
    assert "newer version" in refusal(out, b"late")
    row = ReleaseFile.objects.select_related("release").get(pk=row.pk)
    with pytest.raises(services.NotPossible):
        services.release_file_remove(file=row)
    with pytest.raises(ValidationError):
        services.release_change(release=out, actor=None, notes="", version="1.0.1")
    with pytest.raises(services.NotPossible):
        services.release_delete(release=out)
    services.release_change(release=out, actor=None, notes="A word more.", version="1.0.0")
    assert Release.objects.get().notes == "A word more."


def test_empty_draft_is_not_released() -> None:
    with pytest.raises(services.NotPossible):
        services.release_publish(release=draft(notes=" "), actor=None)


def test_withdrawn_version_is_offered_to_nobody_until_it_is_again() -> None:
    release = ReleaseFactory()
    project: Project = release.project
    services.release_withdraw(release=release, actor=None)
    services.release_withdraw(release=release, actor=None)
    assert media_selectors.newest_releases(with_media(project)) == []
    services.release_publish(release=release, actor=None)
    assert media_selectors.newest_releases(with_media(project)) == [release]
    with pytest.raises(services.NotPossible):
        services.release_withdraw(release=draft(), actor=None)


def test_deleted_draft_and_removed_file_take_their_bytes_along(django_capture_on_commit_callbacks: Any) -> None:
    release = draft()
    first, _second = add(release, b"1", "1"), add(release, b"2", "2")
    with django_capture_on_commit_callbacks(execute=True):
        services.release_file_remove(file=first)
        services.release_file_remove(file=first)
    assert len(files()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        services.release_delete(release=release)
    assert files() == []
    assert not Release.objects.exists()


def test_drafts_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    release = draft()
    monkeypatch.setattr(releases, "MAX_DRAFTS", 1)
    with pytest.raises(ValidationError):
        services.release_create(project=release.project, actor=None, version="9.0.0")
    ReleaseFactory(project=release.project, version="9.0.0")


def test_what_is_deleted_with_a_project_leaves_no_file(django_capture_on_commit_callbacks: Any) -> None:
    release = draft()
    add(release)
    project = release.project
    with django_capture_on_commit_callbacks(execute=True):
        services.project_delete(project=project)
    assert files() == []
    assert not Release.history.exists()


def test_creator_who_leaves_takes_versions_along(django_capture_on_commit_callbacks: Any) -> None:
    release = draft()
    add(release)
    services.release_publish(release=release, actor=None)
    with django_capture_on_commit_callbacks(execute=True):
        assert services.creator_erase(creator=release.project.creator)
    assert files() == []
    assert not Release.objects.exists()
    assert not Release.history.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("tool.zip", "tool.zip"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\me\\tool.exe", "tool.exe"),
        ("../..", "file"),
        ("", "file"),
        ("a\x00b\nc\td.txt", "ab c d.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("zero\u200bwidth.txt", "zerowidth.txt"),
        ('a<b>:"c|d?*.txt', "a_b___c_d__.txt"),
        (".hidden", "hidden"),
        ("Отчёт за год.pdf", "Отчёт за год.pdf"),
        ("e\u0301.txt", "é.txt"),
        ("x" * 300 + ".tar", "x" * 146 + ".tar"),
        ("x" * 300, "x" * 150),
    ],
)
def test_names_of_files_are_made_safe(given: str, kept: str) -> None:
    assert safe_name(given) == kept
