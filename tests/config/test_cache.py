"""The cache that all processes share, for every address that the documentation names."""

import os
import subprocess
import sys

import pytest

# As the first use would: a connection to Redis is made, and not opened; the others need no more than to be there.
USE = """
import django; django.setup()
from django.core.cache import caches
cache = caches["default"]
if hasattr(cache, "_cache") and hasattr(cache._cache, "get_client"):
    cache._cache.get_client().connection_pool.make_connection()
print(type(cache).__name__)
"""


@pytest.mark.parametrize("url", ["", "locmemcache://", "redis://127.0.0.1:6379/0"], ids=["unset", "memory", "redis"])
def test_cache_can_be_used(url: str, tmp_path: object) -> None:
    env = os.environ | {"CACHE_URL": url, "DJANGO_SETTINGS_MODULE": "showpiece.config.settings"}
    env |= {"SHOWPIECE_HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", USE], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-800:]
