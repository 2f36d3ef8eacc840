"""From a pose in words that a trainer would use (hips here, hands there, back so) to a turn and a place for each bone.

Limbs are solved by the law of cosines (two-bone inverse kinematics), the rest is turned from the hips outward. All
vectors are metres in the world: x to the left of somebody who looks along z, y up. Angles are degrees.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from tools.exercise_clip.body import Array, Body

SPINE = ("spine05", "spine04", "spine03", "spine02", "spine01")
NECK = ("neck01", "neck02", "neck03", "head")
SIDES = (("L", 1.0), ("R", -1.0))


def vector(*numbers: float) -> Array:
    return np.array(numbers, dtype=np.float64)


def unit(v: Array) -> Array:
    return np.asarray(v / max(float(np.linalg.norm(v)), 1e-9))


def turn(axis: str, degrees: float) -> Array:
    """Rotation (3, 3): about x it bows forward, about y it turns to the left, about z it leans to the right."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    if axis == "x":
        return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    if axis == "y":
        return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def frame(along: Array, across: Array) -> Array:
    """An orthonormal frame whose first axis is `along` and whose second lies in the plane of both."""
    first = unit(along)
    second = unit(across - first * (first @ across))
    return np.stack([first, second, np.cross(first, second)], 1)


@dataclass(frozen=True)
class Limb:
    """Where a wrist or an ankle is, whereto elbow or knee points, and how hand or foot is turned.

    `end` is counted from the shoulder (the hip) if `hanging`. `grip` curls the fingers (0 open, 1 fist), `toes` bends
    the toes up. Without `hand` (whereto the fingers and the palm point) the hand goes on straight from the forearm.
    """

    end: Array
    pole: Array
    hanging: bool = False
    hand: tuple[Array, Array] | None = None
    foot: Array = field(default_factory=lambda: np.eye(3))
    grip: float = 0.25
    toes: float = 0.0


@dataclass(frozen=True)
class Pose:
    """`hips` is the middle between the hip joints; `bow`, `lean` and `twist` bend the back above them."""

    hips: Array
    tilt: Array
    feet: tuple[Limb, Limb]
    hands: tuple[Limb, Limb]
    bow: float = 0.0
    lean: float = 0.0
    twist: float = 0.0
    nod: float = 0.0
    shrug: float = 0.0

    def moved(self, hips: Array, bow: float) -> Pose:
        return replace(self, hips=self.hips + hips, bow=self.bow + bow)


