"""What a bench does in a process of its own, with a prepared shop: no figure finds the caches of another."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.processes.site import Site

ROOT = Path(__file__).resolve().parents[1]
CHILD = "from bench.{} import child; child()"
WARM = 5
Row = dict[str, float]


def child_main(tasks: Mapping[str, Callable[..., Any]]) -> None:
    """In the child: do what the input names, print what came of it as JSON."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "showpiece.config.settings"
    django.setup()
    wanted = json.loads(sys.stdin.readline())
    print(json.dumps(tasks[wanted.pop("do")](**wanted)))


def begin(bench: str, shop: Site, **wanted: Any) -> "subprocess.Popen[str]":
    """A child of `bench` that does what `wanted` says, with the settings of the shop."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "DATABASE_URL", "CACHE_URL")}
    env = kept | shop.env | {"SHOWPIECE_HOME": str(shop.home), "LOG_LEVEL": "ERROR"}
    env["PYTHONPATH"] = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    command = [sys.executable, "-P", "-c", CHILD.format(bench)]
    process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdin
    process.stdin.write(json.dumps(wanted) + "\n")
    process.stdin.flush()
    return process


def end(process: "subprocess.Popen[str]") -> Any:
    """What it says in the end."""
    assert process.stdout
    said = process.stdout.read()
    assert process.wait() == 0, said
    return json.loads(said.splitlines()[-1])


def page_row(user: Any, path: str, repeats: int) -> Row:
    """In the child: queries, processor time and size of a page through Django's test client, medians."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="127.0.0.1")
    if user is not None:
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
    return {
        "queries": queries,
        "CPU ms": statistics.median(seconds) * 1000,
        "wall ms": statistics.median(walls) * 1000,
        "HTML KB": len(answer.content) / 1024,
    }


def show_pages(rows: Mapping[str, Row]) -> None:
    """The table of `page_row`s, with the goals above the figures."""
    print(f"  {'':24}{'queries':>10}{'CPU ms':>10}{'wall ms':>10}{'HTML KB':>10}")
    print(f"  {'goal':24}{'<= 8':>10}{'<= 15':>10}")
    for name, row in rows.items():
        print(f"  {name:24}{row['queries']:>10}{row['CPU ms']:>10.1f}{row['wall ms']:>10.1f}{row['HTML KB']:>10.1f}")
