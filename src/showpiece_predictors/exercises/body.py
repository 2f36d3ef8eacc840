"""The 33 points of a body that BlazePose knows, by name, and how they are joined."""

from __future__ import annotations

from enum import IntEnum


class Point(IntEnum):
    """Row of each point in an array of landmarks. Left and right are the person's own."""

    NOSE = 0
    LEFT_EAR = 7
    RIGHT_EAR = 8
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_INDEX = 19
    RIGHT_INDEX = 20
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT = 31
    RIGHT_FOOT = 32


#: The joints of arms and legs, with shoulders and hips.
JOINTS = (*range(Point.LEFT_SHOULDER, Point.RIGHT_WRIST + 1), *range(Point.LEFT_HIP, Point.RIGHT_ANKLE + 1))
#: How many points a body has.
POINTS = 33
