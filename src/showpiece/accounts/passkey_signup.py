"""Signing up with a passkey and no password: what is remembered between its two pages.

A passkey is made for a user's id, so the id comes first and the user last: until the passkey is there, there is no more
of them than this entry in the visitor's own session.
"""

import ipaddress
import time
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest

from showpiece.ids import uuid7

KEY = "signup_by_passkey"
SECONDS = 900
FIELDS = ("name", "email", "username")


@dataclass(frozen=True)
class Pending:
    """Somebody who has said who they are, and makes a passkey now."""

    user_id: uuid.UUID
    fields: dict[str, str]


def begin(request: HttpRequest, given: dict[str, Any]) -> None:
    """Remember a valid form."""
    fields = {name: given[name] for name in FIELDS}
    request.session[KEY] = {"id": str(uuid7()), "fields": fields, "at": time.time()}


def pending(request: HttpRequest) -> Pending | None:
    """Who makes a passkey in this session; None after a quarter of an hour."""
    found = request.session.get(KEY)
    if not found or time.time() - found["at"] > SECONDS:
        return None
    return Pending(uuid.UUID(found["id"]), found["fields"])


def end(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def is_under_a_name(request: HttpRequest) -> bool:
    """Whether the visitor came by a name of the site. Browsers refuse passkeys under a number."""
    try:
        ipaddress.ip_address(urlsplit(f"//{request.get_host()}").hostname or "")
    except ValueError:
        return True
    return False
