"""What the history of a project says, in words."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.catalog.models import Category, PriceKind, Project, Role, Status
from showpiece.money import price_text

# Longer texts are told by how much of them has changed, and shown when asked for.
SHORT = 160
LONG = ("description",)


@dataclass(frozen=True)
class Change:
    """One field. `size`: how many characters a long text has gained and lost, as people read it."""

    label: str
    old: str
    new: str
    size: str = ""


@dataclass(frozen=True)
class Entry:
    """One save: who, when, and what."""

    pk: Any
    by: Any
    at: datetime
    made: bool
    changes: list[Change]

    @property
    def has_long(self) -> bool:
        return any(change.size for change in self.changes)


def entries_of(rows: Sequence[Any]) -> list[Entry]:
    """`rows` of a project's history, newest first, each told against the next one; the last one, if it is not the
    first save, only serves for comparison."""
    categories = {
        str(one.pk): one.shown_name for one in Category.objects.filter(pk__in={row.category_id for row in rows})
    }
    beside = {row.pk: _beside(row) for row in rows}
    people = {str(one.pk): one for one in User.objects.filter(pk__in=_people_in(beside.values()))}
    entries = [_entry(row, before, categories, _told_beside(beside[row.pk], people)) for row, before in pairwise(rows)]
    if rows and rows[-1].history_type == "+":
        entries.append(Entry(rows[-1].pk, rows[-1].history_user, rows[-1].history_date, made=True, changes=[]))
    return entries


def _beside(row: Any) -> dict[str, Any]:
    """What changed with the row and lies in other tables: see `services.history`."""
    try:
        kept = json.loads(row.history_change_reason or "{}")
    except ValueError:  # somebody else's words
        return {}
    return kept if isinstance(kept, dict) else {}


def _people_in(beside: Iterable[dict[str, Any]]) -> list[str]:
    return [str(one["person"]) for one in beside if "person" in one]


def _told_beside(beside: dict[str, Any], people: dict[str, User]) -> list[Change]:
    changes = []
    if "tags" in beside:
        changes.append(_told("tags", _label("tags"), *beside["tags"]))
    if "person" in beside:
        person = people.get(beside["person"])
        changes.append(_told("person", str(person or _("somebody")), *map(_part, beside["part"])))
    return changes


def _part(kept: str) -> str:
    """What somebody was to the project."""
    invited, _colon, role = kept.rpartition(":")
    name = str(dict(Role.choices).get(role, role))
    return _("invited as %(role)s") % {"role": name} if invited else name


def _entry(row: Any, before: Any, categories: dict[str, str], beside: list[Change]) -> Entry:
    changes = beside[:]
    for change in row.diff_against(before).changes:
        if change.field == "translations":
            changes += _translated(change.old, change.new)
        else:
            currencies = (before.currency, row.currency)
            changes.append(_change(change.field, _label(change.field), change.old, change.new, currencies, categories))
    return Entry(row.pk, row.history_user, row.history_date, made=False, changes=changes)


def _label(name: str) -> str:
    labels = {"price_kind": _("price"), "price_minor": _("amount"), "suggested_minor": _("suggested amount")}
    return labels.get(name) or str(Project._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _change(
    name: str, label: str, old: Any, new: Any, currencies: tuple[str, str], categories: dict[str, str]
) -> Change:
    texts = [_shown(name, value, currency, categories) for value, currency in zip((old, new), currencies, strict=True)]
    return _told(name, label, *texts)


def _told(name: str, label: str, old: str, new: str) -> Change:
    is_long = name in LONG or len(old) > SHORT or len(new) > SHORT
    return Change(label, old, new, size=_size(old, new) if is_long else "")


def _shown(name: str, value: Any, currency: str, categories: dict[str, str]) -> str:
    if value is None or value == "":
        return ""
    if name == "category":
        return categories.get(str(value), str(value))
    if name in ("price_minor", "suggested_minor"):
        return price_text(int(value), currency)
    if choices := {"status": Status, "price_kind": PriceKind}.get(name):
        return str(dict(choices.choices).get(value, value))
    if name == "language":
        return str(get_language_info(value)["name_translated"]) if value in ("en", "ru") else str(value)
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _translated(old: dict[str, dict[str, str]], new: dict[str, dict[str, str]]) -> list[Change]:
    """Each text of each language by itself."""
    changes = []
    for code in sorted({*old, *new}):
        before, after = old.get(code, {}), new.get(code, {})
        for name in Project.translatable:
            if before.get(name, "") != after.get(name, ""):
                label = f"{_label(name)} ({code})"
                changes.append(_told(name, label, before.get(name, ""), after.get(name, "")))
    return changes


def _size(old: str, new: str) -> str:
    """How much lies between the first and the last character that differ. A finer comparison can take minutes."""
    start = _common(old, new)
    old, new = old[start:], new[start:]
    end = _common(old[::-1], new[::-1])
    added, removed = len(new) - end, len(old) - end
    return _("characters: +%(added)s −%(removed)s") % {"added": added, "removed": removed}  # noqa: RUF001


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
