"""Who is let into the studio of a project."""

import uuid
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from showpiece.accounts.models import User
from showpiece.catalog.models import Project
from showpiece.catalog.rules import may


def studio_project(request: HttpRequest, pk: uuid.UUID, to: str = "catalog.edit_project") -> Project:
    """The project, for who may do `to` with it.

    403 for who may see it and not do that, 404 for who may not even see it, as for a project that is not there.
    """
    project = Project.objects.select_related("creator", "category").filter(pk=pk).first()
    if project is None or not may("catalog.see_project", request.user, project):
        raise Http404("No such project.")
    if not may(to, request.user, project):
        raise PermissionDenied
    return project


def project_context(request: HttpRequest, project: Project, tab: str) -> dict[str, Any]:
    """What `studio/project.html` needs of every page about one project. `tab`: which of them it is."""
    viewer = cast(User, request.user)
    return {
        "project": project,
        "tab": tab,
        "may_publish": may("catalog.publish_project", viewer, project),
        "may_archive": may("catalog.archive_project", viewer, project),
        "may_manage_contributors": may("catalog.manage_contributors", viewer, project),
    }
