"""What a first visit may cost: 100 KB and 12 requests, with nothing in the cache."""

import pytest
from playwright.sync_api import Browser

from tests.browser.traffic import first_load
from tests.browser.visitor import DESKTOP, FACES, MARKS, PHONE
from tests.processes.site import Site

pytestmark = MARKS

KILOBYTES, REQUESTS = 100, 12
PATHS = {
    "front": "/",
    "list": "/projects/",
    "project": FACES,
    "about": f"{FACES}about/",
    "creator": "/@window-bench/",
    "people": "/people/",
    "empty cart": "/cart/",
}
GALLERY = "/@yuki-grows/leaf-log/"
PATHS |= {"gallery": GALLERY, "versions": f"{GALLERY}versions/"}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_first_load(path: str, size: dict[str, int], chrome: Browser, shop: Site) -> None:
    for language in ("en-GB", "ru-RU"):
        traffic = first_load(chrome, shop.url + path, viewport=size, locale=language)
        assert traffic.requests > 2, traffic
        assert traffic.requests <= REQUESTS, f"{language}: {traffic}"
        assert traffic.kilobytes <= KILOBYTES, f"{language}: {traffic}"
