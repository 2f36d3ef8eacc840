"""How a Celery worker takes jobs, without what only jobs for a later time need: there are none (config/celery.py).

Celery makes 28 quorum queues for them at the first start and looks at each at every other, before it takes a job.
"""

from celery.worker.consumer import Consumer


class PromptConsumer(Consumer):  # type: ignore[misc]
    """Takes jobs as soon as its own queues are there."""

    class Blueprint(Consumer.Blueprint):  # type: ignore[misc]
        """The steps of the start."""

        default_steps = [step for step in Consumer.Blueprint.default_steps if "delayed_delivery" not in step]
