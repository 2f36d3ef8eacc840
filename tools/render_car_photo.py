"""Make the sample photo of the demo *Number plates*: `python tools/render_car_photo.py FONT [OUT] [WIDTH]`.

Two invented cars on a car park, drawn by marching rays through signed distances (Hart 1996, "sphere tracing") with
numpy alone; some minutes. FONT is any bold condensed face with a free licence: the sample was made with Barlow Semi
Condensed 600 (SIL Open Font License 1.1), from the npm package @fontsource/barlow-semi-condensed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from car_photo import light, plate, solid
from car_photo.solid import Array

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src/showpiece_predictors/plates/sample.jpg"
EYE, TARGET, ZOOM = (-0.85, 1.38, 4.55), (0.98, 0.72, -0.4), 1.95
WALL = -8.5


@dataclass(frozen=True)
class Car:
    """Where a car stands, how it is turned (radians), its paint and its plate."""

    x: float
    z: float
    turn: float
    paint: tuple[float, float, float]
    plate: NDArray[np.uint8]

    def local(self, p: Array) -> Array:
        c, s = np.float32(np.cos(self.turn)), np.float32(np.sin(self.turn))
        x, z = p[:, 0] - np.float32(self.x), p[:, 2] - np.float32(self.z)
        return np.stack([c * x - s * z, p[:, 1], s * x + c * z], 1).astype(np.float32)


class Scene:
    def __init__(self, cars: list[Car]) -> None:
        self.cars = cars

    def distance(self, p: Array) -> tuple[Array, NDArray[np.int8], NDArray[np.int8]]:
        """Distance to the nearest surface, its material, and the car it belongs to (-1: none)."""
        best = p[:, 1].copy()
        material = np.full(len(p), solid.GROUND, np.int8)
        owner = np.full(len(p), -1, np.int8)
        back = p[:, 2] - np.float32(WALL)
        best = np.minimum(best, back)
        for number, car in enumerate(self.cars):
            q = car.local(p)
            # Far from the car its bounding box says enough.
            bound = solid.box(q, (0, 0.75, -2.0), (1.1, 0.8, 2.2), 0.0)
            near = bound < 0.3
            d = bound + 0.1
            m = np.full(len(p), solid.PAINT, np.int8)
            if near.any():
                d[near], m[near] = solid.car(q[near])
            closer = d < best
            best, material, owner = (
                np.where(closer, d, best),
                np.where(closer, m, material),
                np.where(closer, number, owner),
            )
        return best.astype(np.float32), material, owner.astype(np.int8)

    def march(self, start: Array, way: Array, most: int, reach: float) -> Array:
        """How far each ray goes before it meets something; `reach` where it meets nothing."""
        far = np.full(len(start), 0.02, np.float32)
        alive = np.arange(len(start))
        for _ in range(most):
            p = start[alive] + way[alive] * far[alive, None]
            d = self.distance(p)[0]
            far[alive] += d * 0.75
            alive = alive[(d > 0.0006 * np.maximum(1, far[alive])) & (far[alive] < reach)]
            if not alive.size:
                break
        return np.minimum(far, reach)

    def shadow(self, start: Array, way: Array, soft: float) -> Array:
        """How much of the sun each point sees, 0 to 1."""
        far = np.full(len(start), 0.03, np.float32)
        seen = np.ones(len(start), np.float32)
        alive = np.arange(len(start))
        for _ in range(38):
            d = self.distance(start[alive] + way[None] * far[alive, None])[0]
            seen[alive] = np.minimum(seen[alive], np.clip(0.5 + 0.5 * d * soft / far[alive], 0, 1))
            far[alive] += np.clip(d * 0.8, 0.015, 0.4)
            alive = alive[(seen[alive] > 0.01) & (far[alive] < 7)]
            if not alive.size:
                break
        return seen * seen * (3 - 2 * seen)

    def normal(self, p: Array) -> Array:
        total = np.zeros_like(p)
        for corner in ((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)):
            k = np.array(corner, np.float32)
            total += k * self.distance(p + k * np.float32(0.0012))[0][:, None]
        return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9)

    def openness(self, p: Array, n: Array) -> Array:
        """How much of the sky each point sees: ambient occlusion by five steps along the normal."""
        closed = np.zeros(len(p), np.float32)
        for step in (0.02, 0.06, 0.14, 0.3, 0.6):
            closed += (step - self.distance(p + n * np.float32(step))[0]) * np.float32(0.55 / (step + 0.12))
        return np.clip(1 - 0.42 * closed, 0.05, 1)


def camera(width: int, height: int) -> tuple[Array, Array]:
    eye, target = np.array(EYE, np.float32), np.array(TARGET, np.float32)
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, (0.015, 1, 0))  # not quite level: held by hand
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (x + 0.5 - width / 2) / width * 2, (height / 2 - y - 0.5) / width * 2
    bent = 1 + 0.02 * (x * x + y * y)  # a little barrel distortion
    way = forward * ZOOM + right * (x * bent)[..., None] + up * (y * bent)[..., None]
    way = way.reshape(-1, 3)
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    return np.broadcast_to(eye, way.shape).astype(np.float32), way.astype(np.float32)


def shell(q: Array, n: Array, car: Car) -> tuple[Array, NDArray[np.bool_], Array]:
    """Of points on the body in the car's own coordinates: colour, where it is glass, and how glossy it is."""
    color = np.broadcast_to(np.array(car.paint, np.float32), q.shape).copy()
    x, y, z = np.abs(q[:, 0]), q[:, 1], q[:, 2]
    lean = 0.30 * np.maximum(y - solid.BELT, 0)
    across = x / (1 - lean)
    corner = np.hypot(np.maximum(across - 0.52, 0), np.maximum(np.abs(y - 1.215) - 0.125, 0))
    rear = (n[:, 2] > 0.25) & (corner < 0.10) & (y > 1.035)
    along = z + 0.55 * np.maximum(y - solid.BELT, 0)
    pillar = (np.abs(along + 1.75) < 0.045) | (along > -0.36) | (along < -3.0)
    sides = (np.abs(n[:, 0]) > 0.55) & (y > 1.015) & (y < 1.385) & ~pillar & (across > 0.6)
    glass = rear | sides
    rim = (n[:, 2] > 0.25) & (corner >= 0.10) & (corner < 0.122) & (y > 1.02)
    back = n[:, 2] > 0.3
    gap = back & (((np.abs(x - 0.685) < 0.004) & (y > 0.56) & (y < 1.02)) | ((np.abs(y - 0.565) < 0.004) & (x < 0.83)))
    door = (np.abs(n[:, 0]) > 0.6) & ((np.abs(along + 1.75) < 0.004) | (np.abs(along + 2.85) < 0.004)) & (y > 0.35)
    color[rim | gap | door] = 0.012
    lower = back & (y < 0.36)
    color[lower] = 0.03
    gloss = np.where(rim | gap | door | lower, 0.25, 1.0).astype(np.float32)
    color[glass] = (0.012, 0.014, 0.016)
    return color, glass, gloss


