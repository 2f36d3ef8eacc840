"""Names that look like others: of the site, of people who are here, of those who were here before anybody looked."""

# ruff: noqa: RUF001
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Value
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from showpiece.accounts import selectors, services
from showpiece.accounts.looks import UsernameLook, name_look, username_look
from showpiece.accounts.models import User
from showpiece.accounts.names import validate_not_official, validate_not_reserved
from tests.accounts.people import ann, sign_up
from tests.factories import CreatorFactory, UserFactory


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Сара", "Capa"),
        ("СОСО", "COCO"),
        ("Вор", "Bop"),
        ("ΝΙΚΟ", "NIKO"),
        ("Ꭺꮯꭵ", "Aci"),
        ("І", "l"),
        ("Ilse", "llse"),
        ("𝐀nn", "Ann"),
        ("é", "e\u0301"),
    ],
)
def test_looks_the_same(one: str, other: str) -> None:
    assert name_look(one) == name_look(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ann", "Anne"), ("Ann", "ann"), ("Yıldız", "Yildiz"), ("Ян", "Яна"), ("Lan", "Ian"), ("Kam", "Karn"), ("е", "ё")],
)
def test_looks_different(one: str, other: str) -> None:
    """Names are many people's own; so only letters that cannot be told apart count."""
    assert name_look(one) != name_look(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("mike", "rnike"), ("Mike", "RNike"), ("wanda", "vvanda"), ("lisa", "Iisa"), ("lisa", "1isa"), ("bob", "b0b")],
)
def test_usernames_that_look_the_same(one: str, other: str) -> None:
    assert username_look(one) == username_look(other)


def test_separators_of_a_username_look_the_same() -> None:
    assert username_look("ann-lee") == username_look("ann_lee") != username_look("annlee")


@pytest.mark.django_db
@given(st.text("abIl10ornvwRNVW_-m", min_size=3, max_size=12))
def test_the_database_sees_what_we_see(username: str) -> None:
    User.objects.get_or_create(username="anybody")
    assert User.objects.values_list(UsernameLook(Value(username)), flat=True)[0] == username_look(username)


@pytest.mark.parametrize(
    "name", ["adm1n", "4dmin", "Adm1n_", "5taff", "r00t", "sh0wpiece", "showp1ece", "supp0rt", "admln", "m0derator"]
)
def test_reserved_usernames_by_their_looks(name: str) -> None:
    with pytest.raises(ValidationError):
        validate_not_reserved(name)


