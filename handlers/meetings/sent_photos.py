"""Photos that come unasked: with a line as their caption they open a draft that has them; without, it is asked.

What was sent travels in the dialog's argument: the caption, and the digests of what could be opened.
"""

from datetime import date

from bot import dates
from bot.chat import Chat, Dialog, Reader
from bot.clock import utc_text
from bot.message import Said
from bot.picked import choose
from bot.routes import Wanted
from bot.sent import why_lost
from bot.settling import Settling
from handlers.meetings import late_photos, log_meeting
from handlers.meetings.groups import FACILITATORS
from handlers.meetings.late_photos import Late, add_to
from handlers.meetings.one_line import read_line
from handlers.meetings.save_report import Logged
from handlers.meetings.save_report import save as save_report
from handlers.meetings.saved import DRAFT_FOR
from handlers.meetings.sent_line import join_photos, photos_in
from storage import groups, lessons, pictures
from storage.pictures import Recent

NEW, NONE = "new", "none"


def read_photos(said: Said) -> Wanted | None:
    """Recognise photos that nobody asked for."""
    if said.kind != "photo" or not said.files:
        return None
    lost = why_lost(said.files)
    return Wanted(SENT_PHOTOS.name, join_photos(said.text, [one.digest for one in said.files if one.digest], lost))


async def run(chat: Chat, read: Reader) -> Logged | Late | str | None:
    """Open the draft that the caption tells, else ask which report the photos are for."""
    sent = photos_in(chat.arg)
    if await _is_a_line(chat, read, sent.caption):
        return await log_meeting.run(chat, read)
    if not sent.digests:
        return sent.lost
    since = utc_text(chat.now - DRAFT_FOR)
    recent = {f"m{one.meeting_id}": one for one in await read(pictures.recent_reports, chat.me.id, since)}
    if not chat.answers:
        chat.say(sent.lost)
        chat.say(f"Tulisan “{sent.caption}” tidak terbaca sebagai laporan." if sent.caption else "")
    offered: dict[str, Recent | str] = {**recent, NEW: "Laporan baru", NONE: "Bukan untuk laporan"}
    where = await chat.ask(
        "where", choose(f"{len(sent.digests)} foto diterima. Untuk laporan mana?", offered, _label), label="Laporan"
    )
    if where == offered[NEW]:
        return await log_meeting.run(chat, read)
    if isinstance(where, Recent):
        return await add_to(chat, read, where.meeting_id, sent)
    return "Baik, fotonya tidak dipakai."


def save(tx: Settling, result: Logged | Late | str | None) -> None:
    """Write what the photos were for."""
    match result:
        case str():
            tx.say(result)
        case Late():
            late_photos.save(tx, result)
        case _:
            save_report(tx, result)


SENT_PHOTOS = Dialog("kiriman", "Laporan P2K2", run, save, FACILITATORS, steps=7)


async def _is_a_line(chat: Chat, read: Reader, caption: str) -> bool:
    if not caption:
        return False
    mine, syllabus = await read(groups.groups_of, chat.me.id), await read(lessons.lessons_in_use)
    line = read_line(caption, mine, syllabus, chat.today, chat.zone)
    return bool(line.told)


def _label(one: Recent | str) -> str:
    return one if isinstance(one, str) else f"{one.group} · {dates.show_short_day(date.fromisoformat(one.day))}"
