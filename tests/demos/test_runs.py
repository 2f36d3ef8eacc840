"""The life of a run: one conditional step after another, whoever races."""

import threading
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from showpiece.demos import jobs, services
from showpiece.demos.models import Demo, Run, RunFile
from showpiece.demos.viewers import Viewer
from showpiece.jobs import sending
from showpiece_predictors import media
from tests.demos.conftest import picture_bytes
from tests.factories import DemoFactory, RunFactory, UserFactory

VISITOR = Viewer(visitor="a visitor")

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs whose jobs were sent."""
    jobs_sent: list[str] = []
    monkeypatch.setattr(services, "enqueue", lambda run: jobs_sent.append(str(run.pk)))
    return jobs_sent


def create(demo: Demo | None = None, viewer: Viewer = VISITOR, key: uuid.UUID | None = None, **values: Any) -> Run:
    image = media.clean_image(picture_bytes())
    return services.run_create(
        demo=demo or DemoFactory(), viewer=viewer, key=key or uuid.uuid4(), values=values, files={"image": image}
    )


def stored_files() -> list[Path]:
    root = Path(default_storage.path("runs"))
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


def claimed(**fields: Any) -> Run:
    run = RunFactory(**fields)
    taken = services.run_claim(run_id=run.pk, worker="one")
    assert taken is not None
    return taken


def expire(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_job_is_sent_to_a_broker_after_commit_only(
    settings: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(sending.sender, "send", lambda _job, pk: sent.append(pk))
    settings.BROKER_URL = "amqp://somewhere"
    with django_capture_on_commit_callbacks(execute=True):
        run = create()
        assert sent == []
    assert sent == [str(run.pk)]


@pytest.mark.django_db(transaction=True)
def test_job_in_the_database_is_kept_with_its_run_or_not_at_all() -> None:
    demo = DemoFactory()
    run = create(demo)
    assert DBTaskResult.objects.get().args_kwargs["args"] == [str(run.pk)]
    with transaction.atomic():
        create(demo)
        transaction.set_rollback(True)
    assert Run.objects.count() == DBTaskResult.objects.count() == 1


def test_run_keeps_its_input(sent: list[str]) -> None:
    run = create(axis="vertical", times=3)
    run.refresh_from_db()
    assert run.input == {"axis": "vertical", "times": 3}
    assert run.status == Run.Status.STARTING
    file = run.files.get()
    assert (file.role, file.field, file.width, file.height) == ("input", "image", 64, 48)
    assert file.file.size == file.size


def test_same_key_makes_one_run(sent: list[str], django_capture_on_commit_callbacks: Any) -> None:
    demo, key = DemoFactory(), uuid.uuid4()
    with django_capture_on_commit_callbacks(execute=True):
        first, second = create(demo, key=key), create(demo, key=key)
    assert first == second
    assert len(sent) == 1
    assert len(stored_files()) == 1


def test_same_key_of_another_visitor_is_another_run(sent: list[str]) -> None:
    demo, key = DemoFactory(), uuid.uuid4()
    mine, theirs = create(demo, key=key), create(demo, viewer=Viewer(visitor="somebody else"), key=key)
    assert mine != theirs
    assert theirs.visitor == "somebody else"


def test_same_key_with_another_photo_or_other_values_is_another_run(sent: list[str]) -> None:
    """A page from the browser's history brings its old key along."""
    demo, key = DemoFactory(), uuid.uuid4()
    image = media.clean_image(picture_bytes((1, 2, 3)))
    runs = {
        create(demo, key=key),
        create(demo, key=key, times=2),
        services.run_create(demo=demo, viewer=VISITOR, key=key, values={}, files={"image": image}),
    }
    assert len(runs) == len(sent) == 3


def test_double_click_of_a_new_visitor_is_one_run(sent: list[str]) -> None:
    """Neither request had a cookie yet, so each made a session."""
    demo, key = DemoFactory(), uuid.uuid4()
    first = create(demo, viewer=Viewer(visitor="first", is_new=True), key=key)
    assert create(demo, viewer=Viewer(visitor="second", is_new=True), key=key) == first
    assert create(demo, viewer=Viewer(visitor="third"), key=key) != first
    assert len(sent) == 2


@pytest.mark.django_db(transaction=True)
def test_twins_at_the_same_moment_make_one_run(sent: list[str]) -> None:
    demo, key = DemoFactory(), uuid.uuid4()
    barrier, made, faults = threading.Barrier(4), [], []

    def click() -> None:
        try:
            barrier.wait(10)
            made.append(create(demo, key=key).pk)
        except Exception as error:  # noqa: BLE001 - told below
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    assert len(set(made)) == 1
    assert len(made) == 4
    assert len(sent) == 1
    assert len(stored_files()) == 1


@pytest.mark.parametrize("fields", [{"state": "soon"}, {"kind": "link", "predictor": "", "url": "https://example.org"}])
def test_demo_that_cannot_run_makes_nothing(fields: dict[str, str], sent: list[str]) -> None:
    with pytest.raises(services.NotRunnable):
        create(DemoFactory(**fields))
    assert not Run.objects.exists()
    assert stored_files() == []


def test_limit_of_unfinished_runs_of_a_visitor(sent: list[str], settings: Any) -> None:
    settings.RUN_MAX_OPEN_PER_VISITOR = 2
    demo = DemoFactory()
    create(demo)
    create(demo)
    with pytest.raises(services.TooManyRuns):
        create(demo)
    create(demo, viewer=Viewer(visitor="somebody else"))
    assert len(stored_files()) == 3


def test_limit_of_unfinished_runs_of_the_site(sent: list[str], settings: Any) -> None:
    settings.RUN_MAX_OPEN = 1
    create(demo := DemoFactory())
    with pytest.raises(services.TooManyRuns):
        create(demo, viewer=Viewer(visitor="somebody else"))


