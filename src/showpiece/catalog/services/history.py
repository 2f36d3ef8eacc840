"""Who changed a row."""

from typing import Any

from showpiece.accounts.models import User


def saved_by(actor: User | None, row: Any) -> None:
    """Save a row whose model keeps a history, in the name of `actor`."""
    row._history_user = actor
    row.save()
