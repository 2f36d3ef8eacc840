"""What a person takes along, and what is left of them, where they worked on the projects of others."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from showpiece.accounts import erasure, export
from showpiece.accounts.privacy import services as privacy
from showpiece.catalog import services
from showpiece.catalog.models import Contributor, Creator, Project, ProjectDraft, Role, Status
from showpiece.catalog.services.staff import shelf_set_archived
from tests.catalog.studio import form_of, signed_in, url, works_on
from tests.factories import CreatorFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


def exported(user: Any, folder: Path) -> dict[str, Any]:
    with zipfile.ZipFile(folder / "data.zip", "w") as archive:
        export.write(user, export.ZipPackage(archive, lambda: None))
    with zipfile.ZipFile(folder / "data.zip") as archive:
        names = ("contributions", "unsaved-changes")
        return {name: json.loads(archive.read(f"{name}.json")) for name in names}


def test_parts_and_what_was_typed_are_among_the_data_of_a_person(tmp_path: Path) -> None:
    """Also of somebody without a page of their own, and nothing of others."""
    project, user = ProjectFactory(name="Plates"), UserFactory()
    works_on(project, user)
    works_on(project, UserFactory())
    client = signed_in(user)
    client.post(url("studio_draft", project), form_of(client, project) | {"summary": "Reads them."})
    owner = signed_in(project.creator.user)
    owner.post(url("studio_draft", project), form_of(owner, project) | {"summary": "Of the owner."})
    data = exported(user, tmp_path)
    (part,) = data["contributions"]
    assert (part["project"], part["role"]) == ("Plates", "maintainer")
    assert part["accepted"]
    (typed,) = data["unsaved-changes"]
    assert (typed["project"], typed["typed"]["summary"]) == ("Plates", "Reads them.")
    assert "base" not in typed["typed"]


def test_parts_and_what_was_typed_go_with_the_person() -> None:
    project, user, other = ProjectFactory(), UserFactory(), UserFactory()
    for person in (user, other):
        works_on(project, person)
        services.draft_save(project=project, user=person, revision=1, data={"name": "Mine"})
    erasure.erase(user, lambda: None)
    assert Contributor.objects.get().user == other
    assert ProjectDraft.objects.get().user == other


def test_nobody_works_on_what_its_creator_took_along() -> None:
    project, user = ProjectFactory(), UserFactory()
    works_on(project, user, Role.OWNER)
    erasure.erase(project.creator.user, lambda: None)
    client = signed_in(user)
    assert client.get(url("studio_project", project)).status_code == 404
    assert client.post(url("studio_restore", project)).status_code == 404
    assert Project.objects.get().status == Status.ARCHIVED


def test_page_that_staff_archived_on_their_list_stays_archived_if_its_person_comes_back() -> None:
    creator = CreatorFactory()
    privacy.deletion_request(user=creator.user)
    shelf_set_archived(shelf=Creator.objects.get(), actor=None, archived=True)
    privacy.deletion_cancel(user=creator.user)
    assert Creator.objects.get().status == Status.ARCHIVED
