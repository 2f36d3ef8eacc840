"""A run's progress as server-sent events, for as long as somebody watches."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_GET

from showpiece.connections import release_connection
from showpiece.demos import selectors
from showpiece.demos.models import Run
from showpiece.demos.viewers import Viewer, viewer_of
from showpiece.demos.views import panel_context
from showpiece.demos.watch import State, Subscription, key_of, state_of, watch

# A stream ends after this time and the browser opens the next one: no connection outlives a deployment for long.
STREAM_SECONDS = 60.0
SETTLE_SECONDS = 0.5


@require_GET
def run_events(request: HttpRequest, run_id: uuid.UUID) -> HttpResponseBase:
    """Events `run` with the panel's HTML whenever the run has moved, and `done` at its end.

    `seen` names the state that the browser shows already (`watch.key_of`): it is not sent again.
    """
    viewer = viewer_of(request)
    language = translation.get_language()
    selectors.run_check(viewer, run_id)  # 404 before the stream begins
    release_connection()  # the stream may last a minute, and asks in other threads
    stream = _stream(viewer, run_id, language, seen=request.GET.get("seen", ""))
    response = StreamingHttpResponse(stream, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _stream(viewer: Viewer, run_id: uuid.UUID, language: str | None, *, seen: str) -> AsyncIterator[bytes]:
    with watch.subscribed(run_id) as moves:
        yield b": open\n\n"  # a comment: headers are sent with the first bytes, and an event may be long in coming
        try:
            async with asyncio.timeout(STREAM_SECONDS):
                state = await sync_to_async(_now, thread_sensitive=False)(run_id)
                while state is not None:
                    if key_of(state) != seen:
                        state = await _settled(moves, state)
                    if state is not None and key_of(state) != seen:
                        seen = key_of(state)
                        yield _event(
                            "run", await sync_to_async(_html, thread_sensitive=False)(viewer, run_id, language)
                        )
                    if state is None or state[0] not in Run.OPEN:
                        break
                    state = await moves.next()
        except TimeoutError:
            return
        except Http404:  # deleted meanwhile
            pass
        yield _event("done", "")


async def _settled(moves: Subscription, state: State) -> State | None:
    """The newest state after a moment, at once if it has something to tell: a step by its name, or the end.

    That a run has begun is no news if it is over before anybody can read it, and drawing takes time from the model.
    """
    newest: State | None = state
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_SECONDS):
            while newest is not None and newest[0] in Run.OPEN and not newest[2]:
                newest = await moves.next()
    return newest


def _event(name: str, data: str) -> bytes:
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {name}\n{lines}\n".encode()


def _now(run_id: uuid.UUID) -> State | None:
    try:
        return state_of(run_id)
    finally:
        release_connection()


def _html(viewer: Viewer, run_id: uuid.UUID, language: str | None) -> str:
    try:
        with translation.override(language):
            return render_to_string("demos/_run.html", panel_context(selectors.run_for(viewer, run_id)))
    finally:
        release_connection()
