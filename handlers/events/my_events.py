"""My events: what I am invited to, what I answered and when I checked in; the office sees every event and its state."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.dates import local, show_days, show_time
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.announcing.correction import CORRECT
from handlers.announcing.desk_invitations import CANCEL
from handlers.announcing.hold import RECALL, SEND_NOW, waiting_buttons, waiting_line
from handlers.announcing.phone_list import CALL_LIST, CALLED, HAND_ON
from handlers.announcing.resend import RESEND
from handlers.answers.answer_card import answer_line, buttons, said, show_answer
from handlers.answers.chase import CHASE
from handlers.answers.desk_answers import REFUSED, SILENT, count_answers
from handlers.answers.desk_rooms import ROOMS
from handlers.answers.phoned_answer import PHONED
from handlers.checking_in.assisting import ANSWER, HELP
from handlers.checking_in.board_picture import make_board_picture
from handlers.checking_in.by_hand import RECORD, UNDO
from handlers.checking_in.check_in_rules import RULES
from handlers.checking_in.desk_missing import MISSING
from handlers.checking_in.event_qr import make_qr
from handlers.checking_in.scanning import make_scanning
from handlers.checking_in.slot_switch import CLOSE, OPEN
from handlers.checking_in.walk_ins import WALK_IN
from handlers.events.committee import COMMITTEE
from handlers.events.desk_sections import DESK, desk_buttons, desk_lines
from handlers.events.event_card import card_lines
from handlers.events.event_desk import may_run, slot_title
from handlers.programme import feedback_card
from handlers.programme.ask_office import ask_button, takes_questions
from handlers.programme.event_files import files_button, files_for
from storage import check_ins, events, invitations
from storage.events import Event
from storage.slots import Slot, slots_of

LOOKS_BACK = timedelta(days=30)
MOST = 20
LABEL = 28  # characters of an event's subject on a button
NONE = "Belum ada kegiatan untuk Bapak/Ibu. Undangan baru dikirim ke chat ini."
NONE_AT_ALL = "Belum ada kegiatan. Buat yang pertama dengan /buat."


async def show(chat: Chat, read: Reader) -> int | None:
    """Return which event is asked for; None for the list."""
    if not chat.arg:
        return None
    if not (chat.arg.isascii() and chat.arg.isdigit()):
        raise Refused("Kegiatan itu tidak ada. Lihat daftarnya di /kegiatan.")
    return int(chat.arg[:9])


def say(tx: Settling, event_id: int | None) -> None:
    """Show one event, or the list; who has a single event sees it at once."""
    mine = _events(tx)
    if event_id is None and len(mine) == 1:
        event_id = mine[0].id
    if event_id is not None:
        _say_one(tx, event_id)
    elif not mine:
        tx.say(NONE_AT_ALL if tx.me.role == "operator" else NONE)
    else:
        told = [line for event in mine for line in _listed(tx, event)]
        tx.say(lines(["Kegiatan:", *told]), *(action("kegiatan", one.id, _label(one)) for one in mine))


def make_my_events(link: Callable[[str], str]) -> tuple[Dialog[Any], ...]:
    """Make the dialog behind /kegiatan, first, and those behind its buttons.

    `link` turns a deep link's payload ("h_K7M2P") into an address that opens the bot, or '' where there is none.
    """
    desk: tuple[Dialog[Any], ...] = (DESK, SILENT, REFUSED, PHONED, CHASE, ROOMS, COMMITTEE, CANCEL)
    checking_in: tuple[Dialog[Any], ...] = (
        MISSING,
        OPEN,
        CLOSE,
        RECORD,
        UNDO,
        RULES,
        HELP,
        ANSWER,
        WALK_IN,
        *make_scanning(link),
    )
    pictures = (make_qr(link), make_board_picture(link))
    mine = Dialog("kegiatan", "Kegiatan", show, say)
    announcing: tuple[Dialog[Any], ...] = (RECALL, SEND_NOW, CORRECT, RESEND, CALL_LIST, HAND_ON, CALLED)
    return mine, *desk, *announcing, *checking_in, *pictures


def _events(tx: Settling) -> list[Event]:
    if tx.me.role == "operator":
        return events.all_events(tx.db, MOST)
    mine = events.events_of(tx.db, tx.me.id, (tx.today - LOOKS_BACK).isoformat(), MOST)
    return [one for one in mine if one.is_out(tx.stamp)]


def _say_one(tx: Settling, event_id: int) -> None:
    event = events.event(tx.db, event_id)
    if event and tx.me.role == "operator" and not event.is_out(tx.stamp):
        tx.say(lines([card_lines(event, tx.zone), waiting_line(tx, event)]), *waiting_buttons(event))
        return
    event = event if event and event.is_out(tx.stamp) else None
    invitation = invitations.admit(tx.db, event_id, tx.me.id) if event else None
    runs = event is not None and may_run(tx, event.id)
    if event is None or not (invitation or runs):
        raise Refused("Bapak/Ibu tidak ada di daftar undangan kegiatan itu. Yang ada bisa dilihat di /kegiatan.")
    told: list[str | Text] = [card_lines(event, tx.zone)]
    choices: list[Choice] = []
    if event.state == "cancelled":
        told.append("⚠️ Dibatalkan")
    if runs:
        told += desk_lines(tx, event)
        # Who is invited as well has the own answer on this card: the desk is one button of it, or there were nine.
        choices += [action("meja", event.id, "Meja panitia")] if invitation else desk_buttons(tx, event)
    if invitation:
        slots = slots_of(tx.db, event.id)
        over = event.state == "cancelled" or slots[-1].closes_at <= tx.stamp
        # Who is there need not say any more whether he or she will come.
        came = any(check_ins.check_in_of(tx.db, slot.id, tx.me.id) for slot in slots)
        if invitation.answer and over:
            told.append(answer_line(invitation))
        elif invitation.answer or not (over or came):
            told.append(said(invitation))
        elif not came:
            told.append("Tidak dijawab.")
        told += _attended(tx, event)
        choices += [] if over or (came and not invitation.answer) else buttons(event, invitation)
        if not over and _can_be_scanned(tx, slots):
            choices.append(action("qrsaya", event.id, "QR saya"))
        choices += _programme(tx, event, runs=runs)
    tx.say(lines(told), *choices)


def _programme(tx: Settling, event: Event, *, runs: bool) -> list[Choice]:
    """Offer what there is during and after the event; who runs it has its files and questions on the desk."""
    offered = [files_button(event)] if not runs and files_for(tx.db, event, tx.me) else []
    if feedback_card.day_to_rate(tx.db, event, tx.me.id, tx.today):
        offered.append(action("masukan", event.id, "Saran dan masukan"))
    return offered + ([ask_button(event)] if not runs and takes_questions(event, tx.today) else [])


def _can_be_scanned(tx: Settling, slots: list[Slot]) -> bool:
    """Say whether the person still has to check in today."""
    today = [slot for slot in slots if slot.day == tx.today.isoformat() and slot.closes_at > tx.stamp]
    return any(check_ins.check_in_of(tx.db, slot.id, tx.me.id) is None for slot in today)


def _listed(tx: Settling, event: Event) -> list[str | Text]:
    """Say an event in two lines."""
    when = show_days(date.fromisoformat(event.first_day), date.fromisoformat(event.last_day))
    state = []
    if event.state == "cancelled":
        state.append("dibatalkan")
    elif not event.is_out(tx.stamp):
        state.append("belum dikirim")
    elif tx.me.role == "operator":
        state.append(", ".join(count_answers(invitations.answers(tx.db, event.id))))
    elif invitation := invitations.invitation(tx.db, event.id, tx.me.id):
        asked = f"diminta mewakili {invitation.represented}" if invitation.represented else "belum dijawab"
        state.append(f"jawaban: {show_answer(invitation)}" if invitation.answer else asked)
        state += _attended(tx, event, today_only=True)
    else:
        state.append("panitia")
    return [bold(event.subject), f"{when} · {' · '.join(state)}"]


def _attended(tx: Settling, event: Event, *, today_only: bool = False) -> list[str]:
    """Say for each slot that has opened whether the person checked in."""
    slots = slots_of(tx.db, event.id)
    told = []
    for slot in slots:
        if not slot.has_opened(tx.stamp) or (today_only and slot.day != tx.today.isoformat()):
            continue
        day = slot_title(slots, slot)
        done = check_ins.entry_of(tx.db, slot.id, tx.me.id)
        if done and done.state == "asked":
            told.append(f"{day}: menunggu jawaban Bapak/Ibu atas catatan teman")
        elif done and done.state == "kept":
            at = show_time(local(from_utc_text(done.at), event.zone), event.zone)
            at = "oleh panitia" if done.level == "E" else at
            late = ", tertunda" if done.level == "C" else ", terlambat" if (slot.late_from or "~") <= done.at else ""
            left = show_time(from_utc_text(done.left_at), event.zone) if done.left_at else ""
            told.append(f"{day}: tercatat {at}{late}{f', pulang {left}' if left else ''}, No. {done.number:04}")
        elif slot.closes_at > tx.stamp:
            told.append(f"{day}: belum, kirim kode yang ada di papan")
        else:
            told.append(f"{day}: tidak tercatat")
    return told if event.state == "announced" else []


def _label(event: Event) -> str:
    return event.subject if len(event.subject) <= LABEL else f"{event.subject[: LABEL - 1].rstrip()}…"
