"""An event's rules of checking in, which the operator sets: the codes, the evidence that counts, and who may come."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.picked import choose, tick, yes_or_no
from bot.settling import Settling
from bot.text import Text, bold, lines
from bot.typed import a_number
from handlers.announcing.event_details import LEFT_OUT, Unasked
from handlers.events.event_desk import OPERATORS, event_number
from storage import events, office
from storage.check_in_rules import Rules, rules_of, set_rules
from storage.slots import slots_of

LEVELS = {
    "A": "Dipindai panitia",
    "B": "Kode langsung",
    "C": "Kode tertunda",
    "D": "Dibantu teman",
    "E": "Dicatat panitia",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rules as they were confirmed."""

    event_id: int
    rules: Rules


async def ask_rules(chat: Chat, read: Reader) -> Wanted:
    """Show the rules as they are, and let each be changed from there."""
    event = await read(events.event, event_number(chat.arg))
    if event is None or event.state == "cancelled":
        raise Refused("Kegiatan itu tidak ada, atau sudah dibatalkan. Lihat /kegiatan.")
    now, slots = await read(rules_of, event.id), await read(slots_of, event.id)
    codes = choose(
        "Kode absennya?", {"fixed": False, "rotating": True}, lambda one: "Berganti tiap 30 detik" if one else "Tetap"
    )
    rotating = await chat.ask("codes", codes, label="Kode absen", given="rotating" if now.rotating else "fixed")
    counting = tick("Bukti mana yang dihitung hadir?", {key: key for key in LEVELS}, LEVELS.__getitem__)
    levels = await chat.ask("levels", counting, label="Bukti yang dihitung", given=list(now.levels))
    enough = Unasked(
        a_number(f"Hadir di berapa dari {len(slots)} sesi supaya memenuhi syarat? Lewati kalau semua.", 1, len(slots))
    )
    needed = await chat.ask("needed", enough, label="Syarat hadir", given=now.needed or LEFT_OUT)
    walk_ins = yes_or_no("Yang tidak diundang boleh ikut, dengan persetujuan panitia?")
    taken = await chat.ask("walk_ins", walk_ins, label="Tanpa undangan", given="yes" if now.walk_ins else "no")
    leaving = yes_or_no("Pulangnya juga dicatat, dengan kode kedua?")
    exits = await chat.ask("exits", leaving, label="Absen pulang", given="yes" if now.exits else "no")
    where = now.location
    if event.latitude is not None:
        asking = yes_or_no("Minta lokasi sesudah absen? Yang disimpan hanya jauh dekatnya.")
        where = await chat.ask("location", asking, label="Lokasi", given="yes" if now.location else "no")
    rules = Rules(rotating, "".join(sorted(levels)), needed, taken, where, exits)
    await chat.confirm(lines([bold(f"{event.subject} · Aturan absen"), *_told(rules, len(slots))]))
    return Wanted(event.id, rules)


def save(tx: Settling, wanted: Wanted) -> None:
    """Keep the rules: they hold from now on, for what is recorded already as well."""
    event = events.event(tx.db, wanted.event_id)
    if event is None or tx.me.role not in OPERATORS:
        raise Refused("Aturan absen hanya diatur oleh operator Dinas.")
    set_rules(tx.db, event.id, wanted.rules)
    detail = f"{'rotating' if wanted.rules.rotating else 'fixed'} {wanted.rules.levels} needed {wanted.rules.needed}"
    office.note(tx.db, tx.stamp, tx.me.id, "rules", f"event:{event.id}", detail)
    tx.say(f"✅ Aturan absen {event.subject} tersimpan.")


def _told(rules: Rules, slots: int) -> list[str | Text]:
    return [
        f"Kode absen: {'berganti tiap 30 detik' if rules.rotating else 'tetap'}",
        f"Bukti yang dihitung: {', '.join(LEVELS[one].lower() for one in rules.levels)}",
        f"Syarat hadir: {f'{rules.needed} dari {slots} sesi' if rules.needed else 'semua sesi'}",
        f"Tanpa undangan: {'boleh, dengan persetujuan panitia' if rules.walk_ins else 'tidak'}",
        f"Absen pulang: {'dicatat' if rules.exits else 'tidak'}",
        "Lokasi: diminta sesudah absen" if rules.location else "",
    ]


RULES = Dialog("aturanabsen", "Aturan absen", ask_rules, save, OPERATORS)