@pytest.mark.parametrize(
    "name",
    [
        "Staff", "STAFF", "S t a f f", "Administrator", "Admin", "admin Anna", "Anna (Admin)", "Showpiece",
        "Showpiece Team", "Sh0wpiece", "Support", "5upport", "Ádmin", "Moderator", "Аdmіn", "𝐀dmin",
        "Администратор", "администрация", "Админ Анна", "Служба поддержки", "Поддержка", "Сотрудник", "Модератор",
        "Cотрудник", "А.Д.М.И.Н", "НОЅТ",
    ],
)  # fmt: skip
def test_official_names(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        validate_not_official(name)
    assert caught.value.code == "official_name"


@pytest.mark.parametrize(
    "name", ["Ann Staffer", "Anna Support-Lee", "Roots", "Adminah", "Модест", "Тим", "Hosta", "Systema Anna", "Bo Team"]
)
def test_names_that_are_not_official(name: str) -> None:
    validate_not_official(name)


@pytest.mark.django_db
class TestSigningUp:
    @pytest.mark.parametrize("username", ["rnike", "RNike"])
    def test_username_that_looks_like_one_that_is_taken(self, client: Client, username: str) -> None:
        ann(username="mike")
        answer = sign_up(client, username=username)
        assert answer.context["form"].errors == {"username": ["This username is taken."]}

    def test_username_that_looks_like_a_creators_address(self, client: Client) -> None:
        CreatorFactory(slug="milk-bar")
        answer = sign_up(client, username="rnilk_bar")
        assert answer.context["form"].errors == {"username": ["This username is taken."]}

    @pytest.mark.parametrize("name", ["Staff", "Администратор", "Showpiece"])
    def test_official_name(self, client: Client, name: str) -> None:
        answer = sign_up(client, name=name)
        assert list(answer.context["form"].errors) == ["name"]
        assert "kept for the people who run this site" in answer.content.decode()
        assert not User.objects.exists()

    def test_twin_in_other_letters(self, client: Client) -> None:
        ann(name="Capa Bop")
        answer = sign_up(client, name="Сара Вор")
        assert list(answer.context["form"].errors) == ["name"]
        assert "looks the same, in other letters" in answer.content.decode()

    def test_the_very_same_name_is_many_peoples(self, client: Client) -> None:
        ann(name="Capa Bop")
        assert sign_up(client, name="Capa Bop").status_code == 302

    def test_names_cost_a_query_each(self, django_assert_num_queries: Any) -> None:
        UserFactory.create_batch(3)
        with django_assert_num_queries(1):
            selectors.username_is_taken("mike")
        with django_assert_num_queries(1):
            selectors.name_has_twin("Mike")


@pytest.mark.django_db
class TestTheProfile:
    def save(self, user: User, name: str) -> Any:
        client = Client()
        client.force_login(user)
        return client.post(reverse("profile_edit"), {"name": name, "show_online": "on"})

    @pytest.mark.parametrize(("name", "words"), [("Staff", "kept for the people"), ("Сара", "in other letters")])
    def test_members_are_told_at_the_field(self, name: str, words: str) -> None:
        UserFactory(name="Capa")
        user = ann()
        answer = self.save(user, name)
        assert words in answer.context["form"].errors["name"][0]
        user.refresh_from_db()
        assert user.name == "Ann"

    def test_staff_may_be_called_so(self) -> None:
        user = UserFactory(is_staff=True, name="Eve")
        assert self.save(user, "Showpiece Support").status_code == 302

    def test_who_has_such_a_name_from_before_can_save_the_rest(self) -> None:
        user = UserFactory(name="Администратор")
        assert self.save(user, "Администратор").status_code == 302

    def test_look_goes_with_the_name(self) -> None:
        user = ann(name="Сара")
        services.profile_save(user, services.ProfileChanges(name="Вор"))
        assert User.objects.get().name_look == "Bop"
        services.profile_save(user, services.ProfileChanges(name="Ян"))
        assert User.objects.get().name_look == name_look("Ян")


@pytest.mark.django_db
def test_searches_use_the_indexes() -> None:
    """With few rows a planner reads them all, so it is told not to."""
    queries = [
        User.objects.alias(look=UsernameLook("username")).filter(look="mike"),
        User.objects.filter(name_look="Mike").exclude(name="Mike"),
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        plans = [query.values("pk").order_by().explain() for query in queries]
    assert "user_username_look" in plans[0]
    assert "user_name_look" in plans[1]


@pytest.mark.django_db(transaction=True)
def test_twins_from_before_stay_and_the_migration_goes_back_and_forth() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    before = [("accounts", "0005_privacy")]
    try:
        MigrationExecutor(connection).migrate(before)
        users = MigrationExecutor(connection).loader.project_state(before).apps.get_model("accounts", "User").objects
        for number, (username, name) in enumerate((("mike", "Capa"), ("rnike", "Сара"), ("nameless", ""))):
            users.create(email=f"{number}@example.org", username=username, name=name)
        for _ in range(2):
            MigrationExecutor(connection).migrate(latest)
            looks = dict(User.objects.values_list("username", "name_look"))
            assert looks == {"mike": "Capa", "rnike": "Capa", "nameless": ""}
            assert selectors.username_is_taken("MIKE")
            assert selectors.name_has_twin("Сара")
            MigrationExecutor(connection).migrate(before)
    finally:
        MigrationExecutor(connection).migrate(latest)


@pytest.mark.django_db(transaction=True)
def test_backfill_that_was_cut_off_goes_on() -> None:
    User.objects.bulk_create(User(email=f"{n}@example.org", username=f"user{n}", name="Вор") for n in range(7))
    User.objects.update(name_look="")
    User.objects.filter(username="user3").update(name_look="Bop")
    migration = import_module("showpiece.accounts.migrations.0007_looks")
    migration.BATCH = 3
    with connection.schema_editor(atomic=False) as editor:
        migration.fill_in(apps, editor)
    assert set(User.objects.values_list("name_look", flat=True)) == {"Bop"}
