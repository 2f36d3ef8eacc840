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
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.people import databases
from bench.platform import cores
from showpiece.config.paths import models_folder
from tests.processes.site import Site

ROOT = Path(__file__).resolve().parents[1]
CHILD = "from bench.till import child; child()"
STEPS = ("cart", "checkout", "place", "sandbox", "pay", "return", "order")
GOALS = {"checkout, CPU ms": "<= 80", "paid orders/s": ">= 50", "list, CPU ms": "<= 15", "list, queries": "<= 8"}
SPENDERS = ("program", "database")
WARM = 5


def child() -> None:
    """In a process of its own: do what the input names, print what came of it as JSON."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "showpiece.config.settings"
    django.setup()
    wanted = json.loads(sys.stdin.readline())
    print(
        json.dumps(
            {"checkout": _checkouts, "orders": _orders, "fill": _fill, "lists": _lists}[wanted.pop("do")](**wanted)
        )
    )


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
    """Double the orders that are there, with lines and payments, until there are `size`. The rows are made by SQL."""
    from django.db import connection, transaction

    from showpiece.accounts.models import User
    from showpiece.orders.models import Order, OrderLine
    from showpiece.payments.models import Payment

    buyer = User.objects.order_by("pk").filter(is_superuser=False).first()
    Order.objects.update(user=buyer)
    postgresql = connection.vendor == "postgresql"
    new_id = "gen_random_uuid()" if postgresql else "lower(hex(randomblob(16)))"
    number = "lpad(upper(to_hex({0})), 9, '0')" if postgresql else "printf('%09X', {0})"
    there = Order.objects.count()

    def copy(model: Any, source: str, changes: dict[str, str]) -> None:
        names = [field.column for field in model._meta.concrete_fields]
        taken = ", ".join(changes.get(name, f"t.{name}") for name in names)
        table = model._meta.db_table
        cursor.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {taken} FROM {table} t {source}")  # noqa: S608

    while there < size:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS doubled")
            cursor.execute(
                f"CREATE TEMPORARY TABLE doubled AS SELECT id AS old, {new_id} AS new, "  # noqa: S608
                f"row_number() OVER () + {there} AS place FROM orders_order LIMIT {size - there}"
            )
            cursor.execute("CREATE UNIQUE INDEX doubled_old ON doubled (old)")
            owner = "CASE WHEN d.place % 1000 = 0 THEN t.user_id END" if there > 1000 else "t.user_id"
            copy(
                Order,
                "JOIN doubled d ON d.old = t.id",
                {"id": "d.new", "number": number.format("d.place"), "key": new_id, "user_id": owner},
            )
            joined = "JOIN doubled d ON d.old = t.order_id"
            copy(OrderLine, joined, {"id": new_id, "order_id": "d.new"})
            joined = "JOIN doubled d ON d.old = t.subject_id"
            copy(Payment, joined, {"id": new_id, "subject_id": "d.new", "key": new_id, "external_id": "''"})
        there = Order.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {
        "orders": there,
        "of the member": Order.objects.filter(user=buyer).count(),
        "lines": OrderLine.objects.count(),
    }


def _lists(*, repeats: int) -> dict[str, dict[str, float]]:
    """Queries and CPU ms of each list."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

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
    rows = {}
    for name, (user, path) in pages.items():
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(user)
        for _ in range(WARM):
            assert client.get(path).status_code == 200, path
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
            queries = len(captured)
        seconds, walls = [], []
        for _ in range(repeats):
            began, wall = time.process_time(), time.perf_counter()
            answer = client.get(path)
            seconds.append(time.process_time() - began)
            walls.append(time.perf_counter() - wall)
        rows[name] = {
            "queries": queries,
            "CPU ms": statistics.median(seconds) * 1000,
            "wall ms": statistics.median(walls) * 1000,
            "HTML KB": len(answer.content) / 1024,
        }
    return rows


def _begin(shop: Site, **wanted: Any) -> "subprocess.Popen[str]":
    kept = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "DATABASE_URL", "CACHE_URL")}
    env = (
        kept
        | shop.env
        | {"SHOWPIECE_HOME": str(shop.home), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "LOG_LEVEL": "ERROR"}
    )
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", CHILD], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdin
    process.stdin.write(json.dumps(wanted) + "\n")
    process.stdin.flush()
    return process


def _end(process: "subprocess.Popen[str]") -> Any:
    assert process.stdout
    said = process.stdout.read()
    assert process.wait() == 0, said
    return json.loads(said.splitlines()[-1])


def measure(shop: Site, options: argparse.Namespace) -> None:
    """Print the rows of one database."""
    steps = _end(_begin(shop, do="checkout", count=options.checkouts))
    print(f"  checkout, CPU ms (goal {GOALS['checkout, CPU ms']}): {steps['all']:.1f} in all; ", end="")
    print(", ".join(f"{name} {steps[name]:.1f}" for name in STEPS))
    buyers = [_begin(shop, do="orders", count=options.orders, worker=one) for one in range(cores())]
    for buyer in buyers:
        while buyer.stdout and buyer.stdout.readline() not in ("ready\n", ""):
            pass
    for buyer in buyers:
        buyer.stdin.write("go\n")  # type: ignore[union-attr]  # it is a pipe
        buyer.stdin.flush()  # type: ignore[union-attr]
    done = [_end(buyer) for buyer in buyers]
    rate = sum(one["orders"] for one in done) / max(one["seconds"] for one in done)
    print(f"  paid orders a second on {cores()} cores (goal {GOALS['paid orders/s']}): {rate:.1f}")
    each = {name: sum(one[name] for one in done) * 1000 / sum(one["orders"] for one in done) for name in SPENDERS}
    print(
        f"  an order, CPU ms: {sum(each.values()):.1f} ({', '.join(f'{name} {ms:.1f}' for name, ms in each.items())})"
    )
    print("  " + shop.manage("from django.core.management import call_command\ncall_command('ledger', 'check')"))
    if options.size:
        began = time.perf_counter()
        filled = _end(_begin(shop, do="fill", size=options.size))
        print(f"  {filled}, filled in {time.perf_counter() - began:.0f} s")
        rows = _end(_begin(shop, do="lists", repeats=options.repeats))
        print(f"  {'':20}{'queries':>10}{'CPU ms':>10}{'wall ms':>10}{'HTML KB':>10}")
        print(f"  {'goal':20}{'<= 8':>10}{'<= 15':>10}")
        for name, row in rows.items():
            print(
                f"  {name:20}{row['queries']:>10}{row['CPU ms']:>10.1f}{row['wall ms']:>10.1f}{row['HTML KB']:>10.1f}"
            )
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
