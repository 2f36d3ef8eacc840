"""Public identifiers: UUIDv7, so that they sort by time and tell nothing of row counts (RFC 9562).

Rows of libraries have numbers. An address shows them enciphered, in the form of a UUID (docs/decisions/0012).
"""

import hashlib
import uuid
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from uuid_utils.compat import uuid7 as _uuid7

BLOCK = 16


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


class HiddenId:
    """A path converter between a row number and the UUID that stands for it. Other UUIDs stand for nothing: 404."""

    kind = ""
    regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

    def to_url(self, value: int) -> str:
        cipher = _cipher(self.kind, settings.SECRET_KEY).encryptor()
        return str(uuid.UUID(bytes=cipher.update(int(value).to_bytes(BLOCK))))

    def to_python(self, value: str) -> int:
        block = uuid.UUID(value).bytes
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            number = int.from_bytes(_cipher(self.kind, secret).decryptor().update(block))
            if number < 2**63:  # one of 2⁶⁵ of those that somebody made up
                return number
        raise ValueError


@cache
def _cipher(kind: str, secret: str) -> Any:
    """AES of one block, which needs neither mode nor nonce: every number is enciphered once."""
    # Here, for who needs it: it takes 9 MB.
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = hashlib.sha256(f"showpiece.ids:{kind}:{secret}".encode()).digest()
    return Cipher(algorithms.AES256(key), modes.ECB())  # noqa: S305


def hidden_id(kind: str) -> type[HiddenId]:
    """A path converter for the row numbers of a `kind` of things."""
    return type("HiddenId", (HiddenId,), {"kind": kind})
