"""Who is online, and who may know."""

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from showpiece.accounts import presence
from showpiece.accounts.models import Profile, User
from showpiece.accounts.templatetags.people import last_seen
from tests.factories import ProjectFactory, UserFactory

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HERE = "/accounts/here/"
WRITES = ("UPDATE", "INSERT", "DELETE")

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Noon, until the test moves it; also for what counts seconds since the process began."""
    with time_machine.travel(NOON, tick=False) as moved:
        monkeypatch.setattr(presence, "monotonic", lambda: timezone.now().timestamp())
        yield moved


@pytest.fixture
def person() -> User:
    return UserFactory(username="anna", name="Anna")


def profile(person: User) -> Profile:
    return Profile.objects.get(user=person)


def shown(client: Client | None = None) -> str:
    return (client or Client()).get("/@anna/").content.decode()


def test_signing_in_and_out_is_seen_at_once(client: Client, person: User) -> None:
    person.set_password("correct horse 7")
    person.save()
    assert "presence" not in shown()
    client.post(reverse("account_login"), {"login": "anna", "password": "correct horse 7"})
    assert "presence-on" in shown()
    client.post(reverse("account_logout"))
    presence.heartbeats.flush()
    assert "presence-on" not in shown()
    assert "Last seen just now" in shown()


def test_a_closed_laptop_is_offline_within_five_minutes(person: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        presence.seen({person.pk: timezone.now()})
        clock.shift(4 * MINUTE)
        assert "presence-on" in shown()
        clock.shift(MINUTE)
        assert "presence-on" not in shown()
        assert "Last seen 5 minutes ago" in shown()


def test_who_goes_on_reading_stays_online(client: Client, person: User, clock: Any) -> None:
    client.force_login(person)
    for _ in range(40):
        client.get("/projects/")
        presence.heartbeats.flush()
        assert profile(person).is_online
        clock.shift(30 * SECOND)
    clock.shift(5 * MINUTE)
    assert not profile(person).is_online


def test_59_of_60_requests_in_a_minute_cost_no_query(client: Client, person: User, clock: Any) -> None:
    """Counted are the statements of the requests and of the thread beside them."""
    client.force_login(person)
    clock.shift(10 * MINUTE)
    with CaptureQueriesContext(connection) as queries:
        for _ in range(60):
            client.get("/people/")
            presence.heartbeats.flush()
            clock.shift(SECOND)
    assert len([query for query in queries.captured_queries if query["sql"].startswith(WRITES)]) == 1
    assert len(queries) == 60 * 3 + 1


def test_a_request_itself_never_writes(client: Client, person: User, django_assert_num_queries: Any) -> None:
    client.force_login(person)
    client.get("/people/")
    for _ in range(2):
        with django_assert_num_queries(3) as queries:  # session, user, list
            client.get("/people/")
        assert not [query["sql"] for query in queries.captured_queries if query["sql"].startswith(WRITES)]


def test_a_page_that_stays_open_keeps_its_reader_online(client: Client, person: User, clock: Any) -> None:
    client.force_login(person)
    for _ in range(20):
        assert client.get(HERE).status_code == 204
        presence.heartbeats.flush()
        assert profile(person).is_online
        clock.shift(64 * SECOND)
    clock.shift(5 * MINUTE - 64 * SECOND)
    assert not profile(person).is_online


def test_59_of_60_tellings_in_a_minute_cost_no_query_at_all(client: Client, person: User, clock: Any) -> None:
    client.force_login(person)
    clock.shift(10 * MINUTE)
    with CaptureQueriesContext(connection) as queries:
        for _ in range(60):
            assert client.get(HERE).status_code == 204
            presence.heartbeats.flush()
            clock.shift(SECOND)
    assert len(queries) == 3, "session, user, and the note"


def test_who_is_not_signed_in_is_told_to_be_silent(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get(HERE).status_code == 205
        assert "data-here" not in client.get("/accounts/login/").content.decode()
    client.cookies["sessionid"] = "of nobody"
    assert client.get(HERE).status_code == 205
    assert not Profile.objects.exclude(last_seen_at=None).exists()


def test_a_page_of_somebody_who_signed_out_brings_nobody_back(client: Client, person: User, clock: Any) -> None:
    client.force_login(person)
    old = client.cookies["sessionid"].value
    client.get(HERE)
    client.post(reverse("account_logout"))
    client.cookies["sessionid"] = old
    clock.shift(2 * MINUTE)
    assert client.get(HERE).status_code == 205
    presence.heartbeats.flush()
    assert not profile(person).is_online


def test_who_hides_where_they_are_is_not_asked_to_tell(client: Client, person: User) -> None:
    client.force_login(person)
    assert f'data-here="{HERE}"' in client.get("/people/").content.decode()
    Profile.objects.update(show_online=False)
    assert "data-here" not in client.get("/people/").content.decode()


def test_project_says_whether_its_creator_is_here(client: Client, django_assert_num_queries: Any) -> None:
    project = ProjectFactory()
    creator, url = project.creator.user, project.get_absolute_url()
    client.get(url)
    for moment, shown in ((None, False), (timezone.now(), True), (timezone.now() - 5 * MINUTE, False)):
        Profile.objects.filter(user=creator).update(last_seen_at=moment)
        with django_assert_num_queries(4):  # nothing beside what the page asks anyway; see tests/web/test_pages.py
            html = client.get(url).content.decode()
        assert ("presence-on" in html, "avatar-dot" in html) == (shown, shown)
        assert "Last seen" not in html
    Profile.objects.update(last_seen_at=timezone.now(), show_online=False)
    assert "presence" not in client.get(url).content.decode()


def test_several_processes_write_once_a_minute_together(person: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert presence.seen({person.pk: timezone.now()}) == 1
        clock.shift(20 * SECOND)
        assert presence.seen({person.pk: timezone.now()}) == 0
        clock.shift(40 * SECOND)
        assert presence.seen({person.pk: timezone.now()}) == 1


def test_a_late_note_brings_nobody_back_who_signed_out(person: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        before = timezone.now()
        clock.shift(SECOND)
        presence.signed_out(person.pk)
        clock.shift(SECOND)
        presence.seen({person.pk: before})
        assert not profile(person).is_online


def test_another_session_brings_them_back_with_its_next_request(person: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        presence.seen({person.pk: timezone.now()})
        clock.shift(SECOND)
        presence.signed_out(person.pk)
        assert not profile(person).is_online
        clock.shift(SECOND)
        presence.heartbeats.note(person.pk)
        presence.heartbeats.flush()
        assert profile(person).is_online


def test_many_people_are_written_by_few_statements(django_assert_num_queries: Any) -> None:
    people = UserFactory.create_batch(30)
    with django_assert_num_queries(1):
        assert presence.seen({person.pk: timezone.now() for person in people}) == 30


def test_who_hides_it_is_neither_online_nor_last_seen(person: User) -> None:
    presence.seen({person.pk: timezone.now()})
    Profile.objects.update(show_online=False)
    own = Client()
    own.force_login(person)
    for client in (Client(), own):
        assert "presence" not in shown(client)
        assert "avatar-dot" not in client.get("/people/").content.decode()


def test_what_could_not_be_written_is_noted_by_the_next_request() -> None:
    failing, pk, tries = [True], uuid.uuid4(), []

    def write(moments: Any) -> None:
        tries.append(set(moments))
        if failing:
            raise OSError("no database")

    beats = presence.Heartbeats(write)
    beats.note(pk)
    with pytest.raises(OSError, match="no database"):
        beats.flush()
    failing.clear()
    beats.note(pk)
    beats.flush()
    assert tries == [{pk}, {pk}]


def test_the_thread_writes_without_being_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(presence, "GATHER_SECONDS", 0.01)
    monkeypatch.setattr(presence, "connection", _NoConnection())
    written = threading.Event()
    beats = presence.Heartbeats(lambda _: written.set())
    beats.note(uuid.uuid4())
    assert written.wait(5)


class _NoConnection:
    def close(self) -> None:
        """The test's own connection is not the thread's to close."""


@pytest.mark.parametrize(
    ("ago", "english", "russian"),
    [
        (timedelta(seconds=59), "Last seen just now", "только что"),
        (timedelta(minutes=1), "Last seen 1 minute ago", "1 минуту назад"),
        (timedelta(hours=3), "Last seen 3 hours ago", "3 часа назад"),
        (timedelta(days=1), "Last seen 1 day ago", "1 день назад"),
        (timedelta(days=29), "Last seen 29 days ago", "29 дней назад"),
        (timedelta(days=31), "Last seen on 31 March 2026", "31 марта 2026"),
    ],
)
def test_when_it_was_in_words(ago: timedelta, english: str, russian: str) -> None:
    with time_machine.travel(NOON, tick=False):
        assert last_seen(NOON - ago) == english
        with translation.override("ru"):
            assert russian in last_seen(NOON - ago)
