"""Pages in Russian hold no English, whether a text was never marked or never translated."""

import io
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image
from post_office.models import STATUS, Email, Log

from showpiece.accounts.models import Profile, User
from showpiece.accounts.privacy.making import make
from showpiece.accounts.privacy.models import AccountDeletion, DataExport
from showpiece.accounts.privacy.services import account_erase, deletion_request
from showpiece.accounts.services import ProfileChanges, profile_save, user_welcome
from showpiece.config.mail import QUEUE_BACKEND, SMTP_BACKEND
from showpiece.demos import execution, upkeep
from showpiece.demos.models import AboutSection, Demo, Run, RunFile
from showpiece.mail.services import mail_create
from showpiece.web import errors
from tests.accounts.people import link_in
from tests.accounts.pictures import photo as a_photo
from tests.factories import CategoryFactory, CreatorFactory, DemoFactory, ProjectFactory, RunFactory, UserFactory

pytestmark = pytest.mark.django_db

SHOWN_ATTRIBUTES = {"alt", "title", "aria-label", "placeholder", "data-units", "data-too-large", "data-wrong-type"}
SHOWN_ATTRIBUTES |= {"data-copied", "data-label", "label"}
# Names that are written so in Russian too.
NAMES = {"Showpiece", "JPEG", "PNG", "WebP", "AVIF", "JSON", "CSV", "API", "UTC", "cookie", "JavaScript", "QR"}
NAMES |= {"Markdown", "ZIP"}
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
NO_WORDS = re.compile(r"\S*@\S+|(?:[a-z0-9-]+\.)+[a-z]{2,}|\{\w+\}")  # addresses, usernames, places to fill


class Reader(HTMLParser):
    """What people see or hear of a page, by the language that the page says it is in."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.language = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        if tag in ("script", "style", "pre"):
            self._silent += 1
        if tag == "button" and given.get("lang"):  # the names of the languages, each in its own
            return
        self.texts += [value for name, value in given.items() if name in SHOWN_ATTRIBUTES]
        if given.get("name") == "description":
            self.texts.append(given["content"])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "pre"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(data.strip())


def english(html: str) -> list[str]:
    """Texts with a Latin word that is no name."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return [
        text for text in reader.texts if set(LATIN_WORD.findall(NO_WORDS.sub("", text))) - NAMES and text != "English"
    ]


def check(response: Any, status: int = 200) -> str:
    html: str = response.content.decode()
    assert response.status_code == status
    assert english(html) == []
    if "<html" in html:
        assert '<html lang="ru"' in html
        assert response["Content-Language"] == "ru"
        assert {"Accept-Language", "Cookie"} <= {part.strip() for part in response["Vary"].split(",")}
    return html


@pytest.fixture
def user() -> User:
    return UserFactory(name="Анна Петрова")


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"Accept-Language": "ru"})


@pytest.fixture
def reader(visitor: Client, user: User) -> Client:
    visitor.force_login(user)
    return visitor


def project(**fields: Any) -> Any:
    names = {"name": "Проект", "summary": "Хорошо делает одно дело.", "description": "Описание."}
    return ProjectFactory(translations={"ru": names}, tags=["метка"], **fields)


@pytest.fixture
def demo() -> Demo:
    category = CategoryFactory(translations={"ru": {"name": "Разное", "description": "Всё остальное."}})
    creator = CreatorFactory(name="Мастерская", translations={"ru": {"about": "Делаем вещи."}})
    made = DemoFactory(project=project(category=category, creator=creator), predictor="faces", sample="samples/a.jpg")
    project(category=category, creator=creator, url="https://example.org/", price_minor=1250)
    return made


def run(demo: Demo, user: User, **fields: Any) -> Run:
    now = timezone.now()
    ended = fields.get("status") in (Run.Status.SUCCEEDED, Run.Status.FAILED, Run.Status.CANCELED)
    times = {"started_at": now - timedelta(seconds=2), "completed_at": now} if ended else {}
    return RunFactory(demo=demo, user=user, **(times | fields))


def test_the_test_itself_sees_english() -> None:
    page = '<html lang="ru"><title>Проект · Showpiece</title><p title="Sign in">Адрес: faces.example.org {x1}</p>Run'
    assert english(page) == ["Sign in", "Run"]


