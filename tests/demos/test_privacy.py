"""Whose run it is."""

import pytest
from django.test import Client
from django.urls import reverse

from showpiece.demos.models import Demo, Run
from tests.demos.conftest import picture_bytes
from tests.demos.test_views import finished, send
from tests.factories import DemoFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo() -> Demo:
    return DemoFactory()


class TestPrivacy:
    """A run belongs to the browser session or the account that made it; its address alone opens nothing."""

    def addresses(self, run: Run) -> list[str]:
        files = [reverse("run_file", args=[run.pk, file.pk]) for file in run.files.all()]
        names = ["run", "run_panel", "run_json"]
        return [
            *files,
            *(reverse(name, args=[run.pk]) for name in names),
            reverse("run_table", args=[run.pk, "stripes"]),
        ]

    def test_owner_sees_all_and_a_stranger_nothing(self, client: Client, demo: Demo) -> None:
        run = finished(client, demo)
        assert len(self.addresses(run)) == 6
        stranger, other = Client(), Client()
        send(other, demo, picture_bytes())  # a visitor with a session of their own
        for address in self.addresses(run):
            assert client.get(address).status_code == 200, address
            assert stranger.get(address).status_code == 404, address
            assert other.get(address).status_code == 404, address

    @pytest.mark.parametrize("name", ["run_cancel", "run_delete"])
    def test_stranger_changes_nothing(self, client: Client, demo: Demo, name: str) -> None:
        send(client, demo, picture_bytes())
        run = Run.objects.get()
        assert Client().post(reverse(name, args=[run.pk])).status_code == 404
        run.refresh_from_db()
        assert run.status == Run.Status.STARTING

    def test_account_sees_its_runs_from_another_browser(self, demo: Demo) -> None:
        user, here, there = UserFactory(), Client(), Client()
        here.force_login(user)
        there.force_login(user)
        run = finished(here, demo)
        assert there.get(run.get_absolute_url()).status_code == 200
        assert Client().get(run.get_absolute_url()).status_code == 404

    def test_visitor_keeps_their_run_when_they_sign_in(self, client: Client, demo: Demo) -> None:
        run = finished(client, demo)
        user = UserFactory()
        user.set_password("a good long password")
        user.save()
        client.post(reverse("account_login"), {"login": user.email, "password": "a good long password"})
        assert client.get(run.get_absolute_url()).status_code == 200

    def test_file_of_another_run_of_mine_needs_its_own_address(self, client: Client, demo: Demo) -> None:
        run = finished(client, demo)
        send(client, demo, picture_bytes())
        other = Run.objects.exclude(pk=run.pk).get()
        file = run.files.first()
        assert file is not None
        assert client.get(reverse("run_file", args=[other.pk, file.pk])).status_code == 404

    def test_files_are_not_under_media(self, client: Client, demo: Demo) -> None:
        file = finished(client, demo).files.first()
        assert file is not None
        assert client.get(f"/media/{file.file.name}").status_code == 404
