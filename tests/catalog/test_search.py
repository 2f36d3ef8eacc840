"""The search: what is found by which words, in what order, and that nothing typed can break it."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from showpiece.catalog import lists, selectors, services
from showpiece.catalog.models import Project, SearchEntry, SearchWord
from showpiece.catalog.search import index, index_rebuild, query, spelling, sqlite
from showpiece.catalog.search.words import stem, words
from tests.catalog.test_lists import names_on
from tests.factories import CategoryFactory, CreatorFactory, DemoFactory, ProjectFactory, listed

pytestmark = pytest.mark.django_db


def found(client: Client, text: str, **more: str) -> list[str]:
    answer = client.get("/projects/", {"q": text, **more}, follow=True)
    assert answer.status_code == 200
    return [project.name for project in answer.context["page"].items]


@pytest.fixture
def shelf() -> None:
    creator, category = CreatorFactory(), CategoryFactory()
    common = {"creator": creator, "category": category}
    listed(name="Runner's diary", summary="Notes for those who train.", description="It counts repetitions.", **common)
    listed(name="Распознавание лиц", summary="Находит лица на фотографиях.", **common)
    listed(name="Recipe box", tags=["Cooking"], translations={"ru": {"name": "Ящик рецептов"}}, **common)
    listed(name="C++ playground", summary="Compile in the browser.", **common)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("diaries", "Runner's diary"),
        ("diary repetition", "Runner's diary"),
        ("counting", "Runner's diary"),
        ("DIARY", "Runner's diary"),
        ("rec", "Recipe box"),
        ("box recip", "Recipe box"),
        ("cook", "Recipe box"),
        ("рецепты", "Recipe box"),
        ("распознавания лица", "Распознавание лиц"),
        ("фотографию", "Распознавание лиц"),
        ("фотогр", "Распознавание лиц"),
        ("c++", "C++ playground"),
        ("браузер", ""),
        ("diary recipe", ""),
    ],
)
@pytest.mark.usefixtures("shelf")
def test_stems_beginnings_and_both_languages(client: Client, text: str, name: str) -> None:
    assert found(client, text) == ([name] if name else [])


def test_name_before_tag_before_summary_before_description(client: Client) -> None:
    common = {"creator": CreatorFactory(), "category": CategoryFactory()}
    listed(name="A", description="about a walrus", popularity=9, **common)
    listed(name="B", summary="A walrus is there.", popularity=8, **common)
    listed(name="C", tags=["walrus"], popularity=7, **common)
    listed(name="D walrusing", popularity=6, **common)
    listed(name="E walrus", popularity=1, **common)
    listed(name="F walrus", popularity=5, **common)
    names = found(client, "walrus")
    assert names[-3:] == ["C", "B", "A"]
    assert set(names[:3]) == {"F walrus", "E walrus", "D walrusing"}
    assert names.index("F walrus") < names.index("E walrus")
    assert found(client, "walrus", sort="popular") == ["A", "B", "C", "D walrusing", "F walrus", "E walrus"]


def test_creator_is_found_by_name_after_projects_of_that_name(client: Client) -> None:
    category = CategoryFactory()
    bench = CreatorFactory(name="Window Bench")
    listed(name="Kettle", creator=bench, category=category, popularity=5)
    listed(name="Lamp", creator=bench, category=category, tags=["light"])
    listed(name="Window bench", category=category)
    listed(name="Shelf", category=category, description="A window and a bench.")
    assert found(client, "window benches") == ["Window bench", "Kettle", "Lamp", "Shelf"]
    assert found(client, "bench lamp") == ["Lamp"]
    assert found(client, "bench", tag="light") == ["Lamp"]


def test_project_that_moves_is_found_by_its_new_creator(client: Client) -> None:
    project = listed(name="Kettle", description="Boils.", creator=CreatorFactory(name="Window Bench"))
    new = CreatorFactory(name="Garden Chair")
    services.project_change(project=project, actor=new.user, revision=project.revision, creator=new)
    assert found(client, "window") == []
    assert found(client, "garden") == ["Kettle"]


def test_name_of_a_creator_who_is_erased_stays_nowhere_in_the_search() -> None:
    project = listed(name="Kettle", creator=CreatorFactory(name="Wimbledale"), published_at=timezone.now())
    assert SearchEntry.objects.filter(tags__isnull=False, project=project).exists()
    services.creator_erase(creator=project.creator)
    assert not SearchEntry.objects.exists()
    # No word that somebody may have meant either: those stay for a day.
    assert not SearchWord.objects.filter(word__startswith="wimbledal").exists()


def test_words_of_what_is_gone_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "BATCH", 2)
    common = {"creator": CreatorFactory(name="Wimbledale"), "category": CategoryFactory()}
    kept = listed(name="Recipe box", tags=["Cooking"], translations={"ru": {"name": "Ящик рецептов"}}, **common)
    gone = listed(name="Walrus wimbledale box", tags=["seaside", "cooking"], summary="An oyster.", **common)
    renamed = listed(name="Kettle", description="Boils.", **common)
    services.project_change(project=renamed, actor=None, revision=1, name="Teapot")
    before = set(SearchWord.objects.values_list("word", flat=True))
    assert {"walrus", "seaside", "kettle"} < before
    services.project_delete(project=gone)
    assert index.words_forget() == 3
    left = set(SearchWord.objects.values_list("word", flat=True))
    assert before - left == {"walrus", "seaside", "kettle"}
    assert {"recipe", "box", "cooking", "рецептов", "teapot"} < left
    assert index.words_forget() == 0
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM catalog_spelling WHERE catalog_spelling MATCH 'alr'")
            assert cursor.fetchone() == (0,)
    assert SearchEntry.objects.filter(project=kept).exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks the statistics of PostgreSQL")
@pytest.mark.usefixtures("shelf")
def test_common_words_and_filters_find_the_same(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """What very many are expected to have is read in another way."""
    queries = [{"q": "diary"}, {"q": "recipes", "tag": "cooking"}, {"q": "лицо"}, {"price": "free"}, {"tag": "cooking"}]
    read = [found(client, asked.pop("q", ""), **asked) for asked in map(dict, queries)]
    assert all(read)
    monkeypatch.setattr(query, "WALKED", 10**9)
    monkeypatch.setattr(query, "FAR_MORE", 0)
    assert query.find(query.Wanted(price="free")) == query.Found([], capped=True)
    assert [found(client, asked.pop("q", ""), **asked) for asked in map(dict, queries)] == read


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks the statistics of PostgreSQL")
def test_word_in_very_many_names_is_not_looked_for_elsewhere(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    common = {"creator": CreatorFactory(), "category": CategoryFactory()}
    for number in range(3):
        listed(name=f"Walrus {number}", popularity=number, **common)
    listed(name="Popular", description="About a walrus.", popularity=9, **common)
    listed(name="Forgotten", description="About a walrus.", **common)
    monkeypatch.setattr(query, "POPULAR", 2)
    monkeypatch.setattr(query, "IN_HEADS", 3)
    assert found(client, "walrus") == ["Walrus 2", "Walrus 1", "Walrus 0", "Popular", "Forgotten"]
    monkeypatch.setattr(query, "SURELY", -1)
    assert found(client, "walrus") == ["Walrus 2", "Walrus 1", "Walrus 0", "Popular"]
    assert client.get("/projects/?q=walrus").context["listing"].only_first
    # The statistics may be wrong: where the names give fewer, it is looked for everywhere.
    monkeypatch.setattr(query, "IN_HEADS", 4)
    assert found(client, "walrus") == ["Walrus 2", "Walrus 1", "Walrus 0", "Popular", "Forgotten"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="is about FTS5")
class TestManyOnSqlite:
    """Of what very many have not all is read."""

    def test_those_with_it_in_the_name_come_first_then_the_popular(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        common = {"creator": CreatorFactory(), "category": CategoryFactory()}
        listed(name="Popular walrus", popularity=9, **common)
        listed(name="Popular one", summary="A walrus.", popularity=8, **common)
        listed(name="Popular else", summary="An oyster.", popularity=7, **common)
        listed(name="Forgotten walrus", **common)
        listed(name="Tagged", tags=["walrus"], **common)
        for number in range(2):
            listed(name=f"Walrus {number}", **common)
        for number in range(2):
            listed(name=f"New {number}", description="About a walrus.", **common)
        everything = found(client, "walrus")
        assert len(everything) == 8
        assert not client.get("/projects/?q=walrus").context["listing"].only_first
        for name, value in {"WHOLE": 7, "IN_NAMES": 2, "EACH": 2, "POPULAR": 3}.items():
            monkeypatch.setattr(sqlite, name, value)
        first = ["Popular walrus", "Walrus 1", "Walrus 0"]
        assert found(client, "walrus") == [*first, "Popular one"]
        assert found(client, "walrus", price="free", sort="popular")[:2] == ["Popular walrus", "Popular one"]
        assert found(client, "walrus", price="open") == []
        # Who asks for the newest gets those, wherever they have it.
        assert found(client, "walrus", sort="new") == ["New 1", "New 0"]
        assert client.get("/projects/?q=walrus").context["listing"].only_first
        # Where few have it in the name, those come next that have it elsewhere.
        monkeypatch.setattr(sqlite, "IN_NAMES", 5)
        assert found(client, "walrus") == [*first, "Forgotten walrus", "Popular one", "New 1", "New 0"]
        monkeypatch.setattr(sqlite, "EACH", 9)
        assert found(client, "walrus") == everything

    def test_popular_is_told_by_its_letters_in_every_form(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of the popular ones only those are read that may be meant, be it by a stem or by the beginning of a word."""
        common = {"creator": CreatorFactory(), "category": CategoryFactory()}
        for popularity, name in enumerate(["Happy walruses", "Happier walrus", "Oyster", "Ёлка моржей"]):
            listed(name=name, popularity=9 + popularity, **common)
        for name, value in {"WHOLE": 0, "IN_NAMES": 0, "EACH": 0, "POPULAR": 4}.items():
            monkeypatch.setattr(sqlite, name, value)
        assert found(client, "walrus") == ["Happier walrus", "Happy walruses"]
        assert found(client, "walrus happ") == ["Happier walrus", "Happy walruses"]
        assert found(client, "walrus happy") == found(client, "happiness walr") == ["Happy walruses"]
        assert found(client, "моржи елки") == ["Ёлка моржей"]
        assert found(client, "walrus", price="free") == ["Happier walrus", "Happy walruses"]
        assert found(client, "walrus", price="fixed") == []

    def test_of_a_common_word_only_itself_is_looked_for(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        common = {"creator": CreatorFactory(), "category": CategoryFactory()}
        for name in ("Art", "Art two", "Artichoke"):
            listed(name=name, **common)
        assert set(found(client, "art")) == {"Art", "Art two", "Artichoke"}
        assert found(client, "two art") == ["Art two"]
        monkeypatch.setattr(sqlite, "COMMON", 2)
        assert set(found(client, "art")) == {"Art", "Art two"}
        assert set(found(client, "arti")) == {"Artichoke"}

    def test_filters_that_leave_many_are_walked_along_the_order(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        common = {"creator": CreatorFactory(), "category": CategoryFactory()}
        for number in range(3):
            DemoFactory(project=listed(name=f"Walrus {number}", popularity=number, **common))
        DemoFactory(
            project=listed(name="Away", popularity=4, **common), kind="link", predictor="", url="https://example.org/"
        )
        for project in Project.objects.all():
            services.project_indexed(project)
        assert found(client, "", demo="1", sort="popular") == ["Walrus 2", "Walrus 1", "Walrus 0"]
        monkeypatch.setattr(sqlite, "LIMIT", 2)
        assert found(client, "", demo="1", sort="popular") == ["Walrus 2", "Walrus 1", "Walrus 0"]
        assert query.find(query.Wanted(demo=True)) == query.Found([], capped=True)
        ProjectFactory.create_batch(40, **common)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        walked = lists._filtered(selectors.project_cards(), query.Wanted(demo=True)).order_by("-published_at", "-pk")
        assert "TEMP B-TREE" not in walked[:13].explain()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks the statistics of PostgreSQL")
def test_statistics_tell_how_many_have_a_word() -> None:
    creator, category = CreatorFactory(), CategoryFactory()
    for number in range(20):
        listed(name="Walrus" if number < 15 else "Other", creator=creator, category=category)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_searchentry")
    everything, walruses, heads = query._expected(("document", "'walrus'"), ("heads", "'walrus' & 'Pfree'"))
    assert everything == 20
    assert 14 <= walruses <= 16
    assert 14 <= heads <= 16


ODD = [
    *('"', '""', "*", "a*", '"a', "a OR", "AND", "NOT a", "NEAR(a b)", "name:a", "{names}: a", "^a", "-a", "a'b"),
    *("a\\b", "a & b | !c", "(", ":*", "\x00", "a\x00b", "😀", "😀 a", "…—!?", " ", "%", "_", "'; DROP TABLE"),
    *("a" * 10_000, "слово " * 2000, "\uff11\uff12", "\ufb01", "\u0130stanbul", "ß", "ё", "漢字", "e\u0301"),
]


@pytest.mark.parametrize("text", ODD)
@pytest.mark.usefixtures("shelf")
def test_nothing_typed_breaks_it(client: Client, text: str) -> None:
    for more in ({}, {"sort": "price"}, {"price": "free"}):
        assert client.get("/projects/", {"q": text, **more}, follow=True).status_code == 200


@pytest.mark.usefixtures("shelf")
def test_text_without_a_word_is_told(client: Client) -> None:
    answer = client.get("/projects/", {"q": "?!"})
    assert "no letter or digit" in answer.content.decode()
    assert len(answer.context["page"].items) == 4


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("recipie", "Recipe box"),
        ("распазнавание", "Распознавание лиц"),
        ("recipie cookng", "Recipe box"),
        ("recpie", "Recipe box"),  # no two of its pieces in a row are right
        ("recpie cookng", "Recipe box"),
        ("recipie cooking", "Recipe box"),
    ],
)
@pytest.mark.usefixtures("shelf")
def test_mistyped_word(client: Client, typed: str, meant: str) -> None:
    answer = client.get("/projects/", {"q": typed})
    assert [project.name for project in answer.context["page"].items] == [meant]
    assert f"Nothing was found for “{typed}”" in answer.content.decode()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no pieces of two letters")
