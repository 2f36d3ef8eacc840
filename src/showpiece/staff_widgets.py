"""Widgets for staff. Only modules named `admin` import it: it loads the admin."""

import uuid
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple


def _ids(values: Any) -> list[Any]:
    """Those that can be ids: Django would look for whatever was sent, and fail."""
    found = []
    for value in values or ():
        try:
            uuid.UUID(str(value))
        except ValueError:
            continue
        found.append(value)
    return found


class OneOfMany(AutocompleteSelect):
    """One row, looked for by typing. `field` names its table: whoever may see that is told."""

    def __init__(self, field: Any) -> None:
        super().__init__(field, admin.site)

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, _ids(value), attr)


class SomeOfMany(AutocompleteSelectMultiple):
    """The same for several rows."""

    def __init__(self, field: Any) -> None:
        super().__init__(field, admin.site)

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, _ids(value), attr)
