"""What a month of P2K2 must come to, worked out from what people did: nothing here is read from the bot's store."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from tests.workbook_tables import Table

MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November"),
    "Desember",
)
SHORT = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
DRAFT_FOR = timedelta(hours=48)
WORDS = {"sent": "Terkirim", "draft": "Draft", "not_held": "Tidak terlaksana", "none": "Belum dibuat"}
BEGAN, UNTIL = date(2023, 9, 1), date(2023, 11, 30)
COUNT_HEAD = (
    *("Kelompok", "Terkirim", "Draft", "Tidak terlaksana", "Belum dibuat", "Target pertemuan", "Terlaksana"),
    "Capaian",
)


@dataclass
class Facilitator:
    """Somebody with groups; `place` counts within the kecamatan."""

    id: int
    name: str
    phone: str
    district: str
    place: int


@dataclass
class Group:
    """A group on its facilitator's paper list: numbers come and leave on a day."""

    id: int
    owner: Facilitator
    name: str
    village: str
    district: str
    numbers: int
    since: date = BEGAN
    joined: dict[int, date] = field(default_factory=dict)
    left: dict[int, date] = field(default_factory=dict)

    def members(self, day: date) -> set[int]:
        """Return who belongs to it on a day."""
        gone = {number for number, last in self.left.items() if last <= day}
        return {one for one in range(1, self.numbers + 1) if self.joined.get(one, day) <= day} - gone


