"""Training scenes for the plate detector: streets and vehicles drawn by chance, with plates at known places.

    python -m tools.plates.scene --fonts FOLDER --photos FOLDER --out sheet.png   # looks at some

Nothing is learnt from a photo of a real plate: plates come from `render.py` and `scene_plates.py`.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tools.plates.render import render_plate
from tools.plates.scene_backgrounds import background, clouds, color, load_photos
from tools.plates.scene_camera import camera, light
from tools.plates.scene_distractors import board, paste, sign
from tools.plates.scene_parts import rounded
from tools.plates.scene_plates import generic_plate
from tools.plates.scene_vehicles import vehicle

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[np.uint8]
    Quad = npt.NDArray[np.float32]
    Point = npt.NDArray[np.float64]

SMALLEST = 20  # pixels: a plate narrower than this is no example, neither good nor bad
LARGEST = 250
FAINT = 9  # grey levels: a plate with less spread in it cannot be seen
TILT = np.radians(35)


@dataclass
class Scene:
    image: Image  # (height, width, 3) RGB
    quads: Quad  # (N, 4, 2) corners of the plates, clockwise from the plate's own top left
    ignore: Quad  # (M, 4, 2) what must not be judged: cut, hidden or too small


@dataclass
class Studio:
    """Holds what scenes are made of. Plates and signs are drawn once, used some times, and drawn anew."""

    rng: np.random.Generator
    fonts: list[str]
    photos: list[Image]
    share: float = 0.65  # of plates that are exact ones of countries
    plates: list[Image] = field(default_factory=list)
    signs: list[tuple[Image, Image]] = field(default_factory=list)

    def plate(self) -> Image:
        if len(self.plates) < 1500 or self.rng.random() < 0.08:
            if self.rng.random() < self.share:
                fresh = render_plate(self.rng)[0]
            else:
                fresh = generic_plate(self.rng, self.fonts, self.photos)
            if len(self.plates) < 1500:
                self.plates.append(fresh)
            else:
                self.plates[self.rng.integers(1500)] = fresh
            return fresh
        return self.plates[self.rng.integers(len(self.plates))]

    def sign(self) -> tuple[Image, Image]:
        if len(self.signs) < 1000 or self.rng.random() < 0.05:
            fresh = (board if self.rng.random() < 0.08 else sign)(self.rng, self.fonts)
            if len(self.signs) < 1000:
                self.signs.append(fresh)
            else:
                self.signs[self.rng.integers(1000)] = fresh
            return fresh
        return self.signs[self.rng.integers(len(self.signs))]

    def scene(self, width: int, height: int) -> Scene:
        """A scene with no plate (one in six), one (most), or up to four."""
        rng = self.rng
        night = rng.random() < 0.12
        image = background(rng, self.photos, width, height)
        if night:
            image = (image * rng.uniform(0.3, 0.9)).astype(np.uint8)
        quads: list[Quad] = []
        ignore: list[Quad] = []
        self._distract(image, int(rng.choice([0, 0, 1, 2, 4])), quads)
        if rng.random() < 0.35:  # a vehicle whose plate is not to be seen
            size = float(np.exp(rng.uniform(np.log(SMALLEST), np.log(180))))
            center = rng.uniform((0, 0), (width, height))
            self._vehicle(image, self._view(size, center), center, size, rng.uniform(1.4, 5), [], night=night)
        for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 4] if rng.random() < 0.9 else [0])):
            self._place(image, quads, ignore, night=night)
        self._distract(image, int(rng.choice([0, 0, 1, 2, 3])), quads)
        image = camera(rng, light(rng, image, night=night))
        for quad in [quad for quad in quads if not _visible(image, quad)]:
            quads = [other for other in quads if other is not quad]
            ignore.append(quad)
        shape = (-1, 4, 2)
        return Scene(image, np.array(quads, np.float32).reshape(shape), np.array(ignore, np.float32).reshape(shape))

    def _place(self, image: Image, quads: list[Quad], ignore: list[Quad], *, night: bool) -> None:
        """Add a plate, mostly on a vehicle, where it hides no other; quietly give up where there is no room."""
        rng = self.rng
        height, width = image.shape[:2]
        plate = self.plate()
        aspect = plate.shape[1] / plate.shape[0]
        half = np.array([(-0.5, -0.5 / aspect), (0.5, -0.5 / aspect), (0.5, 0.5 / aspect), (-0.5, 0.5 / aspect)])
        for _ in range(8):
            size = float(np.exp(rng.uniform(np.log(SMALLEST * 0.9), np.log(min(LARGEST, width * 0.85)))))
            center = rng.uniform((0, 0), (width, height))
            if rng.random() < 0.85:  # away from the edge, where a large plate would mostly be cut
                room = np.minimum(np.array((0.55, 0.6 / aspect)) * size, np.array((width, height)) / 2)
                center = rng.uniform(room, (width, height) - room)
            move = self._view(size, center)
            quad = _through(move, half)
            if not any(_meet(_through(move, half * 1.3), other) for other in [*quads, *ignore]):
                break
        else:
            return
        kind = rng.random()
        if kind < 0.75:
            self._vehicle(image, move, center, size, aspect, [*quads, *ignore], night=night)
        elif kind < 0.9:  # a frame only
            rim = rng.uniform(0.01, 0.06)
            edge = _through(move, rounded(-0.5 - rim, half[0, 1] - rim, 0.5 + rim, half[2, 1] + rim, rim))
            cv2.fillPoly(image, [edge.round().astype(np.int32)], color(rng, 0, 120), cv2.LINE_AA)
        piece = self._worn(plate, night=night)
        paste(image, piece, _cover(rng, piece), quad)
        inside = (quad >= 1).all() and (quad < (width - 1, height - 1)).all()
        if inside and min(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3])) >= SMALLEST * 0.7:
            quads.append(quad)
        else:
            ignore.append(quad)

    def _vehicle(
        self,
        image: Image,
        move: npt.NDArray[np.float64],
        center: Point,
        size: float,
        aspect: float,
        spared: list[Quad],
        *,
        night: bool,
    ) -> None:
        """Lay a vehicle on the image, unless it would hide one of the spared plates."""
        height, width = image.shape[:2]
        margin = np.array((width, height)) // 4
        canvas = np.zeros((height + 2 * int(margin[1]), width + 2 * int(margin[0]), 3), np.uint8)
        mask = np.zeros(canvas.shape[:2], np.uint8)
        at = np.asarray(center) + margin
        vehicle(self.rng, canvas, mask, (float(at[0]), float(at[1])), size, aspect, night=night)
        to_plate = np.array([[1 / size, 0, -at[0] / size], [0, 1 / size, -at[1] / size], [0, 0, 1]])
        warp = move @ to_plate
        seen = cv2.warpPerspective(canvas, warp, (width, height), flags=cv2.INTER_LINEAR)
        cover = cv2.warpPerspective(mask, warp, (width, height), flags=cv2.INTER_LINEAR)
        for quad in spared:
            left, top = quad.min(0).clip(0).astype(int)
            right, bottom = quad.max(0).clip(0).astype(int) + 1
            if cover[top:bottom, left:right].any():
                return
        cv2.copyTo(seen, (cover > 127).astype(np.uint8), image)

    def _view(self, size: float, center: Point) -> npt.NDArray[np.float64]:
        """A homography from plate widths round the plate's centre to pixels, as a camera near by would see it."""
        rng = self.rng
        tilt = rng.normal(0, 0.07) if rng.random() < 0.75 else rng.uniform(-TILT, TILT)
        yaw, pitch = rng.normal(0, 0.3), rng.normal(0, 0.2)
        if rng.random() < 0.15:
            yaw = rng.uniform(-1.1, 1.1)
        cos, sin = np.cos, np.sin
        turn = (
            np.array([[cos(tilt), -sin(tilt), 0], [sin(tilt), cos(tilt), 0], [0, 0, 1]])
            @ np.array([[1, 0, 0], [0, cos(pitch), -sin(pitch)], [0, sin(pitch), cos(pitch)]])
            @ np.array([[cos(yaw), 0, sin(yaw)], [0, 1, 0], [-sin(yaw), 0, cos(yaw)]])
        )
        far = rng.uniform(4, 14)  # plate widths between camera and plate
        flat = np.stack([turn[:, 0], turn[:, 1], np.array([0, 0, far])], axis=1)
        lens = np.array([[size * far, 0, center[0]], [0, size * far, center[1]], [0, 0, 1]])
        move = lens @ flat
        return move / move[2, 2]

    def _worn(self, plate: Image, *, night: bool) -> Image:
        """The plate after some years: dirt, bolts, a shadow of the boot's edge, a sheen; at night it shines back."""
        rng = self.rng
        height, width = plate.shape[:2]
        out = plate.astype(np.float32)
        if rng.random() < 0.5:
            dirt = np.clip(clouds(rng, width, height, int(rng.integers(6, 60)), 1) - rng.uniform(0, 0.8), 0, 1)
            out += (np.array(color(rng, 30, 130)) - out) * (dirt * rng.uniform(0.2, 0.9))[:, :, None]
        if rng.random() < 0.35:
            edge = int(height * rng.uniform(0.05, 0.6))
            out[:edge] *= rng.uniform(0.35, 0.85)
        if rng.random() < 0.3:
            out += clouds(rng, width, height, width, 60)[:, :, None]
        out *= rng.uniform(1.2, 2.5) if night and rng.random() < 0.7 else rng.uniform(0.55, 1.08)
        image = np.clip(out, 0, 255).astype(np.uint8)
        if rng.random() < 0.5:
            tint = color(rng)
            for x in (rng.uniform(0.1, 0.3), rng.uniform(0.7, 0.9)):
                for y in [0.1, 0.9] if rng.random() < 0.4 else [0.12]:
                    cv2.circle(
                        image, (int(x * width), int(y * height)), int(width * rng.uniform(0.008, 0.02)), tint, -1
                    )
        return image

    def _distract(self, image: Image, count: int, quads: list[Quad]) -> None:
        """Add signs and boxes that are no plates, beside the plates that are there."""
        rng = self.rng
        height, width = image.shape[:2]
        for _ in range(count):
            picture, cover = self.sign()
            aspect = picture.shape[1] / picture.shape[0]
            size = float(np.exp(rng.uniform(np.log(16), np.log(width * 0.9))))
            half = np.array([(-0.5, -0.5 / aspect), (0.5, -0.5 / aspect), (0.5, 0.5 / aspect), (-0.5, 0.5 / aspect)])
            quad = _through(self._view(size, rng.uniform((0, 0), (width, height))), half)
            if not any(_meet(quad, other) for other in quads):
                paste(image, picture, cover, quad)


