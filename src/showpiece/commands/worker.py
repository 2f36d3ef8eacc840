"""`showpiece worker`: does the jobs of the queue."""

import os

from showpiece.commands import instance


def main(arguments: list[str]) -> int:
    """Work until TERM."""
    from showpiece.config.paths import home

    instance.join_supervisor(home(), "worker")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "showpiece.config.settings")
    import django

    django.setup()
    from showpiece.jobs.worker import main as work

    return work(arguments)
