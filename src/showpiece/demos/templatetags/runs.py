"""What the templates of demos ask of a form and of a run's blocks: `{% load runs %}`."""

from typing import Any, TypedDict

from django import template
from django.forms import BaseForm, BoundField, FileInput
from django.utils.translation import gettext

register = template.Library()


class FieldParts(TypedDict):
    files: list[BoundField]
    options: list[BoundField]
    options_failed: bool


@register.filter
def field_parts(form: BaseForm) -> FieldParts:
    """What a visitor must give first, what may stay as it is after."""
    files = [field for field in form.visible_fields() if isinstance(field.field.widget, FileInput)]
    options = [field for field in form.visible_fields() if field not in files]
    return {"files": files, "options": options, "options_failed": any(field.errors for field in options)}


@register.filter
def stage_block(run: Any) -> Any:
    """What a run shows large: the picture or film it made, else the one it was given."""
    for block in [*(run.result or []), *(run.input_files or [])]:
        if block.kind in {"image", "video"}:
            return block
    return None


@register.filter
def main_block(run: Any) -> Any:
    """What the large download button gives: what is on the stage, else the first thing that can be had."""
    blocks = run.result or []
    shown = [block for block in blocks if block.kind in {"image", "video"}]
    return next((block for block in [*shown, *blocks] if getattr(block, "download_url", "")), None)


@register.filter
def differs(block: object, other: object) -> bool:
    return block is not other


@register.filter
def download_label(block: Any) -> str:
    if block.kind == "table":
        return gettext("Download the table (CSV)")
    if block.kind == "json":
        return gettext("Download the data (JSON)")
    if block.kind == "image":
        return gettext("Download the picture")
    if block.kind == "video":
        return gettext("Download the film")
    return gettext("Download the file")
