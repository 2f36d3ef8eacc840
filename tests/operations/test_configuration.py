"""docs/configuration.md says what the code reads, no less and no more."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.operations.launch import ROOT

DOCUMENT = (ROOT / "docs" / "configuration.md").read_text()
# Not settings: the search path, Django's own name for the settings, what one of our processes tells another.
INTERNAL = {"PATH", "DJANGO_SETTINGS_MODULE", "SHOWPIECE_ROOT", "SHOWPIECE_SUPERVISOR"}


def _name(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_environment(node: ast.expr) -> bool:
    return ast.unparse(node) in ("os.environ", "env", "environ", "os")


def names_read(file: Path) -> set[str]:
    """Every `env.int("X")`, `os.environ.get("X")`, `os.environ["X"]`, `os.getenv("X")` and `"X" in os.environ`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            if _is_environment(node.func.value):
                found.add(_name(node.args[0]))
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            found.add(_name(node.slice))
        elif isinstance(node, ast.Compare) and _is_environment(node.comparators[0]):
            found.add(_name(node.left))
    return {name for name in found if re.fullmatch("[A-Z][A-Z_]+", name)} - INTERNAL


def test_every_setting_that_the_code_reads_is_described_and_no_other() -> None:
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", DOCUMENT, re.MULTILINE))
    described |= set(re.findall(r"^\| `PIP_CERT`, `(\w+)` \|", DOCUMENT, re.MULTILINE))
    read = set()
    for file in (ROOT / "src").glob("**/*.py"):
        read |= names_read(file)
    services = (ROOT / "src" / "showpiece" / "commands" / "develop" / "services.py").read_text()
    read |= set(re.findall(r'^[A-Z]+ = "(SHOWPIECE_TEST_\w+)"', services, re.MULTILINE))
    of_others = {"HTTPS_PROXY", "SSL_CERT_FILE"}  # read by pip and uv
    assert read - described == set()
    assert described - read - of_others == set()


@pytest.mark.parametrize(
    "name",
    [name for name, value in re.findall(r"^\| `([A-Z_]+)` \| `([^`]*)` \|", DOCUMENT, re.MULTILINE) if value.isdigit()],
)
def test_numbers_are_those_of_the_code(name: str) -> None:
    described = re.findall(rf"^\| `{name}` \| `([^`]*)` \|", DOCUMENT, re.MULTILINE)[0]
    if hasattr(settings, name):
        assert str(int(getattr(settings, name))) == described


def test_words_are_those_of_the_code() -> None:
    source = (ROOT / "src" / "showpiece" / "config" / "settings.py").read_text()
    for name in ("CACHE_URL", "TIME_ZONE", "LOG_LEVEL"):
        described = re.findall(rf"^\| `{name}` \| `([^`]*)` \|", DOCUMENT, re.MULTILINE)[0]
        assert f'"{name}", default="{described}"' in source


def test_the_proxy_of_the_documentation_lets_the_largest_file_through() -> None:
    megabytes = int(re.findall(r"client_max_body_size (\d+)m;", (ROOT / "docs" / "operations.md").read_text())[0])
    largest = max(getattr(settings, name) for name in dir(settings) if name.endswith("_MAX_BYTES"))
    assert megabytes * 1024**2 > largest
