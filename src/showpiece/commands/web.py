"""`showpiece web`: gunicorn with the pages and the event streams."""

import sys

from showpiece.commands import instance


def main(arguments: list[str]) -> int:
    """Serve until TERM; further arguments go to gunicorn."""
    from showpiece.config.paths import home

    instance.join_supervisor(home(), "web")
    settings = "python:showpiece.commands.gunicorn_config"
    sys.argv = ["gunicorn", "--config", settings, *arguments, "showpiece.config.asgi:application"]
    from gunicorn.app.wsgiapp import run

    run()
    return 0
