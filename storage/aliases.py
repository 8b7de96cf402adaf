"""Aliases: the several names of one account on a channel, its own id first, and which chat they all lead to."""

from collections.abc import Sequence

from storage.database import Connection


def resolve(db: Connection, names: Sequence[str]) -> str:
    """Return the chat of an account that is known by these names, the surest first, and remember that they are one.

    The surest name is the chat. A less sure one, a phone number, leads to the account that was last seen with it: a
    chat that was known by the number alone goes over to it, one that has an id of its own keeps what it has.
    """
    if len(names) == 1:
        return _alias(db, names[0]) or names[0]
    chat, *others = names
    for other in others:
        known = _alias(db, other)
        if known is None:
            become(db, other, chat)
        if known != chat:
            _point(db, other, chat)
    return chat


def change(db: Connection, before: Sequence[str], after: Sequence[str]) -> str:
    """Let an account go by other names, as the channel vouches: the chat, its person and what is open go with it."""
    old, new = resolve(db, before), resolve(db, after)
    if old == new:
        return new
    become(db, old, new)
    # Whoever is given the old number next is somebody else; until then it leads, for a change before this one, here.
    db.execute("DELETE FROM chat_aliases WHERE chat = ?", (old,))
    if not _is_heard(db, old):
        _point(db, old, new)
    return new


def become(db: Connection, old: str, new: str) -> None:
    """Let the chat go over to another key with all that stands in it; a person who is there already stays."""
    if not _is_heard(db, old):
        return
    key = {"old": old, "new": new, "address": new.partition(":")[2]}
    db.execute(
        """
        INSERT INTO chats (chat, channel, address, person_id, name, linked_at, last_in_at, spoke_at, menu_role)
        SELECT :new, channel, :address, person_id, name, linked_at, last_in_at, spoke_at, menu_role
        FROM chats WHERE chat = :old
        ON CONFLICT (chat) DO UPDATE SET person_id = coalesce(chats.person_id, excluded.person_id),
            linked_at = coalesce(chats.linked_at, excluded.linked_at)
        """,
        key,
    )
    db.execute("UPDATE chats SET person_id = NULL, reachable = 'no' WHERE chat = :old", key)
    db.execute("UPDATE outbox SET chat = :new WHERE chat = :old", key)
    db.execute("UPDATE OR IGNORE applications SET chat = :new WHERE chat = :old", key)
    db.execute("UPDATE OR IGNORE board_pictures SET chat = :new WHERE chat = :old", key)
    _carry_dialog(db, old, new)


def _carry_dialog(db: Connection, old: str, new: str) -> None:
    """Open in the new chat what was open in the old one, with its answers, unless something is open there."""
    opened = db.execute("SELECT * FROM dialogs WHERE chat = ?", (old,)).fetchone()
    if opened is None or db.execute("SELECT 1 FROM dialogs WHERE chat = ?", (new,)).fetchone():
        return
    answers = db.execute("SELECT key, about, value FROM answers WHERE chat = ?", (old,)).fetchall()
    db.execute("DELETE FROM dialogs WHERE chat = ?", (old,))
    columns = list(opened.keys())
    values = [new if name == "chat" else opened[name] for name in columns]
    marks = ", ".join("?" * len(columns))
    db.execute(f"INSERT INTO dialogs ({', '.join(columns)}) VALUES ({marks})", values)
    db.executemany("INSERT INTO answers VALUES (?, ?, ?, ?)", [(new, *answer) for answer in answers])


def _alias(db: Connection, name: str) -> str | None:
    row = db.execute("SELECT chat FROM chat_aliases WHERE alias = ?", (name,)).fetchone()
    return str(row[0]) if row else None


def _point(db: Connection, name: str, chat: str) -> None:
    db.execute(
        "INSERT INTO chat_aliases VALUES (?, ?) ON CONFLICT (alias) DO UPDATE SET chat = excluded.chat", (name, chat)
    )


def _is_heard(db: Connection, chat: str) -> bool:
    return db.execute("SELECT 1 FROM chats WHERE chat = ?", (chat,)).fetchone() is not None
