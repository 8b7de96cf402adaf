"""The search for what is due, at the size of the country: 35,000 people, 400,000 groups, 5.2 million meetings."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import utc_text
from bot.reminder_hours import Hours
from bot.reminder_windows import as_json, windows
from storage import lead_times, reminders
from storage.database import Connection, Database
from tests.yardstick import LOOKS, Yardstick

LONGEST = 0.2  # seconds of the processor of the stated machine, for each statement
NOON = datetime(2023, 11, 15, 5, tzinfo=UTC)
MORNING = datetime(2023, 11, 15, tzinfo=UTC)  # 07.00 WIB
MONTH_END = datetime(2023, 11, 25, tzinfo=UTC)
COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"
A_MONTH = """
    INSERT INTO meetings (ref, group_id, person_id, topic, day, starts_at, ends_at, zone, state, made_at, members,
                          logged_at, logged_by, sent_at)
    SELECT :month || '-' || id, id, person_id, 'x', day, day || 'T0' || hour || ':' || minute || ':00.000+00:00',
           day || 'T0' || (hour + 1) || ':' || minute || ':00.000+00:00', 'Asia/Jakarta', :state,
           '2022-01-01T00:00:00.000+00:00', iif(:state = 'held', 18, NULL),
           iif(:state = 'held', day || 'T09:00:00.000+00:00', NULL), iif(:state = 'held', person_id, NULL),
           iif(:state = 'held', day || 'T09:00:00.000+00:00', NULL)
    FROM (SELECT id, person_id, date('2023-11-01', -:month || ' months', '+' || (id * 7 % 30) || ' days') AS day,
                 id % 7 + 1 AS hour, printf('%02d', id / 7 % 60) AS minute FROM groups)
"""


def _fill(db: Connection) -> None:
    now = {"now": "2020-01-01T00:00:00.000+00:00"}
    db.execute(f"{COUNT.format(7000)} INSERT INTO districts SELECT i, 'D' || i FROM n")
    db.execute("INSERT INTO villages (id, district_id, name) VALUES (1, 1, 'V')")
    db.execute(
        f"{COUNT.format(35_000)} INSERT INTO persons (id, name, role, district_id, made_at) "
        "SELECT i, 'P' || i, iif(i % 5, 'facilitator', 'supervisor'), (i - 1) / 5 + 1, :now FROM n",
        now,
    )
    db.execute("INSERT INTO chats (chat, channel, address, person_id) SELECT 's:' || id, 's', id, id FROM persons")
    db.execute(
        f"{COUNT.format(400_000)} INSERT INTO groups (id, ref, person_id, village_id, name, members, numbers, made_at) "
        "SELECT i, 'g' || i, i % 35000 + 1, 1, 'G' || i, 18, 18, :now FROM n",
        now,
    )
    for month in range(13):
        db.execute(A_MONTH, {"month": month, "state": "held" if month else "planned"})
    db.execute(
        """
        INSERT INTO events (ref, subject, place, first_day, last_day, starts, starts_at, zone, audience, made_by,
                            made_at, sends_at)
        VALUES ('e', 'E', 'P', '2023-11-18', '2023-11-18', '08:00', '2023-11-18T01:00:00.000+00:00', 'Asia/Jakarta',
                '{}', 1, :now, :now)
        """,
        now,
    )
    db.execute("INSERT INTO invitations (event_id, person_id) SELECT 1, id FROM persons")


@pytest.mark.proof
async def test_each_search_takes_less_than_a_fifth_of_a_second(tmp_path: Path) -> None:
    """At any tick, on the morning on which 35,000 silent people and 40,000 meetings fall due, and at a month's end."""
    database = await Database.open(tmp_path / "country.sqlite3")
    await database.write(_fill)

    def measure(db: Connection, now: datetime) -> list[tuple[float, int, str]]:
        stamp, since = utc_text(now), utc_text(now - timedelta(days=8))
        taken: list[tuple[float, int, str]] = []
        found = windows(lead_times.lead_times(db), Hours(), now - timedelta(minutes=10), now, "Asia/Jakarta")
        for some in ([], *([one] for one in found)):
            made = reminders.MOST_AT_ONCE
            while made == reminders.MOST_AT_ONCE:
                before = time.process_time()
                made = reminders.add_fallen_due(db, as_json(some), stamp, since)
                taken.append((time.process_time() - before, made, some[0].rule if some else "feedback"))
            before = time.process_time()
            assert not reminders.any_fallen_due(db, as_json(some), stamp, since)
            taken.append((time.process_time() - before, 0, "nothing more"))
        return taken

    stick = Yardstick()
    for name, now in (("noon", NOON), ("morning", MORNING), ("month's end", MONTH_END)):
        stick.look(LOOKS)
        taken = await database.write(measure, now)
        for seconds, made, rule in taken:
            print(f"{name:12} {rule:16} {made:7} due {seconds * 1000:7.1f} ms")  # noqa: T201
        assert max(seconds for seconds, _, _ in taken) < LONGEST * stick.slower(), stick.says()
    await database.close()
