"""Reach: who an announcement is meant for, through which channel it would come to them, and inviting them."""

from dataclasses import dataclass

from storage.audience import meant
from storage.database import Connection
from storage.events import Audience

# Where somebody is told things: the chat last heard from, as the poster chooses it.
_CHANNEL_OF = """
    (SELECT c.channel FROM chats c WHERE c.person_id = p.id AND c.reachable = 'yes'
     ORDER BY c.last_in_at DESC, c.linked_at DESC, c.chat LIMIT 1)
"""
_MEANT = meant(":audience")


@dataclass(frozen=True, slots=True)
class Reach:
    """How an audience can be reached: people by channel, those who blocked every chat, and those who have none."""

    by_channel: tuple[tuple[str, int], ...]
    blocked: int
    unregistered: int

    @property
    def total(self) -> int:
        """Everybody who is meant."""
        return sum(count for _, count in self.by_channel) + self.blocked + self.unregistered


def reach(db: Connection, audience: Audience) -> Reach:
    """Count the people an audience has, by the channel that would bring them something now."""
    rows = db.execute(
        f"""
        SELECT {_CHANNEL_OF} AS channel, EXISTS (SELECT 1 FROM chats c WHERE c.person_id = p.id) AS known, count(*)
        FROM persons p WHERE {_MEANT} GROUP BY channel, known ORDER BY count(*) DESC, channel
        """,
        {"audience": audience.to_json()},
    ).fetchall()
    by_channel = tuple((str(channel), int(count)) for channel, _, count in rows if channel is not None)
    blocked = sum(count for channel, known, count in rows if channel is None and known)
    unregistered = sum(count for channel, known, count in rows if channel is None and not known)
    return Reach(by_channel, blocked, unregistered)


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
