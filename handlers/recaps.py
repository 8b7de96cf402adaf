"""Recaps: a facilitator's month of P2K2, or an event's attendance for the office."""

from bot.chat import Chat, Dialog, Reader
from bot.settling import Settling
from handlers import event_recap, month_recap
from handlers.event_recap import Recap
from handlers.groups import FACILITATORS
from handlers.month_recap import MonthRecap

OPERATORS = frozenset({"operator"})


async def ask(chat: Chat, read: Reader) -> MonthRecap | Recap:
    """Ask for the recap of the person's role."""
    if chat.me.role in FACILITATORS:
        return await month_recap.ask(chat, read)
    return await event_recap.ask(chat, read)


def save(tx: Settling, recap: MonthRecap | Recap) -> None:
    """Send it."""
    if isinstance(recap, MonthRecap):
        month_recap.save(tx, recap)
    else:
        event_recap.save(tx, recap)


RECAPS = Dialog("rekap", "Rekap", ask, save, FACILITATORS | OPERATORS, steps=1)