def test_empty_shop(visitor: Client) -> None:
    for name in ("front", "project_list"):
        check(visitor.get(reverse(name)))


def test_catalogue_pages(visitor: Client, demo: Demo) -> None:
    found = demo.project
    other = demo.project.creator.projects.exclude(pk=found.pk).get()
    addresses = [page.get_absolute_url() for page in (found, other, found.category, found.creator)]
    for address in [reverse("front"), reverse("project_list"), *addresses]:
        check(visitor.get(address))


def test_list_of_several_pages(visitor: Client, demo: Demo) -> None:
    for _ in range(30):
        project(category=demo.project.category, creator=demo.project.creator)
    html = check(visitor.get(reverse("project_list")))
    address = re.search(r'href="([^"]*after=[^"]*)"', html)
    assert address
    html = check(visitor.get(address[1].replace("&amp;", "&")))
    assert "Назад" in html
    assert "Дальше" in html


@pytest.mark.parametrize(
    "fields",
    [
        {"state": Demo.State.SOON, "predictor": "plates"},
        {"kind": Demo.Kind.LINK, "predictor": "", "url": "https://bot.example.org/"},
    ],
    ids=["soon", "link"],
)
def test_closed_demo(visitor: Client, demo: Demo, fields: dict[str, str]) -> None:
    Demo.objects.filter(pk=demo.pk).update(**fields)
    check(visitor.get(reverse("front")))
    check(visitor.get(demo.project.get_absolute_url()))


def test_about_page(visitor: Client, demo: Demo) -> None:
    check(visitor.get(demo.about_url))
    for kind in AboutSection.Kind.values:
        AboutSection.objects.create(demo=demo, kind=kind, language="ru", body="Текст.")
    html = check(visitor.get(demo.about_url))
    assert html.count("Текст.") == len(AboutSection.Kind.values)


def test_signing_in(visitor: Client) -> None:
    check(visitor.get(reverse("account_login")))
    html = check(visitor.post(reverse("account_login"), {"login": "a@example.org", "password": "no"}))
    assert "Неверная почта" in html
    assert "Обязательное поле" in check(visitor.post(reverse("account_login"), {}))


ACCOUNT_DOORS = [
    "account_signup",
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
    assert "возвращением" in check(
        visitor.post(reverse("account_login"), {"login": "5550", "password": secret}, follow=True)
    )
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


def test_signed_in(reader: Client, demo: Demo) -> None:
    assert "Выйти" in check(reader.get(reverse("front")))


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


def faces_output() -> dict[str, Any]:
    face = {"box": [1, 2, 3, 4], "confidence": 0.98, "age": 34.2, "age_low": 26, "age_high": 42}
    sexes = [("female", 0.93), ("male", 0.8), (None, None)]
    return {"faces": [{**face, "sex": sex, "sex_probability": surety} for sex, surety in sexes]}


@pytest.mark.parametrize("panel", [False, True], ids=["page", "panel"])
@pytest.mark.parametrize(
    "fields",
    [
        {"status": Run.Status.STARTING},
        {"status": Run.Status.PROCESSING, "progress": 0.5, "stage": "estimating age and sex"},
        {"status": Run.Status.PROCESSING, "cancel_requested": True, "stage": "finding faces"},
        {"status": Run.Status.SUCCEEDED, "output": faces_output()},
        {"status": Run.Status.SUCCEEDED, "output": {"faces": []}},
        {"status": Run.Status.FAILED, "error": execution.INTERNAL},
        {"status": Run.Status.FAILED, "error": execution.TOO_LONG},
        {"status": Run.Status.FAILED, "error": upkeep.GAVE_UP},
        {"status": Run.Status.CANCELED},
    ],
    ids=lambda fields: f"{fields['status']}-{'-'.join(list(fields)[1:])}",
)
def test_run_in_each_state(reader: Client, user: User, demo: Demo, fields: dict[str, Any], *, panel: bool) -> None:
    made = run(demo, user, **fields)
    picture = {"field": "image", "file": "runs/a.jpg", "content_type": "image/jpeg", "size": 9, "sha256": ""}
    RunFile.objects.create(run=made, role=RunFile.Role.INPUT, width=8, height=6, **picture)
    if made.status == Run.Status.SUCCEEDED:
        RunFile.objects.create(run=made, role=RunFile.Role.OUTPUT, width=8, height=6, **picture)
    html = check(reader.get(reverse("run_panel", args=[made.pk]) if panel else made.get_absolute_url()))
    if fields.get("output") == faces_output():
        for words in ("Предполагаемый пол", "женский", "34,2", "98 %"):
            assert words in html


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((400, 300), 90).convert("RGB").save(out, "JPEG")
    return out.getvalue()


# The whole of each message, as the visitor reads it.
REFUSED = {
    "empty": (b"", "Файл пустой."),
    "text": (b"just some words\n" * 50, "Это не изображение. Выберите файл JPEG, PNG, WebP или AVIF."),
    "gif": (b"GIF89a" + bytes(100), "Изображения такого вида не поддерживаются."),
    "truncated": (jpeg()[:-4000], "Изображение повреждено или неполное."),
    "too-large": (jpeg() + bytes(2**20), "Файл слишком большой: можно не больше 1,0\N{NO-BREAK SPACE}МБ."),
    "too-many-pixels": (jpeg(), "слишком много пикселей: можно не больше 0"),
    "missing": (None, "Обязательное поле."),
}


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "panel"])
@pytest.mark.parametrize("name", REFUSED)
def test_refused_file(visitor: Client, demo: Demo, settings: Any, name: str, *, htmx: bool) -> None:
    settings.IMAGE_MAX_BYTES = 2**20
    if name == "too-many-pixels":
        settings.IMAGE_MAX_PIXELS = 1000
    data, message = REFUSED[name]
    fields = {"image": SimpleUploadedFile("photo.jpg", data, "image/jpeg")} if data is not None else {}
    response = visitor.post(demo.run_url, fields, headers={"HX-Request": "true"} if htmx else {})
    html = check(response, 422)
    assert message in html.replace("&nbsp;", "\N{NO-BREAK SPACE}")


