"""Queries that are written once."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from showpiece.catalog.models import Contributor, Creator, Project, ProjectPicture, ProjectTag, ProjectVideo
from showpiece.json_rows import JsonObjects, JsonRows
from showpiece.prepared import Prepared, Slot
from tests.factories import ContributorFactory, DemoFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@Prepared
def by_address() -> QuerySet[Project]:
    slug, creator = Slot(1, Project._meta.get_field("slug")), Slot(0, Creator._meta.get_field("slug"))
    return Project.objects.select_related("creator", "demo").filter(slug=slug, creator__slug=creator)


@Prepared
def worked_on_since() -> QuerySet[Project]:
    """With slots of every kind that pages have: ids, moments, several in a list, and within a subquery."""
    people = Contributor.objects.filter(
        project=OuterRef("pk"), user=Slot(0, Contributor._meta.get_field("user")), accepted_at__isnull=False
    )
    pk, moment = Project._meta.pk, Project._meta.get_field("published_at")
    chosen = Project.objects.filter(Exists(people), pk__in=[Slot(2, pk), Slot(3, pk)])
    return chosen.filter(published_at__gte=Slot(1, moment)).only("slug").order_by("slug")


@Prepared
def locked() -> QuerySet[Project]:
    return Project.objects.select_for_update(of=("self",)).filter(pk=Slot(0, Project._meta.pk))


def test_gives_what_fits_the_values_of_each_call() -> None:
    one, two = DemoFactory().project, ProjectFactory()
    assert by_address(one.creator.slug, one.slug) == [one]
    assert by_address(two.creator.slug, two.slug) == [two]
    assert by_address(one.creator.slug, two.slug) == []


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_inside_a_transaction_only() -> None:
    pk = ProjectFactory().pk
    for _ in range(2):  # written anew, and then kept
        with transaction.atomic():
            assert [row.pk for row in locked(pk)] == [pk]
        if connection.features.has_select_for_update:
            with pytest.raises(TransactionManagementError):
                locked(pk)


def test_sql_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    project = ProjectFactory()
    address = project.creator.slug, project.slug
    by_address(*address)
    monkeypatch.setattr(SQLCompiler, "as_sql", lambda *_args, **_options: pytest.fail("written again"))
    assert by_address(*address)[0].slug == project.slug


def test_rows_come_whole(django_assert_num_queries: Any) -> None:
    project = DemoFactory(predictor="faces", project__translations={"ru": {"name": "Лица"}}).project
    plain = ProjectFactory()
    with django_assert_num_queries(2):
        (found,), (other,) = (by_address(row.creator.slug, row.slug) for row in (project, plain))
        assert found.demo.predictor == "faces"
        assert found.creator.name == project.creator.name
        assert not hasattr(other, "demo")
    for field in Project._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(project, field.attname), field.name
    assert not found._state.adding


def test_ids_moments_and_lists_are_kept_as_their_fields_are() -> None:
    one, two, other = (ProjectFactory() for _ in range(3))
    user = ContributorFactory(project=one).user
    for project in (two, other):
        ContributorFactory(project=project, user=user)
    long_ago = timezone.now() - timedelta(days=1000)
    keys = two.pk, one.pk
    found = worked_on_since(user.pk, long_ago, *keys)
    assert {row.pk for row in found} == set(keys)
    assert [row.slug for row in found] == sorted([one.slug, two.slug])
    assert worked_on_since(str(user.pk), long_ago, *keys) == found
    assert worked_on_since(user.pk, timezone.now(), *keys) == []
    assert worked_on_since(uuid.uuid4(), long_ago, *keys) == []
    assert worked_on_since(user.pk, long_ago, two.pk, two.pk) == [two]


@pytest.mark.django_db(transaction=True)
def test_threads_do_not_mix_their_values() -> None:
    """Each has its own connection, and so its own SQL."""
    projects = [ProjectFactory() for _ in range(8)]

    def read(project: Project) -> bool:
        try:
            return all(by_address(project.creator.slug, project.slug) == [project] for _ in range(20))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(read, projects * 2))


def test_rows_of_another_table_come_in_their_order_whatever_they_hold() -> None:
    names = ["z", 'a "b"', "п, [я]", "'--", "%s"]
    tagged, plain = ProjectFactory(), ProjectFactory()
    for name in names:
        tagged.tags.add(name)
    tags = ProjectTag.objects.filter(content_object=OuterRef("pk")).order_by("-tag__name")
    rows = Project.objects.annotate(rows=JsonRows(tags.values_list("tag__name", "tag_id"))).in_bulk()
    assert [name for name, _pk in rows[tagged.pk].rows] == [
        row.tag.name for row in tagged.tagged.order_by("-tag__name")
    ]
    assert {uuid.UUID(pk) for _name, pk in rows[tagged.pk].rows} == {tag.pk for tag in tagged.tags.all()}
    assert not rows[plain.pk].rows


def test_rows_of_another_table_become_objects_that_hold_what_the_rows_hold() -> None:
    """Of every kind: ids, moments, truths, numbers, names of files, JSON, rows of others, and none of them."""
    project, other = ProjectFactory(), ProjectFactory()
    texts = {"ru": {"alt": 'Кот, [1] "два"'}}
    sizes = {f"{size}_{side}": 400 for size in ("thumb", "small", "large") for side in ("width", "height")}
    names = {size: f"{size}.webp" for size in ("thumb", "small", "large")}
    for position in range(2):
        kept = {"project": project, "position": position, "alt": "null", "translations": texts}
        ProjectPicture.objects.bulk_create([ProjectPicture(**kept, **sizes, **names)])
    still, film = ProjectPicture.objects.order_by("position")
    long_ago = datetime(1999, 12, 31, 23, 59, 59, 120000, tzinfo=UTC)
    ProjectVideo.objects.create(picture=film, width=64, seconds=0.5, lease_until=long_ago)
    pictures = JsonObjects(
        ProjectPicture,
        *(field.attname for field in ProjectPicture._meta.concrete_fields),
        *(f"video__{field.attname}" for field in ProjectVideo._meta.concrete_fields),
        *("project__id", "project__archived_by_staff", "project__published_at", "project__featured_at"),
    )
    rows = ProjectPicture.objects.filter(project=OuterRef("pk")).order_by("position")
    found = Project.objects.annotate(rows=pictures.of(rows)).in_bulk()
    made = pictures.read(found[project.pk].rows)
    assert [vars(one) | {"_state": 0} for one in made] == [vars(one) | {"_state": 0} for one in (still, film)]
    assert not hasattr(made[0], "video")
    assert vars(made[1].video) | {"_state": 0} == vars(ProjectVideo.objects.get()) | {"_state": 0}
    assert made[1].video.picture is made[1]
    fresh = Project.objects.get(pk=project.pk)
    assert made[0].project.archived_by_staff is False
    assert (made[0].project.published_at, made[0].project.featured_at) == (fresh.published_at, None)
    assert made[0].project.name == fresh.name  # which was not read along
    assert pictures.read(found[other.pk].rows) == []
