"""What the pages of projects and creators show of what was given, and what that costs."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.catalog.models import Project, Status
from showpiece.donations import services, walls
from showpiece.donations.models import Donation, DonationPart, DonationPolicy, Goal, Support
from tests.donations.giving import GoalFactory, begun, given
from tests.factories import ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


def many(project: Project, count: int) -> None:
    """So many donations in bulk, with their sums."""
    start = timezone.now() - timedelta(days=1)
    donations = [
        Donation(key=uuid.uuid4(), amount_minor=300, currency="EUR", status="paid", paid_at=start, name=f"Giver {at}")
        for at in range(count)
    ]
    Donation.objects.bulk_create(donations, batch_size=1000)
    parts = [
        DonationPart(
            donation=donation,
            position=0,
            project=project,
            creator=project.creator,
            name=project.name,
            creator_name=project.creator.name,
            amount_minor=300,
            given_at=start + timedelta(seconds=at),
            on_wall=True,
        )
        for at, donation in enumerate(donations)
    ]
    DonationPart.objects.bulk_create(parts, batch_size=1000)
    Support.objects.create(project=project, currency="EUR", given_minor=300 * count, donation_count=count)


def text_of(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def support_part(client: Client, project: Project) -> str:
    found = re.search(r'<section class="stack support".*?</section>', text_of(client, project.get_absolute_url()), re.S)
    return found[0] if found else ""


def test_a_project_that_nobody_has_given_to(client: Client) -> None:
    project = ProjectFactory()
    shown = support_part(client, project)
    assert f"/donate/?project={project.pk}" in shown
    assert "Be the first" in shown
    assert "<progress" not in shown


def test_goal_sums_and_the_latest_five(client: Client) -> None:
    project = ProjectFactory()
    GoalFactory(project=project, target_minor=10_000, title="A <microphone>")
    given(project, amount=1000, name="First")
    given(project, amount=1250, name="Ada <b>", message="<script>alert(1)</script>\n\n\n\n\nhttps://a.example")
    given(project, amount=300, name="Secret", is_anonymous=True)
    for name in ("Three", "Four", "Five"):
        given(project, amount=300, name=name)
    shown = support_part(client, project)
    for said in ("A &lt;microphone&gt;", 'value="34"', "€34.50", "of €100", "from 6 donations", "€12.50", "€3<"):
        assert said in shown, said
    assert re.findall(r"<bdi>(.*?)</bdi>", shown) == ["Five", "Four", "Three", "Ada &lt;b&gt;"]
    assert "Anonymous" in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br><br>https://a.example" in shown
    for hidden in ("First", "Secret", "<script>", "giver@example.org", 'href="https://a.example'):
        assert hidden not in shown, hidden
    assert f"{project.get_absolute_url()}supporters/" in shown


def test_an_archived_donation_and_a_closed_goal_are_not_shown(client: Client) -> None:
    project = ProjectFactory()
    goal = GoalFactory(project=project, title="Microphone")
    donation, _payment = given(project, name="Ada")
    services.donation_set_archived(donation_id=donation.pk, archived=True)
    assert "Ada" not in support_part(client, project)
    assert "Microphone" in support_part(client, project)
    for over in ({"ends_at": timezone.now() - timedelta(days=1)}, {"closed_at": timezone.now()}):
        Goal.objects.filter(pk=goal.pk).update(ends_at=None, closed_at=None)
        Goal.objects.filter(pk=goal.pk).update(**over)
        assert "Microphone" not in support_part(client, project)


def test_where_donations_are_off_nobody_is_asked_for_one(client: Client) -> None:
    project = ProjectFactory()
    DonationPolicy.objects.create(project=project, is_on=False)
    assert support_part(client, project) == ""
    DonationPolicy.objects.update(is_on=True)
    given(project, name="Ada")
    DonationPolicy.objects.update(is_on=False)
    assert "Ada" in support_part(client, project)
    assert "/donate/" not in support_part(client, project)


def test_names_are_of_the_account_or_of_nobody(client: Client) -> None:
    project, user = ProjectFactory(), UserFactory(name="Grace Hopper")
    given(project, user=user)
    given(project)
    assert re.findall(r"<bdi>(.*?)</bdi>", support_part(client, project)) == ["Grace Hopper"]
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert "Grace" not in support_part(client, project)
    assert "Grace" not in text_of(client, f"{project.get_absolute_url()}supporters/")


def test_what_is_archived_has_no_wall(client: Client) -> None:
    project = ProjectFactory()
    given(project, name="Ada", message="Hello")
    url = f"{project.get_absolute_url()}supporters/"
    creator = project.creator.get_absolute_url()
    assert "Hello" in text_of(client, url)
    assert "Hello" in text_of(client, creator)
    Project.objects.update(status=Status.ARCHIVED)
    assert client.get(url).status_code == 404
    for page in (creator, f"{creator}supporters/"):
        shown = text_of(client, page)
        assert "Ada" in shown
        assert "Hello" not in shown
        assert project.name not in shown
        assert "/donate/?creator" not in shown
    Project.objects.update(status=Status.DRAFT)
    client.force_login(project.creator.user)
    assert "Support this project" not in text_of(client, project.get_absolute_url())


def test_a_wall_has_pages_and_a_creators_says_for_what(client: Client, django_assert_num_queries: Any) -> None:
    project = ProjectFactory()
    many(project, 45)
    url = f"{project.get_absolute_url()}supporters/"
    seen = []
    for _page in range(3):
        page = client.get(url)
        seen += [one.name for one in page.context["supporters"]]
        url = f"{project.get_absolute_url()}supporters/{page.context['page'].next_url.partition('/supporters/')[2]}"
    assert seen == [f"Giver {at}" for at in range(44, -1, -1)]
    assert client.get(f"{url}?after=nonsense").status_code == 404
    with django_assert_num_queries(2):  # the project, its wall
        client.get(f"{project.get_absolute_url()}supporters/")
    creator = f"{project.creator.get_absolute_url()}supporters/"
    with django_assert_num_queries(2):
        text = text_of(client, creator)
    assert text.count(project.get_absolute_url()) == 20


def test_a_creators_button_leads_to_their_projects(client: Client) -> None:
    project, other = ProjectFactory(name="Mine"), ProjectFactory(name="Other")
    url = f"/donate/?creator={project.creator.slug}"
    assert url in text_of(client, project.creator.get_absolute_url())
    text = text_of(client, url)
    assert "Mine" in text
    assert other.name not in text
    assert client.get("/donate/?creator=nobody").status_code == 200


def test_support_is_one_query_that_reads_as_much_for_many_as_for_few(django_assert_num_queries: Any) -> None:
    few, lots = ProjectFactory(), ProjectFactory()
    many(few, 10)
    many(lots, 3000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for project in (few, lots):
        with django_assert_num_queries(1):
            support = walls.support_of(project)
        assert len(support.supporters) == 5
        with django_assert_num_queries(1):
            assert len(walls.supporters_of(project.creator).supporters) == 5
    for read, index in (
        (lambda: walls.support_of(lots), "wall_of_project"),
        (lambda: walls.supporters_of(lots.creator), "wall_of_creator"),
    ):
        with CaptureQueriesContext(connection) as captured:
            read()
        (query,) = captured.captured_queries
        explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
        with connection.cursor() as cursor:
            cursor.execute(explain + query["sql"])
            plan = "\n".join(str(row) for row in cursor.fetchall())
        assert index in plan, plan
        for whole in (
            "SCAN donations_donationpart",
            "Seq Scan on donations_donation ",
            "Seq Scan on donations_donationpart",
        ):
            assert whole not in plan, plan


def test_what_is_only_begun_is_on_no_wall(client: Client) -> None:
    project = ProjectFactory()
    begun(project, name="Ada")
    assert "Ada" not in support_part(client, project)
    assert "Be the first" in support_part(client, project)
