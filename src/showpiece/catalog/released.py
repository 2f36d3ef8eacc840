"""Versions that come out. Other rooms register what they do then; this room knows none of them."""

from collections.abc import Callable

from showpiece.catalog.models import Release

Heard = Callable[[Release], None]
_hearers: dict[str, Heard] = {}


def register(name: str, heard: Heard) -> None:
    """Have `heard` called with each version that is released for the first time, in the transaction that releases it.

    So it is short, and leaves work to a job. Registering a name again replaces what was there.
    """
    _hearers[name] = heard


def tell(release: Release) -> None:
    """Tell all who have registered."""
    for heard in _hearers.values():
        heard(release)
