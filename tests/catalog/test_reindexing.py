"""New names of creators and tags, and merged tags: done by a job, step by step, and by whom it is found meanwhile."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from showpiece.catalog import services
from showpiece.catalog.models import Creator, ProjectTag, Reindex, SearchEntry, Status, Tag
from showpiece.catalog.reindex_jobs import reindex
from showpiece.catalog.services import reindexing, staff
from tests.catalog.test_search import found
from tests.factories import CategoryFactory, CreatorFactory, ProjectFactory, listed
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reindexing, "AT_ONCE", 2)
    monkeypatch.setattr(reindexing, "BREATH_SECONDS", 0)


def worked() -> int:
    """Do the jobs that wait, and those that they send, as a worker does. Returns how many there were."""
    jobs = 0
    while job := DBTaskResult.objects.filter(status="READY", task_path__endswith="reindex").first():
        reindex.func(*job.args_kwargs["args"])
        job.delete()
        jobs += 1
    return jobs


def creator_of(*names: str, creator: str = "Window Bench") -> Creator:
    """A creator with projects on display of those names."""
    made, category = CreatorFactory(name=creator), CategoryFactory()
    for name in names:
        listed(name=name, creator=made, category=category)
    return made


def tagged(**projects: list[str]) -> dict[str, Tag]:
    common = {"creator": CreatorFactory(), "category": CategoryFactory()}
    for name, tags in projects.items():
        listed(name=name, tags=tags, **common)
    return {tag.name: tag for tag in Tag.objects.all()}


class TestCreators:
    def test_is_found_by_the_new_name_only(self, client: Client) -> None:
        creator = creator_of("Kettle", "Lamp", "Vase")
        ProjectFactory(name="Unready", creator=creator, status=Status.DRAFT)
        services.creator_change(creator=creator, actor=creator.user, name="Garden Chair")
        assert worked() == 1
        assert found(client, "bench") == []
        assert set(found(client, "garden")) == {"Kettle", "Lamp", "Vase"}
        assert not SearchEntry.objects.filter(project__name="Unready").exists()
        staff.shelf_change(shelf=creator, actor=None, version=staff.shelf_version(creator), name="Roof")
        worked()
        assert found(client, "garden") == []
        assert set(found(client, "roof")) == {"Kettle", "Lamp", "Vase"}
        assert not Reindex.objects.exists()

    def test_request_costs_the_same_whatever_there_is(self) -> None:
        costs = []
        for projects in (["Kettle"], [f"Lamp {number}" for number in range(9)]):
            creator = creator_of(*projects)
            with CaptureQueriesContext(connection) as queries:
                services.creator_change(creator=creator, actor=creator.user, name="Garden Chair")
            costs.append(len(queries))
        assert costs[0] == costs[1]

    def test_other_changes_leave_the_search_alone(self) -> None:
        creator = creator_of("Kettle")
        services.creator_change(creator=creator, actor=creator.user, about="We make kettles.")
        assert not Reindex.objects.exists()

    def test_long_work_is_done_by_several_jobs(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reindexing, "STEPS", 1)
        names = {"Kettle", "Lamp", "Vase", "Rug", "Desk"}
        creator = creator_of(*names)
        services.creator_change(creator=creator, actor=creator.user, name="Garden Chair")
        assert worked() == 4
        assert set(found(client, "garden")) == names

    def test_goes_on_where_it_was_cut_off(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reindexing, "STEPS", 1)
        creator = creator_of("Kettle", "Lamp", "Vase")
        services.creator_change(creator=creator, actor=creator.user, name="Garden Chair")
        mark = Reindex.objects.get()
        assert reindexing.reindex_steps(reindex_id=mark.pk)
        assert (found(client, "bench"), len(found(client, "garden"))) == (["Vase"], 2)
        with CaptureQueriesContext(connection) as queries:
            assert reindexing.reindex_steps(reindex_id=mark.pk)
        written = [query["sql"] for query in queries if 'INTO "catalog_searchentry"' in query["sql"]]
        assert len(written) == 1
        assert "vase" in written[0]
        assert "kettl" not in written[0]
        assert not reindexing.reindex_steps(reindex_id=mark.pk)

    def test_job_may_come_twice_late_or_for_nothing(self, client: Client) -> None:
        creator = creator_of("Kettle")
        services.creator_change(creator=creator, actor=creator.user, name="Garden Chair")
        mark = str(Reindex.objects.get().pk)
        for _ in range(2):
            reindex.func(mark)
        reindex.func(str(uuid.uuid4()))
        assert found(client, "garden") == ["Kettle"]

    def test_lost_job_is_made_up_for(self, client: Client, time_machine: Any) -> None:
        creator = creator_of("Kettle", "Lamp", "Vase")
        services.creator_change(creator=creator, actor=creator.user, name="Garden Chair")
        DBTaskResult.objects.all().delete()
        assert reindexing.lost_reindexes_do() == 0  # its job may still come
        time_machine.move_to(timezone.now() + 2 * reindexing.LOST_AFTER)
        assert reindexing.lost_reindexes_do() == 1
        assert len(found(client, "garden")) == 3
        assert not Reindex.objects.exists()

    def test_one_that_fails_holds_up_no_other(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, time_machine: Any
    ) -> None:
        first, second = creator_of("Kettle"), creator_of("Lamp")
        for creator in (first, second):
            services.creator_change(creator=creator, actor=creator.user, name="Garden Chair")
        broken = Reindex.objects.get(creator=first).pk
        step = reindexing._step

        def failing(reindex_id: uuid.UUID) -> bool:
            if reindex_id == broken:
                raise OSError("the disk is full")
            return step(reindex_id)

        monkeypatch.setattr(reindexing, "_step", failing)
        time_machine.move_to(timezone.now() + 2 * reindexing.LOST_AFTER)
        assert reindexing.lost_reindexes_do() == 2
        assert found(client, "garden") == ["Lamp"]
        assert Reindex.objects.get().pk == broken

    def test_of_two_new_names_only_the_last_is_worked_on(self, client: Client) -> None:
        creator = creator_of("Kettle", "Lamp", "Vase")
        for name in ("Garden Chair", "Roof"):
            services.creator_change(creator=creator, actor=creator.user, name=name)
        first, second = Reindex.objects.order_by("pk")
        with CaptureQueriesContext(connection) as queries:
            assert not reindexing.reindex_steps(reindex_id=first.pk)
        assert not [query for query in queries if 'INTO "catalog_searchentry"' in query["sql"]]
        assert not reindexing.reindex_steps(reindex_id=second.pk)
        assert len(found(client, "roof")) == 3


@pytest.mark.django_db(transaction=True)
def test_whoever_saves_a_project_meanwhile_is_not_written_over(client: Client) -> None:
    creator = creator_of("Kettle")
    project = creator.projects.get()
    services.creator_change(creator=creator, actor=creator.user, name="Garden Chair")
    mark = Reindex.objects.get()

    def save() -> None:
        services.project_change(project=project, actor=creator.user, revision=1, name="Teapot", description="Boils.")

    at_once(save, lambda: reindexing.reindex_steps(reindex_id=mark.pk))
    assert found(client, "kettle") == []
    assert found(client, "garden teapot") == ["Teapot"]


class TestTags:
    def test_renamed_one_is_found_by_its_new_name_only(self, client: Client) -> None:
        tags = tagged(Kettle=["maps"], Lamp=["maps"], Vase=["maps"])
        staff.tag_rename(tag=tags["maps"], name="Charts")
        worked()
        assert found(client, "maps") == []
        assert set(found(client, "charts")) == {"Kettle", "Lamp", "Vase"}

    def test_merged_ones_become_one(self, client: Client) -> None:
        tags = tagged(Kettle=["maps"], Lamp=["cards"], Vase=["cards", "maps"], Rug=["plans", "cards"])
        draft = ProjectFactory(name="Unready", status=Status.DRAFT)
        draft.tags.set(["cards"])
        services.tags_merge(into=tags["maps"], others=[tags["cards"], tags["plans"]])
        worked()
        assert [tag.name for tag in Tag.objects.all()] == ["maps"]
        assert found(client, "cards") == []
        assert set(found(client, "maps")) == {"Kettle", "Lamp", "Vase", "Rug"}
        assert found(client, "lamp", tag="maps") == ["Lamp"]
        assert ProjectTag.objects.count() == 5
        assert not Reindex.objects.exists()

    def test_request_costs_the_same_whatever_there_is(self) -> None:
        tagged(**{f"One{number}": ["few"] for number in range(1)}, **{f"M{number}": ["many"] for number in range(9)})
        into, costs = Tag.objects.create(name="into", slug="into"), []
        for name in ("few", "many"):
            with CaptureQueriesContext(connection) as queries:
                services.tags_merge(into=into, others=[Tag.objects.get(name=name)])
            costs.append(len(queries))
        assert costs[0] == costs[1]

    def test_given_to_a_project_meanwhile(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reindexing, "STEPS", 1)
        tags = tagged(Kettle=["maps"], Lamp=["cards"])
        services.tags_merge(into=tags["maps"], others=[tags["cards"]])
        mark = Reindex.objects.get()
        assert reindexing.reindex_steps(reindex_id=mark.pk)
        listed(name="Vase", tags=["cards"])
        while reindexing.reindex_steps(reindex_id=mark.pk):
            pass
        assert set(found(client, "maps")) == {"Kettle", "Lamp", "Vase"}
        assert not Tag.objects.filter(name="cards").exists()

    def test_chain_ends_at_its_last(self, client: Client) -> None:
        tags = tagged(Kettle=["a1"], Lamp=["b2"], Vase=["c3"])
        services.tags_merge(into=tags["b2"], others=[tags["a1"]])
        services.tags_merge(into=tags["c3"], others=[tags["b2"]])
        first, second = Reindex.objects.order_by("pk")
        reindexing.reindex_steps(reindex_id=second.pk)
        assert not Tag.objects.filter(name="b2").exists()
        reindexing.reindex_steps(reindex_id=first.pk)
        assert set(found(client, "c3")) == {"Kettle", "Lamp", "Vase"}
        assert Tag.objects.count() == 1

    def test_never_round_in_a_circle(self) -> None:
        tags = tagged(Kettle=["a1"], Lamp=["b2"], Vase=["c3"])
        services.tags_merge(into=tags["b2"], others=[tags["a1"]])
        services.tags_merge(into=tags["c3"], others=[tags["b2"]])
        for into, other in (("a1", "c3"), ("a1", "b2"), ("b2", "c3")):
            with pytest.raises(services.NotPossible):
                services.tags_merge(into=tags[into], others=[tags[other]])
        assert Reindex.objects.count() == 2

    def test_second_thoughts_replace_the_first(self, client: Client) -> None:
        tags = tagged(Kettle=["a1"], Lamp=["b2"], Vase=["c3"])
        for into in ("b2", "c3"):
            services.tags_merge(into=tags[into], others=[tags["a1"], tags[into]])
        worked()
        assert set(found(client, "c3")) == {"Kettle", "Vase"}
        assert found(client, "b2") == ["Lamp"]

    def test_deleted_one_is_found_no_longer(self, client: Client) -> None:
        tags = tagged(Kettle=["a1", "b2"], Lamp=["b2"], Vase=["c3"])
        services.tags_merge(into=tags["b2"], others=[tags["c3"]])
        services.tag_delete(tag=tags["b2"])
        with pytest.raises(services.NotPossible):
            services.tags_merge(into=tags["b2"], others=[tags["a1"]])
        worked()
        assert [tag.name for tag in Tag.objects.all()] == ["a1"]
        assert found(client, "b2") == found(client, "c3") == []
        assert found(client, "a1") == ["Kettle"]
        assert ProjectTag.objects.count() == 1
        assert not Reindex.objects.exists()
