"""The dialogs of a facilitator's documents, and the office's template."""

from typing import Any

from bot.chat import Dialog
from handlers.reporting.recap_files import EXCEL, make_bundle
from handlers.reporting.report_template import TEMPLATE
from handlers.reporting.word_report import TEXT, make_word
from handlers.reporting.year_recap import YEAR


def make_reporting(office: str) -> tuple[Dialog[Any], ...]:
    """List them; `office` is its name as people read it."""
    return EXCEL, make_bundle(office), make_word(office), TEXT, YEAR, TEMPLATE
