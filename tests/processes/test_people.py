"""What workers do for people, killed in the middle: a ZIP of somebody's data, the end of an account, a photo."""

import json
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.startup import free_port
from tests.mail.catcher import catching
from tests.processes.conftest import EXTREMES
from tests.processes.site import PATIENCE_SECONDS, Site, site

pytestmark = [pytest.mark.processes]

# How long after the work has begun the worker is killed, time and again.
MOMENTS = [0.0, 0.2]
RUNS, MEGABYTES = 12, 30

SOMEBODY = """
import uuid
from datetime import timedelta
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from showpiece.accounts.services import user_add
from showpiece.demos.models import Demo, Run, RunFile

user = user_add(email="ann@example.org", username="ann", password=None, name="Ann")
user.welcomed_at = timezone.now()
user.save()
until = timezone.now() + timedelta(days=1)
demo = Demo.objects.first()
for number in range({runs}):
    run = Run.objects.create(
        demo=demo, user=user, visitor="", key=uuid.uuid4(), input={{}}, expires_at=until, publish_after=until
    )
    row = RunFile(run=run, role="input", field="image", content_type="image/webp", size=1, sha256="0" * 64)
    row.file.save(".webp", ContentFile(b"x"), save=False)
    row.save()
    with open(default_storage.path(row.file.name), "r+b") as file:
        file.truncate({size})
"""
EXPORT = """
from showpiece.accounts.models import User
from showpiece.accounts.privacy.services import export_request
export_request(user=User.objects.get(username="ann"))
"""
DELETE = """
from django.utils import timezone
from showpiece.accounts.models import User
from showpiece.accounts.privacy.services import deletion_request
deletion = deletion_request(user=User.objects.get(username="ann"))
type(deletion).objects.update(erase_after=timezone.now(), publish_after=timezone.now())
"""
SWEEP = """
from datetime import timedelta
from showpiece.demos.upkeep import forget_stray_files
forget_stray_files(older_than=timedelta())
"""
PHOTO = """
from pathlib import Path
from showpiece.accounts.models import User
from showpiece.accounts.services import ProfileChanges, profile_save
from showpiece_predictors import media
photo = media.clean_image(Path("{photo}").read_bytes())
profile_save(User.objects.get(username="ann"), ProfileChanges(name="Ann", photo=photo))
"""
# Which column says until when a worker owns the row.
LEASES = {"accounts_dataexport": "publish_after", "accounts_accountdeletion": "lease_until"}
LONG_AGO, LATELY = "2026-01-01 00:00:00", "2026-01-02 00:00:00"


