"""`showpiece predict NAME FILE...`: run a predictor on files, with no server. Options follow from its schema."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import cli_files, weights
from .base import Predictor, PredictorError, get, names
from .chart import Chart
from .cli_files import Failed
from .schema import openapi_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

PROG = "showpiece predict"
TYPES = {"integer": int, "number": float, "string": str}


def main(argv: Sequence[str]) -> int:
    """Exit status: 0 all done, 1 some file failed, 2 the command line was wrong, 130 stopped with Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # file names may be no valid text
    try:
        return _predict(list(argv))
    except SystemExit as stop:  # argparse has said why
        return stop.code if isinstance(stop.code, int) else 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output left: nothing to say to it
        sys.stdout = None
        return 1


def _predict(argv: list[str]) -> int:
    if not argv or argv[0].startswith("-"):
        _no_name(argv)
    try:
        cls = get(argv[0])
    except PredictorError as error:
        _say(str(error))
        return 2
    parser = _parser(cls)
    arguments = parser.parse_args(argv[1:])
    options = {
        name: value for name, value in vars(arguments).items() if name in cls.Input.model_fields and value is not None
    }
    if problem := _bad_options(cls, options):
        parser.error(problem)
    targets = _targets(parser, cls, arguments)
    runner = _Runner(cls, options)
    failed = False
    for file, target in targets:
        try:
            output = runner(file)
            if target is not None:
                cli_files.write(cls, output, target)
            _print(file, output, cls, as_json=arguments.json)
        except Failed as failure:
            failed = True
            if arguments.json:
                _line({"file": file, "error": str(failure)})
            else:
                _say(f"{file}: {failure}")
    return int(failed)


def _no_name(argv: list[str]) -> None:
    known = "\n".join(f"  {name:<12} {get(name).title}" for name in names())
    parser = argparse.ArgumentParser(
        PROG,
        usage=f"{PROG} NAME FILE... [--json] [--out PATH] [options]",
        description="Run a predictor on files, with no server.",
        epilog=f"predictors:\n{known}\n\n`{PROG} NAME --help` lists a predictor's own options.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args(argv)
    parser.error("say which predictor: " + ", ".join(names()))


def _parser(cls: type[Predictor[Any, Any]]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(f"{PROG} {cls.name}", description=cls.title)
    media = cli_files.inputs(cls)
    if media:
        parser.add_argument("files", nargs="+", metavar="FILE", help=cli_files.taken(cls))
    parser.add_argument("--json", action="store_true", help='one line a file: {"file", "output"} or {"file", "error"}')
    if cli_files.outputs(cls):
        where = f"write the {cli_files.given(cls)} here (several files: a folder)"
        parser.add_argument("--out", metavar="PATH", type=Path, help=where)
    schemas = openapi_schema(cls)["components"]["schemas"]
    required = schemas["Input"].get("required", [])
    for name, prop in schemas["Input"].get("properties", {}).items():
        if name not in media[:1]:
            _add_option(parser, name, prop, schemas, required=name in required)
    return parser


def _add_option(
    parser: argparse.ArgumentParser, name: str, prop: dict[str, Any], schemas: dict[str, Any], *, required: bool
) -> None:
    flag = "--" + name.replace("_", "-")
    text = prop.get("description") or prop.get("title", "")
    if "minimum" in prop and "maximum" in prop:
        text += f" {prop['minimum']} to {prop['maximum']}."
    if "default" in prop:
        text += f" Default: {prop['default']}."
    text = text.replace("%", "%%")
    for part in prop.get("allOf", []):
        prop = {**prop, **schemas[part["$ref"].rpartition("/")[2]]}
    if prop.get("type") == "boolean":
        parser.add_argument(flag, dest=name, action=argparse.BooleanOptionalAction, default=None, help=text)
        return
    kind: Any = Path if prop.get("x-media") else TYPES.get(prop.get("type", ""), str)
    parser.add_argument(flag, dest=name, type=kind, choices=prop.get("enum"), required=required, help=text)


def _bad_options(cls: type[Predictor[Any, Any]], options: dict[str, Any]) -> str:
    """What pydantic has against the options, as one line; the files are not looked at yet."""
    from pydantic import ValidationError

    try:
        cls.Input.model_validate(options)
    except ValidationError as error:
        media = cli_files.inputs(cls)
        return "; ".join(
            f"--{str(problem['loc'][0]).replace('_', '-')}: {problem['msg']}"
            for problem in error.errors()
            if problem["loc"] and problem["loc"][0] not in media
        )
    return ""


def _targets(
    parser: argparse.ArgumentParser, cls: type[Predictor[Any, Any]], arguments: argparse.Namespace
) -> list[tuple[str, Path | None]]:
    """Each input file with the path of what is written for it, if anything is."""
    files: list[str] = getattr(arguments, "files", None) or [""]
    out: Path | None = getattr(arguments, "out", None)
    if out is None:
        return [(file, None) for file in files]
    return cli_files.targets(cls, files, out, parser.error)


class _Runner:
    """The predictor, set up when the first file is good enough to need it."""

    def __init__(self, cls: type[Predictor[Any, Any]], options: dict[str, Any]) -> None:
        self.cls = cls
        self.options = options
        self.ready: Predictor[Any, Any] | None = None

    def __call__(self, file: str) -> Any:
        from .media import MediaError

        values = dict(self.options)
        media = cli_files.inputs(self.cls)
        if media:
            values[media[0]] = Path(file)
        for name in media:
            if isinstance(values.get(name), Path):
                values[name] = cli_files.read(self.cls, name, values[name])
        try:
            return self._predictor().predict(self.cls.Input.model_validate(values), lambda fraction, stage: None)
        except (PredictorError, MediaError, weights.WeightsError) as error:
            raise Failed(str(error)) from error

    def _predictor(self) -> Predictor[Any, Any]:
        if self.ready is None:
            models = weights.models_directory()
            weights.ensure(self.cls.weights, models, _say)
            self.ready = self.cls()
            self.ready.setup(models)
        return self.ready


def _print(file: str, output: BaseModel, cls: type[Predictor[Any, Any]], *, as_json: bool) -> None:
    left_out = set(cli_files.outputs(cls))
    if not as_json:  # a curve is of no use as a line of numbers
        left_out |= {name for name in cls.Output.model_fields if isinstance(getattr(output, name), Chart)}
    values = output.model_dump(mode="json", exclude=left_out)
    if as_json:
        _line({"file": file, "output": values})
        return
    sys.stdout.write(f"{file or cls.title}\n")
    for name, value in values.items():
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            sys.stdout.writelines(f"  {line}\n" for line in _table(value))
        elif value in ([], {}):
            sys.stdout.write(f"  no {name.replace('_', ' ')} found\n")
        else:
            sys.stdout.write(f"  {name.replace('_', ' ')}: {value}\n")
    sys.stdout.flush()


def _table(rows: list[dict[str, Any]]) -> list[str]:
    def cell(value: Any) -> str:
        return "-" if value is None else " ".join(map(str, value)) if isinstance(value, list) else str(value)

    heads = list(rows[0])
    cells = [[head.replace("_", " ") for head in heads], *([cell(row.get(head)) for head in heads] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(heads))]
    return ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def _line(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
