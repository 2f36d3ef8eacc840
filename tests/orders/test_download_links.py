"""Download links: what they open, and how often."""

import asyncio
import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connection, connections, transaction
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from showpiece.catalog.models import ReleaseFile
from showpiece.config.handler import OneThreadHandler
from showpiece.orders.delivery import links
from showpiece.orders.models import Download, Entitlement, Order
from tests.catalog.studio import said, signed_in
from tests.factories import UserFactory
from tests.orders.goods import DATA, body, fetched, link_to, uses, with_file
from tests.orders.shop import paid_order, priced
from tests.races import at_once

pytestmark = pytest.mark.django_db


class TestLink:
    def test_opens_the_file_in_any_browser(self, client: Client, bought: tuple[Order, ReleaseFile]) -> None:
        answer = fetched(link_to(client, *bought))
        assert (answer.status_code, body(answer)) == (200, DATA)
        assert answer["Content-Disposition"] == 'attachment; filename="tool.zip"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "private, no-store"
        assert not answer.cookies
        row = Download.objects.get()
        assert (row.name, row.version, row.uses, row.file) == ("tool.zip", "1.0.0", 1, bought[1])

    def test_each_press_makes_a_fresh_one_and_stores_nothing(
        self, client: Client, bought: tuple[Order, ReleaseFile]
    ) -> None:
        assert link_to(client, *bought) != link_to(client, *bought)
        assert not Download.objects.exists()

    def test_queries(
        self, client: Client, bought: tuple[Order, ReleaseFile], django_assert_max_num_queries: Any
    ) -> None:
        link = link_to(client, *bought)
        with django_assert_max_num_queries(8):  # the right, the file; savepoint, row, insert, row, count, release
            fetched(link)

    def test_expires(self, client: Client, bought: tuple[Order, ReleaseFile], settings: Any) -> None:
        link = link_to(client, *bought)
        settings.DOWNLOAD_LINK_MINUTES = 3
        with time_machine.travel(timezone.now() + timedelta(minutes=2, seconds=55)):
            assert fetched(link).status_code == 200
        with time_machine.travel(timezone.now() + timedelta(minutes=3, seconds=5)):
            answer = fetched(link)
        assert answer.status_code == 410
        assert "works for 3 minutes" in said(answer)
        assert bought[0].secret not in answer.content.decode()
        assert uses() == [1]

    @pytest.mark.parametrize("change", ["cut", "letter", "other salt", "nothing"])
    def test_tampered(self, client: Client, bought: tuple[Order, ReleaseFile], change: str) -> None:
        link = link_to(client, *bought)
        token = link.split("/")[-2]
        tampered = {
            "cut": token[:-3],
            "letter": ("B" if token[0] == "A" else "A") + token[1:],
            "other salt": links.TimestampSigner(salt="another").sign(token.partition(":")[0]),
            "nothing": "x",
        }[change]
        answer = fetched(reverse("download", args=[tampered]))
        assert answer.status_code == 404
        assert "not a whole download link" in said(answer)

    def test_of_another_file_or_another_right(self, bought: tuple[Order, ReleaseFile]) -> None:
        foreign = with_file(priced(500))
        entitlement = Entitlement.objects.get()
        for right, file in ((entitlement.pk, foreign.pk), (uuid.uuid4(), bought[1].pk)):
            answer = fetched(reverse("download", args=[links.link_make(right, file)]))
            assert answer.status_code == 404

    def test_the_way_back_is_told_to_the_buyer_alone(self) -> None:
        buyer, project = UserFactory(), priced(1000)
        file = with_file(project)
        order, _payment = paid_order(project, user=buyer)
        link = link_to(signed_in(buyer), order, file)
        with time_machine.travel(timezone.now() + timedelta(minutes=11)):
            theirs, strangers = fetched(link, signed_in(buyer)), fetched(link)
        assert f'href="{order.get_absolute_url()}"' in theirs.content.decode()
        assert order.number not in strangers.content.decode()
        assert 'href="/library/"' in strangers.content.decode()


