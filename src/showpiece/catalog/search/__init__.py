"""Finding projects by words and by filters, at a cost that does not grow with the shop."""

from showpiece.catalog.search.index import index_rebuild, project_indexed, projects_indexed, words_forget
from showpiece.catalog.search.query import find
from showpiece.catalog.search.spelling import meant
from showpiece.catalog.search.wanted import MAX_QUERY, Found, Key, Wanted, query_words

__all__ = [
    "MAX_QUERY",
    "Found",
    "Key",
    "Wanted",
    "find",
    "index_rebuild",
    "meant",
    "project_indexed",
    "projects_indexed",
    "query_words",
    "words_forget",
]
