"""Reading requests."""

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


def due_deletions() -> QuerySet[AccountDeletion]:
    """Accounts whose grace is over, and those whose erasing was cut off."""
    now = timezone.now()
    due = Q(status=AccountDeletion.Status.WAITING, erase_after__lte=now) | Q(status=AccountDeletion.Status.ERASING)
    return AccountDeletion.objects.filter(due, publish_after__lte=now).order_by("publish_after")
