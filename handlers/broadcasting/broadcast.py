"""Broadcasting: what and to whom, with the reach, a typed yes for many, a hold, a second yes if the office wants."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.dates import show_moment
from bot.message import Message
from bot.picked import choose
from bot.settling import Settling
from bot.templates import template_for
from bot.text import Text, bold, lines
from handlers.announcing.audience import FAMILIES, ask_audience, show_reach
from handlers.announcing.event_details import LEFT_OUT, Unasked
from handlers.announcing.forecast import Forecast, ask_forecast
from handlers.announcing.leaving import later_for, later_line, leaves_at, quiet_line
from handlers.announcing.send_time import SendTime
from handlers.broadcasting.content import Content, WhatToSay
from handlers.broadcasting.copies import send_copy, signed
from handlers.broadcasting.delivery_card import card_of
from handlers.broadcasting.second_yes import ask_second_yes, needs_second_yes
from handlers.events.event_card import to_json
from storage import broadcasts, forwards, office, places
from storage.broadcasts import Asks, Broadcast
from storage.events import Audience
from storage.reach import Reach, reach

SENDERS = frozenset({"operator", "coordinator"})
KINDS = {"staff": "Petugas", "families": FAMILIES}
AHEAD = timedelta(days=60)
EARLIER_SHOWN, MOST_LABEL = 10, 40
NO_GROUPS = "Belum ada pendamping yang punya kelompok, jadi belum ada keluarga yang bisa dikabari lewat mereka."


@dataclass(frozen=True, slots=True)
class Plan:
    """A broadcast as it was confirmed, and how many people it was said to go to."""

    content: Content
    audience: Audience
    asks: Asks
    reach: int
    sends_at: datetime | None  # None: after the hold


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier broadcast to be looked at."""

    broadcast_id: int


def make_broadcast(office_name: str) -> Dialog[Plan | Earlier]:
    """Make the dialog; `office_name` signs what is sent."""

    async def ask(chat: Chat, read: Reader) -> Plan | Earlier:
        earlier = {str(one.id): one for one in await read(broadcasts.latest, EARLIER_SHOWN)}
        content = await chat.ask("content", WhatToSay(bool(earlier)), label="Isi")
        if not content.text:
            one = await chat.ask("earlier", choose("Siaran yang mana?", earlier, _label))
            return Earlier(one.id)
        return await _ask_plan(chat, read, content, office_name)

    def save(tx: Settling, wanted: Plan | Earlier) -> None:
        if isinstance(wanted, Earlier):
            found = broadcasts.broadcast(tx.db, wanted.broadcast_id)
            assert found is not None
            tx.say(card_of(tx.db, found, tx.stamp, tx.zone))
            return
        _save_plan(tx, wanted, office_name)

    return Dialog("siaran", "Siaran", ask, save, SENDERS, steps=3)


async def _ask_plan(chat: Chat, read: Reader, content: Content, office_name: str) -> Plan:
    kind = await chat.ask("kind", choose("Untuk siapa?", KINDS), label="Kepada")
    told: tuple[str, ...] = ()
    asks: Asks = "forward"
    if kind == KINDS["families"]:
        audience = await _ask_families(chat, read)
    else:
        recipients = await ask_audience(chat, read, "Petugas yang mana?")
        audience, told = recipients.audience, recipients.told
        wants = await chat.ask("read", Unasked(choose("Minta tombol Sudah baca?", {"yes": "Ya"})), given=LEFT_OUT)
        asks = "read" if wants else ""
    question = Unasked(SendTime(chat.now, chat.now + AHEAD, chat.zone))
    sends = await chat.ask("sends", question, given=LEFT_OUT)
    leaves = await read(leaves_at, chat.now, chat.zone, sends)
    reached = await read(reach, audience, template_for("broadcast").name, utc_text(leaves))
    plan = Plan(content, audience, asks, reached.total, sends)
    night = "" if sends else quiet_line(leaves, chat.now, chat.zone)
    later = await read(later_line, audience, leaves, chat.zone)
    cost = await ask_forecast(read, reached, utc_text(leaves), 2 if asks == "forward" else 1)
    await _confirm(chat, plan, (*told, night, later), reached, cost, office_name)
    return plan


