"""Which of the two orders of the stunting module the office follows: asked until it is chosen, and changed later."""

from bot.chat import Chat, Dialog, Reader
from bot.picked import choose
from bot.routes import action
from bot.settling import Settling
from bot.text import bold, lines
from storage import curriculum, office, plan_lessons
from storage.curriculum import Variant
from storage.database import Connection

SAYS = {
    "a": "A: sesi 1 Permasalahan Stunting, sesi 2 Permasalahan Sosial, tanpa Jamban Sehat",
    "b": "B: sesi 1 Memahami Permasalahan Stunting, sesi 12 Pemanfaatan Jamban Sehat, tanpa Permasalahan Sosial",
}
CHOOSE = action("susunan", "", "Susunan modul stunting")


def not_chosen(db: Connection) -> str:
    """Ask the office to choose, '' where it has."""
    if curriculum.variant(db) is not None:
        return ""
    return "⚠️ Susunan modul stunting belum dipilih, sementara dipakai susunan B."


async def ask_variant(chat: Chat, read: Reader) -> Variant:
    """Show what tells the two apart, and ask for one."""
    now = await read(curriculum.variant)
    used = f"Yang dipakai sekarang {now.upper()}." if now else "Belum dipilih, sementara dipakai B."
    prompt = lines(
        [bold("Susunan modul stunting, 15 sesi"), *SAYS.values(), f"{used} Mana yang sama dengan buku modul di sini?"]
    )
    labels: dict[str, Variant] = {"a": "a", "b": "b"}
    chosen = await chat.ask("variant", choose(prompt, labels, lambda one: f"Susunan {one.upper()}"), label="Susunan")
    await chat.confirm(
        lines(
            [
                bold(f"Pakai susunan {chosen.upper()}"),
                "Nomor dan judul sesinya menyesuaikan; sesi yang hanya ada di susunan lain tidak ditawarkan lagi.",
                "Yang sudah diberikan kepada kelompok tetap terhitung, judul yang diubah kantor tetap.",
            ]
        )
    )
    return chosen


def save_variant(tx: Settling, chosen: Variant) -> None:
    """Use it from now on."""
    curriculum.choose_variant(tx.db, chosen)
    plan_lessons.follow_unused(tx.db, tx.stamp)
    office.note(tx.db, tx.stamp, tx.me.id, "stunting-variant", chosen)
    tx.say(f"✅ Tersimpan: modul stunting susunan {chosen.upper()}.", action("materi", "", "Daftar modul"))


VARIANT = Dialog("susunan", "Susunan modul stunting", ask_variant, save_variant, frozenset({"operator", "coordinator"}))
