"""Public identifiers: UUIDv7, so that they sort by time and tell nothing of row counts (RFC 9562)."""

import uuid

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> uuid.UUID:
    """A new UUIDv7."""
    return _uuid7()
