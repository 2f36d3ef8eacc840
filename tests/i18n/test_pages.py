"""Pages in Russian hold no English, whether a text was never marked or never translated."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from showpiece.accounts.models import User
from showpiece.demos import execution, upkeep
from showpiece.demos.models import AboutSection, Demo, Run, RunFile
from showpiece.web import errors
from tests.factories import CategoryFactory, CreatorFactory, DemoFactory, ProjectFactory, RunFactory
from tests.i18n.russian import check, english

pytestmark = pytest.mark.django_db


def project(**fields: Any) -> Any:
    names = {"name": "Проект", "summary": "Хорошо делает одно дело.", "description": "Описание."}
    return ProjectFactory(translations={"ru": names}, tags=["метка"], **fields)


@pytest.fixture
def demo() -> Demo:
    category = CategoryFactory(translations={"ru": {"name": "Разное", "description": "Всё остальное."}})
    creator = CreatorFactory(name="Мастерская", translations={"ru": {"about": "Делаем вещи."}})
    made = DemoFactory(project=project(category=category, creator=creator), predictor="faces", sample="samples/a.jpg")
    project(category=category, creator=creator, url="https://example.org/", price_kind="fixed", price_minor=1250)
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


def test_signed_in(reader: Client, demo: Demo) -> None:
    assert "Выйти" in check(reader.get(reverse("front")))


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
    "page", [errors.bad_request, errors.content_too_large, errors.no_space, errors.server_error, errors.csrf_failure]
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
