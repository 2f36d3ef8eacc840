"""The inbox is for the operator alone, shows mails as they are, and runs nothing of them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import STATUS, Email, Log

from showpiece.accounts.models import User
from showpiece.config.mail import SMTP_BACKEND
from showpiece.mail import services
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept")]
HTML = '<html><head><title>x</title></head><body onload="alert(1)"><script>alert(1)</script><a href="/a">go</a></html>'


def permitted(*names: str, **fields: Any) -> User:
    user = UserFactory(**fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=names, content_type__app_label="post_office"))
    return user


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def mail(**fields: Any) -> Any:
    texts = {"subject": "Hello", "text": "See https://example.org/a?b=1&c=2.", "html": HTML}
    made = services.mail_create(
        sender="shop@example.org",
        **{"to": ["ann@example.org"]} | texts | {k: v for k, v in fields.items() if k in ("to", *texts)},
    )
    changes = {name: value for name, value in fields.items() if name in ("status", "created", "scheduled_time")}
    Email.objects.filter(pk=made.pk).update(last_updated=timezone.now(), **changes)
    made.refresh_from_db()
    return made


def pages(pk: int) -> list[str]:
    return [reverse("mail_list"), reverse("mail", args=[pk]), reverse("mail_html", args=[pk])]


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    for page in pages(mail().pk):
        answer = client.get(page)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("names", "fields", "status"),
    [
        ([], {}, 403),
        ([], {"is_staff": True}, 403),
        (["view_email"], {}, 403),
        (["view_email"], {"is_staff": True}, 200),
        ([], {"is_superuser": True}, 200),
    ],
)
def test_only_the_operator_sees_it(client: Client, names: list[str], fields: dict[str, bool], status: int) -> None:
    client.force_login(permitted(*names, **fields))
    for page in pages(mail().pk):
        assert client.get(page).status_code == status
    link = f'href="{reverse("mail_list")}"' in client.get("/").content.decode()
    assert link is (status == 200)


@pytest.mark.parametrize("count", [1, 30])
def test_list_costs_the_same_for_any_number(operator: Client, django_assert_num_queries: Any, count: int) -> None:
    for _ in range(count):
        mail()
    with django_assert_num_queries(3) as seen:  # session, user, mails
        answer = operator.get(reverse("mail_list"))
    assert len(answer.context["page"].items) == min(count, 25)
    assert "html_message" not in seen.captured_queries[-1]["sql"]


def test_mail_costs(operator: Client, django_assert_num_queries: Any) -> None:
    page = reverse("mail", args=[mail().pk])
    with django_assert_num_queries(3):  # session, user, mail
        operator.get(page)


def test_pages_follow_each_other(operator: Client) -> None:
    now = timezone.now()
    for number in range(60):  # three at each moment
        mail(subject=f"No {number:02}", created=now - timedelta(seconds=number // 3))
    seen: list[str] = []
    url = reverse("mail_list")
    while url:
        page = operator.get(url).context["page"]
        seen += [one.subject for one in page.items]
        last, url = page, page.next_url
    assert sorted(seen) == [f"No {number:02}" for number in range(60)]
    assert len(seen) == 60
    assert operator.get(last.previous_url).context["page"].items[-1].subject == seen[49]


@pytest.mark.parametrize("cursor", ["x", "MjAyNi0wMS0wMVQwMDowMDowMCswMDowMHxub3BrNA", "=" * 9])
def test_bad_cursor_is_no_page(operator: Client, cursor: str) -> None:
    assert operator.get(reverse("mail_list"), {"after": cursor}).status_code == 404


@pytest.mark.parametrize(
    ("search", "found"),
    [("ann@", 1), ("ANN", 1), ("example", 2), ("nobody", 0), ("%", 0), ("  bob  ", 1), ("\x00", 2), ("x" * 5000, 0)],
)
def test_search_by_address(operator: Client, search: str, found: int) -> None:
    mail()
    mail(to=["bob@example.org"])
    answer = operator.get(reverse("mail_list"), {"q": search})
    assert len(answer.context["page"].items) == found


def test_empty_inbox(operator: Client) -> None:
    html = operator.get(reverse("mail_list")).content.decode()
    assert "No mail yet" in html


def test_html_stands_in_a_frame_that_can_do_nothing(operator: Client) -> None:
    made = mail()
    page = operator.get(reverse("mail", args=[made.pk]))
    frame = re.search(r"<iframe[^>]*>", page.content.decode())
    assert frame
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame[0]
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    html = operator.get(reverse("mail_html", args=[made.pk]))
    policy = html["Content-Security-Policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "data:",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
        "sandbox": "allow-popups allow-popups-to-escape-sandbox",
    }
    assert html["X-Frame-Options"] == "SAMEORIGIN"
    assert html["Referrer-Policy"] == "no-referrer"
    assert '<head><base target="_blank">' in html.content.decode()


def test_no_other_page_may_have_frames(operator: Client) -> None:
    assert "frame-src" not in operator.get(reverse("mail_list"))["Content-Security-Policy"]


def test_text_has_links_and_no_markup(operator: Client) -> None:
    made = mail(text="<script>alert(1)</script> https://example.org/a?b=1&c=2", html="")
    html = operator.get(reverse("mail", args=[made.pk])).content.decode()
    assert '<a href="https://example.org/a?b=1&amp;c=2"' in html
    assert "&lt;script&gt;alert(1)" in html
    assert "<iframe" not in html
    assert operator.get(reverse("mail_html", args=[made.pk])).status_code == 404


def test_text_beside_the_html(operator: Client) -> None:
    html = operator.get(reverse("mail", args=[mail().pk]), {"view": "text"}).content.decode()
    assert "<iframe" not in html
    assert 'href="https://example.org/a?b=1&amp;c=2"' in html


def test_unknown_mail_is_not_found(operator: Client) -> None:
    for name in ("mail", "mail_html"):
        assert operator.get(reverse(name, args=[12345])).status_code == 404
    assert operator.post(reverse("mail_send", args=[12345])).status_code == 404
    assert operator.get(f"/mail/{10**30}/").status_code == 404


def failed(settings: Any) -> Any:
    made = mail(status=STATUS.failed)
    settings.MAIL_BACKEND = SMTP_BACKEND
    Log.objects.create(email=made, status=STATUS.failed, message="550 No such user", exception_type="X")
    return made


def test_failed_mail_shows_its_reason_and_is_sent_again(operator: Client, settings: Any) -> None:
    made = failed(settings)
    page = reverse("mail", args=[made.pk])
    for shown in (page, reverse("mail_list")):
        html = operator.get(shown).content.decode()
        assert "550 No such user" in html
        assert "failed" in html
    assert "Send again" in operator.get(page).content.decode()
    assert operator.get(reverse("mail_send", args=[made.pk])).status_code == 405
    answer = operator.post(reverse("mail_send", args=[made.pk]), follow=True)
    assert "waits to be sent again" in answer.content.decode()
    made.refresh_from_db()
    assert made.status == STATUS.queued
    assert "already on its way" in operator.post(reverse("mail_send", args=[made.pk]), follow=True).content.decode()


def test_who_may_only_look_sends_nothing(client: Client, settings: Any) -> None:
    made = failed(settings)
    client.force_login(permitted("view_email", is_staff=True))
    assert "Send again" not in client.get(reverse("mail", args=[made.pk])).content.decode()
    assert client.post(reverse("mail_send", args=[made.pk])).status_code == 403
    client.force_login(permitted("view_email", "change_email", is_staff=True))
    assert client.post(reverse("mail_send", args=[made.pk])).status_code == 302


def test_mail_to_be_tried_again_says_when(operator: Client, settings: Any) -> None:
    made = failed(settings)
    Email.objects.update(status=STATUS.requeued, scheduled_time=timezone.now() + timedelta(minutes=5))
    html = operator.get(reverse("mail", args=[made.pk])).content.decode()
    assert "Next attempt" in html
    assert "Send again" not in html


def test_sent_mail_hides_what_went_wrong_before(operator: Client, settings: Any) -> None:
    made = failed(settings)
    Email.objects.update(status=STATUS.sent)
    for page in (reverse("mail", args=[made.pk]), reverse("mail_list")):
        html = operator.get(page).content.decode()
        assert "550 No such user" not in html
        assert "sent" in html
