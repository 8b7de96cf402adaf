"""Time: three zones, midnight, month ends, 29 February, a bot that was off, a clock that is set wrong (T8).

`python -m tests.prove T8` prints the figures.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from bot import dates
from bot.clock import utc_text
from tests.test_reminders import Office, _forget, _states_of, opened

SEED = 8
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
EDGES = (
    date(2024, 2, 29), date(2028, 2, 29), date(2024, 3, 1), date(2025, 3, 1), date(2024, 12, 31), date(2025, 1, 1),
    date(2025, 4, 30), date(2025, 5, 1), date(2026, 8, 31), date(2032, 2, 29), date(2100, 2, 28), date(2026, 3, 31),
)  # fmt: skip
HOURS = (time(0, 0), time(0, 1), time(6, 59), time(7, 0), time(9, 0), time(20, 59), time(21, 0), time(23, 59))
OFF = (timedelta(), timedelta(minutes=5), timedelta(hours=25), timedelta(days=8))
JUMPS = (timedelta(), timedelta(hours=2), timedelta(hours=-2))
STEPS = (timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=14), timedelta(hours=3), timedelta(hours=11))


async def clock_cases(folder: Path, cases: int) -> str:
    """Let so many meetings come, each in its own bad time; return the figures."""
    dice, became = Random(SEED), Counter[str]()
    async with opened(folder) as office:
        for number in range(cases):
            zone, off, jump = (these[number // n % len(these)] for these, n in ((ZONES, 1), (OFF, 3), (JUMPS, 12)))
            day = dice.choice(EDGES) if number % 4 else date(2024, 1, 1) + timedelta(days=dice.randrange(6_200))
            became.update(await _meeting_comes(office, dice, day, dice.choice(HOURS), zone, off, jump))
    return (
        f"{cases} meetings in {len(ZONES)} zones, at edges of days, months and years and on 29 February, the bot off "
        f"for up to 8 days, the clock set wrong by 2 h: reminders {dict(became)}; early 0, twice 0, forgotten 0"
    )


async def _meeting_comes(
    office: Office, dice: Random, day: date, at: time, zone: str, off: timedelta, jump: timedelta
) -> list[str]:
    """Live from five days before the meeting until everything about it is settled; return what became of each."""
    begins = dates.to_utc(day, at, zone)
    before = begins - timedelta(days=5)
    office.clock.be_set(before - office.clock.now())
    office.restart()
    await office.database.write(_forget, utc_text(before))
    meeting = await office.plan(day.isoformat(), at.isoformat("minutes"), zone)
    due = {
        "meeting-days": dates.to_utc(day - timedelta(days=3), time(7), zone),
        "meeting-day": dates.to_utc(day - timedelta(days=1), time(7), zone),
        "meeting-hours": begins - timedelta(hours=2),
    }
    off_from = before + timedelta(seconds=dice.randrange(5 * 86_400))
    wrong_from = before + timedelta(seconds=dice.randrange(5 * 86_400))
    settled: dict[str, tuple[datetime, str]] = {}
    true = before  # what the time is, whatever the clock says
    while true < begins + timedelta(days=14):
        step = dice.choice(STEPS)
        if off_from <= true < off_from + step:
            step += off
            office.restart()
        office.clock.move(step)
        true += step
        if wrong_from <= true < wrong_from + step and jump:
            office.clock.be_set(jump)
            await _look(office, meeting, due, begins, true, settled)
            office.clock.move(timedelta(minutes=4))
            true += timedelta(minutes=4)
            await _look(office, meeting, due, begins, true, settled)
            office.clock.be_set(-jump)
        await _look(office, meeting, due, begins, true, settled)
    # After eight days what was due at their beginning is older than anything that is searched for: said in README.
    forgotten = set(due) - set(settled)
    assert not forgotten or off >= timedelta(days=8), f"{forgotten} of {begins} {zone}"
    sql = "SELECT count(*), count(DISTINCT dedupe) FROM outbox WHERE object = ? AND kind = 'reminder'"
    made, distinct = await office.database.read(lambda db: tuple(db.execute(sql, (f"meeting:{meeting}",)).fetchone()))
    assert made == distinct
    return [state for _, state in settled.values()] + ["older than 8 days"] * len(forgotten)


async def _look(
    office: Office,
    meeting: int,
    due: dict[str, datetime],
    begins: datetime,
    true: datetime,
    settled: dict[str, tuple[datetime, str]],
) -> None:
    """Tick, and hold each reminder that was settled by it against the true time."""
    await office.reminders.post_due()
    for rule, state in await office.database.read(_states_of, meeting):
        if state == "waiting" or rule in settled or rule not in due:
            continue
        settled[rule] = true, state
        assert true >= due[rule], f"{rule} of {begins} went at {true}"
        assert state != "posted" or true < begins, f"{rule} of {begins} went at {true}, when it had begun"


async def test_twenty_four_meetings_in_bad_times(tmp_path: Path) -> None:
    """Twenty-four: enough to notice at every run of the suite."""
    assert "early 0" in await clock_cases(tmp_path, 24)
