"""Film in; exercise, repetitions, chart and the drawn film out."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, cast

import numpy as np

from showpiece_predictors.base import PredictorError
from showpiece_predictors.chart import Chart

from .classify import classify
from .counter import count
from .film import DrawnFilm, pictures
from .follow import Follower
from .motion import MOTIONS
from .schema import NAMES, Exercise, ExercisesInput, ExercisesOutput, Likelihood
from .signals import measure
from .track import even

if TYPE_CHECKING:
    from showpiece_predictors.base import Film, Progress

    from .track import Floats, Track
    from .tracker import Eyes

#: How the film is looked at: so many frames a second, and pixels of the longer side.
RATE, LONGER_SIDE = 10.0, 480
#: Somebody is in the frame if a body is seen for so long, in seconds.
SOMEBODY = 0.7
#: Share of the work that is done when the body has been followed to the end.
FOLLOWED = 0.95


class Pipeline:
    """Thread-safe if `eyes` are: nothing is kept between calls."""

    def __init__(self, eyes: Eyes) -> None:
        self._eyes = eyes

    def __call__(self, given: ExercisesInput, progress: Progress) -> ExercisesOutput:
        """Raises whatever `progress` raises; `PredictorError` for a film without a picture."""
        track, size = self.follow(given.video, progress)
        progress(FOLLOWED, "counting")
        seen = track.seen
        if seen.sum() < SOMEBODY * RATE:
            return _nobody(float(seen.mean()), given.video, track, size)
        signals = measure(even(track))
        verdict = classify(signals)
        exercise = verdict.exercise if given.exercise == "auto" else given.exercise
        motion = MOTIONS[exercise]
        values = motion.measure(signals)
        active = verdict.active.get(exercise)
        if active is not None and not active.any():
            active = None
        repetitions = count(signals.times, values * motion.effort, motion.counting, active)
        shown = [(round(one.start, 2), round(one.end, 2)) for one in repetitions]
        likelihoods = [
            Likelihood(exercise=cast("Exercise", name), confidence=round(share, 4))
            for name, share in verdict.likelihoods
        ]
        return ExercisesOutput(
            exercise=cast("Exercise", exercise),
            confidence=next(one.confidence for one in likelihoods if one.exercise == exercise),
            repetitions=len(repetitions),
            repetition_times=[list(pair) for pair in shown],
            signal=Chart(
                x=np.round(signals.times, 3).tolist(),
                y=[round(value, 3) if np.isfinite(value) else None for value in values.tolist()],
                spans=[list(pair) for pair in shown],
                x_title="Time, s",
                y_title=motion.title,
            ),
            likelihoods=likelihoods,
            film=DrawnFilm(
                given.video,
                track,
                size,
                str(NAMES[exercise]),
                repetitions,
                _effort(signals.times, values * motion.effort),
            ),
        )

    def follow(self, film: Film, progress: Progress) -> tuple[Track, tuple[int, int]]:
        """One person's landmarks through the film, and the width and height that they are measured in."""
        follower = Follower(self._eyes)
        size = (0, 0)
        with contextlib.closing(pictures(film, RATE, LONGER_SIDE)) as frames:
            for time, pixels in frames:
                share = time / film.duration if film.duration > 0 else 0.0
                progress(FOLLOWED * min(1.0, max(0.0, share)), "following the body")
                size = (pixels.shape[1], pixels.shape[0])
                follower.see(pixels, time)
        track = follower.track()
        if not len(track):
            raise PredictorError("This film has no picture that can be read.")
        return track, size


def _effort(times: Floats, values: Floats) -> tuple[Floats, Floats]:
    """The signal as 0 at rest to 1 at full effort, where it is known."""
    known = np.isfinite(values)
    if known.sum() < 3:
        return times[:0], values[:0]
    low, high = np.percentile(values[known], [5, 95])
    return times[known], np.clip((values[known] - low) / max(high - low, 1e-6), 0, 1)


def _nobody(share: float, film: Film, track: Track, size: tuple[int, int]) -> ExercisesOutput:
    sure = round(1 - share, 4)
    nothing = np.empty(0)
    return ExercisesOutput(
        exercise="none",
        confidence=sure,
        repetitions=0,
        repetition_times=[],
        signal=None,
        likelihoods=[
            Likelihood(exercise="none", confidence=sure),
            Likelihood(exercise="other", confidence=round(share, 4)),
        ],
        film=DrawnFilm(film, track, size, str(NAMES["none"]), [], (nothing, nothing)),
    )
