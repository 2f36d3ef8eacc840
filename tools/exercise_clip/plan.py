"""When each repetition happens: a clip's plan, the truth about it, and how far the movement is at each moment."""

from __future__ import annotations

import random
from dataclasses import dataclass

#: Shares of a repetition: out, held at the turning point, back. The rest is a breath at the start position.
OUT, HELD, BACK = 0.44, 0.06, 0.42
#: Movements that are none of the predictor's exercises: to it they are "other".
OTHERS = ("side_bend", "toe_touch")


@dataclass(frozen=True)
class Plan:
    """What is done: seconds for one repetition, seconds at rest before and after, how much repetitions differ."""

    exercise: str
    repetitions: int
    seconds: float = 1.6
    before: float = 0.9
    after: float = 0.8
    variety: float = 0.10
    seed: int = 1


@dataclass(frozen=True)
class Repetition:
    """From `start` to `end` (seconds); `depth` is how far it goes (1: as far as the exercise asks for)."""

    start: float
    end: float
    depth: float


def repetitions(plan: Plan) -> list[Repetition]:
    chance = random.Random(plan.seed)
    found, now = [], plan.before
    for _ in range(plan.repetitions):
        length = plan.seconds * (1 + chance.uniform(-plan.variety, plan.variety))
        found.append(Repetition(now, now + length * (OUT + HELD + BACK), 1 - chance.uniform(0, plan.variety) * 0.6))
        now += length
    return found


def length(plan: Plan) -> float:
    """Seconds of the whole clip."""
    reps = repetitions(plan)
    return (reps[-1].end if reps else plan.seconds) + plan.after


def ease(t: float) -> float:
    """From 0 to 1, starting and stopping softly (the quintic of least jerk: Flash and Hogan 1985)."""
    t = min(1.0, max(0.0, t))
    return t * t * t * (10 - 15 * t + 6 * t * t)


def moment(plan: Plan, seconds: float) -> tuple[float, int]:
    """How far the movement is (0 to about 1) and in which repetition."""
    for number, rep in enumerate(repetitions(plan)):
        if rep.start <= seconds < rep.end:
            share = (seconds - rep.start) / (rep.end - rep.start) * (OUT + HELD + BACK)
            if share < OUT:
                return rep.depth * ease(share / OUT), number
            return rep.depth * (1 - ease((share - OUT - HELD) / BACK)), number
    return 0.0, 0


def truth(plan: Plan) -> dict[str, object]:
    """What a counter should say about the clip."""
    return {
        "exercise": "other" if plan.exercise in OTHERS else plan.exercise,
        "repetitions": plan.repetitions,
        "repetition_times": [[round(r.start, 2), round(r.end, 2)] for r in repetitions(plan)],
    }
