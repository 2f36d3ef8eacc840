import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from showpiece.demos import runners
from showpiece.demos.leases import leases
from tests.demos.predictors import ALL, Mirror, Slow


@pytest.fixture(autouse=True)
def _small_predictors(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The small predictors beside those that are installed."""
    real, real_names = runners.get, runners.names

    def get(name: str) -> Any:
        return ALL.get(name) or real(name)

    monkeypatch.setattr(runners, "get", get)
    monkeypatch.setattr(runners, "names", lambda: [*real_names(), *ALL])
    Mirror.calls.clear()
    Slow.began.clear()
    yield
    leases._ending = ""
    runners.local_runner.cache_clear()
    for name in ALL:
        runners._loaded.pop(name, None)


def picture_bytes(
    colour: tuple[int, int, int] = (200, 30, 60), size: tuple[int, int] = (64, 48), kind: str = "PNG"
) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


@pytest.fixture
def photo() -> bytes:
    return picture_bytes()
