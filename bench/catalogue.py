"""What lists, search and pages cost in a shop of 1,000, 100,000 and 1,000,000 projects, on SQLite and PostgreSQL.

Queries, processor time and bytes are taken through Django's test client with the settings of production, in a process
for each shop. Processor time is the process's own; PostgreSQL's is that of the backend which served it, told by the
system. `--explain` prints the plan of each list's query. A shop once filled stays for the next time (`--folder`).
"""

import argparse
import contextlib
import gzip
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote_plus

from showpiece.commands.develop import services

ROOT = Path(__file__).resolve().parents[1]
SIZES = (1_000, 100_000, 1_000_000)
PAGES = {
    "front": "/",
    "list": "/projects/",
    "list, deep": "/projects/",
    "popular": "/projects/?sort=popular",
    "top rated": "/projects/?sort=rated",
    "price up": "/projects/?sort=price",
    "price down": "/projects/?sort=price-down",
    "category": "/categories/category-0/",
    "category, rated": "/categories/category-0/?sort=rated",
    "free": "/projects/?price=free",
    "live demo": "/projects/?demo=1",
    "tag, common": "/projects/?tag=python",
    "tag + price": "/projects/?tag=games&price=open&sort=popular",
    "search, common": "/projects/?q=editor",
    "search, two words": "/projects/?q=quiet+music",
    "search, rare": "/projects/?q=RARE",
    "search, Russian": "/projects/?q=фотографии",
    "search, prefix": "/projects/?q=edi",
    "search, filtered": "/projects/?q=bot&price=free&sort=popular",
    "search, creator": "/projects/?q=CREATOR",
    "search, mistyped": "/projects/?q=calender",
    "project": "PROJECT",
    "creator": "/@creator-0/",
    "feed": "/projects/feed/",
}
WARM, REPEATS = 2, 12
GOALS = {"queries": 8, "CPU ms": 15, "KB": 100}
PEERS = """Peers (constants, measured earlier): the seed's list at 20,000 projects takes 1,545 CPU ms and 3.1 MB, a
tuned django-oscar's at 1,000 products 324-350 CPU ms and 132 queries."""
CHILD = "from bench.catalogue import child; child()"
Row = dict[str, float]