def test_fault_while_saving_keeps_no_file(sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    demo = DemoFactory()

    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(RunFile.objects, "bulk_create", full)
    with pytest.raises(OSError, match="disk full"):
        create(demo)
    assert stored_files() == []
    assert not Run.objects.exists()


def test_claim_takes_a_run_once() -> None:
    run = RunFactory()
    first = services.run_claim(run_id=run.pk, worker="one")
    assert first is not None
    assert (first.status, first.attempt, first.worker) == (Run.Status.PROCESSING, 1, "one")
    assert services.run_claim(run_id=run.pk, worker="two") is None


def test_claim_of_a_missing_run() -> None:
    assert services.run_claim(run_id=uuid.uuid4(), worker="one") is None


def test_claim_after_the_lease_ran_out_and_the_first_worker_cannot_finish() -> None:
    first = claimed()
    expire(first)
    second = services.run_claim(run_id=first.pk, worker="two")
    assert second is not None
    assert second.attempt == 2
    assert second.started_at == first.started_at
    image = media.clean_image(picture_bytes())
    assert not services.run_succeed(run=first, output={"by": "first"}, files={"image": image})
    assert stored_files() == []
    assert not services.run_fail(run=first, error="no")
    assert services.run_succeed(run=second, output={"by": "second"}, files={"image": image})
    second.refresh_from_db()
    assert (second.status, second.output) == (Run.Status.SUCCEEDED, {"by": "second"})
    assert second.files.count() == len(stored_files()) == 1


@pytest.mark.parametrize("status", [Run.Status.SUCCEEDED, Run.Status.FAILED, Run.Status.CANCELED])
def test_an_ended_run_stays_as_it_is(status: str) -> None:
    run = RunFactory(status=status, completed_at=timezone.now(), attempt=1)
    assert services.run_claim(run_id=run.pk, worker="one") is None
    services.run_cancel(run=run)
    assert not services.run_succeed(run=run, output={}, files={})
    assert not services.run_fail(run=run, error="no")
    run.refresh_from_db()
    assert (run.status, run.cancel_requested, run.error) == (status, False, "")


def test_attempts_have_an_end(settings: Any) -> None:
    run = RunFactory()
    for _ in range(settings.RUN_MAX_ATTEMPTS):
        assert services.run_claim(run_id=run.pk, worker="dies")
        expire(run)
    assert services.run_claim(run_id=run.pk, worker="one more") is None
    assert services.run_give_up(run_id=run.pk, error="gave up")
    run.refresh_from_db()
    assert (run.status, run.error) == (Run.Status.FAILED, "gave up")
    assert run.completed_at is not None


def test_give_up_leaves_a_living_run() -> None:
    run = claimed()
    assert not services.run_give_up(run_id=run.pk, error="gave up")


def test_release_hands_a_run_back_at_once_and_counts_no_attempt() -> None:
    run = claimed()
    services.run_release(run=run)
    again = services.run_claim(run_id=run.pk, worker="two")
    assert again is not None
    assert again.attempt == 1


def test_cancel_of_a_waiting_run_ends_it() -> None:
    run = RunFactory()
    services.run_cancel(run=run)
    run.refresh_from_db()
    assert run.status == Run.Status.CANCELED
    assert services.run_claim(run_id=run.pk, worker="one") is None


def test_cancel_of_a_running_one_asks_its_worker() -> None:
    run = claimed()
    services.run_cancel(run=run)
    run.refresh_from_db()
    assert (run.status, run.cancel_requested) == (Run.Status.PROCESSING, True)
    assert services.run_stop(run=run)
    run.refresh_from_db()
    assert run.status == Run.Status.CANCELED


def test_canceled_run_whose_worker_died_ends_canceled() -> None:
    run = claimed()
    services.run_cancel(run=run)
    expire(run)
    assert services.run_claim(run_id=run.pk, worker="two") is None
    run.refresh_from_db()
    assert run.status == Run.Status.CANCELED


def test_delete_takes_along_what_a_killed_attempt_left(sent: list[str]) -> None:
    run = create()
    (stored_files()[0].parent / "left-over.jpg").write_bytes(b"half a picture")
    services.run_delete(run=run)
    assert stored_files() == []


def test_delete_takes_the_files_along(sent: list[str]) -> None:
    run = create()
    taken = services.run_claim(run_id=run.pk, worker="one")
    assert taken is not None
    services.run_delete(run=run)
    assert stored_files() == []
    assert not services.run_succeed(run=taken, output={}, files={"image": media.clean_image(picture_bytes())})
    assert stored_files() == []


def test_broker_that_does_not_answer_loses_nothing(
    monkeypatch: pytest.MonkeyPatch, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.BROKER_URL = "amqp://somewhere"

    def down(*args: Any, **kwargs: Any) -> None:
        raise ConnectionRefusedError("no broker")

    monkeypatch.setattr(type(jobs.execute_run), "enqueue", down)
    with django_capture_on_commit_callbacks(execute=True):
        run = create()
    assert sending.sender.flush(5)
    assert not jobs.publish(run)
    run.refresh_from_db()
    assert run.status == Run.Status.STARTING
    assert run.publish_after <= timezone.now()


def test_viewer_owns() -> None:
    user = UserFactory()
    of_user, of_visitor = RunFactory(user=user, visitor="x"), RunFactory()
    assert set(Run.objects.filter(Viewer().owns())) == set()
    assert set(Run.objects.filter(VISITOR.owns())) == {of_visitor}
    assert set(Run.objects.filter(Viewer(user_id=user.pk).owns())) == {of_user}
    assert set(Run.objects.filter(Viewer(user_id=user.pk, visitor="a visitor").owns())) == {of_user, of_visitor}