def _through(move: npt.NDArray[np.float64], points: npt.NDArray[np.float64]) -> Quad:
    """Points (N, 2) through a homography."""
    out = np.c_[points, np.ones(len(points))] @ move.T
    return (out[:, :2] / np.maximum(out[:, 2:], 1e-6)).astype(np.float32)


def _meet(first: Quad, second: Quad) -> bool:
    """Do the upright boxes round the two quads touch?"""
    return bool((first.min(0) < second.max(0)).all() and (second.min(0) < first.max(0)).all())


def _visible(image: Image, quad: Quad) -> bool:
    """Has the middle of the plate any contrast left? One lost in dark, glare or blur would teach to see ghosts."""
    left, top = (quad.min(0) * 0.8 + quad.max(0) * 0.2).astype(int)
    right, bottom = (quad.min(0) * 0.2 + quad.max(0) * 0.8).astype(int)
    return bool(image[top : bottom + 1, left : right + 1].mean(2).std() > FAINT)


def _cover(rng: np.random.Generator, plate: Image) -> npt.NDArray[np.uint8]:
    """Where the plate is: all of it, or with rounded corners."""
    height, width = plate.shape[:2]
    cover = np.zeros((height, width), np.uint8)
    radius = float(rng.uniform(0, 0.12) * height)
    cv2.fillPoly(cover, [rounded(0, 0, width - 1, height - 1, radius).round().astype(np.int32)], 255)
    return cover


