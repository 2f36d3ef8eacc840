"""What a body does, as signals over time: joint angles, the trunk's tilt, heights and paths in metres.

Angles are taken from the points in metres, so they hardly depend on where the camera stands. Paths (is a hand fixed, do
the hips go down?) are taken from the frame, where a fixed hand is fixed, and brought to metres by the ratio of the
body's extent in the frame to its extent in metres (weak perspective). The measures are those of clinical goniometry
(Norkin and White, "Measurement of Joint Motion"): a straight joint has 180 degrees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .body import Point
from .track import Floats, Track

SIDES = (
    (Point.LEFT_SHOULDER, Point.LEFT_ELBOW, Point.LEFT_WRIST, Point.LEFT_HIP, Point.LEFT_KNEE, Point.LEFT_ANKLE),
    (Point.RIGHT_SHOULDER, Point.RIGHT_ELBOW, Point.RIGHT_WRIST, Point.RIGHT_HIP, Point.RIGHT_KNEE, Point.RIGHT_ANKLE),
)


@dataclass(frozen=True)
class Signals:
    """All of shape (T,) or, where there is a left and a right one, (T, 2). Angles in degrees, lengths in metres.

    Not a number where there is no body.
    """

    times: Floats
    #: Angle at the elbow; 180 is a straight arm.
    elbow: Floats
    #: Angle at the knee; 180 is a straight leg.
    knee: Floats
    #: Angle at the hip between trunk and thigh; 180 is standing.
    hip: Floats
    #: Angle at the shoulder between trunk and upper arm; 0 is hanging, 180 straight up.
    shoulder: Floats
    #: Tilt of the trunk from the vertical: 0 upright, 90 level, 180 head down.
    tilt: Floats
    #: Angle between the thighs seen from the side: 0 for legs side by side, about 90 in a lunge.
    split: Floats
    #: How far one foot stands before the other, in the direction that the body faces.
    stride: Floats
    #: Heights in the frame above the middle of the hips.
    wrist_over_hip: Floats
    wrist_over_shoulder: Floats
    hip_over_ankle: Floats
    #: Distance of the ankles to each side of the body.
    spread: Floats
    #: (T, 2): places in the frame in pixels, x to the right, y up.
    shoulders_at: Floats
    hips_at: Floats
    #: (T, 2, 2): time, side, x and y.
    wrists_at: Floats
    ankles_at: Floats
    #: (T, 2): how well hands and feet are seen, 0 to 1.
    feet_seen: Floats
    #: Metres of one pixel.
    scale: Floats


def angle(a: Floats, b: Floats, c: Floats) -> Floats:
    """The angle at `b` between `a` and `c` in degrees; points in the last axis."""
    return between(a - b, c - b)


def between(u: Floats, v: Floats) -> Floats:
    """The angle between two directions in degrees."""
    lengths = np.linalg.norm(u, axis=-1) * np.linalg.norm(v, axis=-1)
    cosine = (u * v).sum(axis=-1) / np.where(lengths > 0, lengths, np.nan)
    out: Floats = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return out


def metres_a_pixel(track: Track) -> Floats:
    """(T,): the body's extent in metres by its extent in the frame; steadied by the median of a second around."""
    parts = [point for side in SIDES for point in side]
    frame, world = track.points[:, parts, :2], track.world[:, parts, :2]
    frame, world = (values - values.mean(axis=1, keepdims=True) for values in (frame, world))
    extent = np.sqrt((frame**2).sum(axis=(1, 2)))
    ratio = np.sqrt((world**2).sum(axis=(1, 2))) / np.where(extent > 0, extent, np.nan)
    padded = np.pad(ratio, 10, mode="edge") if len(ratio) else ratio
    out = np.full(len(ratio), np.nan)
    for n in range(len(ratio)):
        around = padded[n : n + 21]
        around = around[np.isfinite(around)]
        if len(around) and np.isfinite(ratio[n]):
            out[n] = np.median(around)
    return out


def measure(track: Track) -> Signals:
    """The signals of a track."""
    world = track.world * np.array([1, -1, 1], np.float32)  # y up
    left, right = SIDES
    shoulder, elbow, wrist, hip, knee, ankle = (world[:, [a, b]] for a, b in zip(left, right, strict=True))
    scale = metres_a_pixel(track)
    flat = track.points[:, :, :2] * np.array([1, -1], np.float32)
    at_shoulder, _, at_wrist, at_hip, _, at_ankle = (flat[:, [a, b]] for a, b in zip(left, right, strict=True))
    shoulders, hips = shoulder.mean(axis=1), hip.mean(axis=1)
    trunk = shoulders - hips
    sideways = hip[:, 0] - hip[:, 1]
    sideways = sideways / np.maximum(np.linalg.norm(sideways, axis=1, keepdims=True), 1e-6)
    thighs = knee - hip
    thighs = thighs - (thighs * sideways[:, None]).sum(axis=2, keepdims=True) * sideways[:, None]
    feet = ankle[:, 0] - ankle[:, 1]
    up = np.zeros_like(trunk)
    up[:, 1] = 1
    forward = np.cross(sideways, up)
    seen = track.points[:, :, 3]
    hip_height = at_hip.mean(axis=1)[:, 1]
    shoulder_height = at_shoulder.mean(axis=1)[:, 1]
    return Signals(
        times=track.times,
        elbow=angle(shoulder, elbow, wrist),
        knee=angle(hip, knee, ankle),
        hip=angle(shoulder, hip, knee),
        shoulder=between(-trunk[:, None], elbow - shoulder),
        tilt=between(trunk, up),
        split=between(thighs[:, 0], thighs[:, 1]),
        wrist_over_hip=(at_wrist[:, :, 1] - hip_height[:, None]) * scale[:, None],
        wrist_over_shoulder=(at_wrist[:, :, 1] - shoulder_height[:, None]) * scale[:, None],
        hip_over_ankle=(hip_height - at_ankle[:, :, 1].min(axis=1)) * scale,
        stride=np.abs((feet * forward).sum(axis=1)),
        spread=np.abs((feet * sideways).sum(axis=1)),
        shoulders_at=at_shoulder.mean(axis=1),
        hips_at=at_hip.mean(axis=1),
        wrists_at=at_wrist,
        ankles_at=at_ankle,
        feet_seen=seen[:, [left[5], right[5]]],
        scale=scale,
    )
