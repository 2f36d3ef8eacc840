"""What the platform costs on top of the model: the same photo, tried over HTTP and put to the predictor directly.

Both run in turns in one process tree on the same cores, so a noisy machine hits both; what counts is the ratio.

* latency: from the moment the form is sent until the run's row says that it is done (upload, checks, re-encoding,
  queue, worker, result files), against reading, predicting and encoding in this process. Medians.
* throughput: runs that wait in the queue while the worker is stopped, from the moment it goes on until the last one
  is done, against the same number of calls from as many threads as the worker has.
"""

import argparse
import http.client
import io
import os
import re
import signal
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PIL import Image

import showpiece_predictors.faces
from showpiece.config.paths import models_folder
from showpiece_predictors import get, media, weights
from tests.processes.site import Site, site

PAGE = "/@window-bench/faces/"
IDLE_SECONDS = 3.0  # the server keeps a connection for five
SIDE = 1000  # pixels: a photo of one megapixel


def photo() -> bytes:
    """The sample photo at one megapixel."""
    source = Path(showpiece_predictors.faces.__file__).parent / "sample.jpg"
    out = io.BytesIO()
    Image.open(source).resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(out, "JPEG", quality=90)
    return out.getvalue()


class Direct:
    """The predictor in this process."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.predictor = get("faces")()
        self.predictor.setup(models_folder())
        self.slots = threading.Semaphore(cores())

    def once(self) -> float:
        """Seconds from the file to the encoded result, the wait for a core included."""
        began = time.perf_counter()
        with self.slots:
            picture = media.read_image(self.data)
            output = self.predictor.predict(self.predictor.Input(image=picture), lambda *_: None)
            media.encode_image(output.image)
        assert len(output.faces) == 1
        return time.perf_counter() - began


class Browser:
    """A visitor with one connection, as light as can be: it runs on the same cores."""

    def __init__(self, shop: Site, data: bytes) -> None:
        self.data = data
        self.used = time.monotonic()
        self.connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=120)
        html, self.cookies = self._page()
        self.token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', html)[1]  # type: ignore[index]

    def _page(self) -> tuple[str, str]:
        self.connection.request("GET", PAGE)
        answer = self.connection.getresponse()
        cookies = "; ".join(value.partition(";")[0] for value in answer.headers.get_all("Set-Cookie") or [])
        return answer.read().decode(), cookies

    def send(self) -> str:
        """Send the form; the address of the run."""
        fields = {"csrfmiddlewaretoken": self.token, "key": str(uuid.uuid4()), "min_confidence": "0.5"}
        fields |= {"max_faces": "100", "labels": "on"}
        parts = [
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
        ]
        head = (
            '--b\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        )
        body = "".join([*parts, head]).encode() + self.data + b"\r\n--b--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=b", "Cookie": self.cookies}
        if time.monotonic() - self.used > IDLE_SECONDS:
            self.connection.close()  # or the server does, just now; the next request opens one
        self.used = time.monotonic()
        self.connection.request("POST", f"{PAGE}run/", body, headers)
        answer = self.connection.getresponse()
        answer.read()
        assert answer.status == 302, answer.status
        if session := [value for value in answer.headers.get_all("Set-Cookie") or [] if value.startswith("sessionid")]:
            self.cookies = f"{self.cookies}; {session[0].partition(';')[0]}"
        return answer.headers["Location"]

    def watch(self, run: str) -> None:
        """Listen to the run's events to the end."""
        self.connection.request("GET", f"{run}events/?seen=starting.0.000..0", headers={"Cookie": self.cookies})
        answer = self.connection.getresponse()
        text = answer.read().decode()
        assert 'data-status="succeeded"' in text, text[-2000:]

    def once(self) -> tuple[str, float, float]:
        """The run, when it was sent (seconds since 1970), and the seconds until the browser had its result."""
        sent, began = time.time(), time.perf_counter()
        run = self.send()
        self.watch(run)
        return run, sent, time.perf_counter() - began


