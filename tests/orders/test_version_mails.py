"""Mails about new versions: who gets one, once, and how they end."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from post_office.models import Email

from showpiece.accounts.models import User
from showpiece.catalog import services
from showpiece.catalog.models import Project, Release, Status
from showpiece.config.mail import QUEUE_BACKEND
from showpiece.orders.delivery import version_mails, versions
from showpiece.orders.models import Entitlement, Order, VersionNotice
from showpiece.orders.services import orders_forget
from tests.factories import ReleaseFactory, UserFactory
from tests.orders.holders import held
from tests.orders.shop import priced

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Mails as rows, as in a shop, and no pauses."""
    cache.clear()
    settings.EMAIL_BACKEND = QUEUE_BACKEND
    monkeypatch.setattr(versions, "BREATH_SECONDS", 0)


def release(project: Project, version: str = "2.1.0", notes: str = "Reads <b> & writes.") -> Release:
    draft: Release = ReleaseFactory(project=project, version=version, notes=notes, released_at=None)
    return services.release_publish(release=draft, actor=None)


def written(project: Project, version: str = "2.1.0") -> list[Any]:
    """The mails, after all jobs."""
    for notice in VersionNotice.objects.filter(release__project=project):
        while versions.version_notice_steps(release_id=notice.pk):
            pass
    return list(Email.objects.filter(subject__startswith=f"Version {version} of ").order_by("pk"))


def addressees(mails: list[Any]) -> list[str]:
    return [address for mail in mails for address in mail.to]


