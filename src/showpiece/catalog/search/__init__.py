"""Finding projects by words and by filters, at a cost that does not grow with the shop."""

from showpiece.catalog.search.index import index_rebuild, project_indexed

__all__ = ["index_rebuild", "project_indexed"]