def find_fonts(folder: Path) -> list[str]:
    """Latin fonts in a folder and below."""
    paths = sorted(str(p) for end in ("ttf", "otf") for p in folder.rglob(f"*.{end}"))
    return [p for p in paths if "Symbol" not in p and "Math" not in p and "Hairline" not in p]


def studio(seed: int, fonts: Path, photos: Path) -> Studio:
    found = [p for p in sorted(photos.rglob("*")) if p.suffix.lower() in {".jpg", ".png", ".webp", ".jpeg"}]
    return Studio(np.random.default_rng(seed), find_fonts(fonts), load_photos(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    maker = studio(args.seed, args.fonts, args.photos)
    for _ in range(60):
        maker.scene(320, 256)
    start = time.process_time()
    scenes = [maker.scene(320, 256) for _ in range(20)]
    print(f"{(time.process_time() - start) / len(scenes) * 1e3:.1f} CPU ms a scene")
    tiles = []
    for one in scenes:
        tile = one.image.copy()
        for quads, ink in ((one.quads, (0, 255, 0)), (one.ignore, (255, 0, 0))):
            cv2.polylines(tile, list(quads.round().astype(np.int32)), True, ink, 1)
        tiles.append(tile)
    sheet = np.concatenate([np.concatenate(tiles[i : i + 5], axis=1) for i in range(0, 20, 5)])
    cv2.imwrite(str(args.out), sheet[:, :, ::-1])


if __name__ == "__main__":
    main()
