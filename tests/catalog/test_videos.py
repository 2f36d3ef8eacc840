"""Films of a gallery: taken, encoded anew, and what becomes of one whose worker dies or that cannot be read."""

import io
from datetime import timedelta
from typing import Any

import av
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone

from showpiece.catalog import media_selectors, media_upkeep, services, video_jobs, video_work
from showpiece.catalog.models import ProjectPicture, ProjectVideo
from showpiece.catalog.services import videos
from showpiece_predictors.media import MediaError
from tests.catalog.stores import files, with_media
from tests.factories import ProjectFactory
from tests.films import film_bytes

pytestmark = pytest.mark.django_db
State = ProjectVideo.State


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The films whose jobs were sent."""
    sent: list[str] = []
    monkeypatch.setattr(videos, "enqueue", lambda pk: sent.append(str(pk)))
    monkeypatch.setattr(video_jobs, "enqueue", lambda pk: sent.append(str(pk)))
    return sent


def added(data: bytes | None = None, **fields: Any) -> ProjectVideo:
    content = ContentFile(data or film_bytes(), name="my holiday.mp4")
    project = fields.pop("project", None) or ProjectFactory()
    picture = services.gallery_add(project=project, content=content, alt="It moves", translations={})
    return ProjectVideo.objects.select_related("picture").get(picture=picture)


def test_film_is_converted_and_nothing_of_what_was_sent_stays(jobs: list[str]) -> None:
    video = added(film_bytes(container="mp4"))
    assert jobs == [str(video.pk)]
    assert (video.state, video.picture.alt, video.picture.position) == (State.WAITING, "It moves", 0)
    assert media_selectors.gallery(with_media(video.picture.project)) == []  # visitors do not see it yet
    assert len([name for name in files() if name.startswith("gallery/")]) == 1
    video_work.convert(video.pk)
    video.refresh_from_db()
    assert (video.state, video.attempt, bool(video.source), video.error) == (State.READY, 1, False, "")
    assert (video.width, video.height, round(video.seconds)) == (64, 48, 4)
    assert media_selectors.gallery(with_media(video.picture.project)) == [video.picture]
    assert not [name for name in files() if name.startswith("gallery/")]
    with video.file.open("rb") as file:
        data = file.read()
    assert len(data) == video.size
    assert b"private place" not in data
    with av.open(io.BytesIO(data)) as film:
        assert (film.format.name, film.streams.video[0].codec_context.name) == ("matroska,webm", "vp9")
        assert len(film.streams.audio) == 0


@pytest.mark.parametrize(
    ("size", "longer"), [((1920, 1080), 1280), ((1080, 1920), 1280), ((2000, 2000), 720), ((64, 48), 64)]
)
def test_film_is_reduced_to_720_lines(size: tuple[int, int], longer: int) -> None:
    assert video_work._longer_side(*size) == longer


def test_job_that_comes_twice_finds_nothing_to_do(jobs: list[str]) -> None:
    video = added()
    video_work.convert(video.pk)
    made = files()
    video_work.convert(video.pk)
    assert files() == made
    video.picture.project.pictures.all().delete()
    video_work.convert(video.pk)  # removed meanwhile


@pytest.mark.parametrize("data", [b"no film at all, just text" * 40, b"<html>" + b" " * 2000])
def test_what_is_no_film_is_refused(data: bytes, jobs: list[str]) -> None:
    with pytest.raises(MediaError):
        added(data)
    assert (files(), jobs) == ([], [])


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [("GALLERY_VIDEO_MAX_BYTES", 500, "too_large"), ("GALLERY_VIDEO_MAX_SECONDS", 2, "too_long")],
)
def test_film_beyond_a_limit_is_refused(name: str, value: int, code: str, settings: Any, jobs: list[str]) -> None:
    setattr(settings, name, value)
    with pytest.raises(MediaError) as caught:
        added()
    assert caught.value.code == code
    assert (files(), jobs, ProjectPicture.objects.count()) == ([], [], 0)


def test_film_for_a_full_gallery_is_not_even_opened(jobs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from showpiece.catalog.services import pictures

    monkeypatch.setattr(pictures, "MAX_PICTURES", 0)
    monkeypatch.setattr(videos.media_video, "check_video", lambda *_, **__: pytest.fail("opened"))
    with pytest.raises(ValidationError):
        added()
    assert (files(), jobs) == ([], [])


def test_job_that_cannot_be_sent_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_pk: object) -> None:
        raise RuntimeError("no queue")

    monkeypatch.setattr(videos, "enqueue", broken)
    with pytest.raises(RuntimeError):
        added()
    assert (files(), ProjectPicture.objects.count()) == ([], 0)


def test_film_that_breaks_off_fails_with_a_word_and_is_deleted(jobs: list[str]) -> None:
    video = added()
    with video.source.storage.open(str(video.source.name), "wb") as file:
        file.write(b"\x1a\x45\xdf\xa3webm" + b"\0" * 5000)
    video_work.convert(video.pk)
    video.refresh_from_db()
    assert (video.state, video.error, bool(video.source)) == (State.FAILED, video_work.UNREADABLE, False)
    assert len(files()) == 3  # the poster
    assert media_selectors.gallery(with_media(video.picture.project)) == []


def test_film_of_a_dead_worker_is_taken_by_the_next_and_the_first_writes_nothing(
    jobs: list[str], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = added()
    first = videos.video_claim(video_id=video.pk, worker="first")
    assert first
    assert videos.video_claim(video_id=video.pk, worker="second") is None
    ProjectVideo.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert media_upkeep.publish_lost_videos() == 1
    assert media_upkeep.publish_lost_videos() == 0  # the job is given time
    assert jobs == [str(video.pk)] * 2
    video_work.convert(video.pk)
    made = files()
    assert not videos.video_fail(video=first, error="late")
    assert not videos.video_alive(video=first)
    from showpiece_predictors.media_film import CleanFilm

    (tmp_path / "late.webm").write_bytes(b"late")
    poster: Any = None
    late = CleanFilm(tmp_path / "late.webm", "video/webm", ".webm", 2, 2, 1.0, 4, "", poster)
    assert not videos.video_succeed(video=first, film=late)
    video.refresh_from_db()
    assert (video.state, video.attempt) == (State.READY, 2)
    assert files() == made


def test_film_that_kills_every_worker_fails(jobs: list[str], settings: Any) -> None:
    video = added()
    past = timezone.now() - timedelta(seconds=1)
    ProjectVideo.objects.update(
        state=State.PROCESSING, attempt=settings.RUN_MAX_ATTEMPTS, lease_until=past, publish_after=past
    )
    assert media_upkeep.publish_lost_videos() == 0
    video.refresh_from_db()
    assert (video.state, video.error, bool(video.source)) == (State.FAILED, video_work.GAVE_UP, False)


def test_worker_that_stops_hands_the_film_back(jobs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    holds = video_work.Holds()
    monkeypatch.setattr(video_work, "holds", holds)
    holds.interrupt()
    video = added()
    video_work.convert(video.pk)
    video.refresh_from_db()
    assert (video.state, video.attempt) == (State.PROCESSING, 0)
    assert media_upkeep.publish_lost_videos() == 1
    monkeypatch.setattr(video_work, "holds", video_work.Holds())
    video_work.convert(video.pk)
    video.refresh_from_db()
    assert (video.state, video.attempt) == (State.READY, 1)


def test_lease_is_renewed_and_one_that_is_lost_stops_the_work(jobs: list[str], settings: Any) -> None:
    settings.RUN_LEASE_SECONDS = 0
    holds, claimed = video_work.Holds(), videos.video_claim(video_id=added().pk, worker="me")
    assert claimed
    settings.RUN_LEASE_SECONDS = 60
    with holds.hold(claimed) as hold:
        hold.renewed -= 100
        holds.beat()
        hold.check()
        claimed.refresh_from_db()
        assert claimed.lease_until
        assert claimed.lease_until > timezone.now() + timedelta(seconds=50)
        claimed.picture.delete()
        hold.renewed -= 100
        holds.beat()
        with pytest.raises(video_work.Interrupted):
            hold.check()
        settings.RUN_MAX_SECONDS = 0
        hold.stop = None
        holds.beat()
        with pytest.raises(video_work.Overdue):
            hold.check()


def test_removed_film_takes_all_its_files_along(jobs: list[str], django_capture_on_commit_callbacks: Any) -> None:
    waiting, ready = added(), added()
    video_work.convert(ready.pk)
    for video in (waiting, ready):
        with django_capture_on_commit_callbacks(execute=True):
            services.picture_remove(picture=video.picture)
    assert files() == []
