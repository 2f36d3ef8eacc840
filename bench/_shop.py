"""A shop of any size, written straight into the tables: names in two languages, tags and words as uneven as in life."""

import random
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate, islice
from typing import Any

from showpiece.catalog.search.index import facets
from showpiece.catalog.search.words import stem, stems, words, words_and_stems

NOW = datetime.now(UTC).replace(microsecond=0)
SPAN = 1100 * 24 * 3600  # seconds in which they were made
SINCE = NOW.timestamp() - SPAN
TABLES = (
    *("accounts_user", "catalog_creator", "catalog_category", "catalog_tag", "catalog_project"),
    *("catalog_projecttag", "catalog_projectpicture", "demos_demo", "catalog_searchentry", "catalog_searchword"),
)


def _list(text: str) -> list[str]:
    return text.split()


KINDS = {
    "en": _list("app bot tool game editor player reader tracker planner library service plugin theme viewer"),
    "ru": _list("приложение бот редактор игра плеер читалка трекер планировщик библиотека сервис плагин"),
}
MANNERS = {
    "en": _list("Quiet Open Tiny Clever Bright Simple Fast Little Smart Honest Free Lucky Green Calm Modern"),
    "ru": _list("Тихий Открытый Умный Простой Быстрый Новый Честный Лёгкий Зелёный Добрый Ясный"),
}
THINGS = {
    "en": _list("photo music budget garden recipe weather calendar face plate exercise forest letter map chess"),
    "ru": _list("фотография музыка бюджет сад рецепт погода календарь лицо номер тренировка лес письмо карта"),
}
SYLLABLES = {
    "en": _list("ka ri mo ta ve lu no si pra den zor vik mel tor an qui bel ost fer gan hol jin"),
    "ru": _list("ка ри мо та ве лу но си пра ден зор вик мел тор ан бел ост фер ган хол жин ющ"),
}
CURRENCIES, CURRENCY_WEIGHTS = ("EUR", "USD", "RUB"), (80, 15, 5)
Row = Sequence[Any]


def _zipf(count: int) -> list[float]:
    return list(accumulate(1 / (rank + 2) for rank in range(count)))


@cache
def words_of(phrase: str) -> list[str]:
    return words_and_stems([phrase])


