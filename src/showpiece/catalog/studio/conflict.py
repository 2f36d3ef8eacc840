"""Two people at one form: what differs between what somebody typed and what somebody else has saved."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.forms import BoundField

from showpiece.accounts.models import User
from showpiece.catalog.models import Project
from showpiece.catalog.studio.forms_project import ProjectForm, values_of


@dataclass(frozen=True)
class Difference:
    """A field in which both differ. `untouched`: whoever is typing has not changed it."""

    name: str
    theirs: str
    untouched: bool


@dataclass(frozen=True)
class Conflict:
    """Who saved the project last, and when; and what differs, by field."""

    by: User | AnonymousUser | None
    at: Any
    differences: dict[str, Difference]


def base_of(values: Mapping[str, Any]) -> str:
    """Short marks of the values that a form begins with, by which it tells later what was changed in it."""
    return json.dumps({name: _mark(value) for name, value in values.items()}, separators=(",", ":"))


def _mark(value: Any) -> str:
    return hashlib.sha256(str(value).encode()).hexdigest()[:8]


def conflict_of(form: ProjectForm, typed: Mapping[str, str], base: str, current: Project) -> Conflict:
    """What differs between what was typed and the project as it is now."""
    try:
        marks = json.loads(base)
        marks = marks if isinstance(marks, dict) else {}
    except ValueError:
        marks = {}
    differences = {
        name: Difference(name, _shown(form, name, value), untouched=marks.get(name) == _mark(typed[name]))
        for name, value in values_of(current).items()
        if name in form.fields and name in typed and typed[name].strip() != str(value).strip()
    }
    last = current.history.select_related("history_user").order_by(F("history_date").desc()).first()
    return Conflict(last.history_user if last else None, current.updated_at, differences)


def _shown(form: ProjectForm, name: str, value: Any) -> str:
    """A value in words: of a choice its label."""
    field: BoundField = form[name]
    choices = getattr(field.field, "choices", None) or ()
    return next((str(label) for code, label in choices if str(code) == str(value)), str(value))
