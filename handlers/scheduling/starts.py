"""What a start must be: ahead, and free for the group."""

from datetime import datetime

from bot.chat import Refused
from bot.clock import utc_text
from bot.settling import Settling
from storage import meetings

TAKEN = "Kelompok ini sudah punya rencana P2K2 pada waktu itu. Mohon ubah hari atau jamnya, atau /batal."


def refuse_bad_start(tx: Settling, group_id: int, starts: datetime) -> None:
    """Raise Refused where the start has passed, or the group has a plan at that very moment."""
    if starts <= tx.now:
        raise Refused("Waktu itu sudah lewat. Mohon ubah hari atau jamnya.")
    if meetings.planned_at(tx.db, group_id, utc_text(starts)) is not None:
        raise Refused(TAKEN)
