"""What a recipient gets of a broadcast, and what can be done with it there."""

import json
from datetime import datetime, timedelta

from bot.clock import from_utc_text
from bot.message import Attachment, Choice, Message
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, italic, lines
from storage import forwards
from storage.broadcasts import Broadcast
from storage.forwards import Forward

LIVES = timedelta(days=7)  # what nobody could be told within a week is news no more
MOST_GROUPS = 8  # buttons on one card; the rest follow when these are done
FORWARD = "Mohon teruskan pesan di atas kepada Ibu Ketua Kelompok, lalu tandai yang sudah."


def signed(text: str, office: str, broadcast_id: int | None) -> Text:
    """Write the text with who says it; a second copy carries the same short reference."""
    return lines([text, italic(office + (f" · S{broadcast_id}" if broadcast_id else ""))])


def send_copy(
    tx: Settling, one: Broadcast, office: str, person_id: int, occurrence: str = "", later: datetime | None = None
) -> int:
    """Post a person's copy, once for each `occurrence`; return how many rows that made.

    `later` is when it leaves for a person whose own quiet hours it would meet.
    """
    file = Attachment(*json.loads(one.attachment)) if one.attachment else None
    # What goes on to the families is theirs to read: without our reference and without buttons.
    text = Text.of(one.text) if one.asks == "forward" else signed(one.text, office, one.id)
    choices = (action("sudahbaca", one.id, "Sudah baca"),) if one.asks == "read" else ()
    leaves = from_utc_text(one.sends_at) if one.sends_at and not one.is_out(tx.stamp) else None
    leaves = later or leaves
    lives = (leaves or tx.now) + LIVES
    posted = _post(tx, person_id, Message(text, choices, file), "broadcast", one.id, occurrence, leaves, lives)
    if posted and one.asks == "forward":
        card = forward_card(one.id, forwards.of_person(tx.db, one.id, person_id))
        posted += _post(tx, person_id, card, "forward", one.id, occurrence, leaves, lives)
    return posted


def forward_card(broadcast_id: int, groups: list[Forward]) -> Message:
    """Ask a facilitator to pass it on, with a button for each group that has not been told."""
    left = [one for one in groups if one.done_at is None]
    done = len(groups) - len(left)
    if not left:
        return Message(Text.of(f"✅ Sudah diteruskan ke {done} kelompok. Terima kasih."))
    told = f"Sudah: {done} dari {len(groups)} kelompok." if done else f"{len(groups)} kelompok."
    buttons = [_mark(broadcast_id, one) for one in left[:MOST_GROUPS]]
    everyone = [action("terusan", f"{broadcast_id}.semua", "Semua sudah")] if len(left) > 1 else []
    return Message(lines([FORWARD, told]), (*buttons, *everyone))


def _mark(broadcast_id: int, one: Forward) -> Choice:
    return action("terusan", f"{broadcast_id}.{one.group_id}", f"{one.group}, {one.village}")


def _post(
    tx: Settling,
    person_id: int,
    message: Message,
    kind: str,
    broadcast_id: int,
    occurrence: str,
    leaves: datetime | None,
    lives: datetime,
) -> int:
    return tx.notify(
        person_id,
        message,
        kind=kind,
        object=f"broadcast:{broadcast_id}",
        occurrence=occurrence,
        lane=2,
        not_before=leaves,
        expires_at=lives,
    )
