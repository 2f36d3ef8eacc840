"""The page of giving, over HTTP: without an account and without JavaScript."""

import re
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from showpiece.accounts.models import User
from showpiece.catalog.models import Status
from showpiece.donations.models import Donation, DonationPolicy
from showpiece.payments.models import Payment, SandboxSession
from tests.donations.giving import begun
from tests.factories import ProjectFactory, UserFactory, listed

pytestmark = pytest.mark.django_db
URL = "/donate/"


@pytest.fixture(autouse=True)
def _no_counts_of_others() -> None:
    cache.clear()


def filled(*projects: Any, **more: Any) -> dict[str, Any]:
    """What a browser sends."""
    sent = {
        "key": str(uuid.uuid4()),
        "currency": "EUR",
        "project": [str(project.pk) for project in projects],
        "preset": "500",
        "amount": "",
        "message": "",
        "name": "",
        "email": "giver@example.org",
        "provider": "sandbox",
        "q": "",
    }
    return {name: value for name, value in (sent | more).items() if value is not None}


def errors(response: Any) -> dict[str, Any]:
    return dict(response.context["form"].errors)


def parts(response: Any) -> list[tuple[str, int | None]]:
    return [(project.name, minor) for project, minor in response.context["parts"]]


class TestPage:
    def test_shows_amounts_and_ways_and_asks_a_guest_for_an_address(self, client: Client) -> None:
        project = ProjectFactory(name="Plates")
        page = client.get(URL, {"project": project.pk})
        text = page.content.decode()
        assert "<h1>" in text
        assert "Support Plates" in text
        assert re.findall(r'name="preset"\s+value="(\w+)"', text) == ["300", "500", "1000", "2500", "other"]
        assert re.search(r'value="500"\s+checked', text)
        for shown in ("€3<", "€25<", "Give €5.00", 'name="email"', 'name="provider"', "No account is needed"):
            assert shown in text, shown
        assert not Donation.objects.exists()

    def test_a_member_gives_as_themselves(self, client: Client) -> None:
        user = UserFactory()
        client.force_login(user)
        page = client.get(URL, {"project": ProjectFactory().pk})
        assert 'name="email"' not in page.content.decode()
        assert user.email in page.content.decode()

    def test_nothing_that_cannot_be_given_to_is_shown(self, client: Client) -> None:
        off = ProjectFactory(name="Switched off")
        DonationPolicy.objects.create(project=off, is_on=False)
        gone, fine = ProjectFactory(name="Gone", status=Status.ARCHIVED), ProjectFactory(name="Fine")
        page = client.get(URL, {"project": [off.pk, gone.pk, "nonsense", fine.pk, uuid.uuid4()]})
        text = page.content.decode()
        assert [name for name, _minor in parts(page)] == ["Fine"]
        assert "takes no donations now" in text
        assert "Gone" not in text
        assert "Switched off" not in text
        page = client.get(URL, {"project": gone.pk})
        assert page.status_code == 200
        assert "Choose a project" in page.content.decode()

    def test_projects_of_the_same_creator_are_offered_and_added_and_dropped(self, client: Client) -> None:
        one = ProjectFactory(name="One")
        two = ProjectFactory(name="Two", creator=one.creator)
        ProjectFactory(name="Archived", creator=one.creator, status=Status.ARCHIVED)
        page = client.get(URL, {"project": one.pk})
        assert [project.name for project in page.context["offers"].own] == ["Two"]
        typed = {"message": "Go on\r\n", "name": "Ada", "email": "not yet", "preset": "other", "amount": "10,01"}
        page = client.post(URL, filled(one, add=str(two.pk), is_anonymous="on", **typed))
        assert (page.status_code, errors(page)) == (200, {})
        assert parts(page) == [("One", 501), ("Two", 500)]
        text = page.content.decode()
        for kept in ("Go on", 'value="Ada"', 'value="not yet"', 'value="10,01"', "Give €10.01", "checked"):
            assert kept in text, kept
        page = client.post(URL, filled(one, two, drop=str(one.pk)))
        assert parts(page) == [("Two", 500)]
        assert not Donation.objects.exists()

    def test_others_are_found_by_name(self, client: Client) -> None:
        one = ProjectFactory(name="One")
        wanted, off = listed(name="Licence plates"), listed(name="Plates of another kind")
        DonationPolicy.objects.create(project=off, is_on=False)
        page = client.post(URL, filled(one, q="plates", find="1"))
        assert [project.pk for project in page.context["offers"].found] == [wanted.pk]
        page = client.post(URL, filled(one, q="nowhere", find="1"))
        assert "Nothing else was found" in page.content.decode()

    def test_enter_in_the_field_of_the_search_searches(self, client: Client) -> None:
        """A browser presses the first button of the form then, which has no name."""
        one, wanted = ProjectFactory(name="One"), listed(name="Licence plates")
        page = client.post(URL, filled(one, q="plates", searched="", message="Go on"))
        assert (page.status_code, errors(page)) == (200, {})
        assert [project.pk for project in page.context["offers"].found] == [wanted.pk]
        assert "Go on" in page.content.decode()
        assert '<input type="hidden" name="searched" value="plates">' in page.content.decode()
        assert not Donation.objects.exists()
        # In another field, with the words still there; and with words that nobody asked for, by the button of giving.
        assert client.post(URL, filled(one, q="plates", searched="plates")).status_code == 303
        assert client.post(URL, filled(one, q="plates", searched="", give="1")).status_code == 303

    def test_keeps_what_was_typed_when_nothing_is_left_to_give_to(self, client: Client) -> None:
        gone = ProjectFactory(status=Status.ARCHIVED)
        typed = {"message": 'Go\n"on"', "name": "Ada", "is_anonymous": "on", "preset": "other", "amount": "7.50"}
        page = client.post(URL, filled(gone, **typed))
        assert page.status_code == 422
        html = page.content.decode()
        for name, value in {
            "message": "Go\n&quot;on&quot;",
            "name": "Ada",
            "email": "giver@example.org",
            "amount": "7.50",
        }.items():
            assert f'<input type="hidden" name="{name}" value="{value}"' in html, name
        page = client.post(URL, filled(**(typed | {"is_anonymous": "True"}), add=str(ProjectFactory().pk)))
        assert "Give €7.50" in page.content.decode()
        assert page.context["form"]["is_anonymous"].value()

    def test_who_was_found_and_added_ends_the_search(self, client: Client) -> None:
        one, found = ProjectFactory(name="One"), listed(name="Licence plates")
        page = client.post(URL, filled(one, q="plates", searched="plates", add=str(found.pk)))
        assert [name for name, _minor in parts(page)] == ["One", "Licence plates"]
        assert "Nothing else was found" not in page.content.decode()

    @pytest.mark.parametrize("count", [1, 20])
    def test_costs(self, client: Client, django_assert_num_queries: Any, count: int) -> None:
        first = ProjectFactory()
        projects = [first, *ProjectFactory.create_batch(count - 1, creator=first.creator)]
        query = {"project": [project.pk for project in projects]}
        client.get(URL, query)
        with django_assert_num_queries(2):  # those projects, others of their creators
            client.get(URL, query)

    def test_a_link_may_name_an_amount(self, client: Client) -> None:
        page = client.get(URL, {"project": ProjectFactory().pk, "amount": "7.50"})
        assert "Give €7.50" in page.content.decode()

    def test_amounts_are_in_the_currency_of_the_projects(self, client: Client) -> None:
        page = client.get(URL, {"project": ProjectFactory(currency="JPY").pk})
        assert page.context["amounts"] == [300, 500, 1000, 2500]
        assert "¥300<" in page.content.decode()


