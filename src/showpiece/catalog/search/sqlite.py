"""Asking FTS5, which gives what it finds in the order of its rows: the latest first, without looking at the others.

So a word that most projects have costs no more than one that some hundred have. Dear is what it has to go through to
the end, and the beginning of a word: all that begin so are put together before the first is told.
"""

from typing import Any

from showpiece.catalog.models import Status
from showpiece.catalog.search.wanted import LIMIT, ON_DISPLAY, SORTED_BY, Wanted, answer
from showpiece.catalog.search.words import stem

# So many are read whole. Of more only so many that have the words in their names; if those are not to be had, so many
# of each other place; and what has them of the most popular projects.
WHOLE, IN_NAMES, EACH, POPULAR = 500, 150, 100, 150
NAMES, *ELSEWHERE = PLACES = ("names", "names tags", "names tags summary body")
# Of a word that so many have nobody needs those that only begin with it.
COMMON = 2000

COLUMNS = f"CAST(p.published_at AS text), {SORTED_BY}"
SHELVES = f"""CROSS JOIN catalog_creator c ON c.id = p.creator_id CROSS JOIN catalog_category k ON k.id = p.category_id
    WHERE {ON_DISPLAY} AND k.status = '{Status.PUBLISHED}'"""
NEWEST = f"""SELECT * FROM (SELECT 1, p.id, e.names, e.tags, e.summary, '', {COLUMNS} FROM catalog_search s
    CROSS JOIN catalog_searchentry e ON e.id = s.rowid CROSS JOIN catalog_project p ON p.id = e.project_id
    {SHELVES} AND s.catalog_search MATCH %s ORDER BY s.rowid DESC LIMIT %s)"""  # noqa: S608
# FTS5 is not asked about these: it would begin anew for each. Those that cannot be meant are left out by the letters of
# the words. Facets stand behind all the words of a row, and a project's text before its numbers: nothing is read for
# nothing.
MOST_POPULAR = f"""SELECT * FROM (SELECT 0, p.id, e.names, e.tags, e.summary, iif(%s, e.facets, ''), {COLUMNS} FROM (
        SELECT id, creator_id, category_id, status, published_at, popularity, rating, currency, price_minor
        FROM catalog_project WHERE status = '{Status.PUBLISHED}' ORDER BY popularity DESC, id DESC LIMIT %s) p
    CROSS JOIN catalog_searchentry e ON e.project_id = p.id {SHELVES} AND {{letters}})"""  # noqa: S608
TEXTS = "e.names || ' ' || e.tags || ' ' || e.summary"
LETTERS = f"(instr({TEXTS}, %s) OR instr({TEXTS}, %s))"
COUNTED = "SELECT count(*) AS many FROM (SELECT 1 FROM catalog_search WHERE catalog_search MATCH %s LIMIT %s)"
# How many have the last word, and how many have all, which may only begin with a last word that is no common one.
HOW_MANY = f"""SELECT many, (SELECT count(*) FROM (
        SELECT 1 FROM catalog_search WHERE catalog_search MATCH iif(many < %s, %s, %s) LIMIT %s))
    FROM ({COUNTED})"""  # noqa: S608


def ask(wanted: Wanted, now: str, *, newest: bool = False) -> tuple[list[Any], bool]:
    """Rows as `query.find` sorts them, and whether there are more.

    `newest`: those alone, as FTS5 gives them; where in them the words are is all one.
    """
    held = [f'facets : "{facet}"' for facet in wanted.facets]
    if not wanted.words:
        return _filtered(" AND ".join(held), now)
    stems, begun = [stem(word) for word in wanted.words], wanted.words[-1]
    *exact, last = (f'"{one}"' for one in stems)

    def match(end: str, columns: str = PLACES[-1]) -> str:
        return " AND ".join([*held, f"{{{columns}}} : ({' AND '.join([*exact, end])})"])

    end = f'({last} OR "{begun}" *)'  # the last word may be one that is still being typed
    with_last, with_all = answer(HOW_MANY, [COMMON, match(end), match(last), WHOLE + 1, last, COMMON])[0]
    if not with_all:
        return [], False
    if with_last >= COMMON:
        end, begun = last, ""
    if with_all <= WHOLE or newest:
        found = answer(NEWEST, [now, match(end), WHOLE if with_all <= WHOLE else IN_NAMES])
    else:
        # Each stem, and of the last word also what was typed of it.
        said = [value for one in stems[:-1] for value in (one, one)] + [stems[-1], begun or stems[-1]]
        popular = MOST_POPULAR.format(letters=" AND ".join([LETTERS] * len(stems)))
        values = [now, match(end, NAMES), IN_NAMES, bool(held), POPULAR, now, *said]
        found = answer(f"{NEWEST} UNION ALL {popular}", values)
        if sum(matches for matches, *_ in found) < IN_NAMES:
            values = [value for columns in ELSEWHERE for value in (now, match(end, columns), EACH)]
            found += answer(" UNION ALL ".join([NEWEST] * len(ELSEWHERE)), values)
    facets = set(wanted.facets)
    scored: dict[str, Any] = {}
    for matches, *row in found:
        if row[0] in scored or not (matches or facets.issubset(row[4].split())):
            continue
        score = _score(row[1:4], stems, begun)
        if matches or score:
            scored[row[0]] = (row[0], score, *row[5:])
    return list(scored.values()), with_all > WHOLE


def _filtered(held: str, now: str) -> tuple[list[Any], bool]:
    """All of them, or none if they are many: a list of those is read along the index of its order."""
    if answer(COUNTED, [held, LIMIT + 1])[0][0] > LIMIT:
        return [], True
    return [(row[1], 0, *row[6:]) for row in answer(NEWEST, [now, held, LIMIT])], False


def _score(texts: list[str], stems: list[str], begun: str) -> int:
    """Where the words are: 4 just so in the name, 3 in the name, 2 in tags too, 1 in the summary too, 0 elsewhere."""
    together = " ".join(texts)
    if not (all(one in together for one in stems[:-1]) and (stems[-1] in together or (begun and begun in together))):
        return 0  # told without a list of words, as of most of the popular ones

    def said(have: set[str]) -> bool:
        ends = stems[-1] in have or (begun and any(word.startswith(begun) for word in have))
        return bool(ends) and have.issuperset(stems[:-1])

    names, tags, summary = (set(text.split()) for text in texts)
    if names.issuperset(stems):
        return 4
    places = (3, names), (2, names | tags), (1, names | tags | summary)
    return next((score for score, have in places if said(have)), 0)
