"""What somebody has bought, on the library page, on the page of an order, and version by version."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.catalog import services as catalog
from showpiece.catalog.models import BlockedFile
from showpiece.orders.access import door_of
from showpiece.orders.delivery.granting import entitlement_revoke
from showpiece.orders.models import Entitlement, Order
from tests.catalog.studio import said, signed_in
from tests.factories import ReleaseFactory, UserFactory
from tests.orders.goods import file_url, with_file
from tests.orders.shop import filled, paid_order, placed, priced

pytestmark = pytest.mark.django_db

NEWER = timezone.now() - timedelta(hours=1)


@pytest.fixture
def user(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


def shown(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


class TestLibrary:
    def test_own_ones_only_the_newest_first(self, client: Client, user: User) -> None:
        mine = [priced(1000, name=name) for name in ("First", "Second", "Third")]
        orders = [paid_order(project, user=user)[0] for project in mine]
        for name, buyer in (("Theirs", UserFactory()), ("Guests", None)):
            paid_order(priced(1000, name=name), user=buyer)
        placed(filled(priced(1000, name="Unpaid"), user=user))
        html = shown(client, "/library/")
        places = [html.index(text) for text in ("Third", "Second", "First")]
        assert places == sorted(places)
        assert orders[0].number in html
        for name in ("Theirs", "Guests", "Unpaid"):
            assert name not in html

    def test_newest_version_that_has_files(self, client: Client, user: User) -> None:
        project = priced(1000)
        old = with_file(project, "old.zip", b"old", version="1.0.0")
        new = with_file(project, "new.zip", b"new", version="2.0.0", released_at=NEWER)
        blocked = with_file(project, "bad.zip", b"bad", version="3.0.0", released_at=NEWER + timedelta(minutes=1))
        BlockedFile.objects.create(sha256=blocked.sha256, reason="malware")
        ReleaseFactory(project=project, version="4.0.0", released_at=NEWER + timedelta(minutes=2))  # notes only
        ReleaseFactory(project=project, version="5.0.0", released_at=None)
        order, _payment = paid_order(project, user=user)
        html = shown(client, "/library/")
        assert file_url(order, new) in html
        assert "Version 2.0.0" in html
        for file in (old, blocked):
            assert file_url(order, file) not in html
        assert "All versions" in html

    def test_without_files_it_says_so(self, client: Client, user: User) -> None:
        paid_order(priced(1000), user=user)
        html = shown(client, "/library/")
        assert "There is nothing to download of it yet." in html
        assert "All versions" not in html

    def test_what_was_archived_stays_and_what_was_taken_back_goes(self, client: Client, user: User) -> None:
        archived, revoked, away = (priced(1000, name=name) for name in ("Archived", "Revoked", "Put away"))
        for project in (archived, revoked, away):
            with_file(project)
            paid_order(project, user=user)
        catalog.project_archive(project=archived, actor=None)
        entitlement_revoke(Entitlement.objects.get(project=revoked).pk, by=UserFactory())
        Order.objects.filter(lines__project=away).update(archived_at=timezone.now())
        html = shown(client, "/library/")
        assert "Archived" in html
        assert archived.get_absolute_url() not in html
        assert "Revoked" not in html
        assert "Put away" not in html

    def test_pages(self, client: Client, user: User) -> None:
        for number in range(17):
            paid_order(priced(1000, name=f"Tool-{number:02}"), user=user)
        first = client.get("/library/")
        assert "Tool-07" in said(first)
        assert "Tool-06" not in said(first)
        second = shown(client, first.context["page"].next_url)
        assert "Tool-06" in second
        assert client.get("/library/?after=nonsense").status_code == 404

    def test_queries_do_not_grow(self, client: Client, user: User, django_assert_max_num_queries: Any) -> None:
        for number in range(16):
            project = priced(1000)
            for version in range(1 + number % 3):
                with_file(project, version=f"1.{version}.0")
            paid_order(project, user=user)
        client.get("/library/")
        with django_assert_max_num_queries(6):  # session, member, their leaving, what they have, covers, files
            client.get("/library/")

    def test_empty_and_signed_out(self, client: Client, user: User) -> None:
        html = shown(client, "/library/")
        assert "Nothing is in your library yet" in html
        assert reverse("project_list") in html
        assert 'href="/library/"' in html  # in the menu
        assert 'href="/orders/">among your orders' in html
        client.logout()
        assert client.get("/library/")["Location"].startswith("/accounts/login/")


class TestOrderPage:
    def test_files_of_each_line(self, client: Client, django_assert_max_num_queries: Any) -> None:
        one, other = priced(1000), priced(500)
        files = [with_file(one, "one.zip"), with_file(other, "other.zip")]
        order, _payment = paid_order(one, other)
        with django_assert_max_num_queries(5):  # order, payments, lines, refunds, files
            html = shown(client, order.guest_url)
        for file in files:
            assert file_url(order, file) in html

    def test_nothing_before_it_is_paid(self, client: Client) -> None:
        project = priced(1000)
        with_file(project)
        order, _payment = placed(filled(project))
        html = shown(client, order.guest_url)
        assert "Your downloads" not in html
        assert "tool.zip" not in html

    def test_what_was_taken_back_is_told(self, client: Client) -> None:
        project = priced(1000)
        file = with_file(project)
        order, _payment = paid_order(project)
        entitlement_revoke(Entitlement.objects.get().pk, by=UserFactory())
        html = shown(client, order.guest_url)
        assert "Its downloads were taken back" in html
        assert file_url(order, file) not in html

    def test_staff_see_files_without_a_way_to_them(self, client: Client, user: User) -> None:
        user.is_staff = True
        user.save()
        user.user_permissions.add(Permission.objects.get(codename="view_order"))
        project = priced(1000)
        with_file(project)
        order, _payment = paid_order(project, user=UserFactory())
        html = shown(client, order.get_absolute_url())
        assert "tool.zip" in html
        assert "/files/" not in html
        assert "version mails" not in html


class TestVersions:
    def url(self, order: Order) -> str:
        return door_of(order).versions_url(Entitlement.objects.get(line__order=order).pk)

    def test_every_one_the_newest_first_page_by_page(self, client: Client) -> None:
        project = priced(1000, name="Lens")
        files = [
            with_file(project, data=b"%d" % number, version=f"1.{number}.0", released_at=NEWER - timedelta(days=number))
            for number in range(12)
        ]
        order, _payment = paid_order(project)
        answer = client.get(self.url(order))
        html = answer.content.decode()
        places = [html.index(file_url(order, file)) for file in files[:10]]
        assert places == sorted(places)
        assert file_url(order, files[10]) not in html
        rest = shown(client, answer.context["page"].next_url)
        assert file_url(order, files[11]) in rest

    def test_who_sees_them(self, client: Client, user: User) -> None:
        order, _payment = paid_order(priced(1000), user=user)
        guests, _payment = paid_order(priced(1000))
        right = Entitlement.objects.get(line__order=order).pk
        assert client.get(self.url(order)).status_code == 200
        assert signed_in(UserFactory()).get(self.url(order)).status_code == 404
        assert Client().get(self.url(order)).status_code == 302
        assert Client().get(self.url(guests)).status_code == 200
        assert client.get(reverse("order_guest_versions", args=[guests.number, "wrong", right])).status_code == 404
        assert (
            client.get(reverse("order_guest_versions", args=[guests.number, guests.secret, right])).status_code == 404
        )
        entitlement_revoke(right, by=UserFactory())
        assert client.get(self.url(order)).status_code == 404


class TestMails:
    def test_buyer_stops_and_orders_them(self, client: Client, user: User) -> None:
        order, _payment = paid_order(priced(1000, name="Lens"), user=user)
        right = Entitlement.objects.get()
        url = door_of(order).mails_url(right.pk)
        assert f'action="{url}"' in shown(client, "/library/")
        answer = client.post(url, {"from": "library"}, follow=True)
        assert answer.redirect_chain == [("/library/", 303)]
        assert "No more mails about Lens." in said(answer)
        right.refresh_from_db()
        assert not right.wants_versions
        answer = client.post(url, {"wanted": "1"})
        assert answer["Location"] == f"{order.get_absolute_url()}#downloads"
        right.refresh_from_db()
        assert right.wants_versions

    def test_of_all_that_they_have_of_the_project(self, client: Client, user: User) -> None:
        """They get one mail for all, so one of two rights that still wants it would bring it yet."""
        project = priced(1000)
        first, _payment = paid_order(project, user=user)
        paid_order(project, user=user)
        others, _payment = paid_order(project)
        client.post(door_of(first).mails_url(Entitlement.objects.get(line__order=first).pk))
        assert not Entitlement.objects.filter(user=user, wants_versions=True).exists()
        assert Entitlement.objects.get(line__order=others).wants_versions

    def test_nobody_else_does(self, client: Client, user: User) -> None:
        order, _payment = paid_order(priced(1000), user=UserFactory())
        mine, _payment = paid_order(priced(1000), user=user)
        right = Entitlement.objects.get(line__order=order)
        assert client.post(door_of(order).mails_url(right.pk)).status_code == 404
        assert client.post(door_of(mine).mails_url(right.pk)).status_code == 404
        assert client.get(door_of(mine).mails_url(right.pk)).status_code == 405
        right.refresh_from_db()
        assert right.wants_versions
