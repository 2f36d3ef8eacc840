"""Django's ASGI handler: middleware in one thread, threads that are used again, and static files before either.

Under ASGI, Django hops into a thread and back for each method of each middleware that is written for both worlds, about
twenty times a request. Here the chain is built for the sync world and entered once. A view that answers with an async
stream, as the one for events does, is called there as well; its stream is read by the event loop as ever.

Django also starts a thread a request and forgets it afterwards, and with it the database connection, whose opening
costs as much as a query. Here a request borrows a thread and gives it back.

ServeStatic speaks async alone, so it stands in front of the chain: inside, each page would start an event loop.

Uploads take turns: opening pictures keeps a processor busy, and of eight that are opened at once none is done early.
Their bodies are read before, so nobody waits for a slow line; pages, films and other large files wait for nobody.
"""

import asyncio
import contextlib
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from servestatic.middleware import ServeStaticMiddleware

from showpiece.config.body_limit import spool
from showpiece.connections import release_connection

# Threads that wait for the next request. More may run at once: a stream keeps its own while somebody watches.
IDLE_THREADS = 8
# Uploads that are looked at at a time: more of them than processors would only share those.
UPLOADS = max(2, os.cpu_count() or 2)


class OneThreadHandler(ASGIHandler):
    """Serves ASGI, and runs middleware and views as under WSGI."""

    def __init__(self) -> None:
        super().__init__()
        self._static = ServeStaticMiddleware(self._page)
        self._idle: list[ThreadPoolExecutor] = []
        self._uploads = asyncio.Semaphore(UPLOADS)

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(max_workers=1, thread_name_prefix="request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                await super().__call__(scope, receive, send)
        finally:
            if len(self._idle) < IDLE_THREADS:
                self._idle.append(thread)
            else:
                thread.shutdown(wait=False)

    async def read_body(self, receive: Any) -> Any:
        """The body, as Django's own, but in our folder, and closed where the disk is full."""
        body = spool()
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise RequestAborted
                body.write(message.get("body", b""))
                if not message.get("more_body", False):
                    break
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return body

    async def send_response(self, response: HttpResponseBase, send: Any) -> None:
        """As Django's own; of a stream that was cut off it ends the inner generators, too.

        Else they and the response hold each other until the collector comes by. It may come within a change of a
        context variable, and the one that names the request in the log changes such a variable when it ends: that
        crashes Python up to 3.11 (python/cpython#148891). Besides, their files would stay open as long.
        """
        try:
            await super().send_response(response, send)
        finally:
            # Only a stream has one, and only a generator can be ended.
            if end := getattr(getattr(response, "_iterator", None), "aclose", None):
                await end()

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await self._static(request)
        return response

    async def _page(self, request: HttpRequest) -> HttpResponseBase:
        async with self._uploads if _is_upload(request) else contextlib.nullcontext():
            return await sync_to_async(self._answered, thread_sensitive=True)(request)

    def _answered(self, request: HttpRequest) -> HttpResponseBase:
        """What is sent may take long, a file over a slow line an hour. Django gives the connection back at its end."""
        response = self.get_response(request)
        release_connection()
        return response


def _is_upload(request: HttpRequest) -> bool:
    # Checking a film, or the sum of a large file, takes seconds: photos do not stand in line behind it.
    large = request.path.endswith(tuple(f"/{ending}" for ending in settings.LARGE_REQUESTS))
    return request.content_type == "multipart/form-data" and not large


def get_application() -> OneThreadHandler:
    """The application, with Django set up."""
    django.setup(set_prefix=False)
    return OneThreadHandler()
