"""Stars: who gives them, what they come to, and that none is lost or counted twice."""

import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from showpiece.accounts import erasure, export
from showpiece.catalog import services
from showpiece.catalog.models import Creator, Project, Rating, Recount
from showpiece.catalog.rating_jobs import count_ratings
from showpiece.catalog.services import ratings
from tests.factories import ContributorFactory, CreatorFactory, ProjectFactory, RatingFactory, UserFactory

pytestmark = pytest.mark.django_db


def given(project: Project, *stars: int) -> Project:
    """The project after people have given those stars and a worker has counted."""
    for number in stars:
        services.project_rate(project=project, user=UserFactory(), stars=number)
    count_ratings.func(str(project.pk))
    project.refresh_from_db()
    return project


def numbers(project: Project) -> tuple[int, int, int]:
    project.refresh_from_db()
    return project.rating_sum, project.rating_count, project.rating


def address(project: Project) -> str:
    return reverse("project_rate", args=[project.creator.slug, project.slug])


class TestCounting:
    def test_mean_is_weighted(self) -> None:
        """(5·C + sum) / (5 + count), with C as it was before the first rating: 3.5."""
        project = given(ProjectFactory(), 5, 5, 2)
        assert (project.rating_sum, project.rating_count) == (12, 3)
        assert project.rating == (5 * 3500 + 12_000) // 8

    def test_one_enthusiast_does_not_beat_a_hundred_who_are_pleased(self) -> None:
        few, many, plain = ProjectFactory(), ProjectFactory(), ProjectFactory()
        RatingFactory(project=few, stars=5)
        for number in range(100):
            RatingFactory(project=many, stars=5 if number % 5 else 4)
            RatingFactory(project=plain, stars=3)
        for project in (few, many, plain):
            Recount.objects.create(project=project)
            ratings.project_ratings_count(project_id=project.pk)
        ratings.ratings_straighten()
        assert numbers(plain)[2] < numbers(few)[2] < numbers(many)[2]

    def test_second_thoughts_replace_the_first(self) -> None:
        project, user = ProjectFactory(), UserFactory()
        for stars in (1, 4):
            services.project_rate(project=project, user=user, stars=stars)
        assert numbers(given(project))[:2] == (4, 1)
        services.project_rating_withdraw(project=project, user=user)
        services.project_rating_withdraw(project=project, user=user)
        assert numbers(given(project)) == (0, 0, 0)

    @pytest.mark.parametrize("stars", [0, 6, -1, 2**40])
    def test_other_numbers_are_refused(self, stars: int) -> None:
        with pytest.raises(ValidationError):
            services.project_rate(project=ProjectFactory(), user=UserFactory(), stars=stars)
        assert not Rating.objects.exists()
        assert not Recount.objects.exists()

    def test_creator_is_rated_by_all_projects(self) -> None:
        creator = CreatorFactory()
        given(ProjectFactory(creator=creator), 5, 5)
        given(ProjectFactory(creator=creator), 2)
        mean = ratings.site_mean()
        assert Creator.objects.get(pk=creator.pk).rating == (5 * mean + 12_000) // 8

    def test_counting_changes_nothing_else(self) -> None:
        project = ProjectFactory()
        history = project.history.count()
        revision, changed = project.revision, project.updated_at
        given(project, 3)
        assert (project.revision, project.updated_at, project.history.count()) == (revision, changed, history)

    def test_job_may_come_twice_late_or_for_nothing(self) -> None:
        project = given(ProjectFactory(), 4)
        before = numbers(project)
        count_ratings.func(str(project.pk))
        assert numbers(project) == before
        gone = ProjectFactory()
        pk = gone.pk
        services.project_delete(project=gone)
        count_ratings.func(str(pk))

    def test_lost_job_is_made_up_for(self, time_machine: Any) -> None:
        project = ProjectFactory()
        services.project_rate(project=project, user=UserFactory(), stars=3)
        assert ratings.lost_ratings_count() == 0  # its job may still come
        time_machine.move_to(timezone.now() + 2 * ratings.LOST_AFTER)
        assert ratings.lost_ratings_count() == 1
        assert numbers(project)[:2] == (3, 1)
        assert ratings.lost_ratings_count() == 0

    def test_mean_of_the_site_moves_everybody(self) -> None:
        first = given(ProjectFactory(), 3)
        for _ in range(30):
            RatingFactory(project=first, stars=1)
        given(first, 1)
        second = given(ProjectFactory(), 5)
        before = second.rating
        assert ratings.ratings_straighten() > 0
        assert numbers(second)[2] == ratings.weighted(5, 1, ratings.site_mean()) < before
        creator = second.creator
        creator.refresh_from_db()
        assert creator.rating == numbers(second)[2]
        assert ratings.ratings_straighten() == 0

    def test_many_ratings_are_counted_by_as_many_queries_as_one(self) -> None:
        project = ProjectFactory()
        costs = []
        ratings.site_mean()
        for more in (1, 30):
            for _ in range(more):
                RatingFactory(project=project)
                Recount.objects.create(project=project)
            with CaptureQueriesContext(connection) as queries:
                ratings.project_ratings_count(project_id=project.pk)
            costs.append(len(queries))
        assert costs[0] == costs[1] <= 14
        assert numbers(project)[:2] == (124, 31)
        assert not Recount.objects.exists()