def child() -> None:
    """Fill the shop if it is not there, measure it, print the rows."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "showpiece.config.settings"
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    order = json.load(sys.stdin)
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # unbuilt
    from bench._shop import fill

    call_command("migrate", verbosity=0)
    from showpiece.catalog.models import Project

    if not Project.objects.exists():
        print(f"filled in {fill(order['size'], lambda _: None):.0f} s", file=sys.stderr, flush=True)
    rows = {
        name: _row(_address(address, name), order["repeats"])
        for name, address in PAGES.items()
        if name in order["only"]
    }
    if order["explain"]:
        _explain()
    print(json.dumps(rows))


def _address(address: str, name: str) -> str:
    from showpiece.catalog import selectors
    from showpiece.catalog.lists import ORDERS
    from showpiece.catalog.models import Creator
    from showpiece.paging import _cursor

    if name == "list, deep":
        oldest = selectors.project_cards().order_by("published_at", "pk")[50]
        return f"{address}?after={_cursor(oldest, ORDERS['new'])}"
    if "CREATOR" in address:
        return address.replace("CREATOR", quote_plus(Creator.objects.get(slug="creator-0").name))
    some = selectors.project_cards().order_by("published_at", "pk")[20]
    return str(some.get_absolute_url()) if address == "PROJECT" else address.replace("RARE", some.name.split(":")[0])


def _row(address: str, repeats: int) -> Row:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="127.0.0.1", HTTP_ACCEPT_ENCODING="gzip")
    for _ in range(WARM):
        answer = client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
        queries = len(captured)
    own, database, wall = [], [], []
    pids: list[int] = []
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Our own: whoever works there at this moment is somebody else.
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND (state = 'idle' OR pid = pg_backend_pid())"
            )
            pids = [pid for (pid,) in cursor.fetchall()]
    for _ in range(repeats):
        began = time.process_time(), _backends_seconds(pids), time.perf_counter()
        answer = client.get(address)
        own.append(time.process_time() - began[0])
        database.append(_backends_seconds(pids) - began[1])
        wall.append(time.perf_counter() - began[2])
    body = answer.content if answer.get("Content-Encoding") == "gzip" else gzip.compress(answer.content)
    return {
        "queries": queries,
        "CPU ms": statistics.median(own) * 1000,
        "database CPU ms": statistics.median(database) * 1000,
        "p95 of both": sorted(a + b for a, b in zip(own, database, strict=True))[int(repeats * 0.95)] * 1000,
        "wall ms": statistics.median(wall) * 1000,
        "KB": len(body) / 1024,
    }


def _backends_seconds(pids: list[int]) -> float:
    """Of the PostgreSQL processes that serve us, if they run here."""
    seconds = 0.0
    for pid in pids:
        with contextlib.suppress(OSError, ValueError):
            seconds += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    return seconds


def _explain() -> None:
    from django.db import connection

    from showpiece.catalog import selectors
    from showpiece.catalog.lists import ORDERS
    from showpiece.catalog.models import Category

    chosen = Category.objects.get(slug="category-0")
    for order in ORDERS.values():
        if order.name == "relevance":
            continue
        sign = "-" if order.descending else ""
        for title, rows in (
            ("all", selectors.project_cards()),
            ("category", selectors.project_cards().filter(category=chosen)),
        ):
            query = rows.order_by(*(f"{sign}{name}" for name in (*order.fields, "pk")))[:13]
            print(f"-- {connection.vendor}, {order.name}, {title}\n{query.explain()}", file=sys.stderr, flush=True)


def _measure(kind: str, size: int, options: argparse.Namespace) -> dict[str, Row]:
    home = options.folder / f"{kind}-{size}"
    home.mkdir(parents=True, exist_ok=True)
    env = os.environ | {
        "SHOWPIECE_HOME": str(home),
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "LOG_LEVEL": "ERROR",
        "SECRET_KEY": "bench",
    }
    env.pop("DATABASE_URL", None)
    if kind == "postgresql":
        env["DATABASE_URL"] = _postgres(
            f"showpiece_bench_{size}" if not options.database else f"{options.database}_{size}"
        )
    order = json.dumps({"size": size, "repeats": options.repeats, "explain": options.explain, "only": options.only})
    done = subprocess.run(
        [sys.executable, "-P", "-c", CHILD],
        input=order,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
    )
    rows: dict[str, Row] = json.loads(done.stdout.splitlines()[-1])
    return rows


def _postgres(name: str) -> str:
    import psycopg

    server = services.postgres_server()
    with psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server.rpartition('/')[0]}/{name}"


def show(kind: str, size: int, rows: dict[str, Row]) -> None:
    """The table of one shop, with the goals above the figures."""
    columns = list(next(iter(rows.values())))
    print(f"\n{kind}, {size:,} projects")
    print(f"{'':20}" + "".join(f"{column:>17}" for column in columns))
    print(f"{'goal':20}" + "".join(f"{f'<= {GOALS[column]}' if column in GOALS else '':>17}" for column in columns))
    for name, row in rows.items():
        cells = "".join(f"{row[column]:>17.{0 if column == 'queries' else 1}f}" for column in columns)
        print(f"{name:20}{cells}", flush=True)


def main(argv: list[str]) -> int:
    """Print a table for each shop, and how the cost grows from the smallest to the largest."""
    parser = argparse.ArgumentParser(prog="run bench catalogue", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=("sqlite", "postgresql"))
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--explain", action="store_true", help="print the plan of each list's query")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/showpiece-bench-catalogue"))  # noqa: S108
    parser.add_argument("--database", default="", help="the beginning of the names of PostgreSQL databases")
    parser.add_argument("--only", nargs="+", choices=list(PAGES), default=list(PAGES), metavar="PAGE")
    options = parser.parse_args(argv)
    for kind in options.databases:
        costs = {}
        for size in options.sizes:
            try:
                costs[size] = _measure(kind, size, options)
            except services.Missing as missing:
                print(f"{kind} is not measured: {missing}")
                break
            show(kind, size, costs[size])
        if len(costs) > 1:
            first, last = costs[min(costs)], costs[max(costs)]
            print(f"\n{kind}: CPU, {max(costs):,} / {min(costs):,} (goal <= 1.3 for list, project and creator)")
            for name in options.only:
                both = [row[name]["CPU ms"] + row[name]["database CPU ms"] for row in (last, first)]
                print(f"{name:20}{both[0] / both[1]:>17.2f}")
    print(f"\n{PEERS}")
    return 0
