"""The office's holidays (hari libur): the national ones, with its own added and those on which it works taken out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.days_off import DayOff, days_off, national
from bot.message import Choice
from bot.questions import NotUnderstood
from bot.reminder_hours import read_hours
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from bot.typed import Typed
from storage import office, office_days

OPERATORS = frozenset({"operator"})
MOST_LINES, MOST_NAME = 40, 60
MOST_OFFERED, MOST_LABEL = 8, 40
AHEAD = timedelta(days=2 * 366)
EXAMPLE = "26 Desember 2023 Cuti bersama Natal"
ASKS = (
    "Hari apa saja yang libur? Satu baris untuk satu hari atau rentang, dengan namanya; beberapa baris sekaligus juga "
    f"boleh. Contoh:\n{EXAMPLE}\n8-12 April 2024 Cuti bersama Idulfitri"
)
UNUSED = "Daftar ini belum dipakai: Hari tanpa tagihan masih {rest}. Ubah lewat Ubah jam."
REST = {"none": "tidak ada", "sundays": "hari Minggu saja"}


@dataclass(frozen=True, slots=True)
class Named:
    """Days off of one name, both ends included."""

    first: date
    last: date
    name: str

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class Added:
    """Days that are to be off."""

    those: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """Days that are to be off no more."""

    days: tuple[date, ...]


async def run(chat: Chat, read: Reader) -> Added | Removed | int:
    """Show a year ("" for this one), or add to the list ("tambah"), or take from it ("hapus")."""
    if chat.arg == "tambah":
        those = await chat.ask("days", days_to_add(chat.today), label="Hari libur")
        await chat.confirm(lines([bold("Hari libur"), *map(_named_line, those)]))
        return Added(those)
    if chat.arg == "hapus":
        coming = [
            one
            for year in (chat.today.year, chat.today.year + 1)
            for one in await read(days_off, year)
            if one.day >= chat.today and not one.works
        ]
        if not coming:
            raise Refused("Tidak ada hari libur yang akan datang.")
        days = await chat.ask("days", _days_to_remove(chat.today, coming), label="Hari")
        names = {one.day: one.name for one in coming}
        told = [f"{dates.show_day(day)}: {names[day]}" for day in days]
        await chat.confirm(lines([bold("Bukan hari libur lagi"), *told]), "Hapus")
        return Removed(days)
    return int(chat.arg) if chat.arg.isascii() and chat.arg.isdigit() and len(chat.arg) == 4 else chat.today.year


def save(tx: Settling, wish: Added | Removed | int) -> None:
    """Show the year, or keep what was set: reminders heed it from the next one on."""
    if tx.me.role not in OPERATORS:
        raise Refused("Hari libur hanya diatur oleh operator Dinas.")
    match wish:
        case Added(those):
            changed, year = _add(tx, those), those[0].first.year
            told = f"✅ {changed} hari libur ditambahkan." if changed else "Semuanya sudah ada di daftar."
        case Removed(days):
            changed, year = _remove(tx, days), days[0].year
            told = f"✅ {changed} hari dihapus dari hari libur." if changed else "Hari itu sudah dihapus tadi."
        case _:
            changed, year, told = 0, wish, ""
    if changed:
        office.note(tx.db, tx.stamp, tx.me.id, "holidays", "office:rules", told.removeprefix("✅ ").rstrip("."))
    tx.say(lines([told, _page(tx, year)]), *_buttons(tx, year))


HOLIDAYS = Dialog("libur", "Hari libur", run, save, OPERATORS, steps=1)


def _add(tx: Settling, those: Iterable[Named]) -> int:
    changed = 0
    for one in those:
        for day in one.days:
            own = office_days.office_days(tx.db, day.isoformat(), day.isoformat()).get(day.isoformat())
            if day in national(day.year):
                if own:
                    office_days.forget_day(tx.db, day.isoformat())
                changed += own is not None
            elif own is None or own.name != one.name:
                office_days.set_day(tx.db, day.isoformat(), one.name, off=True)
                changed += 1
    return changed


def _remove(tx: Settling, days: Iterable[date]) -> int:
    changed = 0
    for day in days:
        known = next((one for one in days_off(tx.db, day.year) if one.day == day and not one.works), None)
        if known is None:
            continue
        if (name := national(day.year).get(day)) is not None:
            office_days.set_day(tx.db, day.isoformat(), name, off=False)
        else:
            office_days.forget_day(tx.db, day.isoformat())
        changed += 1
    return changed


def _page(tx: Settling, year: int) -> Text:
    rest = read_hours(tx.db).rest
    listed = [_listed_line(run) for run in _runs(days_off(tx.db, year))]
    return lines(
        [
            bold(f"Hari libur {year}"),
            *(f"· {line}" for line in listed),
            "" if listed else "Belum ada.",
            UNUSED.format(rest=REST[rest]) if rest in REST else "",
        ]
    )


def _buttons(tx: Settling, year: int) -> tuple[Choice, ...]:
    other = year + 1 if year == tx.today.year else tx.today.year
    add, remove = action("libur", "tambah", "Tambah libur"), action("libur", "hapus", "Hapus libur")
    return add, remove, action("libur", other, f"Libur {other}"), action("pengingat", "", "Pengingat")


def _runs(days: Sequence[DayOff]) -> list[list[DayOff]]:
    """Put days that follow each other under one name together."""
    runs: list[list[DayOff]] = []
    for one in days:
        last = runs[-1][-1] if runs else None
        same = last and (last.name, last.office, last.works) == (one.name, one.office, one.works)
        if last and same and one.day - last.day == timedelta(days=1):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _listed_line(run: Sequence[DayOff]) -> str:
    mark = " (dari kantor)" if run[0].office else " (tetap masuk)" if run[0].works else ""
    return f"{_when(run)}: {run[0].name}{mark}"


def _button_label(run: Sequence[DayOff]) -> str:
    whole = f"{_when(run)}: {run[0].name}"
    return whole if len(whole) <= MOST_LABEL else f"{whole[: MOST_LABEL - 1]}…"


def _when(run: Sequence[DayOff]) -> str:
    first, last = (dates.show_short_day(one.day) for one in (run[0], run[-1]))
    return first if first == last else f"{first} s.d. {last}"


def _named_line(one: Named) -> str:
    return f"{dates.show_days(one.first, one.last)}: {one.name}"


def days_to_add(today: date) -> Typed[tuple[Named, ...]]:
    """Ask for days and their names, one of them a line."""

    def read(text: str) -> tuple[Named, ...]:
        written = [line.strip() for line in text.splitlines() if line.strip()]
        if len(written) > MOST_LINES:
            raise NotUnderstood(f"Paling banyak {MOST_LINES} baris sekali kirim.")
        return tuple(_read_line(line, today, number, len(written)) for number, line in enumerate(written, 1))

    return Typed(
        Text.of(ASKS),
        read,
        lambda those: [[one.first.isoformat(), one.last.isoformat(), one.name] for one in those],
        lambda kept: tuple(Named(date.fromisoformat(one[0]), date.fromisoformat(one[1]), one[2]) for one in kept),
        lambda those: "; ".join(map(_named_line, those)),
        echoes=False,
    )


def _read_line(line: str, today: date, number: int, of: int) -> Named:
    where = f"Baris {number}, “{line[:40]}”: " if of > 1 else ""
    try:
        run, rest = dates.find_days(line, today, prefer="future")
    except dates.NotADate as why:
        raise NotUnderstood(f"{where}{why}") from why
    if run is None:
        raise NotUnderstood(f"{where}Tanggalnya belum terbaca. Contoh: {EXAMPLE}")
    first, last = run
    if last < today:
        raise NotUnderstood(f"{where}{dates.show_days(first, last)} sudah lewat. Contoh: {EXAMPLE}")
    if last > today + AHEAD:
        raise NotUnderstood(f"{where}{dates.show_days(first, last)} masih terlalu jauh. Mohon periksa tahunnya.")
    name = rest.strip(" .,:;-–·*()")
    if not any(letter.isalpha() for letter in name):
        raise NotUnderstood(f"{where}Nama liburnya belum ada. Contoh: {EXAMPLE}")
    return Named(max(first, today), last, name[:MOST_NAME])


def _days_to_remove(today: date, coming: Sequence[DayOff]) -> Typed[tuple[date, ...]]:
    known = {one.day for one in coming}

    def check(days: tuple[date, ...]) -> tuple[date, ...]:
        if not known.issuperset(days) or not days:
            raise NotUnderstood("Hari itu bukan hari libur yang akan datang. Mohon pilih dari daftar.")
        return days

    def read(text: str) -> tuple[date, ...]:
        try:
            first, last = dates.read_days(text, today, prefer="future")
        except dates.NotADate as why:
            raise NotUnderstood(str(why)) from why
        return check(tuple(day for day in Named(first, last, "").days if day in known))

    offered = [
        (f"h{run[0].day:%y%m%d}", _button_label(run), tuple(one.day for one in run))
        for run in _runs(coming)[:MOST_OFFERED]
    ]
    return Typed(
        Text.of("Hari mana yang bukan hari libur? Pilih, atau ketik tanggalnya; rentang juga boleh."),
        read,
        lambda days: [day.isoformat() for day in days],
        lambda kept: check(tuple(date.fromisoformat(one) for one in kept)),
        lambda days: ", ".join(map(dates.show_short_day, days)),
        offered,
        echoes=False,
    )
