"""What the drawn person wears, and the colours of the skin: parts of the base mesh, cut out, pushed outwards, coloured.

Clothes come from MakeHuman's helper "tights", a second skin around the body; hair from the scalp's own faces.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tools.exercise_clip.body import Array, Body, Surface

Faces = list[list[int]]
Color = tuple[float, float, float]


@dataclass(frozen=True)
class Look:
    """Linear RGB of everything."""

    skin: Color = (0.56, 0.31, 0.20)
    hair: Color = (0.035, 0.022, 0.014)
    shirt: Color = (0.02, 0.22, 0.30)
    shorts: Color = (0.025, 0.03, 0.045)
    shoes: Color = (0.13, 0.145, 0.17)
    sole: Color = (0.80, 0.80, 0.78)
    long: bool = False  # leggings instead of shorts


@dataclass(frozen=True)
class Part:
    """One object for the renderer: a surface, its material's name and colour, and colours of points."""

    name: str
    surface: Surface
    material: str
    color: Color
    tints: Array | None = None


def normals(points: Array, faces: Faces) -> Array:
    """Unit normals of the points, the mean of those of the faces around."""
    total = np.zeros_like(points)
    for face in faces:
        corners = points[face]
        normal = np.cross(corners[2] - corners[0], corners[-1] - corners[1])
        total[face] += normal
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12))


def smooth(points: Array, faces: Faces, rounds: int) -> Array:
    """Laplacian smoothing; the border of an open surface is smoothed along itself only."""
    edges: dict[tuple[int, int], int] = {}
    for face in faces:
        for a, b in zip(face, face[1:] + face[:1], strict=True):
            edges[min(a, b), max(a, b)] = edges.get((min(a, b), max(a, b)), 0) + 1
    rim = {p for edge, count in edges.items() if count == 1 for p in edge}
    used = [e for e, count in edges.items() if count == 1 or not (e[0] in rim or e[1] in rim)]
    used += [e for e, count in edges.items() if count > 1 and (e[0] in rim) != (e[1] in rim)]
    a, b = np.array(used).T
    inner = np.array([p not in rim for p in range(len(points))])
    border = np.array([count == 1 for count in (edges[e] for e in used)])
    # Points of the border listen to the border alone.
    to_a, to_b = inner[a] | border, inner[b] | border
    for _ in range(rounds):
        total, count = np.zeros_like(points), np.zeros(len(points))
        np.add.at(total, a[to_a], points[b[to_a]])
        np.add.at(count, a[to_a], 1)
        np.add.at(total, b[to_b], points[a[to_b]])
        np.add.at(count, b[to_b], 1)
        mean = total / np.maximum(count, 1)[:, None]
        points = np.where(count[:, None] > 0, points * 0.5 + mean * 0.5, points)
    return points


def cut(surface: Surface, faces: Faces, field: Callable[[Array, int], float]) -> Surface:
    """The part of `faces` where `field` (of a place and of the bone that pulls most there) is positive.

    Faces across the border are cut along it, so that a hem runs smooth.
    """
    used = sorted({p for face in faces for p in face})
    height = {p: field(surface.points[p], int(surface.bones[p, 0])) for p in used}
    points, bones, pulls = [], [], []
    number: dict[tuple[int, int], int] = {}

    def corner(one: int, other: int) -> int:
        """The point itself (one == other), or where the edge between two points crosses the border."""
        key = (min(one, other), max(one, other))
        if key not in number:
            number[key] = len(points)
            t = 0.0 if one == other else height[key[0]] / (height[key[0]] - height[key[1]])
            points.append(surface.points[key[0]] * (1 - t) + surface.points[key[1]] * t)
            near = key[0] if t < 0.5 else key[1]
            bones.append(surface.bones[near])
            pulls.append(surface.pulls[near])
        return number[key]

    kept: Faces = []
    for face in faces:
        ring: list[int] = []
        for one, other in zip(face, face[1:] + face[:1], strict=True):
            if height[one] > 0:
                ring.append(corner(one, one))
            if (height[one] > 0) != (height[other] > 0):
                ring.append(corner(one, other))
        if len(ring) > 2:
            kept.append(ring)
    return Surface(np.array(points), kept, np.array(bones), np.array(pulls))


def pushed(surface: Surface, out: Array, rounds: int) -> Surface:
    """The surface smoothed and pushed outwards by `out` (n,) metres."""
    points = smooth(surface.points, surface.faces, rounds) if rounds else surface.points
    points = points + normals(points, surface.faces) * out[:, None]
    return Surface(points, surface.faces, surface.bones, surface.pulls)


