"""Recaps: a facilitator's month of P2K2, or what there is to account for of an event, for the office."""

from bot.chat import Chat, Dialog, Reader
from bot.settling import Settling
from handlers.accounting import event_recap
from handlers.events.desk_sections import Wanted, say_section
from handlers.meetings import month_recap
from handlers.meetings.groups import FACILITATORS
from handlers.meetings.month_recap import MonthRecap

OPERATORS = frozenset({"operator"})


async def ask(chat: Chat, read: Reader) -> MonthRecap | int:
    """Ask for the recap of the person's role."""
    if chat.me.role in FACILITATORS:
        return await month_recap.ask(chat, read)
    return await event_recap.ask_event(chat, read)


def save(tx: Settling, recap: MonthRecap | int) -> None:
    """Send the month, or show what the event's desk has."""
    if isinstance(recap, MonthRecap):
        month_recap.save(tx, recap)
    else:
        say_section(tx, Wanted(recap, "rekap"))


RECAPS = Dialog("rekap", "Rekap", ask, save, FACILITATORS | OPERATORS, steps=1)
