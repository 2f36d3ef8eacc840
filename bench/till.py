"""What buying costs: a checkout from cart to paid, paid orders a second, and lists among a million orders.

* checkout: a guest buys with the sandbox through Django's test client, with the settings of production and all
  middleware; processor time of each step, medians.
* orders a second: from a filled cart to paid through the services, mails and ledger written, by as many processes as
  there are cores, all on the same database; `showpiece manage ledger check` looks at the books afterwards. With the
  processor time of an order, which does not depend on what else the machine does: the program's, and that of its
  connections' PostgreSQL processes where that runs beside it.
* lists: a member with a thousandth of all orders, the staff's list, and a creator's sales.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench._children import Row, begin, child_main, end, page_row, show_pages
from bench._rows import Below, double, new_id, new_number
from bench.people import databases
from bench.platform import cores
from showpiece.config.paths import models_folder
from tests.processes.site import Site

STEPS = ("cart", "checkout", "place", "sandbox", "pay", "return", "order")
GOALS = {"checkout, CPU ms": "<= 80", "paid orders/s": ">= 50", "list, CPU ms": "<= 15", "list, queries": "<= 8"}
SPENDERS = ("program", "database")
WARM = 5


def child() -> None:
    """In a process of its own: do what the input names, print what came of it as JSON."""
    child_main({"checkout": _checkouts, "orders": _orders, "fill": _fill, "lists": _lists})


def _buyable() -> Any:
    from showpiece.catalog.models import Project
    from showpiece.orders.quotes import orderable

    return orderable(Project.objects.all()).filter(price_kind="fixed", currency="EUR")


def _checkouts(*, count: int) -> dict[str, float]:
    """CPU ms of each step, medians; with the key "all" of the whole way."""
    import re
    from collections import defaultdict

    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    settings.ACCOUNT_RATE_LIMITS = dict.fromkeys(settings.ACCOUNT_RATE_LIMITS, "1000000/s/ip")
    project = _buyable().first()
    times: dict[str, list[float]] = defaultdict(list)

    def step(name: str, method: str, path: str, data: Any = None, status: Iterable[int] = (200,)) -> Any:
        began = time.process_time()
        answer = getattr(client, method)(path, data)
        spent[name] = (time.process_time() - began) * 1000
        assert answer.status_code in status, f"{name} {path}: {answer.status_code}"
        return answer

    def hidden(html: bytes) -> dict[str, str]:
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html.decode()))

    for number in range(count + WARM):
        client, spent = Client(SERVER_NAME="127.0.0.1"), {}
        client.post(reverse("cart_add"), {"project": str(project.pk)})
        step("cart", "get", reverse("cart"))
        checkout = reverse("checkout", args=["EUR"])
        page = step("checkout", "get", checkout)
        form = hidden(page.content) | {"email": f"buyer{number}@example.org", "provider": "sandbox"}
        answer = step("place", "post", checkout, form, (302, 303))
        sandbox = answer["Location"]
        step("sandbox", "get", sandbox)
        answer = step("pay", "post", sandbox, {"action": "pay"}, (302, 303))
        answer = step("return", "get", answer["Location"], None, (302, 303))
        step("order", "get", answer["Location"])
        if number >= WARM:
            for name, value in spent.items():
                times[name].append(value)
            times["all"].append(sum(spent.values()))
    return {name: statistics.median(values) for name, values in times.items()}


def _orders(*, count: int, worker: int) -> dict[str, float]:
    """So many orders from a filled cart to paid, and the seconds that they took. The carts are filled, and
    seen, before: then it says that it is ready, and waits for a line."""
    import uuid

    from showpiece.orders import quotes, services
    from showpiece.payments import services as payments
    from showpiece.payments.providers.sandbox import session_act

    projects, carts = list(_buyable()[:5]), []
    for number in range(count):
        cart = services.cart_for(user=None)
        for project in projects[: 1 + number % 3]:
            services.cart_add(cart=cart, project=project)
        # What the buyer has seen on the page before they press the button.
        carts.append((cart, quotes.quote(quotes.wishes(quotes.cart_items(cart)), "EUR").digest))
    print("ready", flush=True)
    sys.stdin.readline()
    began, spent, spent_there = time.perf_counter(), time.process_time(), _backend_seconds()
    for number, (cart, seen) in enumerate(carts):
        email = f"buyer{worker}.{number}@example.org"
        _order, payment = services.order_place(
            key=uuid.uuid4(), cart=cart, currency="EUR", seen=seen, provider="sandbox", email=email
        )
        payment = payments.payment_start(payment=payment, email=email, language="en", return_url="/", cancel_url="/")
        session_act(name=payment.external_id, action="pay")
        assert payments.payment_look(payment_id=payment.pk).status == "confirmed"
    return {
        "orders": count,
        "seconds": time.perf_counter() - began,
        "program": time.process_time() - spent,
        "database": _backend_seconds() - spent_there,
    }


def _backend_seconds() -> float:
    """What the server's process of this connection has computed so far; 0 where there is none on this machine."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    try:
        told = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _fill(*, size: int) -> dict[str, int]:
    """Double the orders that are there, with lines and payments, until there are `size`."""
    from showpiece.accounts.models import User
    from showpiece.orders.models import Order, OrderLine
    from showpiece.payments.models import Payment

    buyer = User.objects.order_by("pk").filter(is_superuser=False).first()
    Order.objects.update(user=buyer)
    double(
        Order,
        {
            "number": new_number("d.place"),
            "key": new_id(),
            "user_id": "CASE WHEN d.place <= 1000 OR d.place % 1000 = 0 THEN t.user_id END",
        },
        [
            Below(OrderLine, "order_id", {"id": new_id()}),
            Below(Payment, "subject_id", {"id": new_id(), "key": new_id(), "external_id": "''"}),
        ],
        size=size,
    )
    return {
        "orders": Order.objects.count(),
        "of the member": Order.objects.filter(user=buyer).count(),
        "lines": OrderLine.objects.count(),
    }