class Shop:
    """The rows of a shop of `size` projects, always the same ones."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.chance = random.Random(7)
        self.creators = [self.new_id(index, max(1, size // 20)) for index in range(max(1, size // 20))]
        self.categories = [self.new_id(index, 20) for index in range(20)]
        self.tag_names = [self.coined("ru" if index % 4 == 3 else "en", 2) for index in range(min(3000, size))]
        self.tag_names = list(dict.fromkeys(["python", "games", "машинное обучение", "vision", *self.tag_names]))
        self.tag_ids = [self.new_id(index, 3000) for index in range(len(self.tag_names))]
        self.tag_weights = _zipf(len(self.tag_ids))
        self.tag_words = [words_and_stems([name]) for name in self.tag_names]
        self.paragraphs = {language: [self.paragraph(language) for _ in range(1000)] for language in ("en", "ru")}
        self.seen_words: set[str] = set()
        self.creator_names = [
            " ".join(self.coined("ru" if index % 4 == 3 else "en", 3).capitalize() for _ in range(2))
            for index in range(len(self.creators))
        ]

    def new_id(self, index: int, of: int) -> uuid.UUID:
        """A UUIDv7 of a moment in the last three years."""
        moment = int((SINCE + SPAN * index / of) * 1000)
        chance = self.chance.getrandbits(74)
        return uuid.UUID(int=moment << 80 | 7 << 76 | chance >> 62 << 64 | 2 << 62 | chance & (1 << 62) - 1)

    def coined(self, language: str, syllables: int) -> str:
        return "".join(self.chance.choices(SYLLABLES[language], k=syllables))

    def paragraph(self, language: str) -> tuple[str, list[str]]:
        known = [*KINDS[language], *THINGS[language], *MANNERS[language]]
        said = [
            self.chance.choice(known) if self.chance.random() < 0.3 else self.coined(language, 3) for _ in range(120)
        ]
        text = " ".join(said)
        return text, stems([text])

    def people(self) -> Iterator[tuple[uuid.UUID, int]]:
        for index, pk in enumerate(self.creators):
            yield pk, index

    def projects(self) -> Iterator[tuple[Row, list[Row], Row | None, Row | None, Row | None]]:
        """The row of each project, of its tags, its picture, its demo, and what can be found of it."""
        chance, size = self.chance, self.size
        for index in range(size):
            pk = self.new_id(index, size)
            language = "ru" if chance.random() < 0.3 else "en"
            manner, thing = chance.choice(MANNERS[language]), chance.choice(THINGS[language])
            kind, own = chance.choice(KINDS[language]), self.coined(language, 4)
            name = f"{own.capitalize()}: {manner.lower()} {thing} {kind}"
            aim = self.coined(language, 3)
            summary = f"{manner} {kind} — {thing}, {aim}"
            description, found = chance.choice(self.paragraphs[language])
            published = NOW - timedelta(days=1100) * (1 - (index + 1) / size) - timedelta(seconds=chance.random())
            luck = chance.random()
            status = "published" if luck < 0.95 else "draft" if luck < 0.98 else "archived"
            category = self.categories[min(int(chance.paretovariate(0.8)) - 1, 19)]
            maker = min(int(chance.random() ** 1.5 * len(self.creators)), len(self.creators) - 1)
            price_kind = chance.choices(("free", "fixed", "open"), (60, 30, 10))[0]
            price = 0 if price_kind == "free" else chance.randint(1, 200) * 50
            currency = chance.choices(CURRENCIES, CURRENCY_WEIGHTS)[0]
            popularity = int(chance.paretovariate(0.7)) - 1
            rated = chance.randint(1, 50) if chance.random() < 0.4 else 0
            row = (
                *(pk, self.creators[maker], self.categories[0] if index == 0 else category, f"p{index}", name, summary),
                *(description, language, "", "", "", price_kind, price, None, currency, status, published, published),
                *(None if status == "draft" else published, False, None, 1, "", min(popularity, 10**9)),
                *(chance.randint(1000, 5000) if rated else 0, rated * 4, rated, "{}"),
            )
            count = chance.choice((0, 1, 2, 3, 3, 4, 6))
            tags = dict.fromkeys(chance.choices(range(len(self.tag_ids)), cum_weights=self.tag_weights, k=count))
            tag_rows = [(self.new_id(index, size), self.tag_ids[tag], pk) for tag in tags]
            picture = (
                *(self.new_id(index, size), pk, 0, "A picture", f"projects/{pk}/a.webp", 400, 250),
                *(f"projects/{pk}/b.webp", 640, 400, f"projects/{pk}/c.webp", 1280, 800, "{}"),
            )
            demo, luck = None, chance.random()
            if luck < 0.03:
                link = luck < 0.01
                demo = (
                    *(self.new_id(index, size), pk, "link" if link else "local", "soon" if luck > 0.025 else "live"),
                    *("" if link else "faces", "https://example.org/" if link else ""),
                )
            entry = None
            if status == "published":
                phrase = words_of(f"{manner} {thing} {kind}")
                names = [*phrase, *dict.fromkeys((own, stem(own)))]
                self.seen_words.update((own, *phrase))
                held = facets(
                    category=row[2],
                    tags=[self.tag_ids[tag] for tag in tags],
                    price=price_kind,
                    demo=demo is not None and demo[2] != "link" and demo[3] == "live",
                    language=language,
                )
                tagged = [word for tag in tags for word in self.tag_words[tag]]
                tagged = list(dict.fromkeys((*tagged, *words_of(self.creator_names[maker]))))
                parts = (names, tagged, [*phrase, *dict.fromkeys((aim, stem(aim)))], found, held)
                entry = (pk, *(" ".join(part) for part in parts))
            yield row, tag_rows, picture if index % 10 else None, demo, entry


COLUMNS = {
    "accounts_user": "id password is_superuser email username name is_active is_staff date_joined welcomed_at",
    "accounts_profile": "user_id bio location photo photo_source show_email show_online",
    "catalog_creator": "id user_id slug name about status rating translations",
    "catalog_category": "id slug name description status translations",
    "catalog_tag": "id name slug",
    "catalog_project": "id creator_id category_id slug name summary description language url source_url docs_url"
    " price_kind price_minor suggested_minor currency status created_at updated_at published_at archived_by_staff"
    " featured_at revision preview_key popularity rating rating_sum rating_count translations",
    "catalog_projecttag": "id tag_id content_object_id",
    "catalog_projectpicture": "id project_id position alt thumb thumb_width thumb_height small small_width small_height"
    " large large_width large_height translations",
    "demos_demo": "id project_id kind state predictor url sample",
    "catalog_searchentry": "project_id names tags summary body facets",
    "catalog_searchword": "word",
}
# What is copied with a project, and the column that says whose it is.
COPIED = {
    "catalog_projecttag": "content_object_id",
    "catalog_projectpicture": "project_id",
    "demos_demo": "project_id",
    "catalog_searchentry": "project_id",
    "catalog_project": "id",
}
BATCH = 5000
# So many projects are drawn by chance, the others copied from them inside the database.
DRAWN = 100_000


def fill(size: int, say: Callable[[str], None] = print) -> float:
    """Fill the empty tables of Django's database with a shop of that size. Returns the seconds that it took.

    PostgreSQL takes the rows by COPY, SQLite by `executemany`; the indexes are made when the rows are there.
    """
    from django.db import connection

    began = time.monotonic()
    with _without_indexes(connection):
        _rows(connection, Shop(min(size, DRAWN)), say)
        multiply(connection, min(size, DRAWN), size)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO catalog_search(catalog_search) VALUES ('rebuild')")
            cursor.execute("INSERT INTO catalog_spelling(catalog_spelling) VALUES ('rebuild')")
            cursor.execute("ANALYZE")
        else:
            cursor.execute("VACUUM ANALYZE")
    return time.monotonic() - began


def _rows(connection: Any, shop: Shop, say: Callable[[str], None]) -> None:
    write = _copy if connection.vendor == "postgresql" else _insert
    users = [(uuid.UUID(int=pk.int ^ 1), index) for pk, index in shop.people()]
    write(connection, "accounts_user", (
        (pk, "!", False, f"c{index}@example.org", f"creator-{index}", f"Creator {index}", True, False, NOW, NOW)
        for pk, index in users
    ))  # fmt: skip
    write(connection, "accounts_profile", ((pk, "", "", "", "", False, True) for pk, _ in users))
    write(connection, "catalog_creator", (
        (creator, user, f"creator-{index}", shop.creator_names[index], "Makes things.",
         "archived" if index % 100 == 99 else "published", 0, "{}")
        for creator, (user, index) in zip(shop.creators, users, strict=True)
    ))  # fmt: skip
    write(connection, "catalog_category", (
        (pk, f"category-{index}", f"Category {index}", "", "archived" if index == 7 else "published", "{}")
        for index, pk in enumerate(shop.categories)
    ))  # fmt: skip
    write(connection, "catalog_tag", (
        (pk, name, name.replace(" ", "-")) for pk, name in zip(shop.tag_ids, shop.tag_names, strict=True)
    ))  # fmt: skip
    rows, done = shop.projects(), 0
    while batch := list(islice(rows, BATCH)):
        write(connection, "catalog_project", (row for row, *_ in batch))
        write(connection, "catalog_projecttag", (tag for _, tags, *_ in batch for tag in tags))
        write(connection, "catalog_projectpicture", (picture for *_, picture, _, _ in batch if picture))
        write(connection, "demos_demo", ((*demo, "") for *_, demo, _ in batch if demo))
        write(connection, "catalog_searchentry", (entry for *_, entry in batch if entry))
        done += len(batch)
        if done % 100_000 == 0:
            say(f"  {done} projects")
    write(connection, "catalog_searchword", ((word,) for word in sorted(shop.seen_words | _tag_words(shop))))


def _tag_words(shop: Shop) -> set[str]:
    return {word for name in shop.tag_names for word in words(name) if len(word) > 2}


def _copy(connection: Any, table: str, rows: Any) -> None:
    columns = ", ".join(COLUMNS[table].split())
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _insert(connection: Any, table: str, rows: Any) -> None:
    columns = COLUMNS[table].split()
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
    connection.connection.executemany(statement, ([_plain(value) for value in row] for row in rows))


def _plain(value: Any) -> Any:
    """As Django writes it on SQLite."""
    if isinstance(value, uuid.UUID):
        return value.hex
    return str(value.replace(tzinfo=None)) if isinstance(value, datetime) else value


@contextmanager
def _without_indexes(connection: Any) -> Iterator[None]:
    postgresql = connection.vendor == "postgresql"
    find = (
        """SELECT indexname, indexdef FROM pg_indexes JOIN pg_class ON relname = indexname
           LEFT JOIN pg_constraint ON conindid = pg_class.oid WHERE conindid IS NULL AND tablename = ANY(%s)"""
        if postgresql
        else f"""SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type = 'index'
                 AND tbl_name IN ({", ".join(["%s"] * len(TABLES))})"""  # noqa: S608
    )
    with connection.cursor() as cursor:
        cursor.execute(find, [list(TABLES)] if postgresql else list(TABLES))
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        triggers: list[tuple[str, str]] = []
        if postgresql:
            cursor.execute("SET session_replication_role = replica")  # no foreign keys are checked
            cursor.execute("SET maintenance_work_mem = '512MB'")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'catalog_s%%'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute("BEGIN")
    yield
    with connection.cursor() as cursor:
        if postgresql:
            cursor.execute("SET session_replication_role = DEFAULT")
        else:
            cursor.execute("COMMIT")
            cursor.execute("PRAGMA foreign_keys = ON")
        for _, definition in [*indexes, *triggers]:
            connection.connection.execute(definition)


def multiply(connection: Any, drawn: int, size: int) -> None:
    """Copy the first `drawn` projects, with all that is theirs, until there are `size`. An id keeps its moment."""
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalog_project")
        there = cursor.fetchone()[0]
        for copy in range(1, -(-size // drawn)):
            wanted = min(drawn, size - there)
            if wanted <= 0:
                break
            # The digit that says the version of an id is another one in each copy, and the id thereby.
            digit = "012345689abcdef"[copy - 1]
            new = (
                f"overlay({{0}}::text placing '{digit}' from 15 for 1)::uuid"
                if postgresql
                else f"substr({{0}}, 1, 12) || '{digit}' || substr({{0}}, 14)"
            )
            last = f"""SELECT id FROM catalog_project WHERE slug NOT LIKE '%%-%%' ORDER BY id
                LIMIT 1 OFFSET {wanted - 1}"""  # noqa: S608
            theirs = f"""IN (SELECT id FROM catalog_project WHERE slug NOT LIKE '%%-%%' AND id <= ({last}))"""  # noqa: S608
            for table, owner in COPIED.items():
                columns = COLUMNS[table].split()
                taken = [new.format(name) if name in ("id", owner) else name for name in columns]
                if table == "catalog_project":
                    taken[columns.index("slug")] = f"slug || '-{copy}'"
                cursor.execute(
                    f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608
                    f"SELECT {', '.join(taken)} FROM {table} WHERE {owner} {theirs}"
                )
            there += wanted
