"""The work of a run, from job to result."""

import threading
import time
import uuid
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from showpiece.demos import execution, jobs, selectors, services, upkeep
from showpiece.demos.leases import Interrupted, leases
from showpiece.demos.models import Demo, Run, RunFile
from showpiece_predictors import media
from tests.demos.conftest import picture_bytes
from tests.demos.predictors import Mirror, Slow
from tests.demos.test_runs import VISITOR, expire, stored_files
from tests.factories import DemoFactory

pytestmark = pytest.mark.django_db


def started(predictor: str = "mirror", colour: tuple[int, int, int] = (200, 30, 60), **values: Any) -> Run:
    return services.run_create(
        demo=DemoFactory(predictor=predictor),
        viewer=VISITOR,
        key=uuid.uuid4(),
        values=values,
        files={"image": media.clean_image(picture_bytes(colour))},
    )


def executed(run: Run) -> Run:
    execution.execute(run.pk)
    run.refresh_from_db()
    return run


def test_run_succeeds_with_values_and_picture() -> None:
    run = executed(started(axis="vertical", times=2))
    assert run.status == Run.Status.SUCCEEDED
    assert run.error == ""
    assert run.progress == 1.0
    assert run.output is not None
    assert run.output["verdict"] == "turned"
    assert 0.7 < run.output["stripes"][0]["share"] < 0.85
    output = run.files.get(role=RunFile.Role.OUTPUT)
    assert (output.field, output.width, output.height) == ("image", 64, 48)
    assert (Mirror.calls[0].axis, Mirror.calls[0].times) == ("vertical", 2)


def test_predictor_gets_the_picture_that_was_sent() -> None:
    executed(started(colour=(10, 200, 90)))
    mean = Mirror.calls[0].image.pixels.reshape(-1, 3).mean(axis=0)
    assert all(abs(got - sent) < 4 for got, sent in zip(mean, (10, 200, 90), strict=True))


def test_refusal_of_the_model_is_told() -> None:
    run = executed(started(colour=(0, 0, 0)))
    assert (run.status, run.error) == (Run.Status.FAILED, "There is no light in this picture.")


def test_fault_of_the_model_is_logged_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    run = executed(started(colour=(255, 255, 255)))
    assert (run.status, run.error) == (Run.Status.FAILED, execution.INTERNAL)
    assert "blinded" not in run.error
    assert "blinded" in caplog.text


def test_second_job_of_the_same_run_does_nothing() -> None:
    run = executed(started())
    executed(run)
    assert len(Mirror.calls) == 1
    assert run.files.count() == len(stored_files()) == 2


def test_job_of_a_deleted_run_does_nothing() -> None:
    execution.execute(uuid.uuid4())
    assert Mirror.calls == []


def test_work_is_dropped_when_the_run_was_deleted_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    run = started()
    real = Mirror.predict

    def delete_first(self: Mirror, *args: Any) -> Any:
        services.run_delete(run=Run.objects.get(pk=run.pk))
        return real(self, *args)

    monkeypatch.setattr(Mirror, "predict", delete_first)
    execution.execute(run.pk)
    assert not Run.objects.exists()
    assert stored_files() == []


def in_background(run: Run) -> threading.Thread:
    def work() -> None:
        execution.execute(run.pk)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert Slow.began.wait(10)
    return thread


def beat_until_done(thread: threading.Thread) -> float:
    began = time.monotonic()
    while thread.is_alive() and time.monotonic() - began < 10:
        leases.beat()
        thread.join(0.05)
    assert not thread.is_alive()
    return time.monotonic() - began


@pytest.mark.django_db(transaction=True)
def test_cancel_stops_the_work() -> None:
    run = started("slow")
    thread = in_background(run)
    services.run_cancel(run=run)
    beat_until_done(thread)
    run.refresh_from_db()
    assert run.status == Run.Status.CANCELED
    assert leases.held() == []


@pytest.mark.django_db(transaction=True)
def test_shutdown_hands_the_work_back() -> None:
    run = started("slow")
    thread = in_background(run)
    leases.interrupt(Interrupted.SHUTDOWN)
    beat_until_done(thread)
    run.refresh_from_db()
    assert (run.status, run.attempt) == (Run.Status.PROCESSING, 0)
    assert services.run_claim(run_id=run.pk, worker="the next") is not None


@pytest.mark.django_db(transaction=True)
def test_lease_is_renewed_while_the_work_goes_on(settings: Any) -> None:
    settings.RUN_LEASE_SECONDS = 1.5  # a busy machine may not look for a while
    run = started("slow")
    thread = in_background(run)
    end = time.monotonic() + 2.0
    while time.monotonic() < end:
        leases.beat()
        assert services.run_claim(run_id=run.pk, worker="a thief") is None
        time.sleep(0.05)
    leases.interrupt(Interrupted.SHUTDOWN)
    beat_until_done(thread)


@pytest.mark.django_db(transaction=True)
def test_worker_that_lost_its_lease_stops_and_writes_nothing(settings: Any) -> None:
    settings.RUN_LEASE_SECONDS = 0.3
    run = started("slow")
    thread = in_background(run)
    expire(run)
    other = services.run_claim(run_id=run.pk, worker="another")
    assert other is not None
    time.sleep(0.2)
    beat_until_done(thread)
    run.refresh_from_db()
    assert (run.status, run.worker) == (Run.Status.PROCESSING, "another")


@pytest.mark.django_db(transaction=True)
def test_work_that_takes_too_long_is_stopped(settings: Any) -> None:
    settings.RUN_MAX_SECONDS = 0.2
    run = started("slow")
    thread = in_background(run)
    time.sleep(0.3)
    beat_until_done(thread)
    run.refresh_from_db()
    assert (run.status, run.error) == (Run.Status.FAILED, execution.TOO_LONG)


