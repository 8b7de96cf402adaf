"""What those do who got a broadcast: say that they have read it, or which groups they have passed it on to."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.dates import show_moment
from bot.routes import number_in
from bot.settling import Settling
from handlers.broadcasting.copies import forward_card
from storage import broadcasts, forwards

NOT_YOURS = "Siaran itu bukan untuk Bapak/Ibu."


@dataclass(frozen=True, slots=True)
class Told:
    """A group that has been told of a broadcast; None for all of the person's."""

    broadcast_id: int
    group_id: int | None


async def read_id(chat: Chat, read: Reader) -> int:
    """Take the broadcast that the button names."""
    return number_in(chat.arg)


def save_read(tx: Settling, broadcast_id: int) -> None:
    """Note that it was read; the second tap says since when."""
    since = broadcasts.note_read(tx.db, broadcast_id, tx.me.id, tx.stamp)
    if since is None:
        raise Refused(NOT_YOURS)
    tx.say(f"✅ Siaran S{broadcast_id} sudah dibaca, {show_moment(from_utc_text(since), tx.zone)}.")


async def read_told(chat: Chat, read: Reader) -> Told:
    """Take the broadcast and the group that the button names."""
    broadcast, _, group = chat.arg.partition(".")
    return Told(number_in(broadcast), None if group == "semua" else number_in(group))


def save_told(tx: Settling, told: Told) -> None:
    """Note it, and show what is left."""
    groups = forwards.of_person(tx.db, told.broadcast_id, tx.me.id)
    if told.group_id not in (None, *(one.group_id for one in groups)) or not groups:
        raise Refused(NOT_YOURS)
    forwards.mark_done(tx.db, told.broadcast_id, tx.me.id, told.group_id, tx.stamp)
    tx.replace_card(forward_card(told.broadcast_id, forwards.of_person(tx.db, told.broadcast_id, tx.me.id)))


READ_IT = Dialog("sudahbaca", "Tanda baca", read_id, save_read)
PASSED_ON = Dialog("terusan", "Penerusan siaran", read_told, save_told)
