"""What both sides of the limited child know: what a job is handed, how it refuses, the size of what it makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import mmap


#: Longer side of a film's poster, in pixels.
POSTER = 640
#: How little a picture's brightness may vary (standard deviation of 0 to 255) before a later one is taken as poster.
PLAIN = 12.0


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The file is not acceptable; `code` is one of `media.MESSAGES`."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True)
class Work:
    """One request: the untrusted file as a descriptor and mapped, and what the caller reads: memory and a line."""

    request: dict[str, Any]
    source: int
    given: mmap.mmap | bytes
    out: mmap.mmap
    reply: int


def fit(width: int, height: int, longer_side: int | None) -> tuple[int, int]:
    """The size reduced so that its longer side is at most `longer_side`."""
    longer = max(width, height)
    if not longer_side or longer <= longer_side:
        return width, height
    return max(1, round(width * longer_side / longer)), max(1, round(height * longer_side / longer))
