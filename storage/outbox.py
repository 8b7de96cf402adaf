"""The outbox: everything the bot says, as rows; what is posted, what stands in a chat, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from storage import card_parts
from storage.database import Connection

FOR_LATER = "(state = 'queued' AND attempts = 0 AND not_before > made_at)"
"""The SQL condition that a row is posted for later: nobody can have seen it."""

BLANK = '{"text":[]}'
"""The body of a message that is no longer kept; it still can be read as one."""

LOOKED_BACK = 40  # rows of a chat that are searched for cards: older ones have long scrolled away


@dataclass(frozen=True, slots=True)
class Card:
    """A message with choices that stands in a chat; `body` is the stored message's JSON."""

    id: int
    body: str


def post(
    db: Connection,
    *,
    chat: str,
    body: str,
    kind: str,
    lane: int,
    now: str,
    person_id: int | None = None,
    object: str = "",  # the word the table uses
    dedupe: str | None = None,
    uncertain_do: str = "resend",
    edits: int | None = None,
    not_before: str | None = None,
    expires_at: str | None = None,
    state: str = "queued",
    error: str | None = None,
    template: str | None = None,
    waits: bool = False,
    whole: str | None = None,
) -> int | None:
    """Add a row and return its id; None if its dedupe key is already there.

    `lane` is 0 reply, 1 notice, 2 broadcast. A row posted as 'held' goes nowhere until `release`. With an `error` it is
    known beforehand that it cannot go: it is kept as 'failed'. `template` goes instead while the chat's window is
    closed; what `waits` is then held until `open_held`. `whole` is what stands for a notice on another channel. Without
    a `person_id` it is for whoever has the chat.
    """
    if lane == 0:
        # Who is being answered was just heard: the network is back, and older answers need not sit out their back-off.
        db.execute(
            """
            UPDATE outbox SET not_before = :now WHERE chat = :chat AND lane = 0 AND state IN ('queued', 'started')
            AND state = 'queued' AND attempts > 0 AND not_before > :now
            """,
            {"chat": chat, "now": now},
        )
    posted = db.execute(
        """
        INSERT INTO outbox (chat, person_id, kind, lane, object, dedupe, body, edits, uncertain_do, state, not_before,
                            expires_at, made_at, error, done_at, template, waits, whole)
        VALUES (:chat, coalesce(:person_id, (SELECT person_id FROM chats WHERE chat = :chat)), :kind, :lane, :object,
                :dedupe, :body, :edits, :uncertain_do, :state, :not_before, :expires_at, :now, :error,
                iif(:error IS NULL, NULL, :now), :template, :waits, :whole)
        ON CONFLICT (dedupe) DO NOTHING
        """,
        {
            "chat": chat,
            "person_id": person_id,
            "kind": kind,
            "lane": lane,
            "object": object,
            "dedupe": dedupe,
            "body": body,
            "edits": edits,
            "uncertain_do": uncertain_do,
            "state": "failed" if error else state,
            "error": error,
            "not_before": not_before or now,
            "expires_at": expires_at,
            "now": now,
            "template": template,
            "waits": int(waits),
            "whole": whole,
        },
    )
    # RETURNING would cost a fifth of the whole insert.
    return posted.lastrowid if posted.rowcount else None


def next_id(db: Connection) -> int:
    """Return the id that the next row will have, if it is posted before any other."""
    return int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM outbox").fetchone()[0])


def announced(db: Connection, id: int, person_id: int) -> tuple[str, str] | None:  # the word the tables use
    """Return (body, object) of a row that went to this person as a template."""
    row = db.execute(
        "SELECT body, object FROM outbox WHERE id = ? AND person_id = ? AND template IS NOT NULL", (id, person_id)
    ).fetchone()
    return (str(row[0]), str(row[1])) if row else None


def open_held(db: Connection, chat: str, object: str, now: str) -> int:  # the word the table uses
    """Let go, as answers, of what waited in this chat for its card to be opened; return how many rows."""
    return db.execute(
        """
        UPDATE outbox SET state = 'queued', lane = 0, not_before = :now
        WHERE object = :object AND state = 'held' AND chat = :chat AND waits = 1
        """,
        {"chat": chat, "object": object, "now": now},
    ).rowcount


def body_of(db: Connection, id: int) -> str:  # the word the tables use
    """Return the stored message of a row."""
    return str(db.execute("SELECT body FROM outbox WHERE id = ?", (id,)).fetchone()[0])


def release(db: Connection, object: str, now: str) -> int:  # the word the table uses
    """Let go of the rows held for this object, from `now` on; return how many."""
    return db.execute(
        """
        UPDATE outbox SET state = 'queued', not_before = max(not_before, :now)
        WHERE object = :object AND object <> '' AND state = 'held'
        """,
        {"object": object, "now": now},
    ).rowcount


