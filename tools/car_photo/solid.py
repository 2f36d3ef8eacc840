"""Shapes as signed distances (Quilez, "distance functions"), in metres: a hatchback seen from behind, on level ground.

x is right, y up, z towards the viewer. The rear of the car stands at z = 0. All functions take (N, 3) float32 points.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

#: Numbers of materials.
GROUND, PAINT, GLASS, LAMP, CHROME, BLACK, TYRE, RIM, PLATE, WHITE_LAMP = range(10)

PLATE_AT = (0.0, 0.765, 0.035)  #: middle of the plate
PLATE_HALF = (0.26, 0.056)
WHEEL = 0.325
BELT = 0.98  #: height where the windows begin


def box(p: Array, at: tuple[float, ...], half: tuple[float, ...], radius: float) -> Array:
    q = np.abs(p - np.array(at, np.float32)) - np.array(half, np.float32) + np.float32(radius)
    out = np.sqrt(np.square(np.maximum(q, 0)).sum(1))
    return (out + np.minimum(q.max(1), 0) - radius).astype(np.float32)


def ellipsoid(p: Array, at: tuple[float, ...], radii: tuple[float, ...]) -> Array:
    q = (p - np.array(at, np.float32)) / np.array(radii, np.float32)
    k = np.sqrt(np.square(q).sum(1))
    return ((k - 1) * min(radii)).astype(np.float32)


def wheel(p: Array, at: tuple[float, ...], radius: float, half: float, round_: float) -> Array:
    """A disc across x."""
    q = p - np.array(at, np.float32)
    d = np.stack([np.hypot(q[:, 1], q[:, 2]) - radius + round_, np.abs(q[:, 0]) - half + round_], 1)
    return (np.sqrt(np.square(np.maximum(d, 0)).sum(1)) + np.minimum(d.max(1), 0) - round_).astype(np.float32)


def tube(p: Array, at: tuple[float, ...], radius: float, half: float) -> Array:
    """A hollow pipe along z."""
    q = p - np.array(at, np.float32)
    ring = np.abs(np.hypot(q[:, 0], q[:, 1]) - radius) - 0.006
    return np.maximum(ring, np.abs(q[:, 2]) - half).astype(np.float32)


def smooth(a: Array, b: Array, k: float) -> Array:
    """Union with a fillet of about `k`."""
    h = np.maximum(k - np.abs(a - b), 0) / k
    return (np.minimum(a, b) - h * h * k * 0.25).astype(np.float32)


def carved(a: Array, b: Array, k: float) -> Array:
    """`a` without `b`, with a rounded edge."""
    h = np.maximum(k - np.abs(a + b), 0) / k
    return (np.maximum(a, -b) + h * h * k * 0.25).astype(np.float32)


def body(p: Array) -> Array:
    """The painted shell with its windows, without lamps, wheels and plate."""
    # Sides lean in and the tail leans forward above the belt line; the belly is drawn in below.
    high = np.maximum(p[:, 1] - BELT, 0)
    low = np.maximum(0.5 - p[:, 1], 0)
    q = p.copy()
    q[:, 0] = p[:, 0] / (1 - 0.30 * high - 0.18 * low)
    q[:, 2] = p[:, 2] + 0.55 * high + 0.35 * low + 0.06 * np.square(p[:, 0])  # the tail is bowed
    cabin = box(q, (0, 1.19, -1.72), (0.80, 0.30, 1.66), 0.16)
    tub = box(q, (0, 0.67, -2.02), (0.875, 0.36, 2.02), 0.15)
    shell = smooth(tub, cabin, 0.10)
    bumper = box(q, (0, 0.44, -0.07), (0.86, 0.135, 0.17), 0.10)
    shell = smooth(shell, bumper, 0.05)
    hollow = box(q, (0, 0.775, 0.075), (0.34, 0.115, 0.075), 0.045)
    shell = carved(shell, hollow, 0.03)
    for z in (-0.86, -3.3):
        shell = np.maximum(shell, -wheel(p, (0, WHEEL + 0.02, z), WHEEL + 0.055, 3, 0.0))
    inner = box(q, (0, 0.62, -2.02), (0.62, 0.38, 2.0), 0.1)  # behind the arches there is metal
    spoiler = box(q, (0, 1.475, -0.12), (0.60, 0.022, 0.14), 0.02)
    return smooth(np.minimum(shell, inner), spoiler, 0.03)


def car(p: Array) -> tuple[Array, NDArray[np.int8]]:
    """Distance to a car, and the material of its nearest part."""
    side = p.copy()
    side[:, 0] = np.abs(p[:, 0])
    lamps = box(side, (0.735, 0.90, -0.115), (0.105, 0.125, 0.105), 0.05)
    white = box(side, (0.735, 0.815, -0.108), (0.098, 0.026, 0.106), 0.022)
    tyres, rims = np.full(len(p), 9, np.float32), np.full(len(p), 9, np.float32)
    for z in (-0.86, -3.3):
        tyres = np.minimum(tyres, wheel(side, (0.76, WHEEL, z), WHEEL, 0.105, 0.045))
        rims = np.minimum(rims, wheel(side, (0.80, WHEEL, z), 0.21, 0.072, 0.01))
    parts = [
        (body(p), PAINT),
        (lamps, LAMP),
        (white, WHITE_LAMP),
        (box(p, PLATE_AT, (*PLATE_HALF, 0.004), 0.002), PLATE),
        (box(p, (0, PLATE_AT[1], PLATE_AT[2] - 0.006), (0.272, 0.068, 0.008), 0.004), BLACK),
        (box(p, (0, 0.895, 0.02), (0.30, 0.014, 0.03), 0.012), CHROME),
        (_emblem(p), CHROME),
        (_wiper(p), BLACK),
        (box(p, (0, 0.345, 0.03), (0.62, 0.05, 0.06), 0.03), BLACK),
        (box(side, (0.66, 0.455, 0.075), (0.085, 0.017, 0.02), 0.012), LAMP),
        (tube(p, (-0.46, 0.30, 0.02), 0.035, 0.07), CHROME),
        (tyres, TYRE),
        (rims, RIM),
        (ellipsoid(side, (0.965, 1.04, -2.35), (0.115, 0.085, 0.06)), BLACK),
    ]
    distance = np.stack([part for part, _ in parts])
    nearest = distance.argmin(0)
    return distance.min(0), np.array([material for _, material in parts], np.int8)[nearest]


def _emblem(p: Array) -> Array:
    """A leaf of no make: an oval cut through aslant."""
    q = p - np.array((0, 0.975, -0.012), np.float32)
    oval = ellipsoid(q, (0, 0, 0), (0.062, 0.034, 0.014))
    cut = np.abs(q[:, 1] - 0.45 * q[:, 0]) - 0.004
    return np.maximum(oval, -cut).astype(np.float32)


def _wiper(p: Array) -> Array:
    a, b = np.array((0.0, 1.075, -0.045), np.float32), np.array((-0.42, 1.10, -0.085), np.float32)
    along = np.clip(((p - a) @ (b - a)) / np.float32((b - a) @ (b - a)), 0, 1)[:, None]
    return (np.sqrt(np.square(p - a - along * (b - a)).sum(1)) - 0.011).astype(np.float32)
