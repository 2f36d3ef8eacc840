from collections.abc import Iterator
from typing import Any

import pytest

from showpiece.config.mail import QUEUE_BACKEND, SMTP_BACKEND
from tests.mail.catcher import Catcher, catching


@pytest.fixture
def kept(settings: Any) -> None:
    """Mail goes into the database, and there is no server."""
    settings.EMAIL_BACKEND = QUEUE_BACKEND
    settings.MAIL_BACKEND = ""


@pytest.fixture
def mail_server(kept: None, settings: Any) -> Any:
    """Mail goes into the database and from there to a server on this machine: call it with a port."""

    def use(port: int) -> None:
        settings.MAIL_BACKEND = SMTP_BACKEND
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.MAIL_TIMEOUT = 0.5

    use(1)
    return use


@pytest.fixture
def catcher(mail_server: Any) -> Iterator[Catcher]:
    """A server that takes mail."""
    with catching() as opened:
        mail_server(opened.port)
        yield opened