@dataclass
class Told:
    """One meeting as it was told last; `numbers` are member numbers, `counts` people without one."""

    group: Group
    owner: Facilitator
    day: date
    at: time
    lesson: str  # "1.3", or the title of other material
    members: int
    logged_at: datetime
    sent_at: datetime | None
    numbers: dict[int, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    why_not: str = ""
    obstacles: str = ""
    photos: int = 0
    returned: bool = False

    @property
    def held(self) -> bool:
        return not self.why_not

    def away(self, reason: str) -> int:
        """Count who was absent for this reason."""
        return self.counts.get(reason, 0) + sum(one == reason for one in self.numbers.values())

    @property
    def present(self) -> int:
        return self.members - sum(map(self.away, "sia")) if self.held else 0

    def counts_at(self, now: datetime) -> bool:
        """Say whether it is handed in."""
        return self.sent_at is not None and self.sent_at <= now and not self.returned


@dataclass
class Ledger:
    """Everything that happened, and what follows from it at a moment."""

    lessons: dict[str, tuple[str, str]]  # "1.3": the module and the title
    facilitators: list[Facilitator] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def of(self, group: Group, month: str) -> list[Told]:
        """Return what was told of a group in a month."""
        return [one for one in self.told if one.group is group and f"{one.day:%Y-%m}" == month]

    def status(self, group: Group, month: str, now: datetime) -> str:
        """Return how far the group's report of a month is."""
        those = self.of(group, month)
        if any(one.held and one.counts_at(now) for one in those):
            return "sent"
        if any(one.held for one in those):
            return "draft"
        return "not_held" if those else "none"

    def in_order(self) -> list[Group]:
        """Return the groups as the office sorts them."""
        return sorted(
            self.groups, key=lambda one: (one.district, one.owner.name, one.owner.id, one.village, one.name, one.id)
        )

    # The facilitator's recap.

    def details(self, me: Facilitator, month: str) -> Table:
        """Return the sheet "Rincian" of a month ("2023-11") or, by "2023-1", of its triwulan."""
        rows: Table = [
            (
                *("No", "Tanggal", "Pukul", "Kelompok", "Desa/Kelurahan", "Modul", "Sesi", "Anggota", "Hadir", "Sakit"),
                *("Izin", "Alpa", "Kendala", "Tindak lanjut", "Foto", "Tidak terlaksana"),
            )
        ]
        for number, one in enumerate(self._handed(me, month), 1):
            module, title = self.lessons.get(one.lesson, ("Materi tambahan", ""))
            session = f"Sesi {one.lesson[-1]}: {title}" if title else one.lesson
            members = one.members if one.held else len(one.group.members(UNTIL))
            rows.append(
                (
                    *(number, show_day(one.day), f"{one.at:%H.%M} WIB", one.group.name, one.group.village, module),
                    *(session, members, one.present, one.away("s"), one.away("i"), one.away("a")),
                    *(one.obstacles or None, None, one.photos, one.why_not or None),
                )
            )
        return rows

    def recap(self, me: Facilitator, months: Iterable[int]) -> Table:
        """Return the table of the sheet "Rekap": October and later are one triwulan."""
        rows: Table = [("No", "Bulan/Tahun", "Triwulan", "Jumlah Pertemuan", "Jumlah KPM", "Modul dan Sesi")]
        sums = [0, 0]
        for number, month in enumerate(months, 1):
            held = [one for one in self._handed(me, f"2023-{month:02}") if one.held]
            present = sum(one.present for one in held)
            sums = [sums[0] + len(held), sums[1] + present]
            taught = "\n".join(self._taught(held)) or "–"
            rows.append((number, f"{MONTHS[month - 1]} 2023", "IV", len(held), present, taught))
        rows.append((None, "Subtotal Triwulan IV", "IV", *sums, None))
        return rows

    def _handed(self, me: Facilitator, month: str) -> list[Told]:
        mine = [one for one in self.told if one.owner is me and one.sent_at is not None]
        those = [one for one in mine if f"{one.day:%Y-%m}".startswith(month)]
        return sorted(those, key=lambda one: (one.day, one.at, one.group.name))

    def _taught(self, held: list[Told]) -> Iterator[str]:
        for key in sorted({one.lesson for one in held}, key=lambda one: (one not in self.lessons, one)):
            many = len({one.group.id for one in held if one.lesson == key})
            module, title = self.lessons.get(key, ("", ""))
            name = f"Modul {module}, Sesi {key[-1]}: {title}" if title else f"Materi Tambahan: {key}"
            yield f"{name} ({many} kelompok)"

    def card(self, me: Facilitator, now: datetime) -> str:
        """Return the facilitator's card of November."""
        mine = sorted((one for one in self.groups if one.owner is me), key=lambda one: (one.name, one.village))
        those = {one.id: self.of(one, "2023-11") for one in mine}
        held = {one.id: [each for each in those[one.id] if each.held] for one in mine}
        owed = [one.name for one in mine if not those[one.id]]
        tried = [one.name for one in mine if those[one.id] and not held[one.id]]
        done = sum(bool(held[one.id]) for one in mine)
        said = [
            "Rekap P2K2 November 2023",
            f"Sudah: {done} dari {len(mine)} kelompok, {sum(map(len, held.values()))} pertemuan.",
            *([f"Belum: {names(owed)}."] if owed else []),
            *([f"Tidak terlaksana: {names(tried)}."] if tried else []),
        ]
        own = [one for one in self.told if one.owner is me]
        waiting = [
            (sum(one.sent_at is not None and one.sent_at > now for one in own), "draft yang masih bisa dilengkapi"),
            (sum(one.sent_at is None for one in own), "catatan rekan yang menunggu persetujuan Bapak/Ibu"),
            (sum(one.returned for one in own), "laporan dikembalikan untuk diperbaiki"),
        ]
        if any(many for many, _ in waiting):
            said.append("Menunggu: " + ", ".join(f"{many} {words}" for many, words in waiting if many) + ".")
        running = [f"{one.name} no. {', '.join(absent)}" for one in mine if (absent := list(self._running(one)))]
        if running:
            said.append(f"⚠️ Tidak hadir 3 kali berturut-turut atau lebih: {'; '.join(running)}.")
        return "\n".join(said)

    def _running(self, group: Group) -> Iterator[str]:
        held = [one for one in self.told if one.group is group and one.held and not one.counts]
        latest = sorted(held, key=lambda one: (one.day, one.at), reverse=True)
        for number in sorted(group.members(UNTIL)):
            times = 0
            while times < len(latest) and number in latest[times].numbers:
                times += 1
            if times >= 3:
                yield f"{number} ({times}×)"

    # The kabupaten's recap.

    def counts(self, groups: list[Group], now: datetime) -> tuple[object, ...]:
        """Return the numbers of a line of the workbook."""
        states = [self.status(one, "2023-11", now) for one in groups]
        done = sum(one.held for group in groups for one in self.of(group, "2023-11"))
        numbers = [states.count(state) for state in WORDS]
        return (len(groups), *numbers, len(groups), done, f"{done * 100 // len(groups)}%")

    def workbook(self, now: datetime) -> dict[str, Table]:
        """Return the tables of the kabupaten's workbook of November."""
        town = self.in_order()
        districts: Table = [("No", "Kecamatan", *COUNT_HEAD)]
        people: Table = [("No", "Kecamatan", "Pendamping", *COUNT_HEAD)]
        matrix: Table = [("No", "Kecamatan", "Pendamping", "Kelompok", "Desa/Kelurahan", *SHORT[:11])]
        for number, name in enumerate(dict.fromkeys(one.district for one in town), 1):
            districts.append((number, name, *self.counts([one for one in town if one.district == name], now)))
        districts.append((None, "Jumlah", *self.counts(town, now)))
        for number, owner in enumerate(dict.fromkeys(one.owner.id for one in town), 1):
            those = [one for one in town if one.owner.id == owner]
            people.append((number, those[0].district, those[0].owner.name, *self.counts(those, now)))
        for number, one in enumerate(town, 1):
            states = [WORDS[self.status(one, f"2023-{month:02}", now)] for month in range(BEGAN.month, 12)]
            matrix.append(
                (number, one.district, one.owner.name, one.name, one.village, *[None] * (BEGAN.month - 1), *states)
            )
        return {"Kecamatan": districts, "Pendamping": people, "Kelompok x bulan": matrix}

    def office_card(self, now: datetime) -> str:
        """Return the kabupaten's card of November."""
        states = [self.status(one, "2023-11", now) for one in self.groups]
        many = [(word.lower(), states.count(state)) for state, word in WORDS.items()]
        said = [
            "P2K2 November 2023",
            f"{dotted(len(states))} kelompok: {', '.join(f'{word} {dotted(count)}' for word, count in many if count)}.",
        ]
        shares = []
        for name in dict.fromkeys(one.district for one in self.groups):
            those = [one for one in self.groups if one.district == name]
            sent = sum(self.status(one, "2023-11", now) == "sent" for one in those)
            percent = sent * 100 // len(those)
            shares.append((sent / len(those), f"{name}: {percent}% ({sent} dari {len(those)})", percent))
        shares.sort()
        behind, rest = shares[:10], [percent for *_, percent in shares[10:]]
        others = f"{len(rest)} kecamatan lain: {rest[0]}% s.d. {rest[-1]}%"
        return "\n".join([*said, *(line for _, line, _ in behind), others])

    def heat_map(self, now: datetime) -> list[tuple[str, str, int, int]]:
        """Return the squares of the kabupaten's picture: kecamatan, month, sent, of how many."""
        squares = []
        for name in sorted({one.district for one in self.groups}):
            those = [one for one in self.groups if one.district == name]
            for month in (f"2023-{number:02}" for number in range(BEGAN.month, 12)):
                sent = sum(self.status(one, month, now) == "sent" for one in those)
                squares.append((name, month, sent, len(those)))
        return squares


def show_day(day: date) -> str:
    """Write "Minggu, 12 November 2023"."""
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def dotted(number: int) -> str:
    """Write a number as Indonesian does."""
    return f"{number:,}".replace(",", ".")


def names(those: list[str]) -> str:
    """Write eight names, and how many more there are."""
    return ", ".join(those[:8]) + (f" dan {len(those) - 8} lagi" if len(those) > 8 else "")
