"""Addresses `/@name/` that other rooms give away. Each registers at start how to know that a name is one of them."""

from collections.abc import Callable

from showpiece.accounts.models import User

# Whether the name, or one that looks like it, is an address of somebody but this user.
Check = Callable[[str, User | None], bool]
_checks: list[Check] = []


def register(check: Check) -> None:
    if check not in _checks:
        _checks.append(check)


def is_taken_elsewhere(name: str, but: User | None) -> bool:
    return any(check(name, but) for check in _checks)
