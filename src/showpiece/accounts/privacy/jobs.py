"""The jobs. Each carries only an id: the row is the truth, and a job may be lost, late or doubled."""

import uuid

from django_tasks import task


@task
def make_export(export_id: str) -> None:
    """Make the ZIP, if it still waits for somebody."""
    from showpiece.accounts.privacy.making import make

    make(uuid.UUID(export_id))


@task
def erase_account(deletion_id: str) -> None:
    """Erase the account, if its time has come."""
    from showpiece.accounts.privacy.services import account_erase

    account_erase(deletion_id=uuid.UUID(deletion_id))