class TestWhoGetsOne:
    def test_members_and_guests_with_a_link_of_theirs(self) -> None:
        project, user = priced(name="Kettle"), UserFactory()
        mine, guests = held(project, user), held(project, email="guest@example.org")
        held(priced(), email="other@example.org")
        release(project)
        to_member, to_guest = written(project)
        assert addressees([to_member, to_guest]) == [user.email, "guest@example.org"]
        assert to_guest.subject == "Version 2.1.0 of Kettle is here"
        assert "Reads <b> & writes." in to_guest.message
        assert "Reads &lt;b&gt; &amp; writes." in to_guest.html_message
        assert guests.line.order.guest_url in to_guest.message
        assert mine.line.order.get_absolute_url() in to_member.message
        assert to_member.context["reader"] == str(user.pk)

    def test_what_is_new_looks_as_on_the_page(self) -> None:
        project = priced()
        held(project)
        release(project, notes="- **Faster**, see [there](/projects/)\n- [more](javascript:alert(1))")
        (mail,) = written(project)
        assert "<strong>Faster</strong>" in mail.html_message
        assert f'href="{settings.SITE_URL}/projects/"' in mail.html_message
        assert 'href="javascript' not in mail.html_message
        assert "- **Faster**" in mail.message

    def test_one_each_however_often_it_is_begun(self) -> None:
        project = priced()
        held(project)
        out = release(project)
        assert len(written(project)) == 1
        versions.version_notice(out)
        services.release_withdraw(release=out, actor=None)
        services.release_publish(release=out, actor=None)
        assert len(written(project)) == 1
        release(project, "2.2.0")
        assert len(written(project, "2.2.0")) == 1

    def test_two_entitlements_one_mail(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(versions, "AT_ONCE", 1)
        monkeypatch.setattr(versions, "STEPS", 1)  # so that each one is read anew by another job
        project, user = priced(), UserFactory(email="ann@example.org")
        held(project, email="Ann@example.org")
        held(project, user)
        held(project, email="ann@example.org")
        held(project, email="bob@example.org")
        release(project)
        assert [one.lower() for one in addressees(written(project))] == ["ann@example.org", "bob@example.org"]

    def test_one_that_was_taken_back_meanwhile_was_written_to(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(versions, "AT_ONCE", 1)
        monkeypatch.setattr(versions, "STEPS", 1)
        project = priced()
        first, _second = held(project), held(project)
        out = release(project)
        versions.version_notice_steps(release_id=out.pk)
        Entitlement.objects.filter(pk=first.pk).update(revoked_at=timezone.now())
        assert len(written(project)) == 1

    def test_not_for_an_order_that_staff_have_put_away(self) -> None:
        project = priced()
        away = held(project, email="away@example.org").line.order
        held(project, email="here@example.org")
        Order.objects.filter(pk=away.pk).update(archived_at=timezone.now())
        release(project)
        assert addressees(written(project)) == ["here@example.org"]

    def test_not_who_lost_it_or_wants_none_or_is_gone(self) -> None:
        project, gone, out = priced(), UserFactory(), UserFactory(is_active=False)
        lost, quiet = held(project, email="lost@example.org"), held(project, email="quiet@example.org")
        held(project, gone)
        held(project, out)
        Entitlement.objects.filter(pk=lost.pk).update(revoked_at="2026-01-01T00:00:00Z")
        versions.versions_want(entitlement=quiet, wants=False)
        orders_forget(user=gone)
        release(project)
        assert written(project) == []
        assert VersionNotice.objects.get().done_at

    @pytest.mark.parametrize("who", ["guest", "member", "guest before"])
    def test_not_who_turned_them_off_before_they_bought_it_again(self, who: str) -> None:
        project, address = priced(), "quiet@example.org"
        user = UserFactory(email=address)
        first = held(project, user if who == "member" else None, email=address)
        versions.versions_want(entitlement=first, wants=False)
        again = held(project, None if who == "guest" else user, email=address)
        other = held(project, email="other@example.org")
        assert not Entitlement.objects.get(pk=again.pk).wants_versions
        assert Entitlement.objects.get(pk=other.pk).wants_versions
        release(project)
        assert addressees(written(project)) == ["other@example.org"]

    def test_those_of_one_person_are_locked_in_order(self) -> None:
        """Two who change the same ones from two ends would wait for each other."""
        project, user = priced(), UserFactory()
        first = held(project, user)
        held(project, user)
        with CaptureQueriesContext(connection) as caught:
            versions.versions_want(entitlement=first, wants=False)
        locked, changed = (query["sql"] for query in caught if "orders_entitlement" in query["sql"])
        assert re.search(r'ORDER BY (1|"orders_entitlement"."id") ASC', locked)
        assert ("FOR UPDATE" in locked) is connection.features.has_select_for_update
        assert changed.startswith("UPDATE")
        assert not Entitlement.objects.filter(wants_versions=True).exists()

    def test_nothing_of_what_is_not_on_display(self) -> None:
        project = priced()
        held(project)
        Project.objects.update(status=Status.DRAFT)
        release(Project.objects.get())
        assert not VersionNotice.objects.exists()

    def test_withdrawn_before_its_turn_holds_up_the_rest_until_it_is_offered_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(versions, "AT_ONCE", 1)
        monkeypatch.setattr(versions, "STEPS", 1)
        project = priced()
        for name in ("a", "b"):
            held(project, email=f"{name}@example.org")
        out = release(project)
        assert versions.version_notice_steps(release_id=out.pk)
        services.release_withdraw(release=out, actor=None)
        assert addressees(written(project)) == ["a@example.org"]
        assert versions.lost_notices_do({}) == {}
        services.release_publish(release=out, actor=None)
        versions.lost_notices_do(versions.lost_notices_do({}))
        assert addressees(written(project)) == ["a@example.org", "b@example.org"]
        assert versions.lost_notices_do({}) == {}

    def test_release_that_is_rolled_back_is_not_written_about(self) -> None:
        project = priced()
        held(project)
        draft = ReleaseFactory(project=project, notes="", released_at=None)
        with pytest.raises(services.NotPossible):
            services.release_publish(release=draft, actor=None)
        assert not VersionNotice.objects.exists()


class TestLostJobs:
    def test_go_on_where_they_stood(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(versions, "AT_ONCE", 1)
        monkeypatch.setattr(versions, "STEPS", 1)
        project = priced()
        for name in ("a", "b", "c"):
            held(project, email=f"{name}@example.org")
        out = release(project)
        versions.version_notice_steps(release_id=out.pk)
        seen = versions.lost_notices_do({})
        assert seen == {out.pk: VersionNotice.objects.get().after}
        assert Email.objects.filter(subject__startswith="Version").count() == 1  # its job may be at it
        assert versions.lost_notices_do(seen) == {}
        assert addressees(written(project)) == ["a@example.org", "b@example.org", "c@example.org"]

    def test_a_step_is_undone_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        project = priced()
        for name in ("a", "b"):
            held(project, email=f"{name}@example.org")
        out = release(project)

        def dies(mails: list[Any]) -> None:
            mails[0].send()
            raise KeyboardInterrupt

        monkeypatch.setattr(versions, "send_all", dies)
        with pytest.raises(KeyboardInterrupt):
            versions.version_notice_steps(release_id=out.pk)
        monkeypatch.undo()
        assert addressees(written(project)) == ["a@example.org", "b@example.org"]

    def test_what_is_no_address_holds_up_nobody(self) -> None:
        project = priced()
        bad = held(project, email="a@example.org")
        Order.objects.filter(pk=bad.line.order_id).update(email="no address")
        held(project, email="b@example.org")
        release(project)
        assert addressees(written(project)) == ["b@example.org"]

    def test_costs_the_same_queries_for_any_number(self, django_assert_max_num_queries: Any) -> None:
        project = priced()
        for number in range(5):
            held(project, email=f"{number}@example.org")
        out = release(project)
        with django_assert_max_num_queries(60):  # of which each mail: its row and its job
            versions.version_notice_steps(release_id=out.pk)


class TestEnding:
    @pytest.fixture
    def mail(self) -> Any:
        project = priced(name="Kettle")
        held(project, email="guest@example.org")
        held(project, email="GUEST@example.org")
        release(project)
        (mail,) = written(project)
        return mail

    def test_one_press_in_the_mail_program(self, mail: Any) -> None:
        assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        found = re.fullmatch(r"<(https?://.+)>", mail.headers["List-Unsubscribe"])
        assert found
        assert found[1] in mail.message
        assert found[1] in mail.html_message
        path = urlsplit(found[1]).path
        program = Client(enforce_csrf_checks=True)
        assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert not Entitlement.objects.filter(wants_versions=True).exists()

    def test_looking_changes_nothing_and_there_is_a_way_back(self, client: Client, mail: Any) -> None:
        path = urlsplit(mail.headers["List-Unsubscribe"].strip("<>")).path
        asked = client.get(path)
        assert "Kettle" in asked.content.decode()
        assert asked["X-Robots-Tag"] == "noindex, nofollow"
        assert not Entitlement.objects.filter(wants_versions=False).exists()
        assert "You get no more of them" in client.post(path, {"to": "off"}).content.decode()
        assert "You get no more of them" in client.get(path).content.decode()
        client.post(path, {"to": "on"})
        assert not Entitlement.objects.filter(wants_versions=False).exists()

    def test_of_this_project_and_this_person_alone(self, client: Client) -> None:
        project, user = priced(), UserFactory()
        mine, theirs, other = held(project, user), held(project), held(priced(), user)
        client.post(f"/versions/mails/{version_mails.stop_token(mine)}/")
        wants = Entitlement.objects.filter(wants_versions=True)
        assert set(wants.values_list("pk", flat=True)) == {theirs.pk, other.pk}

    @pytest.mark.parametrize(
        "token", ["nonsense", "0191d3a0-0000-7000-8000-000000000000:forged", ":", pytest.param("a" * 500, id="long")]
    )
    def test_forged_links(self, client: Client, token: str) -> None:
        assert client.get(f"/versions/mails/{token}/").status_code == 404
        assert client.post(f"/versions/mails/{token}/").status_code == 404


def test_user_of_the_order_is_the_reader() -> None:
    user: User = UserFactory()
    entitlement = held(priced(), user)
    assert versions.address_of(entitlement) == user.email


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_write_once_to_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "AT_ONCE", 2)
    project = priced()
    for number in range(12):
        held(project, email=f"{number:02}@example.org")
    out = release(project)

    def work(_number: int) -> bool:
        try:
            return versions.version_notice_steps(release_id=out.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert VersionNotice.objects.get().done_at  # whoever left it left it to somebody
    assert addressees(written(project)) == [f"{number:02}@example.org" for number in range(12)]