def test_mistyped_word_of_few_letters(client: Client) -> None:
    """It shares two pieces of ten, which is fewer than PostgreSQL takes for similar if it is told nothing."""
    listed(name="World")
    assert found(client, "wrold") == ["World"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite always has its index")
@pytest.mark.usefixtures("shelf")
def test_mistyped_word_without_the_extension(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spelling, "_indexed", set())
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX search_similar")
        cursor.execute("DROP EXTENSION pg_trgm")
    assert found(client, "recipie") == ["Recipe box"]


@pytest.mark.parametrize("typed", ["recipie", "recipie cookng", "recpie cookng"])
@pytest.mark.usefixtures("shelf")
def test_mistyped_word_takes_eight_queries(client: Client, typed: str) -> None:
    found(client, typed)
    with CaptureQueriesContext(connection) as queries:
        assert found(client, typed, price="free", tag="cooking") == ["Recipe box"]
    assert len(queries) <= 8


@pytest.mark.usefixtures("shelf")
def test_nothing_found_helps_on(client: Client) -> None:
    html = client.get("/projects/", {"q": "zzzzzz", "price": "free"}).content.decode()
    assert "Try fewer or other words" in html
    assert 'href="/projects/?price=free"' in html
    assert 'href="/projects/?q=zzzzzz"' in html


def test_rebuild_makes_the_same_and_drops_what_is_gone(client: Client) -> None:
    kept, gone = listed(name="Kept walrus", tags=["sea"]), listed(name="Gone walrus")
    SearchEntry.objects.filter(project=kept).delete()
    Project.objects.filter(pk=gone.pk).update(status="archived")
    assert found(client, "walrus") == []
    assert index_rebuild() == 1
    assert found(client, "walrus", tag="sea") == ["Kept walrus"]
    assert SearchEntry.objects.count() == 1


def test_rebuild_where_there_is_an_index_may_be_left_out() -> None:
    project = listed()
    SearchEntry.objects.update(project=project)
    before = SearchEntry.objects.get().pk
    call_command("search_rebuild", if_empty=True)
    assert SearchEntry.objects.get().pk == before
    SearchEntry.objects.all().delete()
    call_command("search_rebuild", if_empty=True)
    assert SearchEntry.objects.count() == 1


def test_upgrade_lets_creators_be_found(client: Client) -> None:
    """What a shop from before had indexed, and another creator's project, whose words stay as they are."""
    listed(name="Kettle", tags=["tea"], creator=CreatorFactory(name="Window Bench"))
    SearchEntry.objects.update(tags=["tea"])
    listed(name="Lamp", creator=CreatorFactory(name="Chair"))
    assert found(client, "bench") == []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the rows were made in this transaction
    migration = import_module("showpiece.catalog.migrations.0009_search_creators")
    migration.forwards(apps, SimpleNamespace(connection=connection))
    assert found(client, "bench tea") == found(client, "benches") == ["Kettle"]
    assert found(client, "chair") == ["Lamp"]


def test_deleted_project_leaves_nothing_in_the_index(client: Client) -> None:
    project = listed(name="Walrus")
    project.tagged.all().delete()
    project.delete()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM catalog_search WHERE catalog_search MATCH 'walrus'")
            assert cursor.fetchone() == (0,)
    assert names_on(client, "/projects/?q=walrus") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ёлка, C# & c++ v2.0!", ["елка", "cs", "cpp", "v2", "0"]),
        ("a_b NEAR/3", ["a", "b", "near", "3"]),
        ("\ufb01ne \uff21\uff22", ["fine", "ab"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert list(words(text)) == expected


def test_stems_are_of_the_language_of_the_letters() -> None:
    assert stem("running") == stem("runs") == "run"
    assert stem("лицами") == stem("лица")
