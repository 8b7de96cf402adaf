"""Recaps by role: a facilitator's own P2K2, everybody's for who oversees it, and an event's for the office."""

from dataclasses import replace

from bot.chat import Chat, Dialog, Reader
from bot.picked import choose
from bot.settling import Settling
from handlers.accounting import event_recap
from handlers.events.desk_sections import Wanted, say_section
from handlers.meetings.groups import FACILITATORS
from handlers.overseeing import month_card
from handlers.overseeing.month_card import Recap
from handlers.overseeing.scope import OVERSEERS
from handlers.reporting import my_recap
from handlers.reporting.my_recap import MonthCard
from storage import month_standing

KINDS = {"p2k2": "P2K2", "event": "Kegiatan"}


async def ask(chat: Chat, read: Reader) -> MonthCard | Recap | int:
    """Ask for the recap of the person's role; the operator says which of two, or names an event by its id."""
    if chat.me.role in FACILITATORS:
        return await my_recap.ask_month(chat, read)
    if chat.me.role == "operator":
        only_events = chat.arg or not await read(month_standing.has_groups)
        kind = await chat.ask("kind", choose("Rekap apa?", KINDS), given="event" if only_events else None)
        if kind == KINDS["event"]:
            return await event_recap.ask_event(chat, read)
    return await month_card.ask(replace(chat, arg=""), read)


def save(tx: Settling, recap: MonthCard | Recap | int) -> None:
    """Send the month, or show what there is to look at."""
    match recap:
        case MonthCard():
            my_recap.say_month(tx, recap)
        case Recap():
            month_card.save(tx, recap)
        case event_id:
            say_section(tx, Wanted(event_id, "rekap"))


RECAPS = Dialog("rekap", "Rekap", ask, save, FACILITATORS | OVERSEERS, steps=1)
