"""One address, one owner: whoever takes it, by whatever way, and at the same time."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test import Client
from django.urls import reverse

from showpiece.accounts import services
from showpiece.accounts.models import User
from showpiece.catalog.models import Creator
from showpiece.catalog.services import creator_create
from tests.accounts.people import PASSWORD, ann, sign_up
from tests.factories import CreatorFactory, UserFactory


@pytest.fixture
def root() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", "root-1", PASSWORD))
    return client


def edit(client: Client, user: User | None, **fields: str) -> Any:
    page = reverse("admin:accounts_user_change", args=[user.pk]) if user else reverse("admin:accounts_user_add")
    body = {"username": user.username, "email": user.email, "name": user.name, "is_active": "on"} if user else {}
    return client.post(page, body | fields)


@pytest.mark.django_db
class TestTheOperator:
    @pytest.mark.parametrize("username", ["milk-bar", "MILK-BAR", "rnilk_bar"])
    def test_cannot_give_the_address_of_a_creator(self, root: Client, username: str) -> None:
        CreatorFactory(slug="milk-bar")
        user = ann()
        for answer in (
            edit(root, user, username=username),
            edit(root, None, username=username, email="new@example.org", name="New"),
        ):
            assert answer.status_code == 200
            assert answer.context["adminform"].form.errors == {"username": ["This username is taken."]}
        user.refresh_from_db()
        assert user.username == "ann"

    def test_cannot_give_a_look_alike_of_somebody(self, root: Client) -> None:
        UserFactory(username="mike")
        assert edit(root, ann(), username="rnike").context["adminform"].form.errors["username"]

    def test_may_give_somebody_the_address_of_their_own_page(self, root: Client) -> None:
        creator = CreatorFactory(slug="milk-bar")
        assert edit(root, creator.user, username="Milk-Bar").status_code == 302
        assert edit(root, User.objects.get(pk=creator.user_id), username="milk_bar").status_code == 302

    def test_may_give_a_reserved_username(self, root: Client) -> None:
        assert edit(root, None, username="support", email="new@example.org", name="New").status_code == 302

    def test_names_of_the_site_are_for_staff(self, root: Client) -> None:
        user = ann()
        assert edit(root, user, name="Administrator").context["adminform"].form.errors["name"]
        assert edit(root, user, name="Administrator", is_staff="on").status_code == 302

    def test_createsuperuser(self, monkeypatch: pytest.MonkeyPatch) -> None:
        CreatorFactory(slug="milk-bar")
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
        with pytest.raises((CommandError, ValidationError), match="taken"):
            call_command("createsuperuser", email="r@example.org", username="Milk-Bar", interactive=False, verbosity=0)
        assert not User.objects.filter(is_superuser=True).exists()


@pytest.mark.django_db
def test_a_creator_cannot_take_what_looks_like_an_address_of_somebody() -> None:
    UserFactory(username="mike")
    CreatorFactory(slug="milk-bar")
    user = ann()
    for slug in ("Mike", "rnike", "rnilk-bar"):
        with pytest.raises(ValidationError) as caught:
            creator_create(user=user, slug=slug, name="Ann")
        assert list(caught.value.message_dict) == ["slug"]
    assert creator_create(user=user, slug="ann", name="Ann").slug == "ann"


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_would_hold_nothing() -> None:
    with pytest.raises(TransactionManagementError):
        services.username_claim("mike")


def rename(user: User) -> None:
    with transaction.atomic():
        services.username_claim("rnike", user=user)
        User.objects.filter(pk=user.pk).update(username="rnike")


def register(user: User) -> None:
    answer = sign_up(Client(), username="rnike")
    if answer.status_code != 302:
        raise ValidationError(answer.context["form"].errors["username"])


WAYS: dict[str, Callable[[User], object]] = {
    "a creator's page": lambda user: creator_create(user=user, slug="rnike", name="Mike"),
    "somebody the operator adds": lambda user: services.user_add(
        email="m@example.org", username="rnike", password=None
    ),
    "a new name for somebody": rename,
    "registering": register,
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["username", "creator"])
@pytest.mark.parametrize("second", WAYS)
def test_of_two_at_the_same_time_one_gets_it(first: str, second: str) -> None:
    """The one that comes second waits until the first has ended, and is told then."""
    users = [UserFactory(), UserFactory()]
    ended = threading.Event()
    caught: list[list[str]] = []

    def come_second() -> None:
        try:
            WAYS[second](users[1])
        except ValidationError as error:
            caught.append(error.messages)
        finally:
            ended.set()
            connection.close()

    thread = threading.Thread(target=come_second)
    with transaction.atomic():
        if first == "username":
            services.user_add(email="first@example.org", username="mike", password=None)
        else:
            creator_create(user=users[0], slug="mike", name="Mike")
        thread.start()
        assert not ended.wait(0.5), "it did not wait"
    thread.join(20)
    assert len(caught) == 1, "both got it"
    taken = User.objects.filter(username__iregex="^(m|rn)ike$").count()
    assert taken + Creator.objects.filter(slug__iregex="^(m|rn)ike$").count() == 1
