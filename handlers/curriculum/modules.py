"""A module as the office keeps it: added, renamed, put in another place, set aside and taken back."""

from dataclasses import dataclass
from typing import Literal

from bot.chat import Chat, Dialog, Reader, Refused
from bot.picked import choose
from bot.routes import action, number_in
from bot.settling import Settling
from bot.text import bold, lines
from bot.typed import a_number
from handlers.meetings.lesson_choice import safe_words
from storage import curriculum, lessons, office, plan_lessons
from storage.lessons import Module

MOST_LETTERS = 80
NO_LONGER = "Modul itu tidak ditemukan. Lihat daftarnya di /materi."


@dataclass(frozen=True, slots=True)
class ModuleChange:
    """One change of a module, or a new one: its name, its place, or whether it is in use."""

    module: Module | None
    what: Literal["add", "name", "place", "active"]
    value: str | int


async def run(chat: Chat, read: Reader) -> ModuleChange:
    """Ask for the name of a new module ("baru"), or what to change of one ("u2")."""
    if chat.arg == "baru":
        name = await chat.ask("name", safe_words("Apa nama modulnya?", least=3, most=MOST_LETTERS), label="Nama")
        await chat.confirm(
            lines(
                [bold("Modul baru"), name, "Sesinya ditambahkan setelah ini. Dihitung tersendiri, di luar materi inti."]
            )
        )
        return ModuleChange(None, "add", name)
    number = chat.arg[1:]
    id_ = number_in(number) if chat.arg[:1] == "u" else 0
    module = await read(lessons.module, id_)
    if module is None:
        raise Refused(NO_LONGER)
    return await _change(chat, read, module)


async def _change(chat: Chat, read: Reader, module: Module) -> ModuleChange:
    switch = "Jangan dipakai lagi" if module.active else "Pakai lagi"
    whats = {"name": "Ubah nama", **({"place": "Pindah urutan"} if module.active else {}), "switch": switch}
    chosen = await chat.ask("what", choose(f"Modul {module.name}. Ubah apa?", whats))
    if chosen == whats.get("place"):
        count = len(await read(lessons.modules))
        question = a_number(f"Sekarang modul {module.rank}. Menjadi modul nomor berapa?", 1, count)
        place = await chat.ask("place", question, label="Urutan")
        await chat.confirm(
            lines(
                [
                    bold("Pindah urutan"),
                    f"Modul {module.name} menjadi modul {place}; nomor modul lain bergeser.",
                    f"Nomor pendek ikut berubah: {place}.1 berarti modul ini, sesi 1.",
                ]
            )
        )
        return ModuleChange(module, "place", place)
    if chosen == switch:
        effect = (
            "dan sesinya tidak ditawarkan lagi, laporan yang sudah ada tetap" if module.active else "ditawarkan lagi"
        )
        await chat.confirm(lines([bold(switch), f"Modul {module.name} {effect}."]), "Ya")
        return ModuleChange(module, "active", int(not module.active))
    name = await chat.ask("name", safe_words("Nama barunya?", least=3, most=MOST_LETTERS), label="Nama")
    await chat.confirm(lines([bold("Ubah nama modul"), f"Dari: {module.name}", f"Menjadi: {name}"]))
    return ModuleChange(module, "name", name)


def save(tx: Settling, change: ModuleChange) -> None:
    """Change it, unless the last module in use would go."""
    module_id = change.module.id if change.module else 0
    match change.what, change.value:
        case "add", str(name):
            module_id = curriculum.add_module(tx.db, name)
        case "name", str(name):
            curriculum.rename_module(tx.db, module_id, name)
        case "place", int(place):
            curriculum.place_module(tx.db, module_id, place)
        case "active", value:
            if not value and [one.id for one in lessons.modules(tx.db)] == [module_id]:
                raise Refused("Ini modul terakhir yang dipakai. Pakai modul lain dulu.")
            curriculum.set_module_active(tx.db, module_id, bool(value))
            plan_lessons.follow_unused(tx.db, tx.stamp)
    office.note(tx.db, tx.stamp, tx.me.id, f"{change.what}-module", f"module:{module_id}")
    now = lessons.module(tx.db, module_id)
    assert now is not None
    state = "" if now.active else ", tidak dipakai"
    tx.say(
        f"✅ Tersimpan: modul {now.rank}, {now.name}{state}.",
        action("materi", f"m{now.id}", "Daftar sesi"),
        action("materi", "", "Daftar modul"),
    )


MODULES = Dialog("modul", "Modul P2K2", run, save, frozenset({"operator", "coordinator"}), steps=2)
