"""License keys: who gets one, and what buyers and creators do with them."""

import json
import re
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from showpiece.accounts import erasure, export
from showpiece.accounts.models import User
from showpiece.catalog.models import Project, Role
from showpiece.orders.delivery import activations, licenses
from showpiece.orders.delivery.granting import entitlement_restore, entitlement_revoke
from showpiece.orders.delivery.license_jobs import issue_licenses
from showpiece.orders.models import Activation, Entitlement, LicenseKey, LicensePolicy
from tests.factories import ContributorFactory, UserFactory
from tests.orders.holders import held, keyed
from tests.orders.shop import paid_order, priced

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(licenses, "BREATH_SECONDS", 0)


def activate(key: LicenseKey, name: str = "Ann's laptop") -> Activation:
    project = key.entitlement.project_id
    return activations.license_activate(key=key.key, project_id=project, instance_name=name)[1]


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


class TestWhoGetsOne:
    def test_whoever_buys_while_they_are_on(self) -> None:
        with_keys, without = priced(1000), priced(500)
        licenses.license_policy_set(project=with_keys, is_on=True, max_activations=3)
        paid_order(with_keys, without)
        key = LicenseKey.objects.get()
        assert key.entitlement.project == with_keys
        assert re.fullmatch(r"([2-9A-HJKMNP-Z]{5}-){4}[2-9A-HJKMNP-Z]{5}", key.key)

    def test_those_who_bought_before_too_by_a_job_that_may_run_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(licenses, "AT_ONCE", 1)
        monkeypatch.setattr(licenses, "STEPS", 2)
        project = priced()
        early = [held(project) for _ in range(3)]
        Entitlement.objects.filter(pk=early[2].pk).update(revoked_at=timezone.now())
        held(priced())
        licenses.license_policy_set(project=project, is_on=True, max_activations=None)
        assert not LicenseKey.objects.exists()  # no request waits for them
        sent = []
        monkeypatch.setattr("showpiece.orders.delivery.license_jobs.publish", lambda job, *ids: sent.append(ids))
        issue_licenses.func(str(project.pk))
        while sent:
            issue_licenses.func(*sent.pop())
        keys = dict(LicenseKey.objects.values_list("entitlement", "key"))
        assert set(keys) == {early[0].pk, early[1].pk}
        issue_licenses.func(str(project.pk))
        assert dict(LicenseKey.objects.values_list("entitlement", "key")) == keys

    def test_what_a_lost_job_left(self) -> None:
        project = priced()
        entitlement = held(project)
        licenses.license_policy_set(project=project, is_on=True, max_activations=None)
        assert licenses.missed_licenses_issue() == 0  # its job may be on the way
        Entitlement.objects.update(granted_at="2026-01-01T00:00:00Z")
        assert licenses.missed_licenses_issue() == 1
        assert entitlement.license.key

    def test_nobody_once_they_are_off_and_those_that_are_out_go_on(self) -> None:
        key = keyed()
        project = key.entitlement.project
        licenses.license_policy_set(project=project, is_on=False, max_activations=2)
        held(project)
        issue_licenses.func(str(project.pk))
        assert LicenseKey.objects.get() == key
        assert activations.license_validate(key=key.key, project_id=project.pk).limit == 2

    def test_one_that_was_taken_back_and_given_again_has_one_key(self) -> None:
        staff, project = UserFactory(), priced()
        entitlement = held(project)
        entitlement_revoke(entitlement.pk, staff)
        licenses.license_policy_set(project=project, is_on=True, max_activations=None)
        issue_licenses.func(str(project.pk))
        assert not LicenseKey.objects.exists()
        entitlement_restore(entitlement.pk, staff)
        key = LicenseKey.objects.get()
        entitlement_revoke(entitlement.pk, staff)
        with pytest.raises(activations.Refused):
            activate(key)
        entitlement_restore(entitlement.pk, staff)
        assert activate(LicenseKey.objects.get()).license == key

    @pytest.mark.parametrize("number", [0, -1, 1001])
    def test_no_such_number_of_machines(self, number: int) -> None:
        with pytest.raises(ValidationError) as told:
            licenses.license_policy_set(project=priced(), is_on=True, max_activations=number)
        assert "max_activations" in told.value.message_dict
        assert not LicensePolicy.objects.exists()


