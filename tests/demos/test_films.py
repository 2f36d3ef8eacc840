"""Demos that take a film and give one."""

import json
import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from showpiece.demos import execution, run_files, runners, services
from showpiece.demos.models import Demo, Run, RunFile
from showpiece_predictors.media_video import VideoLimits
from tests.demos.conftest import picture_bytes
from tests.demos.test_runs import stored_files
from tests.factories import DemoFactory, ProjectFactory
from tests.films import film_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def film() -> bytes:
    return film_bytes()


@pytest.fixture(autouse=True)
def _work(settings: Any, tmp_path: Path) -> None:
    settings.WORK_ROOT = tmp_path / "work"
    settings.WORK_ROOT.mkdir()


@pytest.fixture
def demo() -> Demo:
    return DemoFactory(predictor="reel")


def send(client: Client, demo: Demo, data: bytes | None, name: str = "clip.webm", **changes: Any) -> Any:
    body: dict[str, Any] = {"key": str(uuid.uuid4()), **changes}
    if data is not None:
        body["clip"] = SimpleUploadedFile(name, data, "video/webm")
    return client.post(demo.run_film_url, body)


def started(client: Client, demo: Demo, data: bytes) -> Run:
    assert send(client, demo, data).status_code == 302
    return Run.objects.get()


def finished(client: Client, demo: Demo, data: bytes) -> Run:
    run = started(client, demo, data)
    execution.execute(run.pk)
    run.refresh_from_db()
    return run


def test_form_asks_for_a_film_and_sends_it_where_films_go(client: Client, demo: Demo) -> None:
    html = client.get(demo.project.get_absolute_url()).content.decode()
    assert 'accept="video/*,.mkv"' in html
    assert f'action="{demo.run_film_url}"' in html
    assert 'data-max-bytes="104857600"' in html


def test_film_goes_in_and_numbers_table_chart_and_film_come_out(client: Client, demo: Demo, film: bytes) -> None:
    run = finished(client, demo, film)
    assert (run.status, run.error) == (Run.Status.SUCCEEDED, "")
    assert run.output is not None
    assert run.output["pictures"] == 20
    made = run.files.get(role=RunFile.Role.OUTPUT)
    assert (made.content_type, made.width, made.height) == ("video/webm", 64, 48)
    assert made.seconds == pytest.approx(4.0, abs=0.2)
    html = client.get(run.get_absolute_url()).content.decode()
    assert "<video" in html
    assert f'poster="{reverse("run_poster", args=[run.pk, made.pk])}"' in html
    assert "<polyline" in html
    assert "Calm" in html  # the value by its name, among the facts
    assert ">0.5<" in html
    assert ">1.3<" in html


def test_film_that_comes_out_is_served_in_parts_and_saved_whole(client: Client, demo: Demo, film: bytes) -> None:
    run = finished(client, demo, film)
    url = reverse("run_file", args=[run.pk, run.files.get(role=RunFile.Role.OUTPUT).pk])
    whole = client.get(url)
    part = client.get(url, headers={"Range": "bytes=0-99"})
    assert (part.status_code, part.content) == (206, whole.content[:100])
    assert "attachment" in client.get(f"{url}?download")["Content-Disposition"]


def test_rows_without_objects_download_as_a_table(client: Client, demo: Demo, film: bytes) -> None:
    run = finished(client, demo, film)
    text = client.get(reverse("run_table", args=[run.pk, "cuts"])).content.decode()
    assert text.splitlines() == ['"From, s","To, s"', "0.5,1.3"]
    assert json.loads(client.get(reverse("run_json", args=[run.pk])).content)["cuts"] == [[0.5, 1.3]]


