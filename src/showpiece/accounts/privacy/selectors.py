"""Reading requests."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.accounts.privacy.models import AccountDeletion, DataExport


def export_of(user: User) -> DataExport | None:
    """The person's ZIP, in whatever state; none whose time is over."""
    export = DataExport.objects.filter(user=user).first()
    expired = export is not None and export.expires_at is not None and export.expires_at <= timezone.now()
    return None if expired else export


def export_to_download(user: User) -> DataExport:
    """The person's ZIP if it is ready. `Http404` if not."""
    export = export_of(user)
    if export is None or export.status != DataExport.Status.READY:
        raise Http404("No such file.")
    return export


def lost_exports() -> QuerySet[DataExport]:
    """Those that nobody took, or whose worker died."""
    now = timezone.now()
    return DataExport.objects.filter(status__in=DataExport.OPEN, publish_after__lte=now).order_by("publish_after")


def expired_exports() -> QuerySet[DataExport]:
    """Those whose time is over."""
    return DataExport.objects.filter(expires_at__lte=timezone.now())


def lease_over(now: datetime) -> Q:
    """Nobody works on a deletion any more. None: begun before there were leases."""
    return Q(lease_until=None) | Q(lease_until__lte=now)


def due_deletions() -> QuerySet[AccountDeletion]:
    """Accounts whose grace is over, and those whose erasing was cut off."""
    now = timezone.now()
    waiting = Q(status=AccountDeletion.Status.WAITING, erase_after__lte=now)
    abandoned = Q(status=AccountDeletion.Status.ERASING) & lease_over(now)
    return AccountDeletion.objects.filter(waiting | abandoned, publish_after__lte=now).order_by("publish_after")


def deletion_of(user: User) -> AccountDeletion | None:
    """What will become of the person's account, if they have asked for that and may still change their mind."""
    return AccountDeletion.objects.filter(user=user, status=AccountDeletion.Status.WAITING).first()