class TestUses:
    def test_link_that_is_passed_on_works_until_it_is_used_up(
        self, client: Client, bought: tuple[Order, ReleaseFile], settings: Any
    ) -> None:
        settings.DOWNLOAD_LINK_USES = 3
        link = link_to(client, *bought)
        statuses = [fetched(link).status_code for _visitor in range(3)]
        assert statuses == [200] * 3
        answer = fetched(link)
        assert answer.status_code == 410
        assert "used up" in said(answer)
        assert uses() == [3]
        assert fetched(link_to(client, *bought)).status_code == 200

    def test_going_on_is_no_use_of_its_own(
        self, client: Client, bought: tuple[Order, ReleaseFile], settings: Any
    ) -> None:
        settings.DOWNLOAD_LINK_USES = 1
        link = link_to(client, *bought)
        assert body(fetched(link)) == DATA
        for start in (4, 8, 2, 9):
            answer = fetched(link, range=f"bytes={start}-")
            assert (answer.status_code, body(answer)) == (206, DATA[start:])
        assert fetched(link, range="bytes=0-3").status_code == 410
        assert uses() == [1]

    def test_pieces_at_once_are_one_use(self, client: Client, bought: tuple[Order, ReleaseFile], settings: Any) -> None:
        settings.DOWNLOAD_LINK_USES = 2
        link = link_to(client, *bought)
        pieces = [body(fetched(link, range=f"bytes={at}-{at + 1}")) for at in (4, 2, 6, 8, 0)]
        assert sorted(pieces) == [b"01", b"23", b"45", b"67", b"89"]
        assert uses() == [2]  # the first one, from wherever, and the beginning

    def test_going_on_somewhere_else_is_one(
        self, client: Client, bought: tuple[Order, ReleaseFile], settings: Any
    ) -> None:
        settings.DOWNLOAD_LINK_USES = 2
        link = link_to(client, *bought)
        places = [Client(REMOTE_ADDR=f"203.0.{number}.1") for number in range(3)]
        assert fetched(link, places[0]).status_code == 200
        assert [fetched(link, one, range="bytes=1-").status_code for one in places] == [206, 206, 410]
        assert [fetched(link, one, range="bytes=5-").status_code for one in places] == [206, 206, 410]
        assert uses() == [2]
        assert "203.0" not in str(Download.objects.get().places)

    def test_headers_alone_and_what_is_beyond_the_file_count_nothing(
        self, client: Client, bought: tuple[Order, ReleaseFile]
    ) -> None:
        link = link_to(client, *bought)
        head = client.head(link)
        assert (head.status_code, head["Content-Length"], head.content) == (200, "10", b"")
        assert fetched(link, range="bytes=50-").status_code == 416
        assert not Download.objects.exists()

    def test_browser_goes_on_where_it_is_the_same_file(self, client: Client, bought: tuple[Order, ReleaseFile]) -> None:
        etag = fetched(link_to(client, *bought))["ETag"]
        answer = fetched(link_to(client, *bought), range="bytes=4-", **{"if-range": etag})
        assert (answer.status_code, body(answer)) == (206, DATA[4:])
        answer = fetched(link_to(client, *bought), range="bytes=4-", **{"if-range": '"another"'})
        assert (answer.status_code, body(answer)) == (200, DATA)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_first_uses_are_counted_one_by_one(self, bought: tuple[Order, ReleaseFile]) -> None:
        link, file = links.Link(Entitlement.objects.get().pk, bought[1].pk, uuid.uuid4()), bought[1]

        def use() -> bool:
            return links.use_counted(link, file, network="192.0.2.0/24", begins=True)

        assert at_once(use, use) == (True, True)
        assert uses() == [2]

    def test_download_that_goes_on_for_long_holds_no_connection(
        self, bought: tuple[Order, ReleaseFile], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A pool has few of them: sixteen slow lines would keep all others waiting."""
        monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)  # as where there is a pool
        request = RequestFactory().get(link_to(Client(), *bought))

        async def begin() -> tuple[HttpResponseBase, bool]:
            async with ThreadSensitiveContext():
                answer = await OneThreadHandler()._page(request)
                return answer, await sync_to_async(lambda: connection.connection is None)()

        answer, is_free = asyncio.run(begin())
        assert (answer.status_code, is_free) == (200, True)
        assert body(answer) == DATA

    @pytest.mark.skipif(connection.vendor != "sqlite", reason="Other databases lock rows, and none is asked for here.")
    def test_who_waited_too_long_for_sqlite_is_told_to_come_again(self, bought: tuple[Order, ReleaseFile]) -> None:
        link = link_to(Client(), *bought)
        holds, done = threading.Event(), threading.Event()

        def hold() -> None:
            try:
                with transaction.atomic():  # which on SQLite locks all of it
                    holds.set()
                    done.wait(20)
            finally:
                connection.close()

        holder = threading.Thread(target=hold)
        holder.start()
        assert holds.wait(20)
        try:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout = 50")
            answer = fetched(link, Client(raise_request_exception=False))
        finally:
            done.set()
            holder.join(20)
            connection.close()
        assert (answer.status_code, answer["Retry-After"]) == (503, "10")
        assert uses() == []
        assert fetched(link).status_code == 200

    def test_no_more_than_are_allowed(self, bought: tuple[Order, ReleaseFile], settings: Any) -> None:
        settings.DOWNLOAD_LINK_USES = 3
        link, file = links.Link(Entitlement.objects.get().pk, bought[1].pk, uuid.uuid4()), bought[1]
        got: list[bool] = []

        def use(number: int) -> None:
            try:
                got.append(links.use_counted(link, file, network=str(number), begins=number % 2 == 0))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=use, args=[number]) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(got) == [False] * 5 + [True] * 3
        assert uses() == [3]
