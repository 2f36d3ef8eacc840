"""The tools that draw, train and measure need packages of their own, so what they import is only looked up."""

import ast
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "tools").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_tool_takes_from_the_project_is_there(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or node.level or not (node.module or "").startswith(("tools", "show")):
            continue
        spec = importlib.util.find_spec(node.module or "")
        assert spec is not None, node.module
        assert spec.origin is not None, node.module
        source = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
        for alias in node.names:
            submodule = (
                importlib.util.find_spec(f"{node.module}.{alias.name}") if spec.submodule_search_locations else None
            )
            assert submodule is not None or alias.name in _names(source), f"{node.module}.{alias.name}"


def _names(module: ast.Module) -> set[str]:
    """What a module defines or imports at its top."""
    found: set[str] = set()
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    return found
