"""Who may see and do what: roles by pages."""

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from showpiece.accounts.models import Profile, User
from showpiece.accounts.rules import may
from showpiece.accounts.services import address_confirm
from tests.accounts.test_export import PASSWORD, made, signed_in
from tests.factories import UserFactory

ROLES = ("visitor", "member", "self", "staff", "superuser")
# Statuses, or whether something is shown, in the order of the roles.
TABLE = {
    "page": (200, 200, 200, 200, 200),
    "page of one who is switched off": (404, 404, 404, 404, 404),
    "list": (200, 200, 200, 200, 200),
    "own form": (302, 200, 200, 200, 200),
    "form of another": (404, 404, 404, 404, 404),
    "button to the form": (False, False, True, False, False),
    "e-mail": (False, False, False, False, False),
    "e-mail that is shown": (True, True, True, True, True),
    "presence": (True, True, True, True, True),
    "presence that is hidden": (False, False, False, False, False),
}

# The same with pages where one has to show once more that it is oneself ("confirmed"). Whose data, is asked of nobody:
# each sees their own, and only `person` has a ZIP.
CLOSED = {
    "data": (302, 302, 302, 302, 302),
    "data, confirmed": (302, 200, 200, 200, 200),
    "delete": (302, 302, 302, 302, 302),
    "delete, confirmed": (302, 200, 200, 200, 200),
    "download": (302, 302, 302, 302, 302),
    "download, confirmed": (302, 404, 200, 404, 404),
    "inbox": (302, 403, 403, 403, 200),
    "admin": (302, 302, 302, 200, 200),
    "admin of people": (302, 302, 302, 403, 200),
    "admin of the person": (302, 302, 302, 403, 200),
    "admin, the person deleted": (302, 302, 302, 403, 403),
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    person: User = UserFactory(username="anna", email="anna@example.org")
    address_confirm(person)
    return person


def as_role(role: str, person: User) -> Client:
    client = Client()
    if role != "visitor":
        more = {"staff": {"is_staff": True}, "superuser": {"is_staff": True, "is_superuser": True}}
        client.force_login(person if role == "self" else UserFactory(**more.get(role, {})))
    return client


@pytest.mark.parametrize("what", TABLE)
def test_every_role_on_every_page(what: str, person: User) -> None:
    clients = {role: as_role(role, person) for role in ROLES}
    Profile.objects.update(
        show_email="shown" in what, show_online="hidden" not in what, last_seen_at=person.date_joined
    )
    if "switched off" in what:
        User.objects.filter(pk=person.pk).update(is_active=False)
    url = {"list": "/people/", "own form": "/accounts/profile/", "form of another": "/@anna/edit/"}.get(what, "/@anna/")
    marks = {"button": ">\n      Edit profile", "e-mail": "mailto:anna@example.org", "presence": "presence-dot"}
    found = []
    for role in ROLES:
        response = clients[role].get(url)
        mark = marks.get(what.split()[0])
        found.append(response.status_code if mark is None else mark.strip(">\n ") in response.content.decode())

    assert tuple(found) == TABLE[what]


@pytest.mark.parametrize("what", CLOSED)
def test_every_role_at_every_closed_door(what: str, person: User) -> None:
    made(person)
    of_person = [person.pk]
    urls = {
        "data": reverse("account_data"),
        "delete": reverse("account_delete"),
        "download": reverse("account_data_download"),
        "inbox": reverse("mail_list"),
        "admin": reverse("admin:index"),
        "admin of people": reverse("admin:accounts_user_changelist"),
        "admin of the person": reverse("admin:accounts_user_change", args=of_person),
        "admin, the person deleted": reverse("admin:accounts_user_delete", args=of_person),
    }
    url = urls[what.removesuffix(", confirmed")]
    found = []
    for role in ROLES:
        client = as_role(role, person)
        if "confirmed" in what:
            User.objects.update(password=make_password(PASSWORD))
            client = sign_in_as(client)
        found.append(client.get(url).status_code)

    assert tuple(found) == CLOSED[what]


def sign_in_as(client: Client) -> Client:
    """The same person with their password, shown twice."""
    pk = client.session.get("_auth_user_id")
    return signed_in(User.objects.get(pk=pk).username) if pk else Client()


def test_nobody_may_edit_but_oneself_whatever_their_powers(person: User) -> None:
    boss = UserFactory(is_staff=True, is_superuser=True)
    assert not may("accounts.edit_profile", boss, person)
    assert may("accounts.edit_profile", person, person)
