"""The link of an event's check-in board: given to the operator and the committee, renewed, and withdrawn."""

from collections.abc import Callable

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from bot.text import bold, lines
from handlers.events.event_desk import event_number, event_to_run
from storage import boards, office
from storage.events import Event

OVER = "Kegiatan itu sudah selesai atau dibatalkan, jadi layarnya tidak dibuka lagi. Lihat /kegiatan."


def make_boards(address: Callable[[str], str]) -> tuple[Dialog[int], ...]:
    """Make the dialogs behind the board's buttons; `address` turns a path of the web side into a whole address."""

    def give(tx: Settling, event_id: int) -> None:
        event = _still_on(tx, event_id)
        token = boards.board_token(tx.db, event.id) or boards.renew_board(tx.db, event.id, tx.stamp)
        _say(tx, event, token)

    def renew(tx: Settling, event_id: int) -> None:
        event = _still_on(tx, event_id)
        token = boards.renew_board(tx.db, event.id, tx.stamp)
        office.note(tx.db, tx.stamp, tx.me.id, "board", f"event:{event.id}", "renewed")
        _say(tx, event, token, "Tautan yang lama tidak berlaku lagi.")

    def _say(tx: Settling, event: Event, token: str, note: str = "") -> None:
        how = "Buka di laptop yang tersambung ke proyektor, lalu tekan F11:"
        until = "Siapa pun yang punya tautan ini melihat kode absen. Berlaku sampai kegiatan selesai."
        said = lines([bold(f"{event.subject} · Layar"), note, how, address(f"/layar/{token}"), until])
        tx.say(said, *_choices(event.id))

    return (
        Dialog("layar", "Layar absen", _read, give, EVERYONE),
        Dialog("layarbaru", "Ganti tautan layar", _read, renew, EVERYONE),
        Dialog("layartutup", "Tutup layar", _read, withdraw, EVERYONE),
    )


def withdraw(tx: Settling, event_id: int) -> None:
    """End the link; who has the page open sees that it ended."""
    event = event_to_run(tx, event_id)
    if not boards.withdraw_board(tx.db, event.id):
        tx.say("Layar kegiatan itu memang tidak sedang dibuka.")
        return
    office.note(tx.db, tx.stamp, tx.me.id, "board", f"event:{event.id}", "withdrawn")
    tx.say(f"Layar {event.subject} ditutup, tautannya tidak berlaku lagi.")


def _choices(event_id: int) -> list[Choice]:
    return [action("layarbaru", event_id, "Ganti tautan"), action("layartutup", event_id, "Tutup layar")]


def _still_on(tx: Settling, event_id: int) -> Event:
    event = event_to_run(tx, event_id)
    if event.state != "announced" or event.last_day < tx.today.isoformat():
        raise Refused(OVER)
    return event


async def _read(chat: Chat, read: Reader) -> int:
    return event_number(chat.arg)
