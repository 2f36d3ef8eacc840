"""What search engines are told of a project, in the words of schema.org (JSON-LD 1.1)."""

from collections.abc import Callable, Iterable
from typing import Any

from showpiece.catalog.models import Project, Tag
from showpiece.money import decimal_price


def linked_data(project: Project, tags: Iterable[Tag], absolute: Callable[[str], str]) -> dict[str, Any]:
    """A project as a `SoftwareApplication`. `absolute` makes a whole address of a path."""
    creator = project.creator
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "SoftwareApplication",
        "name": project.shown_name,
        "description": project.shown_summary,
        "url": absolute(project.get_absolute_url()),
        "applicationCategory": project.category.shown_name,
        "inLanguage": project.language_of("description"),
        "dateModified": project.updated_at.isoformat(),
        "author": {"@type": "Person", "name": creator.shown_name, "url": absolute(creator.get_absolute_url())},
        "offers": {
            "@type": "Offer",
            "price": str(decimal_price(project.price_now_minor, project.currency)),
            "priceCurrency": project.currency,
        },
    }
    if project.is_on_sale and project.sale_ends_at:
        data["offers"]["priceValidUntil"] = project.sale_ends_at.isoformat()
    if project.published_at:
        data["datePublished"] = project.published_at.isoformat()
    if project.cover:
        data["image"] = absolute(project.cover.small_url)
    if words := [tag.name for tag in tags]:
        data["keywords"] = ", ".join(words)
    if project.rating_count:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": round(project.rating_stars, 2),
            "ratingCount": project.rating_count,
            "bestRating": 5,
            "worstRating": 1,
        }
    return data