class TestErasing:
    def test_stars_are_among_the_data_of_a_person(self, tmp_path: Path) -> None:
        rating = RatingFactory(stars=2, project__name="Plates")
        RatingFactory()
        with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
            export.write(rating.user, export.ZipPackage(archive, lambda: None))
        with zipfile.ZipFile(tmp_path / "data.zip") as archive:
            (record,) = json.loads(archive.read("ratings.json"))
        assert (record["project"], record["stars"]) == ("Plates", 2)

    def test_stars_go_with_the_person(self) -> None:
        user, project = UserFactory(), ProjectFactory()
        given(project, 5)
        services.project_rate(project=project, user=user, stars=1)
        given(project)
        erasure.erase(user, lambda: None)
        assert numbers(given(project))[:2] == (5, 1)
        assert not Rating.objects.filter(user=user).exists()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_all_counted() -> None:
    """Every one of them rates and counts by itself, as the jobs of several workers would."""
    project = ProjectFactory()
    people = [UserFactory() for _ in range(8)]

    def rate(user: Any) -> None:
        for stars in (1, 5, 4):
            services.project_rate(project=project, user=user, stars=stars)
            ratings.project_ratings_count(project_id=project.pk)
        connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(rate, people))
    assert not Recount.objects.exists()
    assert numbers(project)[:2] == (32, 8)


class TestOnThePage:
    def test_member_rates_changes_and_withdraws(self, client: Client) -> None:
        project, user = ProjectFactory(), UserFactory()
        client.force_login(user)
        page = client.get(project.get_absolute_url()).content.decode()
        assert page.count('name="stars"') == 5
        for stars in ("5", "3"):
            answer = client.post(address(project), {"stars": stars})
            assert answer["Location"] == f"{project.get_absolute_url()}#rating"
        assert [row.stars for row in Rating.objects.all()] == [3]
        assert 'value="3" required checked' in " ".join(client.get(project.get_absolute_url()).content.decode().split())
        client.post(address(project), {"withdraw": "1"})
        assert not Rating.objects.exists()

    @pytest.mark.parametrize("stars", ["", "0", "6", "x", "-1", "٣", "²", "9" * 5000])
    def test_nonsense_is_told_and_not_kept(self, client: Client, stars: str) -> None:
        project = ProjectFactory()
        client.force_login(UserFactory())
        answer = client.post(address(project), {"stars": stars}, follow=True)
        if stars != "٣":  # three, in Arabic
            assert not Rating.objects.exists()
            assert "Please choose one to five stars." in answer.content.decode()
        assert answer.status_code == 200

    def test_weighted_stars_and_how_many(self, client: Client) -> None:
        project = given(ProjectFactory(), 5, 5, 2)
        page = client.get(project.get_absolute_url()).content.decode()
        assert "<b>3.7</b>" in page  # 3.6875
        assert "(3 ratings)" in page
        russian = client.get(project.get_absolute_url(), headers={"Accept-Language": "ru"}).content.decode()
        assert "<b>3,7</b>" in russian

    def test_stranger_signs_in_first(self, client: Client) -> None:
        project = ProjectFactory()
        page = client.get(project.get_absolute_url()).content.decode()
        assert 'name="stars"' not in page
        answer = client.post(address(project), {"stars": "5"})
        assert answer["Location"] == f"{reverse('account_login')}?next={quote(project.get_absolute_url())}"
        assert not Rating.objects.exists()

    def test_who_works_on_it_does_not_rate_it(self, client: Client) -> None:
        project = ProjectFactory()
        for user in (project.creator.user, ContributorFactory(project=project).user):
            client.force_login(user)
            assert 'name="stars"' not in client.get(project.get_absolute_url()).content.decode()
            assert client.post(address(project), {"stars": "5"}).status_code == 403

    def test_reading_changes_nothing(self, client: Client) -> None:
        client.force_login(UserFactory())
        assert client.get(address(ProjectFactory())).status_code == 405

    def test_too_many_at_once_wait(self, client: Client, settings: Any) -> None:
        settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "rate_project": "3/m/user"}
        project = ProjectFactory()
        client.force_login(UserFactory())
        answers = [client.post(address(project), {"stars": "5"}).status_code for _ in range(4)]
        assert answers == [302, 302, 302, 429]


def test_stars_of_whoever_comes_to_work_on_it_are_taken_back() -> None:
    """Nobody rates their own work: not before they join either."""
    rating = RatingFactory(stars=5)
    RatingFactory(project=rating.project, stars=2)
    part = ContributorFactory(project=rating.project, user=rating.user, accepted_at=None)
    services.contributor_accept(contributor=part)
    ratings.project_ratings_count(project_id=rating.project_id)
    assert numbers(rating.project)[:2] == (2, 1)
