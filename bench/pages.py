"""What a page costs: queries, processor time and bytes, and what a browser fetches at its first visit.

Queries and processor time are taken in a process of their own, through Django's test client, on a prepared data folder
with the settings of production. A request passes all middleware there, the compression included, but no server and
no network. The first load is counted by Chromium on the running site, with nothing in its cache.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from showpiece.commands.develop import services
from showpiece.config.paths import models_folder
from showpiece_predictors import get, weights
from tests.processes.site import Site, Visitor, site

ROOT = Path(__file__).resolve().parents[1]
PAGES = {
    "front": "/",
    "list": "/projects/",
    "category": "/categories/computer-vision/",
    "creator": "/@window-bench/",
    "person": "/@visitor/",
    "people": "/people/",
    "project, live": "/@window-bench/faces/",
    "project, plain": "/@rosa-ships/halves/",
    "about": "/@window-bench/faces/about/",
}
SCREENS = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
WARM = 10
GOALS = {"queries": "<= 8", "CPU ms": "<= 15", "requests": "<= 12", "KB": "<= 100"}
CHILD = "from bench.pages import measure; measure()"
Row = dict[str, float]


def measure() -> None:
    """In the child: read what to measure from the input, print the rows."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "showpiece.config.settings"
    django.setup()
    order = json.load(sys.stdin)
    print(json.dumps({name: _row(path, order["cookies"], order["requests"]) for name, path in order["pages"].items()}))


def _row(path: str, cookies: dict[str, str], requests: int) -> Row:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="127.0.0.1", HTTP_ACCEPT_ENCODING="gzip")
    client.cookies.load(cookies)
    for _ in range(WARM):
        answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
        queries = len(captured)  # now: each further request empties the log
    seconds = []
    for _ in range(requests):
        began = time.process_time()
        answer = client.get(path)
        seconds.append(time.process_time() - began)
    raw = gzip.decompress(answer.content)
    return {
        "queries": queries,
        "CPU ms": statistics.median(seconds) * 1000,
        "HTML KB": len(raw) / 1024,
        "gzip KB": len(answer.content) / 1024,
    }


def in_process(shop: Site, pages: dict[str, str], cookies: dict[str, str], requests: int) -> dict[str, Row]:
    """The rows that the child measured."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "DATABASE_URL", "CACHE_URL")}
    env = kept | shop.env | {"SHOWPIECE_HOME": str(shop.home), "PYTHONPATH": str(ROOT), "LOG_LEVEL": "ERROR"}
    order = json.dumps({"pages": pages, "cookies": cookies, "requests": requests})
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


def in_browser(shop: Site, pages: dict[str, str], cookies: dict[str, str]) -> dict[str, Row]:
    """What Chromium fetches for each page, or nothing without a Chromium."""
    try:
        path = services.chromium()
    except services.Missing as missing:
        print(f"First loads are not measured: {missing}")
        return {}
    from playwright.sync_api import sync_playwright

    from tests.browser.traffic import first_load
    from tests.browser.visitor import ARGUMENTS

    known: dict[str, Any] = {"domain": "127.0.0.1", "path": "/", "expires": -1, "httpOnly": True, "secure": False}
    jar = [{"name": name, "value": value, "sameSite": "Lax", **known} for name, value in cookies.items()]
    rows: dict[str, Row] = {name: {} for name in pages}
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for name, address in pages.items():
            for screen, size in SCREENS.items():
                options: dict[str, Any] = {"viewport": size, "storage_state": {"cookies": jar, "origins": []}}
                traffic = first_load(chrome, shop.url + address, **options)
                rows[name] |= {f"requests, {screen}": traffic.requests, f"KB, {screen}": traffic.kilobytes}
        chrome.close()
    return rows


def show(rows: dict[str, Row]) -> None:
    """The table, with the goals above the figures."""
    columns = list(next(iter(rows.values())))
    width = {column: max(len(column), 6) + 2 for column in columns}
    print(f"{'':16}" + "".join(f"{column:>{width[column]}}" for column in columns))
    print(f"{'goal':16}" + "".join(f"{GOALS.get(column.partition(',')[0], ''):>{width[column]}}" for column in columns))
    for name, row in rows.items():
        cells = [
            f"{row[column]:>{width[column]}.{0 if column.startswith(('queries', 'requests')) else 1}f}"
            for column in columns
        ]
        print(f"{name:16}" + "".join(cells))


def main(argv: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="run bench pages", description=__doc__)
    parser.add_argument("--requests", type=int, default=100, help="requests a page")
    options = parser.parse_args(argv)
    weights.ensure(get("faces").weights, models_folder(), print)
    os.environ["SHOWPIECE_MODELS"] = str(models_folder())
    with (
        tempfile.TemporaryDirectory(prefix="showpiece-bench-") as folder,
        site(Path(folder) / "home", "web", "worker") as shop,
    ):
        visitor = Visitor(shop)
        run = visitor.run(None)
        assert visitor.wait(run) == "succeeded", shop.logs()
        cookies = dict(visitor.client.cookies)
        pages = PAGES | {"run, done": run}
        seen = in_browser(shop, pages, cookies)
        shop.kill("web", "worker")  # nobody else on the cores now
        rows = in_process(shop, pages, cookies, options.requests)
    print(f"medians of {options.requests} requests; first loads with an empty cache")
    show({name: row | seen.get(name, {}) for name, row in rows.items()})
    return 0
