"""The lists for staff: the rows, filters and rooms of unfold, with its own looks, and without a template for each cell.

Drawn by unfold, a row took two milliseconds: the heads anew for each, and a template for each label and box.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.templatetags.admin_list import result_hidden_fields
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.templatetags.base import InclusionAdminNode
from django.contrib.admin.utils import lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.template.base import Parser, Token
from django.urls import NoReverseMatch
from django.utils.encoding import iri_to_uri
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from unfold.admin import checkbox
from unfold.templatetags import unfold_list
from unfold.utils import (
    display_for_dropdown,
    display_for_field,
    display_for_header,
    display_for_label,
    display_for_value,
)

register = template.Library()

BOX, CELL, LINK = (
    " ".join(classes) for classes in (unfold_list.CHECKBOX_CLASSES, unfold_list.ROW_CLASSES, unfold_list.LINK_CLASSES)
)
# Stands where the row's id comes in what is drawn once.
PLACE = "0f0f0f"


def _rows(context: Mapping[str, Any], cl: Any) -> dict[str, Any]:
    """What unfold's template of a list shows."""
    if getattr(cl, "formset", None):  # rows that are changed in the list
        drawn: dict[str, Any] = unfold_list.result_list(context, cl)
        return drawn
    heads = list(unfold_list.result_headers(cl))
    columns, empty = _columns(cl, heads), cl.model_admin.get_empty_value_display()
    return {
        "cl": cl,
        "result_hidden_fields": list(result_hidden_fields(cl)),
        "result_headers": heads,
        "num_sorted_fields": sum(1 for head in heads if head["sortable"] and head["sorted"]),
        "results": [
            unfold_list.UnfoldResultList(row, None, [_cells(cl, row, columns, empty)]) for row in cl.result_list
        ],
        "actions_row": context.get("actions_row"),
        "has_add_permission": cl.model_admin.has_add_permission(context["request"]),
    }


@register.tag
def staff_rows(parser: Parser, token: Token) -> InclusionAdminNode:
    """`{% staff_rows cl %}`: as unfold's own tag for a list."""
    made: Any = InclusionAdminNode  # which takes other arguments than its stubs say
    node: InclusionAdminNode = made(parser, token, func=_rows, template_name="change_list_results.html")
    return node


class Column(NamedTuple):
    """What is the same in all rows: what its cells begin with, also where they stay on one line."""

    name: Any
    is_link: bool
    kind: str
    begin: str
    begin_unbroken: str


def _columns(cl: Any, heads: Sequence[Mapping[str, Any]]) -> list[Column]:
    found: list[Column] = []
    links, linked = cl.list_display_links, False
    for place, name in enumerate(cl.list_display):
        is_link = links is not None and (name in links or not (linked or links))
        kind = "th" if is_link and not linked else "td"
        linked = linked or is_link
        # The first one is the box of a row, as a rule.
        label = heads[place]["text"] if place or is_link else _("Select record")
        classes = f"field-{getattr(name, '__name__', name)} {CELL}"
        begins = (
            format_html('<{} class="{}" data-label="{}">', kind, each, label) for each in (classes, f"{classes} nowrap")
        )
        found.append(Column(name, is_link, kind, *begins))
    return found


def _cells(cl: Any, row: models.Model, columns: Sequence[Column], empty: str) -> SafeString:
    cells = []
    for column in columns:
        if column.name == "action_checkbox":
            cells.append(_box(row))
            continue
        shown, unbroken = _shown(column.name, row, cl.model_admin, empty)
        if column.is_link:
            shown = _linked(cl, row, shown)
        begin = column.begin_unbroken if unbroken else column.begin
        cells.append(f"{begin}{conditional_escape(shown)}</{column.kind}>")
    return mark_safe("".join(cells))  # noqa: S308  # what is shown was escaped


def _shown(column: Any, row: models.Model, page: Any, empty: str) -> tuple[Any, bool]:
    """What a cell says, and whether it stays on one line."""
    try:
        field, told, value = lookup_field(column, row, page)
    except ObjectDoesNotExist:
        return empty, False
    empty = getattr(told, "empty_value_display", empty)
    if field is not None and not field.auto_created:
        return _of_field(field, row, value, empty)
    unbroken = isinstance(value, date | time)
    if label := getattr(told, "label", False):
        return _label(value, empty, label), unbroken
    if getattr(told, "dropdown", False):
        return display_for_dropdown(row, column, value, empty), unbroken
    if getattr(told, "header", False):
        return display_for_header(value, empty), unbroken
    return display_for_value(value, empty, getattr(told, "boolean", False)), unbroken


def _of_field(field: Any, row: models.Model, value: Any, empty: str) -> tuple[Any, bool]:
    unbroken = isinstance(field, models.DateField | models.TimeField | models.ForeignKey)
    if not isinstance(field.remote_field, models.ManyToOneRel):
        return display_for_field(value, field, empty), unbroken
    to = getattr(row, field.name)
    return empty if to is None else to, unbroken


def _label(value: Any, empty: str, kinds: Any) -> SafeString:
    match value:
        case (str(key), str(text)) if isinstance(kinds, dict) and key in kinds:
            return _drawn_label(str(kinds[key]), text)
    drawn: SafeString = display_for_label(value, empty, kinds)
    return drawn


@lru_cache(maxsize=1000)
def _drawn_label(kind: str, text: str) -> SafeString:
    drawn: SafeString = display_for_label((kind, text), "", {kind: kind})
    return drawn


def _box(row: models.Model) -> str:
    before, after = _drawn_box(get_language() or "")
    return f"{before}{conditional_escape(row.pk)}{after}"


@lru_cache
def _drawn_box(language: str) -> tuple[str, str]:
    """The cell with which a row is chosen, before and after its id."""
    box = checkbox.render(ACTION_CHECKBOX_NAME, PLACE)
    drawn = format_html('<td class="{}" data-label="{}">{}</td>', BOX, _("Select record"), box)
    before, after = drawn.split(PLACE)
    return before, after


def _linked(cl: Any, row: models.Model, shown: Any) -> Any:
    try:
        url = cl.url_for_result(row)
    except NoReverseMatch:
        return shown
    url = add_preserved_filters({"preserved_filters": cl.preserved_filters, "opts": cl.opts}, url)
    opener: Any = ""
    if cl.is_popup:
        key = str(cl.to_field) if cl.to_field else cl.lookup_opts.pk.attname
        opener = format_html(' data-popup-opener="{}"', row.serializable_value(key))
    return format_html('<a href="{}" class="{}" {}>{}</a>', url, LINK, opener, shown)


@register.simple_tag
def filter_choices(choices: Iterable[Mapping[str, Any]], chosen: str, other: str, item: str, link: str) -> SafeString:
    """The entries of a filter: there are thirty currencies, on every list."""
    return format_html_join(
        "\n",
        '<li class="{} {}"><a href="{}" title="{}" class="{}">{}</a></li>',
        (
            (
                item,
                chosen if choice["selected"] else other,
                iri_to_uri(choice["query_string"]),
                choice["display"],
                link,
                choice["display"],
            )
            for choice in choices
        ),
    )
