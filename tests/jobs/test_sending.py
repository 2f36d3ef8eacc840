"""Jobs on their way to a queue: nobody waits for a broker, and nothing depends on it."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_tasks import task
from django_tasks.exceptions import InvalidTaskError
from django_tasks_db.models import DBTaskResult
from post_office.models import Email

from showpiece.accounts.models import User
from showpiece.config.mail import QUEUE_BACKEND, SMTP_BACKEND
from showpiece.config.tasks import tasks_config
from showpiece.jobs import sending
from showpiece.mail import upkeep
from tests import parts
from tests.accounts.people import sign_up
from tests.mail.catcher import silent

pytestmark = pytest.mark.django_db(transaction=True)


@task
def job(number: int) -> None:
    """Nothing to do."""


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No pause is left of another test, and none for others."""
    monkeypatch.setattr(sending, "_again_at", 0.0)
    monkeypatch.setattr(sending, "sender", sending.Sender())
    yield
    sending.sender.flush(10)


def use_broker(settings: Any, url: str) -> None:
    settings.BROKER_URL = url
    settings.TASKS = tasks_config(url)


@pytest.fixture
def dumb(settings: Any) -> Iterator[None]:
    """A broker that takes connections and never says a word."""
    with silent() as port:
        use_broker(settings, f"amqp://guest:guest@127.0.0.1:{port}//")
        yield


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of the threads that speak to the broker."""
    names: set[str] = set()
    publish = sending.publish

    def noted(*args: Any) -> bool:
        names.add(threading.current_thread().name)
        return publish(*args)

    monkeypatch.setattr(sending, "publish", noted)
    return names


def waiting() -> list[list[Any]]:
    return [row.args_kwargs["args"] for row in DBTaskResult.objects.order_by("enqueued_at")]


def test_job_in_the_database_is_kept_with_its_row_or_not_at_all() -> None:
    sending.send_with_row(job, 1)
    with transaction.atomic():
        sending.send_with_row(job, 2)
        transaction.set_rollback(True)
    assert waiting() == [[1]]


def test_nobody_waits_for_a_silent_broker(dumb: None, threads: set[str]) -> None:
    with transaction.atomic():
        for number in range(20):
            sending.send_with_row(job, number)
    # One of them runs into the time-out, and the others are given up with it.
    assert sending.sender.flush(30)
    assert threads == {"sender"}
    assert not sending.publish(job, 21)


def test_what_is_rolled_back_is_not_sent(dumb: None, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(sending.sender, "send", lambda *args: sent.append(args[1:]))
    with transaction.atomic():
        sending.send_with_row(job, 1)
        transaction.set_rollback(True)
    with transaction.atomic():
        sending.send_with_row(job, 2)
        assert sent == []
    assert sent == [(2,)]


def test_a_broker_that_failed_is_left_alone_for_a_moment(dumb: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round of a worker sends for four rooms, and keeps leases as well."""
    began = time.monotonic()
    assert not sending.publish(job, 1)
    patience = time.monotonic() - began
    began = time.monotonic()
    assert not any(sending.publish(job, number) for number in range(100))
    alone = time.monotonic() - began
    assert alone < patience
    monkeypatch.setattr(sending, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(sending, "_again_at", 0.0)
    began = time.monotonic()
    sending.publish(job, 1)
    assert time.monotonic() - began > alone  # asked again


def test_what_no_broker_takes_does_not_fill_the_memory(dumb: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MAX_WAITING", 3)
    sender = sending.Sender()
    for number in range(50):
        sender.send(job, number)
    assert sender._jobs.qsize() <= 3
    assert sender.flush(8)


def test_sign_up_with_a_silent_broker(dumb: None, settings: Any, threads: set[str]) -> None:
    """It does not wait, and its mails follow when the queue is there."""
    settings.EMAIL_BACKEND, settings.MAIL_BACKEND = QUEUE_BACKEND, SMTP_BACKEND
    client = Client()
    client.get("/accounts/signup/")
    assert sign_up(client).status_code == 302
    assert User.objects.filter(username="bob").exists()
    mails = Email.objects.count()
    assert mails == 2  # the welcome, and the link that confirms the address
    assert sending.sender.flush(30)
    assert threads == {"sender"}
    use_broker(settings, "")
    assert waiting() == []
    Email.objects.update(last_updated=timezone.now() - timedelta(minutes=1))
    assert upkeep.publish_lost_mails() == mails
    assert sorted(waiting()) == sorted([pk] for pk in Email.objects.values_list("pk", flat=True))


def test_jobs_reach_a_broker_in_their_order(settings: Any) -> None:
    import json

    from showpiece.config.celery import make_app

    url = parts.rabbitmq_url()
    use_broker(settings, url)
    with transaction.atomic():
        for number in range(5):
            sending.send_with_row(job, number)
    assert sending.sender.flush(20)
    app = make_app(url)
    with app.connection() as connection:
        channel = connection.channel()
        messages = [json.loads(channel.basic_get("default", no_ack=True).body) for _ in range(5)]
    assert [args[1] for args, _kwargs, _options in messages] == [[number] for number in range(5)]


def test_a_job_for_a_later_time_is_refused(settings: Any) -> None:
    """Two of them would hold up everything else in their queue until then: workers take them at once and wait."""
    use_broker(settings, "amqp://guest:guest@127.0.0.1:1//")
    with pytest.raises(InvalidTaskError):
        job.using(run_after=timezone.now() + timedelta(minutes=5)).enqueue(1)


def test_a_worker_makes_the_queues_of_the_shop_and_no_others() -> None:
    """Celery has a step in its start for jobs of a later time. If it is called otherwise one day, this tells."""
    from showpiece.jobs.consumer import PromptConsumer

    steps = [step.rpartition(":")[2] for step in PromptConsumer.Blueprint.default_steps]
    assert steps == ["Connection", "Mingle", "Events", "Gossip", "Heart", "Control", "Tasks", "Evloop", "Agent"]
