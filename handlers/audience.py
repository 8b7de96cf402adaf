"""Choosing whom something is for: roles and kecamatan, offered only where the roster has people."""

from bot.chat import Chat, Reader, Refused
from bot.picked import choose, tick
from bot.text import Text
from storage import invitations, places
from storage.events import Audience
from storage.invitations import Reach

CHANNELS = {"telegram": "Telegram", "whatsapp": "WhatsApp", "simulator": "simulator"}
FIELD = ("coordinator", "supervisor", "facilitator", "tksk")
KINDS = {
    "all": ("Semua petugas", FIELD),
    "pkh": ("Pendamping PKH", ("facilitator",)),
    "tksk": ("TKSK", ("tksk",)),
}
SOME = "Pilih kecamatan"
EMPTY = "Belum ada petugas aktif di daftar, jadi tidak ada yang dikirimi. Isi dulu daftarnya lewat /petugas."


async def ask_audience(chat: Chat, read: Reader, prompt: str | Text) -> Audience:
    """Ask for whom; an audience without anybody is never offered."""
    people = await read(invitations.people_by_role_and_district)
    roles = {role for role, _, _ in people}
    kinds = {key: title for key, (title, those) in KINDS.items() if roles & set(those)}
    if not kinds:
        raise Refused(EMPTY)
    peopled = {district for role, district, _ in people if role in FIELD and district is not None}
    offered = kinds | ({"some": SOME} if peopled else {})
    chosen = await chat.ask("audience", choose(prompt, offered), label="Untuk siapa")
    if chosen != SOME:
        return Audience(_roles(chosen))
    known = {str(one.id): one for one in await read(places.districts) if one.id in peopled}
    which = tick("Kecamatan mana saja? Boleh lebih dari satu, lalu Selesai.", known, lambda one: one.name)
    districts = await chat.ask("districts", which, label="Kecamatan")
    ids = tuple(one.id for one in districts)
    there = {role for role, district, _ in people if district in ids}
    kinds = {key: title for key, (title, those) in KINDS.items() if there & set(those)}
    about = ",".join(map(str, ids))
    chosen = await chat.ask("roles", choose("Siapa di sana?", kinds), about=about, label="Peran")
    return Audience(_roles(chosen), ids)


def show_reach(reach: Reach) -> str:
    """Write "Akan dikirim ke 168 orang: 151 lewat Telegram, 11 lewat simulator, 6 belum terdaftar."."""
    parts = [f"{count} lewat {CHANNELS.get(channel, channel)}" for channel, count in reach.by_channel]
    parts += [f"{reach.blocked} memblokir bot"] if reach.blocked else []
    parts += [f"{reach.unregistered} belum terdaftar"] if reach.unregistered else []
    return f"Akan dikirim ke {reach.total} orang: {', '.join(parts)}."


def _roles(title: str) -> tuple[str, ...]:
    return next(those for shown, those in KINDS.values() if shown == title)
