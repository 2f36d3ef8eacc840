"""Where Showpiece keeps its things. Everything that changes at run time lives under one folder."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
REPOSITORY = PACKAGE.parents[1]


def home() -> Path:
    """The data folder: `SHOWPIECE_HOME`, or `var` beside the source."""
    return Path(os.environ.get("SHOWPIECE_HOME") or REPOSITORY / "var").resolve()


def kept_secret(path: Path) -> str:
    """Read the secret kept in `path`, making it at the first call.

    Two processes may start at once, and one may be killed half-way: the file appears complete, by a hard link that
    fails when it is already there, so both read the same secret. Only its owner can read it (0600).
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(prefix=path.name, dir=path.parent)  # 0600, and a name nobody has
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text().strip()


def models_folder() -> Path:
    """Where the weights of the predictors lie."""
    return Path(os.environ.get("SHOWPIECE_MODELS") or home() / "models")


def work_folder(home: Path) -> Path:
    """Where files lie while somebody works on them. Nobody but the owner of the site's processes can look in."""
    folder = home / "work"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
