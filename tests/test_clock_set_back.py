"""A clock that was two days ahead for a while and is put right: nothing hangs on its time, and nothing goes early."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import utc_text
from bot.message import Message
from storage import chats, delivery, outcomes, reminders
from storage.database import Connection
from tests.test_reminders import Office, opened

AHEAD = timedelta(days=2)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Siti's office."""
    async with opened(tmp_path) as office:
        await office.tick()
        yield office


async def say(office: Office, object: str, not_before: datetime | None = None) -> int:
    """Post a notice to Siti, to leave then; return its row."""

    def post(db: Connection) -> int:
        said, now = Message.of(object), office.clock.now()
        office.poster.notify(db, 1, said, now, kind="note", object=object, not_before=not_before)
        return int(db.execute("SELECT max(id) FROM outbox").fetchone()[0])

    return await office.database.write(post)


async def may_leave(office: Office) -> list[int]:
    """Return the rows that may leave now."""
    stamp = utc_text(office.clock.now())
    return [
        one.id
        for one in await office.database.read(delivery.claimable, stamp, "simulator", dict.fromkeys((0, 1, 2), 9))
    ]


async def test_what_the_wrong_clock_put_off_leaves_once_it_is_right(office: Office) -> None:
    """What was for at once, what waits after a failed attempt, and a chat that was to be left alone for a second."""
    tried = await say(office, "tried")
    office.clock.be_set(AHEAD)
    await office.tick()
    now = office.clock.now()
    wrong, soon = utc_text(now), utc_text(now + timedelta(seconds=30))
    await office.database.write(delivery.start, [tried], "boot", wrong)
    await office.database.write(outcomes.retry_later, tried, soon, "NeverLeft", wrong)
    await office.database.write(chats.leave_alone, "simulator:siti", soon)
    fresh = await say(office, "fresh", now + timedelta(minutes=1))
    office.clock.be_set(-AHEAD)
    assert await may_leave(office) == []
    await office.tick()
    assert await may_leave(office) == [tried]
    await office.database.write(delivery.start, [tried], "boot", utc_text(office.clock.now()))
    await office.database.write(outcomes.accepted, [outcomes.Taken(tried, "x", utc_text(office.clock.now()))])
    assert await may_leave(office) == [fresh]


async def test_what_somebody_wished_for_a_time_waits_for_it(office: Office) -> None:
    """Neither what was scheduled by the right clock nor what was by the wrong one goes before its time."""
    friday = office.clock.now() + timedelta(days=4)
    before = await say(office, "before", friday)
    office.clock.be_set(AHEAD)
    await office.tick()
    during = await say(office, "during", friday)
    office.clock.be_set(-AHEAD)
    await office.tick()
    assert await may_leave(office) == []
    office.clock.move(timedelta(days=4))
    assert set(await may_leave(office)) <= {before, during} != set()


async def test_a_doubtful_row_has_its_second_copy_within_a_quarter_of_an_hour(office: Office) -> None:
    """And not at once: word of the first one may still come."""
    office.clock.be_set(AHEAD)
    await office.tick()
    row, now = await say(office, "doubtful"), office.clock.now()
    await office.database.write(delivery.start, [row], "boot", utc_text(now))
    again_at = utc_text(now + timedelta(minutes=15))
    await office.database.write(outcomes.uncertain, row, "Timeout", utc_text(now), again_at)
    office.clock.be_set(-AHEAD)
    await office.tick()
    assert await may_leave(office) == []
    office.clock.move(timedelta(minutes=15))
    assert await may_leave(office) == [row]


async def test_a_reminder_that_was_put_off_goes_at_its_own_time(office: Office) -> None:
    """Set forward and left so it waited for another morning; put right by the next process, it goes when it is due."""
    await office.plan("2023-11-09", "14:00")
    office.clock.be_set(timedelta(days=1, hours=13))  # Tuesday, 22.00 WIB: the quiet hours
    await office.tick()
    office.clock.move(timedelta(minutes=11))
    await office.tick()
    office.clock.be_set(-timedelta(days=1, hours=13))
    office.restart()
    await office.tick()
    assert (await office.database.read(reminders.search)).jumped_by is not None
    waiting = "SELECT count(*) FROM reminders WHERE state = 'waiting' AND next_at > due_at AND next_at > ?"
    stamp = utc_text(office.clock.now())
    assert await office.database.read(lambda db: db.execute(waiting, (stamp,)).fetchone()[0]) == 0
    assert await office.at("2023-11-08", "06:59") == []
    assert await office.at("2023-11-08", "07:00") == ["posted"]
