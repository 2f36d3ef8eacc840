"""What handing over and giving cost: the start of a download, the shop beside fifty slow ones, a million donations.

* download: from the address on the order page to a fresh link, and from there to the first piece of the file, through
  Django's test client with the settings of production; processor time, medians.
* beside slow downloads: how long the front page takes on the running site, in turns with fifty buyers who read a large
  file a few kilobytes a second, and without them. What counts is the ratio.
* lists: a member with a thousandth of all donations, the wall of a project, a creator's list, the staff's list; and a
  project's page with few donations and with all of them.
"""

import argparse
import contextlib
import os
import selectors
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from bench._children import Row, begin, child_main, end, page_row, show_pages
from bench._rows import Below, double, new_id, new_number
from bench.people import databases
from showpiece.config.paths import models_folder
from tests.processes.site import Site

MEGABYTE = 1024 * 1024
FEW = 10
BYTES_A_SECOND = 4096
WARM = 5


def child() -> None:
    """In a process of its own: do what the input names, print what came of it as JSON."""
    child_main({"sell": _sell, "start": _start, "give": _give, "fill": _fill, "lists": _lists, "project": _project})


def _sell(*, megabytes: int, links: int) -> dict[str, Any]:
    """A guest's paid order of a project with one large file: its addresses, and so many fresh links."""
    import uuid

    from django.core.files.base import ContentFile
    from django.urls import reverse

    from showpiece.catalog import services as catalog
    from showpiece.catalog.models import Project
    from showpiece.orders import quotes, services
    from showpiece.orders.access import door_of
    from showpiece.orders.delivery.links import link_make
    from showpiece.orders.models import Entitlement
    from showpiece.payments import services as payments
    from showpiece.payments.providers.sandbox import session_act

    project = quotes.orderable(Project.objects.all()).filter(price_kind="fixed", currency="EUR").first()
    release = catalog.release_create(project=project, actor=None, version="97.0.0", notes="Large")
    content = ContentFile(os.urandom(MEGABYTE) * megabytes)
    file = catalog.release_file_add(release=release, content=content, name="large.bin")
    catalog.release_publish(release=release, actor=None)
    cart = services.cart_for(user=None)
    services.cart_add(cart=cart, project=project)
    seen = quotes.quote(quotes.wishes(quotes.cart_items(cart)), "EUR").digest
    order, payment = services.order_place(
        key=uuid.uuid4(), cart=cart, currency="EUR", seen=seen, provider="sandbox", email="buyer@example.org"
    )
    payment = payments.payment_start(
        payment=payment, email="buyer@example.org", language="en", return_url="/", cancel_url="/"
    )
    session_act(name=payment.external_id, action="pay")
    payments.payment_look(payment_id=payment.pk)
    (entitlement,) = Entitlement.objects.filter(line__order=order)
    return {
        "file": door_of(order).file_url(file.pk),
        "links": [reverse("download", args=[link_make(entitlement.pk, file.pk)]) for _ in range(links)],
    }


def _start(*, file: str, repeats: int) -> dict[str, float]:
    """CPU ms of the way to a fresh link, and of a download until its first piece is there."""
    from asgiref.sync import async_to_sync
    from django.conf import settings
    from django.test import AsyncClient

    settings.ALLOWED_HOSTS = ["testserver"]  # its name for us

    async def once() -> tuple[float, float]:
        client = AsyncClient()
        began = time.process_time()
        led = await client.get(file)
        there = time.process_time()
        assert led.status_code == 302, led.status_code
        answer = await client.get(led["Location"])
        assert answer.status_code == 200, answer.status_code
        pieces = aiter(answer.streaming_content)
        assert await anext(pieces)
        done = time.process_time()
        await pieces.aclose()
        return there - began, done - there

    times = [async_to_sync(once)() for _ in range(repeats + WARM)][WARM:]
    return {
        "fresh link": statistics.median(first for first, _second in times) * 1000,
        "download": statistics.median(second for _first, second in times) * 1000,
    }