class Tailor:
    def __init__(self, body: Body) -> None:
        self.body = body
        self.limb = {
            number: name.split(".")[0].rstrip("0123456789-") if "." in name else "trunk"
            for number, name in enumerate(body.names)
        }
        self.hip = float(body.heads[body.bone("upperleg01.L"), 1])
        self.knee = float(body.heads[body.bone("lowerleg01.L"), 1])
        self.neck = body.heads[body.bone("neck01")]
        self.shoulder = np.abs(body.heads[body.bone("upperarm01.L")])
        self.elbow = np.abs(body.heads[body.bone("lowerarm01.L")])
        self.eye = np.abs(body.surface.points[[p for f in body.groups["helper-l-eye"] for p in f]]).mean(0)
        self.crown = float(body.surface.points[[p for f in body.groups["body"] for p in f], 1].max())

    def sleeve(self, middle: Array) -> float:
        """How far along the upper arm a place lies: 0 shoulder, 1 elbow."""
        arm = self.elbow - self.shoulder
        place = np.array([abs(middle[0]), middle[1], middle[2]])
        return float((place - self.shoulder) @ arm / (arm @ arm))

    def in_arm(self, bone: int) -> bool:
        return self.limb[bone] in ("upperarm", "lowerarm", "wrist", "finger", "metacarpal")

    def shirt(self, p: Array, bone: int) -> float:
        """Positive under the shirt, metres to its hems; so with the other clothes."""
        if self.in_arm(bone):
            return (0.62 - self.sleeve(p)) * 0.25
        return float(min(p[1] - self.hip + 0.055, self.collar(p)))

    def collar(self, p: Array) -> float:
        """Metres outside a crew neck's opening."""
        radius = float(np.hypot(p[0], p[2] - self.neck[2]))
        top = float(self.neck[1] - 0.005 - 0.35 * max(0.0, p[2] - self.neck[2]) - p[1])
        return min(top, max(float(self.neck[1] - 0.075 - p[1]), radius - 0.076))

    def legs(self, p: Array, bone: int, reach: float) -> float:
        if self.in_arm(bone):
            return -1.0
        return float(min(p[1] - self.hip - (self.knee - self.hip) * reach, self.hip + 0.11 - p[1]))

    def shoe(self, p: Array, bone: int) -> float:
        return float(0.078 + 0.25 * max(0.0, -p[2]) - p[1])

    def ear(self, p: Array) -> bool:
        return bool(abs(p[0]) > 0.068 and -0.06 < p[1] - self.eye[1] < 0.035 and -0.145 < p[2] - self.eye[2] < -0.075)

    def brow(self, p: Array) -> float:
        """Positive on the eyebrows."""
        x, y, z = abs(p[0]), p[1] - self.eye[1], p[2] - self.eye[2]
        if z < -0.03 or abs(y) > 0.06:
            return -0.01
        arch = 0.0225 + 0.0055 * np.sin(np.pi * np.clip((x - 0.008) / 0.058, 0, 1))
        thick = 0.0042 * np.clip((0.060 - x) / 0.03, 0, 1)
        return float(min(thick - abs(y - arch), x - 0.011))

    def hairline(self, p: Array) -> float:
        """Positive where hair grows, metres to its edge."""
        x, y, z = abs(p[0]), p[1] - self.eye[1], p[2] - self.eye[2]
        if self.ear(p) or y < -0.12:
            return -0.01
        front = y - 0.064 - 0.22 * max(0.0, x - 0.022) + 0.25 * min(0.0, x - 0.022)
        side = min(-0.062 - z, y + 0.012)  # down to the sideburns
        back = min(-0.105 - z, y + 0.072)
        return float(max(front, side, back))