async def _ask_families(chat: Chat, read: Reader) -> Audience:
    with_groups = await read(forwards.people_with_groups, ())
    if not with_groups:
        raise Refused(NO_GROUPS)
    districts = {str(one.id): one.name for one in await read(places.districts)}
    where = choose("Keluarga di mana?", {"all": "Semua kecamatan"} | districts)
    name = await chat.ask("where", where, label="Kecamatan")
    chosen = tuple(int(key) for key, one in districts.items() if one == name)
    people = await read(forwards.people_with_groups, chosen)
    if not people:
        raise Refused(
            f"Belum ada pendamping yang punya kelompok di Kecamatan {name}. Pilih kecamatan lain lewat /siaran."
        )
    return Audience((), chosen, tuple(people))  # the groups of others' kecamatan are left out by these districts


async def _confirm(
    chat: Chat, plan: Plan, told: tuple[str, ...], reached: Reach, cost: Forecast, office_name: str
) -> None:
    leaves = show_moment(plan.sends_at, chat.zone) if plan.sends_at else ""
    shown = Text.of(plan.content.text) if plan.asks == "forward" else signed(plan.content.text, office_name, None)
    file = f"Berkas: {plan.content.file.name}" if plan.content.file else ""
    also = {"sends": "Ganti waktu kirim" if plan.sends_at else "Jadwalkan"}
    if plan.asks == "":
        also["read"] = "Minta sudah baca"
    extra = {"read": "Dengan tombol Sudah baca.", "forward": "Tiap pendamping menandai kelompok yang sudah dikabari."}
    await chat.confirm(
        lines([shown, file, *told, extra.get(plan.asks, ""), bold(show_reach(reached, leaves)), str(cost)]),
        ("Jadwalkan" if plan.sends_at else "Kirim sekarang") if reached.total else "",
        also=also,
        sure=cost.sure(reached.total),
    )


def _save_plan(tx: Settling, plan: Plan, office_name: str) -> None:
    if tx.me.role not in SENDERS:
        raise Refused("Yang bisa mengirim siaran hanya operator Dinas dan koordinator.")
    one = broadcasts.add_broadcast(
        tx.db,
        ref=tx.ref,
        text=plan.content.text,
        attachment=to_json(plan.content.file),
        audience=plan.audience,
        asks=plan.asks,
        size=plan.reach,
        made_by=tx.me.id,
        now=tx.stamp,
        wanted_at=utc_text(plan.sends_at) if plan.sends_at else None,
    )
    office.note(tx.db, tx.stamp, tx.me.id, "broadcast", f"broadcast:{one.id}", f"{plan.reach} orang")
    if needs_second_yes(tx.db, plan.reach):
        ask_second_yes(tx, one)
        return
    if send_all(tx, one, office_name) != plan.reach:
        raise Refused("Daftar petugas baru saja berubah. Mohon periksa lagi penerimanya.")


def send_all(tx: Settling, one: Broadcast, office_name: str, decided_by: int | None = None) -> int:
    """Freeze the recipients, post their copies to leave after the hold, say so; return how many people that are."""
    wanted = from_utc_text(one.wanted_at) if one.wanted_at else None
    leaves = leaves_at(tx.db, tx.now, tx.zone, wanted)
    broadcasts.let_go(tx.db, one.id, utc_text(leaves), decided_by)
    people = broadcasts.freeze(tx.db, one.id, one.audience)
    if one.asks == "forward":
        forwards.freeze(tx.db, one.id)
    now = broadcasts.broadcast(tx.db, one.id)
    assert now is not None
    later = later_for(tx.db, leaves, tx.zone)
    for person_id in people:
        send_copy(tx, now, office_name, person_id, later=later.get(person_id))
    tx.say(Message.of(card_of(tx.db, now, tx.stamp, tx.zone)))
    return len(people)


def _label(one: Broadcast) -> str:
    whole = f"S{one.id} {' '.join(one.text.split())}"
    return whole if len(whole) <= MOST_LABEL else f"{whole[: MOST_LABEL - 1]}…"