class TestSweeper:
    """Jobs that nobody did are sent again."""

    @pytest.fixture(autouse=True)
    def _sent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: list[Any] = []
        self.asked = 0
        self.broker_is_up = True
        self.dies = False

        def publish(run: Run) -> bool:
            self.asked += 1
            if self.dies:
                raise SystemExit
            if self.broker_is_up:
                self.sent.append(run.pk)
            return self.broker_is_up

        monkeypatch.setattr(upkeep, "publish", publish)

    def due(self, run: Run) -> None:
        Run.objects.filter(pk=run.pk).update(publish_after=run.created_at)

    def test_fresh_run_is_left_alone(self) -> None:
        started()
        assert upkeep.publish_lost_runs() == 0

    def test_job_that_was_lost(self) -> None:
        run = started()
        self.due(run)
        assert upkeep.publish_lost_runs() == 1
        assert self.sent == [run.pk]
        assert upkeep.publish_lost_runs() == 0

    def test_healthy_runs_are_in_nobodys_way(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(upkeep, "SWEEP_AT_ONCE", 3)
        for _ in range(4):
            services.run_claim(run_id=started().pk, worker="lives")
        lost = started()
        self.due(lost)
        assert upkeep.publish_lost_runs() == 1
        assert self.sent == [lost.pk]

    def test_run_of_a_closed_demo_ends(self) -> None:
        run = started()
        self.due(run)
        Demo.objects.update(state=Demo.State.SOON)
        assert upkeep.publish_lost_runs() == 0
        run.refresh_from_db()
        assert (run.status, run.error) == (Run.Status.FAILED, upkeep.CLOSED)

    def test_patience_doubles(self) -> None:
        run = started()
        waits = []
        for _ in range(3):
            self.due(run)
            upkeep.publish_lost_runs()
            before = run.publish_after
            run.refresh_from_db()
            waits.append((run.publish_after - before).total_seconds())
        assert waits[0] < waits[1] < waits[2]

    def test_sweepers_that_die_before_they_have_sent_cost_no_more_than_the_first_patience(self) -> None:
        run = started()
        self.dies = True
        for _ in range(4):
            self.due(run)
            with pytest.raises(SystemExit):
                upkeep.publish_lost_runs()
        run.refresh_from_db()
        assert run.publish_after <= timezone.now() + services.PUBLISH_PATIENCE
        assert upkeep.publish_lost_runs() == 0, "another may be sending it"

    def test_run_that_was_taken_while_its_job_was_sent_again_is_not_touched(self) -> None:
        run = started()
        self.due(run)
        seen = Run.objects.get(pk=run.pk)
        assert services.run_publish_again(run=seen)
        taken = services.run_claim(run_id=run.pk, worker="w")
        assert taken
        services.run_published_again(run=seen)
        run.refresh_from_db()
        assert (run.publishes, run.publish_after) == (1, taken.publish_after)

    def test_worker_that_died(self) -> None:
        run = started()
        services.run_claim(run_id=run.pk, worker="dies")
        assert upkeep.publish_lost_runs() == 0
        expire(run)
        assert upkeep.publish_lost_runs() == 1

    def test_worker_that_died_every_time(self, settings: Any) -> None:
        run = started()
        for _ in range(settings.RUN_MAX_ATTEMPTS):
            services.run_claim(run_id=run.pk, worker="dies")
            expire(run)
        assert upkeep.publish_lost_runs() == 0
        run.refresh_from_db()
        assert (run.status, run.error) == (Run.Status.FAILED, upkeep.GAVE_UP)

    def test_ended_run_is_left_alone(self) -> None:
        run = executed(started())
        self.due(run)
        assert upkeep.publish_lost_runs() == 0

    def test_broker_that_is_still_down_is_asked_once_a_round(self) -> None:
        for _ in range(3):
            self.due(started())
        self.broker_is_up = False
        assert upkeep.publish_lost_runs() == 0
        assert self.asked == 1


def test_expired_runs_are_forgotten() -> None:
    old, young = executed(started()), executed(started())
    Run.objects.filter(pk=old.pk).update(expires_at=old.created_at)
    assert upkeep.forget_expired_runs() == 1
    assert list(Run.objects.all()) == [young]
    assert len(stored_files()) == 2


def test_files_without_a_row_are_forgotten() -> None:
    import os

    run = executed(started())
    (stored_files()[0].parent.parent / "lost+found").mkdir()
    stray = stored_files()[0].parent.parent / str(uuid.uuid4())
    stray.mkdir()
    (stray / "left.jpg").write_bytes(b"x")
    assert upkeep.forget_stray_files() == 0
    for folder in stray.parent.iterdir():
        os.utime(folder, (0, 0))
    assert upkeep.forget_stray_files() == 1
    assert not stray.exists()
    assert (stray.parent / "lost+found").exists()
    assert run.files.count() == len(stored_files())


def test_queue_is_that_of_the_predictor() -> None:
    assert jobs.queue_of(started()) == "cpu-image"


def test_run_deleted_the_moment_it_is_taken_is_nobodys_error(monkeypatch: pytest.MonkeyPatch) -> None:
    run = started()

    def deleted_first(run_id: uuid.UUID) -> Run | None:
        services.run_delete(run=run)
        return selectors.run_at_work(run_id)

    monkeypatch.setattr(services, "run_at_work", deleted_first)
    assert services.run_claim(run_id=run.pk, worker="w") is None
    assert not Run.objects.exists()
