"""The main channel (kanal): where somebody who has several wants to be told things."""

from bot.chat import Chat, Dialog, Reader, Refused
from bot.picked import choose
from bot.settling import Settling
from handlers.people.roster_person import CHANNELS
from storage import people, roster_search

LAST = "last"
LAST_SAYS = "Yang terakhir dipakai"
ONE = (
    "Bapak/Ibu baru terdaftar di satu kanal. Kalau ingin dua, kirim halo ke nomor atau bot Dinas di kanal yang lain "
    "dari HP yang sama."
)


async def ask_channel(chat: Chat, read: Reader) -> str | None:
    """Ask for one of the person's channels; None for the one last used."""
    me = await read(roster_search.listed, chat.me.id)
    assert me is not None, "people are never deleted"
    if len(me.channels) < 2:
        raise Refused(ONE)
    offered = {one: one for one in (*me.channels, LAST)}
    said = "Pemberitahuan dan pengingat dikirim ke mana? Jawaban atas pesan Bapak/Ibu selalu datang di tempat asalnya."
    chosen = await chat.ask("channel", choose(said, offered, _name))
    return None if chosen == LAST else chosen


def save_channel(tx: Settling, channel: str | None) -> None:
    """Keep it."""
    people.set_main_channel(tx.db, tx.me.id, channel)
    where = f"lewat {_name(channel)}" if channel else "ke kanal yang terakhir dipakai"
    tx.say(f"✅ Mulai sekarang pemberitahuan dikirim {where}. Kalau tidak sampai, dicoba lewat kanal yang lain.")


def _name(channel: str) -> str:
    return LAST_SAYS if channel == LAST else CHANNELS.get(channel, channel)


MAIN_CHANNEL = Dialog("kanal", "Kanal utama", ask_channel, save_channel, steps=1)
