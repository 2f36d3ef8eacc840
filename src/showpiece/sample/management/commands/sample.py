"""Fills the shop with the sample, and prints the accounts that it made."""

from typing import Any

from django.core.management.base import BaseCommand

from showpiece.sample.loader import fill


class Command(BaseCommand):
    help = "Fill the shop with the sample: projects, people, demos. Does nothing where they are."

    def handle(self, *args: Any, **options: Any) -> None:
        for account in fill():
            self.stdout.write(f"{account.role}: {account.email} {account.password}")
