"""What happens when groups change hands: plans and reminders follow, and everybody concerned is told."""

from collections.abc import Sequence

from bot.message import Message
from bot.routes import action
from bot.settling import Settling
from handlers.groups.naming import MOST_LETTERS
from storage import groups, handovers, office, people
from storage.groups import Group
from storage.people import Person

MOST_NAMED = 5


def names_of(of: Sequence[Group]) -> str:
    """Write "Kelompok Melati (Kwala Bingai), Mawar (Karang Rejo)", and of many how many more there are."""
    named = ", ".join(f"{one.name} ({one.village})" for one in of[:MOST_NAMED])
    return f"Kelompok {named}" + (f" dan {len(of) - MOST_NAMED} lainnya" if len(of) > MOST_NAMED else "")


def transfer(tx: Settling, going: Sequence[Group], giver: Person, taker: Person) -> None:
    """Give the groups and what is planned for them to the taker; tell both, but not the one who does it."""
    renamed = []
    for one in going:
        name = groups.free_name(tx.db, taker.id, one.village_id, one.name, MOST_LETTERS)
        if name != one.name:
            renamed.append(f"{one.name} sekarang bernama {name}, karena nama itu sudah ada di desa itu.")
        day = tx.today.isoformat()
        moved = handovers.hand_over(tx.db, one.id, taker.id, name=name, day=day, by=tx.me.id, now=tx.stamp)
        for meeting_id in moved:
            tx.withdraw_from(giver.id, "reminder", f"meeting:{meeting_id}")
        office.note(tx.db, tx.stamp, tx.me.id, "hand over", f"group:{one.id}", f"person:{giver.id} > person:{taker.id}")
    by = f" oleh {tx.me.name}" if tx.me.id not in (giver.id, taker.id) else ""
    note = " ".join(["Rencana pertemuannya ikut pindah.", *renamed])
    card = action("kelompok", going[0].id, "Lihat kelompok") if len(going) == 1 else action("kelompok", "", "Kelompok")
    told = {
        taker.id: Message.of(
            f"Diserahkan kepada Bapak/Ibu{by}: {names_of(going)}. Sebelumnya dampingan {giver.name}. {note}",
            card,
            action("jadwal", "", "Jadwal"),
        ),
        giver.id: Message.of(
            f"Diserahkan ke {taker.name}{by}: {names_of(going)}. Laporan Bapak/Ibu yang sudah ada tetap di /rekap."
        ),
    }
    for person_id, message in told.items():
        whom = people.person(tx.db, person_id)
        if person_id != tx.me.id and whom is not None and whom.state == "active":
            tx.notify(person_id, message, kind="handover", object=f"group:{going[0].id}", occurrence=tx.ref)
