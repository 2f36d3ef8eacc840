"""Says that the shop is open, once it is: a short-lived child of the supervisor, which has no time to wait."""

import os
import signal
import time
from pathlib import Path

from showpiece.commands import checks, prepare
from showpiece.commands.console import say
from showpiece.commands.processes import die_with_parent

LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 30.0
OK = 200


def announce(home: Path, *, with_accounts: bool) -> None:
    """Fork the child that waits for `/health/ready`; the parent goes on at once."""
    parent = os.getpid()
    if os.fork():
        return
    status = 1
    try:
        die_with_parent(signal.SIGKILL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if os.getppid() == parent:
            _wait_and_tell(home, with_accounts=with_accounts)
        status = 0
    finally:
        os._exit(status)


def ask(bind: str, port: int, path: str) -> tuple[int, str]:
    """Status and body of a page of the web server; (0, reason) when nothing answers."""
    import http.client
    from urllib.parse import urlsplit

    address = urlsplit(checks.url(bind, port))
    connection = http.client.HTTPConnection(address.hostname or bind, port, timeout=5)
    try:
        # A name that the site answers to, and the scheme that it expects, whatever it was told to be.
        connection.request("GET", path, headers={"Host": _own_name(), "X-Forwarded-Proto": "https"})
        answer = connection.getresponse()
        return answer.status, answer.read(100_000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()


def _own_name() -> str:
    names = [name.strip() for name in os.environ.get("ALLOWED_HOSTS", "").split(",")]
    plain = [name for name in names if name and "*" not in name]
    return plain[0].removeprefix(".") if plain else "localhost"


def _wait_and_tell(home: Path, *, with_accounts: bool) -> None:
    bind, port = checks.web_address()
    began, told = time.monotonic(), False
    answering = False
    while True:
        # The thorough page only once the cheap one answers: each look at it costs the web process some time.
        answering = answering or ask(bind, port, "/health/live")[0] == OK
        status, body = ask(bind, port, "/health/ready") if answering else (0, "")
        if status == OK:
            break
        if not told and time.monotonic() - began > PATIENCE_SECONDS:
            told = True
            say(f"Not ready yet ({status or 'no answer'}): {' '.join(body.split())[:300]}")
            say(f"Still waiting. Look at {home / 'logs'} and at: {doctor()}")
        time.sleep(LOOK_SECONDS * (3 if answering else 1))
    (home / "run" / "ready").touch()
    accounts = home / prepare.ACCOUNTS
    say(f"\nShowpiece is open: {checks.url(bind, port)}\n")
    if with_accounts:
        say("Sample accounts (made for this shop only):\n")
        say("\n".join(f"    {line}".rstrip() for line in accounts.read_text().splitlines()) + "\n")
        say(f"They are kept in {accounts}, which only you can read.")
    elif accounts.exists():
        say(f"Sample accounts: {accounts}")
    say(f"Logs: {home / 'logs'}\nStop: Ctrl-C, or kill {os.getppid()}")


def doctor() -> str:
    """How to call the doctor from here."""
    import sys

    return f"{Path(sys.executable).parent / 'showpiece'} doctor"
