"""Versions of projects, and the files on offer with them.

A draft can be changed and deleted. Once it is released, its number, its files and their names stay as they are, so that
a version is the same for everybody who has it: what is wrong in it is put right in a newer one. It can be withdrawn,
and offered again.
"""

import hashlib
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.catalog import released
from showpiece.catalog.filenames import safe_name
from showpiece.catalog.locks import locked_project
from showpiece.catalog.models import BlockedFile, Project, Release, ReleaseFile
from showpiece.catalog.services.history import saved_by
from showpiece.catalog.services.media_files import drop, put
from showpiece.catalog.services.projects import NotPossible

MAX_DRAFTS = 20


@transaction.atomic
def release_create(*, project: Project, actor: User | None, version: str, notes: str = "") -> Release:
    """A draft of a version. `ValidationError` by field for a bad or a taken number, or too long notes."""
    locked_project(project.pk)
    if Release.objects.filter(project=project, released_at=None).count() >= MAX_DRAFTS:
        text = _("There are %(count)s drafts of versions. Please release or delete one first.")
        raise ValidationError({"version": text % {"count": MAX_DRAFTS}})
    release = Release(project=project, version=version, notes=notes)
    _save(release, actor)
    return release


@transaction.atomic
def release_change(*, release: Release, actor: User | None, notes: str, version: str | None = None) -> Release:
    """Change the notes, which may be done at any time, and the number, which only a draft may."""
    current = _locked(release)
    if version is not None and version != current.version:
        if not current.is_draft:
            raise ValidationError({"version": _("A version that is released keeps its number.")})
        current.version = version
    current.notes = notes
    _save(current, actor)
    return current


@transaction.atomic
def release_publish(*, release: Release, actor: User | None) -> Release:
    """Release a draft, or offer again what was withdrawn. Twice is no fault.

    The first time other rooms hear of it (`catalog/released.py`).
    """
    current = _locked(release)
    if current.is_on_offer:
        return current
    if not current.notes.strip() and not current.files.exists():
        raise NotPossible(_("Say what is new, or add a file, before you release it."))
    is_first = current.is_draft
    current.released_at = current.released_at or timezone.now()
    current.withdrawn_at = None
    _save(current, actor)
    if is_first:
        released.tell(current)
    return current


@transaction.atomic
def release_withdraw(*, release: Release, actor: User | None) -> Release:
    """Offer a version no longer. Its number stays taken and its files are kept. Twice is no fault."""
    current = _locked(release)
    if current.is_draft:
        raise NotPossible(_("This version is not released yet."))
    if current.withdrawn_at is None:
        current.withdrawn_at = timezone.now()
        _save(current, actor)
    return current


@transaction.atomic
def release_delete(*, release: Release) -> None:
    """Delete a draft with its files."""
    current = _locked(release)
    if not current.is_draft:
        raise NotPossible(_("A version that was released cannot be deleted. You can withdraw it."))
    files = [row.file for row in current.files.all()]
    current.delete()
    transaction.on_commit(partial(drop, files))


def release_file_add(*, release: Release, content: File[Any], name: str) -> ReleaseFile:
    """Add a file to a draft, as it was sent. It is read piece by piece.

    `ValidationError` at "file" for one that is refused; `OSError` where the disk is full. Nothing of it is kept then.
    """
    _check_size(content)
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256").hexdigest()
    row = ReleaseFile(release=release, name=safe_name(name), size=content.size, sha256=digest)
    _check(row)
    content.seek(0)
    put(row.file, content)
    try:
        with transaction.atomic():
            row.release = _locked(release)
            _check(row)
            row.full_clean()
            row.save(force_insert=True)
    except BaseException:
        drop([row.file])
        raise
    return row


@transaction.atomic
def release_file_remove(*, file: ReleaseFile) -> None:
    """Take a file out of a draft. Twice is no fault."""
    if not _locked(file.release).is_draft:
        raise NotPossible(_released_text())
    removed: list[FieldFile] = [row.file for row in ReleaseFile.objects.filter(pk=file.pk)]
    ReleaseFile.objects.filter(pk=file.pk).delete()
    transaction.on_commit(partial(drop, removed))


def _released_text() -> str:
    return _("The files of a version that is released stay as they are. Please make a newer version.")


def _check_size(content: File[Any]) -> None:
    if not content.size:
        raise ValidationError({"file": _("The file is empty.")})
    if content.size > settings.RELEASE_FILE_MAX_BYTES:
        limit = filesizeformat(settings.RELEASE_FILE_MAX_BYTES)
        raise ValidationError({"file": _("The file is too large: the limit is %(limit)s.") % {"limit": limit}})


def _check(row: ReleaseFile) -> None:
    """`ValidationError` where the file cannot be added to its version as that stands now."""
    others = ReleaseFile.objects.filter(release=row.release)
    reason = ""
    if not row.release.is_draft:
        reason = _released_text()
    elif blocked := BlockedFile.objects.filter(sha256=row.sha256).first():
        reason = _("This file may not be offered here: %(reason)s") % {"reason": blocked.reason}
    elif twin := others.filter(sha256=row.sha256).first():
        reason = _("The same file is in this version already, as %(name)s.") % {"name": twin.name}
    elif others.filter(name=row.name).exists():
        reason = _("There is a file of this name in this version already.")
    elif others.count() >= settings.RELEASE_MAX_FILES:
        reason = _("A version has at most %(count)s files.") % {"count": settings.RELEASE_MAX_FILES}
    if reason:
        raise ValidationError({"file": reason})


def _locked(release: Release) -> Release:
    """The version as it is now; nobody else changes it within this transaction."""
    locked_project(release.project_id)
    return Release.objects.select_related("project").get(pk=release.pk)


def _save(release: Release, actor: User | None) -> None:
    release.full_clean()
    saved_by(actor, release)
