"""Gallery and versions over HTTP: in the studio, and for visitors."""

import errno
import io
import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client
from django.urls import reverse

from showpiece.catalog import services
from showpiece.catalog.models import PriceKind, Project, ProjectVideo, Release, Role, Status
from showpiece.catalog.services.staff import file_block
from showpiece.catalog.studio.forms_gallery import PLAIN_ROWS
from showpiece.config.body_limit import DISK, MARK, SIZE
from tests.accounts.pictures import photo
from tests.catalog.stores import files
from tests.factories import ProjectFactory, ReleaseFactory, UserFactory
from tests.films import film_bytes
from tests.predictors.images import png_bomb

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture
def project() -> Project:
    made: Project = ProjectFactory()
    return made


@pytest.fixture
def owner(client: Client, project: Project) -> Client:
    client.force_login(project.creator.user)
    return client


def url(name: str, *args: Any) -> str:
    return reverse(name, args=[getattr(arg, "pk", arg) for arg in args])


def rows(*sent: tuple[bytes, str, str]) -> dict[str, Any]:
    """What the form for the gallery sends: of each row bytes, name and text."""
    data: dict[str, Any] = {"item-TOTAL_FORMS": PLAIN_ROWS, "item-INITIAL_FORMS": 0}
    for number, (content, name, alt) in enumerate(sent):
        data[f"item-{number}-file"] = SimpleUploadedFile(name, content)
        data[f"item-{number}-alt"] = alt
    return data


def with_file(release: Release, data: bytes = b"0123456789", name: str = "tool.zip") -> str:
    """The address of a new file of a version that is out."""
    out = release.released_at
    Release.objects.filter(pk=release.pk).update(released_at=None)
    draft = Release.objects.get(pk=release.pk)
    row = services.release_file_add(release=draft, content=ContentFile(data), name=name)
    Release.objects.filter(pk=release.pk).update(released_at=out)
    project = release.project
    return reverse("release_file", args=[project.creator.slug, project.slug, row.pk])


def body(response: Any) -> bytes:
    async def read() -> bytes:
        return b"".join([piece async for piece in response])

    content: bytes = async_to_sync(read)() if response.streaming else response.content
    return content


