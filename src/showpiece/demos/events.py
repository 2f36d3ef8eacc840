"""A run's progress as server-sent events, for as long as somebody watches."""

import asyncio
import uuid
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_GET

from showpiece.demos import selectors
from showpiece.demos.models import Run
from showpiece.demos.viewers import Viewer, viewer_of
from showpiece.demos.views import panel_context

# A stream ends after this time and the browser opens the next one: no connection outlives a deployment for long.
STREAM_SECONDS = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0

State = tuple[str, float, str, bool]


@require_GET
async def run_events(request: HttpRequest, run_id: uuid.UUID) -> HttpResponseBase:
    """Events `run` with the panel's HTML whenever the run has moved, and `done` at its end."""
    viewer = await sync_to_async(viewer_of)(request)
    language = translation.get_language()
    await sync_to_async(_state)(viewer, run_id)  # 404 before the stream begins
    response = StreamingHttpResponse(_stream(viewer, run_id, language), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _stream(viewer: Viewer, run_id: uuid.UUID, language: str | None) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    end = loop.time() + STREAM_SECONDS
    last: State | None = None
    pause = FIRST_PAUSE
    while loop.time() < end:
        try:
            state = await sync_to_async(_state)(viewer, run_id)
        except Http404:  # deleted meanwhile
            yield _event("done", "")
            return
        if state != last:
            last, pause = state, FIRST_PAUSE
            yield _event("run", await sync_to_async(_html)(viewer, run_id, language))
        if state[0] not in Run.OPEN:
            yield _event("done", "")
            return
        await asyncio.sleep(pause)
        pause = min(pause * 1.25, LONGEST_PAUSE)


def _event(name: str, data: str) -> bytes:
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {name}\n{lines}\n".encode()


def _state(viewer: Viewer, run_id: uuid.UUID) -> State:
    row = (
        Run.objects.filter(viewer.owns(), pk=run_id)
        .values_list("status", "progress", "stage", "cancel_requested")
        .first()
    )
    connection.close()  # a stream that sleeps holds no connection
    if row is None:
        raise Http404
    return row


def _html(viewer: Viewer, run_id: uuid.UUID, language: str | None) -> str:
    with translation.override(language):
        html = render_to_string("demos/_run.html", panel_context(selectors.run_for(viewer, run_id)))
    connection.close()
    return html
