"""Choosing whom something is for: roles and kecamatan that the roster has people in, and people by their names."""

from dataclasses import dataclass
from typing import Any

from bot.chat import Chat, Reader, Refused
from bot.picked import choose, tick
from bot.text import Text
from handlers.announcing.event_details import LEFT_OUT, Unasked
from handlers.announcing.several_people import Listed, SeveralPeople
from storage import events, places
from storage.database import Connection
from storage.events import Audience
from storage.reach import Reach, people_by_role_and_district

CHANNELS = {"telegram": "Telegram", "whatsapp": "WhatsApp", "simulator": "simulator"}
FIELD = ("coordinator", "supervisor", "facilitator", "tksk")
KINDS = {
    "all": ("Semua petugas", FIELD),
    "pkh": ("Pendamping PKH", ("facilitator",)),
    "tksk": ("TKSK", ("tksk",)),
}
FAMILIES = "Keluarga, lewat pendamping"
SOME = "Pilih kecamatan"
NAMED = "Pilih orang"
WHY_SHUT = "lebih dari 24 jam tidak menulis ke bot, dan templatnya belum disetujui WhatsApp"
EMPTY = "Belum ada petugas aktif di daftar, jadi tidak ada yang dikirimi. Isi dulu daftarnya lewat /petugas."
HOW = "Ketik namanya, boleh sebagian, pisahkan dengan koma atau baris baru."


@dataclass(frozen=True, slots=True)
class Recipients:
    """The audience, and the words for it where roles and kecamatan do not say all."""

    audience: Audience
    told: tuple[str, ...]


async def ask_audience(chat: Chat, read: Reader, prompt: str | Text, known: Audience | None = None) -> Recipients:
    """Ask for whom; an audience without anybody is never offered. `known` is that of an event that is copied."""
    listed = await read(events.field_names)
    given = _given(known, {one[0] for one in listed}) if known else {}
    people = await read(people_by_role_and_district)
    roles = {role for role, _, _ in people}
    kinds = {key: title for key, (title, those) in KINDS.items() if roles & set(those)}
    if not kinds:
        raise Refused(EMPTY)
    peopled = {district for role, district, _ in people if role in FIELD and district is not None}
    offered = kinds | ({"some": SOME} if peopled else {}) | {"named": NAMED}
    chosen = await chat.ask("audience", choose(prompt, offered), label="Untuk siapa", given=given.get("audience"))
    districts: tuple[int, ...] = ()
    meant: tuple[str, ...] = ()
    if chosen == SOME:
        names = {str(one.id): one for one in await read(places.districts) if one.id in peopled}
        which = tick("Kecamatan mana saja? Boleh lebih dari satu, lalu Selesai.", names, lambda one: one.name)
        picked = await chat.ask("districts", which, label="Kecamatan", given=given.get("districts"))
        districts = tuple(one.id for one in picked)
        there = {role for role, district, _ in people if district in districts}
        kinds = {key: title for key, (title, those) in KINDS.items() if there & set(those)}
        about = ",".join(map(str, districts))
        role = choose("Siapa di sana?", kinds)
        chosen = await chat.ask("roles", role, about=about, label="Peran", given=given.get("roles"))
    also: tuple[Listed, ...] | None
    if chosen == NAMED:
        question = SeveralPeople(f"Siapa saja? {HOW}", listed)
        also = await chat.ask("people", question, label="Orang", given=given.get("people"))
    else:
        meant = _roles(chosen)
        more = Unasked(SeveralPeople(f"Siapa lagi? {HOW} Lewati kalau tidak ada.", listed))
        also = await chat.ask("people", more, about="more", label="Juga untuk", given=given.get("people") or LEFT_OUT)
    none = Unasked(SeveralPeople(f"Siapa yang tidak diundang? {HOW} Lewati kalau tidak ada.", listed))
    without = await chat.ask("except", none, label="Kecuali", given=given.get("except") or LEFT_OUT)
    audience = Audience(meant, districts, _ids(also), _ids(without))
    shown = (("Juga untuk" if meant else "Untuk", also), ("Kecuali", without))
    return Recipients(audience, tuple(f"{label}: {none.show(those)}" for label, those in shown if those))


def show_reach(reach: Reach, leaves: str = "") -> str:
    """Write "Akan dikirim ke 168 orang: 151 lewat Telegram, 11 lewat simulator, 6 belum terdaftar."."""
    parts = [f"{count} lewat {CHANNELS.get(channel, channel)}" for channel, count in reach.by_channel]
    if reach.shut:
        place = next(place for place, one in enumerate(reach.by_channel) if one[0] == "whatsapp")
        parts[place] += f" ({reach.shut} di antaranya tidak bisa dikirimi: {WHY_SHUT})"
    parts += [f"{reach.blocked} memblokir bot"] if reach.blocked else []
    parts += [f"{reach.unregistered} belum terdaftar"] if reach.unregistered else []
    when = f"{leaves} " if leaves else ""
    return f"Akan dikirim {when}ke {reach.total} orang{': ' if parts else ''}{', '.join(parts)}."


def show_audience(db: Connection, audience: Audience, *, families: bool = False) -> str:
    """Write whom it is for: "Pendamping PKH, Kecamatan Binjai, Stabat, kecuali 1 orang"."""
    named = {one.id: one.name for one in places.districts(db)}
    parts = [FAMILIES] if families else [title for title, those in KINDS.values() if those == audience.roles]
    where = [named[one] for one in audience.districts if one in named]
    parts += [f"Kecamatan {', '.join(where)}"] if where else []
    parts += [f"{len(audience.people)} orang yang dipilih"] if audience.people and not families else []
    parts += [f"kecuali {len(audience.excluded)} orang"] if audience.excluded else []
    return f"{', '.join(parts)}."


def _ids(people: tuple[Listed, ...] | None) -> tuple[int, ...]:
    return tuple(one[0] for one in people or ())


def _roles(title: str) -> tuple[str, ...]:
    return next(those for shown, those in KINDS.values() if shown == title)


def _given(audience: Audience, listed: set[int]) -> dict[str, Any]:
    """Return the answers that lead to this audience, as they are kept; who is not listed any more is left out."""
    kind = next((key for key, (_, those) in KINDS.items() if those == audience.roles), None)
    people: dict[str, Any] = {
        "people": [one for one in audience.people if one in listed] or None,
        "except": [one for one in audience.excluded if one in listed] or None,
    }
    if not audience.roles:
        return people | {"audience": "named"}
    if audience.districts:
        return people | {"audience": "some", "districts": [str(one) for one in audience.districts], "roles": kind}
    return people | {"audience": kind}
