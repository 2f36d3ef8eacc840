"""How often somebody may ask for keys that do not exist.

A key is not guessed: it has 123 bits. But whoever tries costs work, so what was wrong is counted, by network and by
key, in the shared cache, in windows of ten minutes; what was right is not, and costs one question to the cache.
"""

import hashlib
import time
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest

from showpiece.payments.limits import network

WINDOW_SECONDS = 600
MISSES_OF_A_NETWORK, MISSES_WITH_A_KEY = 100, 30


def _names(request: HttpRequest, key: str) -> tuple[str, str]:
    """Under which names it is counted: that of the network, and that of the key."""
    window = int(time.time() // WINDOW_SECONDS)
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"license-misses:{window}:{network(request)}", f"license-misses:{window}:{digest}"


def may_ask(request: HttpRequest, key: str, *, exists: Callable[[str], bool]) -> bool:
    """Whether they have not been wrong too often. It does not count.

    In a network from which somebody was, a key that `exists` is answered all the same: a whole neighbourhood has paid
    for software that would stop for the guesses of one.
    """
    of_network, with_key = _names(request, key)
    counted = cache.get_many([of_network, with_key])
    if counted.get(with_key, 0) >= MISSES_WITH_A_KEY:
        return False
    return counted.get(of_network, 0) < MISSES_OF_A_NETWORK or exists(key)


def missed(request: HttpRequest, key: str) -> None:
    """What was asked for does not exist: it may have been a guess."""
    for name in _names(request, key):
        if not cache.add(name, 1, timeout=WINDOW_SECONDS):
            try:
                cache.incr(name)
            except ValueError:  # it has expired this moment
                cache.set(name, 1, timeout=WINDOW_SECONDS)
