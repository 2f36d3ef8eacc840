"""Which queue carries the jobs: the database (nothing to install) or Celery on a broker."""

from typing import Any

QUEUES = ["default", "mail", "cpu-image", "cpu-video", "egress"]
# Jobs that take many seconds each.
SLOW_QUEUES = ["cpu-video"]
# Jobs that wait for other people's servers, and do nothing meanwhile.
PATIENT_QUEUES = ["mail", "egress"]


def tasks_config(broker_url: str) -> dict[str, Any]:
    """Django's `TASKS`: Celery when `broker_url` names a broker, else the queue in the database."""
    backend = "showpiece.config.celery.CeleryBackend" if broker_url else "django_tasks_db.DatabaseBackend"
    return {"default": {"BACKEND": backend, "QUEUES": QUEUES, "OPTIONS": {}}}
