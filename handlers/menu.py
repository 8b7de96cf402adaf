"""The menu: what this person can do now, and where everything ends that could not be understood."""

from collections.abc import Sequence

from bot.chat import EVERYONE, Chat, Dialog, Reader
from bot.labels import fold
from bot.message import Choice
from bot.routes import Command, action
from bot.settling import Settling

GREETINGS = {
    "welcome": "Baik, {me}.",
    "also": "Baik, {me}. Kanal ini dan yang sudah dipakai sebelumnya kini terhubung ke data yang sama; pemberitahuan "
    "dikirim ke satu saja, pilih lewat /profil.",
    "?": "Maaf, itu belum saya pahami.",
    "!": "Menu itu bukan untuk tugas {me}.",
}

COURTESIES = {"thanks": "Sama-sama", "good": "Baik"}
_THANKS = "terima terimakasih trimakasih kasih makasih mksh trims tks thx thanks thank tq"
_POLITE = "ok oke okay baik siap sip you banyak pak bu bapak ibu kak min mantap"
THANKS, POLITE = frozenset(_THANKS.split()), frozenset(_POLITE.split())


def make_menu(name: str, commands: Sequence[Command]) -> Dialog[str]:
    """Make the dialog that shows the menu of these commands."""

    async def show(chat: Chat, read: Reader) -> str:
        return _courtesy(chat.arg[1:]) or "?" if chat.arg.startswith("?") else chat.arg

    def say(tx: Settling, why: str) -> None:
        me = f"Bapak/Ibu {tx.me.first_name}"
        if why in COURTESIES:
            tx.say(f"{COURTESIES[why]}, {me}. Ketik menu untuk melihat pilihan.")
            return
        opening = GREETINGS.get(why, "").format(me=me)
        now = "Yang bisa dilakukan sekarang:" if why else f"{me}, yang bisa dilakukan sekarang:"
        tx.say(f"{opening} {now}".strip(), *offered(commands, tx.me.role))

    return Dialog(name, "Menu", show, say, EVERYONE)


def make_help(commands: Sequence[Command]) -> Dialog[None]:
    """Make the dialog that explains every command of the person's role."""

    async def show(chat: Chat, read: Reader) -> None:
        return None

    def say(tx: Settling, result: None) -> None:
        known = [f"/{one.word}: {one.says}" for one in commands if tx.me.role in one.dialog.roles]
        tx.say(
            "Perintah yang bisa diketik atau dipilih:\n"
            + "\n".join(known)
            + "\n/kembali: satu langkah mundur\n/batal: tinggalkan yang sedang berjalan"
        )

    return Dialog("bantuan", "Bantuan", show, say, EVERYONE)


def _courtesy(text: str) -> str:
    """Return which courtesy the words are that people close a talk with; '' where they say more."""
    words = fold(text).split()
    if not words:
        return "thanks" if "🙏" in text else "good" if "👍" in text else ""
    return ("thanks" if THANKS & set(words) else "good") if (THANKS | POLITE).issuperset(words) else ""


def offered(commands: Sequence[Command], role: str) -> tuple[Choice, ...]:
    """Return the menu's buttons for a role."""
    return tuple(action(one.dialog.name, "", one.label) for one in commands if one.label and role in one.dialog.roles)
