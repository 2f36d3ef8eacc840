"""Download my data: the ZIP, its job and its end."""

import io
import warnings
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from showpiece.accounts.models import User
from showpiece.accounts.privacy import making, services, upkeep
from showpiece.accounts.privacy.models import DataExport
from showpiece.accounts.services import ProfileChanges, profile_save
from showpiece.catalog import services as catalog
from showpiece.demos.models import Run, RunFile
from showpiece_predictors import media
from tests.accounts.exports import content, made, opened
from tests.accounts.pictures import photo as picture_photo
from tests.factories import CreatorFactory, ProjectFactory, RunFactory, UserFactory
from tests.films import film_bytes

pytestmark = pytest.mark.django_db
PASSWORD = "a good long password"
Status = DataExport.Status


@pytest.fixture
def user() -> User:
    return User.objects.create_user("ann@example.org", "ann", PASSWORD, name="Ann")


@pytest.fixture
def browser(user: User) -> Client:
    """Signed in a moment ago, with the password."""
    return signed_in("ann")


def signed_in(login: str) -> Client:
    client = Client()
    answer = client.post(reverse("account_login"), {"login": login, "password": PASSWORD})
    assert answer.status_code == 302
    confirm(client)
    return client


def confirm(client: Client) -> None:
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def an_hour_later() -> None:
    DataExport.objects.update(created_at=timezone.now() - DataExport.PAUSE)


def photo() -> media.CleanImage:
    out = io.BytesIO()
    Image.new("RGB", (400, 400), (20, 90, 60)).save(out, "PNG")
    return media.clean_image(out.getvalue())


def downloaded(client: Client) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Warning)  # an async stream, read by a test that is not
        answer = client.get(reverse("account_data_download"))
        body = b"".join(answer) if answer.streaming else answer.content
    return answer, body


