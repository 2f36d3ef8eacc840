"""Which clips there are: the sample, those for tests, and those for the benchmark."""

from __future__ import annotations

from dataclasses import dataclass

from tools.exercise_clip.body import Shape
from tools.exercise_clip.film import Clip
from tools.exercise_clip.outfit import Look
from tools.exercise_clip.plan import Plan
from tools.exercise_clip.room import Decor
from tools.exercise_clip.studio import Camera


@dataclass(frozen=True)
class Framing:
    """Metres from the camera, what it looks at, how high it is held, and whether the phone lies on its side."""

    distance: float
    aim: tuple[float, float, float]
    height: float
    wide: bool = False


STANDING = Framing(3.35, (0.0, 0.88, 0.08), 1.15)
FRAMINGS = {
    "squat": STANDING,
    "curl": STANDING,
    "side_bend": STANDING,
    "toe_touch": STANDING,
    "lunge": Framing(3.5, (0.0, 0.85, 0.30), 1.1),
    "jumping_jack": Framing(3.7, (0.0, 1.08, 0.0), 1.2),
    "pull_up": Framing(4.1, (0.0, 1.32, 0.0), 1.25),
    "dip": Framing(3.5, (0.0, 1.18, 0.0), 1.2),
    "push_up": Framing(3.2, (0.0, 0.42, -0.12), 0.85, wide=True),
    "sit_up": Framing(3.0, (0.0, 0.42, -0.15), 0.85, wide=True),
    "none": STANDING,
}
LOOKS = (
    Look(),
    Look(skin=(0.20, 0.095, 0.055), hair=(0.012, 0.01, 0.009), shirt=(0.62, 0.30, 0.06), shorts=(0.05, 0.06, 0.09)),
    Look(
        skin=(0.63, 0.40, 0.29),
        hair=(0.16, 0.085, 0.035),
        shirt=(0.50, 0.07, 0.09),
        shorts=(0.03, 0.03, 0.035),
        long=True,
    ),
    Look(skin=(0.42, 0.23, 0.14), hair=(0.02, 0.015, 0.012), shirt=(0.55, 0.55, 0.53), shorts=(0.07, 0.10, 0.16)),
)
SHAPES = (
    Shape(),
    Shape(origin="african", muscle="maxmuscle"),
    Shape(sex="female"),
    Shape(origin="asian"),
)
ROOMS = (
    Decor(),
    Decor(wall=(0.34, 0.42, 0.44), floor=(0.30, 0.27, 0.24), mat=(0.30, 0.12, 0.10), full=False),
    Decor(wall=(0.66, 0.64, 0.60), floor=(0.50, 0.36, 0.24), mat=(0.10, 0.20, 0.16)),
    Decor(wall=(0.22, 0.26, 0.31), floor=(0.35, 0.24, 0.15), mat=(0.40, 0.38, 0.34), full=False),
)


def camera(exercise: str, around: float) -> Camera:
    f = FRAMINGS[exercise]
    return Camera(around=around, distance=f.distance, aim=f.aim, height=f.height)


def sides(exercise: str, longer: int) -> tuple[int, int]:
    shorter = round(longer * 0.75 / 16) * 16
    return (longer, shorter) if FRAMINGS[exercise].wide else (shorter, longer)


def small(plan: Plan, around: float, kind: int, rate: int = 12, longer: int = 320) -> Clip:
    width, height = sides(plan.exercise, longer)
    return Clip(
        plan,
        width,
        height,
        rate,
        samples=6,
        camera=camera(plan.exercise, around),
        shape=SHAPES[kind],
        look=LOOKS[kind],
        decor=ROOMS[kind],
    )


def sample() -> dict[str, Clip]:
    """Five squats, as filmed by a phone that leans against something."""
    plan = Plan("squat", 5, seconds=1.52, before=0.7, after=0.5, seed=4)
    view = Camera(around=38, distance=3.45, height=1.05, aim=(0.02, 0.88, 0.12))
    return {"sample": Clip(plan, 576, 1024, 20, samples=3, plate_samples=16, quality=33, camera=view)}


def tests() -> dict[str, Clip]:
    return {
        "squat": small(Plan("squat", 3, 1.5, seed=2), 40, 0),
        "push_up": small(Plan("push_up", 3, 1.35, seed=3), 68, 1),
        "jumping_jack": small(Plan("jumping_jack", 4, 1.0, seed=4), 8, 2),
        "pull_up": small(Plan("pull_up", 2, 2.0, seed=5), 20, 3),
        "sit_up": small(Plan("sit_up", 2, 2.1, seed=6), 80, 2),
        "dip": small(Plan("dip", 3, 1.5, seed=7), 60, 1),
        "curl": small(Plan("curl", 3, 1.5, seed=8), 30, 3),
        "lunge": small(Plan("lunge", 2, 2.0, seed=9), 65, 0),
        "side_bend": small(Plan("side_bend", 3, 1.5, seed=10), 10, 2),
        "none": small(Plan("none", 0, 3.2), 0, 0),
    }


def bench() -> dict[str, Clip]:
    """Every exercise from four sides, with another body, another room and other numbers each time."""
    clips = {}
    for number, exercise in enumerate(name for name in FRAMINGS if name != "none"):
        for turn, around in enumerate((5, 45, 90, -60)):
            plan = Plan(
                exercise, 4 + (number + turn) % 4, 1.4 + 0.2 * ((number + 2 * turn) % 4), seed=100 + 10 * number + turn
            )
            clips[f"{exercise}-{around}"] = small(plan, around, (number + turn) % 4, rate=12, longer=480)
    clips["none"] = small(Plan("none", 0, 6.0), 0, 1, longer=480)
    return clips
