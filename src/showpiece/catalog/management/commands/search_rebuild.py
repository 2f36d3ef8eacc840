"""Makes the index of the search anew."""

from typing import Any

from django.core.management.base import BaseCommand

from showpiece.catalog.search import index_rebuild


class Command(BaseCommand):
    help = "Make the index of the search anew from the projects. May be run at any time, and again."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{index_rebuild()} projects can be found.")