def _lists(*, repeats: int) -> dict[str, Row]:
    """Queries and CPU ms of each list."""
    from showpiece.accounts.models import User
    from showpiece.orders.models import Order, OrderLine

    buyer = User.objects.get(pk=Order.objects.exclude(user=None).values_list("user", flat=True)[:1])
    seller = User.objects.get(pk=OrderLine.objects.values_list("creator__user", flat=True)[:1])
    admin = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser(
        "a@example.org", "bench-admin"
    )
    pages = {
        "a member's orders": (buyer, "/orders/"),
        "staff's list": (admin, "/admin/orders/order/"),
        "staff's search": (admin, "/admin/orders/order/?q=buyer0.1%40example.org"),
        "a creator's sales": (seller, "/studio/sales/"),
    }
    return {name: page_row(user, path, repeats) for name, (user, path) in pages.items()}


def measure(shop: Site, options: argparse.Namespace) -> None:
    """Print the rows of one database."""
    steps = end(begin("till", shop, do="checkout", count=options.checkouts))
    print(f"  checkout, CPU ms (goal {GOALS['checkout, CPU ms']}): {steps['all']:.1f} in all; ", end="")
    print(", ".join(f"{name} {steps[name]:.1f}" for name in STEPS))
    buyers = [begin("till", shop, do="orders", count=options.orders, worker=one) for one in range(cores())]
    for buyer in buyers:
        while buyer.stdout and buyer.stdout.readline() not in ("ready\n", ""):
            pass
    for buyer in buyers:
        buyer.stdin.write("go\n")  # type: ignore[union-attr]  # it is a pipe
        buyer.stdin.flush()  # type: ignore[union-attr]
    done = [end(buyer) for buyer in buyers]
    rate = sum(one["orders"] for one in done) / max(one["seconds"] for one in done)
    print(f"  paid orders a second on {cores()} cores (goal {GOALS['paid orders/s']}): {rate:.1f}")
    each = {name: sum(one[name] for one in done) * 1000 / sum(one["orders"] for one in done) for name in SPENDERS}
    print(
        f"  an order, CPU ms: {sum(each.values()):.1f} ({', '.join(f'{name} {ms:.1f}' for name, ms in each.items())})"
    )
    print("  " + shop.manage("from django.core.management import call_command\ncall_command('ledger', 'check')"))
    if options.size:
        began = time.perf_counter()
        filled = end(begin("till", shop, do="fill", size=options.size))
        print(f"  {filled}, filled in {time.perf_counter() - began:.0f} s")
        rows = end(begin("till", shop, do="lists", repeats=options.repeats))
        show_pages(rows)
    print("  The seed's list of 20,000 orders: 2,620 CPU ms, 3.8 MB (a constant, measured earlier).")


def main(argv: list[str]) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="run bench till", description=__doc__)
    parser.add_argument("--checkouts", type=int, default=40)
    parser.add_argument("--orders", type=int, default=200, help="orders a process")
    parser.add_argument("--size", type=int, default=1_000_000, help="orders behind the lists; 0 leaves them out")
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
