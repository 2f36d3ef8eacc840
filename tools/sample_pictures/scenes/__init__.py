"""The ten showpieces, a module each, by the slug of their project."""

from __future__ import annotations

from collections.abc import Callable

from sample_pictures.scenes.concert_calendar_bot import concert_calendar_bot
from sample_pictures.scenes.exercises import exercises
from sample_pictures.scenes.faces import faces
from sample_pictures.scenes.halves import halves
from sample_pictures.scenes.leaf_log import leaf_log
from sample_pictures.scenes.lockstep import lockstep
from sample_pictures.scenes.number_plates import number_plates
from sample_pictures.scenes.patch_drawer import patch_drawer
from sample_pictures.scenes.seven_left import seven_left
from sample_pictures.scenes.tideline import tideline
from sample_pictures.stage import Scene

SCENES: dict[str, Callable[[], Scene]] = {
    "faces": faces,
    "number-plates": number_plates,
    "exercises": exercises,
    "concert-calendar-bot": concert_calendar_bot,
    "patch-drawer": patch_drawer,
    "tideline": tideline,
    "seven-left": seven_left,
    "leaf-log": leaf_log,
    "halves": halves,
    "lockstep": lockstep,
}
