"""Who changed a row, and what of it lies in other tables."""

import json
from collections.abc import Mapping
from typing import Any

from showpiece.accounts.models import User


def saved_by(actor: User | None, row: Any, *, beside: Mapping[str, Any] | None = None) -> None:
    """Save a row whose model keeps a history, in the name of `actor`.

    `beside`: what changed with it and is no column of its own. It stands with the entry as JSON; `changes` reads
    it. People are named by their ids alone, so that it says nothing of who has left.
    """
    row._history_user = actor
    row._change_reason = json.dumps(beside, ensure_ascii=False) if beside else None
    row.save()
