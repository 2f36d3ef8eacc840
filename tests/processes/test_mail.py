"""Mail that real processes send: nothing lost, nothing twice, whatever dies."""

import time
from pathlib import Path

import pytest

from bench.startup import free_port
from tests.mail.catcher import Catcher, catching
from tests.processes.conftest import EXTREMES
from tests.processes.site import PATIENCE_SECONDS, Site, Visitor, site

pytestmark = [pytest.mark.processes]

# Longer than anything is waited for.
HANGS_SECONDS = 2 * PATIENCE_SECONDS
NEW_USER = """
from showpiece.accounts.models import User
User.objects.create_user("{name}@example.org", "{name}", name="Анна {name}")
"""
WRITE = """
from django.core.mail import send_mail
send_mail("Письмо {name}", "Text.", None, ["{name}@example.org"])
"""
STATES = (
    "from post_office.models import Email\nfor mail in Email.objects.order_by('pk'): print(mail.get_status_display())"
)


def wait_for(catcher: Catcher, count: int, shop: Site) -> list[str]:
    """Whom the catcher has mail for, when it has that much, and a moment later."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(catcher.mails) < count:
        assert time.monotonic() < deadline, shop.logs()
        time.sleep(0.05)
    time.sleep(3)  # for what should not come any more
    return sorted(str(mail["To"]) for mail in catcher.mails)


@pytest.mark.parametrize("engine", EXTREMES, indirect=True)
def test_mail_follows_when_server_and_worker_were_down(engine: dict[str, str], tmp_path: Path) -> None:
    """Somebody is made while nothing runs that could send; then the worker dies while the server reads a mail."""
    port = free_port()
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "MAIL_TIMEOUT": "1"}
    with site(tmp_path / "home", **mail, **engine) as shop:
        shop.manage(NEW_USER.format(name="ann"))
        shop.manage(WRITE.format(name="bob"))
        shop.start("worker")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while shop.manage(STATES).splitlines() != ["requeued", "requeued"]:  # both tried in vain
            assert time.monotonic() < deadline, shop.logs()
        # Both are read slowly: one that was taken a moment before the worker dies comes twice, as SMTP has it.
        with catching(port, delays=[HANGS_SECONDS, HANGS_SECONDS]) as catcher:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while len(catcher.delays) > 1:
                assert time.monotonic() < deadline, shop.logs()
                time.sleep(0.02)
            shop.kill("worker")
            catcher.delays.clear()
            shop.start("worker")
            assert wait_for(catcher, 2, shop) == ["ann@example.org", "bob@example.org"]
        assert shop.manage(STATES).splitlines() == ["sent", "sent"]
        subjects = {str(one["Subject"]) for one in catcher.mails}
        assert subjects == {"Письмо bob", "Welcome to Showpiece, Анна ann"}


def test_pages_do_not_wait_for_a_mail_server_that_hangs(tmp_path: Path, sample_photo: bytes) -> None:
    port = free_port()
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "MAIL_TIMEOUT": str(HANGS_SECONDS)}
    with (
        catching(port, delays=[HANGS_SECONDS] * 9) as catcher,
        site(tmp_path / "home", "web", "worker", **mail) as shop,
    ):
        for number in range(4):
            shop.manage(WRITE.format(name=f"user{number}"))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(catcher.delays) > 7:
            assert time.monotonic() < deadline, shop.logs()
            time.sleep(0.05)
        visitor = Visitor(shop)
        assert visitor.wait(visitor.run(sample_photo)) == "succeeded", shop.logs()
