"""The files of `showpiece predict`: read by what a predictor takes, written by what it gives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .base import Film, Picture, Predictor, PredictorError, film_fields, picture_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import BaseModel


class Failed(Exception):  # noqa: N818
    """One file could not be done; the message says why."""


def inputs(cls: type[Predictor[Any, Any]]) -> tuple[str, ...]:
    """The fields of the input that are files, in order: the first is the one that the command line lists."""
    media = {*picture_fields(cls.Input), *film_fields(cls.Input)}
    return tuple(name for name in cls.Input.model_fields if name in media)


def outputs(cls: type[Predictor[Any, Any]]) -> tuple[str, ...]:
    """The fields of the output that are files. `--out` writes the first; a film goes before a picture."""
    return (*film_fields(cls.Output), *picture_fields(cls.Output))


def taken(cls: type[Predictor[Any, Any]]) -> str:
    """Which files the command line takes, in words."""
    if inputs(cls)[0] in film_fields(cls.Input):
        return "MP4, MOV, WebM or MKV (H.264, HEVC, VP9 or AV1), 2 to 60 seconds"
    return "JPEG, PNG, WebP or AVIF"


def given(cls: type[Predictor[Any, Any]]) -> str:
    """What `--out` writes, in words."""
    return "film (WebM)" if film_fields(cls.Output) else "picture"


def targets(
    cls: type[Predictor[Any, Any]], files: Sequence[str], out: Path, refuse: Callable[[str], Any]
) -> list[tuple[str, Path | None]]:
    """Each input file with the path of what is written for it. A path that cannot be goes to `refuse`."""
    from .media import SUFFIX_FORMATS

    film = bool(film_fields(cls.Output))
    suffixes = [".webm"] if film else list(SUFFIX_FORMATS)
    if len(files) == 1 and not out.is_dir():
        if out.suffix.lower() not in suffixes:
            refuse(f"--out: {out.name} should end in {'one of ' if suffixes[1:] else ''}{', '.join(suffixes)}")
        return [(files[0], out)]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refuse(f"--out: {out}: {error.strerror}")
    known: set[str] = set()
    found: list[tuple[str, Path | None]] = []
    for file in files:
        stem = name = f"{Path(file).stem}-{cls.name}"
        number = 1
        while name in known:  # two folders may hold a file of the same name
            number += 1
            name = f"{stem}-{number}"
        known.add(name)
        found.append((file, out / f"{name}{suffixes[0]}"))
    return found


def read(cls: type[Predictor[Any, Any]], name: str, path: Path) -> Picture | Film:
    """The file at `path` as the input field `name` takes it. Raises `Failed`."""
    from .media import MediaError, read_image
    from .media_client import ServiceUnavailable
    from .media_video import open_film

    try:
        if path.is_dir():
            raise Failed("This is a folder, not a file.")
        return open_film(path) if name in film_fields(cls.Input) else read_image(path)
    except (MediaError, ServiceUnavailable) as error:
        raise Failed(str(error)) from error
    except (OSError, ValueError) as error:
        raise Failed(f"Cannot read it: {getattr(error, 'strerror', None) or error}.") from error


def write(cls: type[Predictor[Any, Any]], output: BaseModel, target: Path) -> None:
    """Write the picture or the film of `output`; only now is a film drawn. Raises `Failed`."""
    from .media import SUFFIX_FORMATS, MediaError, encode_image
    from .media_film import encode_film

    result = getattr(output, outputs(cls)[0])
    if result is None:
        raise Failed(f"There is no {given(cls)} to write.")
    try:
        if isinstance(result, Film):
            encode_film(result, target)
        else:
            target.write_bytes(encode_image(result, format=SUFFIX_FORMATS[target.suffix.lower()]).data)
    except (PredictorError, MediaError) as error:
        raise Failed(str(error)) from error
    except OSError as error:
        raise Failed(f"Cannot write {target}: {error.strerror}.") from error