class TestBuyers:
    @pytest.fixture
    def key(self) -> LicenseKey:
        return keyed(limit=2)

    def test_a_guest_sees_the_key_and_removes_a_machine(self, client: Client, key: LicenseKey) -> None:
        machine, page = activate(key), key.entitlement.line.order.guest_url
        html = text(client.get(page))
        assert f"<code>{key.key}</code>" in html
        assert "In use on 1 of 2 machines." in html
        assert "Ann&#x27;s laptop" in html
        remove = f"{page}machines/{machine.pk}/remove/"
        assert remove in html
        assert client.get(remove).status_code == 405
        for _twice in range(2):
            answer = client.post(remove)
            assert (answer.status_code, answer.url) == (303, f"{page}#downloads")  # type: ignore[attr-defined]
        assert "In use on 0 of 2 machines." in text(client.get(page))
        with pytest.raises(activations.Refused) as refused:
            activations.license_validate(key=key.key, project_id=key.entitlement.project_id, instance_id=machine.pk)
        assert refused.value.reason == "deactivated"

    def test_a_member_in_the_library(self, client: Client) -> None:
        user: User = UserFactory()
        key = keyed(limit=None, user=user)
        machine = activate(key)
        client.force_login(user)
        html = text(client.get(reverse("library")))
        assert key.key in html
        assert "In use on 1 machine." in html
        number = key.entitlement.line.order.number
        answer = client.post(reverse("order_machine_remove", args=[number, machine.pk]), {"from": "library"})
        assert answer.url == reverse("library")  # type: ignore[attr-defined]
        assert "It is in use on no machine yet." in text(client.get(reverse("library")))

    def test_machines_of_others_are_not_found(self, client: Client, key: LicenseKey) -> None:
        other = activate(keyed(), "theirs")
        page = key.entitlement.line.order.guest_url
        assert client.post(f"{page}machines/{other.pk}/remove/").status_code == 404
        assert client.post(f"{page}machines/{uuid.uuid4()}/remove/").status_code == 404
        client.force_login(UserFactory())
        number = key.entitlement.line.order.number
        assert client.post(reverse("order_machine_remove", args=[number, other.pk])).status_code == 404
        assert Activation.objects.get().is_in_use

    def test_a_revoked_one_is_not_shown(self, client: Client, key: LicenseKey) -> None:
        Entitlement.objects.update(revoked_at=timezone.now())
        html = text(client.get(key.entitlement.line.order.guest_url))
        assert key.key not in html
        assert "Its license key does not hold any more." in html

    def test_pages_cost_the_same_for_any_number(
        self, client: Client, key: LicenseKey, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(4):
            Activation.objects.create(license=key, instance_name=str(number))
        page = key.entitlement.line.order.guest_url
        client.get(page)
        with django_assert_max_num_queries(8):
            client.get(page)

    def test_what_a_buyer_takes_along_and_leaves(self, tmp_path: Path) -> None:
        user: User = UserFactory()
        key = keyed(user=user)
        machine = activate(key)
        with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
            export.write(user, export.ZipPackage(archive, lambda: None))
        with zipfile.ZipFile(tmp_path / "data.zip") as archive:
            (mine,) = json.loads(archive.read("licenses.json"))
        assert (mine["key"], mine["machines"][0]["name"]) == (key.key, "Ann's laptop")
        for _again in range(2):
            erasure.erase(user, lambda: None)
        machine.refresh_from_db()
        assert "Ann" not in machine.instance_name
        project = key.entitlement.project_id
        assert activations.license_validate(key=key.key, project_id=project, instance_id=machine.pk)  # it was paid for


class TestStudio:
    @pytest.fixture
    def project(self, client: Client) -> Project:
        project = priced(name="Kettle")
        client.force_login(project.creator.user)
        return project

    @staticmethod
    def page(project: Project) -> str:
        return reverse("studio_licenses", args=[project.pk])

    def test_switching_on_and_off(self, client: Client, project: Project) -> None:
        html = text(client.get(self.page(project)))
        assert str(project.pk) in html
        assert "Keys that are out" not in html
        answer = client.post(self.page(project), {"is_on": "on", "max_activations": "3"})
        assert answer.status_code == 302
        policy = LicensePolicy.objects.get(project=project)
        assert (policy.is_on, policy.max_activations) == (True, 3)
        client.post(self.page(project), {"max_activations": ""})
        policy.refresh_from_db()
        assert (policy.is_on, policy.max_activations) == (False, None)

    @pytest.mark.parametrize("typed", ["0", "-3", "1001", "many", "1.5"])
    def test_bad_numbers_stand_at_the_field(self, client: Client, project: Project, typed: str) -> None:
        answer = client.post(self.page(project), {"is_on": "on", "max_activations": typed})
        assert answer.status_code == 422
        assert "max_activations" in answer.context["form"].errors
        assert not LicensePolicy.objects.exists()

    def test_keys_are_found_and_freed(self, client: Client, project: Project) -> None:
        key, other = keyed(2, project=project), keyed(2, project=project)
        machine = activate(key)
        html = text(client.get(self.page(project)))
        assert "1 of 2 machines" in html
        assert html.index(other.key) < html.index(key.key)
        number = key.entitlement.line.order.number
        for search in (key.key, key.key.lower(), number):
            found = text(client.get(self.page(project), {"q": search}))
            assert key.key in found
            assert other.key not in found
        assert "No such key" in text(client.get(self.page(project), {"q": "a\x00" + "x" * 200}))
        client.post(reverse("studio_license_reset", args=[project.pk, key.pk]))
        machine.refresh_from_db()
        assert not machine.is_in_use

    def test_says_neither_who_bought_nor_for_how_much(self, client: Client, project: Project) -> None:
        user: User = UserFactory(name="Buyer Unnamed")
        key = keyed(2, user, project)
        html = text(client.get(self.page(project)))
        assert key.key in html
        assert user.email not in html
        assert user.name not in html

    def test_revoked_ones_apart(self, client: Client, project: Project) -> None:
        key = keyed(project=project)
        Entitlement.objects.update(revoked_at=timezone.now())
        assert key.key not in text(client.get(self.page(project)))
        html = text(client.get(self.page(project), {"show": "revoked"}))
        assert key.key in html
        assert "Revoked" in html

    def test_pages_and_queries(self, client: Client, project: Project, django_assert_max_num_queries: Any) -> None:
        keys = [keyed(project=project).key for _ in range(27)]
        client.get(self.page(project))
        with django_assert_max_num_queries(8):
            first = client.get(self.page(project))
        second = client.get(first.context["page"].next_url)
        shown = [one.license.key for one in [*first.context["page"].items, *second.context["page"].items]]
        assert shown == keys[::-1]

    def test_owners_only(self, client: Client) -> None:
        project = priced()
        key = keyed(project=project)
        page, reset = self.page(project), reverse("studio_license_reset", args=[project.pk, key.pk])
        assert client.get(page).status_code == 302
        for role, status in ((None, 403), (Role.MAINTAINER, 403), (Role.OWNER, 200)):
            user: User = UserFactory()
            if role:
                ContributorFactory(project=project, user=user, role=role)
            client.force_login(user)
            assert client.get(page).status_code == status
            assert client.post(reset).status_code == (302 if status == 200 else status)
            if role:
                html = text(client.get(reverse("studio_project", args=[project.pk])))
                assert (page in html) == (role == Role.OWNER)
        own = priced()
        client.force_login(own.creator.user)
        assert client.post(reverse("studio_license_reset", args=[own.pk, key.pk])).status_code == 404
