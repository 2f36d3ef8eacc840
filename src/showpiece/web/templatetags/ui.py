"""Small helpers that the components need and the template language lacks."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from django import template
from django.utils.safestring import SafeString

from showpiece.web.icons import icon as icon_svg

register = template.Library()


@register.simple_tag
def icon(name: str, size: int | str = 20, label: str = "") -> SafeString:
    return icon_svg(name, size=int(size or 20), label=label)


@register.filter
def initials(name: str) -> str:
    """Two letters for an avatar: of the first and the last word."""
    words = [word for word in str(name).split() if word[0].isalnum()] or ["?"]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


@register.filter
def paired(labels: Sequence[object], cells: Iterable[object]) -> list[tuple[object, object]]:
    """Each cell of a row with the title of its column, for tables that stack on a phone."""
    return list(zip(labels, cells, strict=False))


@register.filter
def host_of(url: str) -> str:
    """The part of an address that tells people where it leads."""
    return (urlsplit(str(url)).hostname or "").removeprefix("www.")


@register.filter
def words(text: str) -> list[str]:
    return text.split()
