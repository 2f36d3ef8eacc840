"""The page of a donation, and the list of a member's own: who sees what, and what can be done there."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from showpiece.catalog.models import Project, Status
from showpiece.donations import services
from showpiece.donations.models import Donation
from showpiece.payments.models import SandboxSession
from showpiece.payments.providers.base import Report, State
from showpiece.payments.services import payment_settle
from tests.donations.giving import begun, given, report
from tests.factories import ProjectFactory, UserFactory
from tests.orders.shop import started

pytestmark = pytest.mark.django_db
LIST = "/donations/"


@pytest.fixture(autouse=True)
def _no_counts_of_others() -> None:
    cache.clear()


def staff(*permissions: str) -> Any:
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


class TestWhoSeesIt:
    def test_a_member_and_nobody_else(self, client: Client) -> None:
        user = UserFactory()
        donation, _payment = given(ProjectFactory(), user=user)
        url = donation.get_absolute_url()
        assert "/accounts/login" in client.get(url).url or "login" in client.get(url).url
        for somebody in (UserFactory(), staff()):
            client.force_login(somebody)
            assert client.get(url).status_code == 404
        client.force_login(user)
        assert client.get(url).status_code == 200
        client.logout()
        assert client.get(donation.guest_url).status_code == 404  # a member's has no link for guests

    def test_a_guest_by_the_link(self, client: Client) -> None:
        donation, _payment = given(ProjectFactory())
        page = client.get(donation.guest_url)
        assert page.status_code == 200
        assert "noindex" in page["X-Robots-Tag"]
        client.force_login(UserFactory())
        assert client.get(donation.get_absolute_url()).status_code == 404

    def test_staff_look_and_do_nothing(self, client: Client) -> None:
        donation, payment = begun(ProjectFactory(), message="Hello")
        client.force_login(staff("view_donation"))
        text = client.get(donation.get_absolute_url()).content.decode()
        assert "Hello" in text
        assert "giver@example.org" in text
        assert 'name="provider"' not in text
        assert "Cancel the donation" not in text
        for name in ("donation_pay", "donation_cancel"):
            assert client.post(reverse(name, args=[donation.number])).status_code == 404
        assert client.get(reverse("donation_return", args=[donation.number, payment.pk])).status_code == 404

    def test_archived_is_for_staff_alone(self, client: Client) -> None:
        user = UserFactory()
        donation, _payment = given(ProjectFactory(), user=user)
        guests, _payment = given(ProjectFactory())
        for one in (donation, guests):
            services.donation_set_archived(donation_id=one.pk, archived=True)
        client.force_login(user)
        assert client.get(donation.get_absolute_url()).status_code == 404
        assert donation.number not in client.get(LIST).content.decode()
        assert Client().get(guests.guest_url).status_code == 404
        client.force_login(staff("view_donation"))
        assert client.get(donation.get_absolute_url()).status_code == 200


class TestPage:
    def test_a_failed_payment_can_be_tried_again(self, client: Client) -> None:
        donation, payment = begun(ProjectFactory())
        pay = reverse("donation_guest_pay", args=[donation.number, donation.secret])
        payment_settle(payment_id=payment.pk, report=Report(State.FAILED, note="Declined."))
        text = client.get(donation.guest_url).content.decode()
        assert "The payment has failed" in text
        assert "Pay €10.00" in text
        sent = {"key": str(uuid.uuid4()), "provider": "sandbox"}
        answer = client.post(pay, sent)
        assert answer.status_code == 303
        assert client.post(pay, sent).url == answer.url
        client.post(answer.url, {"action": "pay"})
        back = client.get(SandboxSession.objects.get().return_url)
        assert "Thank you!" in client.get(back.url).content.decode()
        assert Donation.objects.get().status == "paid"
        answer = client.post(pay, {"key": str(uuid.uuid4()), "provider": "sandbox"}, follow=True)
        assert "nothing to pay" in answer.content.decode()

    def test_too_many_tries_are_told(self, client: Client, settings: Any) -> None:
        settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "start_payment": "1/h/ip"}
        donation, _payment = begun(ProjectFactory())
        pay = reverse("donation_guest_pay", args=[donation.number, donation.secret])
        for said in ("", "tried to pay too often"):
            answer = client.post(pay, {"key": str(uuid.uuid4()), "provider": "sandbox"})
            if said:
                assert said in client.get(answer.url).content.decode()
        assert client.post(pay, {"key": "x"}).url == donation.guest_url

    def test_htmx_gets_nothing_until_something_has_happened(self, client: Client) -> None:
        donation, payment = begun(ProjectFactory())
        started(payment)
        page = client.get(donation.guest_url)
        assert 'hx-trigger="every 10s"' in page.content.decode()
        seen = {"seen": page.context["version"]}
        assert client.get(donation.guest_url, seen, headers={"HX-Request": "true"}).status_code == 204
        payment_settle(payment_id=payment.pk, report=report(payment))
        part = client.get(donation.guest_url, seen, headers={"HX-Request": "true"})
        assert "<html" not in part.content.decode()
        assert "Thank you!" in part.content.decode()
        assert "hx-trigger" not in part.content.decode()

    def test_cancelled_and_begun_anew(self, client: Client) -> None:
        donation, _payment = begun(project := ProjectFactory())
        cancel = reverse("donation_guest_cancel", args=[donation.number, donation.secret])
        assert client.get(cancel).status_code == 405
        text = client.post(cancel, follow=True).content.decode()
        assert "This donation is cancelled" in text
        assert f"/donate/?project={project.pk}" in text
        paid, _payment = given(ProjectFactory())
        cancel = reverse("donation_guest_cancel", args=[paid.number, paid.secret])
        assert "cannot be cancelled" in client.post(cancel, follow=True).content.decode()

    def test_bank_details_while_the_money_is_awaited(self, client: Client, settings: Any) -> None:
        settings.PAYMENT_PROVIDERS, settings.BANK_DETAILS = ["transfer"], "IBAN DE00 1234"
        donation, payment = begun(ProjectFactory(), provider="transfer")
        started(payment)
        text = client.get(donation.guest_url).content.decode()
        for said in ("IBAN DE00 1234", donation.number, "Please send the money now"):
            assert said in text, said

    def test_projects_off_display_are_named_and_not_linked(self, client: Client) -> None:
        donation, _payment = given(project := ProjectFactory())
        Project.objects.update(status=Status.ARCHIVED)
        text = client.get(donation.guest_url).content.decode()
        assert project.name in text
        assert project.get_absolute_url() not in text
        assert "Give again" not in text

    def test_a_payment_of_another_is_none_of_this(self, client: Client) -> None:
        donation, _payment = begun(ProjectFactory())
        _other, payment = begun(ProjectFactory())
        url = reverse("donation_guest_return", args=[donation.number, donation.secret, payment.pk])
        assert client.get(url).status_code == 404

    @pytest.mark.parametrize("count", [1, 20])
    def test_costs(self, client: Client, django_assert_num_queries: Any, count: int) -> None:
        donation, _payment = given(*ProjectFactory.create_batch(count), amount=5000)
        with django_assert_num_queries(4):  # the donation, its payments, refunds of those, its parts
            client.get(donation.guest_url)


class TestList:
    def test_own_and_no_others_in_pages(self, client: Client, django_assert_num_queries: Any) -> None:
        user, project = UserFactory(), ProjectFactory(name="Plates")
        mine = [given(project, user=user)[0].number for _more in range(17)]
        other, _payment = given(project, user=UserFactory())
        assert client.get(LIST).status_code == 302
        client.force_login(user)
        # session, user, donations, their parts, monthly ones, and the profile for the menu
        with django_assert_num_queries(6):
            page = client.get(LIST)
        text = page.content.decode()
        assert [donation.number for donation, _badge in page.context["rows"]] == mine[:1:-1]
        assert "Plates" in text
        assert "Given" in text
        assert other.number not in text
        page = client.get(page.context["page"].next_url)
        assert [donation.number for donation, _badge in page.context["rows"]] == mine[1::-1]

    def test_stands_in_the_account_and_says_what_it_is_for(self, client: Client) -> None:
        client.force_login(UserFactory())
        text = client.get(LIST).content.decode()
        assert "You have given nothing yet" in text
        assert text.count(f'href="{LIST}"') == 2  # the menu, and the parts of the account
