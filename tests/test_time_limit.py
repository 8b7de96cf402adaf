"""One timer for many limits: what is slow ends with TimeoutError, and nothing else does."""

import asyncio

import pytest

from bot.time_limit import TimeLimit


async def forever(limit: TimeLimit) -> None:
    with limit.for_me():
        await asyncio.Event().wait()


async def test_what_is_slow_ends_and_what_is_not_goes_on() -> None:
    limit = TimeLimit(0.05)
    slow = [asyncio.create_task(forever(limit)) for _ in range(3)]
    with limit.for_me():
        await asyncio.sleep(0)
    for one in slow:
        with pytest.raises(TimeoutError):
            await one
    with limit.for_me():  # its timer rests while there is nothing to look after, and begins again
        await asyncio.sleep(0)
    with pytest.raises(TimeoutError):
        await forever(limit)


async def test_who_was_late_goes_on_afterwards() -> None:
    limit = TimeLimit(0.02)
    with pytest.raises(TimeoutError):
        await forever(limit)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_a_cancelled_task_is_cancelled() -> None:
    task = asyncio.create_task(forever(TimeLimit(5)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_fails_in_time_fails_as_it_is() -> None:
    limit = TimeLimit(5)
    with pytest.raises(ValueError, match="so"), limit.for_me():
        raise ValueError("so")
