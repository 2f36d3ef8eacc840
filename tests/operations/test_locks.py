"""What gets installed: everything by hash, nothing by address, and all that the code imports."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.operations.launch import ROOT

NAME = re.compile(r"[-_.]+")


def locked(name: str) -> dict[str, str]:
    """Package and version of each entry of a lock."""
    text = (ROOT / name).read_text()
    return dict(re.findall(r"^([A-Za-z0-9][\w.-]*)==([^ ;\\\n]+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry, entry


def test_developers_have_what_users_have() -> None:
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items()


def test_the_lock_has_what_the_bootstrap_needs() -> None:
    assert {"uv", "setuptools"} <= set(locked("requirements.lock"))


def imported(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_users_get_every_package_that_the_code_imports() -> None:
    """Developers have more installed, so a forgotten requirement would never fail for them."""
    ours = {"showpiece", "showpiece_predictors", "bench"}
    from_where = packages_distributions()
    have = {NAME.sub("-", name).lower() for name in locked("requirements.lock")} | {"pip"}
    for file in (ROOT / "src").glob("**/*.py"):
        if "develop" in file.parts:
            continue
        for module in imported(file) - ours - set(sys.stdlib_module_names):
            packages = {NAME.sub("-", name).lower() for name in from_where.get(module, ())}
            assert packages & have, f"{file.relative_to(ROOT)} imports {module}, which requirements.in does not bring"
