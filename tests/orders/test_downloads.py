"""What is said where a download link opens nothing; who may have one; and how nginx takes over."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.catalog import services as catalog
from showpiece.catalog.models import BlockedFile, Project, ReleaseFile, Status
from showpiece.orders.delivery import missing
from showpiece.orders.delivery.granting import entitlement_revoke
from showpiece.orders.delivery.missing import missing_look_again
from showpiece.orders.models import Download, Entitlement, MissingFile, Order
from tests.catalog.studio import said, signed_in
from tests.factories import UserFactory
from tests.orders.goods import DATA, body, fetched, file_url, link_to, uses, with_file
from tests.orders.shop import filled, paid_order, placed, priced
from tests.orders.staff import staff_with
from tests.orders.test_granting import given_back

pytestmark = pytest.mark.django_db


class TestBetweenLinkAndUse:
    def test_refund_while_a_download_runs(self, client: Client) -> None:
        project = priced(1000)
        file = with_file(project, data=b"x" * 600_000)
        order, payment = paid_order(project)
        link = link_to(client, order, file)
        running = fetched(link)
        given_back(payment, 1000, revokes=True)
        for answer in (fetched(link), fetched(link, range="bytes=300000-"), client.get(file_url(order, file))):
            assert answer.status_code == 403
            assert "not yours to download any more" in said(answer)
        assert len(body(running)) == 600_000
        assert uses() == [1]

    def test_version_withdrawn(self, client: Client, bought: tuple[Order, ReleaseFile]) -> None:
        order, file = bought
        link = link_to(client, order, file)
        catalog.release_withdraw(release=file.release, actor=None)
        for answer in (fetched(link), client.get(file_url(order, file))):
            assert answer.status_code == 410
            assert "This version is not on offer" in said(answer)
        assert f'href="{order.guest_url}"' in answer.content.decode()

    def test_file_blocked(self, client: Client, bought: tuple[Order, ReleaseFile]) -> None:
        order, file = bought
        link = link_to(client, order, file)
        BlockedFile.objects.create(sha256=file.sha256, reason="malware")
        for answer in (fetched(link), client.get(file_url(order, file))):
            assert answer.status_code == 410
            assert "not handed out any more" in said(answer)

    def test_file_replaced(self, client: Client, bought: tuple[Order, ReleaseFile]) -> None:
        order, file = bought
        link = link_to(client, order, file)
        newer = with_file(file.release.project, version="1.0.1", data=b"better")
        file.delete()
        answer = fetched(link)
        assert answer.status_code == 410
        assert "not there any more" in said(answer)
        assert body(fetched(link_to(client, order, newer))) == b"better"

    def test_project_archived(self, client: Client, bought: tuple[Order, ReleaseFile]) -> None:
        catalog.project_archive(project=bought[1].release.project, actor=None)
        assert Project.objects.get().status == Status.ARCHIVED
        assert body(fetched(link_to(client, *bought))) == DATA


class TestStore:
    def test_missing_file_is_told_once_and_not_counted(
        self, client: Client, bought: tuple[Order, ReleaseFile], mailoutbox: list[Any]
    ) -> None:
        order, file = bought
        default_storage.delete(file.file.name)
        mailoutbox.clear()
        for _time in range(2):
            answer = fetched(link_to(client, order, file))
            assert answer.status_code == 404
            assert "gone missing" in said(answer)
        assert not Download.objects.exists()
        (mail,) = mailoutbox
        assert mail.to == [file.release.project.creator.user.email]
        assert "tool.zip" in mail.body
        default_storage.save(file.file.name, ContentFile(DATA))
        assert fetched(link_to(client, order, file)).status_code == 200
        assert not MissingFile.objects.exists()
        default_storage.delete(file.file.name)
        fetched(link_to(client, order, file))
        assert len(mailoutbox) == 2

    def test_missing_file_that_is_there_again_is_noticed(
        self, client: Client, bought: tuple[Order, ReleaseFile]
    ) -> None:
        name = bought[1].file.name
        default_storage.delete(name)
        fetched(link_to(client, *bought))
        assert missing_look_again().found == 0
        default_storage.save(name, ContentFile(DATA))
        assert missing_look_again().found == 1

    def test_missing_files_are_looked_for_in_turn(
        self, bought: tuple[Order, ReleaseFile], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Those that stay away do not keep others from being found again."""
        monkeypatch.setattr(missing, "AT_ONCE", 2)
        project = bought[1].release.project
        files = [bought[1], *(with_file(project, version=f"2.0.{number}", data=b"x") for number in range(2))]
        for file in files:
            default_storage.delete(file.file.name)
            missing.missing_note(file)
        default_storage.save(max(files, key=lambda file: file.pk).file.name, ContentFile(DATA))
        first = missing_look_again()
        assert (first.found, first.after) == (0, sorted(file.pk for file in files)[1])
        assert missing_look_again(first.after) == (1, None)

    @pytest.mark.parametrize("accel", ["", "/protected/"])
    @pytest.mark.parametrize("fault", ["disk", "not mounted", "error of a store's own"])
    def test_store_that_is_down_alarms_nobody(
        self,
        client: Client,
        bought: tuple[Order, ReleaseFile],
        mailoutbox: list[Any],
        monkeypatch: pytest.MonkeyPatch,
        settings: Any,
        accel: str,
        fault: str,
    ) -> None:
        settings.DOWNLOADS_ACCEL = accel
        mailoutbox.clear()
        link = link_to(client, *bought)
        folder = Path(default_storage.path("releases"))
        if fault == "not mounted":
            folder.rename(folder.with_name("elsewhere"))
        else:
            error = OSError(5, "Input/output error") if fault == "disk" else RuntimeError("503 Slow Down")

            def fail(*_said: Any, **_more: Any) -> Any:
                raise error

            for name in ("_open", "size"):
                monkeypatch.setattr(f"django.core.files.storage.FileSystemStorage.{name}", fail)
        answer = fetched(link)
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert "cannot be reached at the moment" in said(answer)
        assert not Download.objects.exists()
        assert not MissingFile.objects.exists()
        assert mailoutbox == []


