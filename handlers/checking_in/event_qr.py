"""The check-in code as a picture: a QR code that opens the bot with the code, for the board or the projector."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.message import Attachment, Message
from bot.settling import Settling
from bot.text import Text, bold, code, lines
from handlers.checking_in.qr_pictures import qr_png
from handlers.events.event_desk import NOT_YOURS, day_title, event_number, is_desk, may_run, slot_now
from storage import events
from storage.check_in_rules import rules_of
from storage.slots import slots_of


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of an event's code, and what is said with it."""

    event_id: int
    file: Attachment
    text: Text


def make_qr(link: Callable[[str], str]) -> Dialog[Picture]:
    """Make the dialog that draws the code of the slot that is open, or the next one."""

    async def draw(chat: Chat, read: Reader) -> Picture:
        event = await read(events.event, event_number(chat.arg))
        if event is None or not await read(is_desk, event.id, chat.me.id, chat.me.role):
            raise Refused(NOT_YOURS)
        slot = await read(slot_now, event.id, utc_text(chat.now))
        if slot is None or event.state == "cancelled":
            raise Refused("Kegiatan itu sudah selesai, jadi tidak ada kode lagi.")
        if (await read(rules_of, event.id)).rotating:
            raise Refused(
                "Kode kegiatan ini berganti tiap 30 detik, jadi tidak bisa dicetak. Pakai Layar atau Papan di chat."
            )
        slots = await read(slots_of, event.id)
        assert chat.files is not None
        digest = await chat.files.lend(qr_png(link(f"h_{slot.code}") or f"HADIR {slot.code}"), "image/png")
        text = lines([bold(event.subject), Text.of(f"Kode {day_title(slots, slot)}: ") + code(slot.code)])
        return Picture(event.id, Attachment(digest, f"absen-{slot.day}.png", "photo"), text)

    return Dialog("qr", "Gambar QR", draw, save, EVERYONE)


def save(tx: Settling, picture: Picture) -> None:
    """Send the picture, to whom it is still due."""
    if not may_run(tx, picture.event_id):
        raise Refused(NOT_YOURS)
    tx.say(Message(picture.text, file=picture.file))
