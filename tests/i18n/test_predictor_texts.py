"""The texts of our predictors reach the catalogue: demos/texts.py lists each, and nothing else."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import showpiece_predictors
from showpiece.demos.texts import TEXTS
from showpiece_predictors import get, names, openapi_schema

PACKAGE = Path(showpiece_predictors.__file__).parent
# What the form and the result show of a field, beside its choices (demos/forms.py, demos/results.py).
SHOWN = ("title", "description", "x-null", "x-empty", "x-note")
COLUMNS = "x-columns"  # titles of the columns of a table without objects
NAMES = "x-names"  # words for each choice, in place of its value
MACHINE = {"x-order", "x-media", "x-cog-accept", "x-hidden", "x-view"}


def of_schema(schema: dict[str, Any]) -> Iterator[str]:
    components = schema["components"]["schemas"]
    seen: set[str] = set()
    queue = ["Input", "Output"]
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        if "x-view" in components[name]:
            continue  # drawn as a whole; its fields are for programs
        yield from map(str, components[name].get("enum", []))
        for part in components[name].get("properties", {}).values():
            yield from of_part(part)
            if NAMES not in part:  # or its choices are shown by those names
                queue += references(part)


def of_part(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from of_part(item)
    if not isinstance(part, dict):
        return
    yield from (part[name] for name in SHOWN if name in part)
    yield from part.get(COLUMNS, [])
    names = part.get(NAMES)
    yield from names.values() if names else (str(value) for value in part.get("enum", []) if value is not None)
    for name, value in part.items():
        if isinstance(value, (dict, list)) and name not in ("enum", "default", NAMES):
            yield from of_part(value)


def references(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from references(item)
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value.rpartition("/")[2]
            else:
                yield from references(value)


def extensions(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from extensions(item)
    if isinstance(part, dict):
        for name, value in part.items():
            if name.startswith("x-"):
                yield name
            yield from extensions(value)


def ours() -> list[dict[str, Any]]:
    classes = [get(name) for name in names()]
    return [openapi_schema(cls) for cls in classes if cls.__module__.partition(".")[0] == PACKAGE.name]


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def constant(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def of_code() -> Iterator[str]:
    """Names of steps, what a visitor is told, and the titles of charts, wherever they stand as they are."""
    for file in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for name in ("progress", "PredictorError", "Chart", "Motion"):
            for call in calls(tree, name):
                yield from constant([*call.args, *(keyword.value for keyword in call.keywords)])


def shown() -> set[str]:
    return {text for schema in ours() for text in of_schema(schema)} | set(of_code())


def test_every_text_of_a_predictor_is_listed() -> None:
    assert shown() - set(TEXTS) == set(), "add them to showpiece/demos/texts.py"


def test_nothing_else_is_listed() -> None:
    assert set(TEXTS) - shown() == set(), "take them out of showpiece/demos/texts.py"
    assert len(TEXTS) == len(set(TEXTS))


def test_no_extension_of_the_schema_is_overlooked() -> None:
    """A new `x-…` is either for machines or has words for people: say which, above."""
    assert {name for schema in ours() for name in extensions(schema)} <= MACHINE | {*SHOWN, NAMES, COLUMNS}


def test_steps_are_named_where_the_search_can_see_them() -> None:
    """A step named by an expression would stay English on every page."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for call in calls(ast.parse(file.read_text(encoding="utf-8")), "progress"):
            stage = call.args[1] if len(call.args) > 1 else None
            assert isinstance(stage, ast.Constant), f"{file.name}:{call.lineno}"


@pytest.mark.parametrize("language", ["ru"])
def test_listed_texts_are_shown_translated(language: str) -> None:
    from django.utils import translation

    with translation.override(language):
        same = [text for text in TEXTS if translation.gettext(text) == text]
    assert same == []
