"""The outlet of a notice: which of a person's chats it goes to, and as what, or why none of them can take it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.clock import utc_text
from bot.message import Capabilities
from bot.templates import template_for
from bot.windows import CLOSED, is_open
from storage import chats, costs, templates
from storage.chats import ChatRow
from storage.database import Connection

SPENT = "ceiling"
"""The error class of a reminder that was not sent because the month's ceiling is reached."""

CAN_BE_SPARED = frozenset({"reminder", "chase"})


@dataclass(frozen=True, slots=True)
class Outlet:
    """A chat; `template` is what may go while its window is closed ('': none), `error` why nothing may go now."""

    to: ChatRow
    can: Capabilities
    template: str = ""
    error: str | None = None
    shut: bool = False


def choose(
    db: Connection,
    capabilities: Mapping[str, Capabilities],
    person_id: int,
    at: datetime,
    *,
    kind: str,
    about: str,
    rule: str = "",
    without: Collection[str] = (),
) -> Outlet | None:
    """Return where a notice that leaves at `at` goes: the first of the person's chats, as preferred, that can take it.

    Where none can, the first of all, with the reason; None where the person has no chat on a channel that is on.
    """
    found = [
        _outlet(db, chat, capabilities[chat.channel], at, kind, about, rule)
        for chat in chats.chats_of(db, person_id)
        if chat.channel in capabilities and chat.channel not in without
    ]
    return next((one for one in found if one.error is None), found[0] if found else None)


def _outlet(db: Connection, chat: ChatRow, can: Capabilities, at: datetime, kind: str, about: str, rule: str) -> Outlet:
    if can.window is None:
        return Outlet(chat, can)
    if kind in CAN_BE_SPARED and costs.is_spent(db, utc_text(at)):
        return Outlet(chat, can, error=SPENT)
    name = template_for(kind, about, rule).name
    name = name if templates.is_approved(db, name) else ""
    shut = not is_open(can, chat.spoke_at, at)
    return Outlet(chat, can, name, CLOSED if shut and not name else None, shut)