class TestGallery:
    def test_pictures_and_a_film_are_added_and_shown(self, owner: Client, project: Project) -> None:
        sent = rows((photo(), "a.jpg", "A"), (film_bytes(), "b.png", "B"), (photo(kind="PNG"), "c.txt", "C"))
        answer = owner.post(url("studio_gallery_add", project), sent)
        assert (answer.status_code, answer["Location"]) == (302, url("studio_gallery", project))
        page = owner.get(url("studio_gallery", project))
        assert [item.alt for item in page.context["items"]] == ["A", "B", "C"]
        assert "The film waits to be converted" in page.content.decode()

    def test_each_bad_file_is_told_and_the_others_are_kept(
        self, owner: Client, project: Project, settings: Any
    ) -> None:
        settings.IMAGE_MAX_BYTES = 50_000
        sent = rows((b"<html>hello</html>", "a.png", "A"), (photo(), "b.jpg", "B"), (png_bomb(), "c.png", "C"))
        answer = owner.post(url("studio_gallery_add", project), sent)
        assert answer.status_code == 422
        assert [item.alt for item in answer.context["items"]] == ["B"]
        texts = [form.errors["file"][0] for form in answer.context["rows"]]
        assert "neither a picture nor a film" in texts[0]
        assert "too many pixels" in texts[1]
        large = owner.post(url("studio_gallery_add", project), rows((photo(2000, 2000, "BMP"), "d.bmp", "D")))
        assert large.status_code == 422
        settings.IMAGE_MAX_BYTES = 1000
        large = owner.post(url("studio_gallery_add", project), rows((photo(), "d.jpg", "D")))
        assert "too large" in large.context["rows"][0].errors["file"][0]
        assert len(files()) == 3

    def test_file_without_a_text_and_text_without_a_file(self, owner: Client, project: Project) -> None:
        answer = owner.post(url("studio_gallery_add", project), rows((photo(), "a.jpg", "")))
        assert answer.context["rows"][0].errors == {
            "alt": ["Say in a few words what it shows, for those who cannot see it."]
        }
        answer = owner.post(url("studio_gallery_add", project), {**rows(), "item-0-alt": "A"})
        assert list(answer.context["rows"][0].errors) == ["file"]
        assert owner.post(url("studio_gallery_add", project), rows()).status_code == 422
        assert owner.post(url("studio_gallery_add", project), {}).status_code == 422
        assert files() == []

    def test_script_hears_what_is_wrong_with_each_file(self, owner: Client, project: Project) -> None:
        add = url("studio_gallery_add", project)
        assert owner.post(add, rows((photo(), "a.jpg", "A")), headers=JSON).status_code == 201
        answer = owner.post(add, rows((b"text", "a.jpg", "A")), headers=JSON)
        assert answer.status_code == 422
        assert list(json.loads(answer.content)["errors"]) == ["file"]

    def test_order_text_and_removal(self, owner: Client, project: Project) -> None:
        a, b = (services.picture_add(project=project, source=photo(), alt=alt, translations={}) for alt in ("A", "B"))
        answer = owner.post(url("studio_picture_move", project, b), {"to": "earlier"})
        assert answer["Location"].endswith(f"#item-{b.pk}")
        order = {"order": [str(a.pk), "nonsense", str(b.pk)]}
        assert owner.post(url("studio_gallery_order", project), order, headers=JSON).status_code == 204
        assert [picture.alt for picture in project.pictures.all()] == ["A", "B"]
        edit = url("studio_picture", project, a)
        assert owner.get(edit).status_code == 200
        assert owner.post(edit, {"alt": ""}).status_code == 422
        bad = {"alt": "A2", "alt_ru": "Жук", "file": SimpleUploadedFile("x.png", b"text")}
        assert owner.post(edit, bad).status_code == 422
        good = {"alt": "A2", "alt_ru": "Жук", "file": SimpleUploadedFile("x.png", photo(80, 80))}
        assert owner.post(edit, good).status_code == 302
        a.refresh_from_db()
        assert (a.alt, a.translations, a.large_width) == ("A2", {"ru": {"alt": "Жук"}}, 80)
        assert owner.post(url("studio_picture_remove", project, a)).status_code == 302
        assert [picture.alt for picture in project.pictures.all()] == ["B"]
        assert owner.get(edit).status_code == 404

    def test_picture_of_another_project_is_not_found(self, owner: Client, project: Project) -> None:
        foreign = services.picture_add(project=ProjectFactory(), source=photo(), alt="X", translations={})
        for name in ("studio_picture_move", "studio_picture_remove", "studio_picture"):
            assert owner.post(url(name, project, foreign), {"to": "later"}).status_code == 404


PAGES = ["studio_gallery", "studio_versions"]
STEPS = ["studio_gallery_add", "studio_gallery_order"]


@pytest.mark.parametrize("name", PAGES + STEPS)
@pytest.mark.parametrize(
    ("role", "status"), [("visitor", 302), ("member", 403), ("contributor", 403), ("maintainer", 200)]
)
def test_who_is_let_in(client: Client, project: Project, name: str, role: str, status: int) -> None:
    if role != "visitor":
        user = UserFactory()
        client.force_login(user)
        if role != "member":
            asked = services.contributor_invite(project=project, user=user, role=Role(role))
            services.contributor_accept(contributor=asked)
    answer = client.get(url(name, project)) if name in PAGES else client.post(url(name, project), rows())
    passed = {"studio_gallery_add": 422, "studio_gallery_order": 302}.get(name, 200)
    assert answer.status_code == (passed if status == 200 else status)
    if role == "visitor":
        assert "/login/" in answer["Location"]


@pytest.mark.parametrize("name", PAGES + STEPS)
def test_project_that_one_may_not_see_is_not_found(client: Client, name: str) -> None:
    client.force_login(UserFactory())
    hidden = ProjectFactory(status=Status.DRAFT, published_at=None)
    answer = client.get(url(name, hidden)) if name in PAGES else client.post(url(name, hidden), rows())
    assert answer.status_code == 404


