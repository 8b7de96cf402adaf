"""Which statuses count as present: the office's own rule, for transport money and certificates."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.events.event_desk import OPERATORS
from storage import office, statuses

CHANGEABLE = ("T", "I", "S", "DL")  # who is there on time always counts, and who gave no word never does


@dataclass(frozen=True, slots=True)
class Rule:
    """A status that is to count, or not to; '' only shows the rules."""

    status: str = ""
    counts: bool = False


async def read_tap(chat: Chat, read: Reader) -> Rule:
    """Read the button: "DL.1" lets Dinas luar count."""
    if not chat.arg:
        return Rule()
    status, _, counts = chat.arg.upper().partition(".")
    if status not in CHANGEABLE or counts not in ("0", "1"):
        raise Refused("Tombol itu tidak berlaku lagi. Lihat /kegiatan.")
    return Rule(status, counts == "1")


def save(tx: Settling, rule: Rule) -> None:
    """Change the rule if one is given, and show all of them."""
    if tx.me.role not in OPERATORS:
        raise Refused("Aturan kehadiran hanya diatur oleh operator Dinas.")
    if rule.status and statuses.set_counts(tx.db, rule.status, rule.counts):
        office.note(tx.db, tx.stamp, tx.me.id, "status", "office", f"{rule.status} {int(rule.counts)}")
    told, choices = _rules(tx)
    if rule.status:
        tx.replace_card(told, *choices)
    else:
        tx.say(told, *choices)


def _rules(tx: Settling) -> tuple[Text, list[Choice]]:
    known = statuses.all_statuses(tx.db)
    yes, no = ([one.title for one in known if one.counts is wanted] for wanted in (True, False))
    told = lines(
        [
            bold("Status yang dihitung hadir"),
            f"Dihitung: {', '.join(yes)}",
            f"Tidak dihitung: {', '.join(no)}",
            "Berlaku untuk syarat sertifikat dan uang transpor semua kegiatan.",
        ]
    )
    choices = [
        action("status", f"{one.status}.{int(not one.counts)}", f"{one.title}: {'tidak ' * one.counts}hitung")
        for one in known
        if one.status in CHANGEABLE
    ]
    return told, choices


STATUSES = Dialog("status", "Status hadir", read_tap, save, OPERATORS)
