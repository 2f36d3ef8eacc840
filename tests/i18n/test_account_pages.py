"""Everything about accounts and mail in Russian."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from post_office.models import STATUS, Email, Log

from showpiece.accounts.models import Profile, User
from showpiece.accounts.privacy.making import make
from showpiece.accounts.privacy.models import AccountDeletion, DataExport
from showpiece.accounts.privacy.services import account_erase, deletion_request
from showpiece.accounts.services import ProfileChanges, profile_save, user_welcome
from showpiece.config.mail import QUEUE_BACKEND, SMTP_BACKEND
from showpiece.mail.services import mail_create
from tests.accounts.passkey_device import Device
from tests.accounts.people import link_in
from tests.accounts.pictures import photo as a_photo
from tests.i18n.russian import LATIN_WORD, NAMES, check, english

pytestmark = pytest.mark.django_db


ACCOUNT_DOORS = [
    "account_signup",
    "account_signup_by_passkey",
    "account_inactive",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
]
ACCOUNT_PAGES = [
    "account_overview",
    "account_email",
    "account_change_password",
    "account_logout",
    "account_reset_password",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_activate_totp",
    "mfa_generate_recovery_codes",
    "usersessions_list",
]


@pytest.mark.parametrize("name", ACCOUNT_DOORS)
def test_doors_to_an_account(visitor: Client, name: str) -> None:
    check(visitor.get(reverse(name)))


def test_dead_links_to_an_account(visitor: Client) -> None:
    check(visitor.get(reverse("account_confirm_email", args=["x"])))
    check(visitor.get("/accounts/password/reset/key/1-x/"))


def test_registering_badly(visitor: Client, user: User) -> None:
    address = reverse("account_signup")
    check(visitor.post(address, {}))
    bad = {"name": "\u0410nn", "email": "x", "username": "admin", "password1": "12345678", "password2": "1"}
    check(visitor.post(address, bad))
    taken = {"name": "...", "email": user.email, "username": user.username, "password1": "a", "password2": "a"}
    check(visitor.post(address, taken))
    check(visitor.post(address, {"name": "\u202e", "username": "x", "email": f"{'x' * 300}@example.org"}))


def test_registering_with_a_passkey(visitor: Client) -> None:
    address = reverse("account_signup_by_passkey")
    check(visitor.post(address, {"name": "", "email": "x", "username": "admin"}))
    visitor.post(address, {"name": "Анна", "email": "a@example.org", "username": "5550"})
    page = reverse("account_signup_passkey")
    visitor.defaults["HTTP_HOST"] = "localhost"
    made = Device().make(visitor.get(page).context["js_data"]["creation_options"])
    check(visitor.get(page))
    check(visitor.post(page, {"credential": "{}"}))
    check(visitor.post(page, {"credential": made}))
    made = Device().make(visitor.get(page).context["js_data"]["creation_options"])
    check(visitor.post(page, {"credential": made}, follow=True))


def in_russian(mail: Any) -> None:
    """A mail has no English, in its text and in its HTML."""
    (html, _kind) = mail.alternatives[0]
    for text in (mail.subject, mail.body, html):
        assert english(re.sub(r"https?://\S+?(?=[\s\"<]|$)", "", text)) == [], text
    assert not re.search("{{|{%", mail.subject + mail.body + html)


def test_people(visitor: Client, user: User) -> None:
    profile_save(user, ProfileChanges(name="Анна", bio="Паяю.", location="Осло", links=["https://example.org"]))
    user = User.objects.get(pk=user.pk)
    page = user.get_absolute_url()
    for ago in (0, 3, 300, 20_000, 4_000_000):
        Profile.objects.update(last_seen_at=timezone.now() - timedelta(minutes=ago))
        check(visitor.get(page))
    check(visitor.get(reverse("people")))
    visitor.force_login(user)
    check(visitor.get(page))
    address = reverse("profile_edit")
    check(visitor.get(address))
    bad = {"name": "", "link_1": "x", "photo": SimpleUploadedFile("a.jpg", b"a")}
    check(visitor.post(address, bad))
    photo = a_photo()
    check(visitor.post(address, {"name": "", "photo": SimpleUploadedFile("a.jpg", photo)}))
    check(visitor.post(address, {"name": "Анна", "photo": SimpleUploadedFile("a.jpg", photo)}, follow=True))
    check(visitor.get(address))


def test_account(visitor: Client, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page of an account, and what is said and written on the way."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda do, **_: do())  # as outside of a test
    secret = "мой длинный пароль"
    body = {"name": "Анна", "email": "a@example.org", "username": "5550"}
    visitor.post(reverse("account_signup"), body | {"password1": secret, "password2": secret})
    check(visitor.get(reverse("mfa_activate_totp"), follow=True))  # not confirmed
    link = link_in(mailoutbox[-1])
    check(visitor.get(link))
    visitor.post(link)
    check(visitor.get(reverse("account_reauthenticate")))
    check(visitor.post(reverse("account_reauthenticate"), {"password": "no"}))
    visitor.post(reverse("account_reauthenticate"), {"password": secret})
    for name in ACCOUNT_PAGES:
        check(visitor.get(reverse(name), follow=True))
    for fields in ({}, {"email": "x"}, {"email": "a@example.org"}, {"email": "new@example.org"}):
        check(visitor.post(reverse("account_email"), {"action_add": "1", **fields}, follow=True))
    visitor.post(reverse("account_email"), {"action_remove": "", "email": "new@example.org"})
    change = {"oldpassword": "x", "password1": "1", "password2": "2"}
    check(visitor.post(reverse("account_change_password"), change))
    found = re.search(r"<code>([A-Z2-7]{16,})</code>", visitor.get(reverse("mfa_activate_totp")).content.decode())
    assert found
    check(visitor.post(reverse("mfa_activate_totp"), {"code": "1"}))
    code = format_hotp_value(hotp_value(found[1], int(time.time()) // 30))
    check(visitor.post(reverse("mfa_activate_totp"), {"code": code}, follow=True))
    for name in ("mfa_index", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"):
        check(visitor.get(reverse(name)))
    check(visitor.get(reverse("mfa_reauthenticate")))
    check(visitor.post(reverse("account_email"), {"action_add": "1", "email": "other@example.org"}))
    check(visitor.post(reverse("account_logout"), follow=True))
    visitor.post(reverse("account_login"), {"login": "5550", "password": secret})
    check(visitor.get(reverse("mfa_authenticate")))
    check(visitor.post(reverse("mfa_authenticate"), {"code": "1"}))
    for _ in range(6):
        visitor.post(reverse("mfa_authenticate"), {"code": "1"})
    check(visitor.post(reverse("mfa_authenticate"), {"code": "1"}))
    stranger = Client(headers={"Accept-Language": "ru"})
    for _ in range(6):
        page = stranger.post(reverse("account_login"), {"login": "nobody", "password": "x"})
    assert "Слишком много неверных паролей" in check(page)
    check(stranger.post(reverse("account_reset_password"), {"email": "x"}))
    stranger.post(reverse("account_reset_password"), {"email": "a@example.org"})
    for mail in mailoutbox:
        in_russian(mail)
    assert len(mailoutbox) >= 4
    for _ in range(6):
        page = stranger.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    check(page, 429)


def test_data_and_end_of_an_account(visitor: Client, mailoutbox: list[Any]) -> None:
    """Download my data in every state, delete my account, come back, and the mails about it."""
    secret = "мой длинный пароль"
    user = User.objects.create_superuser("a@example.org", "5550", secret, name="Анна")
    visitor.post(reverse("account_login"), {"login": "5550", "password": secret})
    visitor.post(reverse("account_reauthenticate"), {"password": secret})
    check(visitor.get(reverse("account_data")))
    visitor.post(reverse("account_data"))
    export = DataExport.objects.get()
    for fields in ({}, {"status": "working"}, {"status": "failed", "expires_at": timezone.now() + timedelta(days=1)}):
        DataExport.objects.filter(pk=export.pk).update(**fields)
        check(visitor.get(reverse("account_data")))
    assert "Подождите" in check(visitor.post(reverse("account_data"), follow=True))
    DataExport.objects.update(created_at=timezone.now() - DataExport.PAUSE)
    check(visitor.get(reverse("account_data")))
    visitor.post(reverse("account_data"))
    export = DataExport.objects.get()
    make(export.pk)
    assert "Файл готов" in check(visitor.get(reverse("account_data")))
    check(visitor.get(reverse("account_delete")))
    check(visitor.post(reverse("account_delete"), {"username": "x"}))
    check(visitor.post(reverse("account_delete"), {"username": "5550"}))  # the last administrator
    user.is_superuser = False
    user.save()
    check(visitor.post(reverse("account_delete"), {"username": "5550"}, follow=True))
    page = visitor.post(reverse("account_login"), {"login": "5550", "password": secret}, follow=True)
    assert "Сохранить мой аккаунт" in check(page)
    assert "Аккаунт не удалён" in check(visitor.post(reverse("account_keep"), follow=True))
    check(visitor.post(reverse("account_keep"), follow=True))
    deletion = deletion_request(user=user, language="ru")
    AccountDeletion.objects.update(erase_after=timezone.now())
    account_erase(deletion_id=deletion.pk)
    assert len(mailoutbox) == 4
    for mail in mailoutbox:
        in_russian(mail)


NOTIFICATIONS = [
    "account/email/email_changed",
    "account/email/email_confirm",
    "account/email/email_deleted",
    "account/email/password_changed",
    "account/email/password_reset",
    "account/email/password_set",
    "mfa/email/recovery_codes_generated",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
    "socialaccount/email/account_connected",
    "socialaccount/email/account_disconnected",
    "account/email/account_already_exists",
    "account/email/unknown_account",
    "account/email/email_confirmation",
]


@pytest.mark.parametrize("name", NOTIFICATIONS)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_mails_about_an_account(name: str, language: str, rf: RequestFactory) -> None:
    """In both languages: all placeholders are filled, and in Russian there is no English."""
    from allauth.account.adapter import get_adapter
    from allauth.core import context

    known = {"from_email": "a@example.org", "to_email": "b@example.org", "deleted_email": "c@example.org"}
    known |= {"provider": "12", "ip": "203.0.113.9", "timestamp": timezone.now(), "email": "d@example.org"}
    known |= {"user_agent": "curl", "password_reset_url": "https://x/1", "signup_url": "https://x/2"}
    known |= {"activate_url": "https://x/3"}
    with translation.override(language), context.request_context(rf.get("/")):
        mail = get_adapter().render_mail(name, "d@example.org", known)
    assert mail.body.strip()
    assert "%(" not in mail.body + mail.subject
    if language == "ru":
        in_russian(mail)
    else:
        assert mail.body.isascii()


@pytest.mark.parametrize("status", [None, STATUS.queued, STATUS.requeued, STATUS.sent, STATUS.failed])
@pytest.mark.parametrize("backend", ["", SMTP_BACKEND], ids=["kept", "sent"])
def test_mail(reader: Client, user: User, settings: Any, status: int | None, backend: str) -> None:
    settings.MAIL_BACKEND = backend
    User.objects.update(is_staff=True, is_superuser=True)
    assert "Писем пока нет" in check(reader.get(reverse("mail_list")))
    made = mail_create(
        sender="shop@example.org",
        to=["a@example.org"],
        cc=["b@example.org"],
        bcc=["c@example.org"],
        subject="",
        text=".",
    )
    Email.objects.update(status=status)
    if status in (STATUS.requeued, STATUS.failed):
        Log.objects.create(email=made, status=STATUS.failed, message="550 нет такого")
    assert "(без темы)" in check(reader.get(reverse("mail_list")))
    check(reader.get(reverse("mail_list"), {"q": "nobody"}))
    Email.objects.update(html_message="<p>.</p>")
    check(reader.get(reverse("mail", args=[made.pk])))
    check(reader.post(reverse("mail_send", args=[made.pk]), follow=True))


def test_welcome_mail(user: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = QUEUE_BACKEND
    assert user_welcome(user_id=user.pk, language="ru")
    mail = Email.objects.get()
    assert '<html lang="ru"' in mail.html_message
    texts = [mail.subject, *mail.message.splitlines()]
    assert [text for text in texts if set(LATIN_WORD.findall(re.sub(r"https?://\S+", "", text))) - NAMES] == []
    assert [text for text in english(mail.html_message) if not text.startswith("http")] == []
