"""What the list of people costs with ten of them and with ten thousand, all online and with photos.

On SQLite and on PostgreSQL, as `bench pages` measures a page: in a process of its own, with the settings of production
and without a server; then what it costs to write down that all of them are here.
"""

import argparse
import contextlib
import json
import os
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.pages import Row, in_process, show
from showpiece.commands.develop import services
from showpiece.config.paths import models_folder
from tests.parts import new_postgres_database
from tests.processes.site import Site

FEW, MANY = 10, 10_000
# Fills up to so many people, each with a photo, all seen just now; says how many there are, and pages far in.
FILL = """
import json
from datetime import timedelta
from urllib.parse import urlencode
from django.db import connection
from django.utils import timezone
from showpiece.accounts.models import Profile, User
from showpiece.accounts.selectors import people
from showpiece.accounts.sheet import MOST
from showpiece.paging import keyset_page

now = timezone.now()
photos = list(Profile.objects.exclude(photo="").values_list("photo", flat=True))
missing = COUNT - people().count()
users = [User(username=f"member{COUNT}x{n}", email=f"member{COUNT}x{n}@example.org", name=f"Member {n}",
              date_joined=now - timedelta(minutes=n), welcomed_at=now) for n in range(missing)]
User.objects.bulk_create(users, batch_size=500)
Profile.objects.bulk_create([Profile(user=user, photo=photos[n % len(photos)], location="Oslo", bio="I *make* things.")
                             for n, user in enumerate(users)], batch_size=500)
Profile.objects.update(last_seen_at=now, show_online=True)
with connection.cursor() as cursor:
    cursor.execute("ANALYZE")

def page(place):
    at = people().order_by("-date_joined", "-pk")[place].date_joined
    rows = people().filter(date_joined__lte=at)
    return "/people/?" + keyset_page(rows, field="date_joined", size=MOST, after="", before="", url=urlencode).next_url

far = COUNT > 2 * MOST
pages = {"middle": page(COUNT // 2) if far else "", "end": page(COUNT - 2 * MOST) if far else ""}
print(json.dumps({"people": people().count(), **pages}))
"""
# Everybody's heartbeat at once, more than a minute after the last.
BEATS = """
import json, time
from datetime import timedelta
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from showpiece.accounts.models import User
from showpiece.accounts.presence import seen

people = list(User.objects.values_list("pk", flat=True))
rows = []
for minute in range(2, 13, 2):
    with CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        written = seen({pk: timezone.now() + timedelta(minutes=minute) for pk in people})
        rows.append([len(queries), (time.perf_counter() - began) * 1000, written])
print(json.dumps(rows))
"""


@contextlib.contextmanager
def databases() -> Iterator[dict[str, dict[str, str]]]:
    """The environment of each database that this machine has."""
    with contextlib.ExitStack() as stack:
        found: dict[str, dict[str, str]] = {"SQLite": {}}
        try:
            found["PostgreSQL"] = {"DATABASE_URL": stack.enter_context(new_postgres_database())}
        except services.Missing as missing:
            print(f"PostgreSQL is not measured: {missing}")
        yield found


def measured(shop: Site, requests: int) -> dict[str, Row]:
    """The rows of one database."""
    few = json.loads(shop.manage(FILL.replace("COUNT", str(FEW))))
    assert few["people"] == FEW, few
    rows = in_process(shop, {"10 people": "/people/"}, {}, requests)
    json.loads(shop.manage(FILL.replace("COUNT", "48")))
    rows |= in_process(shop, {"a full page": "/people/"}, {}, requests)
    many = json.loads(shop.manage(FILL.replace("COUNT", str(MANY))))
    assert many["people"] == MANY, many
    pages = {"10,000 people": "/people/", "in the middle": many["middle"], "near the end": many["end"]}
    rows |= in_process(shop, pages, {}, requests)
    beats = json.loads(shop.manage(BEATS))
    assert all(written == MANY for _queries, _ms, written in beats), beats
    print(f"  10,000 heartbeats: {beats[0][0]} statements, {statistics.median(ms for _, ms, _ in beats):.0f} ms")
    return rows


def main(argv: list[str]) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="run bench people", description=__doc__)
    parser.add_argument("--requests", type=int, default=100, help="requests a page")
    options = parser.parse_args(argv)
    os.environ["SHOWPIECE_MODELS"] = str(models_folder())
    with databases() as found, tempfile.TemporaryDirectory(prefix="showpiece-bench-") as folder:
        for name, env in found.items():
            print(f"{name}, medians of {options.requests} requests")
            shop = Site(Path(folder) / name, env)
            shop.prepare()
            show(measured(shop, options.requests))
    return 0
