"""What the demo's page shows: the phones on it, a phone's history, people to give a phone to, and the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection
from storage.outbox import FOR_LATER

CHANNEL = "simulator"


@dataclass(frozen=True, slots=True)
class DeskPhone:
    """A simulated chat that is on the page; `title` is the role of who registered in it."""

    address: str
    name: str
    title: str
    number: str


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One row of the outbox; times are UTC ISO text."""

    id: int
    person: str
    kind: str
    state: str
    error: str
    made_at: str
    done_at: str


def phones(db: Connection) -> list[DeskPhone]:
    """Return the phones on the page, in the order in which they were put there: those whose chat has a name."""
    rows = db.execute(
        """
        SELECT c.address, c.name, coalesce(r.title, ''), coalesce(p.phone, '')
        FROM chats c LEFT JOIN persons p ON p.id = c.person_id LEFT JOIN roles r USING (role)
        WHERE c.channel = ? AND c.name <> '' ORDER BY c.rowid
        """,
        (CHANNEL,),
    )
    return [DeskPhone(*row) for row in rows]


def put_on_page(db: Connection, address: str, name: str) -> None:
    """Show the chat at this address as a phone; a new one belongs to nobody yet."""
    db.execute(
        """
        INSERT INTO chats (chat, channel, address, name) VALUES (:chat, :channel, :address, :name)
        ON CONFLICT (chat) DO UPDATE SET name = :name
        """,
        {"chat": f"{CHANNEL}:{address}", "channel": CHANNEL, "address": address, "name": name},
    )


def address_of(db: Connection, person_id: int) -> str | None:
    """Return where the person has a simulated phone."""
    row = db.execute(
        "SELECT address FROM chats WHERE person_id = ? AND channel = ? ORDER BY rowid LIMIT 1", (person_id, CHANNEL)
    ).fetchone()
    return str(row[0]) if row else None


def events_of(db: Connection, chat: str) -> list[str]:
    """Return what came from the phone, as it came, oldest first; what was blanked since is left out."""
    rows = db.execute("SELECT raw FROM inbox WHERE chat = ? AND channel = ? AND raw <> '' ORDER BY id", (chat, CHANNEL))
    return [str(row[0]) for row in rows]


def posted_to(db: Connection, chat: str) -> Sequence[tuple[int, str, str, str, str | None, int | None]]:
    """Return what was said to the phone so far: (id, body, state, at, external id, edited row)."""
    return db.execute(
        f"""
        SELECT id, body, state, coalesce(done_at, made_at), external_id, edits FROM outbox
        WHERE chat = ? AND NOT {FOR_LATER} ORDER BY id
        """,
        (chat,),
    ).fetchall()


def latest_rows(db: Connection, most: int = 20) -> list[DeskRow]:
    """Return the newest rows of the outbox."""
    rows = db.execute(
        """
        SELECT o.id, coalesce(p.name, c.name), o.kind, o.state, coalesce(o.error, ''), o.made_at,
               coalesce(o.done_at, '')
        FROM outbox o JOIN chats c ON c.chat = o.chat LEFT JOIN persons p ON p.id = o.person_id
        ORDER BY o.id DESC LIMIT ?
        """,
        (most,),
    )
    return [DeskRow(*row) for row in rows]


def latest_moment(db: Connection) -> str | None:
    """Return when something last happened; a demo that is kept goes on from there."""
    row = db.execute(
        """
        SELECT max(coalesce((SELECT max(received_at) FROM inbox), ''),
                   coalesce((SELECT max(made_at) FROM outbox), ''))
        """
    ).fetchone()
    return row[0] or None