def cores() -> int:
    return len(os.sched_getaffinity(0))


def together(jobs: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def completed(shop: Site) -> dict[str, float]:
    """By the run's address, when it was done (seconds since 1970)."""
    code = "from showpiece.demos.models import Run\n"
    code += "for r in Run.objects.all(): print(r.get_absolute_url(), r.completed_at)"
    rows = (line.split(" ", 1) for line in shop.manage(code).splitlines())
    return {address: datetime.fromisoformat(moment).timestamp() for address, moment in rows}


def latencies(
    shop: Site, direct: Direct, data: bytes, visitors: int, rounds: int
) -> tuple[list[float], list[float], list[float]]:
    """Seconds directly, on the platform, and until the browser knew, taken in turns."""
    plain: list[float] = []
    sent: list[tuple[str, float]] = []
    seen: list[float] = []
    browsers = [Browser(shop, data) for _ in range(visitors)]

    def visit(browser: Browser) -> None:
        run, moment, seconds = browser.once()
        sent.append((run, moment))
        seen.append(seconds)

    for number in range(rounds + 1):
        together([lambda: plain.append(direct.once()) for _ in browsers])
        together([lambda b=browser: visit(b) for browser in browsers])  # type: ignore[misc]
        if number == 0:  # the first round warms both up
            plain.clear(), sent.clear(), seen.clear()
    done = completed(shop)
    return plain, [done[run] - moment for run, moment in sent], seen


def throughput(shop: Site, direct: Direct, data: bytes, count: int) -> tuple[float, float]:
    """Calls a second directly, and runs a second out of a full queue."""
    worker = shop.running["worker"].pid
    browser = Browser(shop, data)
    os.killpg(worker, signal.SIGSTOP)
    runs = [browser.send() for _ in range(count)]
    began = time.time()
    os.killpg(worker, signal.SIGCONT)
    browser.watch(runs[-1])
    deadline = time.monotonic() + 120
    while (
        shop.manage("from showpiece.demos.models import Run\nprint(Run.objects.filter(completed_at=None).count())")
        != "0"
    ):
        assert time.monotonic() < deadline
    done = completed(shop)
    queue = count / (max(done[run] for run in runs) - began)
    began = time.perf_counter()
    together([lambda: [direct.once() for _ in range(count // cores())] for _ in range(cores())])  # type: ignore[func-returns-value,misc,list-item,arg-type]
    return count // cores() * cores() / (time.perf_counter() - began), queue


def main(argv: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="run bench platform", description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--count", type=int, default=60, help="runs in the full queue")
    options = parser.parse_args(argv)
    weights.ensure(get("faces").weights, models_folder(), print)
    os.environ["SHOWPIECE_MODELS"] = str(models_folder())
    data = photo()
    direct = Direct(data)
    print(f"faces, one face in {SIDE}x{SIDE} pixels, {cores()} cores; seconds are medians")
    print(f"{'':34}{'in process':>12}{'platform':>12}{'ratio':>8}{'goal':>8}{'in browser':>12}")
    with tempfile.TemporaryDirectory(prefix="showpiece-bench-") as folder:
        limits = {"RUN_MAX_OPEN_PER_VISITOR": "1000", "RUN_LEASE_SECONDS": "15"}
        with site(Path(folder) / "home", "web", "worker", **limits) as shop:
            for visitors in (1, 8):
                rounds = options.rounds if visitors > 1 else options.rounds * 3
                plain, platform, seen = (
                    statistics.median(times) for times in latencies(shop, direct, data, visitors, rounds)
                )
                print(
                    f"{f'upload to result, {visitors} at once, s':34}{plain:>12.3f}{platform:>12.3f}"
                    f"{platform / plain:>8.2f}{'<= 1.25':>8}{seen:>12.3f}"
                )
            plain, queue = throughput(shop, direct, data, options.count)
            print(f"{'through a full queue, 1/s':34}{plain:>12.2f}{queue:>12.2f}{queue / plain:>8.2f}{'>= 0.90':>8}")
    return 0
