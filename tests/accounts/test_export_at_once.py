"""Two workers and one ZIP: a broker may hand out a job twice, and a sweeper sends it once more."""

from functools import partial

import pytest

from showpiece.accounts.privacy import services
from tests.factories import UserFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_takes_it() -> None:
    export = services.export_request(user=UserFactory())
    claim = partial(services.export_claim, export_id=export.pk)
    first, second = at_once(claim, claim)
    assert first is not None
    assert second is None
    export.refresh_from_db()
    assert export.attempt == 1
