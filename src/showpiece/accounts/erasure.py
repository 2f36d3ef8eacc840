"""Who has something of a person, and what becomes of it when they go. Every room registers its part here."""

from collections.abc import Callable
from enum import Enum
from typing import Any, Protocol, runtime_checkable

from showpiece.accounts.models import User


class Kept(Enum):
    """What a room has to say at the end."""

    NOTHING = "nothing"
    NAMELESS = "nameless"
    """Rows stay that point at the account: its row has to stay too, with nothing in it that names the person."""


class Room(Protocol):
    """A room's part. Every step may run any number of times, and may be cut off anywhere by `kill -9`."""

    def hide(self, user: User) -> Any:
        """Show nothing of the person from now on, who may still come back. What it returns, JSON, goes to `show`."""

    def show(self, user: User, hidden: Any) -> None:
        """They came back: as it was before `hide`."""

    def erase(self, user: User) -> Kept:
        """Erase for good, or make nameless what others have a right to. Files too."""


@runtime_checkable
class Stops(Protocol):
    """A room in which something goes on for a person by itself."""

    def stop(self, user: User) -> None:
        """They were switched off: it goes on no more, also if they are switched on again. May run any number of times,
        in the transaction that switches them off."""


_rooms: dict[str, Room] = {}


def register(name: str, room: Room) -> None:
    """Add a room's part; registering the name again replaces it."""
    _rooms[name] = room


def hide(user: User) -> dict[str, Any]:
    """In every room; by room what it wants to have back in `show`."""
    return {name: room.hide(user) for name, room in _rooms.items()}


def show(user: User, hidden: dict[str, Any]) -> None:
    """In every room that has hidden something."""
    for name, state in hidden.items():
        if name in _rooms:
            _rooms[name].show(user, state)


def stop(user: User) -> None:
    """In every room in which something goes on by itself."""
    for room in _rooms.values():
        if isinstance(room, Stops):
            room.stop(user)


def erase(user: User, alive: Callable[[], None]) -> bool:
    """In every room; `alive` is called between them. Whether one of them keeps rows that point at the account."""
    kept = []
    for room in _rooms.values():
        kept.append(room.erase(user))
        alive()
    return Kept.NAMELESS in kept