class TestGiving:
    def test_a_guest_gives_pays_and_is_thanked(self, client: Client, mailoutbox: list[Any]) -> None:
        project = ProjectFactory(name="Plates")
        message = "<script>alert(1)</script>\r\nhttps://a.example"
        sent = filled(project, preset="other", amount="12.50", name="Ada", message=message, email="Ada@Example.org")
        answer = client.post(URL, sent)
        assert answer.status_code == 303
        donation = Donation.objects.get()
        assert (donation.amount_minor, donation.email, donation.user) == (1250, "ada@example.org", None)
        assert donation.message == message.replace("\r\n", "\n")
        assert client.post(URL, sent).url == answer.url  # sent twice
        client.post(answer.url, {"action": "pay"})
        back = client.get(SandboxSession.objects.get().return_url)
        assert back.url == donation.guest_url
        text = client.get(back.url).content.decode()
        for shown in ("Thank you!", "You gave €12.50", "Plates", "ada@example.org", "&lt;script&gt;", "4242"):
            assert shown in text, shown
        assert "<script>alert" not in text
        assert 'href="https://a.example' not in text
        assert sorted(mail.to[0] for mail in mailoutbox) == sorted(["ada@example.org", project.creator.user.email])
        assert Client().get(donation.get_absolute_url()).status_code == 302
        assert Client().get(reverse("donation_guest", args=[donation.number, "x" * 40])).status_code == 404

    @pytest.mark.parametrize(
        ("amount", "said"),
        [
            ("-10", "more than nothing"),
            ("0", "more than nothing"),
            ("0.50", "The least is €1.00"),
            ("1000000000000", "The most is €99,999,999.99."),
            ("12.345", "at most 2 decimals"),
            ("NaN", "enter an amount"),
            ("Infinity", "enter an amount"),
            ("1e3", "enter an amount"),
            ("", "how much"),
            ("٣", "enter an amount"),
        ],
    )
    def test_what_is_no_amount_is_told_at_the_amount(self, client: Client, amount: str, said: str) -> None:
        answer = client.post(URL, filled(ProjectFactory(), preset="other", amount=amount))
        assert answer.status_code == 422
        assert list(errors(answer)) == ["amount"]
        assert said in errors(answer)["amount"][0]
        html = answer.content.decode()
        assert "Error: Give" in html
        assert "Nothing is given yet. Please look at what is marked below." in html
        assert not Payment.objects.exists()

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"preset": "5"}, "amount"),
            ({"preset": "9" * 19}, "amount"),
            ({"preset": "²"}, "amount"),
            ({"message": "a" * 501}, "message"),
            ({"name": "a" * 51}, "name"),
            ({"message": "a\x00b"}, "message"),
            ({"email": ""}, "email"),
            ({"email": "nobody"}, "email"),
            ({"provider": ""}, "provider"),
            ({"provider": "free"}, "provider"),
            ({"key": "1"}, "key"),
            ({"currency": "USD"}, "amount"),
            ({"currency": "TOOLONG"}, "currency"),
            ({"project": []}, "__all__"),
            ({"project": ["1", "' OR 1=1"]}, "__all__"),
        ],
    )
    def test_errors_stand_at_their_field(self, client: Client, sent: dict[str, Any], field: str) -> None:
        answer = client.post(URL, filled(ProjectFactory()) | sent)
        assert answer.status_code == 422
        assert field in errors(answer)
        assert not Donation.objects.exists()

    def test_a_message_of_500_with_lines_fits(self, client: Client) -> None:
        message = "\r\n".join(["a" * 99] * 5)
        assert client.post(URL, filled(ProjectFactory(), message=message + "a")).status_code == 303

    @pytest.mark.parametrize("bad", ["archived", "draft", "unknown", "many"])
    def test_who_cannot_be_given_to_is_told(self, client: Client, bad: str) -> None:
        sent = filled(ProjectFactory())
        more = {
            "archived": lambda: [str(ProjectFactory(status=Status.ARCHIVED).pk)],
            "draft": lambda: [str(ProjectFactory(status=Status.DRAFT).pk)],
            "unknown": lambda: [str(uuid.uuid4())],
            "many": lambda: [str(project.pk) for project in ProjectFactory.create_batch(20)],
        }
        sent["project"] += more[bad]()
        answer = client.post(URL, sent)
        assert answer.status_code == 422
        assert "__all__" in errors(answer)
        assert not Donation.objects.exists()

    def test_a_key_of_another_is_told(self, client: Client) -> None:
        donation, _payment = begun(ProjectFactory(), email="another@example.org")
        answer = client.post(URL, filled(ProjectFactory(), key=str(donation.key)))
        assert answer.status_code == 409
        assert answer.context["key"] != donation.key
        assert "another@example.org" not in answer.content.decode()

    def test_methods_and_csrf(self, client: Client) -> None:
        assert client.put(URL).status_code == 405
        assert Client(enforce_csrf_checks=True).post(URL, filled(ProjectFactory())).status_code == 403


