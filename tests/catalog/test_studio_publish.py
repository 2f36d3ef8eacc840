"""On display and off it, the preview before that, who works on it, and what has changed; over HTTP."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from showpiece.catalog import services
from showpiece.catalog.models import Contributor, Project, ProjectDraft, Role, Status
from tests.catalog.studio import draft, form_of, said, signed_in, url, works_on
from tests.factories import CreatorFactory, DemoFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


def post(project: Project, name: str, **data: Any) -> Any:
    return signed_in(project.creator.user).post(url(name, project), data, follow=True)


def state(project: Project) -> str:
    return Project.objects.get(pk=project.pk).status


def test_publish_puts_it_before_everybody() -> None:
    project = draft()
    assert Client().get(project.get_absolute_url()).status_code == 404
    post(project, "studio_publish")
    assert Client().get(project.get_absolute_url()).status_code == 200


def test_what_is_missing_is_named_with_a_way_to_its_field() -> None:
    project = draft(summary="", description="")
    page = post(project, "studio_publish")
    assert state(project) == Status.DRAFT
    html = page.content.decode()
    assert 'href="#id_summary"' in html
    assert 'href="#id_description"' in html
    assert "cannot be published yet" in said(page)
    assert "Publish now" not in said(page)


def test_schedule_is_in_the_time_of_the_site_and_can_be_taken_back(settings: Any, time_machine: Any) -> None:
    settings.TIME_ZONE = "Europe/Moscow"
    time_machine.move_to("2030-01-01T00:00:00Z", tick=False)
    project = draft()
    page = post(project, "studio_publish", published_at="2030-01-02T12:00")
    assert Project.objects.get(pk=project.pk).published_at.isoformat() == "2030-01-02T09:00:00+00:00"
    assert "MSK" in said(page)
    assert Client().get(project.get_absolute_url()).status_code == 404
    time_machine.move_to("2030-01-02T09:00:01Z", tick=False)
    assert Client().get(project.get_absolute_url()).status_code == 200
    time_machine.move_to("2030-01-02T08:00:00Z", tick=False)
    post(project, "studio_unschedule")
    assert Project.objects.get(pk=project.pk).published_at is None


@pytest.mark.parametrize("moment", ["2001-01-01T00:00", "", "soon"])
def test_moment_that_is_none_is_refused_at_the_field(moment: str) -> None:
    project = draft()
    page = post(project, "studio_publish", published_at=moment)
    assert page.context["schedule"].errors["published_at"]
    assert 'aria-invalid="true"' in page.content.decode()
    assert state(project) == Status.DRAFT


def test_archive_asks_first_and_restore_brings_it_back() -> None:
    project = ProjectFactory(description="x")
    client = signed_in(project.creator.user)
    assert "Archive this project?" in said(client.get(url("studio_archive", project)))
    assert state(project) == Status.PUBLISHED
    post(project, "studio_archive")
    assert Client().get(project.get_absolute_url()).status_code == 404
    assert client.get(project.get_absolute_url()).status_code == 200
    page = post(project, "studio_publish")
    assert "has to be restored first" in said(page)
    post(project, "studio_restore")
    assert Client().get(project.get_absolute_url()).status_code == 200


def test_what_staff_archived_stays_so_for_its_owner() -> None:
    project = ProjectFactory(description="x")
    clerk = UserFactory(is_staff=True, is_superuser=True)
    assert signed_in(clerk).post(url("studio_archive", project)).status_code == 302
    assert "archived by the staff" in said(post(project, "studio_restore"))
    assert state(project) == Status.ARCHIVED
    signed_in(clerk).post(url("studio_restore", project))
    assert state(project) == Status.PUBLISHED


# Preview


def preview_path(project: Project) -> str:
    return url("project_preview", project, Project.objects.get(pk=project.pk).preview_key)


def test_owner_sees_a_draft_at_its_address_and_others_do_not() -> None:
    project = draft(summary="Still secret")
    DemoFactory(project=project)
    page = signed_in(project.creator.user).get(project.get_absolute_url())
    assert "Not on display" in said(page)
    assert "Still secret" in said(page)
    assert "demo can be run once" in said(page)
    assert "data-demo-form" not in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]
    for client in (Client(), signed_in(UserFactory()), signed_in(CreatorFactory().user)):
        assert client.get(project.get_absolute_url()).status_code == 404
    helper = UserFactory()
    works_on(project, helper, Role.CONTRIBUTOR)
    assert "Edit in the studio" not in said(signed_in(helper).get(project.get_absolute_url()))


def test_secret_link_shows_it_to_anybody_until_it_is_renewed(client: Client) -> None:
    project = draft(summary="Still secret")
    path = preview_path(project)
    page = client.get(path)
    assert "Still secret" in said(page)
    assert "Edit in the studio" not in said(page)
    assert (page["X-Robots-Tag"], page["Referrer-Policy"]) == ("noindex, nofollow", "no-referrer")
    assert path in signed_in(project.creator.user).get(url("studio_project", project)).content.decode()
    post(project, "studio_preview_renew")
    assert client.get(path).status_code == 404
    assert client.get(preview_path(project)).status_code == 200


def test_secret_link_ends_with_archive_and_leads_on_once_published(client: Client) -> None:
    project = draft()
    path = preview_path(project)
    services.project_archive(project=project, actor=None)
    assert client.get(path).status_code == 404
    services.project_restore(project=project, actor=None)
    services.project_publish(project=project, actor=None)
    assert client.get(path)["Location"] == project.get_absolute_url()


@pytest.mark.parametrize("key", ["x", "x" * 32, "ключ"])
def test_wrong_key_opens_nothing(client: Client, key: str) -> None:
    assert client.get(url("project_preview", draft(), key)).status_code == 404


def test_project_without_a_key_has_no_link(client: Client) -> None:
    """As rows have it that were there before there were keys."""
    project = draft(preview_key="")
    assert client.get(f"/preview/{project.pk}//").status_code == 404
    page = signed_in(project.creator.user).get(url("studio_project", project))
    assert f"/preview/{project.pk}" not in page.content.decode()


# People


def invite(project: Project, username: str, role: str = "maintainer") -> Any:
    return post(project, "studio_people", username=username, role=role)


def test_invited_person_hears_once_and_is_named_when_they_accept() -> None:
    project = draft(name="Road map")
    olga = UserFactory(username="Olga", email="olga@example.org")
    invite(project, "@olga")
    page = invite(project, "olga")
    assert page.context["form"].errors["username"]
    (letter,) = mail.outbox
    assert letter.to == ["olga@example.org"]
    assert "Road map" in letter.subject
    client = signed_in(olga)
    assert client.get(url("studio_project", project)).status_code == 404
    asked = Contributor.objects.get(user=olga)
    assert "Road map" in said(client.get(url("studio")))
    client.post(url("studio_invitation", asked), {"answer": "accept"})
    assert client.get(url("studio_project", project)).status_code == 200


def test_invited_person_may_decline_and_nobody_answers_for_them() -> None:
    project, olga = draft(), UserFactory(username="olga")
    invite(project, "olga")
    asked = Contributor.objects.get()
    for other in (project.creator.user, UserFactory()):
        assert signed_in(other).post(url("studio_invitation", asked), {"answer": "accept"}).status_code == 404
    signed_in(olga).post(url("studio_invitation", asked), {"answer": "decline"})
    assert not Contributor.objects.exists()


@pytest.mark.parametrize("username", ["nobody-here", "", "x" * 60, "a b"])
def test_unknown_person_is_told_at_the_field(username: str) -> None:
    page = invite(draft(), username)
    assert list(page.context["form"].errors) == ["username"]
    assert page.context["form"]["username"].value() == username
    assert not mail.outbox


def test_owner_of_the_page_and_no_role_are_refused() -> None:
    project = draft(creator=CreatorFactory(user=UserFactory(username="ann")))
    UserFactory(username="olga")
    assert list(invite(project, "ann").context["form"].errors) == ["username"]
    assert list(invite(project, "olga", role="king").context["form"].errors) == ["role"]
    assert not Contributor.objects.exists()


def test_role_is_changed_and_the_person_is_removed() -> None:
    project, olga = draft(), UserFactory()
    part = works_on(project, olga, Role.CONTRIBUTOR)
    client = signed_in(project.creator.user)
    client.post(url("studio_person_role", project, part), {"role": "king"})
    assert Contributor.objects.get().role == Role.CONTRIBUTOR
    client.post(url("studio_person_role", project, part), {"role": "maintainer"})
    assert Contributor.objects.get().role == Role.MAINTAINER
    ProjectDraft.objects.create(project=project, user=olga, revision=1)
    client.post(url("studio_person_remove", project, part))
    assert not Contributor.objects.exists()
    assert not ProjectDraft.objects.exists()
    assert client.post(url("studio_person_remove", project, part)).status_code == 404


def test_who_leaves_is_let_in_no_more() -> None:
    project, olga = draft(), UserFactory()
    part = works_on(project, olga)
    client = signed_in(olga)
    client.post(url("studio_invitation", part), {"answer": "leave"})
    assert client.get(url("studio_project", project)).status_code == 404


def test_owner_who_steps_down_is_led_out() -> None:
    project, olga = draft(), UserFactory()
    part = works_on(project, olga, Role.OWNER)
    client = signed_in(olga)
    response = client.post(url("studio_person_role", project, part), {"role": "contributor"})
    assert response["Location"] == url("studio")


def test_list_of_people_takes_no_query_a_person(django_assert_max_num_queries: Any) -> None:
    project = draft()
    for _ in range(5):
        works_on(project, UserFactory())
    client = signed_in(project.creator.user)
    client.get(url("studio_people", project))
    with django_assert_max_num_queries(7):
        assert len(client.get(url("studio_people", project)).context["people"]) == 5


# History


def change(project: Project, user: Any, **fields: Any) -> None:
    current = Project.objects.get(pk=project.pk)
    services.project_change(project=current, actor=user, revision=current.revision, **fields)


def test_history_tells_who_changed_what() -> None:
    project = draft(name="Before", description="One.\n\nTwo.\n\nThree.")
    olga = UserFactory(name="Olga Other")
    change(project, olga, name="After", description="One.\n\nTwo, changed.\n\nThree.")
    change(project, None, price_kind="fixed", price_minor=1250, translations={"ru": {"name": "Карта"}})
    client = signed_in(project.creator.user)
    page = client.get(url("studio_history", project))
    words = said(page)
    assert "Olga Other" in words
    assert "Before → After" in words
    assert re.search(r"Description: characters: \+9 .0", words)
    assert "free → €12.50" in words
    assert "Name (ru): — → Карта" in words
    assert words.index("€12.50") < words.index("Before → After") < words.index("Made the project.")
    long = next(entry for entry in page.context["entries"] if entry.has_long)
    both = said(client.get(url("studio_change", project, long.pk)))
    assert "Two. Three." in both
    assert "Two, changed. Three." in both


def test_history_is_paged_and_takes_few_queries(django_assert_max_num_queries: Any) -> None:
    project = draft(name="0")
    for number in range(1, 43):
        change(project, None, name=str(number))
    client = signed_in(project.creator.user)
    path, told = url("studio_history", project), []
    while path:
        with django_assert_max_num_queries(8):
            page = client.get(path)
        told += [f"{one.old}>{one.new}" for entry in page.context["entries"] for one in entry.changes]
        path = page.context["page"].next_url
    assert told == [f"{number - 1}>{number}" for number in range(42, 0, -1)]
    assert page.context["entries"][-1].made
    back = client.get(client.get(page.context["page"].previous_url).context["page"].previous_url)
    assert back.context["entries"][0].changes[0].new == "42"


def test_text_as_long_as_can_be_is_told_quickly() -> None:
    project = draft(description="a\n" * 24_999)
    change(project, None, description="b" + "a\n" * 24_998)
    before = timezone.now()
    page = signed_in(project.creator.user).get(url("studio_history", project))
    assert timezone.now() - before < timedelta(seconds=5)
    assert len(page.content) < 100_000
    assert form_of(signed_in(project.creator.user), project)["description"].startswith("ba")


def emptied() -> Project:
    """Archived, and then left without what has to stand on display."""
    project = ProjectFactory(description="What it does.")
    services.project_archive(project=project, actor=None)
    project.refresh_from_db()
    return services.project_change(project=project, actor=None, revision=project.revision, summary="")


def test_what_was_emptied_in_the_archive_is_not_restored_as_it_is() -> None:
    project = emptied()
    assert "Write a summary first" in said(post(project, "studio_restore"))
    address = project.get_absolute_url()
    assert "Write a summary first" in said(signed_in(project.creator.user).post(f"{address}restore/", follow=True))
    assert state(project) == Status.ARCHIVED


def test_staff_who_restore_several_hear_which_could_not_be() -> None:
    project, other = emptied(), ProjectFactory(status=Status.ARCHIVED)
    data = {"action": "restore", "_selected_action": [str(project.pk), str(other.pk)]}
    staff = signed_in(UserFactory(is_staff=True, is_superuser=True))
    page = said(staff.post("/admin/catalog/project/", data, follow=True))
    assert f"{project.name}: Write a summary first" in page
    assert "1 project is restored." in page
    assert (state(project), state(other)) == (Status.ARCHIVED, Status.PUBLISHED)


def test_owner_who_is_staff_restores_what_staff_archived() -> None:
    project = ProjectFactory()
    services.project_archive(project=project, actor=None, by_staff=True)
    user = project.creator.user
    user.is_staff = user.is_superuser = True
    user.save()
    post(project, "studio_restore")
    assert state(project) == Status.PUBLISHED


def test_inviting_and_taking_off_again_floods_no_mailbox() -> None:
    project, victim = draft(), UserFactory()
    client = signed_in(project.creator.user)
    answers = []
    for _ in range(7):
        answers.append(client.post(url("studio_people", project), {"username": victim.username, "role": "contributor"}))
        for row in Contributor.objects.filter(user=victim):
            client.post(url("studio_person_remove", project, row))
    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2
    assert "invited a lot of people" in said(answers[-1])
    assert len(mail.outbox) == 5
    other = client.post(url("studio_people", project), {"username": UserFactory().username, "role": "contributor"})
    assert other.status_code == 302


def history_of(project: Project) -> str:
    return said(signed_in(project.creator.user).get(url("studio_history", project)))


def test_history_tells_what_changed_in_the_tags() -> None:
    project = draft()
    services.project_change(project=project, actor=None, revision=1, tags=["maps", "roads"])
    project.refresh_from_db()
    services.project_change(project=project, actor=None, revision=2, tags=["roads", "Offline"])
    assert "maps, roads → Offline, roads" in history_of(project)
    project.refresh_from_db()
    services.project_change(project=project, actor=None, revision=3, tags=["offline", "roads"])
    assert history_of(project).count("→") == 2  # nothing but their order and case


def test_history_tells_who_came_and_went_and_by_whom() -> None:
    project, olga = draft(), UserFactory(name="Olga Ivanova")
    owner = project.creator.user
    invite(project, olga.username)
    part = Contributor.objects.get()
    signed_in(olga).post(url("studio_invitation", part), {"answer": "accept"})
    signed_in(owner).post(url("studio_person_role", project, part), {"role": "owner"})
    told = history_of(project)
    for change in ("— → invited as maintainer", "invited as maintainer → maintainer", "maintainer → owner"):
        assert f"Olga Ivanova: {change}" in told
    signed_in(olga).post(url("studio_invitation", part), {"answer": "leave"})
    assert "Olga Ivanova: owner → —" in history_of(project)
    by = [row.history_user for row in project.history.order_by("history_date")]
    assert by[-4:] == [owner, olga, owner, olga]
    assert Project.objects.get().revision == project.revision  # whoever is typing is not disturbed


def test_history_names_nobody_who_has_left() -> None:
    project, olga = draft(), UserFactory(name="Olga Ivanova")
    invite(project, olga.username)
    olga.delete()
    told = history_of(project)
    assert "invited as maintainer" in told
    assert "Olga" not in told
