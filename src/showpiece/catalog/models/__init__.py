"""What is shown: categories, creators and their projects."""

from showpiece.catalog.models.base import Status, currency_code, history, public_storage
from showpiece.catalog.models.numbers import Recount
from showpiece.catalog.models.people import Contributor, ProjectDraft, Rating, Role
from showpiece.catalog.models.pictures import Cover, ProjectPicture, picture_path
from showpiece.catalog.models.projects import (
    CARD_FIELDS,
    MOST_SALE_PERCENT,
    PriceKind,
    Project,
    ProjectTag,
    Tag,
    new_preview_key,
)
from showpiece.catalog.models.releases import BlockedFile, Release, ReleaseFile, release_path, validate_version
from showpiece.catalog.models.search import LexemesField, Reindex, SearchEntry, SearchWord
from showpiece.catalog.models.shelves import Category, Creator
from showpiece.catalog.models.videos import ProjectVideo
from showpiece.money import MAX_PRICE

__all__ = [
    "CARD_FIELDS",
    "MAX_PRICE",
    "MOST_SALE_PERCENT",
    "BlockedFile",
    "Category",
    "Contributor",
    "Cover",
    "Creator",
    "LexemesField",
    "PriceKind",
    "Project",
    "ProjectDraft",
    "ProjectPicture",
    "ProjectTag",
    "ProjectVideo",
    "Rating",
    "Recount",
    "Reindex",
    "Release",
    "ReleaseFile",
    "Role",
    "SearchEntry",
    "SearchWord",
    "Status",
    "Tag",
    "currency_code",
    "history",
    "new_preview_key",
    "picture_path",
    "public_storage",
    "release_path",
    "validate_version",
]
