"""People in the studio, over HTTP."""

import html
import re
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.catalog.models import Contributor, Project, Role, Status
from tests.factories import ProjectFactory


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def draft(**fields: Any) -> Project:
    usual = {"status": Status.DRAFT, "published_at": None, "description": "What it does."}
    return ProjectFactory(**usual | fields)


def works_on(project: Project, user: User, role: str = Role.MAINTAINER) -> Contributor:
    return Contributor.objects.create(project=project, user=user, role=role, accepted_at=timezone.now())


def url(name: str, *args: Any) -> str:
    return reverse(name, args=[arg.pk if hasattr(arg, "pk") else arg for arg in args])


def form_of(client: Client, project: Project) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    page = client.get(url("studio_project", project))
    assert page.status_code == 200
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    hidden = {name: str(page.context[name]) for name in ("revision", "base")}
    return {**{name: "" if value is None else str(value) for name, value in values.items()}, **hidden}


def said(response: Any) -> str:
    """The words of a page."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(text).split())