class TestLimits:
    def test_so_many_for_one_address_shared_with_orders(self, client: Client, settings: Any) -> None:
        settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "place_order": "30/10m/ip,2/h/key"}
        project = ProjectFactory()
        assert [client.post(URL, filled(project)).status_code for _more in range(3)] == [303, 303, 429]
        answer = client.post(URL, filled(project, email="GIVER@example.org"))
        assert answer.status_code == 429
        assert "a lot of donations" in answer.content.decode()
        assert client.post(URL, filled(project, email="another@example.org")).status_code == 303

    def test_so_many_from_one_network(self, client: Client, settings: Any) -> None:
        settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "place_order_network": "1/h/key"}
        project = ProjectFactory()
        codes = [
            client.post(URL, filled(project, email=f"{at}@example.org"), REMOTE_ADDR=f"198.51.{net}.{at}").status_code
            for net, at in ((100, 1), (100, 2), (101, 3))
        ]
        assert codes == [303, 429, 303]

    def test_who_fails_to_pay_too_often_waits(self, client: Client, settings: Any) -> None:
        settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "payment_failed": "1/h/ip"}
        project = ProjectFactory()
        page = client.post(URL, filled(project)).url
        client.post(page, {"action": "decline"})
        back = client.get(SandboxSession.objects.get().return_url)
        assert "The payment has failed" in client.get(back.url).content.decode()
        answer = client.post(URL, filled(project))
        assert answer.status_code == 429
        assert "Too many payments have failed" in answer.content.decode()

    def test_many_open_ones_are_told_at_the_address(self, client: Client) -> None:
        project = ProjectFactory()
        for _more in range(10):
            begun(project)
        answer = client.post(URL, filled(project))
        assert answer.status_code == 422
        assert list(errors(answer)) == ["email"]
        user: User = UserFactory(email="giver@example.org")
        client.force_login(user)
        assert client.post(URL, filled(project, email=None)).status_code == 303


@pytest.mark.parametrize("text", ["a\0b", "x" * 300, "\ud7ff\u202e"])
def test_no_creator_of_such_a_name_is_no_fault(client: Client, text: str) -> None:
    assert client.get(URL, {"creator": text, "q": text, "amount": text, "interval": text}).status_code == 200
    assert client.post(URL, filled(q=text, find="1", currency=text, preset=text)).status_code == 200
