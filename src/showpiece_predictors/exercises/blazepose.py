"""BlazePose's landmark network: the points of one body in a region of a frame.

Bazarevsky et al. 2020, "BlazePose" (arXiv 2006.10204), section 2.2, and Grishchenko et al. 2022, "BlazePose GHUM
Holistic" (arXiv 2206.11678) for the points in metres. How the outputs are read follows what MediaPipe publishes
(modules/pose_landmark/tensors_to_pose_landmarks_and_segmentation.pbtxt and pose_landmarks_to_roi.pbtxt).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from .body import POINTS
from .detector import Candidate, detect, detect_closer
from .network import Network
from .region import Array, Region, around, cut_out
from .tflite import cut

SIZE = 256
#: Rows after the body's own points: between the hips, and the point of the circle around the body.
MIDDLE, CIRCLE = 33, 34
#: Landmarks, whether there is a body, and points in metres. The mask of the body and the heat maps are left out: the
#: rest stays the same to the bit, at half the time.
OUTPUTS = ("Identity", "Identity_1", "Identity_4")


@dataclass(frozen=True)
class Pose:
    """A body in one frame."""

    #: (33, 4): x, y and depth in pixels of the frame (the hips' depth is 0, nearer is negative), visibility 0 to 1.
    points: Array
    #: (33, 3): x, y, z in metres from the middle of the hips; y downwards, as the camera stands.
    world: Array
    #: How sure the network is that there is a body, 0 to 1.
    score: float
    #: Where to look in the next frame.
    region: Region


class BlazePose:
    """Both networks. Thread-safe."""

    def __init__(self, detector: Path, landmarks: Path) -> None:
        """Raises ValueError if the files are no such networks, OSError if they cannot be read."""
        self._detector = Network(detector.read_bytes())
        self._landmarks = Network(cut(landmarks.read_bytes(), *OUTPUTS))

    def detect(self, image: Image.Image, *, closer: bool = False) -> list[Candidate]:
        """The people in an RGB frame, the surest first. `closer`: in overlapping parts of it, for who is far away."""
        return detect_closer(self._detector, image) if closer else detect(self._detector, image)

    def look(self, image: Image.Image, region: Region) -> Pose:
        """The body in a region of an RGB frame. Where there is none the score is low."""
        found = self._landmarks(cut_out(image, region, SIZE))
        raw = found["Identity"].reshape(-1, 5)
        shares = raw[:, :3] / np.float32(SIZE)
        places = region.outward(shares[:, :2])
        points = np.empty((POINTS, 4), np.float32)
        points[:, :2] = places[:POINTS]
        points[:, 2] = shares[:POINTS, 2] * region.side
        points[:, 3] = 1 / (1 + np.exp(-np.clip(raw[:POINTS, 3], -80, 80)))
        return Pose(
            points,
            _turned(found["Identity_4"].reshape(-1, 3)[:POINTS], region.turn),
            float(found["Identity_1"].reshape(-1)[0]),
            around(places[MIDDLE], places[CIRCLE]),
        )


def _turned(world: Array, turn: float) -> Array:
    """(n, 3) points with x and y turned from the region's axes to the frame's."""
    cos, sin = np.cos(turn), np.sin(turn)
    x, y, z = world.T
    return np.stack([cos * x - sin * y, sin * x + cos * y, z], axis=1).astype(np.float32)