class TestVersions:
    def test_from_a_draft_to_a_file_for_everybody(self, owner: Client, project: Project) -> None:
        made = owner.post(url("studio_versions", project), {"version": "1.0.0", "notes": "*First*"})
        release = Release.objects.get()
        assert made["Location"] == url("studio_version", project, release)
        add = url("studio_file_add", project, release)
        two = [SimpleUploadedFile("a.zip", b"aa"), SimpleUploadedFile("b.zip", b"bb")]
        assert owner.post(add, {"file": two}).status_code == 302
        again = owner.post(add, {"file": [SimpleUploadedFile("c.zip", b"aa"), SimpleUploadedFile("d.zip", b"dd")]})
        assert again.status_code == 422
        assert [name for name, _ in again.context["refused"]] == ["c.zip"]
        assert sorted(row.name for row in release.files.all()) == ["a.zip", "b.zip", "d.zip"]
        assert owner.post(add, {}, headers=JSON).status_code == 422
        assert owner.post(add, {"file": SimpleUploadedFile("e", b"e")}, headers=JSON).status_code == 201
        first = release.files.get(name="d.zip")
        assert owner.post(url("studio_file_remove", project, release, first)).status_code == 302
        visitor = Client()
        assert b"a.zip" not in visitor.get(project.get_absolute_url()).content
        assert owner.post(url("studio_version_publish", project, release)).status_code == 302
        page = visitor.get(project.get_absolute_url()).content.decode()
        assert "<em>First</em>" in page
        assert "a.zip" in page
        assert "SHA-256" in page
        refused = owner.post(add, {"file": SimpleUploadedFile("late", b"late")})
        assert refused.status_code == 422
        owner.post(url("studio_version_withdraw", project, release))
        assert b"a.zip" not in visitor.get(project.get_absolute_url()).content
        owner.post(url("studio_version_delete", project, release))
        assert Release.objects.count() == 1  # it was out

    def test_bad_number_is_told_at_the_field(self, owner: Client, project: Project) -> None:
        for version in ("1.0", "v1.0.0", ""):
            answer = owner.post(url("studio_versions", project), {"version": version})
            assert answer.status_code == 422
            assert list(answer.context["form"].errors) == ["version"]
        ReleaseFactory(project=project, version="1.0.0")
        answer = owner.post(url("studio_versions", project), {"version": "1.0.0"})
        assert answer.status_code == 422
        assert answer.context["form"].errors

    def test_version_of_another_project_is_not_found(self, owner: Client, project: Project) -> None:
        foreign = ReleaseFactory()
        for name in ("studio_version", "studio_version_publish", "studio_version_delete", "studio_file_add"):
            assert owner.post(url(name, project, foreign)).status_code == 404


class TestDownloads:
    def test_free_file_is_given_to_anybody_as_an_attachment(self, client: Client, project: Project) -> None:
        address = with_file(ReleaseFactory(project=project), b"<script>alert(1)</script>", "Привет.html")
        answer = client.get(address)
        assert (answer.status_code, body(answer)) == (200, b"<script>alert(1)</script>")
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]

    def test_rest_of_a_download_can_be_had(self, client: Client, project: Project) -> None:
        address = with_file(ReleaseFactory(project=project))
        answer = client.get(address, headers={"range": "bytes=4-"})
        assert (answer.status_code, body(answer), answer["Content-Range"]) == (206, b"456789", "bytes 4-9/10")
        head = client.head(address)
        assert (head["Content-Length"], head.content) == ("10", b"")

    def test_download_writes_nothing(self, client: Client, project: Project, django_assert_num_queries: Any) -> None:
        address = with_file(ReleaseFactory(project=project))
        with django_assert_num_queries(2):  # the project, the file
            client.get(address)

    @pytest.mark.parametrize("state", ["archived", "draft", "withdrawn", "unreleased", "priced", "archived creator"])
    def test_what_is_not_on_offer_is_given_to_its_people_alone(
        self, client: Client, project: Project, state: str
    ) -> None:
        release = ReleaseFactory(project=project)
        address = with_file(release)
        if state in ("archived", "draft"):
            Project.objects.update(status=state)
        elif state == "priced":
            Project.objects.update(price_kind=PriceKind.FIXED, price_minor=500)
            page = client.get(project.get_absolute_url()).content.decode()
            assert "The files come with the purchase." in page
            assert address not in page
        elif state == "archived creator":
            services.creator_archive(creator=project.creator)
        else:
            changed = {"withdrawn_at": release.released_at} if state == "withdrawn" else {"released_at": None}
            Release.objects.update(**changed)
        assert client.get(address).status_code == 404
        client.force_login(UserFactory())
        assert client.get(address).status_code == 404
        client.force_login(project.creator.user)
        assert client.get(address).status_code == 200

    def test_file_under_the_address_of_another_project_is_not_found(self, client: Client, project: Project) -> None:
        address = with_file(ReleaseFactory())
        wrong = reverse("release_file", args=[project.creator.slug, project.slug, address.split("/")[-2]])
        assert client.get(wrong).status_code == 404