class TestBehindNginx:
    @pytest.fixture(autouse=True)
    def _accel(self, settings: Any) -> None:
        settings.DOWNLOADS_ACCEL = "/protected/"

    def test_says_where_the_file_is_and_counts(self, client: Client, bought: tuple[Order, ReleaseFile]) -> None:
        link = link_to(client, *bought)
        answer = fetched(link)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer["X-Accel-Redirect"] == f"/protected/{bought[1].file.name}"
        assert answer["Content-Type"] == "application/zip"
        assert answer["Content-Disposition"] == 'attachment; filename="tool.zip"'
        assert "sandbox" in answer["Content-Security-Policy"]
        part = fetched(link, range="bytes=4-")
        assert (part.status_code, part.content) == (200, b"")  # the ranges are nginx's
        assert "Content-Range" not in part
        assert uses() == [1]

    def test_missing_file(self, client: Client, bought: tuple[Order, ReleaseFile]) -> None:
        default_storage.delete(bought[1].file.name)
        assert fetched(link_to(client, *bought)).status_code == 404
        assert not Download.objects.exists()


class TestWho:
    """Who comes to a file by the order's address: 302 is on to a fresh link, or to the page for signing in."""

    def _people(self, buyer: User) -> dict[str, Client]:
        return {
            "buyer": signed_in(buyer),
            "another member": signed_in(UserFactory()),
            "nobody": Client(),
            "staff who see orders": staff_with("view_order", "change_order"),
        }

    @pytest.mark.parametrize(
        ("who", "members", "guests"),
        [
            ("buyer", "/downloads/", 404),
            ("another member", 404, 404),
            ("nobody", "/accounts/login/", "/accounts/login/"),
            ("staff who see orders", 404, 404),
        ],
    )
    def test_without_the_secret(self, who: str, members: Any, guests: Any) -> None:
        buyer, project = UserFactory(), priced(1000)
        file = with_file(project)
        orders = [paid_order(project, user=buyer)[0], paid_order(project)[0]]
        person = self._people(buyer)[who]
        for order, wanted in zip(orders, (members, guests), strict=True):
            answer = person.get(reverse("order_file", args=[order.number, file.pk]))
            got = answer["Location"] if answer.status_code == 302 else answer.status_code
            assert str(got).startswith(str(wanted)), (got, wanted)

    @pytest.mark.parametrize("who", ["buyer", "another member", "nobody", "staff who see orders"])
    def test_with_the_secret(self, who: str) -> None:
        buyer, project = UserFactory(), priced(1000)
        file = with_file(project)
        members, guests = paid_order(project, user=buyer)[0], paid_order(project)[0]
        person = self._people(buyer)[who]

        def status(order: Order, secret: str, of: ReleaseFile = file) -> int:
            address = reverse("order_guest_file", args=[order.number, secret, of.pk])
            return int(person.get(address).status_code)

        assert status(guests, guests.secret) == 302
        assert status(guests, "wrong") == 404
        assert status(guests, guests.secret, with_file(priced(500))) == 404
        # Once it is a member's, the guest's link leads to the order's own address, which asks who they are.
        address = reverse("order_guest_file", args=[members.number, members.secret, file.pk])
        assert person.get(address).url == reverse("order_file", args=[members.number, file.pk])
        answer = person.get(address, follow=True)
        assert "Content-Disposition" not in answer or who == "buyer"

    def test_nothing_of_an_order_that_is_not_paid_or_was_put_away(self, client: Client) -> None:
        project = priced(1000)
        file = with_file(project)
        order, _payment = placed(filled(project))
        assert client.get(file_url(order, file)).status_code == 404
        order, _payment = paid_order(project)
        Order.objects.filter(pk=order.pk).update(archived_at=timezone.now())
        assert client.get(file_url(order, file)).status_code == 404

    def test_taken_back_by_staff(self, client: Client, bought: tuple[Order, ReleaseFile]) -> None:
        link = link_to(client, *bought)
        entitlement_revoke(Entitlement.objects.get().pk, by=UserFactory())
        assert fetched(link).status_code == 403
