"""One clip: the person posed for each frame, rendered into a folder, and encoded as VP9 in WebM."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tools.exercise_clip import plan as plans
from tools.exercise_clip import room
from tools.exercise_clip.body import Array, Shape, posed, read_body
from tools.exercise_clip.moves import MOVES
from tools.exercise_clip.outfit import Look, Part, dress, dumbbell
from tools.exercise_clip.skeleton import Pose, Skeleton, vector
from tools.exercise_clip.studio import Camera, Studio

Picture = NDArray[np.uint8]
#: Exercises done on a mat.
LYING = ("push_up", "sit_up")


@dataclass(frozen=True)
class Clip:
    plan: plans.Plan
    width: int = 240
    height: int = 320
    rate: int = 12
    samples: int = 6
    plate_samples: int = 24
    quality: int = 34  # libvpx's crf
    camera: Camera = field(default_factory=Camera)
    shape: Shape = field(default_factory=Shape)
    look: Look = field(default_factory=Look)
    decor: room.Decor = field(default_factory=room.Decor)


def alive(pose: Pose, seconds: float) -> Pose:
    """Nobody stands quite still: a breath, a slight sway."""
    sway = vector(0.004 * math.sin(2.1 * seconds + 1), 0.0, 0.003 * math.sin(1.6 * seconds))
    return pose.moved(sway, 0.7 * math.sin(2 * math.pi * seconds / 3.3))


class Person:
    def __init__(self, clip: Clip) -> None:
        self.clip = clip
        self.body = read_body(clip.shape)
        self.skeleton = Skeleton(self.body)
        self.parts: list[Part] = dress(self.body, clip.look)
        if clip.plan.exercise == "curl":
            self.parts += [dumbbell(self.body, side) for side in "LR"]

    def at(self, seconds: float) -> dict[str, Array]:
        """Where the points of all parts are at that time."""
        u, number = plans.moment(self.clip.plan, seconds)
        pose = alive(MOVES[self.clip.plan.exercise](self.skeleton, u, number), seconds)
        turns, places = self.skeleton.solve(pose)
        return {part.name: posed(part.surface, self.body.heads, turns, places) for part in self.parts}


def times(clip: Clip) -> list[float]:
    """When each frame is shown, seconds."""
    return [number / clip.rate for number in range(round(plans.length(clip.plan) * clip.rate))]


def frames(clip: Clip, moments: list[float]) -> Iterator[Picture]:
    """The clip's frames at these moments, RGB.

    The room is rendered once, with care; then only the part around the person, and laid on it with a soft edge.
    """
    studio = Studio(clip.width, clip.height, clip.samples)
    studio.camera(clip.camera)
    room.build(studio, clip.decor, clip.plan.exercise, clip.plan.exercise in LYING)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "frame.png")

        def shot(samples: int) -> Picture:
            studio.render(path, samples)
            return np.asarray(Image.open(path).convert("RGB"))

        plate = shot(clip.plate_samples)
        if clip.plan.exercise == "none":
            yield from (graded(plate) for _ in moments)
            return
        person = Person(clip)
        for part in person.parts:
            studio.add(part)
        for time in moments:
            points = person.at(time)
            for name, places in points.items():
                studio.move(name, places)
            low, high = region(studio, np.concatenate(list(points.values())))
            studio.crop(low, high)
            patch = shot(clip.samples)
            left, top = round(low[0] * clip.width), round((1 - high[1]) * clip.height)
            frame = plate.copy()
            under = frame[top : top + patch.shape[0], left : left + patch.shape[1]]
            soft = feather(patch.shape[0], patch.shape[1], low, high)
            under[:] = np.rint(under * (1 - soft) + patch * soft)
            yield graded(frame)


def graded(picture: Picture) -> Picture:
    """The picture with more depth and colour: the renderer's film curve is a pale one."""
    deep = (picture.astype(np.float32) / 255) ** 1.18
    grey = (deep @ np.array([0.2126, 0.7152, 0.0722], np.float32))[..., None]
    return np.rint(np.clip(grey + (deep - grey) * 1.14, 0, 1) * 255).astype(np.uint8)


def region(studio: Studio, points: Array) -> tuple[Array, Array]:
    """The part of the picture (0 to 1, right and up) that holds the person, with room for the shadow."""
    some = points[::29]
    floor = some * vector(1, 0, 1) + vector(0, 0.01, 0)
    low, high = studio.seen(np.concatenate([some, floor]))
    size = np.array([studio.scene.render.resolution_x, studio.scene.render.resolution_y])
    low, high = low - np.array([0.06, 0.045]), high + np.array([0.10, 0.03])
    return np.floor(np.clip(low, 0, 1) * size) / size, np.ceil(np.clip(high, 0, 1) * size) / size


def feather(height: int, width: int, low: Array, high: Array) -> Array:
    """Weights (h, w, 1) that fall to 0 at the patch's edges, but not where they are the picture's own."""
    edge = max(4.0, 0.045 * max(height, width))
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    sides = [
        np.full(width, edge) if low[0] <= 0 else x,
        np.full(width, edge) if high[0] >= 1 else width - x,
        np.full(height, edge) if high[1] >= 1 else y,
        np.full(height, edge) if low[1] <= 0 else height - y,
    ]
    across, down = np.minimum(sides[0], sides[1]), np.minimum(sides[2], sides[3])
    return np.clip(np.minimum(across[None], down[:, None]) / edge, 0, 1)[..., None]


def encode(pictures: Iterator[Picture], path: Path, clip: Clip) -> None:
    """Write the clip as VP9 in WebM."""
    with av.open(str(path), "w", format="webm") as container:
        options = {
            "crf": str(clip.quality),
            "b": "0",
            "cpu-used": "1",
            "row-mt": "0",
            "auto-alt-ref": "1",
            "lag-in-frames": "25",
            "g": "240",
        }
        stream = container.add_stream("libvpx-vp9", rate=clip.rate, options=options)
        stream.width, stream.height, stream.pix_fmt = clip.width, clip.height, "yuv420p"
        stream.codec_context.thread_count = 1
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, clip.rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
