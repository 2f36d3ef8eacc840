"""Django's ASGI handler with the middleware in one thread.

Under ASGI, Django hops into a thread and back for each method of each middleware that is written for both worlds, about
twenty times a request. Here the chain is built for the sync world and entered once. A view that answers with an async
stream, as the one for events does, is called there as well; its stream is read by the event loop as ever.
"""

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class OneThreadHandler(ASGIHandler):
    """Serves ASGI, and runs middleware and views as under WSGI."""

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


def get_application() -> OneThreadHandler:
    """The application, with Django set up."""
    django.setup(set_prefix=False)
    return OneThreadHandler()
