"""The picture that goes with a link to a project."""

from django.templatetags.static import static

from showpiece.catalog.models import Project, public_storage

FALLBACK = "web/social.jpg"


def social_image_url(project: Project) -> str:
    """That of the project, or one for all until it is made."""
    return public_storage().url(project.social_image) if project.social_image else static(FALLBACK)
