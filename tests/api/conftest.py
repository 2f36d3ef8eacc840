"""What tests of the API have in common."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from showpiece.orders.models import LicenseKey

Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(autouse=True)
def _no_counts_of_others() -> None:
    cache.clear()


@pytest.fixture
def ask() -> Ask:
    """Asks as a program does: status and JSON."""

    def ask(what: str, license: LicenseKey | None = None, **fields: Any) -> tuple[int, dict[str, Any]]:
        body = {"license_key": license.key, "project": str(license.entitlement.project_id)} if license else {}
        client = Client(enforce_csrf_checks=True)
        answer = client.post(f"/v1/licenses/{what}", body | fields, content_type="application/json")
        return answer.status_code, answer.json()

    return ask
