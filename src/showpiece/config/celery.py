"""Celery on RabbitMQ, behind the same `@task` and `.enqueue` as the queue in the database.

Quorum queues and late acknowledgement: a message is given up only when its job has returned, so a job may run twice.
None is sent for a later time: a worker would take it at once and hold it, in the place of one that is due, and as many
as it has threads would stop its queue until then. What is to be done later is a row that a round finds.
"""

import os
from typing import Any

from celery import Celery
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from django_tasks.signals import task_enqueued
from kombu.entity import Queue

from showpiece.config.tasks import QUEUES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "showpiece.config.settings")

JOB = "showpiece.job"
CONSUMER = "showpiece.jobs.consumer:PromptConsumer"


def _queue(name: str) -> Queue:
    return Queue(name, queue_arguments={"x-queue-type": "quorum"})  # type: ignore[no-untyped-call]


def make_app(broker_url: str) -> Celery:
    """The Celery application on the broker at `broker_url`."""
    app = Celery("showpiece", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_queues=[_queue(name) for name in QUEUES],
        task_default_queue="default",
        task_default_queue_type="quorum",
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_consumer=CONSUMER,
        worker_hijack_root_logger=False,
        broker_connection_timeout=2,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={"confirm_publish": True, "read_timeout": 10, "write_timeout": 10},
    )
    app.task(name=JOB)(call)
    return app


def call(path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Run the task that lies at the module path `path`."""
    task = import_string(path)
    if not isinstance(task, Task):
        raise TypeError(f"{path} is no task")
    task.call(*args, **kwargs)


class CeleryBackend(BaseTaskBackend):
    """Sends jobs to the broker named by `BROKER_URL`. A broker that does not answer raises within seconds."""

    supports_async_task = False
    supports_get_result = False
    supports_defer = False
    supports_priority = False

    def __init__(self, alias: str, params: dict[str, Any]) -> None:
        super().__init__(alias, params)
        from django.conf import settings

        self.app = make_app(settings.BROKER_URL)

    def enqueue(self, task: Task[..., Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        self.validate_task(task)
        message = self.app.send_task(
            JOB,
            args=[task.module_path, list(args), dict(kwargs)],
            queue=task.queue_name,
            retry=False,
        )
        result: TaskResult[Any] = TaskResult(
            task=task,
            id=str(message.id),
            status=TaskResultStatus.READY,
            enqueued_at=None,
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
        task_enqueued.send(type(self), task_result=result)
        return result
