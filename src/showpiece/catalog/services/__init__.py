"""Writing the catalogue."""

from showpiece.catalog.search import project_indexed
from showpiece.catalog.services.contributors import (
    contributor_accept,
    contributor_invite,
    contributor_remove,
    contributor_set_role,
)
from showpiece.catalog.services.creators import creator_join, creator_page_save
from showpiece.catalog.services.drafts import draft_discard, draft_save, project_start
from showpiece.catalog.services.erasure import creator_erase, parts_forget
from showpiece.catalog.services.pictures import (
    MAX_PICTURES,
    picture_add,
    picture_change,
    picture_move,
    picture_remove,
    pictures_arrange,
)
from showpiece.catalog.services.projects import (
    EditConflict,
    NotPossible,
    preview_link_renew,
    project_archive,
    project_change,
    project_create,
    project_delete,
    project_feature,
    project_missing,
    project_publish,
    project_restore,
    project_unschedule,
    tag_names,
)
from showpiece.catalog.services.ratings import project_rate, project_rating_withdraw, ratings_forget
from showpiece.catalog.services.reindexing import tag_delete, tags_merge
from showpiece.catalog.services.releases import (
    MAX_DRAFTS,
    release_change,
    release_create,
    release_delete,
    release_file_add,
    release_file_remove,
    release_publish,
    release_withdraw,
)
from showpiece.catalog.services.shelves import (
    category_create,
    creator_archive,
    creator_change,
    creator_create,
    creator_set_status,
)
from showpiece.catalog.services.videos import gallery_add, gallery_video_limits, source_of, video_add

__all__ = [
    "MAX_DRAFTS",
    "MAX_PICTURES",
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
    "creator_join",
    "creator_page_save",
    "creator_set_status",
    "draft_discard",
    "draft_save",
    "gallery_add",
    "gallery_video_limits",
    "parts_forget",
    "picture_add",
    "picture_change",
    "picture_move",
    "picture_remove",
    "pictures_arrange",
    "preview_link_renew",
    "project_archive",
    "project_change",
    "project_create",
    "project_delete",
    "project_feature",
    "project_indexed",
    "project_missing",
    "project_publish",
    "project_rate",
    "project_rating_withdraw",
    "project_restore",
    "project_start",
    "project_unschedule",
    "ratings_forget",
    "release_change",
    "release_create",
    "release_delete",
    "release_file_add",
    "release_file_remove",
    "release_publish",
    "release_withdraw",
    "source_of",
    "tag_delete",
    "tag_names",
    "tags_merge",
    "video_add",
]
