"""What facilitators, colleagues and a coordinator do in a month of P2K2, as scripts of one message after the other.

A script yields what somebody types or taps and is given what the bot answered; it writes into the ledger what was done.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from tests.proofs.p2k2_ledger import DRAFT_FOR, Facilitator, Group, Ledger, Told, show_day

SAVED = "✅ Tersimpan"


@dataclass(frozen=True)
class Tap:
    """A button of this label, of the newest message that says all of these."""

    label: str
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Button:
    """A button on a card that stands in the chat, by what it means."""

    token: str


@dataclass(frozen=True)
class Photo:
    """A picture that nobody sent before."""

    number: int


@dataclass(frozen=True)
class Look:
    """Reads one number out of the store: the id behind a button that would be scrolled up to."""

    sql: str
    values: tuple[Any, ...]


Act = str | Tap | Button | Photo | Look
Script = Generator[Act, Any, None]
Now = Callable[[], datetime]

PLANNED = "SELECT id FROM meetings WHERE group_id = ? AND state = 'planned' ORDER BY day DESC LIMIT 1"
RECORDED = "SELECT id FROM meetings WHERE group_id = ? AND logged_at IS NOT NULL AND day = ?"


def expect(words: str, answer: str) -> None:
    """See that the bot said it."""
    assert words in answer, f"not {words!r} but: {answer}"


@dataclass
class Doings:
    """The scripts; `now` tells the time."""

    ledger: Ledger
    now: Now

    def tell(self, group: Group, day: date, at: time, lesson: str, **what: Any) -> Told:
        """Write down that somebody told how a meeting was."""
        members = len(group.members(day))
        told = Told(group, group.owner, day, at, lesson, members, self.now(), self.now() + DRAFT_FOR, **what)
        self.ledger.told.append(told)
        return told

    # Ahead.

    def propose_month(self, many: int) -> Script:
        """Plan the whole month as the last one was."""
        yield "/jadwal"
        shown = yield Tap("Usulkan November 2023")
        assert shown.count(" · 1.3 ") == many, shown
        expect(f"✅ {many} pertemuan November 2023 masuk jadwal.", (yield Tap("Simpan")))

    def plan(self, group: Group, day: date, at: str) -> Script:
        """Plan a meeting: group, day, time."""
        yield "/jadwal rencana"
        yield Tap(f"{group.name} · {group.village}")
        yield f"{day.day}/{day.month}"
        expect("✅ Tersimpan di jadwal.", (yield at))

    def move(self, group: Group, day: date, at: str) -> Script:
        """Move what is planned for the group."""
        yield Button(f"!jadwal.m{(yield Look(PLANNED, (group.id,)))}")
        yield Tap("Pindah waktu")
        yield f"{day.day}/{day.month}"
        yield at
        expect("✅ Jadwal dipindah.", (yield Tap("Simpan")))

    def cancel(self, group: Group) -> Script:
        """Cancel what is planned for the group."""
        yield Button(f"!jadwal.m{(yield Look(PLANNED, (group.id,)))}")
        yield Tap("Batalkan pertemuan")
        expect("Dibatalkan", (yield Tap("Batalkan")))

    # How it was, from the card that asks.

    def all_there(self, group: Group, day: date, at: time, lesson: str) -> Script:
        """Tap once; some tap twice."""
        card = self._card(group)
        expect(SAVED, (yield Tap("Terlaksana, semua hadir", card)))
        self.tell(group, day, at, lesson)
        if group.id % 5 == 0:
            expect("sudah tercatat", (yield Tap("Ada yang tidak hadir", card)))

    def some_absent(self, group: Group, day: date, at: time, lesson: str) -> Script:
        """Tell who was absent by number, after a number that nobody has."""
        yield Tap("Ada yang tidak hadir", self._card(group))
        expect("Nomor 99 tidak ada", (yield "99"))
        expect(SAVED, (yield "3s 7i 12"))
        self.tell(group, day, at, lesson, numbers={3: "s", 7: "i", 12: "a"})

    def many_absent(self, group: Group, day: date, at: time, lesson: str) -> Script:
        """Tell how many were absent: the list is at home."""
        yield Tap("Ada yang tidak hadir", self._card(group))
        expect(SAVED, (yield "2 orang sakit, 1 orang izin"))
        self.tell(group, day, at, lesson, counts={"s": 2, "i": 1})

    def not_held(self, group: Group, day: date, at: time, lesson: str) -> Script:
        """Tell why it was not held, by a button or in words."""
        yield Tap("Tidak terlaksana", self._card(group))
        typed = group.id % 2
        expect(SAVED, (yield "ketua kelompok hajatan" if typed else Tap("Hujan atau banjir")))
        self.tell(group, day, at, lesson, why_not="ketua kelompok hajatan" if typed else "hujan atau banjir")

    def _card(self, group: Group) -> tuple[str, ...]:
        return (f"P2K2 Kelompok {group.name} (", " selesai ", "Bagaimana?")

    # How it was, in a line or a dialog.

    def line(self, group: Group, day: date, at: time, lesson: str, **what: Any) -> Script:
        """Tell it in one line; `typed` is the group's name with a slip."""
        name = what.pop("typed", group.name)
        absent = "3s 7i 12" if what.get("numbers") else "semua hadir"
        ahead = (self.now().date() - day).days
        said = "kemarin" if ahead == 1 else f"{day.day}/{day.month}"
        shown = yield f"p2k2 {name} {lesson} {said} {at:%H.%M} {absent}"
        expect(f"Kelompok {group.name}, Desa {group.village} · {show_day(day)}", shown)
        expect(SAVED, (yield "simpan"))
        photos, hands_in = what.pop("photo", 0), what.pop("hands_in", False)
        told = self.tell(group, day, at, lesson, **what)
        if photos:
            yield Tap("Tambah foto", (f"Kelompok {group.name},",))
            yield Photo(photos)
            expect("1 foto P2K2", (yield Tap("Selesai")))
            told.photos = 1
        if hands_in:
            expect("✅ Terkirim", (yield Tap("Kirim", (f"Kelompok {group.name},",))))
            told.sent_at = self.now()

    def line_not_held(self, group: Group, day: date, at: time) -> Script:
        """Tell in one line that it was not held."""
        yield f"p2k2 {group.name} 1.1 {day.day}/{day.month} {at:%H.%M} batal karena banjir"
        expect(SAVED, (yield "simpan"))
        self.tell(group, day, at, "1.1", why_not="banjir")

    def joint(self, first: Group, second: Group, day: date, at: time) -> Script:
        """Tell in one line of two groups that met together."""
        yield f"p2k2 {first.name} dan {second.name} 2.1 {day.day}/{day.month} {at:%H.%M}"
        yield "3s 7i 12"
        shown = yield "semua hadir"
        assert f"{first.name}: Hadir" in shown, shown
        expect("2 kelompok bersama", (yield "simpan"))
        self.tell(first, day, at, "2.1", numbers={3: "s", 7: "i", 12: "a"})
        self.tell(second, day, at, "2.1")

    def dialog(self, group: Group, day: date, at: time) -> Script:
        """Tell it question by question, with the mistakes people make."""
        yield "/p2k2"
        expect("Mohon pilih", (yield "yang kemarin itu"))
        yield Tap(f"{group.name} · {group.village}")
        yield "ya"
        expect("belum tiba", (yield "besok"))
        yield "/kembali"
        yield "ya"
        yield "hari ini"
        expect("belum tiba", (yield "23.30"))
        yield f"{at:%H.%M}"
        expect("Nomor 99 tidak ada", (yield "3s 99"))
        expect("Mohon beri tiap nomor hurufnya", (yield "3 dan 7 sakit"))
        yield "3s 7s"
        yield Tap("Kendala")
        expect("tidak disimpan", (yield "NIK 1205012345678901 tidak datang"))
        yield "Jalan rusak"
        expect(SAVED, (yield "simpan"))
        self.tell(group, day, at, "1.1", numbers={3: "s", 7: "s"}, obstacles="Jalan rusak")

    def other_material(self, group: Group, day: date, at: time) -> Script:
        """Tell of material beside the modules, absences by count."""
        yield f"p2k2 {group.name}"
        yield "materi tambahan"
        yield "Cuci tangan pakai sabun"
        yield f"{day.day}/{day.month}"
        yield f"{at:%H.%M}"
        yield "4 orang alpa"
        expect(SAVED, (yield "simpan"))
        self.tell(group, day, at, "Cuci tangan pakai sabun", counts={"a": 4})

    def for_colleague(self, group: Group, day: date, at: time) -> Script:
        """Tell it for somebody without data."""
        shown = yield f"p2k2 untuk {group.owner.name} {group.name} 1.1 {day.day}/{day.month} {at:%H.%M} 3s 7i 12"
        assert f"Untuk {group.owner.name}" in shown, shown
        expect(f"Tersimpan untuk {group.owner.name}", (yield "simpan"))
        self.tell(group, day, at, "1.1", numbers={3: "s", 7: "i", 12: "a"}).sent_at = None

    def confirm(self, group: Group, day: date) -> Script:
        """Say that what a colleague told is right."""
        expect(SAVED, (yield Tap("Benar", (f"Kelompok {group.name},",))))
        self._told(group, day).sent_at = self.now() + DRAFT_FOR

    def drop(self, group: Group, day: date) -> Script:
        """Say that what a colleague told is not so."""
        expect("Dihapus", (yield Tap("Bukan, hapus", (f"Kelompok {group.name},",))))
        self.ledger.told.remove(self._told(group, day))

    # Afterwards.

    def edit(self, group: Group, day: date) -> Script:
        """Change who was absent: of one's own within a week, or of one that was sent back."""
        told = self._told(group, day)
        yield from self._ask_edit(told)
        expect(SAVED, (yield "simpan"))
        told.numbers, told.counts, told.returned = {5: "i"}, {}, False

    def edit_late(self, group: Group, day: date) -> Script:
        """Ask for the same after more than a week."""
        yield from self._ask_edit(self._told(group, day))
        expect("menunggu persetujuan koordinator", (yield "simpan"))

    def decide(self, group: Group, day: date, *, accept: bool) -> Script:
        """Let the coordinator say yes or no."""
        told = self._told(group, day)
        shown = yield Tap("Setujui" if accept else "Tolak", (told.owner.name, f"Kelompok {group.name},"))
        assert ("Disetujui" if accept else "Ditolak") in shown, shown
        if accept:
            told.numbers, told.counts = {5: "i"}, {}

    def verify(self, group: Group, day: date) -> Script:
        """Let the coordinator lock a report."""
        yield Button(f"!pantau-laporan.m{(yield Look(RECORDED, (group.id, day.isoformat())))}")
        expect("Diverifikasi", (yield Tap("Verifikasi", (f"Kelompok {group.name},",))))

    def send_back(self, group: Group, day: date) -> Script:
        """Let the coordinator send a report back."""
        yield Button(f"!pantau-laporan.m{(yield Look(RECORDED, (group.id, day.isoformat())))}")
        yield Tap("Kembalikan", (f"Kelompok {group.name},",))
        expect("Dikembalikan ke", (yield "Yang tidak hadir belum sesuai daftar"))
        self._told(group, day).returned = True

    def edit_verified(self, group: Group, day: date) -> Script:
        """Try to change what is locked."""
        id_ = yield Look(RECORDED, (group.id, day.isoformat()))
        expect("terkunci", (yield Button(f"!ubah-p2k2.m{id_}")))

    def _ask_edit(self, told: Told) -> Script:
        id_ = yield Look(RECORDED, (told.group.id, told.day.isoformat()))
        yield Button(f"!ubah-p2k2.m{id_}")
        yield "kehadiran"
        yield "5i"

    def _told(self, group: Group, day: date) -> Told:
        return next(one for one in self.ledger.told if one.group is group and one.day == day)

    # Groups.

    def join(self, group: Group) -> Script:
        """Let a member come."""
        yield "anggota baru"
        yield Tap(f"{group.name} · {group.village}")
        expect(SAVED, (yield "simpan"))
        group.numbers += 1
        group.joined[group.numbers] = self.now().date()

    def leave(self, group: Group, day: date) -> Script:
        """Let a member leave on a day to come."""
        yield f"anggota 2 keluar mulai {day.day}/{day.month}"
        yield Tap(f"{group.name} · {group.village}")
        expect(SAVED, (yield "simpan"))
        group.left[2] = day

    def offer(self, group: Group, taker: Facilitator) -> Script:
        """Offer a group to a colleague."""
        yield f"/serahkan g{group.id}"
        yield taker.name
        expect("✅ Ditawarkan", (yield "tawarkan"))

    def take(self, group: Group, taker: Facilitator) -> Script:
        """Take a group that was offered."""
        expect("✅ Diterima", (yield Tap("Terima", (f"Kelompok {group.name} (",))))
        group.owner, group.since = taker, self.now().date()
