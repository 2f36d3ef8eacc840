"""Proves the ledger, and adds it up."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from showpiece.money import decimal_price
from showpiece.payments.models import Movement
from showpiece.payments.services import ledger_faults_found
from showpiece.payments.services.ledger_check import balances


class Command(BaseCommand):
    help = "Prove that every sum of the ledger is zero, or print what its accounts hold. Nothing is changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "what",
            choices=["check", "balances"],
            help="check: print each fault, and exit with 1 if there is one; balances: what each account holds",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "balances":
            for account, party, currency, amount in balances():
                self.stdout.write(f"{account}\t{party or '-'}\t{decimal_price(amount, currency)}\t{currency}")
            return
        count = 0
        for fault in ledger_faults_found():
            count += 1
            self.stdout.write(fault)
        if count:
            raise CommandError(f"{count} {'fault' if count == 1 else 'faults'}.", returncode=1)
        movements = Movement.objects.count()
        self.stdout.write(f"{movements} {'movement' if movements == 1 else 'movements'}, every sum is zero.")
