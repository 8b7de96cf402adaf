"""Asking to be forgotten (hapus data saya): what goes, what stays, until when; and taking the request back."""

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.routes import action
from bot.settling import Settling
from bot.text import bold, lines
from handlers.people.erasure_cards import (
    LAST_OPERATOR,
    PROMISED,
    REFUSABLE,
    ask,
    card_of,
    moment,
    other_operators,
    tell_operators,
)
from storage import erasures, office, outbox
from storage.erasure_marks import tombstone

PHRASE = "HAPUS DATA SAYA"
UNDER_WAY = "Permintaan hapus data Bapak/Ibu sudah tercatat. Lihat /profil."
NOTHING_WAITS = "Tidak ada permintaan hapus data yang bisa ditarik."


async def ask_erasure(chat: Chat, read: Reader) -> str:
    """Say what goes and what stays, and let the person type that he or she means it."""
    if await read(erasures.open_for, chat.me.id) is not None:
        raise Refused(UNDER_WAY)
    if chat.me.role == "operator" and not await read(other_operators, chat.me.id):
        raise Refused(LAST_OPERATOR)
    await chat.confirm(
        lines(
            [
                bold("Hapus data saya"),
                "Nama, nomor HP, akun, foto, percakapan, dan kata-kata Bapak/Ibu dihapus dalam 3 hari (72 jam).",
                "Yang tinggal hanya hitungan tanpa nama: absen dan laporan P2K2 tetap terhitung sebagai "
                f"“{tombstone(chat.me.id)}”.",
                "Mulai permintaan ini tidak ada lagi pengingat dan siaran. Selama belum dikerjakan permintaan bisa "
                "ditarik di /profil; sesudah itu tidak bisa dikembalikan.",
            ]
        ),
        "Ajukan",
        sure=(PHRASE, f"Data yang sudah dihapus tidak bisa dikembalikan. Ketik {PHRASE} untuk memastikan."),
    )
    return utc_text(chat.now)


def save_asked(tx: Settling, at: str) -> None:
    """Keep the request, stop what waits, and tell the operators."""
    if erasures.open_for(tx.db, tx.me.id) is not None:
        raise Refused(UNDER_WAY)
    one = ask(tx, tx.me, REFUSABLE)
    outbox.stop_all_for(tx.db, tx.me.id, tx.stamp)
    tell_operators(tx, one, card_of(tx, one, "Permintaan hapus data"), "asked")
    tx.say(
        f"✅ Permintaan tercatat. Data Bapak/Ibu dihapus paling lambat {moment(tx, one.asked_at, PROMISED)}. "
        "Kalau Dinas menolak, alasannya dikabarkan di sini.",
        action("tarikhapus", "", "Tarik permintaan"),
        action("salinan", "", "Salinan data"),
    )


async def take_back(chat: Chat, read: Reader) -> int:
    """Take the person's request that waits."""
    one = await read(erasures.open_for, chat.me.id)
    if one is None or not one.own or one.state != "waiting":
        raise Refused(NOTHING_WAITS)
    return one.id


def save_taken_back(tx: Settling, number: int) -> None:
    """Withdraw it: everything is as before."""
    if not erasures.call_off(tx.db, number, tx.me.id, tx.stamp):
        raise Refused(NOTHING_WAITS)
    office.note(tx.db, tx.stamp, tx.me.id, "withdraw erasure", f"person:{tx.me.id}")
    tx.withdraw(f"erasure:{number}")
    tx.say("✅ Permintaan hapus data ditarik. Pengingat dan siaran berjalan lagi seperti biasa.")


ASK_ERASURE = Dialog("hapusdata", "Hapus data", ask_erasure, save_asked)
TAKE_BACK = Dialog("tarikhapus", "Penarikan permintaan hapus data", take_back, save_taken_back)