def shade(scene: Scene, p: Array, way: Array) -> Array:
    """Light that leaves the points towards the eye."""
    _, material, owner = scene.distance(p)
    n = scene.normal(p)
    sun = np.clip(n @ light.SUN, 0, 1) * scene.shadow(p + n * 0.006, light.SUN, 26.0)
    openness = scene.openness(p, n)
    facing = -(n * way).sum(1)
    mirror = way + 2 * facing[:, None] * n
    reflected = light.surroundings(mirror)
    color = np.full(p.shape, 0.05, np.float32)
    base = np.zeros(len(p), np.float32)  # reflectance straight on
    gloss = np.ones(len(p), np.float32)
    tint = np.ones(p.shape, np.float32)
    ground = owner < 0
    walls = ground & (p[:, 2] < WALL + 0.02)
    color[ground] = light.asphalt(p[ground])
    color[walls] = light.wall(p[walls])
    base[ground], gloss[ground] = 0.0, 0.0
    for number, car in enumerate(scene.cars):
        mine = owner == number
        q = car.local(p[mine])
        shell_color, glass, shell_gloss = shell(q, _turned(n[mine], car), car)
        kind = material[mine]
        painted = kind == solid.PAINT
        c, b, g, t = color[mine], base[mine], gloss[mine], tint[mine]
        c[painted], g[painted] = shell_color[painted], shell_gloss[painted]
        b[painted] = np.where(glass[painted], 0.09, 0.05)
        lamp = kind == solid.LAMP
        ribs = 0.75 + 0.25 * np.sign(np.sin(q[:, 1] * 260)) * (np.abs(np.sin(q[:, 0] * 70)) > 0.25)
        c[lamp] = np.array((0.42, 0.012, 0.014)) * ribs[lamp, None]
        b[lamp] = 0.06
        white = kind == solid.WHITE_LAMP
        c[white], b[white] = 0.62 * ribs[white, None], 0.06
        chrome = kind == solid.CHROME
        c[chrome], b[chrome], t[chrome] = 0.02, 0.72, 0.95
        rim = kind == solid.RIM
        around = np.arctan2(q[:, 1] - solid.WHEEL, np.where(q[:, 2] > -2, q[:, 2] + 0.86, q[:, 2] + 3.3))
        spokes = np.cos(around * 5) > -0.2
        c[rim] = np.where(spokes[rim, None], 0.45, 0.03)
        b[rim] = np.where(spokes[rim], 0.25, 0.02)
        c[(kind == solid.BLACK) | (kind == solid.TYRE)] = 0.022
        b[(kind == solid.BLACK) | (kind == solid.TYRE)], g[(kind == solid.BLACK) | (kind == solid.TYRE)] = 0.03, 0.35
        signs = kind == solid.PLATE
        u = (q[signs, 0] - solid.PLATE_AT[0]) / (2 * solid.PLATE_HALF[0]) + 0.5
        v = 0.5 - (q[signs, 1] - solid.PLATE_AT[1]) / (2 * solid.PLATE_HALF[1])
        c[signs], b[signs], g[signs] = light.pick(car.plate, u, v) * 0.82, 0.03, 0.3
        # Dust, more of it low down.
        dust = light.fractal(q[:, 0] * 6 + 40, q[:, 1] * 6 + q[:, 2] * 6 + 40, 80) * np.clip(0.9 - q[:, 1], 0, 1)
        c[:] = c + (np.array((0.16, 0.145, 0.12)) - c) * np.clip(dust * 0.30, 0, 0.4)[:, None] * ~signs[:, None]
        color[mine], base[mine], gloss[mine], tint[mine] = c, b, g, t
    sky = np.array((0.62, 0.74, 0.98), np.float32) * (0.55 + 0.45 * n[:, 1:2]) * 0.85
    bounce = np.array((0.16, 0.15, 0.135), np.float32) * np.clip(-n[:, 1:2] * 0.5 + 0.5, 0, 1)
    diffuse = color * (light.SUNLIGHT * sun[:, None] + (sky + bounce) * openness[:, None])
    # What mirrors the ground close to the car mirrors its shadow.
    dim = np.where(mirror[:, 1] < 0, 0.35 + 0.65 * np.clip(p[:, 1] - 0.2, 0, 1), 1.0) * (0.35 + 0.65 * openness)
    strength = light.fresnel(facing, 0.0) * 0.9 * gloss + base * (1 - light.fresnel(facing, 0.0))
    strength = np.where(base > 0, strength, 0)
    return (diffuse * (1 - np.clip(strength, 0, 1))[:, None] + reflected * tint * (strength * dim)[:, None]).astype(
        np.float32
    )


