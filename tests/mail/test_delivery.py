"""From Django's mail to a server on a socket: once, whatever goes wrong on the way."""

import contextlib
import smtplib
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives, send_mail
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from post_office.models import STATUS, Email, Log

from showpiece.config.tasks import tasks_config
from showpiece.jobs import sending
from showpiece.mail import delivery, services, upkeep
from showpiece.mail.services import send_all
from tests.mail.catcher import Catcher, catching, dripping, silent

pytestmark = pytest.mark.django_db


def write(**fields: Any) -> Any:
    """A mail as any part of Django sends it."""
    send_mail(
        **{"subject": "Hello", "message": "Text.", "from_email": None, "recipient_list": ["a@example.org"]} | fields
    )
    return Email.objects.latest("pk")


def due(mail: Any) -> None:
    """Let the pause, or the lease, be over."""
    Email.objects.filter(pk=mail.pk).update(scheduled_time=timezone.now() - timedelta(seconds=1))


def again(mail: Any) -> Any:
    delivery.deliver(mail.pk)
    mail.refresh_from_db()
    return mail


def test_mail_arrives_as_it_was_written(catcher: Catcher) -> None:
    message = EmailMultiAlternatives(
        "Привет, Łukasz — “ж”", "Строка ☕\n", "Лавка <shop@example.org>", ["Анна <anna@example.org>"],
        reply_to=["help@example.org"],
    )  # fmt: skip
    message.attach_alternative("<p>Строка ☕</p>", "text/html")
    message.attach("счёт.txt", "сто рублей", "text/plain")
    message.send()
    mail = again(Email.objects.get())
    assert mail.status == STATUS.sent
    (got,) = catcher.mails
    assert got["Subject"] == "Привет, Łukasz — “ж”"
    assert got["From"] == "Лавка <shop@example.org>"
    assert got["To"] == "Анна <anna@example.org>"
    assert got["Reply-To"] == "help@example.org"
    assert got["Message-ID"] == mail.message_id
    assert got["Message-ID"].endswith("@example.org>")
    assert got.get_body(("plain",)).get_content().strip() == "Строка ☕"
    assert got.get_body(("html",)).get_content().strip() == "<p>Строка ☕</p>"
    (attached,) = got.iter_attachments()
    assert (attached.get_filename(), attached.get_content().strip()) == ("счёт.txt", "сто рублей")
    assert catcher.envelopes[0].rcpt_tos == ["anna@example.org"]


def test_comma_in_a_name_makes_no_second_address(catcher: Catcher) -> None:
    again(write(recipient_list=['"Doe, John" <john@example.org>']))
    assert catcher.envelopes[0].rcpt_tos == ["john@example.org"]


@pytest.mark.parametrize("text", ['{% now "Y" %}', "{{ settings.SECRET_KEY }}", "{% oops", "{{"])
def test_texts_are_no_templates(catcher: Catcher, text: str) -> None:
    again(write(subject=text, message=text, html_message=text))
    (got,) = catcher.mails
    assert got["Subject"] == text
    assert got.get_body(("plain",)).get_content().strip() == text
    assert got.get_body(("html",)).get_content().strip() == text


@pytest.mark.parametrize(
    "fields",
    [{"subject": "Hi\nBcc: evil@example.org"}, {"recipient_list": ["a@example.org\nBcc: evil@example.org"]},
     {"from_email": "x@example.org\r\nBcc: evil@example.org"}],
)  # fmt: skip
def test_line_break_in_a_header_is_refused(catcher: Catcher, fields: dict[str, Any]) -> None:
    with pytest.raises(BadHeaderError):
        write(**fields)
    assert not Email.objects.exists()


def test_what_is_no_address_is_refused(catcher: Catcher) -> None:
    with pytest.raises(ValidationError), transaction.atomic():
        write(recipient_list=["nobody"])
    assert not Email.objects.exists()


