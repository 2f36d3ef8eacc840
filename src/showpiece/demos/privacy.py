"""What the demos know of a person: their runs."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from showpiece.accounts import erasure, export
from showpiece.accounts.erasure import Kept
from showpiece.accounts.export import Package, Record
from showpiece.accounts.models import User
from showpiece.demos import services
from showpiece.demos.models import Run, RunFile

AT_ONCE = 100


def register() -> None:
    """Tell the accounts about this room."""
    export.register("demos", export_runs)
    erasure.register("demos", Runs())


def export_runs(user: User, package: Package) -> None:
    """Runs with what went in and came out. A film as it was sent is not among it: nobody has opened it but a model."""
    runs = Run.objects.filter(user=user).order_by("pk")
    package.records("runs", _records(runs))
    for run in runs.only("pk").prefetch_related("files").iterator(chunk_size=AT_ONCE):
        for row in run.files.all():
            if row.file and not row.is_original:
                package.file(_path(row), str(row.file.name))
            if row.poster:
                package.file(f"{_path(row)}-poster", str(row.poster.name))


def _records(runs: QuerySet[Run]) -> Iterator[Record]:
    whole = runs.select_related("demo__project__creator").prefetch_related("files")
    for run in whole.iterator(chunk_size=AT_ONCE):
        project = run.demo.project
        yield {
            "id": run.pk,
            "project": f"{project.creator.slug}/{project.slug}",
            "state": run.status,
            "input": run.input,
            "output": run.output,
            "error": run.error,
            "created": run.created_at,
            "completed": run.completed_at,
            "deleted_after": run.expires_at,
            "files": [_file(row) for row in run.files.all()],
        }


def _file(row: RunFile) -> dict[str, Any]:
    return {
        "role": row.role,
        "field": row.field,
        "content_type": row.content_type,
        "size": row.size,
        "width": row.width,
        "height": row.height,
        "seconds": row.seconds,
        "path": _path(row),
    }


def _path(row: RunFile) -> str:
    return f"runs/{row.run_id}/{row.role}-{row.field}"


class Runs:
    """Nobody else sees them, and nobody has a right to them."""

    def hide(self, user: User) -> None:
        """They are for their owner alone, who is signed out."""

    def show(self, user: User, hidden: Any) -> None:
        """They were never hidden."""

    def erase(self, user: User) -> Kept:
        """Runs with their files, also those in progress."""
        while runs := list(Run.objects.filter(user=user).prefetch_related("files")[:AT_ONCE]):
            for run in runs:
                services.run_delete(run=run)
        return Kept.NOTHING
