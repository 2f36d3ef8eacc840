"""Pictures for links: made when what they show changes, and only then."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from showpiece.catalog import services
from showpiece.catalog.models import PriceKind, Project, ProjectPicture, Status, public_storage
from showpiece.catalog.services import social
from showpiece.catalog.social_image import COVER, EDGE, WIDTH, Pen, Shown, draw_social_image
from showpiece.catalog.social_jobs import make_social_image
from tests.accounts.pictures import photo
from tests.factories import CreatorFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def made(project: Project) -> str:
    make_social_image.func(str(project.pk))
    project.refresh_from_db()
    return project.social_image


def test_is_of_the_size_that_sites_want_and_small() -> None:
    data = draw_social_image(Shown("Номера и plates", "Ann", "Free"), None)
    with Image.open(BytesIO(data)) as image:
        assert (image.size, image.format) == ((1200, 630), "JPEG")
    assert len(data) < 150_000


@pytest.mark.parametrize("name", ["x", "W" * 100, "длинное слово " * 7, "漢字", "a" * 60 + " " + "b" * 39, "🎈", ""])
def test_any_name_fits(name: str) -> None:
    """Nothing is drawn in the margins: what is too long is broken or cut."""
    data = draw_social_image(Shown(name, name, "Free"), BytesIO(photo(640, 400)))
    with Image.open(BytesIO(data)) as image:
        margin = image.crop((WIDTH - EDGE + 8, 100, WIDTH, 620)).convert("L")
        assert margin.getextrema()[0] > 230
        gap = image.crop((WIDTH - EDGE - COVER[0] - 24, 100, WIDTH - EDGE - COVER[0] - 8, 420)).convert("L")
        assert gap.getextrema()[0] > 230


def test_letters_of_both_scripts_and_no_boxes() -> None:
    pen = Pen(40, "Bold")
    assert [text for _, text in pen.parts("Aж c漢d")] == ["A", "ж", " cd"]


class TestWhen:
    def test_made_once_as_long_as_nothing_changes(self) -> None:
        project = ProjectFactory()
        name = made(project)
        assert public_storage().exists(name)
        assert not social.social_image_make(project_id=project.pk)
        services.project_change(project=project, actor=None, revision=1, url="https://example.org", description="x")
        assert made(project) == name

    @pytest.mark.parametrize(
        "change",
        [{"name": "Another"}, {"price_kind": PriceKind.FIXED, "price_minor": 100}, {"language": "ru"}],
    )
    def test_made_anew_when_what_it_shows_changes(self, change: dict[str, Any]) -> None:
        project = ProjectFactory()
        before = made(project)
        Project.objects.filter(pk=project.pk).update(**change)
        after = made(project)
        assert after != before
        assert [public_storage().exists(name) for name in (before, after)] == [False, True]

    def test_so_for_the_cover_and_the_creator(self) -> None:
        project = ProjectFactory()
        names = [made(project)]
        ProjectPicture.objects.create(
            project=project,
            alt="Cover",
            **{size: ContentFile(photo(64, 40), "a.jpg") for size in ("thumb", "small", "large")},
        )
        names.append(made(Project.objects.get(pk=project.pk)))
        creator = project.creator
        services.creator_change(creator=creator, actor=None, name="Another")
        names.append(made(Project.objects.get(pk=project.pk)))
        assert len(set(names)) == 3

    def test_killed_half_way_it_is_made_again(self) -> None:
        project = ProjectFactory()
        public_storage().save(social.social_image_name(project), ContentFile(b"half of"))
        name = made(project)
        with public_storage().open(name) as file, Image.open(file) as image:
            assert image.size == (1200, 630)

    def test_saving_sends_the_job_and_its_loss_is_no_error(
        self, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        def no_broker(*_: Any) -> None:
            raise ConnectionError

        project = ProjectFactory()
        with django_capture_on_commit_callbacks(execute=True):
            services.project_change(project=project, actor=None, revision=1, name="B", description="x")
        project.refresh_from_db()
        monkeypatch.setattr(type(make_social_image), "enqueue", no_broker)
        with django_capture_on_commit_callbacks(execute=True):
            services.project_change(project=project, actor=None, revision=2, name="C", description="x")
        assert Project.objects.get(pk=project.pk).name == "C"

    def test_rounds_find_what_is_missing_from_the_newest_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(social, "LOOK_AT", 2)
        projects = [ProjectFactory() for _ in range(3)]
        draft = ProjectFactory(status=Status.DRAFT, published_at=None)
        on = social.social_images_make_missing(before=None)
        assert [bool(Project.objects.get(pk=one.pk).social_image) for one in projects] == [False, True, True]
        on = social.social_images_make_missing(before=on)
        assert Project.objects.get(pk=projects[0].pk).social_image
        assert social.social_images_make_missing(before=on) is None
        assert not Project.objects.get(pk=draft.pk).social_image

    def test_goes_with_the_project_and_with_its_creator(self, django_capture_on_commit_callbacks: Any) -> None:
        creator = CreatorFactory()
        names = [made(ProjectFactory(creator=creator)), made(ProjectFactory())]
        with django_capture_on_commit_callbacks(execute=True):
            services.creator_erase(creator=creator)
            services.project_delete(project=Project.objects.get(social_image=names[1]))
        assert not any(map(public_storage().exists, names))
