"""gunicorn's settings; each can be overruled by `showpiece web --…`."""

import contextlib
import os
from typing import Any

from showpiece.commands.checks import web_address
from showpiece.commands.processes import die_with_parent

_address, _port = web_address()
bind = f"[{_address}]:{_port}" if ":" in _address else f"{_address}:{_port}"
worker_class = "asgi"
workers = int(os.environ.get("WEB_CONCURRENCY") or 1)
# An open event stream never ends by itself: without a limit, stopping would wait for every open page.
graceful_timeout = 3
keepalive = 5
control_socket_disable = True
proc_name = "showpiece"


def post_fork(server: Any, worker: Any) -> None:
    """A worker whose master was killed must let go of the port at once."""
    die_with_parent()


def post_worker_init(worker: Any) -> None:
    """The first upload should not wait for the process that opens images."""
    from showpiece_predictors import media_client

    # Where it cannot start, the pages still can, and a form says what is wrong.
    with contextlib.suppress(media_client.ServiceUnavailable):
        media_client.start()
