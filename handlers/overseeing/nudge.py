"""Nudging those who have groups without a report: one message each, once a day, naming the groups."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Message
from bot.routes import action
from bot.settling import Settling
from bot.text import bold, lines
from handlers.announcing.leaving import waits, waits_line
from handlers.overseeing.month_card import by_facilitator, groups_of
from handlers.overseeing.scope import OVERSEERS, Scope, read_scope
from storage import month_standing, office
from storage.month_standing import Standing

SURE_ABOVE = 50
MOST_NAMED = 10
NOBODY = "Tidak ada yang perlu diingatkan: semua kelompok sudah punya laporan untuk {month}."


@dataclass(frozen=True, slots=True)
class Nudge:
    """What is to be nudged for, within what the person oversees; `district_id` keeps a supervisor to his or hers."""

    scope: Scope


async def ask(chat: Chat, read: Reader) -> Nudge:
    """Make sure where many would be told at once."""
    scope = read_scope(chat)
    owing = _owing(await groups_of(chat, read, scope))
    month = dates.show_month(scope.month)
    if not owing:
        raise Refused(NOBODY.format(month=month))
    people = len(by_facilitator(owing))
    said = f"{people} pendamping diingatkan tentang {len(owing)} kelompok tanpa laporan {month}."
    sure = (f"KIRIM {people}", f"Lebih dari {SURE_ABOVE} penerima. Ketik KIRIM {people} untuk memastikan.")
    await chat.confirm(said, "Ingatkan", sure=sure if people > SURE_ABOVE else None)
    return Nudge(scope)


def save(tx: Settling, nudge: Nudge) -> None:
    """Tell each facilitator about the groups that owe a report now; say how many were told."""
    scope = nudge.scope
    found = month_standing.standing(tx.db, scope.key, tx.stamp, scope.district_id)
    if tx.me.role == "supervisor":
        found = [one for one in found if one.district_id == tx.me.district_id]
    owing = _owing(one for one in found if scope.person_id in (None, one.person_id))
    told, late, without = 0, 0, []
    for first, groups in by_facilitator(owing):
        until = waits(tx.db, first.person_id, tx.now, tx.zone)
        sent = tx.notify(
            first.person_id,
            nudge_card(scope, groups),
            kind="nudge",
            object=f"month:{scope.key}",
            occurrence=tx.today.isoformat(),
            not_before=until,
        )
        told += sent > 0
        late += sent > 0 and until is not None
        without += [] if sent else [first.person]
    office.note(tx.db, tx.stamp, tx.me.id, "nudge", f"month:{scope.key}", str(told))
    tx.say(lines([f"{told} pendamping diingatkan.", waits_line(late), _left_out(without)]))


NUDGE = Dialog("pantau-ingatkan", "Ingatkan laporan P2K2", ask, save, OVERSEERS)


def nudge_card(scope: Scope, groups: Sequence[Standing]) -> Message:
    """Write what a facilitator reads: which groups have nothing yet, and the two ways on."""
    named = ", ".join(f"{one.group} ({one.village})" for one in groups)
    return Message(
        lines(
            [
                bold(f"P2K2 {dates.show_month(scope.month)}"),
                f"Belum ada laporan: {named}. Mohon dicatat atau dijadwalkan.",
            ]
        ),
        (action("p2k2", "", "Catat P2K2"), action("jadwal", scope.key, "Jadwal")),
    )


def _left_out(names: Sequence[str]) -> str:
    if not names:
        return ""
    more = f" dan {len(names) - MOST_NAMED} lainnya" if len(names) > MOST_NAMED else ""
    named = ", ".join(names[:MOST_NAMED])
    return f"Tidak dikirimi, karena sudah diingatkan hari ini atau belum terdaftar: {named}{more}."


def _owing(groups: Iterable[Standing]) -> list[Standing]:
    return [one for one in groups if one.status == "none"]
