"""The page of a project: what it tells people and programs, and what its owners and the staff may do there."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from showpiece.accounts.models import User
from showpiece.catalog.models import Contributor, PriceKind, Project, Role, Status, public_storage
from tests.factories import (
    CategoryFactory,
    ContributorFactory,
    CreatorFactory,
    DemoFactory,
    ProjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def page(client: Client, project: Project, **headers: str) -> str:
    answer = client.get(project.get_absolute_url(), headers=headers)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def linked_data(html: str) -> dict[str, Any]:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    data: dict[str, Any] = json.loads(block)
    return data


def clerk(*codenames: str) -> User:
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def address(action: str, project: Project) -> str:
    return reverse(f"project_{action}", args=[project.creator.slug, project.slug])


class TestWhatItTells:
    def test_people(self, client: Client) -> None:
        project = ProjectFactory(
            price_kind=PriceKind.OPEN,
            price_minor=500,
            suggested_minor=900,
            source_url="https://code.example.org/x",
            docs_url="https://docs.example.org/",
        )
        project.tags.set(["open data"])
        named = ContributorFactory(project=project, role=Role.MAINTAINER)
        asked = ContributorFactory(project=project, accepted_at=None)
        gone = ContributorFactory(project=project, user__is_active=False)
        html = page(client, project)
        assert "From €5.00" in html
        assert "€9.00 is suggested" in html
        assert f'href="{reverse("project_list")}?tag=open-data"' in html
        assert re.search(r'href="https://code.example.org/x" rel="nofollow ugc noopener"', html)
        assert "docs.example.org" in html
        assert escape(named.user.name) in html
        assert named.user.get_absolute_url() in html
        for hidden in (asked, gone):
            assert hidden.user.get_absolute_url() not in html

    def test_programs(self, client: Client) -> None:
        project = ProjectFactory(
            name="Plates", price_kind=PriceKind.FIXED, price_minor=1250, rating=4567, rating_sum=9, rating_count=2
        )
        html = page(client, project)
        data = linked_data(html)
        assert data["@type"] == "SoftwareApplication"
        assert data["offers"] == {"@type": "Offer", "price": "12.50", "priceCurrency": "EUR"}
        assert data["aggregateRating"]["ratingValue"] == 4.57
        assert data["aggregateRating"]["ratingCount"] == 2
        assert data["author"]["name"] == project.creator.name
        assert f'<link rel="canonical" href="http://testserver{project.get_absolute_url()}">' in html
        assert '<meta property="og:title" content="Plates">' in html
        assert '<meta property="og:image" content="http://testserver/static/web/social.jpg">' in html

    def test_picture_for_links_once_it_is_made(self, client: Client) -> None:
        project = ProjectFactory(social_image="projects/x/social-1.jpg")
        public_storage().save(project.social_image, ContentFile(b"picture"))
        html = page(client, project)
        (where,) = re.findall(r'og:image" content="http://testserver([^"]+)"', html)
        answer = client.get(where)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/jpeg"

    def test_nobody_rated_it_is_no_zero(self, client: Client) -> None:
        assert "aggregateRating" not in linked_data(page(client, ProjectFactory()))

    def test_no_text_gets_out_of_its_place(self, client: Client) -> None:
        evil = '</script><script>alert(1)</script>"><img src=x onerror=alert(1)>'
        project = ProjectFactory(name=evil[:100], summary=evil, creator__name=evil)
        project.tags.set(["</script>"])
        html = page(client, project)
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert linked_data(html)["name"] == evil[:100]

    def test_texts_say_their_language(self, client: Client) -> None:
        russian = ProjectFactory(language="ru", name="Номера", translations={"en": {"name": "Plates"}})
        html = page(client, russian)
        assert re.search(r'<h1 class="project-title"\s*>Plates', html)
        assert re.search(r'<p class="lead" lang="ru"\s*>', html)
        html = page(client, russian, **{"Accept-Language": "ru"})
        assert re.search(r'<h1 class="project-title"\s*>Номера', html)
        assert "lang=" not in html.split('class="project-head"')[1].split("</header>")[0]

    def test_fifty_people_and_long_texts_stay_within_the_budget(self, client: Client) -> None:
        project = ProjectFactory(description="word " * 10_000)
        ContributorFactory.create_batch(50, project=project)
        assert len(page(client, project).encode()) < 100_000

    def test_policy_is_as_everywhere(self, client: Client) -> None:
        assert "unsafe" not in client.get(ProjectFactory().get_absolute_url())["Content-Security-Policy"]


class TestHidden:
    """What is not on display is shown to who works on it and to the staff, with a word about that; to others it is not
    there."""

    STATES = ("draft", "scheduled", "archived", "archived category", "archived creator")

    def project(self, state: str) -> Project:
        project: Project = DemoFactory(
            predictor="faces",
            project__status={"draft": Status.DRAFT, "archived": Status.ARCHIVED}.get(state, Status.PUBLISHED),
            project__published_at=timezone.now() + timedelta(hours=1 if state == "scheduled" else -1),
            project__category=CategoryFactory(status="archived" if state == "archived category" else "published"),
            project__creator=CreatorFactory(status="archived" if state == "archived creator" else "published"),
        ).project
        return project

    @pytest.mark.parametrize("state", STATES)
    def test_by_role(self, client: Client, state: str) -> None:
        project = self.project(state)
        for role in ("visitor", "member", "asked", "contributor", "owner", "clerk"):
            person = {
                "member": lambda: UserFactory(),
                "asked": lambda: ContributorFactory(project=project, accepted_at=None).user,
                "contributor": lambda: ContributorFactory(project=project).user,
                "owner": lambda: project.creator.user,
                "clerk": lambda: clerk("view_project"),
            }.get(role, lambda: None)()
            client.logout()
            if person:
                client.force_login(person)
            answer = client.get(project.get_absolute_url())
            if role in ("visitor", "member", "asked"):
                assert answer.status_code == 404, role
                continue
            html = answer.content.decode()
            assert "notice-warning" in html, role
            assert 'name="robots" content="noindex"' in html
            assert "ld+json" not in html
            assert "og:title" not in html
            assert answer.context["form"] is None
            assert 'id="rating"' not in html
            assert client.post(address("rate", project), {"stars": "5"}).status_code == 403

    def test_on_display_has_no_such_word(self, client: Client) -> None:
        project = ProjectFactory()
        client.force_login(project.creator.user)
        html = page(client, project)
        assert "notice-warning" not in html
        assert "noindex" not in html


class TestTools:
    """Row 14: who may archives; others have no button, and 403."""

    ROLES = {
        "owner": (True, False),
        "coowner": (True, False),
        "maintainer": (False, False),
        "contributor": (False, False),
        "member": (False, False),
        "looker": (False, False),
        "editor": (False, True),
        "archiver": (True, False),
        "superuser": (True, True),
    }

    def person(self, role: str, project: Project) -> User:
        if role == "owner":
            return project.creator.user
        if role in ("coowner", "maintainer", "contributor"):
            names = {"coowner": Role.OWNER, "maintainer": Role.MAINTAINER, "contributor": Role.CONTRIBUTOR}
            row: Contributor = ContributorFactory(project=project, role=names[role])
            return row.user
        if role == "superuser":
            user: User = UserFactory(is_staff=True, is_superuser=True)
            return user
        permissions = {"looker": "view_project", "editor": "change_project", "archiver": "delete_project"}
        return clerk(permissions[role]) if role in permissions else UserFactory()

    @pytest.mark.parametrize("role", ROLES)
    def test_buttons_and_what_is_behind_them_agree(self, client: Client, role: str) -> None:
        project = ProjectFactory()
        client.force_login(self.person(role, project))
        may_archive, may_feature = self.ROLES[role]
        html = page(client, project)
        assert (address("archive", project) in html) == may_archive
        assert (address("feature", project) in html) == may_feature
        assert client.post(address("feature", project), {"featured": "1"}).status_code == (302 if may_feature else 403)
        project.refresh_from_db()
        assert bool(project.featured_at) == may_feature
        assert client.get(address("archive", project)).status_code == (200 if may_archive else 403)
        project.refresh_from_db()
        assert project.status == Status.PUBLISHED
        assert client.post(address("archive", project)).status_code == (302 if may_archive else 403)
        project.refresh_from_db()
        assert (project.status == Status.ARCHIVED) == may_archive
        assert project.archived_by_staff == (role in ("archiver", "superuser"))
        if may_archive:
            assert project.history.first().history_user is not None

    def test_owner_restores_what_they_archived_and_not_what_staff_did(self, client: Client) -> None:
        project = ProjectFactory()
        client.force_login(project.creator.user)
        client.post(address("archive", project))
        assert address("restore", project) in page(client, project)
        client.post(address("restore", project))
        project.refresh_from_db()
        assert project.status == Status.PUBLISHED
        staff = Client()
        staff.force_login(clerk("view_project", "delete_project"))
        staff.post(address("archive", project))
        html = page(client, project)
        assert "archived by the staff" in html
        assert address("restore", project) not in html
        answer = client.post(address("restore", project), follow=True)
        assert "Please write to them" in answer.content.decode()
        project.refresh_from_db()
        assert project.status == Status.ARCHIVED
        staff.post(address("restore", project))
        project.refresh_from_db()
        assert project.status == Status.PUBLISHED

    def test_staff_that_may_not_look_is_led_elsewhere(self, client: Client) -> None:
        project = ProjectFactory()
        client.force_login(clerk("delete_project"))
        assert client.post(address("archive", project))["Location"] == reverse("project_list")

    def test_visitors_sign_in_first(self, client: Client) -> None:
        project = ProjectFactory()
        for action in ("archive", "restore", "feature"):
            answer = client.post(address(action, project))
            assert answer.status_code == 302
            assert reverse("account_login") in answer["Location"]
        assert Project.objects.get().status == Status.PUBLISHED

    def test_nothing_happens_on_a_get(self, client: Client) -> None:
        project = ProjectFactory()
        client.force_login(self.person("superuser", project))
        for action in ("restore", "feature"):
            assert client.get(address(action, project)).status_code == 405
