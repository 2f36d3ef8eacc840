"""The clip with skeleton, exercise and running count: drawn picture by picture, when the encoder asks."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from showpiece_predictors.base import Film, Frame

from .draw import drawn
from .track import Track, interpolated

if TYPE_CHECKING:
    from .counter import Repetition
    from .track import Floats

#: At most so many pictures a second, and so many pixels of the longer side.
RATE, LONGER_SIDE = 10.0, 720


def pictures(film: Film, rate: float, longer_side: int) -> Generator[Frame, None, None]:
    """The film's frames, as a generator: closing it frees the film's decoder at once, whatever has happened."""
    yield from film.frames(rate, longer_side)


class DrawnFilm(Film):
    """A second pass over a film. Holds landmarks and counts, never a picture."""

    def __init__(
        self,
        film: Film,
        track: Track,
        size: tuple[int, int],
        name: str,
        repetitions: Sequence[Repetition],
        effort: tuple[Floats, Floats],
    ) -> None:
        """`size`: width and height of the frames that the track was measured in. `effort`: times, 0 to 1 at each."""
        scale = min(1.0, LONGER_SIDE / max(film.width, film.height))
        self.width, self.height = max(1, round(film.width * scale)), max(1, round(film.height * scale))
        self.duration, self.rate = film.duration, min(film.rate, RATE)
        self._film, self._track, self._size, self._name = film, track, size, name
        self._ends = np.array([one.end for one in repetitions])
        self._effort = effort

    def frames(self, rate: float | None = None, longer_side: int | None = None) -> Iterator[Frame]:
        source = pictures(self._film, min(rate or RATE, RATE), min(longer_side or LONGER_SIDE, LONGER_SIDE))
        with contextlib.closing(source):
            for time, pixels in source:
                yield Frame(time, self._draw(time, pixels))

    def _draw(self, time: float, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        points = interpolated(self._track, np.array([time])).points[0].copy()
        points[:, :2] *= np.array([pixels.shape[1] / self._size[0], pixels.shape[0] / self._size[1]])
        times, values = self._effort
        return drawn(
            pixels,
            points if np.isfinite(points[0, 0]) else None,
            self._name,
            int((self._ends <= time + 1e-3).sum()),
            float(np.interp(time, times, values)) if len(times) else 0.0,
        )