def wait(shop: Site, statement: str, rows: list[Any], seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while (found := [row[0] for row in shop.ask(statement)]) != rows:
        assert time.monotonic() < deadline, f"{found} and not {rows}\n{shop.logs()}"
        time.sleep(0.005)


def wait_for_work(shop: Site, table: str, status: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Until a worker has the row, or has finished with it: between two looks of a busy machine it may do both."""
    deadline = time.monotonic() + seconds
    looked_at = f"SELECT status, CAST({LEASES[table]} AS text) FROM {table}"  # noqa: S608
    while rows := shop.ask(looked_at):
        ((found, leased),) = rows
        if found in ("ready", "failed") or (found == status and leased > LATELY):
            return
        assert time.monotonic() < deadline, f"{found}, until {leased}\n{shop.logs()}"
        time.sleep(0.005)


def kill_at_work(shop: Site, table: str, status: str) -> int:
    """Start the worker and kill it at each moment after it took the row. Returns how often that was in the middle."""
    column, hits = LEASES[table], 0
    for moment in MOMENTS:
        shop.start("worker")
        wait_for_work(shop, table, status)
        time.sleep(moment)
        shop.kill("worker")
        if shop.ask(f"SELECT status FROM {table}") != [(status,)]:  # noqa: S608
            break  # it had ended
        hits += 1
        changes = ", ".join(f"{name} = '{LONG_AGO}'" for name in {column, "publish_after"})
        shop.ask(f"UPDATE {table} SET {changes}")  # noqa: S608  # as if the lease had run out
    return hits


@pytest.mark.parametrize("engine", EXTREMES, indirect=True)
def test_a_zip_whose_worker_is_killed_is_made_by_the_next(engine: dict[str, str], tmp_path: Path) -> None:
    with site(tmp_path / "home", **engine) as shop:
        shop.manage(SOMEBODY.format(runs=RUNS, size=MEGABYTES * 2**20))
        shop.manage(EXPORT)
        hits = kill_at_work(shop, "accounts_dataexport", "working")
        assert hits, "no kill came before the end"
        folder = shop.home / "media" / "private" / "exports"
        shop.start("worker")
        wait(shop, "SELECT status FROM accounts_dataexport", ["ready"])
        ((attempts,),) = shop.ask("SELECT attempt FROM accounts_dataexport")
        assert attempts > hits  # a broker may hand a job out once more, which is one attempt more
        (made,) = [path for path in folder.rglob("*") if path.is_file()]
        with zipfile.ZipFile(made) as archive:
            assert archive.testzip() is None
            sizes = [one.file_size for one in archive.infolist() if one.filename.endswith("input-image.webp")]
            assert sizes == [MEGABYTES * 2**20] * RUNS
            assert len(json.loads(archive.read("runs.json"))) == RUNS
        # Nothing of the attempts that were killed lies about.
        assert not list((shop.home / "work").rglob("export*"))


@pytest.mark.parametrize("engine", EXTREMES, indirect=True)
def test_an_account_whose_worker_is_killed_is_erased_by_the_next(engine: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "MAIL_TIMEOUT": "1"}
    with catching(port) as catcher, site(tmp_path / "home", **mail, **engine) as shop:
        shop.manage(SOMEBODY.format(runs=400, size=1))
        shop.manage(DELETE)
        assert kill_at_work(shop, "accounts_accountdeletion", "erasing"), "no kill came before the end"
        shop.start("worker")
        wait(shop, "SELECT count(*) FROM accounts_user WHERE username = 'ann'", [0])
        wait(shop, "SELECT count(*) FROM post_office_email", [0])
        time.sleep(2)  # for what should not come any more
        last = [one for one in catcher.mails if one["Subject"] == "Your account is deleted"]
        assert [one["To"] for one in last] == ["ann@example.org"]
        assert shop.ask("SELECT count(*) FROM demos_run") == [(0,)]
        assert shop.ask("SELECT count(*) FROM accounts_accountdeletion") == [(0,)]
        # A kill between the end of a row and that of its file leaves the file to the sweeper, who waits for an hour.
        shop.manage(SWEEP)
        left = [path for path in (shop.home / "media" / "private" / "runs").rglob("*") if path.is_file()]
        assert left == []


@pytest.mark.parametrize("engine", EXTREMES, indirect=True)
def test_a_photo_whose_worker_is_killed_is_centred_by_the_next(
    engine: dict[str, str], tmp_path: Path, sample_photo: bytes
) -> None:
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(sample_photo)
    source = "SELECT photo_source FROM accounts_profile WHERE photo <> '' AND user_id IN (SELECT id FROM accounts_user"
    source += " WHERE username = 'ann')"
    photo = source.replace("photo_source", "photo", 1)
    # One thread: whatever a photo leaves behind would hold up the next.
    with site(tmp_path / "home", WORKER_THREADS="1", **engine) as shop:
        shop.manage(SOMEBODY.format(runs=0, size=1))
        hits = 0
        for moment in (0.0, 0.0, 0.0, 0.4, 0.8):
            if shop.ask(source) in ([], [("",)]):  # none yet, or it was done before the kill: another one
                shop.manage(PHOTO.format(photo=picture))
            before = shop.ask(photo)
            shop.start("worker")
            shop.wait_for_worker()
            time.sleep(moment)
            shop.kill("worker")
            hits += shop.ask(source) != [("",)]
            earlier = datetime.now(UTC) - timedelta(minutes=2)  # when the job counts as lost
            shop.ask(f"UPDATE accounts_profile SET photo_changed_at = '{earlier:%Y-%m-%d %H:%M:%S}'")  # noqa: S608
        assert hits, "no kill came before the photo was done"
        shop.start("worker")
        wait(shop, source, [""])
        ((name,),) = after = shop.ask(photo)
        assert after != before
        squares = [path.name for path in (shop.home / "media" / "public" / "people").glob(f"{Path(name).name}*")]
        assert len(squares) == 3
        assert list((shop.home / "media" / "private" / "people").glob("*")) == []
        shop.manage(PHOTO.format(photo=picture))
        wait(shop, source, [""])
        assert shop.ask(photo) != after