class TestPages:
    def test_asks_for_the_password_first(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        for name in ("account_data", "account_data_download", "account_delete"):
            answer = client.get(reverse(name))
            assert answer.status_code == 302
            assert answer["Location"].startswith(reverse("account_reauthenticate"))
        assert not DataExport.objects.exists()

    def test_strangers_sign_in(self) -> None:
        for name in ("account_data", "account_data_state", "account_data_download", "account_delete"):
            answer = Client().get(reverse(name))
            assert answer["Location"].startswith(reverse("account_login"))

    def test_from_the_button_to_the_file(self, user: User, browser: Client) -> None:
        assert browser.get(reverse("account_data")).context["export"] is None
        assert browser.post(reverse("account_data")).status_code == 302
        export = DataExport.objects.get()
        assert (export.user, export.status) == (user, Status.QUEUED)
        waiting = browser.get(reverse("account_data"))
        assert 'data-state="queued"' in waiting.content.decode()
        assert browser.get(reverse("account_data_download")).status_code == 404
        making.make(export.pk)
        page = browser.get(reverse("account_data")).content.decode()
        assert 'data-state="ready"' in page
        assert reverse("account_data_download") in page
        answer, body = downloaded(browser)
        assert answer["Content-Type"] == "application/zip"
        assert "attachment" in answer["Content-Disposition"]
        assert answer["Cache-Control"] == "private, no-store"
        assert int(answer["Content-Length"]) == len(body)
        assert content(zipfile.ZipFile(io.BytesIO(body)), "account")["username"] == "ann"

    def test_state_is_sent_when_it_changes(self, user: User, browser: Client) -> None:
        url = reverse("account_data_state")
        export = services.export_request(user=user)
        assert browser.get(url, {"seen": "queued"}).status_code == 204
        making.make(export.pk)
        answer = browser.get(url, {"seen": "queued"})
        assert answer.status_code == 200
        assert "hx-get" not in answer.content.decode()

    def test_only_for_its_owner(self, user: User) -> None:
        made(user)
        User.objects.create_user("bob@example.org", "bob", PASSWORD)
        other = signed_in("bob")
        assert other.get(reverse("account_data_download")).status_code == 404
        assert 'data-state=""' in other.get(reverse("account_data")).content.decode()

    def test_one_at_a_time(self, user: User, browser: Client) -> None:
        browser.post(reverse("account_data"))
        first = DataExport.objects.get()
        browser.post(reverse("account_data"))
        assert DataExport.objects.get() == first

    def test_a_new_one_takes_the_place_of_the_old(
        self, user: User, browser: Client, django_capture_on_commit_callbacks: Any
    ) -> None:
        old = made(user)
        an_hour_later()
        with django_capture_on_commit_callbacks(execute=True):
            browser.post(reverse("account_data"))
        new = DataExport.objects.get()
        assert new.pk != old.pk
        assert not default_storage.exists(str(old.file.name))

    @pytest.mark.parametrize("ended", [Status.READY, Status.FAILED])
    def test_not_again_within_the_hour(self, user: User, browser: Client, ended: str) -> None:
        export = made(user)
        if ended == Status.FAILED:
            DataExport.objects.update(status=ended, file="")
        page = browser.get(reverse("account_data")).content.decode()
        assert "one an hour" in page
        assert page.count(f'action="{reverse("account_data")}"') == 0
        told = browser.post(reverse("account_data"), follow=True).content.decode()
        assert "Please wait" in told
        assert DataExport.objects.get().pk == export.pk
        an_hour_later()
        page = browser.get(reverse("account_data")).content.decode()
        assert "one an hour" not in page
        assert page.count(f'action="{reverse("account_data")}"') == 1

    def test_queries_of_the_page(self, user: User, browser: Client, django_assert_max_num_queries: Any) -> None:
        made(user)
        with django_assert_max_num_queries(7):
            browser.get(reverse("account_data"))


class TestContent:
    def test_account_without_secrets(self, user: User, browser: Client) -> None:
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator
        from allauth.socialaccount.models import SocialAccount

        EmailAddress.objects.create(user=user, email="ann@example.org", verified=True, primary=True)
        Authenticator.objects.create(user=user, type="totp", data={"secret": "SECRET-OF-TOTP"})
        Authenticator.objects.create(user=user, type="webauthn", data={"name": "Phone", "credential": "SECRET-KEY"})
        told = {"login": "ann-git", "access_token": "SECRET-TOKEN"}
        SocialAccount.objects.create(user=user, provider="github", uid="7", extra_data=told)
        archive = opened(made(user))
        assert content(archive, "account")["email"] == "ann@example.org"
        assert content(archive, "email_addresses") == [{"email": "ann@example.org", "verified": True, "primary": True}]
        assert len(content(archive, "sessions")) == 1
        assert {row["type"]: row.get("name") for row in content(archive, "second_factors")} == {
            "totp": None,
            "webauthn": "Phone",
        }
        assert content(archive, "accounts_elsewhere")[0]["told_by_provider"] == {"login": "ann-git"}
        everything = b"".join(archive.read(name) for name in archive.namelist())
        session = browser.session.session_key
        assert session
        for secret in ("SECRET", session, user.password):
            assert secret.encode() not in everything

    def test_runs_with_their_files_and_nobody_elses(self, user: User) -> None:
        run = RunFactory(user=user, input={"colour": "red"}, output={"n": 3})
        foreign = RunFactory()
        for owner, body in ((run, b"mine"), (foreign, b"theirs")):
            self.file(owner, "image", "image/webp", ".webp", body)
        self.file(run, "film", "video/mp4", "", b"as it was sent")
        archive = opened(made(user))
        (row,) = content(archive, "runs")
        assert (row["id"], row["input"], row["output"]) == (str(run.pk), {"colour": "red"}, {"n": 3})
        assert archive.read(f"runs/{run.pk}/input-image.webp") == b"mine"
        assert [name for name in archive.namelist() if name.startswith("runs/")] == [f"runs/{run.pk}/input-image.webp"]

    def file(self, run: Run, field: str, content_type: str, suffix: str, body: bytes) -> None:
        row = RunFile(run=run, role="input", field=field, content_type=content_type, size=len(body), sha256="0" * 64)
        row.file.save(suffix, ContentFile(body), save=False)
        row.save()

    def test_file_that_is_gone_spoils_nothing(self, user: User) -> None:
        run = RunFactory(user=user)
        self.file(run, "image", "image/webp", ".webp", b"mine")
        default_storage.delete(str(run.files.get().file.name))
        export = made(user)
        assert export.status == Status.READY
        assert len(content(opened(export), "runs")) == 1

    def test_profile_with_its_photo(self, user: User) -> None:
        profile_save(user, ProfileChanges(name="Ann", bio="Hello", links=["https://ann.example.org/"], photo=photo()))
        archive = opened(made(user))
        profile = content(archive, "profile")
        assert (profile["about"], profile["links"]) == ("Hello", ["https://ann.example.org/"])
        assert archive.read("photo.webp").startswith(b"RIFF")

    def test_creator_and_projects(self, user: User) -> None:
        creator = CreatorFactory(user=user, slug="window")
        ProjectFactory(creator=creator, slug="lamp", status="draft")
        ProjectFactory()
        archive = opened(made(user))
        assert content(archive, "creator")["slug"] == "window"
        assert [row["slug"] for row in content(archive, "projects")] == ["lamp"]

    def test_gallery_and_versions(self, user: User) -> None:
        project = ProjectFactory(creator=CreatorFactory(user=user), slug="lamp")
        add = catalog.gallery_add
        add(project=project, content=ContentFile(picture_photo()), alt="A lamp", translations={})
        film = film_bytes()
        add(project=project, content=ContentFile(film), alt="It glows", translations={})
        release = catalog.release_create(project=project, actor=user, version="1.0.0", notes="Brighter")
        catalog.release_file_add(release=release, content=ContentFile(b"bytes"), name="lamp.tar.gz")
        archive = opened(made(user))
        assert archive.read("projects/lamp/picture-1.webp").startswith(b"RIFF")
        assert archive.read("projects/lamp/picture-2-film") == film
        assert archive.read("projects/lamp/versions/1.0.0/1-lamp.tar.gz") == b"bytes"
        (version,) = content(archive, "versions")
        assert (version["version"], version["notes"]) == ("1.0.0", "Brighter")
        assert version["files"][0]["name"] == "lamp.tar.gz"

    def test_says_what_it_is_in_the_readers_language(self, user: User) -> None:
        export = services.export_request(user=user, language="ru")
        making.make(export.pk)
        export.refresh_from_db()
        assert "Showpiece хранит" in opened(export).read("README.txt").decode()


class TestJob:
    def test_runs_once(self, user: User) -> None:
        export = made(user)
        making.make(export.pk)
        again = DataExport.objects.get()
        assert (again.attempt, again.file.name) == (1, export.file.name)

    def test_killed_worker_is_replaced(self, user: User) -> None:
        """`kill -9` leaves a row that says `working`, and perhaps a file that belongs to nothing."""
        export = services.export_request(user=user)
        assert services.export_claim(export_id=export.pk)
        stray = default_storage.save(f"exports/{export.pk}/left.zip", ContentFile(b"half"))
        assert upkeep.publish_lost() == 0  # it may still be at work
        DataExport.objects.update(publish_after=timezone.now() - timedelta(seconds=1))
        assert upkeep.publish_lost() == 1
        making.make(export.pk)
        export.refresh_from_db()
        assert (export.status, export.attempt) == (Status.READY, 2)
        assert not default_storage.exists(stray)

    def test_slow_worker_does_not_overwrite_its_successor(self, user: User) -> None:
        export = services.export_request(user=user)
        slow = services.export_claim(export_id=export.pk)
        assert slow
        DataExport.objects.update(publish_after=timezone.now() - timedelta(seconds=1))
        upkeep.publish_lost()
        making.make(export.pk)
        assert not services.export_alive(export=slow)
        assert not services.export_succeed(export=slow, archive=ContentFile(b"late"))
        assert zipfile.is_zipfile(DataExport.objects.get().file.open())
        assert len(default_storage.listdir(f"exports/{export.pk}")[1]) == 1

    def test_gives_up_in_the_end(self, user: User) -> None:
        export = services.export_request(user=user)
        for _attempt in range(services.MAX_ATTEMPTS):
            assert services.export_claim(export_id=export.pk)
            DataExport.objects.update(publish_after=timezone.now() - timedelta(seconds=1))
            upkeep.publish_lost()
        export.refresh_from_db()
        assert export.status == Status.FAILED

    def test_fault_is_told(self, user: User, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object) -> None:
            raise RuntimeError("no")

        monkeypatch.setattr(making.parts, "write", broken)
        assert made(user).status == Status.FAILED
        page = browser.get(reverse("account_data")).content.decode()
        assert "could not be made" in page
        monkeypatch.undo()
        an_hour_later()
        browser.post(reverse("account_data"))
        assert DataExport.objects.get().status == Status.QUEUED

    def test_lost_job_is_sent_again(self, user: User) -> None:
        services.export_request(user=user)
        assert upkeep.publish_lost() == 0
        DataExport.objects.update(publish_after=timezone.now() - timedelta(seconds=1))
        assert upkeep.publish_lost() == 1
        assert upkeep.publish_lost() == 0

    def test_job_that_no_broker_took_does_not_wait_as_if_it_had_been_sent(
        self, user: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        services.export_request(user=user)
        now = timezone.now()
        lost = {"created_at": now - timedelta(hours=2), "publish_after": now - timedelta(seconds=1)}
        DataExport.objects.update(**lost)
        monkeypatch.setattr(upkeep, "publish", lambda *_args: False)
        assert upkeep.publish_lost() == 0
        assert DataExport.objects.get().publish_after < now + timedelta(minutes=1)
        monkeypatch.undo()
        DataExport.objects.update(**lost)
        assert upkeep.publish_lost() == 1
        assert DataExport.objects.get().publish_after > now + timedelta(minutes=50)


class TestRetention:
    def test_expired_file_goes(self, user: User, browser: Client, django_capture_on_commit_callbacks: Any) -> None:
        export = made(user)
        assert export.expires_at
        assert timedelta(days=6.9) < export.expires_at - timezone.now() <= timedelta(days=7)
        assert upkeep.forget_expired_exports() == 0
        DataExport.objects.update(expires_at=timezone.now())
        assert browser.get(reverse("account_data_download")).status_code == 404
        with django_capture_on_commit_callbacks(execute=True):
            assert upkeep.forget_expired_exports() == 1
        assert not DataExport.objects.exists()
        assert not default_storage.exists(str(export.file.name))

    def test_stray_folders_go(self, user: User) -> None:
        export = made(user)
        old = "0190163d-8694-739b-aea5-966c26f8ad91"  # an id of June 2024
        for name in (old, "something-else"):
            default_storage.save(f"exports/{name}/left.zip", ContentFile(b"half"))
        fresh = DataExport(user=UserFactory(), publish_after=timezone.now())
        default_storage.save(f"exports/{fresh.pk}/being-written.zip", ContentFile(b"half"))
        assert upkeep.forget_stray_exports() == 1
        assert sorted(default_storage.listdir("exports")[0]) == sorted(
            [str(export.pk), str(fresh.pk), "something-else"]
        )
