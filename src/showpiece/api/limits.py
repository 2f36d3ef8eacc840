"""How often somebody may ask for keys that do not exist.

A key is not guessed: it has 123 bits. But whoever tries costs work, so what was wrong is counted, by network and by
key, in the shared cache, in windows of ten minutes; what was right is not, and costs one question to the cache.
"""

import hashlib
import time

from django.core.cache import cache
from django.http import HttpRequest

from showpiece.payments.limits import network

WINDOW_SECONDS = 600
MISSES_OF_A_NETWORK, MISSES_WITH_A_KEY = 100, 30


def _names(request: HttpRequest, key: str) -> dict[str, int]:
    """Under which names it is counted, and how often each may be."""
    window = int(time.time() // WINDOW_SECONDS)
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return {
        f"license-misses:{window}:{network(request)}": MISSES_OF_A_NETWORK,
        f"license-misses:{window}:{digest}": MISSES_WITH_A_KEY,
    }


def may_ask(request: HttpRequest, key: str) -> bool:
    """Whether they have not been wrong too often. It does not count."""
    names = _names(request, key)
    counted = cache.get_many(list(names))
    return all(counted.get(name, 0) < most for name, most in names.items())


def missed(request: HttpRequest, key: str) -> None:
    """What was asked for does not exist: it may have been a guess."""
    for name in _names(request, key):
        if not cache.add(name, 1, timeout=WINDOW_SECONDS):
            try:
                cache.incr(name)
            except ValueError:  # it has expired this moment
                cache.set(name, 1, timeout=WINDOW_SECONDS)
