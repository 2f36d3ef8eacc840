"""Showing a run: its state in words, and its result as blocks, each by its type in the schema."""

import csv
import io
import json
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from showpiece.demos.blocks import Block, Table, cell, facts_together, is_table, ordered
from showpiece.demos.charts import chart_view
from showpiece.demos.models import Run, RunFile
from showpiece.demos.runners import runner_for
from showpiece.demos.watch import key_of
from showpiece.numbers import rounded
from showpiece_predictors import UnknownPredictor


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
        return _("%(seconds)s s") % {"seconds": rounded(seconds, 2 if seconds < 10 else 0)}

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
        blocks = [block for name, part in ordered(self._schemas["Output"]) if (block := self._block(name, part))]
        shown = facts_together(sorted(blocks, key=lambda block: block.kind not in {"image", "video"}))
        return [*shown, self._json_block()]

    def _block(self, name: str, part: dict[str, Any]) -> Block | None:
        if file := self._files.get((RunFile.Role.OUTPUT, name)):
            return self._file_block(file, part)
        value = (self.run.output or {}).get(name)
        if value is None:
            return None
        label = _(part.get("title", name))
        if is_table(part):
            table = Table(value, part, self._schemas)
            return Block(
                kind="table",
                label=label,
                columns=table.columns,
                rows=table.rows(),
                note=_(part["x-note"]) if part.get("x-note") and value else "",
                empty_text=_(part.get("x-empty") or "Nothing was found."),
                download_url=reverse("run_table", args=[self.id, name]),
            )
        if self._is_chart(part):
            drawn = chart_view(value, x_title=_(value["x_title"]), y_title=_(value["y_title"]))
            return Block(kind="chart", label=label, chart=drawn, note=_(part.get("description", ""))) if drawn else None
        return Block(kind="text", label=label, text=cell(value, part))

    def _is_chart(self, part: dict[str, Any]) -> bool:
        references = [part, *part.get("allOf", [])]
        names = [each["$ref"].rpartition("/")[2] for each in references if "$ref" in each]
        return any(self._schemas[name].get("x-view") == "chart" for name in names)

    def _file_block(self, file: RunFile, part: dict[str, Any]) -> Block:
        url = reverse("run_file", args=[self.id, file.pk])
        poster_url = reverse("run_poster", args=[self.id, file.pk]) if file.poster else ""
        label = _(part.get("title", file.field))
        kind = file.content_type.partition("/")[0]
        if file.is_original:  # its poster stands for it
            url, kind = poster_url, "image"
        return Block(
            kind=kind if kind in {"image", "video"} else "file",
            label=label,
            url=url,
            download_url=f"{url}?download",
            width=file.width,
            height=file.height,
            alt=label,
            poster_url=poster_url,
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
        if not isinstance(rows, list) or not is_table(part):
            return None
        out = io.StringIO()
        csv.writer(out).writerows(Table(rows, part, self._schemas).raw())
        return out.getvalue()
