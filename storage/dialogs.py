"""Open dialogs: one per chat, with the answers given so far, kept by name."""

import json
from dataclasses import dataclass, field
from typing import Any

from storage.database import Connection

Step = tuple[str, str]
"""A question's name, and what it is about."""


@dataclass(slots=True)
class OpenDialog:
    """A dialog somebody is in the middle of."""

    chat: str
    ref: str
    name: str
    edition: int
    arg: str
    open_step: Step | None
    partial: Any
    recap: str
    misses: int
    turn: int
    wanted: dict[str, str] | None
    touched_at: str
    answers: dict[Step, Any] = field(default_factory=dict)


def open_dialog(db: Connection, chat: str) -> OpenDialog | None:
    """Return the dialog that is open in the chat, with its answers."""
    row = db.execute(
        """
        SELECT ref, name, edition, args, open_key, open_about, partial, recap, misses, turn, wanted, touched_at
        FROM dialogs WHERE chat = ?
        """,
        (chat,),
    ).fetchone()
    if row is None:
        return None
    answers = db.execute("SELECT key, about, value FROM answers WHERE chat = ?", (chat,))
    return OpenDialog(
        chat,
        row["ref"],
        row["name"],
        row["edition"],
        json.loads(row["args"]).get("arg", ""),
        None if row["open_key"] is None else (row["open_key"], row["open_about"]),
        json.loads(row["partial"]) if row["partial"] else None,
        row["recap"],
        row["misses"],
        row["turn"],
        json.loads(row["wanted"]) if row["wanted"] else None,
        row["touched_at"],
        {(key, about): json.loads(value) for key, about, value in answers},
    )


def keep(db: Connection, dialog: OpenDialog, now: str) -> None:
    """Store the dialog as it stands: where it waits, and its answers."""
    key, about = dialog.open_step or (None, None)
    values = {
        "chat": dialog.chat,
        "ref": dialog.ref,
        "name": dialog.name,
        "edition": dialog.edition,
        "args": json.dumps({"arg": dialog.arg}),
        "key": key,
        "about": about,
        "partial": None if dialog.partial is None else json.dumps(dialog.partial),
        "recap": dialog.recap,
        "misses": dialog.misses,
        "turn": dialog.turn,
        "wanted": None if dialog.wanted is None else json.dumps(dialog.wanted),
        "now": now,
    }
    db.execute(
        """
        INSERT INTO dialogs (chat, ref, name, edition, args, open_key, open_about, partial, recap, misses, turn,
                             wanted, opened_at, touched_at)
        VALUES (:chat, :ref, :name, :edition, :args, :key, :about, :partial, :recap, :misses, :turn, :wanted,
                :now, :now)
        ON CONFLICT (chat) DO UPDATE SET ref = :ref, name = :name, edition = :edition, args = :args,
            open_key = :key, open_about = :about, partial = :partial, recap = :recap, misses = :misses,
            turn = :turn, wanted = :wanted, touched_at = :now
        """,
        values,
    )
    stored = {
        (key, about): value
        for key, about, value in db.execute("SELECT key, about, value FROM answers WHERE chat = ?", (dialog.chat,))
    }
    wanted = {step: json.dumps(value, ensure_ascii=False) for step, value in dialog.answers.items()}
    for step in stored.keys() - wanted.keys():
        db.execute("DELETE FROM answers WHERE chat = ? AND key = ? AND about = ?", (dialog.chat, *step))
    for step, value in wanted.items():
        if stored.get(step) != value:
            db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", (dialog.chat, *step, value))


def turn_of(db: Connection, chat: str) -> tuple[str, int] | None:
    """Return the ref and the turn of the chat's open dialog: what a run was based on."""
    row = db.execute("SELECT ref, turn FROM dialogs WHERE chat = ?", (chat,)).fetchone()
    return (row[0], row[1]) if row else None


def close(db: Connection, chat: str) -> None:
    """Forget the chat's open dialog and its answers."""
    db.execute("DELETE FROM dialogs WHERE chat = ?", (chat,))


def untouched_since(db: Connection, moment: str) -> list[tuple[str, str]]:
    """Return (chat, ref) of the dialogs nobody has touched since then."""
    return [(row[0], row[1]) for row in db.execute("SELECT chat, ref FROM dialogs WHERE touched_at < ?", (moment,))]
