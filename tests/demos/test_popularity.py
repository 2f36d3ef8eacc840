"""What makes a project popular: runs that were started, lately."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from showpiece.catalog import popularity
from showpiece.catalog.models import Project
from showpiece.demos.models import DailyRuns, Demo
from tests.demos.conftest import picture_bytes
from tests.demos.test_views import send
from tests.factories import DemoFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def ran(demo: Demo, times: int, days_ago: int = 0) -> None:
    day = timezone.now().date() - timedelta(days=days_ago)
    DailyRuns.objects.create(demo=demo, day=day, runs=times)


def popular(project: Project) -> int:
    project.refresh_from_db()
    return project.popularity


def test_run_counts_once_however_often_its_form_comes(client: Client) -> None:
    demo = DemoFactory()
    key = str(uuid.uuid4())
    for _ in range(3):
        send(client, demo, picture_bytes(), key=key)
    send(client, demo, picture_bytes())
    (row,) = DailyRuns.objects.all()
    assert (row.demo, row.day, row.runs) == (demo, timezone.now().date(), 2)


def test_looking_counts_for_nothing(client: Client) -> None:
    demo = DemoFactory()
    for _ in range(3):
        client.get(demo.project.get_absolute_url())
    assert not DailyRuns.objects.exists()
    assert popularity.update() == 0


def test_half_as_much_after_two_weeks_and_nothing_in_the_end(time_machine: Any) -> None:
    demo = DemoFactory()
    ran(demo, 8)
    assert popularity.update() == 1
    assert popular(demo.project) == 8000
    now = timezone.now()
    for days, expected in ((14, 4000), (28, 2000), (popularity.WINDOW_DAYS + 1, 0)):
        time_machine.move_to(now + timedelta(days=days))
        assert popularity.update() == 1
        assert popular(demo.project) == expected
    assert popularity.update() == 0


def test_only_what_changed_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """In pieces of two: what was forgotten lies between, before and behind them."""
    monkeypatch.setattr(popularity, "AT_ONCE", 2)
    demos = [DemoFactory() for _ in range(5)]
    forgotten = [ProjectFactory(popularity=7) for _ in range(3)]
    for number, demo in enumerate(demos):
        ran(demo, number + 1)
        ran(demo, 2, days_ago=14)
    assert popularity.update() == 8
    assert [popular(demo.project) for demo in demos] == [2000, 3000, 4000, 5000, 6000]
    assert [popular(project) for project in forgotten] == [0, 0, 0]
    assert popularity.update() == 0
    ran(demos[3], 100, days_ago=1)
    assert popularity.update() == 1


def test_rooms_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    demo, other = DemoFactory(), ProjectFactory()
    ran(demo, 1)
    today = timezone.now().date()
    monkeypatch.setattr(popularity, "_sources", dict(popularity._sources))
    popularity.register("more", lambda first, last: [(demo.project_id, today, 3), (other.pk, today, 2)])
    popularity.update()
    assert (popular(demo.project), popular(other)) == (4000, 2000)


def test_editors_hear_nothing_of_it() -> None:
    demo = DemoFactory()
    revision, history = demo.project.revision, demo.project.history.count()
    ran(demo, 1)
    popularity.update()
    demo.project.refresh_from_db()
    assert (demo.project.revision, demo.project.history.count()) == (revision, history)
