"""Somebody who may do everything stays, whoever leaves at the same time."""

import threading

import pytest
from django.db import connection, transaction

from showpiece.accounts.models import User
from showpiece.accounts.privacy import services
from tests.factories import UserFactory


@pytest.mark.django_db(transaction=True)
def test_two_superusers_cannot_both_leave_at_once() -> None:
    first, second = (UserFactory(is_staff=True, is_superuser=True) for _ in range(2))
    ended = threading.Event()
    refused: list[bool] = []

    def leave() -> None:
        try:
            services.deletion_request(user=second)
        except services.LastAdministratorError:
            refused.append(True)
        finally:
            ended.set()
            connection.close()

    thread = threading.Thread(target=leave)
    with transaction.atomic():
        services.deletion_request(user=first)
        thread.start()
        assert not ended.wait(0.5), "it did not wait"
    thread.join(20)
    assert refused == [True]
    assert User.objects.filter(is_superuser=True, deletion=None).get() == second
