"""`./run` itself: its words, and a clone in which nothing is installed yet."""

import ast
import http.server
import importlib.machinery
import importlib.util
import json
import shutil
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from bench.startup import free_port
from showpiece.commands.console import Problem, Steps
from showpiece.commands.environment import Environment
from tests.operations.launch import ROOT, run


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("showpiece_run", str(ROOT / "run"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with all that the bootstrap reads, and nothing installed."""
    folder = tmp_path / "clone"
    folder.mkdir()
    for name in ("run", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, folder)
    ignored = shutil.ignore_patterns("__pycache__", "static", "templates", "pictures", "*.onnx", "locale")
    shutil.copytree(ROOT / "src" / "showpiece", folder / "src" / "showpiece", ignore=ignored)
    return folder


@pytest.fixture
def nowhere() -> str:
    """The address of a registry that is not there."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed.getsockname()[1]}/simple"


@pytest.mark.parametrize("version", [(2, 7), (3, 6, 9), (3, 10, 14)])
def test_an_old_python_is_told_so(script: ModuleType, version: tuple[int, ...]) -> None:
    said = script.too_old(version)
    assert f"Python {version[0]}.{version[1]} is too old" in said
    assert "3.11 or newer" in said
    assert "\n" not in said


@pytest.mark.parametrize("version", [(3, 11), (3, 12, 1), (3, 14), (4, 0)])
def test_a_new_python_is_welcome(script: ModuleType, version: tuple[int, ...]) -> None:
    assert script.too_old(version) == ""


def test_the_script_parses_on_old_pythons() -> None:
    ast.parse((ROOT / "run").read_text(), feature_version=(3, 7))


def test_help() -> None:
    done = run("help")
    assert done.returncode == 0
    for word in ("test", "bench", "lint", "lock", "help", "PORT", "SHOWPIECE_HOME"):
        assert word in done.stdout


def test_an_unknown_command() -> None:
    done = run("serve")
    assert done.returncode == 2
    assert "'serve'" in done.stderr
    assert "usage: ./run" in done.stderr
    assert done.stdout == ""


def test_only_the_standard_library_is_needed_to_begin() -> None:
    script = f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); import showpiece.commands.bootstrap"
    subprocess.run([sys.executable, "-I", "-S", "-c", script], check=True)


@pytest.mark.processes
def test_no_registry(clone: Path, tmp_path: Path, nowhere: str) -> None:
    settings = {
        "HOME": str(tmp_path),
        "SHOWPIECE_HOME": str(tmp_path / "data"),
        "PIP_INDEX_URL": nowhere,
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_FIND_LINKS": "",
        "PORT": str(free_port()),
    }
    done = run(root=clone, **settings)
    assert done.returncode == 1, done.stdout
    assert "The package registry cannot be reached" in done.stderr
    assert "PIP_INDEX_URL" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    # The next start finds the environment made, and goes on with the packages.
    again = run(root=clone, **settings)
    assert "Python environment: ready" in again.stdout
    assert again.returncode == 1


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """A registry with one small package."""
    folder = tmp_path / "registry" / "simple" / "tiny"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "tiny-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny.py", "")
        wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("tiny-1.0.dist-info/RECORD", "")
    (folder / "index.html").write_text('<a href="tiny-1.0-py3-none-any.whl">tiny-1.0-py3-none-any.whl</a>')
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "registry"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/simple"
        server.shutdown()


@pytest.mark.processes
@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_a_package_that_is_not_the_locked_one(
    clone: Path, registry: str, installer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (clone / "requirements.lock").write_text(f"tiny==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    monkeypatch.setenv("PIP_INDEX_URL", registry)
    environment = Environment(clone)
    environment._create()
    if installer == "uv":
        shutil.copy(ROOT / ".venv" / "bin" / "uv", environment.folder / "bin")
    with pytest.raises(Problem, match="not the one that was locked"):
        environment.make("user", Steps(7))
    assert not environment.is_ready("user")


def test_what_is_installed_is_not_installed_again(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environment = Environment(clone)
    (environment.folder / "bin").mkdir(parents=True)
    environment.python.touch()
    assert not environment.is_ready("user")
    environment.marker.write_text(json.dumps({"user": environment._wanted("user")}))
    assert environment.is_ready("user")
    assert not environment.is_ready("developer")
    environment.make("user", Steps(7))
    assert capsys.readouterr().out.splitlines() == ["1/7 Python environment: ready", "2/7 Packages: as locked"]
    (clone / "requirements.lock").write_text("changed")
    assert not environment.is_ready("user")


def test_an_environment_that_was_moved_is_made_anew(clone: Path) -> None:
    environment = Environment(clone)
    environment.folder.mkdir()
    environment.marker.write_text(json.dumps({"user": environment._wanted("user")}))
    moved = clone.with_name("moved")
    clone.rename(moved)
    assert not Environment(moved).is_ready("user")


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("error: No space left on device (os error 28)", "The disk is full"),
        ("invalid peer certificate: UnknownIssuer", "certificate is not trusted"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that was locked"),
        ("Could not connect, connection refused", "registry cannot be reached"),
        ("something odd\nat the end", "at the end"),
    ],
)
def test_what_a_tool_says_is_explained_in_one_line(clone: Path, output: str, said: str) -> None:
    problem = Environment(clone)._explained("Cannot install.", output)
    assert said in str(problem)
    assert "\n" not in str(problem)
