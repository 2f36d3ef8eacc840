"""The running site over real HTTP, where Django's test client cannot look: streams, limits, a broker that goes away."""

import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests import parts
from tests.processes.site import PATIENCE_SECONDS, Site, Visitor, site

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("site")]

ANSWER_SECONDS = 20.0  # a promise of 1 s on an idle machine; here only "no hang"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("site") / "home", "web", "worker") as opened:
        yield opened


@pytest.fixture
def visitor(shop: Site) -> Visitor:
    return Visitor(shop)


def test_stranger_tries_the_sample(visitor: Visitor) -> None:
    run = visitor.run(None)
    assert visitor.wait(run) == "succeeded"
    html = visitor.client.get(run).text
    files = re.findall(rf'src="({run}files/[^"]+)"', html)
    assert files
    picture = visitor.client.get(files[0])
    assert picture.headers["content-type"].startswith("image/")
    assert visitor.client.get(f"{run}tables/faces/").text.count("\n") == 2
    stranger = httpx.Client(base_url=visitor.client.base_url)
    for address in (run, files[0], f"{run}output.json", f"{run}events/"):
        assert stranger.get(address).status_code == 404


def test_events_tell_each_step_and_end(visitor: Visitor, sample_photo: bytes) -> None:
    run = visitor.run(sample_photo)
    names, data = [], ""
    with visitor.client.stream("GET", f"{run}events/") as stream:
        assert stream.headers["content-type"] == "text/event-stream"
        assert stream.headers["cache-control"] == "no-store"
        for line in stream.iter_lines():
            if line.startswith("event: "):
                names.append(line.removeprefix("event: "))
            data += line
    assert names[-1] == "done"
    assert "run" in names
    assert 'data-status="succeeded"' in data


def test_events_of_an_ended_run_end_at_once(visitor: Visitor, sample_photo: bytes) -> None:
    run = visitor.run(sample_photo)
    visitor.wait(run)
    text = visitor.client.get(f"{run}events/").text
    assert text.count("event: run") == 1
    assert text.endswith("event: done\ndata: \n\n")


def test_length_over_the_limit_is_answered_before_the_body_is_sent(shop: Site, visitor: Visitor) -> None:
    visitor.form()
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.client.cookies.items())
    head = (
        f"POST /@window-bench/faces/run/ HTTP/1.1\r\nHost: 127.0.0.1:{shop.port}\r\nCookie: {cookie}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {18 * 2**20}\r\n\r\n--x\r\n"
    )
    with socket.create_connection(("127.0.0.1", shop.port), timeout=ANSWER_SECONDS) as connection:
        connection.sendall(head.encode())
        answer = connection.recv(65536).decode()
    assert answer.startswith("HTTP/1.1 413")


def test_file_over_the_limit_gets_its_message_at_the_field(visitor: Visitor) -> None:
    began = time.monotonic()
    answer = visitor.send(b"\xff\xd8\xff" + bytes(17 * 2**20 + 2**20))
    assert time.monotonic() - began < ANSWER_SECONDS
    assert answer.status_code == 413
    assert "The file is too large: the limit is 16.0" in answer.text


def test_body_without_length_is_read_up_to_the_limit(visitor: Visitor) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield bytes(2**20)

    with contextlib.suppress(httpx.WriteError, httpx.ReadError):
        answer = visitor.client.post(
            "/@window-bench/faces/run/", content=endless(), headers={"content-type": "multipart/form-data; boundary=x"}
        )
        assert answer.status_code == 413


def test_pixel_bomb_is_refused_before_it_is_decoded(visitor: Visitor) -> None:
    bomb = png_header_of(13_000, 13_000)
    began = time.monotonic()
    answer = visitor.send(bomb)
    assert time.monotonic() - began < ANSWER_SECONDS
    assert answer.status_code == 422
    assert "the limit is 40 megapixels" in answer.text


