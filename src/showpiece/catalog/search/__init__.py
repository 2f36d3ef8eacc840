"""Finding projects by words and by filters, at a cost that does not grow with the shop."""

from showpiece.catalog.search.index import index_rebuild, project_indexed, projects_indexed, words_forget
from showpiece.catalog.search.query import MAX_QUERY, Found, Key, Wanted, find, query_words
from showpiece.catalog.search.spelling import meant

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
