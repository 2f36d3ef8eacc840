"""The catalogue for staff with Django's permissions. Every change goes through the services.

What staff may do, by permission: `view_…` look, `change_…` edit and feature, `delete_…` archive and restore (what
anybody may have bought is never deleted), `add_…` make new ones.
"""

from showpiece.catalog.admin import others, projects, shelves

__all__ = ["others", "projects", "shelves"]