def png_header_of(width: int, height: int) -> bytes:
    """A real PNG of one colour: 169 megapixels in about 20 KB."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\0" + bytes((width + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def test_picture_without_a_face_is_a_normal_result(visitor: Visitor) -> None:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.radial_gradient("L").resize((640, 480)).convert("RGB").save(out, "JPEG")
    run = visitor.run(out.getvalue())
    assert visitor.wait(run) == "succeeded"
    assert "No face" in visitor.client.get(run).text


def test_many_visitors_at_once(shop: Site, sample_photo: bytes) -> None:
    ends: list[str] = []

    def come() -> None:
        visitor = Visitor(shop)
        ends.append(visitor.wait(visitor.run(sample_photo)))

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE_SECONDS)
    assert ends == ["succeeded"] * 8, shop.logs()


def test_headers_of_a_page(visitor: Visitor) -> None:
    headers = visitor.client.get("/").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


def test_static_files_are_kept_for_ever_and_told_by_their_type(visitor: Visitor) -> None:
    sheet = re.search(r'href="(/static/[^"]+\.css)"', visitor.client.get("/").text)
    assert sheet is not None
    answer = visitor.client.get(sheet[1], headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in answer.headers["cache-control"]
    assert visitor.client.get("/static/web/css/none.css").status_code == 404


def test_health_tells_of_a_dead_worker(tmp_path: Path) -> None:
    with site(tmp_path / "home", "web") as alone:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = httpx.get(f"{alone.url}/health/ready", timeout=30)
                break
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert answer.status_code == 503
        rows = answer.json()["components"]
        assert rows["worker"]["ok"] is False
        assert rows["database"]["ok"] is True
        assert httpx.get(f"{alone.url}/health/live").status_code == 200


class Gate:
    """A door to the broker that a test can shut."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.port = 0
        self._server: socket.socket | None = None
        self._open: list[socket.socket] = []

    def open(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def shut(self) -> None:
        assert self._server is not None
        # `accept` in the other thread holds the port until it is woken.
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._open.clear()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                inner, _ = server.accept()
                outer = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            self._open += [inner, outer]
            for source, sink in ((inner, outer), (outer, inner)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)


def test_stopped_broker_delays_a_run_and_loses_none(tmp_path: Path, sample_photo: bytes) -> None:
    broker = urlsplit(parts.rabbitmq_url())
    gate = Gate(broker.port or 5672)
    gate.open()
    address = broker._replace(netloc=f"{broker.username}:{broker.password}@127.0.0.1:{gate.port}").geturl()
    with site(tmp_path / "home", "web", "worker", BROKER_URL=address) as shop:
        visitor = Visitor(shop)
        assert visitor.wait(visitor.run(sample_photo)) == "succeeded"
        gate.shut()
        began = time.monotonic()
        run = visitor.run(sample_photo)
        assert time.monotonic() - began < ANSWER_SECONDS * 2
        assert visitor.status(run) == "starting"
        ready = httpx.get(f"{shop.url}/health/ready", timeout=PATIENCE_SECONDS)
        assert ready.status_code == 503
        assert json.loads(ready.text)["components"]["broker"]["ok"] is False
        gate.open()
        assert visitor.wait(run) == "succeeded", shop.logs()
        gate.shut()


def test_watchers_hold_no_connection(tmp_path: Path, sample_photo: bytes) -> None:
    """More streams than PostgreSQL's pool has connections, on a run that waits: pages are served all the same."""
    with (
        parts.new_postgres_database() as url,
        site(tmp_path / "home", "web", "worker", DATABASE_URL=url) as shop,
        contextlib.ExitStack() as streams,
    ):
        shop.kill("worker")
        visitor = Visitor(shop)
        run = visitor.run(sample_photo)
        for _ in range(24):
            client = streams.enter_context(
                httpx.Client(base_url=shop.url, cookies=visitor.client.cookies, timeout=PATIENCE_SECONDS)
            )
            stream = streams.enter_context(client.stream("GET", f"{run}events/?seen=starting.0.000..0"))
            assert stream.status_code == 200
        assert visitor.client.get("/").status_code == 200
        assert visitor.status(run) == "starting"
