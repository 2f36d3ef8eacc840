"""Beginning a project, and what is typed into its form before it is saved."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.catalog.addresses import address_of, free_address
from showpiece.catalog.locks import locked_creator, locked_project
from showpiece.catalog.models import Category, Creator, Project, ProjectDraft, Status
from showpiece.catalog.services.projects import RESERVED_SLUGS, project_create
from showpiece.ids import uuid7

# Far above what a form of ours can hold.
MAX_DRAFT_CHARACTERS = 400_000


@transaction.atomic
def project_start(
    *, creator: Creator, actor: User | None, key: uuid.UUID, name: str, category: Category, language: str
) -> Project:
    """A draft with that name, at an address made from it. `ValidationError` by field.

    `key` comes from the form and becomes the project's id: the form sent twice makes one project.
    """
    creator = locked_creator(creator.pk)
    if begun := Project.objects.filter(pk=key).select_related("creator").first():
        if begun.creator_id == creator.pk:
            return begun
        key = uuid7()
    if category.status != Status.PUBLISHED:
        raise ValidationError({"category": _("This category is archived. Please choose another one.")})
    alike = Project.objects.filter(creator=creator, slug__startswith=address_of(name)[:90])
    taken = {*RESERVED_SLUGS, *alike.values_list("slug", flat=True)}
    fields: dict[str, Any] = {"name": name, "category": category, "language": language}
    return project_create(creator=creator, actor=actor, id=key, slug=free_address(name, taken), **fields)


@transaction.atomic
def draft_save(*, project: Project, user: User, revision: int, data: dict[str, Any]) -> ProjectDraft:
    """Keep what `user` has typed and not saved. `revision`: of the project that they are editing."""
    # PostgreSQL keeps no such character in JSON; the form refuses it when it is saved.
    data = {name: value.replace("\x00", "") if isinstance(value, str) else value for name, value in data.items()}
    if sum(len(str(value)) for value in data.values()) > MAX_DRAFT_CHARACTERS:
        raise ValidationError(_("This is too long to be kept."))
    locked_project(project.pk)  # two windows of one person: one after the other
    draft, _made = ProjectDraft.objects.update_or_create(
        project=project, user=user, defaults={"data": data, "revision": revision, "saved_at": timezone.now()}
    )
    return draft


def draft_discard(*, project: Project, user: User) -> None:
    """Forget what `user` has typed and not saved. Twice is no fault."""
    ProjectDraft.objects.filter(project=project, user=user).delete()
