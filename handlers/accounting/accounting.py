"""Accounting for an event: every dialog behind the desk's section Rekap, and the checking of what it prints."""

from collections.abc import Callable
from typing import Any

from bot.chat import Dialog
from handlers.accounting.certificates import make_certificates
from handlers.accounting.event_pictures import PICTURES
from handlers.accounting.event_recap import RECAP
from handlers.accounting.letterhead import make_letterhead
from handlers.accounting.print_list import make_print_list
from handlers.accounting.status_counts import STATUSES


def make_accounting(office_name: str, link: Callable[[str], str]) -> tuple[Dialog[Any], ...]:
    """Make the dialogs; `link` turns a deep link's payload ("c_K7M2PXQ4") into an address, '' where there is none."""
    return (
        RECAP,
        make_print_list(office_name, link),
        *make_certificates(office_name, link),
        PICTURES,
        make_letterhead(office_name),
        STATUSES,
    )
