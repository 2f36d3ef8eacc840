"""What light does in the scene: sky, ground, materials, shadows, reflections, and the camera that takes the picture.

Colours are linear; a day with a low sun behind the viewer's left shoulder and thin clouds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import solid
from .solid import Array

SUN = np.array((-0.62, 0.62, 0.48), np.float32) / np.float32(np.linalg.norm((-0.62, 0.62, 0.48)))
SUNLIGHT = np.array((3.5, 3.15, 2.7), np.float32)
FAR = 60.0


def noise(x: Array, y: Array, seed: int) -> Array:
    """Value noise of 0 to 1, smooth between whole coordinates."""
    table = np.random.default_rng(seed).random((256, 256)).astype(np.float32)
    xi, yi = np.floor(x).astype(int), np.floor(y).astype(int)
    u, v = x - xi, y - yi
    u, v = u * u * (3 - 2 * u), v * v * (3 - 2 * v)
    a, b = table[yi % 256, xi % 256], table[yi % 256, (xi + 1) % 256]
    c, d = table[(yi + 1) % 256, xi % 256], table[(yi + 1) % 256, (xi + 1) % 256]
    return ((a * (1 - u) + b * u) * (1 - v) + (c * (1 - u) + d * u) * v).astype(np.float32)


def fractal(x: Array, y: Array, seed: int, octaves: int = 5) -> Array:
    """Sum of noises, each twice as fine and half as strong; about 0 to 1."""
    total = np.zeros_like(x)
    for n in range(octaves):
        total += noise(x * 2**n, y * 2**n, seed + n) * np.float32(0.5 ** (n + 1))
    return total


def surroundings(direction: Array) -> Array:
    """Light from far away: sky with clouds, a row of trees and houses along the horizon, and the ground."""
    x, y, z = direction.T
    up = np.clip(y, 0, 1)
    sky = np.array((0.34, 0.55, 0.95), np.float32) * (1 - up[:, None]) ** 0.6 * 0.55 + np.array(
        (0.42, 0.56, 0.80), np.float32
    )
    horizon = np.exp(-up * 7)[:, None]
    sky = sky * (1 - 0.55 * horizon) + np.array((0.95, 0.95, 0.93), np.float32) * 0.62 * horizon
    flat = np.maximum(y, 0.04)
    cloud = np.clip(fractal(x / flat * 0.9 + 7, z / flat * 0.9 + 3, 40, 5) * 2.6 - 0.95, 0, 1)[:, None]
    sky = sky + (np.array((1.15, 1.13, 1.1), np.float32) - sky) * cloud * np.clip(up * 5, 0, 1)[:, None]
    angle = np.arctan2(x, -z)
    skyline = 0.09 + 0.10 * noise(angle * 6 + 30, angle * 0, 61) + 0.02 * noise(angle * 50 + 30, angle * 0, 62)
    trees = np.array((0.06, 0.075, 0.04), np.float32) * (0.3 + 1.4 * fractal(angle * 40 + 90, y * 60 + 90, 70))[:, None]
    light = np.where((y < skyline)[:, None], trees * 2.2, sky)
    ground = np.array((0.17, 0.165, 0.16), np.float32) * (0.8 + 0.4 * np.clip(-y, 0, 1))[:, None]
    light = np.where((y < 0.0)[:, None], ground, light)
    sun = np.clip(direction @ SUN, 0, 1)
    return (light + (sun**900)[:, None] * 28 + (sun**40)[:, None] * 0.25).astype(np.float32)


def asphalt(p: Array) -> Array:
    """Colour of the ground: asphalt with grains, stains and cracks, and the white lines of a car park."""
    x, z = p[:, 0], p[:, 2]
    grain = noise(x * 140, z * 140, 1) * 0.5 + noise(x * 330, z * 330, 2) * 0.5
    stain = fractal(x * 0.9 + 20, z * 0.9 + 20, 3)
    tone = 0.085 + 0.05 * (grain - 0.5) + 0.06 * (stain - 0.5)
    crack = np.abs(fractal(x * 0.8 + 50, z * 0.8 + 50, 9) - 0.5)
    tone = np.where(crack < 0.0012, tone * 0.6, tone)
    spill = np.exp(-(np.square((x - 0.1) / 0.35) + np.square((z - 0.9) / 0.28)) * 2) * fractal(x * 4 + 9, z * 4 + 9, 15)
    color = np.stack([tone, tone * 0.99, tone * 0.96], 1) * (1 - 0.5 * spill[:, None])
    line = np.zeros(len(p), bool)
    for at in (-1.42, 1.42, 4.26, -4.26):
        line |= (np.abs(x - at) < 0.055) & (z < 0.55)
    worn = fractal(x * 9 + 5, z * 9 + 5, 21) > 0.36
    color = np.where((line & worn)[:, None], np.array((0.56, 0.56, 0.54)) * (0.8 + 0.4 * grain[:, None]), color)
    return color.astype(np.float32)


def wall(p: Array) -> Array:
    """Colour of the brick wall at the end of the car park."""
    u, v = p[:, 0] / 0.25, p[:, 1] / 0.075
    row = np.floor(v)
    u = u + 0.5 * (row % 2)
    joint = (np.abs(u - np.round(u)) < 0.035) | (np.abs(v - np.round(v)) < 0.085)
    tint = noise(np.floor(u) * 3.1 + 0.5, row * 5.3 + 0.5, 33)[:, None]
    brick = np.array((0.26, 0.15, 0.115)) * (0.5 + 0.7 * tint)
    dirt = fractal(p[:, 0] * 0.7 + 9, p[:, 1] * 0.7 + 9, 35)[:, None]
    return (np.where(joint[:, None], np.array((0.28, 0.26, 0.24)), brick) * (0.6 + 0.8 * dirt)).astype(np.float32)


def fresnel(cosine: Array, base: float) -> Array:
    """Schlick's approximation."""
    return (base + (1 - base) * (1 - np.clip(cosine, 0, 1)) ** 5).astype(np.float32)


