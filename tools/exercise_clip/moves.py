"""How each exercise is done: the pose at `u`, from 0 (where a repetition starts and ends) to 1 (its turning point)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tools.exercise_clip.skeleton import Limb, Pose, Skeleton, turn, unit, vector

#: Pose of repetition number `n` at `u`.
Move = Callable[[Skeleton, float, int], Pose]

BAR = 2.26  # height of the pull-up bar, metres
RAIL = 1.18  # height of the dip bars


def mix(a: float, b: float, u: float) -> float:
    return a + (b - a) * u


def both(side_of: Callable[[float], Limb]) -> tuple[Limb, Limb]:
    """The left and the right limb, from how it is on the side where x has this sign."""
    return side_of(1.0), side_of(-1.0)


def standing_foot(x: float, z: float, out: float) -> Callable[[float], Limb]:
    """A foot flat on the floor, its toes turned `out` degrees."""

    def foot(sign: float) -> Limb:
        yaw = turn("y", sign * out)
        return Limb(vector(sign * x, 0.072, z), yaw @ vector(0, 0.05, 1), foot=yaw @ turn("y", -sign * 2))

    return foot


def squat(s: Skeleton, u: float, n: int) -> Pose:
    raised = np.radians(mix(8, 86, min(1, u * 1.15)))

    def arm(sign: float) -> Limb:
        way = vector(sign * mix(0.16, 0.06, u), -np.cos(raised), np.sin(raised))
        pole = vector(sign * 0.6, -0.5, mix(-0.5, -0.3, u))
        return Limb(unit(way) * s.arm * mix(0.975, 0.985, u), pole, hanging=True, grip=0.3)

    return Pose(
        hips=vector(0, mix(0.925, 0.50, u), mix(-0.005, -0.235, u**0.9)),
        tilt=turn("x", mix(2, 34, u)),
        feet=both(standing_foot(0.19, 0.02, 16)),
        hands=both(arm),
        bow=mix(0, 8, u),
        nod=mix(0, -26, u),
        shrug=mix(0, 8, u),
    )


def push_up(s: Skeleton, u: float, n: int) -> Pose:
    # Body one straight line from the balls of the feet to the shoulders, turning about the feet.
    pitch = mix(70.5, 85.0, u)
    line = turn("x", pitch)
    ball = vector(0, 0.0, -0.93)
    up = line @ vector(0, 1, 0)
    heel = s.ankle("L", ball, turn("x", mix(62, 72, u))) * vector(0, 1, 1)
    hips = heel + up * s.leg * 0.992
    foot = turn("x", mix(62, 72, u))

    def leg(sign: float) -> Limb:
        at = s.ankle("L" if sign > 0 else "R", ball + vector(sign * 0.09, 0, 0), foot)
        return Limb(at, line @ vector(0, 0, 1), foot=foot, toes=mix(58, 68, u))

    def arm(sign: float) -> Limb:
        return Limb(
            vector(sign * 0.30, 0.05, 0.34),
            vector(sign * 0.75, 0.25, -0.75),
            hand=(vector(-sign * 0.1, -0.12, 1), vector(0, -1, -0.12)),
            grip=0.0,
        )

    return Pose(
        hips=hips, tilt=line @ turn("x", -1), feet=both(leg), hands=both(arm), bow=1, nod=mix(-28, -34, u), shrug=6
    )


def jumping_jack(s: Skeleton, u: float, n: int) -> Pose:
    hop = 0.075 * np.sin(np.pi * np.clip(u, 0, 1)) ** 1.0
    dip = 0.03 * (1 - np.sin(np.pi * u))
    spread = mix(0.1, 0.36, u)
    angle = np.radians(mix(11, 163, u))
    foot_y = 0.072 + hop * 0.85
    point = 26 * np.sin(np.pi * np.clip(u, 0, 1))

    def leg(sign: float) -> Limb:
        yaw = turn("y", sign * mix(6, 18, u)) @ turn("z", sign * -4 * u)
        return Limb(vector(sign * spread, foot_y, 0.0), yaw @ vector(0, 0, 1), foot=yaw @ turn("x", point))

    height = np.sqrt(max((s.leg * 0.992) ** 2 - (spread - 0.11) ** 2, 0)) + foot_y - dip

    def arm(sign: float) -> Limb:
        way = vector(sign * np.sin(angle), -np.cos(angle), 0.10)
        return Limb(
            unit(way) * s.arm * mix(0.97, 0.95, u),
            vector(sign * 0.2, -0.15, -1) + vector(sign * 0.8 * u, 0, 0),
            hanging=True,
            grip=0.15,
        )

    return Pose(
        hips=vector(0, height, 0),
        tilt=turn("x", 3),
        feet=both(leg),
        hands=both(arm),
        bow=1,
        shrug=mix(0, 34, u**1.3),
        nod=-3,
    )


def pull_up(s: Skeleton, u: float, n: int) -> Pose:
    rise = mix(0.0, 0.50, u)
    lean = mix(2, -9, u)

    def arm(sign: float) -> Limb:
        return Limb(
            vector(sign * 0.34, BAR - 0.075, 0.0),
            vector(sign * 0.75, -0.5, mix(-0.2, 0.35, u)),
            hand=(vector(0, 1, 0.02), vector(0, 0, 1)),
            grip=1.0,
        )

    hips = vector(0, BAR - 1.055 - 0.075 + rise, mix(-0.03, -0.12, u) + 0.02)

    def leg(sign: float) -> Limb:
        end = vector(sign * 0.10, hips[1] - s.leg * 0.93, hips[2] - mix(0.20, 0.28, u) + sign * 0.03)
        return Limb(end, vector(sign * 0.1, 0, 1), foot=turn("x", 38))

    return Pose(
        hips=hips,
        tilt=turn("x", lean),
        feet=both(leg),
        hands=both(arm),
        bow=mix(0, -4, u),
        nod=mix(-8, -14, u),
        shrug=mix(42, 14, u),
    )


def dip(s: Skeleton, u: float, n: int) -> Pose:
    drop = mix(0.0, 0.36, u)
    lean = mix(5, 22, u)
    hips = vector(0, RAIL + 0.115 - drop, mix(-0.02, -0.14, u))

    def arm(sign: float) -> Limb:
        return Limb(
            vector(sign * 0.31, RAIL + 0.075, 0.0),
            vector(sign * 0.25, 0.2, -1),
            hand=(vector(0, -0.85, 0.6), vector(0, -0.6, -0.85)),
            grip=0.75,
        )

    def leg(sign: float) -> Limb:
        end = hips + vector(sign * 0.09, -0.56, -0.42 + sign * 0.03)
        return Limb(end, vector(sign * 0.1, -0.2, 1), foot=turn("x", 70))

    return Pose(
        hips=hips,
        tilt=turn("x", lean),
        feet=both(leg),
        hands=both(arm),
        bow=mix(0, 6, u),
        nod=mix(-4, -14, u),
        shrug=mix(-10, 10, u),
    )


def sit_up(s: Skeleton, u: float, n: int) -> Pose:
    # On the back, head to -z, knees up; the back rolls up from the neck on.
    tilt = turn("x", mix(-90, -22, max(0, u - 0.12) / 0.88))
    roll = np.sin(np.pi * min(1, u)) * 18
    hips = vector(0, mix(0.112, 0.092, u), -0.02)

    def leg(sign: float) -> Limb:
        return Limb(vector(sign * 0.12, 0.075, 0.52), vector(sign * 0.05, 1, 0.3), foot=turn("x", -1))

    turns, places = s.solve(Pose(hips, tilt, both(leg), both(leg), bow=mix(0, 30, u) + roll, nod=mix(8, 16, u)))
    head = s.at["head"]

    def arm(sign: float) -> Limb:
        side = turns[head] @ vector(sign * 0.115, 0.015, -0.055)
        return Limb(
            places[head] + side,
            turns[head] @ vector(sign * 1, 0.15, mix(0.1, 0.35, u)),
            hand=(turns[head] @ vector(-sign * 0.8, 0.45, -0.5), turns[head] @ vector(-sign * 0.5, 0, 1)),
            grip=0.25,
        )

    return Pose(hips, tilt, both(leg), both(arm), bow=mix(0, 30, u) + roll, nod=mix(8, 16, u), shrug=18)


def curl(s: Skeleton, u: float, n: int) -> Pose:
    flex = np.radians(mix(14, 138, u))
    # The upper arm hangs nearly still; where the wrist is follows from the angle in the elbow.
    upper, lower = s.length("upperarm01.L", "lowerarm01.L"), s.length("lowerarm01.L", "wrist.L")
    swing = np.radians(mix(-3, 9, u))

    def arm(sign: float) -> Limb:
        elbow = vector(sign * 0.13, -np.cos(swing), np.sin(swing))
        fore = vector(sign * mix(0.10, 0.02, u), -np.cos(flex + swing), np.sin(flex + swing))
        end = unit(elbow) * upper + unit(fore) * lower
        palm = vector(0, np.sin(flex + swing), np.cos(flex + swing))
        return Limb(end, vector(sign * 0.15, -0.3, -1), hanging=True, hand=(fore, palm), grip=1.0)

    return Pose(
        hips=vector(0, 0.925, 0),
        tilt=turn("x", mix(1, -2, u)),
        feet=both(standing_foot(0.15, 0.0, 10)),
        hands=both(arm),
        nod=2,
        shrug=mix(0, 3, u),
    )


def lunge(s: Skeleton, u: float, n: int) -> Pose:
    """Forward lunges, a step each, left and right in turn."""
    lead = 1.0 if n % 2 == 0 else -1.0
    step = 0.74
    go = float(np.clip(u / 0.55, 0, 1))
    go = go * go * (3 - 2 * go)
    sink = float(np.clip((u - 0.30) / 0.70, 0, 1))
    z = step * go
    lift = 0.14 * np.sin(np.pi * go) * (1 - sink)
    hips = vector(0, mix(0.928, 0.52, sink) - 0.03 * go * (1 - sink), z * mix(0.45, 0.50, sink))

    def leg(sign: float) -> Limb:
        if sign == lead:
            return Limb(
                vector(sign * 0.115, 0.072 + lift, z),
                vector(sign * 0.08, 0, 1),
                foot=turn("x", -12 * np.sin(np.pi * go)),
            )
        heel = turn("x", 62 * sink)
        ankle = s.ankle("L" if sign > 0 else "R", vector(sign * 0.115, 0, 0.135), heel)
        return Limb(ankle, vector(sign * 0.05, -0.3, 1), foot=heel, toes=58 * sink)

    def arm(sign: float) -> Limb:
        return Limb(
            hips + vector(sign * 0.185, 0.115, 0.015),  # hands on the hips
            vector(sign, 0.1, -0.45),
            hand=(vector(-sign * 0.35, -0.45, 0.8), vector(-sign, -0.2, -0.3)),
            grip=0.35,
        )

    return Pose(hips=hips, tilt=turn("x", mix(1, 5, u)), feet=both(leg), hands=both(arm), nod=2)


def side_bend(s: Skeleton, u: float, n: int) -> Pose:
    """None of the named exercises: bending sideways, left and right in turn."""
    way = 1.0 if n % 2 == 0 else -1.0

    def arm(sign: float) -> Limb:
        return Limb(vector(sign * 0.12, -1, 0.05) * s.arm * 0.97, vector(sign * 0.5, 0, -1), hanging=True)

    return Pose(
        hips=vector(-way * 0.05 * u, 0.91, 0),
        tilt=turn("z", -way * 6 * u),
        feet=both(standing_foot(0.22, 0, 12)),
        hands=both(arm),
        lean=way * 34 * u,
    )


def toe_touch(s: Skeleton, u: float, n: int) -> Pose:
    """None of the named exercises: bowing until the hands reach the feet, knees straight."""

    def arm(sign: float) -> Limb:
        way = vector(sign * mix(0.15, -0.02, u), -1, mix(0.05, 0.22, u))
        return Limb(unit(way) * s.arm * 0.975, vector(sign * 0.6, 0, -1), hanging=True)

    return Pose(
        hips=vector(0, mix(0.925, 0.90, u), mix(0, -0.16, u)),
        tilt=turn("x", mix(1, 66, u)),
        feet=both(standing_foot(0.13, 0.02, 8)),
        hands=both(arm),
        bow=mix(0, 42, u),
        nod=mix(0, 10, u),
    )


MOVES: dict[str, Move] = {
    "squat": squat,
    "push_up": push_up,
    "jumping_jack": jumping_jack,
    "pull_up": pull_up,
    "dip": dip,
    "sit_up": sit_up,
    "curl": curl,
    "lunge": lunge,
    "side_bend": side_bend,
    "toe_touch": toe_touch,
}
