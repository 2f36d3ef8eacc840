"""A real mail server that keeps what it gets, and can be told to be difficult."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.startup import free_port


@dataclass
class Catcher:
    """Answers given to RCPT and DATA, first come first served; then it takes everything."""

    port: int
    recipient_answers: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    # Seconds before DATA is answered, once each.
    delays: list[float] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.recipient_answers:
            return self.recipient_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.delays:
            await asyncio.sleep(self.delays.pop(0))
        if self.data_answers:
            return self.data_answers.pop(0)
        self.envelopes.append(envelope)
        return "250 taken"

    @property
    def mails(self) -> list[EmailMessage]:
        """What it took, read as a mail client does."""
        return [message_from_bytes(one.content, policy=policy.default) for one in self.envelopes]  # type: ignore[misc]


@contextlib.contextmanager
def catching(port: int = 0, *, options: dict[str, Any] | None = None, **behaviour: Any) -> Iterator[Catcher]:
    """A catcher that listens on a port of 127.0.0.1; `options` are those of aiosmtpd."""
    catcher = Catcher(port or free_port(), **behaviour)
    controller = Controller(catcher, hostname="127.0.0.1", port=catcher.port, **(options or {}))
    controller.start()
    try:
        yield catcher
    finally:
        controller.stop()


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextlib.contextmanager
def dripping() -> Iterator[int]:
    """The port of a server whose greeting comes a byte at a time and never ends."""
    import threading

    over = threading.Event()

    def drip(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection, _address = server.accept()
            with connection:
                connection.sendall(b"220 ")
                while not over.wait(0.05):
                    connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=[server])
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join()
