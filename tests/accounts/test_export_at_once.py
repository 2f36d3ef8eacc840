"""Two workers and one ZIP: a broker may hand out a job twice, and a sweeper sends it once more."""

import threading
import time

import pytest
from django.db import connection, transaction

from showpiece.accounts.privacy import services
from showpiece.accounts.privacy.models import DataExport
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
# So long the second one waits for the row, or for all of SQLite.
WAITS = 0.5


def test_one_takes_it() -> None:
    export = services.export_request(user=UserFactory())
    taken: list[DataExport | None] = []

    def claim() -> None:
        try:
            taken.append(services.export_claim(export_id=export.pk))
        finally:
            connection.close()

    second = threading.Thread(target=claim)
    with transaction.atomic():
        first = services.export_claim(export_id=export.pk)
        second.start()
        time.sleep(WAITS)
        assert taken == [], "it does not wait"
    second.join()
    assert first is not None
    assert taken == [None]
    export.refresh_from_db()
    assert export.attempt == 1
