"""Which projects somebody has a right to. Rooms that sell them register here, so that the catalogue knows none of them.

The versions of such a project, and their files, outlive the account of its creator.
"""

import uuid
from collections.abc import Callable, Collection, Iterable

Asked = Callable[[Collection[uuid.UUID]], Iterable[uuid.UUID]]
_askers: dict[str, Asked] = {}


def register(name: str, asked: Asked) -> None:
    """Add who knows: of projects by id, it says which are owed. Registering the name again replaces it."""
    _askers[name] = asked


def owed(projects: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these projects are."""
    return {pk for asked in _askers.values() for pk in asked(projects)}
