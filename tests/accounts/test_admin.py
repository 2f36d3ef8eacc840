"""The pages for staff: who gets in, what they see, and what they may change."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from showpiece.accounts.models import Profile, User
from showpiece.accounts.privacy import services
from showpiece.staff_lists import PER_PAGE
from tests.accounts.test_export import PASSWORD, signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
USERS = "admin:accounts_user_changelist"


@pytest.fixture
def root() -> Client:
    User.objects.create_superuser("root@example.org", "root-1", PASSWORD)
    return signed_in("root-1")


@pytest.fixture
def clerk() -> Client:
    """A member of the staff who may change users and end sessions."""
    user = User.objects.create_user("clerk@example.org", "clerk", PASSWORD, is_staff=True)
    names = ["view_user", "change_user", "add_user", "view_usersession", "delete_usersession", "view_emailaddress"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return signed_in("clerk")


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann@example.org", "ann", PASSWORD, name="Ann")


def page_of(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def act(client: Client, action: str, *users: User) -> Any:
    body = {"action": action, "_selected_action": [str(user.pk) for user in users]}
    return client.post(reverse(USERS), body, follow=True)


class TestTheDoor:
    def test_strangers_sign_in_on_the_sites_own_page(self) -> None:
        answer = Client().get(reverse(USERS), follow=True)
        path, query = answer.redirect_chain[-1][0].split("?")
        assert path == reverse("account_login")
        assert query == f"next={reverse(USERS)}"
        assert "account/login.html" in [template.name for template in answer.templates]

    def test_the_form_of_the_admin_takes_no_password(self) -> None:
        User.objects.create_superuser("root@example.org", "root-1", PASSWORD)
        client = Client()
        client.post(reverse("admin:login"), {"username": "root@example.org", "password": PASSWORD})
        assert "_auth_user_id" not in client.session

    def test_members_are_refused(self, ann: User) -> None:
        client = signed_in("ann")
        assert client.get(reverse("admin:index"), follow=True).status_code == 403
        assert "/admin/" not in client.get(reverse("front")).content.decode()

    def test_switched_off_staff_is_out(self, root: Client) -> None:
        User.objects.update(is_active=False)
        assert root.get(reverse("admin:index")).status_code == 302

    def test_createsuperuser_gives_somebody_who_gets_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
        call_command("createsuperuser", email="Boss@Example.org", username="boss", interactive=False, verbosity=0)
        for login in ("boss", "boss@example.org"):
            client = signed_in(login)
            assert client.get(reverse("admin:index")).status_code == 200
            assert reverse("admin:index") in client.get(reverse("front")).content.decode()

    def test_signing_out_is_a_post(self, root: Client) -> None:
        root.get(reverse("admin:logout"))
        assert "_auth_user_id" in root.session
        root.post(reverse("admin:logout"))
        assert "_auth_user_id" not in root.session

    def test_passwords_change_on_the_sites_own_page(self, root: Client) -> None:
        assert root.get(reverse("admin:password_change"))["Location"] == reverse("account_change_password")

    def test_policy_is_wider_here_alone(self, root: Client) -> None:
        here = root.get(reverse("admin:index"))["Content-Security-Policy"]
        assert "script-src 'self' 'unsafe-eval';" in here
        assert "script-src 'self' 'unsafe-inline'" not in here
        assert "style-src 'self';" in here
        assert "unsafe" not in root.get(reverse("account_overview"))["Content-Security-Policy"]

    def test_pages_have_no_inline_script_or_style(self, root: Client, ann: User) -> None:
        for address in (reverse("admin:index"), reverse(USERS), page_of(ann), reverse("admin:accounts_user_add")):
            html = root.get(address).content.decode()
            assert "<style" not in html
            assert "http://" not in html.replace("http://www.w3.org", "").replace("http://testserver", "")
            assert "https://" not in html
            for script in html.split("<script")[1:]:
                assert "src=" in script.split(">")[0] or "application/json" in script.split(">")[0]


class TestLists:
    @pytest.mark.parametrize(
        "name",
        [
            "accounts_user",
            "accounts_profile",
            "account_emailaddress",
            "usersessions_usersession",
            "accounts_accountdeletion",
        ],
    )
    def test_a_hundred_rows_cost_few_queries(self, root: Client, name: str, django_assert_max_num_queries: Any) -> None:
        for number, user in enumerate(UserFactory.create_batch(100)):
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            UserSession.objects.create(user=user, ip="127.0.0.1", session_key=f"key-{number}", user_agent="Firefox/1")
            services.deletion_request(user=user)
            UserSession.objects.create(user=user, ip="127.0.0.1", session_key=f"key-{number}", user_agent="Firefox/1")
        address = reverse(f"admin:{name}_changelist")
        root.get(address)
        with django_assert_max_num_queries(10):
            answer = root.get(address)
        assert answer.context["cl"].result_count >= 100
        assert len(answer.context["cl"].result_list) == PER_PAGE

    def test_superusers_alone_cost_as_few(self, root: Client, django_assert_max_num_queries: Any) -> None:
        UserFactory.create_batch(99, is_staff=True, is_superuser=True)
        root.get(reverse(USERS))
        with django_assert_max_num_queries(10):
            answer = root.get(reverse(USERS), {"is_superuser__exact": "1"})
        assert answer.context["cl"].result_count >= 100
        assert len(answer.context["cl"].result_list) == PER_PAGE

    def test_search_and_filters(self, root: Client, ann: User) -> None:
        off = UserFactory(is_active=False, name="Boris")
        leaving = UserFactory(name="Clara")
        services.deletion_request(user=leaving)

        def found(**query: str) -> set[User]:
            return set(root.get(reverse(USERS), query).context["cl"].result_list)

        assert found(q="ann@exam") == found(q="Ann") == {ann}
        assert found(q="nobody") == set()
        assert found(is_active__exact="0") == {off}
        assert found(deletion__status__exact="waiting") == {leaving}
        assert found(is_superuser__exact="1") == {User.objects.get(username="root-1")}

    def test_odd_addresses_are_no_errors(self, root: Client) -> None:
        for query in ({"p": "999"}, {"p": "x"}, {"o": "99"}, {"q": "\x00"}, {"is_active__exact": "maybe"}):
            assert root.get(reverse(USERS), query, follow=True).status_code == 200

    def test_other_packages_show_nothing(self, root: Client) -> None:
        html = root.get(reverse("admin:index")).content.decode()
        for model in ("authenticator", "socialtoken", "socialapp", "dbtaskresult"):
            assert model not in html


class TestChanging:
    def body(self, user: User, **changes: Any) -> dict[str, Any]:
        body = {"username": user.username, "email": user.email, "name": user.name, "is_active": "on"}
        return {name: value for name, value in (body | changes).items() if value is not None}

    def test_no_password_is_shown(self, root: Client, ann: User) -> None:
        html = root.get(page_of(ann)).content.decode()
        assert ann.password not in html
        assert "md5" not in html
        assert 'type="password"' not in html

    def test_name_and_address(self, root: Client, ann: User) -> None:
        EmailAddress.objects.create(user=ann, email=ann.email, verified=True, primary=True)
        answer = root.post(page_of(ann), self.body(ann, name="Anna", email="Anna@Example.org"))
        assert answer.status_code == 302
        ann.refresh_from_db()
        assert (ann.name, ann.email) == ("Anna", "anna@example.org")
        address = EmailAddress.objects.get(user=ann)
        assert (address.email, address.verified, address.primary) == ("anna@example.org", True, True)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("username", "CLERK"),
            ("email", "clerk@EXAMPLE.org"),
            ("email", "none"),
            ("username", "имя"),
            ("name", "\u0410nn"),
        ],
    )
    def test_bad_fields_are_told(self, root: Client, clerk: Client, ann: User, field: str, value: str) -> None:
        answer = root.post(page_of(ann), self.body(ann, **{field: value}))
        assert answer.status_code == 200
        assert answer.context["errors"]

    def test_switching_off_ends_sessions(self, root: Client, ann: User) -> None:
        browser = signed_in("ann")
        root.post(page_of(ann), self.body(ann, is_active=None))
        ann.refresh_from_db()
        assert not ann.is_active
        assert browser.get(reverse("account_overview")).status_code == 302
        assert not UserSession.objects.filter(user=ann).exists()
        root.post(page_of(ann), self.body(ann))
        ann.refresh_from_db()
        assert ann.is_active

    def test_new_user_sets_the_password_by_mail(self, root: Client) -> None:
        body = {"username": "new-one", "email": "New@Example.org", "name": "New"}
        assert root.post(reverse("admin:accounts_user_add"), body).status_code == 302
        user = User.objects.get(username="new-one")
        assert not user.has_usable_password()
        assert EmailAddress.objects.get(user=user).verified
        mail.outbox.clear()
        act(root, "send_password_mail", user)
        (sent,) = mail.outbox
        assert sent.to == ["new@example.org"]
        assert "/accounts/password/reset/key/" in sent.body

    def test_actions(self, root: Client, ann: User) -> None:
        browser = signed_in("ann")
        me = User.objects.get(username="root-1")
        assert "1 user is switched off." in act(root, "switch_off", ann, me).content.decode()
        ann.refresh_from_db()
        me.refresh_from_db()
        assert (ann.is_active, me.is_active) == (False, True)
        assert browser.get(reverse("account_overview")).status_code == 302
        assert LogEntry.objects.filter(object_id=str(ann.pk)).exists()
        act(root, "switch_on", ann)
        ann.refresh_from_db()
        assert ann.is_active

    def test_profiles_are_tidied_up(self, root: Client, ann: User) -> None:
        Profile.objects.filter(user=ann).update(bio="Buy my pills", photo="people/one", show_email=False)
        address = reverse("admin:accounts_profile_change", args=[ann.pk])
        assert "people/one-160.webp" in root.get(address).content.decode()
        assert root.post(address, {"bio": "", "location": "Riga", "show_email": "on"}).status_code == 302
        profile = Profile.objects.get(user=ann)
        assert (profile.bio, profile.location, profile.show_email) == ("", "Riga", False)
        body = {"action": "remove_photo", "_selected_action": [str(ann.pk)]}
        answer = root.post(reverse("admin:accounts_profile_changelist"), body, follow=True)
        assert "1 photo is removed." in answer.content.decode()
        assert not Profile.objects.get(user=ann).photo

    def test_ending_a_session(self, root: Client, ann: User) -> None:
        browser = signed_in("ann")
        session = UserSession.objects.get(user=ann)
        address = reverse("admin:usersessions_usersession_delete", args=[session.pk])
        assert root.post(address, {"post": "yes"}).status_code == 302
        assert browser.get(reverse("account_overview")).status_code == 302

    def test_nobody_is_deleted_here(self, root: Client, ann: User) -> None:
        assert root.post(reverse("admin:accounts_user_delete", args=[ann.pk]), {"post": "yes"}).status_code == 403
        assert "delete_selected" not in root.get(reverse(USERS)).content.decode()

    def test_the_log_forgets_who_is_erased(self, root: Client, ann: User) -> None:
        act(root, "switch_off", ann)
        deletion = services.deletion_request(user=ann)
        type(deletion).objects.update(erase_after=deletion.requested_at)
        services.account_erase(deletion_id=deletion.pk)
        assert not LogEntry.objects.filter(object_repr="Ann").exists()


class TestPermissions:
    """Who may change users does not become more by it."""

    def test_without_permission_nothing(self, ann: User) -> None:
        User.objects.filter(pk=ann.pk).update(is_staff=True)
        client = signed_in("ann")
        assert client.get(reverse("admin:index")).status_code == 200
        assert client.get(reverse(USERS)).status_code == 403
        assert client.get(page_of(ann)).status_code == 403

    def test_flags_and_address_are_for_superusers(self, clerk: Client, ann: User) -> None:
        body = {"username": "ann", "name": "Anna", "email": "evil@example.org", "is_active": "on"}
        body |= {"is_staff": "on", "is_superuser": "on", "user_permissions": "1"}
        assert clerk.post(page_of(ann), body).status_code == 302
        ann.refresh_from_db()
        assert (ann.name, ann.email, ann.is_staff, ann.is_superuser) == ("Anna", "ann@example.org", False, False)
        assert not ann.user_permissions.exists()

    def test_staff_are_for_superusers(self, clerk: Client) -> None:
        root = User.objects.create_superuser("root@example.org", "root-1", PASSWORD)
        assert clerk.get(page_of(root)).status_code == 200  # to read
        assert clerk.post(page_of(root), {"username": "root-2"}).status_code == 403
        act(clerk, "switch_off", root)
        root.refresh_from_db()
        assert (root.username, root.is_active) == ("root-1", True)

    def test_sessions_of_staff_are_for_superusers(self, clerk: Client) -> None:
        User.objects.create_superuser("root@example.org", "root-1", PASSWORD)
        browser = signed_in("root-1")
        session = UserSession.objects.get(user__username="root-1")
        one = reverse("admin:usersessions_usersession_delete", args=[session.pk])
        assert clerk.post(one, {"post": "yes"}).status_code == 403
        many = {"action": "delete_selected", "_selected_action": [session.pk], "post": "yes"}
        clerk.post(reverse("admin:usersessions_usersession_changelist"), many)
        assert browser.get(reverse("account_overview")).status_code == 200

    def test_groups_are_for_superusers(self, clerk: Client) -> None:
        User.objects.get(username="clerk").user_permissions.add(
            *Permission.objects.filter(codename__in=["add_group", "change_group", "view_group"])
        )
        assert clerk.get(reverse("admin:auth_group_add")).status_code == 403


@pytest.mark.parametrize(
    ("changelist", "lookup"),
    [
        ("usersessions_usersession", "session_key__startswith"),
        ("accounts_user", "password__startswith"),
        ("accounts_user", "groups__user__password__startswith"),
        ("account_emailaddress", "user__password__startswith"),
        ("accounts_profile", "user__password__startswith"),
    ],
)
def test_hidden_columns_cannot_be_guessed_through_filters(changelist: str, lookup: str) -> None:
    """Each answer would tell one letter of a key with which to sign in."""
    staff = User.objects.create_superuser("root@example.org", "root", "a good long password")
    browser = Client()
    browser.force_login(staff)
    answer = browser.get(reverse(f"admin:{changelist}_changelist"), {lookup: "a"})
    assert answer.status_code == 400 or "e=1" in answer.get("Location", "")
