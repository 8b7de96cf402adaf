"""Reach: who an announcement is meant for, through which channel it would come to them, and inviting them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from storage.audience import meant
from storage.database import Connection
from storage.events import Audience

# Where somebody is told things, as bot/outlets.py chooses it: the first chat, as preferred, that can take it then.
_OPEN = """
    (w.window_s IS NULL OR EXISTS (SELECT 1 FROM templates t WHERE t.name = :template AND t.state = 'APPROVED')
     OR coalesce(c.spoke_at, '') > strftime('%Y-%m-%dT%H:%M:%f+00:00', :at, -w.window_s || ' seconds'))
"""
_OUTLET = f"""
    (SELECT json_array(c.channel, {_OPEN}, w.window_s IS NOT NULL)
     FROM chats c JOIN persons own ON own.id = c.person_id LEFT JOIN channels_on w ON w.channel = c.channel
     WHERE c.person_id = p.id AND c.reachable = 'yes'
       AND (w.channel IS NOT NULL OR NOT EXISTS (SELECT 1 FROM channels_on))
     ORDER BY {_OPEN} DESC, c.channel IS own.main_channel DESC, c.last_in_at DESC, c.linked_at DESC, c.chat LIMIT 1)
"""
_MEANT = meant(":audience")


@dataclass(frozen=True, slots=True)
class Reach:
    """How an audience can be reached: people by channel, those who blocked every chat, and those who have none.

    Of those by channel `shut` cannot be sent to: their window is closed, and no template for it is approved. `billed`
    are those to whom a message costs something.
    """

    by_channel: tuple[tuple[str, int], ...]
    blocked: int
    unregistered: int
    shut: int = 0
    billed: int = 0

    @property
    def total(self) -> int:
        """Everybody who is meant."""
        return sum(count for _, count in self.by_channel) + self.blocked + self.unregistered


def reach(db: Connection, audience: Audience, template: str, at: str) -> Reach:
    """Count the people an audience has, by the channel that would bring them something at that moment (UTC text).

    `template` is what stands for it where a window is closed.
    """
    rows = db.execute(
        f"""
        WITH outlets AS MATERIALIZED (
            SELECT {_OUTLET} AS outlet, EXISTS (SELECT 1 FROM chats c WHERE c.person_id = p.id) AS known
            FROM persons p WHERE {_MEANT})
        SELECT outlet ->> 0 AS channel, known, sum(outlet ->> 1), sum(outlet ->> 1 AND outlet ->> 2), count(*)
        FROM outlets GROUP BY channel, known ORDER BY count(*) DESC, channel
        """,
        {"audience": audience.to_json(), "template": template, "at": at},
    ).fetchall()
    reached = [row for row in rows if row[0] is not None]
    return Reach(
        tuple((str(channel), int(count)) for channel, _, _, _, count in reached),
        blocked=sum(row[4] for row in rows if row[0] is None and row[1]),
        unregistered=sum(row[4] for row in rows if row[0] is None and not row[1]),
        shut=sum(row[4] - row[2] for row in reached),
        billed=sum(row[3] for row in reached),
    )


def meant_of(db: Connection, audience: Audience, those: Iterable[int]) -> list[int]:
    """Return which of these people an audience has."""
    rows = db.execute(
        f"SELECT p.id FROM json_each(:those) j CROSS JOIN persons p ON p.id = j.value WHERE {_MEANT}",
        {"audience": audience.to_json(), "those": json.dumps(list(those))},
    )
    return [int(row[0]) for row in rows]


def people_by_role_and_district(db: Connection) -> list[tuple[str, int | None, int]]:
    """Count the active people of each role in each district."""
    rows = db.execute("SELECT role, district_id, count(*) FROM persons WHERE state = 'active' GROUP BY 1, 2")
    return [(str(role), district_id, int(count)) for role, district_id, count in rows]


def freeze(db: Connection, event_id: int, audience: Audience) -> list[tuple[int, str]]:
    """Invite everybody who is meant, registered or not; return id and name of each."""
    rows = db.execute(
        f"SELECT p.id, p.name FROM persons p WHERE {_MEANT} ORDER BY p.id", {"audience": audience.to_json()}
    ).fetchall()
    db.executemany(
        "INSERT INTO invitations (event_id, person_id) VALUES (?, ?)", [(event_id, int(row[0])) for row in rows]
    )
    return [(int(row[0]), str(row[1])) for row in rows]
