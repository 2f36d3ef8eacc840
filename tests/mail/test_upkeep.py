"""Lost jobs come again, and old mails go."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from post_office.models import STATUS, Attachment, Email

from showpiece.mail import delivery, services, upkeep
from tests.mail.catcher import Catcher, catching

pytestmark = pytest.mark.django_db


def write(**changes: Any) -> Any:
    mail = services.mail_create(sender="shop@example.org", to=["a@example.org"], subject="Hello", text="Text.")
    DBTaskResult.objects.all().delete()
    Email.objects.filter(pk=mail.pk).update(**changes)
    mail.refresh_from_db()
    return mail


def ago(**time: float) -> Any:
    return timezone.now() - timedelta(**time)


def test_job_that_was_just_sent_is_not_lost(mail_server: Any) -> None:
    write()
    assert upkeep.publish_lost_mails() == 0


def test_job_that_nobody_took_comes_again_and_then_less_and_less_often(mail_server: Any) -> None:
    mail = write(scheduled_time=ago(seconds=11), last_updated=ago(seconds=11))
    assert upkeep.publish_lost_mails() == 1
    assert DBTaskResult.objects.get().args_kwargs["args"] == [mail.pk]
    assert upkeep.publish_lost_mails() == 0
    Email.objects.update(scheduled_time=ago(seconds=100), last_updated=ago(seconds=40))
    assert upkeep.publish_lost_mails() == 0
    Email.objects.update(last_updated=ago(seconds=55))
    assert upkeep.publish_lost_mails() == 1


def test_mail_whose_pause_or_lease_has_ended_comes_at_once(mail_server: Any) -> None:
    write(status=STATUS.requeued, scheduled_time=ago(seconds=0.1), last_updated=ago(seconds=5))
    assert upkeep.publish_lost_mails() == 1


def test_mail_that_somebody_is_sending_is_left_alone(mail_server: Any) -> None:
    mail = write()
    assert services.mail_claim(mail_id=mail.pk)
    Email.objects.update(last_updated=ago(seconds=60))
    assert upkeep.publish_lost_mails() == 0


@pytest.mark.parametrize("status", [STATUS.sent, STATUS.failed, None])
def test_ended_mail_is_left_alone(mail_server: Any, status: int | None) -> None:
    write(status=status, scheduled_time=ago(seconds=60), last_updated=ago(seconds=60))
    assert upkeep.publish_lost_mails() == 0


@pytest.mark.parametrize("count", [1, 20])
def test_round_with_nothing_to_do_costs_one_query(mail_server: Any, django_assert_num_queries: Any, count: int) -> None:
    for _ in range(count):
        write(status=STATUS.sent)
    with django_assert_num_queries(1):
        upkeep.publish_lost_mails()


def test_two_sweepers_send_one_job(mail_server: Any) -> None:
    mail = write(scheduled_time=ago(seconds=60), last_updated=ago(seconds=60))
    other = Email.objects.get(pk=mail.pk)
    assert services.mail_publish_again(mail=mail)
    assert not services.mail_publish_again(mail=other)


def test_mail_that_no_broker_took_does_not_wait_as_if_it_had_been_sent(
    mail_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor one whose sweeper was killed: after two hours without a broker it would wait for another one."""
    mail = write(scheduled_time=ago(hours=2), last_updated=ago(hours=2))
    monkeypatch.setattr(upkeep, "publish", lambda *_args: False)
    assert upkeep.publish_lost_mails() == 0
    assert upkeep.publish_lost_mails() == 0
    soon, later = (timezone.now() + timedelta(seconds=seconds) for seconds in (25, 600))
    mail.refresh_from_db()
    assert upkeep._is_lost(mail, soon)
    monkeypatch.undo()
    Email.objects.update(last_updated=ago(hours=2))
    assert upkeep.publish_lost_mails() == 1
    mail.refresh_from_db()
    assert not upkeep._is_lost(mail, later)


def test_old_mails_go_with_their_files(mail_server: Any, settings: Any) -> None:
    settings.MAIL_RETENTION_DAYS = 30
    old, fresh = (write(status=STATUS.sent, created=ago(days=days)) for days in (30.1, 29.9))
    file = Attachment.objects.create(name="a.txt")
    file.file.save("a.txt", ContentFile(b"words"))
    file.emails.add(old)
    assert services.forget_old_mails() == 1
    assert list(Email.objects.all()) == [fresh]
    assert not Attachment.objects.exists()
    assert not file.file.storage.exists(file.file.name)


def test_old_mail_that_waits_stays(mail_server: Any, settings: Any) -> None:
    settings.MAIL_RETENTION_DAYS = 1
    write(created=ago(days=2))
    write(created=ago(days=3), status=STATUS.sent)
    assert services.forget_old_mails() == 1
    assert Email.objects.get().status == STATUS.queued


def test_worker_of_other_queues_keeps_out(mail_server: Any) -> None:
    write(scheduled_time=ago(seconds=60), last_updated=ago(seconds=60))
    upkeep.Upkeep(["cpu-video"]).tick()
    assert not DBTaskResult.objects.exists()
    upkeep.Upkeep(["mail"]).tick()
    assert DBTaskResult.objects.count() == 1


def test_mail_with_an_end_is_not_sent_after_it(catcher: Catcher) -> None:
    services.mail_create(sender="a@example.org", to=["b@example.org"], subject="x", text="x", expires_at=timezone.now())
    mail = Email.objects.get()
    Email.objects.update(last_updated=timezone.now() - timedelta(minutes=1))
    assert upkeep.publish_lost_mails() == 1
    delivery.deliver(mail.pk)
    assert not Email.objects.exists()
    assert catcher.mails == []


def test_mail_with_an_end_waits_for_the_server_until_then(mail_server: Any) -> None:
    until = timezone.now() + timedelta(days=1)
    mail = services.mail_create(sender="a@example.org", to=["b@example.org"], subject="x", text="x", expires_at=until)
    delivery.deliver(mail.pk)
    mail.refresh_from_db()
    assert (mail.status, mail.number_of_retries) == (STATUS.requeued, 1)
    with catching() as catcher:
        mail_server(catcher.port)
        Email.objects.update(scheduled_time=timezone.now())
        delivery.deliver(mail.pk)
        assert len(catcher.mails) == 1
    assert not Email.objects.exists()
