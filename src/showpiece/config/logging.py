"""One line a log event: for people in a terminal, as JSON for a collector."""

from typing import Any

import structlog

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_config(*, level: str, as_json: bool) -> dict[str, Any]:
    """Django's `LOGGING`, and structlog set up to write through it."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,  # first, so that what nobody will read costs nothing
            *SHARED,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": renderer,
                "foreign_pre_chain": SHARED,
            },
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
            "null": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "showpiece": {"level": level},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            # One that swallows nothing, or it would bring a handler of its own.
            "post_office": {"handlers": ["null"], "level": "WARNING", "propagate": True},
            "health_check": {"level": "CRITICAL"},  # its own page tells it, in one row
        },
    }
