"""Public identifiers: UUIDv7, so that they sort by time and tell nothing of row counts (RFC 9562)."""

import uuid
from datetime import datetime

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> uuid.UUID:
    """A new UUIDv7."""
    return _uuid7()


def made_before(text: str, moment: datetime) -> bool:
    """Whether `text` is the id of something made before `moment`: a UUIDv7 says when (RFC 9562, 5.7)."""
    try:
        made = uuid.UUID(text)
    except ValueError:
        return False
    return made.version == 7 and (made.int >> 80) / 1000 < moment.timestamp()
