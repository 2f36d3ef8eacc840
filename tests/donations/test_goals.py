"""What projects ask for: set, changed and closed in the studio, by their creator alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from showpiece.catalog.models import Creator, Project, Role, Status
from showpiece.donations import services
from showpiece.donations.models import DonationPolicy, Goal
from tests.catalog.studio import said, signed_in, url, works_on
from tests.donations.giving import begun, given
from tests.factories import CreatorFactory, ProjectFactory, UserFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db
GOALS = reverse("studio_goals")


@pytest.fixture
def creator() -> Creator:
    return CreatorFactory(name="Ann's tools")


@pytest.fixture
def project(creator: Creator) -> Project:
    return ProjectFactory(creator=creator, name="Plates", currency="EUR")


@pytest.fixture
def ann(creator: Creator) -> Client:
    return signed_in(creator.user)


def form(**changes: str) -> dict[str, str]:
    return {"title": "A server for a year", "target": "120.50", "about": "", "ends_at": ""} | changes


def test_a_goal_is_set_changed_and_closed(ann: Client, project: Project) -> None:
    page = url("studio_goal", project)
    assert "Set a goal" in said(ann.get(page))
    assert "stands on the page" in said(ann.post(page, form(), follow=True))
    goal = Goal.objects.get()
    assert (goal.target_minor, goal.currency, goal.raised_minor) == (12050, "EUR", 0)
    given(project, amount=2000)
    assert "€20.00 of €120.50" in said(ann.get(GOALS))
    ann.post(page, form(title="Two servers", target="240"))
    goal.refresh_from_db()
    assert (goal.title, goal.target_minor, goal.raised_minor) == ("Two servers", 24000, 2000)
    for _again in range(2):
        assert "closed" in said(ann.post(url("studio_goal_close", project), follow=True))
    goal.refresh_from_db()
    assert goal.closed_at
    given(project, amount=500)
    goal.refresh_from_db()
    assert goal.raised_minor == 2000  # what comes later is for the next one


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"title": ""}, "required"),
        ({"title": "x" * 101}, "at most 100"),
        ({"target": "0"}, "more than nothing"),
        ({"target": "-5"}, "An amount cannot be negative"),
        ({"target": "1.005"}, "decimals"),
        ({"target": "1000000000000"}, "The most is"),
        ({"target": "NaN"}, "enter an amount"),
        ({"about": "x" * 1001}, "at most 1000"),
        ({"ends_at": "2020-01-01T00:00"}, "in the past"),
        ({"ends_at": "soon"}, "valid date"),
    ],
)
def test_bad_input_is_told_at_the_field(ann: Client, project: Project, changes: dict[str, str], complaint: str) -> None:
    answer = ann.post(url("studio_goal", project), form(**changes))
    assert answer.status_code == 422
    (name,) = changes
    assert complaint in str(answer.context["form"].errors[name])
    assert not Goal.objects.exists()


def test_a_goal_whose_time_is_over_can_still_be_put_right(ann: Client, project: Project) -> None:
    goal = services.goal_set(
        project=project, title="Old", target_minor=100, ends_at=timezone.now() + timedelta(minutes=1)
    )
    over = timezone.now().replace(second=0, microsecond=0) - timedelta(days=1)
    Goal.objects.filter(pk=goal.pk).update(ends_at=over)
    goal.refresh_from_db()
    services.goal_change(goal=goal, title="Old, said better", target_minor=100, ends_at=over)
    assert Goal.objects.get().title == "Old, said better"


def test_a_project_has_one_goal_at_a_time(project: Project) -> None:
    services.goal_set(project=project, title="First", target_minor=100)
    with pytest.raises(ValidationError, match="already"):
        services.goal_set(project=project, title="Second", target_minor=100)


@pytest.mark.django_db(transaction=True)
def test_two_set_at_once_are_one() -> None:
    project = ProjectFactory()

    def set_one() -> str:
        try:
            services.goal_set(project=project, title="One", target_minor=100)
        except ValidationError:
            return "refused"
        return "set"

    assert sorted(at_once(set_one, set_one)) == ["refused", "set"]
    assert Goal.objects.count() == 1


@pytest.mark.parametrize("name", ["studio_goal", "studio_goal_close", "studio_donations_switch"])
class TestWho:
    @pytest.mark.parametrize("role", [Role.OWNER, Role.MAINTAINER, Role.CONTRIBUTOR])
    def test_works_on_a_project_asks_for_nothing(self, project: Project, name: str, role: str) -> None:
        friend = CreatorFactory().user
        works_on(project, friend, role)
        assert signed_in(friend).post(url(name, project), form()).status_code == 404
        assert not Goal.objects.exists()

    def test_is_no_creator_or_not_signed_in(self, project: Project, name: str) -> None:
        assert signed_in(UserFactory()).post(url(name, project), form()).status_code == 404
        assert Client().post(url(name, project), form()).status_code == 302

    def test_has_put_their_page_or_the_project_away(
        self, ann: Client, creator: Creator, project: Project, name: str
    ) -> None:
        Project.objects.filter(pk=project.pk).update(status=Status.ARCHIVED)
        assert ann.post(url(name, project), form()).status_code == 404
        Creator.objects.filter(pk=creator.pk).update(status=Status.ARCHIVED)
        assert ann.post(url(name, project), form()).status_code == 403


def test_a_project_takes_no_donations_any_more_and_again(ann: Client, project: Project) -> None:
    switch = url("studio_donations_switch", project)
    assert "takes no donations any more" in said(ann.post(switch, {"to": "off"}, follow=True))
    with pytest.raises(ValidationError):
        begun(project)
    assert "Takes no donations" in said(ann.get(GOALS))
    ann.post(switch, {"to": "on"})
    assert DonationPolicy.objects.get().is_on
    given(project)


def test_many_projects_are_searched_and_cost_no_more(ann: Client, creator: Creator, project: Project) -> None:
    def asked(**query: str) -> tuple[Any, int]:
        with CaptureQueriesContext(connection) as captured:
            answer = ann.get(GOALS, query)
        assert answer.status_code == 200
        return answer, len(captured)

    asked()
    _few, before = asked()
    for project_number in range(25):
        services.goal_set(
            project=ProjectFactory(creator=creator, name=f"Tool {project_number:02}"), title="More", target_minor=100
        )
    many, after = asked()
    assert after == before <= 8
    assert len(many.context["projects"]) == 20
    assert "There are more" in said(many)
    found, _queries = asked(q="tool 24")
    assert [one.name for one in found.context["projects"]] == ["Tool 24"]
    nothing, _queries = asked(q="nothing of the kind\0")
    assert "No project of this name" in said(nothing)
