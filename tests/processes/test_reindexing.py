"""A creator with many projects who is renamed: killed in the middle of it, the next worker goes on."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.processes.conftest import EXTREMES
from tests.processes.site import PATIENCE_SECONDS, Site, site

pytestmark = [pytest.mark.processes]

COUNT = 800
FILL = f"""
from django.utils import timezone
from showpiece.catalog.models import Category, Creator, Project
from showpiece.catalog.search import projects_indexed
creator, shelf, now = Creator.objects.get(slug="yuki-grows"), Category.objects.first(), timezone.now()
made = Project.objects.bulk_create(
    Project(creator=creator, category=shelf, slug=f"p{{number}}", name=f"Kettle {{number}}", summary="Boils.",
            status="published", published_at=now)
    for number in range({COUNT})
)
for start in range(0, len(made), 500):
    projects_indexed([one.pk for one in made[start : start + 500]])
"""
RENAME = """
from showpiece.catalog import services
from showpiece.catalog.models import Creator
creator = Creator.objects.get(slug="yuki-grows")
services.creator_change(creator=creator, actor=creator.user, name="Quillberry")
"""
STATE = """
from showpiece.catalog.models import Project, Reindex
projects = Project.objects.filter(creator__slug="yuki-grows", name__startswith="Kettle")
entries = projects.select_related("search_entry").values_list("search_entry__tags", flat=True)
print(Reindex.objects.count(), sum("quillberry" in (one or "") for one in entries))
"""


def found(shop: Site) -> str:
    return httpx.get(f"{shop.url}/projects/?q=quillberry+kettle", timeout=PATIENCE_SECONDS).text


def wait_until_begun(shop: Site) -> None:
    """Until the first of them have the new name: asked of the database, as a page may take as long as all of them."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not shop.ask("SELECT 1 FROM catalog_searchentry WHERE CAST(tags AS text) LIKE '%quillberry%' LIMIT 1"):
        assert time.monotonic() < deadline, shop.logs()
        time.sleep(0.005)


@pytest.mark.parametrize("engine", EXTREMES, indirect=True)
def test_rename_survives_a_worker_that_is_killed(engine: dict[str, str], tmp_path: Path) -> None:
    with site(tmp_path / "home", "web", "worker", **engine) as shop:
        shop.manage(FILL)
        assert "Kettle" not in found(shop)
        with ThreadPoolExecutor(1) as beside:  # it takes a second to end, in which much may have been done
            renamed = beside.submit(shop.manage, RENAME)
            wait_until_begun(shop)
            shop.kill("worker")
            renamed.result()
        assert shop.manage(STATE).split()[0] == "1", "it was done before it could be killed"
        shop.start("worker")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (state := shop.manage(STATE).split()) != ["0", str(COUNT)]:
            assert time.monotonic() < deadline, f"{state}\n{shop.logs()}"
            time.sleep(0.5)
