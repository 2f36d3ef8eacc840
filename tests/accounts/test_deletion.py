"""Delete my account: the grace, coming back, and the end."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import CHANGE, LogEntry
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from post_office.models import Email

from showpiece.accounts import erasure
from showpiece.accounts.erasure import Kept
from showpiece.accounts.models import Profile, User, public_storage
from showpiece.accounts.privacy import making, services, upkeep
from showpiece.accounts.privacy.mails import LAST_MAIL_KEPT
from showpiece.accounts.privacy.models import AccountDeletion, DataExport
from showpiece.accounts.selectors import people
from showpiece.accounts.services import ProfileChanges, profile_save
from showpiece.catalog.models import Creator, Project, Status
from showpiece.catalog.services import creator_archive, creator_set_status
from showpiece.config.mail import QUEUE_BACKEND, SMTP_BACKEND
from showpiece.demos.models import Run, RunFile
from showpiece.mail.delivery import deliver
from showpiece.mail.services import forget_old_mails
from tests.accounts.test_export import PASSWORD, photo, signed_in
from tests.factories import CreatorFactory, ProjectFactory, RunFactory
from tests.mail.catcher import catching

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_user("ann@example.org", "ann", PASSWORD, name="Ann")


@pytest.fixture
def browser(user: User) -> Client:
    return signed_in("ann")


def due() -> None:
    """The grace is over."""
    past = timezone.now() - timedelta(seconds=1)
    AccountDeletion.objects.update(erase_after=past, publish_after=past)


def lease_is_over() -> None:
    past = timezone.now() - timedelta(seconds=1)
    AccountDeletion.objects.update(lease_until=past, publish_after=past)


def erased(user: User) -> bool:
    deletion = services.deletion_request(user=user)
    due()
    mail.outbox.clear()
    return services.account_erase(deletion_id=deletion.pk)


class TestRequest:
    def test_from_the_page_to_the_door(self, user: User, browser: Client) -> None:
        elsewhere = signed_in("ann")
        page = browser.get(reverse("account_delete"))
        assert page.status_code == 200
        mail.outbox.clear()
        answer = browser.post(reverse("account_delete"), {"username": "ann"}, follow=True)
        assert answer.redirect_chain == [(reverse("account_delete_requested"), 302)]
        for client in (browser, elsewhere):
            assert client.get(reverse("account_overview"))["Location"].startswith(reverse("account_login"))
        deletion = AccountDeletion.objects.get()
        assert timedelta(days=6.9) < deletion.erase_after - timezone.now() <= timedelta(days=7)
        (sent,) = mail.outbox
        assert sent.to == ["ann@example.org"]
        assert sent.subject == "Your account will be deleted"
        assert not people().exists()

    @pytest.mark.parametrize("typed", ["", "anna", "DELETE", "ann@example.org"])
    def test_other_text_deletes_nothing(self, user: User, browser: Client, typed: str) -> None:
        answer = browser.post(reverse("account_delete"), {"username": typed})
        assert answer.status_code == 200
        assert answer.context["form"].errors["username"]
        assert not AccountDeletion.objects.exists()

    @pytest.mark.parametrize("typed", ["ANN", " ann ", "@ann"])
    def test_ways_to_write_it(self, user: User, browser: Client, typed: str) -> None:
        assert browser.post(reverse("account_delete"), {"username": typed}).status_code == 302

    def test_a_post_needs_the_password_too(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        answer = client.post(reverse("account_delete"), {"username": "ann"})
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
        assert not AccountDeletion.objects.exists()

    def test_asked_twice_the_first_counts(self, user: User) -> None:
        first = services.deletion_request(user=user)
        assert services.deletion_request(user=user) == first
        assert len(mail.outbox) == 1

    def test_the_last_administrator_stays(self) -> None:
        root = User.objects.create_superuser("root@example.org", "root-1", PASSWORD)
        client = signed_in("root-1")
        answer = client.post(reverse("account_delete"), {"username": "root-1"})
        assert "only administrator" in answer.content.decode()
        assert not AccountDeletion.objects.exists()
        User.objects.create_superuser("root2@example.org", "root-2", PASSWORD)
        assert services.deletion_request(user=root)

    def test_projects_are_hidden(self, user: User, client: Client) -> None:
        project = ProjectFactory(creator=CreatorFactory(user=user))
        assert client.get(project.get_absolute_url()).status_code == 200
        assert client.get(user.get_absolute_url(), follow=True).status_code == 200
        services.deletion_request(user=user)
        assert client.get(user.get_absolute_url()).status_code == 404
        assert client.get(project.get_absolute_url()).status_code == 404
        assert client.get(project.creator.get_absolute_url()).status_code == 404
        assert project.name not in client.get(reverse("project_list")).content.decode()


class TestComingBack:
    def test_who_signs_in_is_asked_and_keeps_the_account(self, user: User, client: Client) -> None:
        project = ProjectFactory(creator=CreatorFactory(user=user))
        deletion = services.deletion_request(user=user)
        browser = Client()
        body = {"login": "ann", "password": PASSWORD, "next": "/projects/"}
        assert browser.post(reverse("account_login"), body)["Location"] == reverse("account_overview")
        day = date_format(timezone.localtime(deletion.erase_after), "DATETIME_FORMAT")
        for name in ("account_overview", "account_email", "profile_edit", "mfa_index", "usersessions_list"):
            page = browser.get(reverse(name)).content.decode()
            assert f"Your account will be deleted: {day}" in page
            assert f'action="{reverse("account_keep")}"' in page
        assert not people().exists()
        page = browser.post(reverse("account_keep"), follow=True).content.decode()
        assert "not deleted" in page
        assert "will be deleted" not in page
        assert not AccountDeletion.objects.exists()
        assert client.get(project.get_absolute_url()).status_code == 200
        assert mail.outbox[-1].subject == "Your account stays"
        assert people().get() == user

    def test_keeping_is_a_post_of_the_person(self, user: User, client: Client) -> None:
        services.deletion_request(user=user)
        assert client.post(reverse("account_keep"))["Location"].startswith(reverse("account_login"))
        other = User.objects.create_user("bob@example.org", "bob", PASSWORD)
        client.force_login(other)
        assert "not going to be" in client.post(reverse("account_keep"), follow=True).content.decode()
        client.force_login(user)
        assert client.get(reverse("account_keep")).status_code == 405
        assert AccountDeletion.objects.get().user == user

    def test_wrong_password_does_not(self, user: User) -> None:
        services.deletion_request(user=user)
        Client().post(reverse("account_login"), {"login": "ann", "password": "wrong"})
        assert AccountDeletion.objects.exists()

    def test_an_archived_creator_stays_archived(self, user: User) -> None:
        CreatorFactory(user=user, status=Status.ARCHIVED)
        services.deletion_request(user=user)
        services.deletion_cancel(user=user)
        assert Creator.objects.get().status == Status.ARCHIVED

    def test_a_creator_whom_staff_archived_meanwhile_stays_archived(self, user: User) -> None:
        creator = CreatorFactory(user=user)
        services.deletion_request(user=user)
        creator_archive(creator=creator)
        services.deletion_cancel(user=user)
        assert Creator.objects.get().status == Status.ARCHIVED

    def test_a_creator_whom_staff_made_a_draft_meanwhile_stays_one(self, user: User) -> None:
        creator = CreatorFactory(user=user)
        services.deletion_request(user=user)
        creator_set_status(creator=creator, status=Status.DRAFT)
        services.deletion_cancel(user=user)
        assert Creator.objects.get().status == Status.DRAFT

    def test_staff_archive_somebody_who_stays(self, user: User) -> None:
        creator_archive(creator=CreatorFactory(user=user))
        assert Creator.objects.get().status == Status.ARCHIVED

    def test_too_late(self, user: User) -> None:
        """A worker has begun: whoever signs in now is refused."""
        deletion = services.deletion_request(user=user)
        due()
        assert services._deletion_claim(deletion.pk)
        client = Client()
        client.post(reverse("account_login"), {"login": "ann", "password": PASSWORD})
        assert "_auth_user_id" not in client.session
        assert not services.deletion_cancel(user=user)
        services.user_activate(user=user)
        assert not User.objects.get().is_active


class TestErasing:
    def test_not_before_its_time(self, user: User) -> None:
        deletion = services.deletion_request(user=user)
        assert upkeep.publish_lost() == 0
        assert not services.account_erase(deletion_id=deletion.pk)
        assert User.objects.exists()

    def test_everything_goes(self, user: User, browser: Client, django_capture_on_commit_callbacks: Any) -> None:
        from allauth.account.models import EmailAddress
        from allauth.usersessions.models import UserSession

        run = RunFactory(user=user)
        row = RunFile(run=run, role="input", field="image", content_type="image/webp", size=4, sha256="0" * 64)
        row.file.save(".webp", ContentFile(b"mine"), save=False)
        row.save()
        profile_save(user, ProfileChanges(name="Ann", bio="Hello", photo=photo()))
        assert public_storage().listdir("people")[1]
        export = services.export_request(user=user)
        making.make(export.pk)
        foreign = RunFactory()
        with django_capture_on_commit_callbacks(execute=True):
            assert erased(user)
        assert not User.objects.filter(username="ann").exists()
        assert list(Run.objects.all()) == [foreign]
        for model in (AccountDeletion, DataExport, EmailAddress, UserSession):
            assert not model.objects.exists()
        assert default_storage.listdir("runs")[0] == []
        assert default_storage.listdir("exports")[0] == []
        assert public_storage().listdir("people")[1] == []
        assert default_storage.listdir("people")[1] == []
        (sent,) = mail.outbox
        assert (sent.to, sent.subject) == (["ann@example.org"], "Your account is deleted")

    def test_the_round_sends_the_job(self, user: User) -> None:
        services.deletion_request(user=user)
        due()
        assert upkeep.publish_lost() == 1
        assert upkeep.publish_lost() == 0

    @pytest.mark.parametrize("step", ["erase", "send", "delete"])
    def test_cut_off_anywhere_it_is_done_once_more(
        self, user: User, step: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        CreatorFactory(user=user)
        RunFactory(user=user)
        deletion = services.deletion_request(user=user)
        due()
        mail.outbox.clear()

        def killed(*_: Any, **__: Any) -> None:
            raise KeyboardInterrupt

        where = {
            "erase": (services.erasure, "erase"),
            "send": (services.mails, "send"),
            "delete": (services, "_delete"),
        }
        monkeypatch.setattr(*where[step], killed)
        with pytest.raises(KeyboardInterrupt):
            services.account_erase(deletion_id=deletion.pk)
        monkeypatch.undo()
        assert not services.account_erase(deletion_id=deletion.pk)  # whoever began may still be at it
        lease_is_over()
        assert upkeep.publish_lost() == 1
        assert services.account_erase(deletion_id=deletion.pk)
        assert not User.objects.filter(pk=user.pk).exists()

    def test_who_erases_is_left_alone(self, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
        """A second job for the same account does nothing while the first is at work, and every room renews that."""
        deletion = services.deletion_request(user=user)
        due()
        seen = []

        class Slow:
            def erase(self, user: User) -> Kept:
                row = AccountDeletion.objects.get()
                seen.append((row.lease_until, services.account_erase(deletion_id=row.pk)))
                AccountDeletion.objects.update(lease_until=timezone.now() + timedelta(seconds=1))
                return Kept.NOTHING

        monkeypatch.setattr(erasure, "_rooms", {"one": Slow(), "other": Slow()})
        assert services.account_erase(deletion_id=deletion.pk)
        assert [again for _, again in seen] == [False, False]
        assert all(until > timezone.now() + timedelta(seconds=30) for until, _ in seen)

    def test_erasing_that_began_before_there_were_leases_goes_on(self, user: User) -> None:
        deletion = services.deletion_request(user=user)
        due()
        AccountDeletion.objects.update(status=AccountDeletion.Status.ERASING, lease_until=None)
        assert upkeep.publish_lost() == 1
        assert services.account_erase(deletion_id=deletion.pk)

    def test_what_staff_did_stays_known_without_their_name(self) -> None:
        User.objects.create_superuser("root@example.org", "root-1", PASSWORD)
        staff = User.objects.create_superuser("boss@example.org", "boss", PASSWORD, name="The Boss")
        other = User.objects.create_user("bob@example.org", "bob", PASSWORD)
        LogEntry.objects.log_actions(staff.pk, [other], CHANGE, change_message="Switched off")
        LogEntry.objects.log_actions(staff.pk, [staff], CHANGE, change_message="Renamed The Boss")
        assert erased(staff)
        (entry,) = LogEntry.objects.select_related("user")
        assert (entry.object_id, entry.change_message) == (str(other.pk), "Switched off")
        assert entry.user.username.startswith("deleted-")
        assert (entry.user.is_active, entry.user.is_staff, entry.user.is_superuser) == (False, False, False)
        assert not User.objects.filter(email="boss@example.org").exists()

    def test_twice_at_once(self, user: User) -> None:
        """A job may come twice: the second finds nothing and says nothing."""
        deletion = services.deletion_request(user=user)
        due()
        mail.outbox.clear()
        assert services.account_erase(deletion_id=deletion.pk)
        assert not services.account_erase(deletion_id=deletion.pk)
        assert len(mail.outbox) == 1

    def test_creator_with_projects_is_made_nameless(self, user: User, client: Client) -> None:
        creator = CreatorFactory(user=user, slug="ann-made-it", name="Ann Made It", about="I am Ann.")
        project = ProjectFactory(creator=creator, url="https://ann.example.org/")
        profile_save(user, ProfileChanges(name="Ann", bio="I am Ann.", photo=photo()))
        draft = ProjectFactory(creator=creator, status=Status.DRAFT, published_at=None)
        assert erased(user)
        user.refresh_from_db()
        assert Profile.objects.get(user=user).bio == ""
        assert (user.name, user.is_active, user.has_usable_password()) == ("", False, False)
        assert user.username == f"deleted-{user.pk.hex}"
        user.full_clean()
        creator.refresh_from_db()
        assert (creator.name, creator.about, creator.status) == ("", "", Status.ARCHIVED)
        kept = Project.objects.get()
        assert kept.pk == project.pk != draft.pk
        assert (kept.status, kept.url) == (Status.ARCHIVED, "")
        assert client.get(reverse("project", args=["ann-made-it", project.slug])).status_code == 404
        assert mail.outbox[-1].to == ["ann@example.org"]
        assert AccountDeletion.objects.get().status == AccountDeletion.Status.ERASED
        assert not services.account_erase(deletion_id=AccountDeletion.objects.get().pk)
        # The address and the username are free again.
        User.objects.create_user("ann@example.org", "ann", PASSWORD)

    def test_creator_with_drafts_alone_goes(self, user: User) -> None:
        ProjectFactory(creator=CreatorFactory(user=user), status=Status.DRAFT, published_at=None)
        assert erased(user)
        assert not User.objects.exists()
        assert not Creator.objects.exists()

    def test_a_room_may_keep_what_others_have_a_right_to(self, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
        class Orders:
            def hide(self, user: User) -> int:
                return 7

            def show(self, user: User, hidden: int) -> None:
                raise AssertionError

            def erase(self, user: User) -> Kept:
                return Kept.NAMELESS

        monkeypatch.setitem(erasure._rooms, "orders", Orders())
        assert erased(user)
        assert User.objects.get().email == f"{user.pk}@deleted.invalid"

    def test_rows_that_nobody_spoke_of_hold_the_account(self, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
        """A room that forgot to register does not make the job fail for ever."""
        ProjectFactory(creator=CreatorFactory(user=user))
        monkeypatch.delitem(erasure._rooms, "catalog")
        assert erased(user)
        assert User.objects.get().username.startswith("deleted-")


class TestLastMail:
    """Whoever has left is told so, and their address is kept no longer than that takes."""

    @pytest.fixture(autouse=True)
    def _kept(self, settings: Any) -> None:
        settings.EMAIL_BACKEND = QUEUE_BACKEND

    def test_mails_to_somebody_who_left_are_forgotten_but_for_the_last(self, user: User) -> None:
        other = User.objects.create_user("bob@example.org", "bob", PASSWORD)
        for one in (user, other):
            services.deletion_request(user=one)
        assert Email.objects.filter(to=user.email).count() == 1
        AccountDeletion.objects.filter(user=user).update(erase_after=timezone.now())
        assert services.account_erase(deletion_id=AccountDeletion.objects.get(user=user).pk)
        assert [mail.subject for mail in Email.objects.filter(to="ann@example.org")] == ["Your account is deleted"]
        assert Email.objects.filter(to=other.email).count() == 1

    def test_it_is_sent_and_then_forgotten(self, user: User, settings: Any) -> None:
        settings.MAIL_BACKEND = SMTP_BACKEND
        assert erased(user)
        last = Email.objects.get()
        with catching() as catcher:
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", catcher.port
            deliver(last.pk)
        assert [one["To"] for one in catcher.mails] == ["ann@example.org"]
        assert not Email.objects.exists()

    def test_without_a_server_it_is_forgotten_after_days(self, user: User) -> None:
        assert erased(user)
        forget_old_mails()
        assert Email.objects.count() == 1
        with time_machine.travel(timezone.now() + LAST_MAIL_KEPT + timedelta(minutes=1)):
            forget_old_mails()
        assert not Email.objects.exists()
