"""Where Showpiece keeps its things. Everything that changes at run time lives under one folder."""

import os
import secrets
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
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def models_folder() -> Path:
    """Where the weights of the predictors lie."""
    return Path(os.environ.get("SHOWPIECE_MODELS") or home() / "models")
