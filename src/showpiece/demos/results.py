"""Showing a run: its state in words, and its result as blocks, each by its type in the schema."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from showpiece.demos.models import Run, RunFile
from showpiece.demos.runners import runner_for
from showpiece.demos.watch import key_of
from showpiece_predictors import UnknownPredictor


@dataclass(frozen=True)
class Block:
    """A part of a result, as the template shows it."""

    kind: str
    label: str
    url: str = ""
    download_url: str = ""
    width: int | None = None
    height: int | None = None
    alt: str = ""
    size_text: str = ""
    text: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    empty_text: str = ""
    note: str = ""


class RunView:
    """A run as its page shows it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.id = run.pk
        self.status = run.status
        self.is_finished = run.is_finished
        self.created_at = run.created_at
        self.expires_at = run.expires_at
        self.is_of_account = run.user_id is not None
        self.progress_percent = round(run.progress * 100)

    def get_absolute_url(self) -> str:
        return self.run.get_absolute_url()

    @property
    def status_label(self) -> str:
        return self.run.get_status_display()

    @property
    def stage_label(self) -> str:
        return _(self.run.stage) if self.run.stage else ""

    @property
    def error_text(self) -> str:
        return _(self.run.error) if self.run.error else ""

    @property
    def is_cancelable(self) -> bool:
        return not self.is_finished and not self.run.cancel_requested

    @property
    def duration_text(self) -> str:
        if self.run.started_at is None or self.run.completed_at is None:
            return ""
        seconds = (self.run.completed_at - self.run.started_at).total_seconds()
        return _("%(seconds)s s") % {"seconds": formats.number_format(seconds, 2 if seconds < 10 else 0)}

    @property
    def events_url(self) -> str:
        run = self.run
        seen = key_of((run.status, run.progress, run.stage, run.cancel_requested))
        return f"{reverse('run_events', args=[self.id])}?{urlencode({'seen': seen})}"

    @property
    def panel_url(self) -> str:
        return reverse("run_panel", args=[self.id])

    @property
    def cancel_url(self) -> str:
        return reverse("run_cancel", args=[self.id])

    @property
    def delete_url(self) -> str:
        return reverse("run_delete", args=[self.id])

    @cached_property
    def _schemas(self) -> dict[str, Any]:
        try:
            schemas: dict[str, Any] = runner_for(self.run.demo).schema()["components"]["schemas"]
        except UnknownPredictor:  # its package was removed since: files and JSON can still be shown
            return {"Input": {"properties": {}}, "Output": {"properties": {}}}
        return schemas

    @cached_property
    def _files(self) -> dict[tuple[str, str], RunFile]:
        return {(file.role, file.field): file for file in self.run.files.all()}

    @cached_property
    def input_files(self) -> list[Block]:
        properties = self._schemas["Input"]["properties"]
        return [
            self._file_block(file, properties.get(name, {}))
            for (role, name), file in self._files.items()
            if role == RunFile.Role.INPUT
        ]

    @cached_property
    def result(self) -> list[Block] | None:
        """The parts of the output in the schema's order, and the whole of it as JSON. None before success."""
        if self.status != Run.Status.SUCCEEDED:
            return None
        blocks = [block for name, part in self._ordered_output() if (block := self._block(name, part))]
        return [*sorted(blocks, key=lambda block: block.kind != "image"), self._json_block()]

    def _ordered_output(self) -> list[tuple[str, dict[str, Any]]]:
        properties: dict[str, Any] = self._schemas["Output"]["properties"]
        return sorted(properties.items(), key=lambda item: item[1].get("x-order", 0))

    def _block(self, name: str, part: dict[str, Any]) -> Block | None:
        if file := self._files.get((RunFile.Role.OUTPUT, name)):
            return self._file_block(file, part)
        value = (self.run.output or {}).get(name)
        if value is None:
            return None
        label = _(part.get("title", name))
        if part.get("type") == "array" and "$ref" in part.get("items", {}):
            table = Table(value, self._schemas[part["items"]["$ref"].rpartition("/")[2]])
            return Block(
                kind="table",
                label=label,
                columns=table.columns,
                rows=list(table.rows()),
                note=_(part["x-note"]) if part.get("x-note") and value else "",
                empty_text=_(part.get("x-empty") or "Nothing was found."),
                download_url=reverse("run_table", args=[self.id, name]),
            )
        return Block(kind="text", label=label, text=cell(value, part))

    def _file_block(self, file: RunFile, part: dict[str, Any]) -> Block:
        url = reverse("run_file", args=[self.id, file.pk])
        label = _(part.get("title", file.field))
        return Block(
            kind=file.content_type.partition("/")[0] if file.content_type.startswith(("image/", "video/")) else "file",
            label=label,
            url=url,
            download_url=f"{url}?download",
            width=file.width,
            height=file.height,
            alt=label,
            size_text=filesizeformat(file.size),
        )

    def _json_block(self) -> Block:
        return Block(
            kind="json",
            label=_("All of it as JSON"),
            text=json.dumps(self.run.output, indent=2, ensure_ascii=False),
            download_url=reverse("run_json", args=[self.id]),
        )

    def table_csv(self, name: str) -> str | None:
        """The rows of the table `name` as CSV with raw values. None where the output has no such table."""
        part = self._schemas["Output"]["properties"].get(name, {})
        rows = (self.run.output or {}).get(name)
        if not isinstance(rows, list) or "$ref" not in part.get("items", {}):
            return None
        names = [key for key, _part in _ordered(self._schemas[part["items"]["$ref"].rpartition("/")[2]])]
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(names)
        for row in rows:
            writer.writerow([_csv_value(row.get(key)) for key in names])
        return out.getvalue()


def _csv_value(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(map(str, value))
    # A spreadsheet would run a text that begins like this as a formula.
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def _ordered(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return sorted(schema["properties"].items(), key=lambda item: item[1].get("x-order", 0))


class Table:
    """A list of objects as columns and rows of text."""

    def __init__(self, values: list[dict[str, Any]], schema: dict[str, Any]) -> None:
        self._values = values
        self._parts = [(name, part) for name, part in _ordered(schema) if not part.get("x-hidden")]

    @property
    def columns(self) -> list[str]:
        return [pgettext("table", "No."), *(_(part.get("title", name)) for name, part in self._parts)]

    def rows(self) -> Iterator[list[str]]:
        for number, value in enumerate(self._values, start=1):
            yield [str(number), *(cell(value.get(name), part) for name, part in self._parts)]


def cell(value: Any, part: dict[str, Any]) -> str:
    """A value in words of the reader's language; a part of one (between 0 and 1 by the schema) as per cent."""
    if value is None:
        return _(part["x-null"]) if part.get("x-null") else "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float) and _is_share(part):
        return f"{formats.number_format(value * 100, 0)} %"
    if isinstance(value, float):
        return formats.number_format(value, 1)
    if isinstance(value, list):
        return ", ".join(cell(item, {}) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and part.get("enum"):
        return _(part.get("x-names", {}).get(value, value))
    return str(value)


def _is_share(part: dict[str, Any]) -> bool:
    for alternative in [part, *part.get("anyOf", [])]:
        if alternative.get("minimum", -1) >= 0 and alternative.get("maximum") == 1:
            return True
    return False
