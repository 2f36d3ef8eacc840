"""Markdown from creators to safe HTML: parsed without raw HTML, then cut to an allow-list all the same."""

from collections.abc import Sequence
from functools import cache, lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# The page's own title is h1 and its sections are h2, so what creators write begins below.
FIRST_HEADING = 3
LINK_REL = "nofollow ugc noopener"

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "code": {"class"}}
SCHEMES = {"http", "https", "mailto"}


# A page shows the same text to every visitor, and parsing it costs more than all the rest of its template.
@lru_cache(maxsize=512)
def render_markdown(source: str) -> SafeString:
    parser = _parser()
    tokens = parser.parse(source)
    _shift_headings(tokens)
    html = parser.renderer.render(tokens, parser.options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=LINK_REL,
        # What scrolls sideways must be reachable by keyboard.
        set_tag_attribute_values={"pre": {"tabindex": "0"}, "table": {"tabindex": "0"}},
    )
    return mark_safe(clean)  # noqa: S308 - nh3 has just cut it to the allow-list


@cache
def _parser() -> MarkdownIt:
    # Pictures would be fetched from other hosts and show a visitor's address to them; links stay links.
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")


def _shift_headings(tokens: Sequence[Token]) -> None:
    """Whatever levels a creator chose, the first becomes h3 and none is skipped: readers navigate by them."""
    above: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(FIRST_HEADING + len(above) - 1, 6)}"