def dress(body: Body, look: Look) -> list[Part]:
    """All parts of the person, ready to be posed."""
    tailor = Tailor(body)
    whole, tights = body.surface, body.groups["helper-tights"]
    reach = 1.80 if look.long else 0.76

    shirt = cut(whole, tights, tailor.shirt)
    low = np.clip((tailor.hip + 0.25 - shirt.points[:, 1]) / 0.3, 0, 1)
    arms = np.array([tailor.in_arm(int(b)) for b in shirt.bones[:, 0]])
    sleeve = np.clip([tailor.sleeve(p) for p in shirt.points], 0, 1) * arms
    shirt = pushed(shirt, 0.011 + 0.010 * low + 0.011 * sleeve, 3)

    legs = cut(whole, tights, lambda p, b: tailor.legs(p, b, reach))
    hem = np.clip((tailor.hip - legs.points[:, 1]) / ((tailor.hip - tailor.knee) * 0.76), 0, 1)
    legs = pushed(legs, np.full(len(hem), 0.004) if look.long else 0.003 + 0.017 * hem, 2 if look.long else 5)

    shoes = cut(whole, tights, tailor.shoe)
    shoes = pushed(shoes, np.full(len(shoes.points), 0.008), 4)
    soles = cut(shoes, shoes.faces, lambda p, b: 0.021 - float(p[1]))
    soles = pushed(soles, np.full(len(soles.points), 0.003), 0)

    hair = cut(whole, body.groups["body"], lambda p, b: tailor.hairline(p))
    depth = np.clip(np.array([tailor.hairline(p) for p in hair.points]) / 0.035, 0.0, 1)
    hair = pushed(hair, 0.0015 + 0.017 * depth**0.7, 3)

    brows = cut(whole, body.groups["body"], lambda p, b: tailor.brow(p))
    brows = pushed(brows, np.full(len(brows.points), 0.0012), 0)

    def bare(p: Array, bone: int) -> float:
        under_shirt = tailor.shirt(p, bone) - (0.035 if p[1] > tailor.neck[1] - 0.12 and abs(p[0]) < 0.14 else 0.0)
        covered = max(under_shirt, tailor.legs(p, bone, reach))
        return max(-1.0, min(0.016 - covered, 0.045 - tailor.shoe(p, bone)))

    skin = cut(whole, body.groups["body"], bare)
    parts = [
        Part("skin", skin, "skin", look.skin, complexion(skin.points, tailor, look)),
        Part("shirt", shirt, "cloth", look.shirt),
        Part("legs", legs, "cloth", look.shorts),
        Part("shoes", shoes, "rubber", look.shoes),
        Part("soles", soles, "rubber", look.sole),
        Part("brows", brows, "brows", (look.hair[0] * 1.6, look.hair[1] * 1.6, look.hair[2] * 1.6)),
        Part("hair", hair, "hair", look.hair),
    ]
    for side in "lr":
        eye = cut(whole, body.groups[f"helper-{side}-eye"], lambda p, b: 1.0)
        middle = eye.points.mean(0)
        off = np.linalg.norm((eye.points - middle)[:, :2], axis=1)
        front = eye.points[:, 2] > middle[2]
        tints = np.full(eye.points.shape, 0.6)
        tints[front & (off < 0.0072)] = (0.05, 0.03, 0.02)
        tints[front & (off < 0.0030)] = 0.004
        parts.append(Part(f"eye-{side}", eye, "eye", (0.5, 0.5, 0.5), tints))
        for row in "1":
            lashes = cut(whole, body.groups[f"helper-{side}-eyelashes-{row}"], lambda p, b: 1.0)
            parts.append(Part(f"lashes-{side}{row}", lashes, "lashes", (0.01, 0.008, 0.006)))
    return parts


def complexion(points: Array, tailor: Tailor, look: Look) -> Array:
    """Skin colour of each point: brows, lips and a breath of red where blood is near."""
    skin = np.array(look.skin)
    tints = np.tile(skin, (len(points), 1))
    x, y, z = np.abs(points[:, 0]), points[:, 1] - tailor.eye[1], points[:, 2] - tailor.eye[2]
    head = y > -0.14

    def blend(strength: Array, color: Array) -> None:
        s = np.clip(strength, 0, 1)[:, None]
        tints[:] = tints * (1 - s) + color * s

    cheek = np.exp(-(((x - 0.045) / 0.02) ** 2) - ((y + 0.04) / 0.02) ** 2) * (z > -0.03) * head
    blend(cheek * 0.35, skin * (1.15, 0.75, 0.7))
    mouth = tailor.body.heads[[tailor.body.bone("oris05"), tailor.body.bone("oris01")]].mean(0)
    lips = (x / 0.026) ** 2 + ((points[:, 1] - mouth[1]) / 0.0095) ** 2 < 1
    blend((lips & (points[:, 2] > mouth[2] - 0.012)) * 0.6, skin * (0.95, 0.5, 0.5))
    scalp = np.array([tailor.hairline(p) for p in points]) / 0.004 + 0.5
    blend(scalp * head, np.array(look.hair) * 1.3)
    return tints


def dumbbell(body: Body, side: str) -> Part:
    """A dumbbell in the closed hand, across the palm."""
    wrist, knuckle = (body.heads[body.bone(f"{name}.{side}")] for name in ("wrist", "finger3-1"))
    across = body.heads[body.bone(f"finger2-1.{side}")] - body.heads[body.bone(f"finger5-1.{side}")]
    along = knuckle - wrist
    palm = np.cross(along, across) * (1.0 if side == "L" else -1.0)
    middle = knuckle + 0.033 * palm / np.linalg.norm(palm) + 0.01 * along / np.linalg.norm(along)
    axis = across / np.linalg.norm(across)
    u = along / np.linalg.norm(along)
    v = np.cross(axis, u)
    profile = [
        (-0.105, 0),
        (-0.105, 0.045),
        (-0.06, 0.045),
        (-0.06, 0.015),
        (0.06, 0.015),
        (0.06, 0.045),
        (0.105, 0.045),
        (0.105, 0),
    ]
    turns = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    points = [middle + axis * h + (u * np.cos(t) + v * np.sin(t)) * r for h, r in profile for t in turns]
    faces = [
        [16 * k + i, 16 * k + (i + 1) % 16, 16 * k + 16 + (i + 1) % 16, 16 * k + 16 + i]
        for k in range(len(profile) - 1)
        for i in range(16)
    ]
    bones = np.full((len(points), whole_pulls := body.surface.bones.shape[1]), body.bone(f"wrist.{side}"))
    pulls = np.zeros((len(points), whole_pulls))
    pulls[:, 0] = 1
    return Part(f"dumbbell-{side}", Surface(np.array(points), faces, bones, pulls), "iron", (0.02, 0.02, 0.022))