def _give(*, count: int) -> dict[str, str]:
    """So many donations to one project, paid: the first half by one member. The project's page and its creator."""
    import uuid

    from showpiece.accounts.models import User
    from showpiece.catalog.models import Project
    from showpiece.donations import services
    from showpiece.donations.takers import takers
    from showpiece.payments import services as payments
    from showpiece.payments.providers.sandbox import session_act

    member = User.objects.filter(is_staff=False, creator=None).order_by("pk").first()
    project = takers(Project.objects.filter(demo=None)).order_by("pk").first()
    assert member
    assert project
    for place in range(count):
        _donation, payment = services.donation_place(
            key=uuid.uuid4(),
            user=member if place < count / 2 else None,
            email=f"giver{place}@example.org",
            name=f"Giver {place}",
            message="Keep going: I use it every day, and so do the people upstairs.",
            projects=[project.pk],
            amount_minor=500 + place,
            currency=project.currency,
            provider="sandbox",
            language="en",
        )
        payment = payments.payment_start(payment=payment, email="", language="en", return_url="/", cancel_url="/")
        session_act(name=payment.external_id, action="pay")
        assert payments.payment_look(payment_id=payment.pk).status == "confirmed"
    return {"member": str(member.pk), "project": str(project.pk), "url": project.get_absolute_url()}


def _fill(*, size: int, project: str) -> dict[str, int]:
    """Double the donations that are there, with parts and payments, until there are `size`."""
    from showpiece.donations.models import Donation, DonationPart, Support
    from showpiece.payments.models import Payment

    double(
        Donation,
        {
            "number": new_number("d.place"),
            "key": new_id(),
            "user_id": "CASE WHEN d.place <= 1000 OR d.place % 1000 = 0 THEN t.user_id END",
        },
        [
            Below(DonationPart, "donation_id", {"id": new_id()}),
            Below(Payment, "subject_id", {"id": new_id(), "key": new_id(), "external_id": "''"}),
        ],
        size=size,
    )
    parts = DonationPart.objects.filter(project=project)
    Support.objects.filter(project=project).update(donation_count=parts.count())
    return {"donations": Donation.objects.count(), "to the project": parts.count()}


def _lists(*, member: str, project: str, url: str, repeats: int) -> dict[str, Row]:
    """Queries and CPU ms of each list."""
    from showpiece.accounts.models import User
    from showpiece.catalog.models import Project

    admin = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser(
        "a@example.org", "bench-admin"
    )
    giver, creator = User.objects.get(pk=member), Project.objects.get(pk=project).creator.user
    pages = {
        "a member's donations": (giver, "/donations/"),
        "the wall of a project": (None, f"{url}supporters/"),
        "a creator's list": (creator, "/studio/donations/"),
        "staff's list": (admin, "/admin/donations/donation/"),
    }
    return {name: page_row(user, path, repeats) for name, (user, path) in pages.items()}


def _project(*, url: str, repeats: int) -> Row:
    return page_row(None, url, repeats)


@contextlib.contextmanager
def slow_readers(shop: Site, links: list[str]) -> Iterator[None]:
    """Buyers, one a link, who read a little every second until this ends."""
    done, reading = threading.Event(), threading.Event()
    sockets = []
    for link in links:
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        one.connect(("127.0.0.1", shop.port))
        one.sendall(f"GET {link} HTTP/1.1\r\nHost: 127.0.0.1:{shop.port}\r\nConnection: close\r\n\r\n".encode())
        sockets.append(one)

    def read() -> None:
        begun: set[int] = set()
        with selectors.DefaultSelector() as watched:
            for one in sockets:
                watched.register(one, selectors.EVENT_READ)
            while not done.wait(1.0):
                for key, _events in watched.select(0):
                    got = key.fileobj.recv(BYTES_A_SECOND)  # type: ignore[union-attr]
                    assert got, "a download has ended"
                    if key.fd not in begun:
                        assert got.startswith(b"HTTP/1.1 200"), got[:200]
                        begun.add(key.fd)
                if len(begun) == len(sockets):
                    reading.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert reading.wait(60), f"not all downloads have begun\n{shop.logs()}"
        yield
    finally:
        done.set()
        reader.join()
        for one in sockets:
            one.close()


