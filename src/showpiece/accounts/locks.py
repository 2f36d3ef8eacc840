"""Rows and names of this room that are changed by one at a time."""

from django.db import connection
from django.db.transaction import TransactionManagementError

from showpiece.accounts.looks import username_look
from showpiece.accounts.models import Profile, User
from showpiece.accounts.privacy.models import AccountDeletion


def locked_deletion(user: User) -> AccountDeletion | None:
    """The user's wish to be deleted that still waits, for this transaction alone."""
    waiting = AccountDeletion.objects.filter(user=user, status=AccountDeletion.Status.WAITING)
    return waiting.select_for_update().first()


# Any number, but the same everywhere: it keeps these locks apart from others of the database.
_ADDRESSES = 2605


def lock_address(name: str) -> None:
    """Until this transaction ends nobody else takes this name, or one that looks like it, for an address `/@name/`.

    Usernames and addresses of creators lie in different tables, so no constraint can keep them apart. SQLite lets one
    transaction write at a time, and ours begin with that lock; PostgreSQL has locks on numbers.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("An address is locked inside a transaction.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_ADDRESSES, username_look(name)])


def locked_profile(user: User) -> Profile:
    """The user's profile, made if there is none, for this transaction alone."""
    Profile.objects.get_or_create(user_id=user.pk)
    return Profile.objects.select_for_update().get(user_id=user.pk)


def lock_superusers() -> None:
    """Until this transaction ends nobody else takes a superuser away, or counts them in order to.

    SQLite needs no more than the transaction itself, as for addresses.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("Superusers are locked inside a transaction.")
    # With the weaker lock other rows may still point at theirs: the log of what they do, among others.
    superusers = User.objects.filter(is_superuser=True).order_by("pk").select_for_update(no_key=True)
    list(superusers.values_list("pk"))
