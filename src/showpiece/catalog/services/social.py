"""Pictures for links to projects. The name of the file ends with a key of all that is on it: so the row tells
whether the picture is of today, and making it twice gives the same file."""

import hashlib
import uuid
from io import BytesIO

import structlog
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.utils.translation import override

from showpiece.catalog.models import Project, ProjectPicture, Status, public_storage
from showpiece.catalog.social_image import Shown, draw_social_image

log = structlog.get_logger(__name__)

# Of the drawing: another number, and all pictures are made anew.
DRAWING = 1
# How many projects a round looks at, and how many pictures it makes at most.
LOOK_AT, MAKE = 200, 10


def _projects() -> QuerySet[Project]:
    return Project.objects.filter(status=Status.PUBLISHED).select_related("creator").defer("description")


def _shown(project: Project) -> Shown:
    with override(project.language):
        price = project.price_text
    return Shown(
        name=project.name, creator=project.creator.name, price=price[:1].upper() + price[1:], fallback=project.slug
    )


def social_image_name(project: Project) -> str:
    """The name in the public store that the picture has as long as nothing on it changes."""
    cover = project.cover
    told = repr((DRAWING, _shown(project), cover and cover.small))
    return f"projects/{project.pk}/social-{hashlib.sha256(told.encode()).hexdigest()[:20]}.jpg"


def social_image_make(*, project_id: uuid.UUID) -> bool:
    """Make the picture of a project on display, unless it is of today. Returns whether there was anything to do."""
    project = _projects().filter(pk=project_id).first()
    if project is None or project.social_image == (name := social_image_name(project)):
        return False
    store, old = public_storage(), project.social_image
    data = draw_social_image(_shown(project), _cover(project))
    store.delete(name)  # what another attempt left that was killed before it wrote the row
    store.save(name, ContentFile(data))
    Project.objects.filter(pk=project.pk).update(social_image=name)
    if old:
        store.delete(old)
    return True


def _cover(project: Project) -> BytesIO | None:
    """The cover's bytes. A file that is gone is no reason to have no picture at all."""
    if project.cover is None:
        return None
    try:
        with ProjectPicture._meta.get_field("small").storage.open(project.cover.small) as file:
            return BytesIO(file.read())
    except OSError:
        log.exception("cover not read", project=str(project.pk))
        return None


def _tried(project_id: uuid.UUID) -> bool:
    """One that cannot be made holds up no other."""
    try:
        return social_image_make(project_id=project_id)
    except Exception:
        log.exception("picture not made", project=str(project_id))
        return True  # it took its time


def social_images_make_missing(*, before: uuid.UUID | None) -> uuid.UUID | None:
    """Look at the projects that are next older than `before`, from the newest on, and make what is missing.

    Returns where to go on, None at the end. This finds everything, whoever changed it; jobs only are faster.
    """
    projects = _projects() if before is None else _projects().filter(pk__lt=before)
    made, last = 0, None
    for project in projects.order_by("-pk")[:LOOK_AT]:
        if project.social_image != social_image_name(project):
            made += _tried(project.pk)
        last = project.pk
        if made >= MAKE:
            break
    return last
