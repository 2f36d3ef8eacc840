"""Two at once: one wins, the other hears of it, and nothing is made twice or lost."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from showpiece.catalog import services
from showpiece.catalog.models import Project, ProjectTag
from tests.catalog.studio import draft, form_of, signed_in, url
from tests.factories import CategoryFactory, CreatorFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*steps: Callable[[], Any]) -> list[Any]:
    """What each gives, or what it raises."""
    barrier = Barrier(len(steps))

    def run(step: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return step()
        except (ValidationError, IntegrityError, services.EditConflict) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def test_of_edits_at_once_one_is_saved() -> None:
    project = draft()

    def edit(number: int) -> Any:
        tags = [f"tag {number}"]
        return services.project_change(
            project=project, actor=None, revision=project.revision, tags=tags, summary=f"Number {number}."
        )

    done = at_once(*(partial(edit, number) for number in range(6)))
    (saved,) = [one for one in done if isinstance(one, Project)]
    assert sum(isinstance(one, services.EditConflict) for one in done) == 5
    fresh = Project.objects.get()
    assert (fresh.summary, fresh.revision) == (saved.summary, project.revision + 1)
    assert ProjectTag.objects.get().tag.name[-1] == fresh.summary[-2]


def test_form_of_a_new_project_sent_twice_at_once_makes_one() -> None:
    creator, category = CreatorFactory(), CategoryFactory()
    data = {"key": str(uuid.uuid4()), "name": "Road map", "category": str(category.pk), "language": "en"}
    clients = [signed_in(creator.user) for _ in range(6)]
    answers = at_once(*(partial(client.post, url("studio_project_new"), data) for client in clients))
    project = Project.objects.get()
    assert {answer["Location"] for answer in answers} == {url("studio_project", project)}


def test_new_projects_of_one_name_at_once_have_addresses_of_their_own() -> None:
    creator, category = CreatorFactory(), CategoryFactory()
    fields = {"creator": creator, "actor": None, "name": "Road map", "category": category, "language": "en"}
    done = at_once(*(partial(services.project_start, key=uuid.uuid4(), **fields) for _ in range(6)))
    assert len({one.slug for one in done}) == 6


def test_two_projects_that_move_to_one_address_at_once() -> None:
    """One gets it, and the others are told so at the field."""
    creator = CreatorFactory()
    projects = [draft(creator=creator) for _ in range(8)]

    def move(project: Project) -> Any:
        return services.project_change(project=project, actor=None, revision=project.revision, slug="wanted")

    done = at_once(*(partial(move, project) for project in projects))
    assert [type(one) for one in done if not isinstance(one, Project)] == [ValidationError] * 7
    assert all("slug" in one.message_dict for one in done if isinstance(one, ValidationError))
    assert Project.objects.filter(slug="wanted").count() == 1


def test_edits_over_http_at_once_lose_nothing() -> None:
    """Whoever came second gets their own text back, beside what was saved."""
    project = draft(name="Old")
    clients = [signed_in(project.creator.user) for _ in range(2)]
    forms = [form_of(client, project) for client in clients]
    posts = [
        partial(client.post, url("studio_project", project), {**form, "name": name})
        for client, form, name in zip(clients, forms, ("First", "Second"), strict=True)
    ]
    answers = at_once(*posts)
    (refused,) = [answer for answer in answers if answer.status_code == 200]
    saved = Project.objects.get().name
    assert refused.context["conflict"].differences["name"].theirs == saved
    assert {refused.context["form"]["name"].value(), saved} == {"First", "Second"}
