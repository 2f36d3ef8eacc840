"""Several machines that ask for a key at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from showpiece.orders.delivery import activations
from showpiece.orders.models import Activation
from tests.orders.holders import keyed

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_machine_left_and_five_ask() -> None:
    key = keyed(limit=2)
    project = key.entitlement.project_id
    activations.license_activate(key=key.key, project_id=project, instance_name="first")

    def ask(name: str) -> str:
        try:
            activations.license_activate(key=key.key, project_id=project, instance_name=name)
        except activations.Refused as refused:
            return refused.reason
        finally:
            connections.close_all()
        return "activated"

    with ThreadPoolExecutor(5) as pool:
        told = sorted(pool.map(ask, [f"machine {number}" for number in range(5)]))
    assert told == ["activated", *["limit_reached"] * 4]
    assert Activation.objects.filter(deactivated_at=None).count() == 2


def test_one_machine_that_asks_twice_at_once() -> None:
    key = keyed(limit=1)

    def ask(_number: int) -> object:
        try:
            project = key.entitlement.project_id
            return activations.license_activate(key=key.key, project_id=project, instance_name="one")[1].pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(4)))) == 1
    assert Activation.objects.count() == 1