def stop(db: Connection, object: str, now: str, *, kind: str | None = None) -> int:  # the word the table uses
    """Cancel what is about this object, of one kind if so said, and has not left; return how many rows that were.

    What is on its way right now is marked: whatever comes of this attempt, there is no other.
    """
    if kind in (None, "reminder"):
        card_parts.mark_stale(db, object)
    about = "object = :object AND object <> '' AND coalesce(:kind, kind) = kind"
    return _stop(db, about, {"object": object, "kind": kind, "now": now})


def stop_for(db: Connection, person_id: int, kind: str, object: str, now: str) -> int:  # the word the table uses
    """Cancel what one person is to be told of this kind about this object, as `stop` does."""
    if kind in ("reminder", "chase"):
        card_parts.mark_stale(db, object, person_id)
    # By the key, which begins with the three: an event has as many rows as people, and each of them may answer.
    key = f"{kind}:{object}:{person_id}:"
    return _stop(db, "dedupe BETWEEN :first AND :last", {"first": key, "last": f"{key}~", "now": now})


def stop_all_for(db: Connection, person_id: int, now: str) -> int:
    """Cancel all that one person is to be told, but answers to what he or she said; return how many rows.

    A live card's edition on its way arrives: the next one, if there ever is one, rewrites that.
    """
    # By the chats, which have an index; a row of another person who had the chat before is not touched.
    about = """
        chat IN (SELECT chat FROM chats WHERE person_id = :person) AND person_id = :person
        AND kind NOT IN ('reply', 'live')
    """
    return _stop(db, about, {"person": person_id, "now": now})


def _stop(db: Connection, about: str, key: Mapping[str, str | int | None]) -> int:
    db.execute(f"UPDATE outbox SET withdrawn = 1 WHERE {about} AND state = 'started'", key)
    db.execute(f"UPDATE outbox SET withdrawn = 1, uncertain_do = 'drop' WHERE {about} AND state = 'uncertain'", key)
    return db.execute(
        f"""
        UPDATE outbox SET done_at = :now, state = CASE copies WHEN 0 THEN 'cancelled' ELSE 'uncertain' END
        WHERE {about} AND state IN ('held', 'queued')
        """,
        key,
    ).rowcount


def blank(db: Connection, id: int, now: str) -> None:  # the word the tables use
    """Forget what a row says, and whom the channel knows it by; it leaves no more, nor again."""
    row = {"id": id, "now": now, "blank": BLANK}
    _stop(db, "id = :id", {"id": id, "now": now})
    db.execute(
        """
        DELETE FROM receipts WHERE outbox_id = :id OR (channel, external_id) IN (
            SELECT channel, external_id FROM outbox WHERE id = :id AND external_id IS NOT NULL)
        """,
        row,
    )
    db.execute(
        """
        UPDATE outbox SET body = :blank, template = NULL, whole = iif(whole IS NULL, NULL, ''), external_id = NULL
        WHERE id = :id
        """,
        row,
    )


def recent_cards(db: Connection, chat: str, most: int = 3) -> list[Card]:
    """Return the messages with choices that stand in the chat, newest first; what was edited shows its last edition.

    What is posted for later stands nowhere yet.
    """
    rows = db.execute(
        f"""
        SELECT id, edits, body, kind, json_extract(body, '$.choices') IS NOT NULL FROM outbox
        WHERE chat = ? AND state IN ('queued', 'started', 'sent', 'uncertain')
          AND NOT {FOR_LATER}
        ORDER BY id DESC LIMIT ?
        """,
        (chat, LOOKED_BACK),
    ).fetchall()
    replaces = {row[0]: row[1] for row in rows if row[1] is not None}
    latest: dict[int, Card | None] = {}
    place: dict[int, int] = {}
    for id_, edits, body, kind, has_choices in rows:
        first = id_
        while first in replaces:
            first = replaces[first]
        latest.setdefault(first, Card(id_, body) if has_choices else None)
        # Where it stands in the chat, unless the person made it change: then it is what he or she looks at.
        place[first] = max(place.get(first, first), id_ if edits is None or kind == "reply" else first)
    cards = [card for first in sorted(latest, key=lambda one: -place[one]) if (card := latest[first])]
    return cards[:most]


def card_with(db: Connection, chat: str, external_id: str) -> int | None:
    """Return the row whose message the channel knows by this id; the last edition, if it was edited."""
    row = db.execute(
        "SELECT id FROM outbox WHERE chat = ? AND external_id = ? ORDER BY id DESC LIMIT 1", (chat, external_id)
    ).fetchone()
    return int(row[0]) if row else None


def states_of(db: Connection, object: str) -> dict[str, int]:  # the word the table uses
    """Count the rows about this object by state: they add up to all that were ever posted about it."""
    rows = db.execute("SELECT state, count(*) FROM outbox WHERE object = ? AND object <> '' GROUP BY state", (object,))
    return dict(rows)


def counts(db: Connection) -> dict[str, int]:
    """Count all rows by state."""
    return dict(db.execute("SELECT state, count(*) FROM outbox GROUP BY state"))