def test_mail_costs_two_inserts(catcher: Catcher, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(7) as seen:  # in savepoints; PostgreSQL wakes the worker as well
        EmailMessage("Hello", "Text.", to=["a@example.org"]).send()
    verbs = [query["sql"].split()[0] for query in seen.captured_queries]
    assert [verb for verb in verbs if verb not in ("SAVEPOINT", "RELEASE")][:2] == ["INSERT", "INSERT"]
    assert len(verbs) <= (7 if connection.vendor == "postgresql" else 4)


def test_mail_and_job_are_rolled_back_with_what_caused_them(catcher: Catcher) -> None:
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        write()
        _ = 1 / 0
    assert not Email.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_job_carries_the_id_and_sends(catcher: Catcher) -> None:
    mail = write()
    job = DBTaskResult.objects.get()
    assert job.queue_name == "mail"
    assert job.args_kwargs == {"args": [mail.pk], "kwargs": {}}
    job.task.call(*job.args_kwargs["args"])
    assert len(catcher.mails) == 1


def test_job_that_comes_twice_sends_once(catcher: Catcher) -> None:
    mail = write()
    again(mail)
    again(mail)
    assert len(catcher.mails) == 1


def test_server_that_is_down_gets_the_mail_once_when_it_is_back(mail_server: Any) -> None:
    mail = again(write())
    assert mail.status == STATUS.requeued
    assert mail.scheduled_time > timezone.now()
    assert "refused" in Log.objects.get().message.lower()
    again(mail)  # a job that comes too early
    assert mail.number_of_retries == 1
    with catching() as catcher:
        mail_server(catcher.port)
        due(mail)
        assert again(mail).status == STATUS.sent
        again(mail)
        assert len(catcher.mails) == 1


def test_pauses_grow(mail_server: Any) -> None:
    mail = write()
    pauses = []
    for _ in range(4):
        due(mail)
        before = timezone.now()
        pauses.append(round((again(mail).scheduled_time - before).total_seconds()))
    assert pauses == [5, 10, 20, 40]
    assert services.pause_after(1000) == timedelta(hours=1)
    assert Log.objects.count() == 1


def test_mail_is_given_up_after_many_attempts(mail_server: Any, settings: Any) -> None:
    settings.MAIL_MAX_ATTEMPTS = 2
    mail = again(write())
    due(mail)
    assert again(mail).status == STATUS.failed
    assert Log.objects.get().exception_type == "ConnectionRefusedError"


def test_later_is_not_never(catcher: Catcher) -> None:
    catcher.recipient_answers.append("450 4.2.0 Greylisted, come back later")
    catcher.data_answers.append("451 4.3.0 Try again")
    mail = write()
    for reason in ("450 4.2.0 Greylisted, come back later", "451 4.3.0 Try again"):
        assert again(mail).status == STATUS.requeued
        assert Log.objects.get().message == reason
        due(mail)
    assert again(mail).status == STATUS.sent
    assert len(catcher.mails) == 1


@pytest.mark.parametrize("step", ["recipient_answers", "data_answers"])
def test_never_is_never(catcher: Catcher, step: str, caplog: pytest.LogCaptureFixture) -> None:
    getattr(catcher, step).append("550 5.1.1 No such user")
    mail = again(write())
    assert mail.status == STATUS.failed
    assert Log.objects.get().message == "550 5.1.1 No such user"
    assert "mail failed" in caplog.text
    again(mail)
    assert upkeep.publish_lost_mails() == 0
    assert not catcher.mails


@pytest.mark.parametrize(
    ("error", "permanent"),
    [
        (smtplib.SMTPSenderRefused(530, b"Authentication required", "a@example.org"), False),
        (smtplib.SMTPAuthenticationError(535, b"Bad credentials"), False),
        (smtplib.SMTPConnectError(554, b"No service"), False),
        (smtplib.SMTPServerDisconnected("gone"), False),
        (TimeoutError("timed out"), False),
        (smtplib.SMTPDataError(554, b"Spam"), True),
        (smtplib.SMTPDataError(452, b"Full"), False),
        (smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."), False),
        (UnicodeEncodeError("ascii", "ж", 0, 1, "not ASCII"), True),
    ],
)
def test_our_own_faults_can_be_put_right(error: Exception, *, permanent: bool) -> None:
    assert delivery.is_permanent(error) is permanent


def test_failed_mail_is_sent_again_at_the_operators_wish(catcher: Catcher) -> None:
    catcher.data_answers.append("554 5.7.1 Looks like spam")
    mail = again(write())
    assert services.mail_send_again(mail_id=mail.pk)
    assert not services.mail_send_again(mail_id=mail.pk)
    assert again(mail).status == STATUS.sent
    assert not services.mail_send_again(mail_id=mail.pk)
    assert len(catcher.mails) == 1


@pytest.mark.parametrize("server", [silent, dripping], ids=["silent", "dripping"])
def test_server_that_hangs_is_left(mail_server: Any, monkeypatch: pytest.MonkeyPatch, server: Any) -> None:
    monkeypatch.setattr(services, "session_seconds", lambda: 1.0)
    with server() as port:
        mail_server(port)
        began = time.monotonic()
        mail = again(write())
        assert time.monotonic() - began < 3
    assert mail.status == STATUS.requeued
    assert mail.number_of_retries == 1


def test_server_that_hangs_up_after_taking_it_gets_it_once(catcher: Catcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server says to the farewell matters to nobody."""

    def hang_up(self: smtplib.SMTP) -> Any:
        raise TimeoutError

    monkeypatch.setattr(smtplib.SMTP, "quit", hang_up)
    assert again(write()).status == STATUS.sent
    assert len(catcher.mails) == 1


def test_mail_that_cannot_be_made_is_failed(catcher: Catcher) -> None:
    mail = write()
    Email.objects.update(subject="one\ntwo")
    assert again(mail).status == STATUS.failed


def test_attempt_that_lost_its_lease_writes_nothing(catcher: Catcher) -> None:
    mail = write()
    first = services.mail_claim(mail_id=mail.pk)
    assert services.mail_claim(mail_id=mail.pk) is None
    due(mail)
    second = services.mail_claim(mail_id=mail.pk)
    assert not services.mail_sent(mail=first)
    assert not services.mail_failed(mail=first, error=OSError(), reason="late", permanent=True)
    assert services.mail_sent(mail=second)


def test_lease_is_longer_than_a_session(settings: Any) -> None:
    settings.MAIL_TIMEOUT = 10
    assert services.lease().total_seconds() > services.session_seconds() + settings.MAIL_TIMEOUT


def test_without_a_server_mails_are_kept_and_sent_to_nobody(kept: None) -> None:
    mail = write()
    assert mail.status is None
    assert not DBTaskResult.objects.exists()
    delivery.deliver(mail.pk)
    assert upkeep.publish_lost_mails() == 0
    assert not services.mail_send_again(mail_id=mail.pk)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_mail_once(catcher: Catcher) -> None:
    mail = write()
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        delivery.deliver(mail.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(catcher.mails) == 1


@pytest.mark.django_db(transaction=True)
def test_broker_that_is_down_is_no_error_of_the_senders(
    catcher: Catcher, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "amqp://nobody@127.0.0.1:1/"
    with monkeypatch.context() as patched:
        patched.setattr(sending, "_again_at", 0.0)
        settings.BROKER_URL, settings.TASKS = url, tasks_config(url)
        with transaction.atomic():
            mail = write()
        assert sending.sender.flush(5)
        Email.objects.update(last_updated=timezone.now() - timedelta(minutes=1))
        assert upkeep.publish_lost_mails() == 0
    settings.BROKER_URL, settings.TASKS = "", tasks_config("")
    Email.objects.update(last_updated=timezone.now() - timedelta(minutes=1))
    assert upkeep.publish_lost_mails() == 1
    assert again(mail).status == STATUS.sent


def test_of_several_mails_all_are_kept_or_none(catcher: Catcher) -> None:
    mails = [EmailMessage("Hello", "Text.", to=[to]) for to in ("a@example.org", "b@example.org", "nobody")]
    with pytest.raises(ValidationError):
        send_all(mails)
    assert not Email.objects.exists()
    with pytest.raises(BadHeaderError):
        send_all([mails[0], EmailMessage("Hello", "Text.", to=["c@example.org"], headers={"X-Note": "a\nb: c"})])
    assert not Email.objects.exists()
    send_all(mails[:2])
    assert sorted(Email.objects.values_list("to", flat=True)) == [["a@example.org"], ["b@example.org"]]
