"""A person's page, and the form of what stands there."""

import statistics
import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse

from showpiece.accounts import services
from showpiece.accounts.models import Profile, ProfileLink, User
from showpiece.accounts.selectors import people
from showpiece.catalog.models import Status
from showpiece.catalog.services import creator_create
from tests.accounts.pictures import photo, upload
from tests.factories import CreatorFactory, ProjectFactory, UserFactory

EDIT = "/accounts/profile/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return UserFactory(username="Anna_B", name="Anna Bell", email="anna@example.org")


@pytest.fixture
def own(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def form(**changes: Any) -> dict[str, Any]:
    return {"name": "Anna Bell", "bio": "", "location": "", "show_online": "on", **changes}


def page(client: Client, name: str) -> str:
    response = client.get(f"/@{name}/")
    assert response.status_code == 200
    return response.content.decode()


def errors(client: Client, **changes: Any) -> dict[str, list[str]]:
    response = client.post(EDIT, form(**changes))
    assert response.status_code == 200
    assert "Nothing is saved yet" in response.content.decode()
    return response.context["form"].errors


# Everybody has one


def test_everybody_has_a_profile_by_whatever_way_they_came(client: Client) -> None:
    User.objects.create_user("a@example.org", "aaa", name="A")
    User.objects.create_superuser("b@example.org", "bbb", "a long password 1")
    User.objects.create(email="c@example.org", username="ccc")
    password = "correct horse 7"
    client.post(
        reverse("account_signup"),
        {"name": "D", "email": "d@example.org", "username": "ddd", "password1": password, "password2": password},
    )
    assert set(Profile.objects.values_list("user__username", flat=True)) == {"aaa", "bbb", "ccc", "ddd"}


@pytest.mark.django_db(transaction=True)
def test_those_who_were_here_before_get_one_and_the_migration_goes_back() -> None:
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate([("accounts", "0002_sign_in")])
        before = MigrationExecutor(connection).loader.project_state([("accounts", "0002_sign_in")]).apps
        before.get_model("accounts", "User").objects.create(email="old@example.org", username="old")
        MigrationExecutor(connection).migrate(latest)
        assert Profile.objects.get().user.username == "old"
    finally:
        MigrationExecutor(connection).migrate(latest)


@pytest.mark.parametrize("changes", [{"bio": "x" * 501}, {"location": "x" * 81}])
def test_the_database_keeps_the_limits_too(person: User, changes: dict[str, str]) -> None:
    with pytest.raises(Exception, match=r"profile_|too long"), transaction.atomic():
        Profile.objects.filter(user=person).update(**changes)


@pytest.mark.parametrize(
    "link", [{"url": "javascript:alert(1)", "position": 0}, {"url": "https://x.example", "position": 5}]
)
def test_the_database_refuses_bad_links(person: User, link: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ProfileLink.objects.create(profile=person.profile, **link)


# The page


def test_the_page_shows_what_a_person_tells(client: Client, person: User) -> None:
    services.profile_save(
        person,
        services.ProfileChanges(
            name="Anna Bell", bio="I **solder**.", location="Oslo", links=["https://www.example.org/anna/"]
        ),
    )
    text = page(client, "Anna_B")
    assert "Anna Bell" in text
    assert "<strong>solder</strong>" in text
    assert "Oslo" in text
    assert 'href="https://www.example.org/anna/"' in text
    assert "example.org/anna<" in text
    assert "Member since" in text
    assert "anna@example.org" not in text


def test_a_script_in_the_bio_does_not_run(client: Client, person: User) -> None:
    bio = "<script>alert(1)</script> [x](javascript:alert(1)) ![](https://spy.example/p.png) <img src=x onerror=a()>"
    services.profile_save(person, services.ProfileChanges(name="Anna", bio=bio))
    text = page(client, "Anna_B").split('class="prose"')[1].split("</header>")[0]
    assert "<script" not in text
    assert "<img" not in text
    assert 'href="javascript' not in text


@pytest.mark.parametrize("name", ["anna_b", "ANNA_B"])
def test_a_username_in_another_case_leads_to_the_page(client: Client, person: User, name: str) -> None:
    response = client.get(f"/@{name}/?after=x")
    assert (response.status_code, response["Location"]) == (302, "/@Anna_B/?after=x")


@pytest.mark.parametrize("name", ["nobody", "an", "x" * 60])
def test_nobody_is_not_found(client: Client, name: str) -> None:
    assert client.get(f"/@{name}/").status_code == 404


def test_whoever_is_switched_off_is_not_found(client: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/@Anna_B/").status_code == 404
    creator = CreatorFactory(user=person, slug="anna-works")
    assert client.get(creator.get_absolute_url()).status_code == 404


def test_a_creator_has_one_page_with_their_projects(client: Client, person: User) -> None:
    creator = CreatorFactory(user=person, slug="anna-works", name="Anna's works", about="I make *clocks*.")
    ProjectFactory(creator=creator, name="Cuckoo")
    text = page(client, "anna-works")
    assert "Cuckoo" in text
    assert "<em>clocks</em>" in text
    assert client.get("/@anna_b/")["Location"] == "/@anna-works/"


def test_an_archived_creator_is_a_person_without_projects(client: Client, person: User) -> None:
    creator = CreatorFactory(user=person, slug="anna-works", status=Status.ARCHIVED)
    ProjectFactory(creator=creator, name="Cuckoo")
    assert client.get("/@anna-works/").status_code == 404
    assert "Cuckoo" not in page(client, "Anna_B")


def test_nobody_can_take_the_address_of_another(client: Client, person: User) -> None:
    with pytest.raises(ValidationError, match="username of somebody else"):
        creator_create(user=UserFactory(), slug="anna_b", name="Not Anna")
    CreatorFactory(slug="clock-works")
    password = "correct horse 7"
    response = client.post(
        reverse("account_signup"),
        {
            "name": "D",
            "email": "d@example.org",
            "username": "Clock-Works",
            "password1": password,
            "password2": password,
        },
    )
    assert response.context["form"].errors["username"] == ["This username is taken."]


def test_an_email_is_shown_only_if_chosen_and_confirmed(client: Client, person: User) -> None:
    services.profile_save(person, services.ProfileChanges(name="Anna", show_email=True))
    assert "anna@example.org" not in page(client, "Anna_B")
    services.address_confirm(person)
    assert "mailto:anna@example.org" in page(client, "Anna_B")


@pytest.mark.parametrize("creator", [False, True])
def test_a_page_costs_few_queries(own: Client, person: User, creator: bool, django_assert_max_num_queries: Any) -> None:
    links = [f"https://example.org/{number}" for number in range(5)]
    services.address_confirm(person)
    services.profile_save(person, services.ProfileChanges(name="Anna", links=links, show_email=True))
    if creator:
        maker = CreatorFactory(user=person, slug="anna-works")
        ProjectFactory.create_batch(13, creator=maker)
    with django_assert_max_num_queries(7 if creator else 6):  # a creator has supporters
        page(own, "anna-works" if creator else "Anna_B")


def test_a_page_costs_about_as_much_as_a_list_of_the_same_projects(own: Client, person: User) -> None:
    """Milliseconds depend on the machine, so `./run bench pages` measures those; here nothing may be much dearer."""
    links = [f"https://example.org/{number}" for number in range(5)]
    services.profile_save(person, services.ProfileChanges(name="Anna", bio="*x* " * 100, links=links))
    ProjectFactory.create_batch(12, creator=CreatorFactory(user=person, slug="anna-works", about="*y* " * 400))
    seconds: dict[str, list[float]] = {"/projects/": [], "/@anna-works/": []}
    for _ in range(25):
        for url, taken in seconds.items():
            began = time.process_time()
            own.get(url)
            taken.append(time.process_time() - began)
    usual, page_of_person = (statistics.median(taken) for taken in seconds.values())
    assert page_of_person < 1.6 * usual


# The form


def test_user_and_profile_are_edited_on_one_page(own: Client, person: User) -> None:
    assert 'aria-current="page">Profile<' in own.get(EDIT).content.decode()
    given = form(name="Anna  B.", bio="One\r\ntwo", location=" Oslo ", show_email="on")
    given |= {"link_2": "example.org/a", "link_4": "HTTP://b.example"}
    response = own.post(EDIT, given, follow=True)
    assert response.redirect_chain == [("/@Anna_B/", 302)]
    assert "Your profile is saved." in response.content.decode()
    profile = Profile.objects.select_related("user").get(user=person)
    assert (profile.user.name, profile.bio, profile.location) == ("Anna B.", "One\ntwo", "Oslo")
    assert [link.url for link in profile.links.all()] == ["https://example.org/a", "http://b.example"]
    assert profile.show_email


def test_a_bio_of_exactly_500_characters_with_new_lines_fits(own: Client, person: User) -> None:
    bio = "a\r\n" * 250
    assert own.post(EDIT, form(bio="x" + bio.strip())).status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\N{CYRILLIC CAPITAL LETTER A}nna"),
        ("name", "x" * 101),
        ("bio", "x" * 501),
        ("location", "x" * 81),
        ("link_1", "javascript:alert(1)"),
        ("link_1", "ftp://example.org"),
        ("link_3", "not a link"),
        ("link_5", "https://example.org/" + "x" * 200),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_saved(
    own: Client, person: User, field: str, value: str
) -> None:
    found = errors(own, **{"bio": "New", "name": "New", field: value})
    assert list(found) == [field]
    person.refresh_from_db()
    assert (person.name, Profile.objects.get(user=person).bio) == ("Anna Bell", "")


def test_both_are_saved_or_none(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(ProfileLink.objects, "bulk_create", fail)
    with pytest.raises(RuntimeError):
        services.profile_save(person, services.ProfileChanges(name="New", bio="New", links=["https://example.org"]))
    assert (User.objects.get(pk=person.pk).name, Profile.objects.get(user=person).bio) == ("Anna Bell", "")


def test_a_visitor_signs_in_first(client: Client) -> None:
    response = client.get(EDIT)
    assert response["Location"] == f"/accounts/login/?next={EDIT}"


def test_nobody_edits_anybody_else(own: Client) -> None:
    other = UserFactory(username="other", name="Other")
    for url in ("/@other/edit/", f"{EDIT}other/", f"{EDIT}{other.pk}/"):
        assert own.get(url).status_code == 404
        assert own.post(url, form(name="Hacked")).status_code in {404, 405}
    own.post(EDIT, form(user=str(other.pk), username="other", is_staff="on", name="Mine"))
    other.refresh_from_db()
    assert (other.name, other.is_staff) == ("Other", False)


@pytest.mark.parametrize(
    ("following", "target"),
    [
        ("/projects/", "/projects/"),
        ("https://evil.example/", "/@Anna_B/"),
        ("//evil.example/", "/@Anna_B/"),
        ("javascript:alert(1)", "/@Anna_B/"),
    ],
)
def test_it_leads_on_only_within_this_site(own: Client, following: str, target: str) -> None:
    assert own.post(EDIT, form(next=following))["Location"] == target


# The list


def test_the_list_costs_the_same_with_many_people(own: Client, person: User, django_assert_num_queries: Any) -> None:
    def cost() -> int:
        with django_assert_num_queries(3) as queries:
            response = own.get("/people/")
        assert response.status_code == 200
        return len(queries)

    few = cost()
    UserFactory.create_batch(60)
    assert cost() == few
    assert len(own.get("/people/").context["page"].items) == 24


def test_the_list_is_read_in_the_order_of_an_index() -> None:
    """Without sorting, and so without reading everybody: SQLite and PostgreSQL say it in words of their own."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # With a handful of rows sorting them all is cheaper; what matters is whether it can be done without.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    plan = people().order_by("-date_joined", "-pk")[:25].explain()
    assert "user_newest" in plan
    assert "B-TREE FOR ORDER BY" not in plan
    assert "Sort" not in plan


def test_the_list_leaves_out_who_is_switched_off(client: Client, person: User) -> None:
    UserFactory(name="Gone", is_active=False)
    text = client.get("/people/").content.decode()
    assert "Anna Bell" in text
    assert "Gone" not in text


def test_a_photo_that_is_good_must_be_chosen_again_after_another_error(own: Client) -> None:
    response = own.post(EDIT, form(name="", photo=upload(photo())))
    assert "Please choose the photo again" in response.content.decode()
