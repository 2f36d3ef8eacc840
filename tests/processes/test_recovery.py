"""No run is lost, whatever is killed at whatever moment, and none is seen twice."""

import time
from pathlib import Path

import pytest

from tests.processes.site import Visitor, site

pytestmark = [pytest.mark.processes]

# From "just sent" over "being worked on" (about 0.1 s) to "just ended". Workers are ready before each run is sent.
MOMENTS = [0.0, 0.05, 0.1, 0.2]

RESULTS = """
from showpiece.demos.models import Run
for run in Run.objects.order_by("created_at"):
    print(run.status, run.files.filter(role="output").count(), len(run.output["faces"]), run.attempt)
"""


def test_kill_9_of_both_at_any_moment_loses_nothing(
    engine: dict[str, str], tmp_path: Path, sample_photo: bytes
) -> None:
    lose_nothing(("web", "worker"), engine, tmp_path, sample_photo)


@pytest.mark.parametrize("killed", ["web", "worker"])
def test_kill_9_of_one_at_any_moment_loses_nothing(killed: str, tmp_path: Path, sample_photo: bytes) -> None:
    lose_nothing((killed,), {}, tmp_path, sample_photo)


def lose_nothing(killed: tuple[str, ...], engine: dict[str, str], folder: Path, sample_photo: bytes) -> None:
    # The first run lives through all the kills: that must not look like a run that kills its workers.
    with site(folder / "home", "web", "worker", RUN_MAX_ATTEMPTS="20", **engine) as shop:
        visitor = Visitor(shop)
        runs = []
        for moment in MOMENTS:
            runs.append(visitor.run(sample_photo))
            time.sleep(moment)
            shop.kill(*killed)
            shop.start(*killed)
            shop.wait_until_ready()
        assert [visitor.wait(run) for run in runs] == ["succeeded"] * len(MOMENTS), shop.logs()
        lines = shop.manage(RESULTS).splitlines()
        assert [line.split()[:3] for line in lines] == [["succeeded", "1", "1"]] * len(MOMENTS)
        # Files of attempts that were killed half-way are at most strays; every run shows exactly its own two.
        for run in runs:
            assert visitor.client.get(f"{run}output.json").json()["faces"][0]["sex"] == "female"


def test_worker_that_stops_hands_its_run_to_the_next_at_once(tmp_path: Path, sample_photo: bytes) -> None:
    with site(tmp_path / "home", "web", "worker", RUN_LEASE_SECONDS="600") as shop:
        visitor = Visitor(shop)
        runs = [visitor.run(sample_photo) for _ in range(6)]
        assert shop.stop("worker") == 0
        shop.start("worker")
        # With leases of ten minutes, a lost one would be noticed here.
        assert [visitor.wait(run) for run in runs] == ["succeeded"] * 6, shop.logs()


def test_lost_upload_is_no_run(tmp_path: Path, sample_photo: bytes) -> None:
    """A web server that dies while a file comes in leaves nothing behind, and the form can be sent again."""
    import socket

    with site(tmp_path / "home", "web", "worker") as shop:
        visitor = Visitor(shop)
        form = visitor.form()
        half = socket.create_connection(("127.0.0.1", shop.port))
        half.sendall(
            b"POST /@window-bench/faces/run/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n--x\r\n"
        )
        time.sleep(0.2)
        shop.kill("web")
        half.close()
        shop.start("web")
        shop.wait_until_ready()
        answer = visitor.client.post(
            "/@window-bench/faces/run/", data=form, files={"image": ("photo.jpg", sample_photo, "image/jpeg")}
        )
        assert visitor.wait(answer.headers["location"]) == "succeeded"
        assert len(shop.manage(RESULTS).splitlines()) == 1


def test_form_sent_twice_is_one_run_even_across_a_restart(tmp_path: Path, sample_photo: bytes) -> None:
    with site(tmp_path / "home", "web", "worker") as shop:
        visitor = Visitor(shop)
        body = visitor.form()
        places = set()
        for _ in range(2):
            answer = visitor.client.post(
                "/@window-bench/faces/run/", data=body, files={"image": ("a.jpg", sample_photo, "image/jpeg")}
            )
            places.add(answer.headers["location"])
            shop.kill("web")
            shop.start("web")
            shop.wait_until_ready()
        assert len(places) == 1
        assert visitor.wait(places.pop()) == "succeeded"