def test_earlier_versions_are_paged(client: Client, project: Project, django_assert_max_num_queries: Any) -> None:
    releases = [ReleaseFactory(project=project) for _ in range(25)]
    ReleaseFactory(project=project, released_at=None, version="99.0.0")
    address = reverse("versions", args=[project.creator.slug, project.slug])
    seen = []
    while address:
        with django_assert_max_num_queries(3):  # the project, its versions, their files
            page = client.get(address).context["page"]
        seen += page.items
        address = page.next_url
    assert seen == releases[::-1]
    Project.objects.update(status=Status.ARCHIVED)
    assert client.get(reverse("versions", args=[project.creator.slug, project.slug])).status_code == 404


def test_project_page_shows_pictures_and_films_that_are_ready(client: Client, project: Project) -> None:
    from showpiece.catalog import video_work

    services.picture_add(project=project, source=photo(), alt="The cover", translations={})
    assert b"data-gallery" not in client.get(project.get_absolute_url()).content  # the cover is shown already
    film = services.gallery_add(project=project, content=ContentFile(film_bytes()), alt="It moves", translations={})
    assert b"<video" not in client.get(project.get_absolute_url()).content
    video_work.convert(film.video.pk)
    page = client.get(project.get_absolute_url()).content.decode()
    assert 'aria-label="It moves"' in page
    assert "gallery-film-tall" not in page
    ProjectVideo.objects.update(width=48, height=64)
    assert "gallery-film-tall" in client.get(project.get_absolute_url()).content.decode()
    film.video.refresh_from_db()
    answer = client.get(film.video.file.url, headers={"range": "bytes=0-9"})
    assert (answer.status_code, answer["Content-Type"], len(body(answer))) == (206, "video/webm", 10)
    assert io.BytesIO(body(client.get(film.video.file.url))).read(4) == b"\x1a\x45\xdf\xa3"


class TestRoom:
    """Bodies that are too large, and disks that are full."""

    def add(self, project: Project) -> str:
        release = ReleaseFactory(project=project, released_at=None)
        return url("studio_file_add", project, release)

    @pytest.mark.parametrize(("why", "status"), [(SIZE, 413), (DISK, 507)])
    @pytest.mark.parametrize("name", ["gallery", "version"])
    def test_body_that_was_not_read_is_told(
        self, project: Project, name: str, why: str, status: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        address = self.add(project) if name == "version" else url("studio_gallery_add", project)
        monkeypatch.setattr(WSGIRequest, "scope", {MARK: why}, raising=False)
        client = Client(enforce_csrf_checks=True)
        client.force_login(project.creator.user)
        for headers in ({}, JSON):
            answer = client.post(address, headers=headers)
            text = answer.content.decode()
            assert answer.status_code == status
            assert "at most" in text if why == SIZE else "no room" in text
        client.force_login(UserFactory())
        if why == SIZE:
            assert client.post(address).status_code == 403

    def test_disk_that_fills_up_while_a_form_is_read(
        self, owner: Client, project: Project, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0

        def full(*_: Any) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
        answer = owner.post(self.add(project), {"file": SimpleUploadedFile("a", b"a")})
        assert answer.status_code == 507
        assert "no room" in answer.content.decode()

    def test_store_that_is_full_is_told_at_the_file(
        self, owner: Client, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: Any) -> str:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(FileSystemStorage, "_save", full)
        answer = owner.post(self.add(project), {"file": SimpleUploadedFile("a", b"a")})
        assert answer.status_code == 422
        assert "no room" in answer.context["refused"][0][1]
        answer = owner.post(url("studio_gallery_add", project), rows((photo(), "a.jpg", "A")))
        assert "no room" in answer.context["rows"][0].errors["file"][0]
        assert files() == []


def test_file_that_is_blocked_later_is_offered_no_more() -> None:
    """Not by its address, and not on the pages."""
    release = ReleaseFactory(released_at=None)
    good, bad = (
        services.release_file_add(release=release, content=ContentFile(name.encode()), name=name)
        for name in ("good.txt", "bad.txt")
    )
    services.release_publish(release=release, actor=None)
    page = release.project.get_absolute_url()
    assert Client().get(f"{page}files/{bad.pk}/").status_code == 200
    file_block(sha256=bad.sha256, reason="malware")
    assert Client().get(f"{page}files/{bad.pk}/").status_code == 404
    assert Client().get(f"{page}files/{good.pk}/").status_code == 200
    for address in (page, f"{page}versions/"):
        shown = Client().get(address).content.decode()
        assert "good.txt" in shown
        assert "bad.txt" not in shown