def front_page(client: httpx.Client, count: int) -> list[float]:
    """Seconds of each of so many requests, one after the other."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        answer = client.get("/")
        times.append(time.perf_counter() - began)
        assert answer.status_code == 200
    return times


def beside(shop: Site, links: list[str], rounds: int, requests: int) -> None:
    """Print how long the front page takes without and with the slow downloads."""
    shop.start("web", "worker")
    shop.wait_until_ready()
    alone: list[float] = []
    crowded: list[float] = []
    each = len(links) // rounds
    with httpx.Client(base_url=shop.url, timeout=60) as client:
        front_page(client, 20)
        for number in range(rounds):
            alone += front_page(client, requests)
            with slow_readers(shop, links[number * each : (number + 1) * each]):
                crowded += front_page(client, requests)
    shop.kill("web", "worker")
    for name, pick in (("median", statistics.median), ("p95", lambda times: statistics.quantiles(times, n=20)[-1])):
        before, after = pick(alone), pick(crowded)  # type: ignore[operator]
        print(
            f"  front page beside {each} slow downloads, {name}: {before * 1000:.1f} ms alone, {after * 1000:.1f} ms, "
            f"ratio {after / before:.2f} (goal <= 1.2)"
        )


def measure(shop: Site, options: argparse.Namespace) -> None:
    """Print the rows of one database."""
    links = options.downloads * options.rounds
    sold = end(begin("delivery", shop, do="sell", megabytes=options.megabytes, links=links))
    started = end(begin("delivery", shop, do="start", file=sold["file"], repeats=options.repeats))
    print(
        f"  a download starts, CPU ms: {sum(started.values()):.1f} (goal <= 20): "
        + ", ".join(f"{name} {value:.1f}" for name, value in started.items())
    )
    beside(shop, sold["links"], options.rounds, options.requests)
    place = end(begin("delivery", shop, do="give", count=FEW))
    few = end(begin("delivery", shop, do="project", url=place["url"], repeats=options.repeats))
    rows: dict[str, Row] = {f"project, {FEW} donations": few}
    if options.size:
        for size in (min(100_000, options.size), options.size):
            began = time.perf_counter()
            filled = end(begin("delivery", shop, do="fill", size=size, project=place["project"]))
            print(f"  {filled}, filled in {time.perf_counter() - began:.0f} s")
            name = f"project, {size:,} donations"
            rows[name] = end(begin("delivery", shop, do="project", url=place["url"], repeats=options.repeats))
        rows |= end(begin("delivery", shop, do="lists", **place, repeats=options.repeats))
    show_pages(rows)
    print("  The seed's project page with 2,000 donations: 134 CPU ms (a constant, measured earlier).")


def main(argv: list[str]) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="run bench delivery", description=__doc__)
    parser.add_argument("--downloads", type=int, default=50, help="slow downloads at once")
    parser.add_argument("--megabytes", type=int, default=64, help="size of the file that is downloaded")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=60, help="for the front page, a round")
    parser.add_argument("--size", type=int, default=1_000_000, help="donations behind the lists; 0 leaves them out")
    parser.add_argument("--repeats", type=int, default=40)
    options = parser.parse_args(argv)
    os.environ["SHOWPIECE_MODELS"] = str(models_folder())
    with databases() as found, tempfile.TemporaryDirectory(prefix="showpiece-bench-") as folder:
        for name, env in found.items():
            print(name)
            shop = Site(Path(folder) / name, env)
            shop.prepare()
            measure(shop, options)
    return 0
