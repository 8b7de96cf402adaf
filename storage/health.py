"""Health: the figures by which the office sees whether the bot keeps up."""

from dataclasses import dataclass

from storage import backups
from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Health:
    """What the store says of itself; sizes are in bytes."""

    schema: int
    size: int
    active: int
    registered: int
    unreachable: int
    letters_new: int
    letters_parked: dict[str, int]
    outbox: dict[str, int]
    paused: tuple[str, ...]
    backup: backups.State


def health(db: Connection) -> Health:
    """Look at everything once."""

    def one(sql: str) -> int:
        return int(db.execute(sql).fetchone()[0])

    linked = "EXISTS (SELECT 1 FROM chats c WHERE c.person_id = p.id{})"
    reached = linked.format(" AND c.reachable = 'yes'")
    active = "SELECT count(*) FROM persons p WHERE p.state = 'active'"
    parked = db.execute("SELECT reason, count(*) FROM inbox WHERE state = 'parked' GROUP BY reason ORDER BY reason")
    outbox = db.execute("SELECT state, count(*) FROM outbox GROUP BY state ORDER BY state")
    paused = db.execute("SELECT channel FROM lanes WHERE paused_by IS NOT NULL ORDER BY channel")
    return Health(
        schema=one("PRAGMA user_version"),
        size=one("PRAGMA page_count") * one("PRAGMA page_size"),
        active=one(active),
        registered=one(f"{active} AND {linked.format('')}"),
        unreachable=one(
            f"{active} AND {linked.format('')} AND (NOT {reached} OR p.id IN (SELECT person_id FROM unreached))"
        ),
        letters_new=one("SELECT count(*) FROM inbox WHERE state = 'new'"),
        letters_parked={row[0]: row[1] for row in parked.fetchall()},
        outbox={row[0]: row[1] for row in outbox.fetchall()},
        paused=tuple(row[0] for row in paused.fetchall()),
        backup=backups.state(db),
    )
