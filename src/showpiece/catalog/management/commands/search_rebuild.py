"""Makes the index of the search anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from showpiece.catalog.models import SearchEntry
from showpiece.catalog.search import index_rebuild


class Command(BaseCommand):
    help = "Make the index of the search anew from the projects. May be run at any time, and again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is an index")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and SearchEntry.objects.exists():
            return
        self.stdout.write(f"{index_rebuild()} projects can be found.")
