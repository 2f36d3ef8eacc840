"""A film of a gallery on a real site: converted by the next worker when one is killed, and gone as it was sent."""

import re
import time
from pathlib import Path

import httpx
import pytest

import showpiece_predictors.exercises
from tests.processes.conftest import EXTREMES
from tests.processes.site import PATIENCE_SECONDS, Site, site

pytestmark = [pytest.mark.processes]

FILM = Path(showpiece_predictors.exercises.__file__).parent / "sample.webm"
# A session of the owner of a project, and the project.
SIGN_IN = """
from django.test import Client
from showpiece.catalog.models import Project
project = Project.objects.select_related("creator__user").get(slug="leaf-log")
client = Client()
client.force_login(project.creator.user, "showpiece.accounts.backend.Backend")
print(client.cookies["sessionid"].value, project.pk)
"""
STATE = """
from showpiece.catalog.models import ProjectVideo
video = ProjectVideo.objects.get()
print(video.state, video.attempt, bool(video.source), bool(video.file))
"""
LEFT = """
from django.core.files.storage import default_storage
folders = default_storage.listdir("gallery")[0]
print(sum(len(default_storage.listdir(f"gallery/{name}")[1]) for name in folders))
"""


def wait_for(shop: Site, page: httpx.Client, gallery: str, text: str) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while text not in (html := page.get(gallery).text):
        assert time.monotonic() < deadline, shop.logs()
        time.sleep(0.1)
    return html


@pytest.mark.parametrize("engine", EXTREMES, indirect=True)
def test_film_whose_worker_is_killed_is_converted_by_the_next(engine: dict[str, str], tmp_path: Path) -> None:
    with site(tmp_path / "home", "web", "worker", **engine) as shop:
        session, project = shop.manage(SIGN_IN).split()
        page = httpx.Client(base_url=shop.url, timeout=PATIENCE_SECONDS, cookies={"sessionid": session})
        gallery = f"/studio/projects/{project}/gallery/"
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.get(gallery).text)
        assert token
        data = {"csrfmiddlewaretoken": token[1], "item-0-alt": "Moves"}
        data |= {"item-TOTAL_FORMS": "1", "item-INITIAL_FORMS": "0"}
        sent = page.post(f"{gallery}add/", data=data, files={"item-0-file": ("clip.mp4", FILM.read_bytes())})
        assert sent.status_code == 302, sent.text[:3000]
        wait_for(shop, page, gallery, "The film is being converted")
        shop.kill("worker")
        assert shop.manage(STATE).split()[:3] == ["processing", "1", "True"]
        shop.start("worker")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "data-unfinished" in page.get(gallery).text:
            assert time.monotonic() < deadline, shop.logs()
            time.sleep(0.2)
        assert shop.manage(STATE).split() == ["ready", "2", "False", "True"], shop.logs()
        assert shop.manage(LEFT) == "0"
        public = httpx.get(f"{shop.url}/@yuki-grows/leaf-log/").text
        film = re.search(r'<source src="([^"]+\.webm)"', public)
        assert film
        part = httpx.get(f"{shop.url}{film[1]}", headers={"Range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, b"\x1a\x45\xdf\xa3")
