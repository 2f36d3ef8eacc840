"""What a stream of events waits for before it draws a run's panel."""

import asyncio
import time
import uuid

from showpiece.demos.events import SETTLE_SECONDS, _settled
from showpiece.demos.watch import State, Subscription, watch

WAITING: State = ("starting", 0.0, "", False)
WORKING: State = ("processing", 0.0, "", False)
STEP: State = ("processing", 0.5, "drawing", False)
DONE: State = ("succeeded", 1.0, "", False)


def settled(*moves: tuple[float, State | None]) -> tuple[State | None, float]:
    """What a run that waits, and then moves after so many seconds each, is drawn as; and how long that takes."""

    async def scene() -> tuple[State | None, float]:
        moved = Subscription()
        loop = asyncio.get_running_loop()
        for seconds, state in moves:
            loop.call_later(seconds, moved.tell, state)
        began = time.monotonic()
        return await _settled(moved, WAITING), time.monotonic() - began

    return asyncio.run(scene())


def test_end_within_the_moment_is_told_at_once_and_alone() -> None:
    state, seconds = settled((0.0, WORKING), (0.02, DONE))
    assert state == DONE
    assert seconds < SETTLE_SECONDS


def test_step_that_stays_is_told_after_the_moment() -> None:
    state, seconds = settled((0.0, WORKING), (SETTLE_SECONDS * 4, DONE))
    assert state == WORKING
    assert seconds >= SETTLE_SECONDS * 0.9


def test_named_step_is_told_at_once() -> None:
    state, seconds = settled((0.0, WORKING), (0.02, STEP))
    assert state == STEP
    assert seconds < SETTLE_SECONDS


def test_run_that_is_gone_is_told_at_once() -> None:
    state, seconds = settled((0.0, None))
    assert state is None
    assert seconds < SETTLE_SECONDS


def test_nobody_watches_after_the_stream() -> None:
    async def scene() -> None:
        run_id = uuid.uuid4()
        with watch.subscribed(run_id):
            assert run_id in watch._watched
        assert run_id not in watch._watched

    asyncio.run(scene())