class Skeleton:
    def __init__(self, body: Body) -> None:
        self.body = body
        self.at = {name: number for number, name in enumerate(body.names)}
        self.pivot = (self.rest("upperleg01.L") + self.rest("upperleg01.R")) / 2
        self.arm = self.length("upperarm01.L", "lowerarm01.L") + self.length("lowerarm01.L", "wrist.L")
        self.leg = self.length("upperleg01.L", "lowerleg01.L") + self.length("lowerleg01.L", "foot.L")

    def rest(self, name: str) -> Array:
        return np.asarray(self.body.heads[self.at[name]])

    def length(self, one: str, other: str) -> float:
        return float(np.linalg.norm(self.rest(one) - self.rest(other)))

    def ankle(self, side: str, ball: Array, foot: Array) -> Array:
        """Where the ankle is when the ball of the foot rests on `ball` and the foot is turned so."""
        joint = self.rest(f"toe2-1.{side}")
        base = vector(joint[0], 0.0, joint[2])
        return np.asarray(ball + foot @ (self.rest(f"foot.{side}") - base))

    def solve(self, pose: Pose) -> tuple[Array, Array]:
        """Turns (b, 3, 3) and places of heads (b, 3) of all bones."""
        body = self.body
        own = self.bends(pose)
        turns, places = np.tile(np.eye(3), (len(body.names), 1, 1)), np.zeros((len(body.names), 3))
        fixed: dict[int, Array] = {}
        for number, name in enumerate(body.names):
            parent = body.parents[number]
            if parent < 0:
                turns[number] = pose.tilt
                places[number] = pose.hips + pose.tilt @ (body.heads[number] - self.pivot)
                continue
            places[number] = places[parent] + turns[parent] @ (body.heads[number] - body.heads[parent])
            stem, _, side = name.partition(".")
            if stem in ("upperarm01", "upperleg01"):
                limb = (pose.hands if stem == "upperarm01" else pose.feet)[0 if side == "L" else 1]
                fixed |= self.reach(stem, side, limb, places[number])
            turns[number] = fixed.get(number, turns[parent] @ own.get(name, np.eye(3)))
        return turns, places

    def bends(self, pose: Pose) -> dict[str, Array]:
        """Each bone's own turn against its parent, for the bones that no limb's end decides."""
        share = 1 / len(SPINE)
        own = {
            name: turn("x", pose.bow * share) @ turn("z", -pose.lean * share) @ turn("y", pose.twist * share)
            for name in SPINE
        }
        own |= {name: turn("x", pose.nod / len(NECK)) for name in NECK}
        for index, (side, sign) in enumerate(SIDES):
            own[f"clavicle.{side}"] = turn("z", sign * pose.shrug * 0.5)
            own[f"shoulder01.{side}"] = turn("z", sign * pose.shrug * 0.5)
            own |= self.fingers(side, sign, pose.hands[index].grip)
            for toe in range(1, 6):
                own[f"toe{toe}-1.{side}"] = turn("x", -pose.feet[index].toes)
        return own

    def fingers(self, side: str, sign: float, grip: float) -> dict[str, Array]:
        along, palm = self.rest_hand(side, sign)
        hinge = np.cross(along, palm)
        bend = {1: 70.0, 2: 85.0, 3: 50.0}
        own = {}
        for finger in range(2, 6):
            for joint, most in bend.items():
                own[f"finger{finger}-{joint}.{side}"] = about(hinge, most * grip)
        for joint in (2, 3):
            own[f"finger1-{joint}.{side}"] = about(hinge, 40 * grip)
        return own

    def rest_hand(self, side: str, sign: float) -> tuple[Array, Array]:
        """Whereto the fingers and the palm point at rest."""
        along = unit(self.rest(f"finger3-1.{side}") - self.rest(f"wrist.{side}"))
        thumbward = self.rest(f"finger2-1.{side}") - self.rest(f"finger5-1.{side}")
        return along, unit(sign * np.cross(along, thumbward))

    def reach(self, stem: str, side: str, limb: Limb, start: Array) -> dict[int, Array]:
        """The turns of a limb's bones, from the joint at `start` to the hand or foot."""
        kind = stem.removeprefix("upper").removesuffix("01")
        last = f"wrist.{side}" if kind == "arm" else f"foot.{side}"
        a, b, c = self.rest(f"{stem}.{side}"), self.rest(f"lower{kind}01.{side}"), self.rest(last)
        upper, lower = float(np.linalg.norm(b - a)), float(np.linalg.norm(c - b))
        way = limb.end if limb.hanging else limb.end - start
        far = float(np.clip(np.linalg.norm(way), abs(upper - lower) + 0.02, (upper + lower) * 0.9985))
        end = start + unit(way) * far
        pole = unit(limb.pole - unit(way) * (unit(way) @ limb.pole))
        beside = (upper**2 + far**2 - lower**2) / (2 * far)
        middle = start + unit(way) * beside + pole * np.sqrt(max(upper**2 - beside**2, 0.0))
        rest_pole = b - a - unit(c - a) * (unit(c - a) @ (b - a))
        hinge, rest_hinge = np.cross(way, pole), np.cross(c - a, rest_pole)
        first = frame(middle - start, hinge) @ frame(b - a, rest_hinge).T
        second = frame(end - middle, hinge) @ frame(c - b, rest_hinge).T
        found = {self.at[f"upper{kind}0{n}.{side}"]: first for n in (1, 2)}
        found |= {self.at[f"lower{kind}0{n}.{side}"]: second for n in (1, 2)}
        if kind == "leg":
            return found | {self.at[last]: limb.foot}
        if limb.hand:
            along, palm = self.rest_hand(side, 1.0 if side == "L" else -1.0)
            hand = frame(*limb.hand) @ frame(along, palm).T
            found[self.at[last]] = hand
            # The forearm's lower half turns half as far as the hand.
            axis = unit(c - b)
            found[self.at[f"lowerarm02.{side}"]] = second @ about(axis, twist(second.T @ hand, axis) / 2)
        return found


def about(axis: Array, degrees: float) -> Array:
    """Rotation (3, 3) about any axis (Rodrigues' formula)."""
    x, y, z = unit(axis)
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    return np.asarray(np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k)


def twist(rotation: Array, axis: Array) -> float:
    """By how many degrees a rotation turns about `axis`."""
    side = unit(np.cross(axis, vector(0.3, 0.8, 0.5)))
    turned = rotation @ side
    return float(np.degrees(np.arctan2(axis @ np.cross(side, turned), side @ turned)))