def test_film_as_it_was_sent_is_shown_to_nobody_and_goes_with_the_end(client: Client, demo: Demo, film: bytes) -> None:
    run = started(client, demo, film)
    sent = run.files.get()
    assert any(path.read_bytes() == film for path in stored_files())
    assert client.get(reverse("run_file", args=[run.pk, sent.pk])).status_code == 404
    poster = client.get(reverse("run_poster", args=[run.pk, sent.pk]))
    assert (poster.status_code, poster["Content-Type"]) == (200, "image/jpeg")
    assert Client().get(reverse("run_poster", args=[run.pk, sent.pk])).status_code == 404
    execution.execute(run.pk)
    assert len(stored_files()) == 3  # two posters and the film that was made
    assert not any(b"private place" in path.read_bytes() for path in stored_files())
    assert client.get(run.get_absolute_url()).status_code == 200


def test_film_of_a_run_that_failed_is_gone_too(client: Client, demo: Demo) -> None:
    run = finished(client, demo, film_bytes(light=3))
    assert (run.status, run.error) == (Run.Status.FAILED, "There is no light in this film.")
    assert [path.suffix for path in stored_files()] == [".jpg"]
    assert client.get(run.get_absolute_url()).status_code == 200


def test_film_that_cannot_be_read_to_its_end_is_told(
    client: Client, demo: Demo, film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(client, demo, film)
    monkeypatch.setattr(runners, "video_limits", lambda: VideoLimits(max_longer=8))
    execution.execute(run.pk)
    run.refresh_from_db()
    assert (run.status, run.error) == (Run.Status.FAILED, execution.UNREADABLE)


def test_film_of_a_canceled_run_is_gone_too(client: Client, demo: Demo, film: bytes) -> None:
    run = started(client, demo, film)
    services.run_cancel(run=run)
    assert [path.suffix for path in stored_files()] == [".jpg"]


def test_film_waits_for_the_next_worker_when_this_one_stops(client: Client, demo: Demo, film: bytes) -> None:
    run = started(client, demo, film)
    taken = services.run_claim(run_id=run.pk, worker="first")
    assert taken is not None
    services.run_release(run=taken)
    assert run_files.discard_originals() == 0
    execution.execute(run.pk)
    run.refresh_from_db()
    assert run.status == Run.Status.SUCCEEDED


@pytest.mark.parametrize("end", ["refused", "canceled after its worker died", "given up"])
def test_film_goes_with_any_end(client: Client, demo: Demo, film: bytes, settings: Any, end: str) -> None:
    run = started(client, demo, film)
    if end == "refused":
        assert services.run_refuse(run_id=run.pk, error="closed")
    else:
        taken = services.run_claim(run_id=run.pk, worker="dead")
        assert taken is not None
        Run.objects.update(lease_until=timezone.now(), cancel_requested=end.startswith("canceled"))
        settings.RUN_MAX_ATTEMPTS = 1
        assert services.run_give_up(run_id=run.pk, error="gave up")
    assert [path.suffix for path in stored_files()] == [".jpg"]


def test_what_a_killed_attempt_was_making_goes_with_the_next_and_with_the_run(
    client: Client, demo: Demo, film: bytes, settings: Any
) -> None:
    run = started(client, demo, film)
    other = uuid.uuid4()
    with run_files.work_folder(run.pk) as left, run_files.work_folder(other) as kept:
        (left / "film.webm").write_bytes(film)
        execution.execute(run.pk)
        assert not left.exists()
        assert kept.exists()
        with run_files.work_folder(run.pk) as again:
            services.run_delete(run=Run.objects.get())
            assert not again.exists()
    assert list(settings.WORK_ROOT.iterdir()) == []


def test_old_work_is_found(settings: Any) -> None:
    old, new = settings.WORK_ROOT / "old.upload", settings.WORK_ROOT / "new"
    old.write_bytes(b"x")
    new.mkdir()
    os.utime(old, (0, 0))
    assert run_files.discard_old_work(timedelta(hours=1)) == 1
    assert list(settings.WORK_ROOT.iterdir()) == [new]


def test_film_that_a_crash_left_is_found(client: Client, demo: Demo, film: bytes) -> None:
    started(client, demo, film)
    Run.objects.update(status=Run.Status.FAILED, completed_at=timezone.now())
    assert run_files.discard_originals() == 1
    assert [path.suffix for path in stored_files()] == [".jpg"]
    assert run_files.discard_originals() == 0


def test_deleting_leaves_nothing(client: Client, demo: Demo, film: bytes) -> None:
    run = finished(client, demo, film)
    services.run_delete(run=run)
    assert stored_files() == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty."),
        (b"<html><body>hello</body></html>", "HTML files are not supported"),
        (picture_bytes(), "PNG files are not supported"),
        (b"what is this?", "This is not a video"),
        (film_bytes(1.0, rate=40), "at least 2 seconds"),
        (film_bytes(4.0, rate=5), "at least 30 are needed"),
    ],
    ids=["empty", "HTML", "a picture", "text", "short", "few pictures"],
)
def test_bad_film_is_told_at_the_field_and_nothing_is_kept(
    client: Client, demo: Demo, data: bytes, message: str
) -> None:
    response = send(client, demo, data, "clip.mp4")
    assert response.status_code == 422
    assert message in response.content.decode()
    assert stored_files() == []
    assert not Run.objects.exists()


