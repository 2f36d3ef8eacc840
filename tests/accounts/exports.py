"""Files of somebody's data, made and opened."""

import io
import json
import zipfile
from typing import Any

from showpiece.accounts.models import User
from showpiece.accounts.privacy import making, services
from showpiece.accounts.privacy.models import DataExport


def made(user: User) -> DataExport:
    export = services.export_request(user=user)
    making.make(export.pk)
    export.refresh_from_db()
    return export


def opened(export: DataExport) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(export.file.read()))


def content(archive: zipfile.ZipFile, name: str) -> Any:
    return json.loads(archive.read(f"{name}.json"))
