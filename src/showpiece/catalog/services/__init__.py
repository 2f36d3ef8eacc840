"""Writing the catalogue."""

from showpiece.catalog.search import project_indexed
from showpiece.catalog.services.contributors import (
    contributor_accept,
    contributor_invite,
    contributor_remove,
    contributor_set_role,
)
from showpiece.catalog.services.erasure import creator_erase
from showpiece.catalog.services.pictures import picture_add
from showpiece.catalog.services.projects import (
    EditConflict,
    NotPossible,
    preview_link_renew,
    project_archive,
    project_change,
    project_create,
    project_delete,
    project_feature,
    project_publish,
    project_restore,
    project_unschedule,
    tag_names,
)
from showpiece.catalog.services.shelves import (
    category_create,
    creator_archive,
    creator_change,
    creator_create,
    creator_set_status,
)

__all__ = [
    "EditConflict",
    "NotPossible",
    "category_create",
    "contributor_accept",
    "contributor_invite",
    "contributor_remove",
    "contributor_set_role",
    "creator_archive",
    "creator_change",
    "creator_create",
    "creator_erase",
    "creator_set_status",
    "picture_add",
    "preview_link_renew",
    "project_archive",
    "project_change",
    "project_create",
    "project_delete",
    "project_feature",
    "project_indexed",
    "project_publish",
    "project_restore",
    "project_unschedule",
    "tag_names",
]
