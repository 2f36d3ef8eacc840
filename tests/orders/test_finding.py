"""Guests who cannot find what they paid for."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from showpiece.orders import services
from showpiece.orders.models import Order
from tests.factories import UserFactory
from tests.orders.shop import filled, paid_order, placed, priced

pytestmark = pytest.mark.django_db
EMAIL = "guest@example.org"


@pytest.fixture(autouse=True)
def _no_counts_of_others() -> None:
    cache.clear()


def ask(client: Client, email: str = EMAIL, status: int = 303, **more: Any) -> str:
    answer = client.post("/orders/find/", {"email": email}, **more)
    assert answer.status_code == status
    return answer.content.decode()


def test_one_mail_with_the_paid_guest_orders_the_newest_first(client: Client, mailoutbox: list[Any]) -> None:
    old, _payment = paid_order(priced(1000, name="Plates"), email=EMAIL)
    new, _payment = paid_order(priced(0, name="Faces"), email=EMAIL)
    open_one, _payment = placed(filled(priced(500)), email=EMAIL)
    others, _payment = paid_order(priced(500), email="other@example.org")
    members, _payment = paid_order(priced(500), user=UserFactory(email=EMAIL))
    away, _payment = paid_order(priced(500), email=EMAIL)
    Order.objects.filter(pk=away.pk).update(archived_at=timezone.now())
    mailoutbox.clear()
    ask(client)
    (mail,) = mailoutbox
    assert mail.to == [EMAIL]
    html = mail.alternatives[0][0]
    for body in (mail.body, html):
        assert 0 < body.index(new.guest_url) < body.index(old.guest_url)
        assert [one.number for one in (open_one, others, members, away) if one.number in body] == []
    for said in ("Plates", "Faces", "€10.00", "free"):
        assert said in mail.body
        assert said in html


def test_whatever_the_case_of_the_address(client: Client, mailoutbox: list[Any]) -> None:
    order, _payment = paid_order(priced(1000), email="Guest@Example.org")
    mailoutbox.clear()
    ask(client, "GUEST@example.ORG")
    assert order.guest_url in mailoutbox[0].body


def test_the_mail_goes_where_the_orders_are_from(client: Client, mailoutbox: list[Any]) -> None:
    """The sign for kelvin is a small k in lower case, and in an address it is that of another mailbox."""
    paid_order(priced(1000), email="kim@example.org")
    mailoutbox.clear()
    ask(client, "\N{KELVIN SIGN}im@example.org")
    assert [mail.to for mail in mailoutbox] == [["kim@example.org"]]


def test_the_newest_fifty(client: Client, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert services.finding.MOST_IN_A_MAIL == 50
    monkeypatch.setattr(services.finding, "MOST_IN_A_MAIL", 2)
    project = priced(0)
    numbers = [paid_order(project, email=EMAIL)[0].number for _ in range(3)]
    mailoutbox.clear()
    ask(client)
    assert [number in mailoutbox[0].body for number in numbers] == [False, True, True]


def test_the_answer_does_not_tell_whether_there_are_any(client: Client, mailoutbox: list[Any]) -> None:
    paid_order(priced(1000), email=EMAIL)
    mailoutbox.clear()
    answers, queries = [], []
    for email in (EMAIL, "nobody@example.org"):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            answer = client.post("/orders/find/", {"email": email})
        answers.append((answer.status_code, answer["Location"], client.get(answer["Location"]).status_code))
        queries.append(len(seen))
    assert answers[0] == answers[1] == (303, "/orders/find/?sent", 200)
    assert len(mailoutbox) == 1
    # The mail of a test goes into no table, the one that nobody gets does.
    assert queries[1] >= queries[0]


def test_is_asked_for_seldom(client: Client, mailoutbox: list[Any]) -> None:
    paid_order(priced(1000), email=EMAIL)
    mailoutbox.clear()
    for _press in range(3):
        ask(client)
    assert "try again later" in ask(client, EMAIL.upper(), status=429)
    assert len(mailoutbox) == 3
    for number in range(16):
        ask(client, f"{number}@example.org")
    ask(client, "one.more@example.org", status=429)


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "x" * 250 + "@example.org", "a@example.org\r\nBcc: b@example.org"]
)
def test_what_is_no_address(client: Client, mailoutbox: list[Any], email: str) -> None:
    assert 'aria-invalid="true"' in ask(client, email, status=422)
    assert mailoutbox == []


def test_the_page_says_where_and_is_linked(client: Client) -> None:
    assert client.get("/orders/find/").status_code == 200
    assert b'href="/orders/find/"' in client.get("/accounts/login/").content
    client.force_login(UserFactory())
    assert b'href="/orders/find/"' in client.get("/orders/").content