def _turned(n: Array, car: Car) -> Array:
    c, s = np.float32(np.cos(car.turn)), np.float32(np.sin(car.turn))
    return np.stack([c * n[:, 0] - s * n[:, 2], n[:, 1], s * n[:, 0] + c * n[:, 2]], 1)


def render(scene: Scene, width: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Linear light (H, W, 3) and distance (H, W) of each pixel."""
    start, way = camera(width, height)
    out, depth = np.zeros_like(way), np.zeros(len(way), np.float32)
    for at in range(0, len(way), 200_000):
        part = slice(at, at + 200_000)
        far = scene.march(start[part], way[part], 110, light.FAR)
        p = start[part] + way[part] * far[:, None]
        hit = far < light.FAR
        hit &= p[:, 1] < 2.6 + 0.0 * p[:, 0]  # the wall is as high as this, the sky is above
        piece = light.surroundings(way[part])
        piece[hit] = shade(scene, p[hit], way[part][hit])
        out[part], depth[part] = piece, np.where(hit, far, light.FAR)
        print(f"{min(100, 100 * (at + 200_000) // len(way))} %", flush=True)
    return out.reshape(height, width, 3), depth.reshape(height, width)


def main() -> None:
    font = Path(sys.argv[1])
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else OUT
    width = int(sys.argv[3]) if len(sys.argv) > 3 else 1280
    scale = 1.5  # rays to a pixel's side
    first = np.asarray(plate.russian(font, "T000MP", "777"))
    second = np.asarray(plate.european(font, "AB-000-CD", "F"))
    scene = Scene(
        [
            Car(0.0, 0.0, 0.0, (0.02, 0.085, 0.17), first),
            Car(2.85, -0.65, -0.05, (0.50, 0.48, 0.44), second),
        ]
    )
    rays = (round(width * scale), round(width * scale * 2 / 3))
    linear, depth = render(scene, *rays)
    size = (width, width * 2 // 3)
    planes = [Image.fromarray(linear[..., c], "F").resize(size, Image.Resampling.BOX) for c in range(3)]
    small = np.stack([np.asarray(plane) for plane in planes], 2)
    deep = np.asarray(Image.fromarray(depth, "F").resize(size, Image.Resampling.BILINEAR))
    picture = light.developed(small, deep, 5.3, 7)
    picture.save(out, quality=88)
    print(f"{out}: {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