def test_refused_options(visitor: Client, demo: Demo) -> None:
    fields = {"image": SimpleUploadedFile("photo.jpg", jpeg(), "image/jpeg"), "key": "no", "min_confidence": "2"}
    html = check(visitor.post(demo.run_url, fields | {"max_faces": "many"}), 422)
    assert "Введите целое число." in html


def test_too_many_runs(visitor: Client, demo: Demo, settings: Any) -> None:
    settings.RUN_MAX_OPEN_PER_VISITOR = 0
    key = visitor.get(demo.project.get_absolute_url()).context["form"]["key"].value()
    fields = {"key": str(key), "min_confidence": "0.5", "max_faces": "100"}
    response = visitor.post(demo.run_url, {**fields, "image": SimpleUploadedFile("photo.jpg", jpeg(), "image/jpeg")})
    assert "Слишком много незавершённых запусков" in check(response, 429)


def test_not_found(visitor: Client) -> None:
    check(visitor.get("/nowhere/"), 404)


def test_form_without_token() -> None:
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "ru"})
    check(client.post(reverse("account_login"), {}), 403)


@pytest.fixture
def _russian() -> Iterator[None]:
    with translation.override("ru"):
        yield


@pytest.mark.usefixtures("_russian")
@pytest.mark.parametrize(
    "page", [errors.bad_request, errors.content_too_large, errors.server_error, errors.csrf_failure]
)
def test_bare_error_page(page: Any, rf: RequestFactory) -> None:
    html = page(rf.get("/")).content.decode()
    assert '<html lang="ru"' in html
    assert english(html) == []


def test_cookie_goes_before_the_browsers_wish() -> None:
    client = Client(headers={"Accept-Language": "en"})
    assert '<html lang="en"' in client.get(reverse("front")).content.decode()
    client.post(reverse("preferences"), {"language": "ru"})
    check(client.get(reverse("front")))


@pytest.mark.parametrize(("count", "words"), [(1, "1 проект"), (3, "3 проекта"), (5, "5 проектов"), (21, "21 проект")])
def test_numbers_agree_with_their_nouns(count: int, words: str) -> None:
    with translation.override("ru"):
        text = translation.ngettext("See the %(counter)s project", "See all %(counter)s projects", count)
    assert (text % {"counter": count}).endswith(words)
