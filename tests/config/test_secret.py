"""The secret key is made once, whoever starts first, and is its owner's alone."""

import os
import threading
from pathlib import Path

from showpiece.config.paths import kept_secret


def test_secret_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret_key"
    secret = kept_secret(path)
    assert len(secret) >= 64
    assert kept_secret(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_everybody_reads_the_same(tmp_path: Path) -> None:
    barrier, found = threading.Barrier(8), []

    def read() -> None:
        barrier.wait()
        found.append(kept_secret(tmp_path / "secret_key"))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_draft_of_a_killed_process_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / f"secret_key.{os.getpid()}").write_text("half a sec")
    assert len(kept_secret(tmp_path / "secret_key")) >= 64


def test_two_shops_have_two_secrets(tmp_path: Path) -> None:
    assert kept_secret(tmp_path / "a") != kept_secret(tmp_path / "b")
