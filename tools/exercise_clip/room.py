"""The room around the person, and what each exercise needs in it."""

from __future__ import annotations

from dataclasses import dataclass

from tools.exercise_clip.moves import BAR, RAIL
from tools.exercise_clip.outfit import Color
from tools.exercise_clip.skeleton import vector
from tools.exercise_clip.studio import Studio


@dataclass(frozen=True)
class Decor:
    """Linear RGB; `full` puts picture, plant and kettlebell to the wall."""

    wall: Color = (0.60, 0.56, 0.50)
    floor: Color = (0.42, 0.27, 0.16)
    mat: Color = (0.12, 0.17, 0.22)
    full: bool = True
    back: float = 1.75  # from the person to the wall behind


def build(studio: Studio, decor: Decor, exercise: str, mat: bool) -> None:
    """Walls, floor, light, things to decorate, and the exercise's own gear. The camera must have been set up."""
    wall = studio.material("wall", decor.wall, 0.9)
    white = studio.material("white", (0.75, 0.73, 0.70), 0.5)
    dark = (decor.floor[0] * 0.82, decor.floor[1] * 0.80, decor.floor[2] * 0.78)
    studio.box(vector(0, -0.05, 0), vector(12, 0.1, 12), studio.wood(decor.floor, dark))
    studio.box(vector(0, 1.6, -decor.back - 0.05), vector(12, 3.6, 0.1), wall)
    studio.box(vector(0, 0.055, -decor.back + 0.008), vector(12, 0.11, 0.016), white, 0.004)
    studio.sky((0.86, 0.92, 1.0), 0.42)
    # A big window on the left, a softer one behind the camera.
    studio.light(vector(-2.6, 2.5, 1.9), vector(0, 0.8, -0.2), 1.5, 190, (1.0, 0.95, 0.88))
    studio.light(vector(2.6, 2.6, 2.6), vector(0, 0.9, 0), 2.6, 60, (0.90, 0.95, 1.0))
    if decor.full:
        decorate(studio, decor)
    if mat:
        studio.box(vector(0, 0.004, 0), vector(0.95, 0.008, 2.3), studio.material("mat", decor.mat, 0.8), 0.003, False)
    iron = studio.material("iron", (0.05, 0.05, 0.055), 0.35)
    if exercise == "pull_up":
        studio.rod(vector(-0.75, BAR, 0.03), vector(0.75, BAR, 0.03), 0.016, iron)
        for x in (-0.75, 0.75):
            studio.rod(vector(x, 0, 0.03), vector(x, BAR + 0.02, 0.03), 0.03, iron)
            studio.box(vector(x, 0.015, 0.03), vector(0.12, 0.03, 0.9), iron, 0.005, False)
    if exercise == "dip":
        for x in (-0.31, 0.31):
            studio.rod(vector(x, RAIL + 0.02, -0.42), vector(x, RAIL + 0.02, 0.42), 0.02, iron)
            for z in (-0.36, 0.36):
                studio.rod(vector(x, 0, z), vector(x, RAIL + 0.02, z), 0.02, iron)
            studio.box(vector(x, 0.015, 0), vector(0.07, 0.03, 0.9), iron, 0.005, False)


def decorate(studio: Studio, decor: Decor) -> None:
    back = -decor.back
    oak = studio.material("oak", (0.36, 0.21, 0.11), 0.5)
    paper = studio.material("paper", (0.78, 0.75, 0.69), 0.8)
    studio.box(vector(-0.72, 1.62, back + 0.015), vector(0.52, 0.70, 0.03), oak, 0.003)
    studio.box(vector(-0.72, 1.62, back + 0.032), vector(0.47, 0.65, 0.004), paper)
    for middle, size, color in (
        ((-0.72, 1.53, back + 0.036), (0.30, 0.22), (0.06, 0.22, 0.24)),
        ((-0.66, 1.72, back + 0.037), (0.16, 0.16), (0.62, 0.25, 0.10)),
    ):
        studio.box(vector(*middle), vector(*size, 0.004), studio.material("print", color, 0.8))
    # A plant in a pot.
    clay, leaf = studio.material("clay", (0.52, 0.50, 0.46), 0.7), studio.material("leaf", (0.035, 0.11, 0.045), 0.45)
    x, z = 0.92, back + 0.38
    studio.rod(vector(x, 0, z), vector(x, 0.30, z), 0.14, clay, True)
    studio.rod(vector(x, 0.30, z), vector(x, 0.304, z), 0.125, studio.material("soil", (0.03, 0.02, 0.015), 1), True)
    for n, (lean, height) in enumerate(
        ((-30, 0.46), (-14, 0.60), (4, 0.66), (18, 0.56), (34, 0.42), (-22, 0.34), (26, 0.32))
    ):
        reach = 0.30 + height / 2 - 0.06
        shift = reach * lean / 75 * 0.8
        studio.ball(vector(x + shift, reach, z + (n % 3 - 1) * 0.06), vector(0.050, height / 2, 0.012), leaf, lean)
    # A kettlebell.
    iron = studio.material("kettlebell", (0.03, 0.03, 0.034), 0.4)
    kx, kz = -1.02, back + 0.32
    studio.ball(vector(kx, 0.105, kz), vector(0.108, 0.105, 0.108), iron)
    for a, b in (((-0.06, 0.17), (-0.05, 0.25)), ((-0.05, 0.25), (0.05, 0.25)), ((0.05, 0.25), (0.06, 0.17))):
        studio.rod(vector(kx + a[0], a[1], kz), vector(kx + b[0], b[1], kz), 0.016, iron, True)
        studio.ball(vector(kx + a[0], a[1], kz), vector(0.016, 0.016, 0.016), iron)
