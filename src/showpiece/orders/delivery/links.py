"""Download links: signed, for some minutes, and counted when they are used.

A link says which file it opens by which entitlement, and has an id of its own. It works without a cookie, so in another
browser and in a download manager, too. Nothing is stored until it is used (docs/decisions/0022).

What is a use. A request that is answered from the first byte on is one: somebody begins a download. One that goes on
further inside the file (`Range`) is one only where it comes from a network that has not used this link before. So
whoever is cut off and goes on, or has a download manager that fetches a file in many pieces at once, uses a link once,
or a few times where it looks at the first bytes first. Of those to whom a link was passed on each uses it anew, whole
or in pieces, and after `DOWNLOAD_LINK_USES` it is at an end for all but those who go on with what they have begun.
Asking for the headers (`HEAD`) is none, nor is what we failed to hand out.
"""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import transaction
from django.utils.crypto import salted_hmac

from showpiece.catalog.models import ReleaseFile
from showpiece.ids import uuid7
from showpiece.orders.delivery.problems import BROKEN, EXPIRED, Refused
from showpiece.orders.locks import locked_download
from showpiece.orders.models import Download, Entitlement

_signer = TimestampSigner(salt="showpiece.orders.download")
UUID_BYTES = 16
FORGOTTEN_AT_ONCE = 1000


class Link(NamedTuple):
    """What a link says."""

    entitlement: uuid.UUID
    file: uuid.UUID
    id: uuid.UUID


def link_make(entitlement: uuid.UUID, file: uuid.UUID) -> str:
    """The token of a fresh one."""
    return _signer.sign(urlsafe_b64encode(entitlement.bytes + file.bytes + uuid7().bytes).decode())


def link_read(token: str) -> Link:
    """What a token says. `Refused`: it is none of ours, or too old."""
    try:
        said = _signer.unsign(token, max_age=settings.DOWNLOAD_LINK_MINUTES * 60)
    except SignatureExpired as error:
        link = _said(_signer.unsign(token))
        raise Refused(EXPIRED, Entitlement.objects.filter(pk=link.entitlement).first()) from error
    except BadSignature as error:
        raise Refused(BROKEN) from error
    return _said(said)


def _said(text: str) -> Link:
    whole = urlsafe_b64decode(text)
    return Link(*(uuid.UUID(bytes=whole[at : at + UUID_BYTES]) for at in range(0, len(whole), UUID_BYTES)))


def use_counted(link: Link, file: ReleaseFile, *, network: str, begins: bool) -> bool:
    """Count this use of a link, if it is one. False: it is used up, and nothing is to be handed out.

    `begins`: from the first byte on.
    """
    place = salted_hmac("showpiece.orders.download.place", f"{link.id}:{network}").hexdigest()[:16]
    if not begins:
        known = Download.objects.filter(pk=link.id).values_list("places", flat=True).first()
        if place in (known or ()):
            return True
    with transaction.atomic():
        row = locked_download(link.id) or _first(link, file)
        if not begins and place in row.places:
            return True
        if row.uses >= settings.DOWNLOAD_LINK_USES:
            return False
        row.uses += 1
        if place not in row.places:
            row.places.append(place)
        row.save(update_fields=["uses", "places"])
    return True


def _first(link: Link, file: ReleaseFile) -> Download:
    """The row of a link that nobody has used; or that of who was faster, when they are done."""
    row = Download(pk=link.id, entitlement_id=link.entitlement, file=file, version=file.release.version, name=file.name)
    Download.objects.bulk_create([row], ignore_conflicts=True)
    found = locked_download(link.id)
    assert found is not None  # noqa: S101  # nobody deletes one so young
    return found


def downloads_forget(*, before: datetime) -> int:
    """Links that were first used before that moment, some at once. How many."""
    old = Download.objects.filter(started_at__lt=before).order_by("started_at").values_list("pk", flat=True)
    return Download.objects.filter(pk__in=list(old[:FORGOTTEN_AT_ONCE])).delete()[0]
