"""What the catalogue knows of a person: their creator page and their projects."""

from collections.abc import Iterator

from showpiece.accounts import erasure, export
from showpiece.accounts.erasure import Kept
from showpiece.accounts.export import Package, Record
from showpiece.accounts.models import User
from showpiece.catalog import services
from showpiece.catalog.models import (
    Contributor,
    Creator,
    Project,
    ProjectDraft,
    ProjectPicture,
    Rating,
    Release,
    ReleaseFile,
    Status,
)


def register() -> None:
    """Tell the accounts about this room."""
    export.register("catalog", export_creator)
    erasure.register("catalog", CreatorPage())


def creator_of(user: User) -> Creator | None:
    return Creator.objects.filter(user=user).first()


def export_creator(user: User, package: Package) -> None:
    """Stars given; one's part in projects, and what one typed there and did not save; and of a creator the page,
    the projects in whatever state, pictures, films, versions and files."""
    given = Rating.objects.filter(user=user).order_by("pk").values_list("project__name", "stars", "given_at")
    ratings = ({"project": name, "stars": stars, "given": at} for name, stars, at in given.iterator())
    package.records("ratings", ratings)
    package.records("contributions", _contributions(user))
    package.records("unsaved-changes", _unsaved(user))
    creator = creator_of(user)
    if creator is None:
        return
    package.record(
        "creator",
        {
            "slug": creator.slug,
            "name": creator.name,
            "about": creator.about,
            "translations": creator.translations,
            "state": creator.status,
        },
    )
    package.records("projects", _projects(creator))
    package.records("versions", _versions(creator))
    _export_gallery(creator, package)
    files = ReleaseFile.objects.filter(release__project__creator=creator).select_related("release__project")
    for number, file in enumerate(files.order_by("pk").iterator(), start=1):
        path = f"projects/{file.release.project.slug}/versions/{file.release.version}/{number}-{file.name}"
        package.file(path, str(file.file.name), file.file.storage)


def _contributions(user: User) -> Iterator[Record]:
    for part in Contributor.objects.filter(user=user).select_related("project").order_by("pk").iterator():
        yield {
            "project": part.project.name,
            "role": part.role,
            "invited": part.invited_at,
            "accepted": part.accepted_at,
        }


def _unsaved(user: User) -> Iterator[Record]:
    """What they typed into forms of projects; without the marks by which a form tells what was changed in it."""
    for draft in ProjectDraft.objects.filter(user=user).select_related("project").order_by("pk").iterator():
        typed = {name: text for name, text in draft.data.items() if name != "base"}
        yield {"project": draft.project.name, "typed": typed, "kept": draft.saved_at}


def _export_gallery(creator: Creator, package: Package) -> None:
    pictures = ProjectPicture.objects.filter(project__creator=creator).select_related("project", "video")
    for picture in pictures.iterator():
        path = f"projects/{picture.project.slug}/picture-{picture.position + 1}"
        package.file(path, str(picture.large.name), picture.large.storage)
        video = getattr(picture, "video", None)
        film = (video.file or video.source) if video else None
        if film:
            package.file(f"{path}-film", str(film.name), film.storage)


def _versions(creator: Creator) -> Iterator[Record]:
    releases = Release.objects.filter(project__creator=creator).select_related("project").prefetch_related("files")
    for release in releases.order_by("pk").iterator(chunk_size=100):
        yield {
            "project": release.project.slug,
            "version": release.version,
            "notes": release.notes,
            "released": release.released_at,
            "withdrawn": release.withdrawn_at,
            "files": [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in release.files.all()],
        }


def _projects(creator: Creator) -> Iterator[Record]:
    projects = Project.objects.filter(creator=creator).select_related("category").prefetch_related("pictures", "tags")  # type: ignore[misc]
    for project in projects.order_by("pk").iterator(chunk_size=100):
        yield {
            "slug": project.slug,
            "name": project.name,
            "category": project.category.slug,
            "summary": project.summary,
            "description": project.description,
            "translations": project.translations,
            "language": project.language,
            "tags": [tag.name for tag in project.tags.all()],
            "links": [link for link in (project.url, project.source_url, project.docs_url) if link],
            "price_kind": project.price_kind,
            "price_minor": project.price_minor,
            "suggested_minor": project.suggested_minor,
            "sale_percent": project.sale_percent,
            "sale_from": project.sale_starts_at,
            "sale_until": project.sale_ends_at,
            "currency": project.currency,
            "state": project.status,
            "created": project.created_at,
            "published": project.published_at,
            "pictures": [{"text": one.alt, "translations": one.translations} for one in project.pictures.all()],
        }


class CreatorPage:
    """Archived at once with everything on it; in the end nameless, for those who have bought something."""

    def hide(self, user: User) -> str | None:
        creator = creator_of(user)
        if creator is None or creator.status == Status.ARCHIVED:
            return None
        before = creator.status
        services.creator_set_status(creator=creator, status=Status.ARCHIVED)
        return before

    def show(self, user: User, hidden: str | None) -> None:
        creator = creator_of(user)
        if creator and hidden and creator.status == Status.ARCHIVED:
            services.creator_set_status(creator=creator, status=hidden)

    def erase(self, user: User) -> Kept:
        services.ratings_forget(user=user)
        services.parts_forget(user=user)
        creator = creator_of(user)
        if creator is None:
            return Kept.NOTHING
        return Kept.NAMELESS if services.creator_erase(creator=creator) else Kept.NOTHING