def blurred(light: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """A (H, W, 3) picture through a Gaussian of `sigma` pixels; the edge is repeated."""
    reach = int(np.ceil(3 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2).astype(np.float32)
    weights /= weights.sum()
    for axis in (0, 1):
        pad = [(0, 0)] * 3
        pad[axis] = (reach, reach)
        wide = np.pad(light, pad, mode="edge")
        size = light.shape[axis]
        light = sum(weight * np.take(wide, range(n, n + size), axis) for n, weight in enumerate(weights))  # type: ignore[assignment]
    return light


def developed(light: NDArray[np.float32], depth: NDArray[np.float32], focus: float, seed: int) -> Image.Image:
    """A linear picture as a camera would keep it: lens blur by depth, glow, film curve, vignette, grain."""
    height, width = depth.shape
    blur = np.clip(np.abs(1 / focus - 1 / np.maximum(depth, 0.5)) * width / 95, 0, 9)
    layers = [light]
    levels = [0.0, 1.3, 3.0, 6.0]
    layers += [blurred(light, radius) for radius in levels[1:]]
    out = np.zeros_like(light)
    for low, high, a, b in zip(levels, levels[1:], layers, layers[1:], strict=False):
        share = np.clip((blur - low) / (high - low), 0, 1)[..., None]
        inside = ((blur >= low) & ((blur < high) | (high == levels[-1])))[..., None]
        out = np.where(inside, a * (1 - share) + b * share, out)
    out = out + 0.2 * blurred(np.maximum(out - 1.2, 0), width / 110)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    edge = np.hypot((x - width / 2) / width, (y - height / 2) / width)
    out *= (1 - 0.55 * edge**2)[..., None]
    out *= 0.66
    # The filmic curve of Narkowicz (2015), then the sRGB gamma.
    curve = np.clip(out * (2.51 * out + 0.03) / (out * (2.43 * out + 0.59) + 0.14), 0, 1)
    shown = curve ** (1 / 2.2)
    rng = np.random.default_rng(seed)
    grain = rng.normal(0, 1, (height, width, 1)) * 0.009 + rng.normal(0, 1, (height, width, 3)) * 0.006
    shown = shown + grain * (1.15 - shown)
    return Image.fromarray((np.clip(shown, 0, 1) * 255 + 0.5).astype(np.uint8))


def pick(texture: NDArray[np.uint8], u: Array, v: Array) -> Array:
    """Linear colours of a flat picture at u, v of 0 to 1, with v from the top; blended between pixels."""
    height, width = texture.shape[:2]
    x, y = np.clip(u, 0, 1) * (width - 1), np.clip(v, 0, 1) * (height - 1)
    x0, y0 = np.minimum(x.astype(int), width - 2), np.minimum(y.astype(int), height - 2)
    fx, fy = (x - x0)[:, None], (y - y0)[:, None]
    t = (texture / 255.0) ** 2.2
    top = t[y0, x0] * (1 - fx) + t[y0, x0 + 1] * fx
    bottom = t[y0 + 1, x0] * (1 - fx) + t[y0 + 1, x0 + 1] * fx
    return (top * (1 - fy) + bottom * fy).astype(np.float32)


__all__ = [
    "FAR",
    "SUN",
    "SUNLIGHT",
    "asphalt",
    "developed",
    "fractal",
    "fresnel",
    "noise",
    "pick",
    "solid",
    "surroundings",
    "wall",
]
