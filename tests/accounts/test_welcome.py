"""One welcome mail for each person, however they were made; the sign-up depends on nothing."""

import contextlib
import threading
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.signals import user_signed_up
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone, translation
from post_office.models import Email

from showpiece.accounts import services
from showpiece.accounts.models import User
from showpiece.accounts.upkeep import Upkeep
from showpiece.config.mail import QUEUE_BACKEND
from showpiece.sample import loader

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_BACKEND = QUEUE_BACKEND
    # On a busy machine the first mail of a process may take longer than a round has time for.
    monkeypatch.setattr(services, "WELCOME_SECONDS", 3600.0)
    settings.SITE_URL = "https://shop.example.org"


def made(**fields: Any) -> User:
    """Somebody who was made a while ago."""
    user = User.objects.create_user("ann@example.org", "ann", **({"name": "Ann O'Neil"} | fields))
    User.objects.filter(pk=user.pk).update(date_joined=timezone.now() - timedelta(minutes=1))
    return user


def test_mail_names_the_person_and_leads_to_the_shop() -> None:
    made(name="Ann O'Neil <b>")
    assert services.users_welcome() == 1
    mail = Email.objects.get()
    assert mail.to == ["ann@example.org"]
    assert mail.subject == "Welcome to Showpiece, Ann O'Neil <b>"
    assert "Hello Ann O'Neil <b>!" in mail.message
    assert "https://shop.example.org/projects/" in mail.message
    assert "Hello Ann O&#x27;Neil &lt;b&gt;!" in mail.html_message
    assert 'href="https://shop.example.org/projects/"' in mail.html_message
    assert "<img" not in mail.html_message


def test_everybody_gets_one_whatever_happens() -> None:
    user = made()
    for _ in range(2):
        services.users_welcome()
        user_signed_up.send(User, request=None, user=user)
        services.user_welcome(user_id=user.pk)
    assert Email.objects.count() == 1


def test_who_signs_up_is_welcomed_at_once_in_their_language() -> None:
    user = User.objects.create_user("ann@example.org", "ann", name="Анна")
    assert services.users_welcome() == 0  # only the sign-up knows the language
    with translation.override("ru"):
        user_signed_up.send(User, request=None, user=user)
    mail = Email.objects.get()
    assert "Здравствуйте, Анна" in mail.message
    assert '<html lang="ru"' in mail.html_message


def test_superuser_is_welcomed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a good long password")
    call_command("createsuperuser", email="root@example.org", username="root", interactive=False, verbosity=0)
    User.objects.update(date_joined=timezone.now() - timedelta(minutes=1))
    Upkeep(["mail"]).tick()
    assert Email.objects.get().to == ["root@example.org"]


def test_worker_of_other_queues_welcomes_nobody() -> None:
    made()
    Upkeep(["cpu-image"]).tick()
    assert not Email.objects.exists()


def test_sample_accounts_get_no_mail(django_assert_num_queries: Any) -> None:
    assert loader.fill()
    User.objects.update(date_joined=timezone.now() - timedelta(minutes=1))
    with django_assert_num_queries(1):
        assert services.users_welcome() == 0


def test_inactive_user_is_not_welcomed() -> None:
    made(is_active=False)
    assert services.users_welcome() == 0


def test_line_break_in_a_name_gets_into_no_header() -> None:
    user = made()
    User.objects.update(name="Ann\r\nBcc: evil@example.org")
    assert services.user_welcome(user_id=user.pk)
    assert Email.objects.get().subject == "Welcome to Showpiece, Ann Bcc: evil@example.org"


def test_somebody_without_an_address_holds_up_nobody() -> None:
    User.objects.create(email="nobody", username="nobody", date_joined=timezone.now() - timedelta(hours=1))
    made()
    assert services.users_welcome() == 1
    assert services.users_welcome() == 0


def test_a_round_that_takes_long_ends_and_the_next_one_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        joined = timezone.now() - timedelta(hours=number + 1)
        User.objects.create(email=f"a{number}@example.org", username=f"ann-{number}", date_joined=joined)
    monkeypatch.setattr(services, "WELCOME_SECONDS", 0.0)
    assert [services.users_welcome() for _ in range(4)] == [1, 1, 1, 0]
    assert [mail.to for mail in Email.objects.order_by("pk")] == [[f"a{number}@example.org"] for number in (2, 1, 0)]


def test_sign_up_that_is_undone_sends_nothing() -> None:
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        user = User.objects.create_user("ann@example.org", "ann")
        user_signed_up.send(User, request=None, user=user)
        _ = 1 / 0
    assert not Email.objects.exists()


def test_fault_of_the_mail_is_no_fault_of_the_sign_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> None:
        raise OSError

    user = made()
    with monkeypatch.context() as patched:
        patched.setattr("showpiece.mail.services.send", broken)
        user_signed_up.send(User, request=None, user=user)
        assert services.users_welcome() == 0
    assert services.users_welcome() == 1


@pytest.mark.django_db(transaction=True)
def test_several_workers_welcome_once() -> None:
    user = made()
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        services.user_welcome(user_id=user.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Email.objects.count() == 1
