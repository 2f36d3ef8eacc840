"""Making the ZIP of a person's data, in a worker."""

import tempfile
import time
import uuid
import zipfile

import structlog
from django.conf import settings
from django.core.files.base import File
from django.template.loader import render_to_string
from django.utils import translation

from showpiece.accounts import export as parts
from showpiece.accounts.privacy import services
from showpiece.accounts.privacy.models import DataExport

log = structlog.get_logger(__name__)

SIGN_SECONDS = 10.0


class Lost(Exception):  # noqa: N818 - no fault
    """Another worker makes it, or nobody wants it any more."""


def make(export_id: uuid.UUID) -> None:
    """Take it, make it, write down how it ended. Returns at once when it is taken, made or gone."""
    export = services.export_claim(export_id=export_id)
    if export is None:
        return
    try:
        # A file without a name: whatever becomes of this process, nobody's data are left lying about.
        with tempfile.TemporaryFile(prefix="export-", dir=settings.WORK_ROOT) as file:
            _write(export, file)
            services.export_succeed(export=export, archive=File(file, name="export.zip"))
    except Lost:
        log.info("export is no longer wanted", export=str(export.pk))
    except Exception:
        log.exception("export failed", export=str(export.pk))
        services.export_fail(export=export)


def _write(export: DataExport, file: "tempfile._TemporaryFileWrapper[bytes] | object") -> None:
    signed = time.monotonic()

    def alive() -> None:
        nonlocal signed
        if time.monotonic() - signed >= SIGN_SECONDS:
            signed = time.monotonic()
            if not services.export_alive(export=export):
                raise Lost

    with translation.override(export.language or None), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        package = parts.ZipPackage(archive, alive)
        package.text("README.txt", render_to_string("accounts/privacy/readme.txt", {"user": export.user}))
        parts.write(export.user, package)
