"""Chats: where people can be reached, who talks there, and what a channel told us about reaching them."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class ChatRow:
    """One chat as it is stored; `address` is its place within the channel."""

    chat: str
    channel: str
    address: str
    person_id: int | None
    name: str
    reachable: bool
    last_in_at: str | None
    spoke_at: str | None = None


_CHAT = "SELECT chat, channel, address, person_id, c.name, reachable = 'yes', last_in_at, spoke_at FROM chats c "


def hear(db: Connection, chat: str, channel: str, name: str, now: str, at: str = "") -> None:
    """Note that somebody wrote from this chat ('telegram:4711'): it exists, and it can be reached again.

    `at` is the message's own time, if it waited for us.
    """
    key = {"chat": chat, "name": name, "now": now, "at": min(at or now, now)}  # no other's clock opens a later window
    known = db.execute(
        """
        UPDATE chats SET reachable = 'yes', last_in_at = max(coalesce(last_in_at, ''), :now),
            spoke_at = max(coalesce(spoke_at, ''), :at), name = CASE :name WHEN '' THEN name ELSE :name END
        WHERE chat = :chat
        """,
        key,
    ).rowcount
    if not known:
        db.execute(
            """
            INSERT INTO chats (chat, channel, address, name, last_in_at, spoke_at)
            VALUES (:chat, :channel, :address, :name, :now, :at)
            """,
            key | {"channel": channel, "address": chat.partition(":")[2]},
        )


def shut_window(db: Connection, chat: str) -> None:
    """Note that the channel takes nothing for this chat until the person writes again."""
    db.execute("UPDATE chats SET spoke_at = NULL WHERE chat = ?", (chat,))


def set_reachable(db: Connection, chat: str, reachable: bool) -> None:
    """Note that the channel can, or can no longer, bring messages to this chat."""
    db.execute("UPDATE chats SET reachable = ? WHERE chat = ?", ("yes" if reachable else "no", chat))


def chat_of(db: Connection, chat: str) -> ChatRow | None:
    """Return the chat with this key."""
    row = db.execute(_CHAT + "WHERE chat = ?", (chat,)).fetchone()
    return _chat(row) if row else None


def channel_of(chat: str) -> str:
    """Return the channel of a chat's key."""
    return chat.partition(":")[0]


def chats_of(db: Connection, person_id: int) -> list[ChatRow]:
    """Return the chats in which the person can be reached, as preferred; none of who is kept out, or to be erased.

    The channel that the person chose comes first, then the chat last heard from.
    """
    rows = db.execute(
        _CHAT
        + """
        JOIN persons p ON p.id = c.person_id
        WHERE person_id = :person AND reachable = 'yes' AND p.state = 'active' AND p.limited = 0
        ORDER BY channel IS p.main_channel DESC, last_in_at DESC, linked_at DESC, chat
        """,
        {"person": person_id},
    )
    return [_chat(row) for row in rows]


def all_of(db: Connection, person_id: int) -> list[ChatRow]:
    """Return every chat that the person has registered, whether or not anything may be sent there unasked."""
    return [_chat(row) for row in db.execute(_CHAT + "WHERE person_id = ? ORDER BY chat", (person_id,)).fetchall()]


def leave_alone(db: Connection, chat: str, until: str) -> None:
    """Send nothing to the chat before `until`; a later time already stored stays."""
    db.execute("UPDATE chats SET not_before = max(coalesce(not_before, ''), ?) WHERE chat = ?", (until, chat))


def move(db: Connection, chat: str, address: str) -> str:
    """Let the chat live on at another address of its channel; return the key it has there."""
    key = f"{channel_of(chat)}:{address}"
    if key == chat:
        return chat
    db.execute(
        """
        INSERT INTO chats (chat, channel, address, person_id, name, linked_at, last_in_at)
        SELECT :key, channel, :address, person_id, name, linked_at, last_in_at FROM chats WHERE chat = :chat
        ON CONFLICT (chat) DO NOTHING
        """,
        {"key": key, "address": address, "chat": chat},
    )
    set_reachable(db, chat, False)
    return key


@dataclass(frozen=True, slots=True)
class OtherMenu:
    """A chat whose menu does not show the commands of its role."""

    chat: str
    channel: str
    address: str
    role: str


def with_other_menu(db: Connection, channels: Sequence[str], most: int) -> list[OtherMenu]:
    """Return the reachable chats of these channels whose menu is out of step; 'stranger' is a role here."""
    marks = ", ".join("?" * len(channels))
    rows = db.execute(
        f"""
        SELECT c.chat, c.channel, c.address, coalesce(p.role, 'stranger') AS role
        FROM chats c LEFT JOIN persons p ON p.id = c.person_id AND p.state = 'active'
        WHERE c.channel IN ({marks}) AND c.reachable = 'yes'
          AND coalesce(c.menu_role, 'stranger') <> coalesce(p.role, 'stranger')
        ORDER BY c.last_in_at DESC, c.chat LIMIT ?
        """,
        (*channels, most),
    )
    return [OtherMenu(*row) for row in rows.fetchall()]


def set_menu_role(db: Connection, chat: str, role: str) -> None:
    """Note whose commands the chat's menu now shows."""
    db.execute("UPDATE chats SET menu_role = ? WHERE chat = ?", (role, chat))


def _chat(row: tuple[str, str, str, int | None, str, int, str | None, str | None]) -> ChatRow:
    chat, channel, address, person_id, name, reachable, last_in_at, spoke_at = row
    return ChatRow(chat, channel, address, person_id, name, bool(reachable), last_in_at, spoke_at)