def test_film_over_the_limits(client: Client, demo: Demo, film: bytes, settings: Any) -> None:
    settings.VIDEO_MAX_BYTES = 500
    response = send(client, demo, film)
    assert "The file is too large: the limit is 500\xa0bytes." in response.content.decode()
    settings.VIDEO_MAX_BYTES, settings.VIDEO_MAX_SECONDS = 2**20, 2
    assert "the limit is 2 seconds" in send(client, demo, film).content.decode()
    assert stored_files() == []


def test_missing_film(client: Client, demo: Demo) -> None:
    assert "This field is required." in send(client, demo, None).content.decode()


def test_large_film_is_taken_from_the_disk(demo: Demo, film: bytes) -> None:
    upload = TemporaryUploadedFile("clip.webm", "video/webm", len(film), None)
    upload.write(film)
    upload.seek(0)
    sent = run_files.accepted(upload, "video")
    row = run_files.stored(Run(demo=demo), RunFile.Role.INPUT, "clip", sent)
    with row.file.open() as kept:
        assert kept.read() == film
    assert (row.size, row.width, row.height) == (len(film), 64, 48)
    upload.close()


def test_playlist_is_named_in_the_readers_language(client: Client, demo: Demo) -> None:
    client.cookies["django_language"] = "ru"
    assert "Плейлист" in send(client, demo, b"#EXTM3U\n#EXTINF:4\nhttps://example.org/a.ts\n").content.decode()


def test_double_click_makes_one_run(client: Client, demo: Demo, film: bytes) -> None:
    key = str(uuid.uuid4())
    first, second = (send(client, demo, film, key=key) for _ in range(2))
    assert first.url == second.url
    assert len(stored_files()) == 2


def test_same_key_with_another_film_is_another_run(client: Client, demo: Demo, film: bytes) -> None:
    key = str(uuid.uuid4())
    first, second = send(client, demo, film, key=key), send(client, demo, film_bytes(3.2), key=key)
    assert first.url != second.url
    assert len(stored_files()) == 4


def test_demo_that_takes_no_film_has_no_place_for_one(client: Client, film: bytes) -> None:
    demo = DemoFactory()
    assert client.post(demo.run_film_url, {"image": SimpleUploadedFile("a.webm", film)}).status_code == 404


def test_sample_runs_without_a_file(client: Client, film: bytes) -> None:
    demo = services.demo_create(
        project=ProjectFactory(),
        kind=Demo.Kind.LOCAL,
        state=Demo.State.LIVE,
        predictor="reel",
        sample=film,
    )
    with demo.sample.open() as file:
        kept = file.read()
    assert b"private place" not in kept
    assert client.post(demo.run_film_url, {"key": str(uuid.uuid4()), "use_sample": "1"}).status_code == 302
    run = Run.objects.get()
    execution.execute(run.pk)
    run.refresh_from_db()
    assert run.status == Run.Status.SUCCEEDED
    assert client.get(demo.sample_url)["Content-Type"] == "video/webm"
