"""Days and times in Indonesian: what people type is read, what cannot be read is answered, what is shown reads back."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import dates
from bot.dates import NotADate, NotATime, Prefer
from tests.yardstick import at_most

TODAY = date(2023, 11, 12)  # a Sunday, the first day of the Bimtek
WIB = "Asia/Jakarta"


def day(text: str) -> date:
    return date.fromisoformat(text)


def run(text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    return day(first), day(last or first)


def at(text: str) -> time:
    return time.fromisoformat(text)


# One day ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hari ini", "2023-11-12"),
        ("Hari ini.", "2023-11-12"),
        ("sekarang", "2023-11-12"),
        ("tadi pagi", "2023-11-12"),
        ("sore ini", "2023-11-12"),
        ("kemarin", "2023-11-11"),
        ("kmrn", "2023-11-11"),
        ("kemaren pak", "2023-11-11"),
        ("kemarin malam", "2023-11-11"),
        ("kemarin dulu", "2023-11-10"),
        ("kemarin lusa", "2023-11-10"),
        ("2 hari lalu", "2023-11-10"),
        ("dua hari yang lalu", "2023-11-10"),
        ("dua hari yg lalu", "2023-11-10"),
        ("besok", "2023-11-13"),
        ("bsk pagi", "2023-11-13"),
        ("besok Senin", "2023-11-13"),
        ("besok, Senin 13 November", "2023-11-13"),
        ("lusa", "2023-11-14"),
        ("3 hari lagi", "2023-11-15"),
        ("tiga hari lagi", "2023-11-15"),
        ("seminggu lagi", "2023-11-19"),
        ("2 minggu yang lalu", "2023-10-29"),
        ("minggu depan", "2023-11-19"),
        ("minggu lalu", "2023-11-05"),
        ("pekan depan", "2023-11-19"),
    ],
)
def test_days_are_counted_from_today(typed: str, meant: str) -> None:
    """Words like kemarin, lusa and 3 hari lagi are read from today."""
    assert dates.read_day(typed, TODAY) == day(meant)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12/11", "2023-11-12"),
        ("12-11", "2023-11-12"),
        ("12.11", "2023-11-12"),
        ("12 / 11", "2023-11-12"),
        ("12/11/23", "2023-11-12"),
        ("12/11/2023", "2023-11-12"),
        ("12-11-2023", "2023-11-12"),
        ("12.11.2023", "2023-11-12"),
        ("12 11 2023", "2023-11-12"),
        ("05/09/2023", "2023-09-05"),
        ("2023-11-12", "2023-11-12"),
        ("2023/11/12", "2023-11-12"),
        ("12 nov", "2023-11-12"),
        ("12nov", "2023-11-12"),
        ("12 Nov. 2023", "2023-11-12"),
        ("12-Nov-2023", "2023-11-12"),
        ("12 nov 23", "2023-11-12"),
        ("12 november 2023", "2023-11-12"),
        ("12 NOVEMBER 2023", "2023-11-12"),
        ("12 nopember 2023", "2023-11-12"),
        ("12 nop", "2023-11-12"),
        ("12 novmeber 2023", "2023-11-12"),
        ("12 novembr 2023", "2023-11-12"),
        ("3 agt 2023", "2023-08-03"),
        ("3 ags 2023", "2023-08-03"),
        ("3 agu 2023", "2023-08-03"),
        ("3 agustus 2023", "2023-08-03"),
        ("3 agutus 2023", "2023-08-03"),
        ("1 des", "2023-12-01"),
        ("1 peb 2024", "2024-02-01"),
        ("1 febuari 2024", "2024-02-01"),
        ("1 okt", "2023-10-01"),
        ("1 mei 2024", "2024-05-01"),
        ("1 jan", "2024-01-01"),
        ("29 feb 2024", "2024-02-29"),
        ("tanggal 12", "2023-11-12"),
        ("tgl 12", "2023-11-12"),
        ("tgl.12", "2023-11-12"),
        ("12", "2023-11-12"),
        ("20", "2023-11-20"),
        ("tanggal 12 bulan 11 tahun 2023", "2023-11-12"),
        ("tanggal 5 bulan depan", "2023-12-05"),
        ("tgl 5 bulan lalu", "2023-10-05"),
        ("Minggu, 12 November 2023", "2023-11-12"),
        ("pada hari Minggu, 12 November 2023", "2023-11-12"),
        ("Hari/Tanggal : Minggu, 12 November 2023", "2023-11-12"),
        ("hari Minggu tanggal 12 November", "2023-11-12"),
        ("12 November 2023 (Minggu)", "2023-11-12"),
        ("Min 12 Nov", "2023-11-12"),
        ("Senin 13", "2023-11-13"),
        ("Jum’at, 17 November 2023", "2023-11-17"),
        ("*12 November 2023*", "2023-11-12"),
        ("𝟏𝟐 𝐍𝐨𝐯𝐞𝐦𝐛𝐞𝐫 𝟐𝟎𝟐𝟑", "2023-11-12"),
        ("12\u00a0November\u200b2023", "2023-11-12"),
    ],
)
def test_calendar_days_are_read_day_first(typed: str, meant: str) -> None:
    """Days of the calendar are read in every usual spelling, always with the day before the month."""
    assert dates.read_day(typed, TODAY) == day(meant)


@pytest.mark.parametrize(
    ("typed", "prefer", "meant"),
    [
        ("Senin", "near", "2023-11-13"),
        ("Sen", "near", "2023-11-13"),
        ("hari Senin", "past", "2023-11-06"),
        ("Senin", "future", "2023-11-13"),
        ("Sabtu", "near", "2023-11-11"),
        ("Sabtu", "future", "2023-11-18"),
        ("Minggu", "past", "2023-11-12"),
        ("Ahad", "future", "2023-11-12"),
        ("Jum'at", "near", "2023-11-10"),
        ("Jumat", "future", "2023-11-17"),
        ("Senin depan", "past", "2023-11-13"),
        ("Senin yang akan datang", "near", "2023-11-13"),
        ("Minggu lalu", "past", "2023-11-05"),
        ("hari Minggu depan", "near", "2023-11-19"),
        ("Senin lalu", "future", "2023-11-06"),
        ("Sabtu kemarin", "near", "2023-11-11"),
        ("Senin kemarin", "past", "2023-11-06"),
        ("Sabtu ini", "past", "2023-11-11"),
        ("Sabtu ini", "future", "2023-11-18"),
        ("hari Minggu ini", "near", "2023-11-12"),
        ("Senin minggu depan", "near", "2023-11-13"),
        ("Selasa pekan depan", "near", "2023-11-14"),
        ("minggu depan hari Selasa", "near", "2023-11-14"),
        ("Rabu minggu ini", "near", "2023-11-08"),
        ("Senin minggu lalu", "near", "2023-10-30"),
    ],
)
def test_weekdays_are_read(typed: str, prefer: Prefer, meant: str) -> None:
    """A weekday is the nearest of its name on the expected side; depan and lalu never mean today."""
    assert dates.read_day(typed, TODAY, prefer=prefer) == day(meant)


@pytest.mark.parametrize(
    ("typed", "today", "prefer", "meant"),
    [
        ("20/11", "2023-11-12", "past", "2022-11-20"),
        ("12/11", "2023-11-12", "past", "2023-11-12"),
        ("12/11", "2023-11-12", "future", "2023-11-12"),
        ("1/11", "2023-11-12", "future", "2024-11-01"),
        ("28 Desember", "2024-01-03", "near", "2023-12-28"),
        ("28 Desember", "2024-01-03", "future", "2024-12-28"),
        ("3 Januari", "2023-12-28", "near", "2024-01-03"),
        ("Selasa, 14 Mei", "2023-11-12", "near", "2024-05-14"),
        ("13", "2023-11-12", "past", "2023-10-13"),
        ("11", "2023-11-12", "future", "2023-12-11"),
        ("31", "2023-11-12", "past", "2023-10-31"),
        ("31", "2023-11-12", "future", "2023-12-31"),
        ("30", "2024-03-01", "past", "2024-01-30"),
        ("31", "2024-01-31", "near", "2024-01-31"),
        ("29 Februari", "2023-11-12", "near", "2024-02-29"),
        ("29 Februari", "2024-11-12", "past", "2024-02-29"),
    ],
)
def test_what_was_left_out_is_chosen_by_the_side(typed: str, today: str, prefer: Prefer, meant: str) -> None:
    """Without a year or a month the question's side chooses: past, future or near."""
    assert dates.read_day(typed, day(today), prefer=prefer) == day(meant)


@pytest.mark.parametrize(
    "typed",
    ["31 februari", "tanggal 31 februari", "31/11", "16.00", "9.00", "0", "32", "32 november", "12/13", "0/5",
     "29 feb 2023", "12 November 2199", "2023-13-01", "12-14"],
)  # fmt: skip
def test_impossible_days_are_refused(typed: str) -> None:
    """A day that no calendar has is called that, with examples."""
    with pytest.raises(NotADate) as refused:
        dates.read_day(typed, TODAY)
    assert str(refused.value) == "Tanggal itu tidak ada. Contoh: 12/11, 12 November, kemarin."


@pytest.mark.parametrize(
    "typed",
    ["", " ", "halo", "?", "123", "99999", "1/2/3/4", "12 november 1800", "3s", "p2k2", "12 ekor", "tadi malam",
     "november", "bulan depan", "1000 hari lagi", "jam 8", "12 november " * 30],
)  # fmt: skip
def test_what_is_no_day_gets_a_hint(typed: str) -> None:
    """What cannot be read as a day is answered with how to type one."""
    with pytest.raises(NotADate) as refused:
        dates.read_day(typed, TODAY)
    assert str(refused.value) == "Mohon ketik tanggalnya. Contoh: 12/11, 12 November, kemarin."


@pytest.mark.parametrize(
    ("typed", "today", "prefer", "said"),
    [
        ("Senin, 12 November 2023", "2023-11-12", "near", "12 November 2023 adalah hari Minggu, bukan Senin. Mohon"),
        ("Selasa 12 November", "2023-11-12", "near", "12 November 2023 adalah hari Minggu, bukan Selasa."),
        ("Selasa 12 November", "2023-11-12", "future", "12 November 2023 adalah hari Minggu, bukan Selasa."),
        ("Selasa 12", "2023-11-12", "near", "12 November 2023 adalah hari Minggu, bukan Selasa."),
        ("besok Selasa", "2023-11-12", "near", "13 November 2023 adalah hari Senin, bukan Selasa."),
        ("besok, 15 November", "2023-11-12", "near", "Hari dan tanggalnya tidak cocok."),
        ("minggu ini", "2023-11-12", "near", "Hari apa minggu ini?"),
        ("12-14 November", "2023-11-12", "near", "Mohon ketik satu tanggal saja."),
        ("12/11/99", "2023-11-12", "near", "Mohon ketik tahunnya lengkap, misalnya 12/11/2023."),
        ("29 Februari", "2022-06-01", "near", "29 Februari hanya ada pada tahun kabisat. Mohon ketik tahunnya"),
        ("29 Februari", "2023-11-12", "past", "29 Februari hanya ada pada tahun kabisat."),
        ("halo", "2023-11-12", "future", "Mohon ketik tanggalnya. Contoh: 12/11, 12 November, besok."),
    ],
)
def test_doubt_is_asked_back(typed: str, today: str, prefer: Prefer, said: str) -> None:
    """Where the words contradict each other or mean two things the person is asked, never guessed at."""
    with pytest.raises(NotADate, match="^" + re.escape(said)):
        dates.read_day(typed, day(today), prefer=prefer)


# Runs of days ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12-14 November 2023", "2023-11-12..2023-11-14"),
        ("12 – 14 November 2023", "2023-11-12..2023-11-14"),
        ("12 s.d. 14 November", "2023-11-12..2023-11-14"),
        ("12 s.d 14 November", "2023-11-12..2023-11-14"),
        ("12 s/d 14 nov", "2023-11-12..2023-11-14"),
        ("12 sampai 14 November 2023", "2023-11-12..2023-11-14"),
        ("dari tanggal 12 sampai dengan 14 November 2023", "2023-11-12..2023-11-14"),
        ("Minggu s/d Selasa 12-14 November 2023", "2023-11-12..2023-11-14"),
        ("Minggu s.d. Selasa, 12 s.d. 14 November 2023", "2023-11-12..2023-11-14"),
        ("Rabu – Jumat/22 – 24 Juni 2022", "2022-06-22..2022-06-24"),
        ("30 November - 2 Desember 2023", "2023-11-30..2023-12-02"),
        ("Kamis, 30 November 2023 s.d. Sabtu, 2 Desember 2023", "2023-11-30..2023-12-02"),
        ("30/11 - 2/12", "2023-11-30..2023-12-02"),
        ("30-11 - 2-12", "2023-11-30..2023-12-02"),
        ("2023-11-12 s.d. 2023-11-14", "2023-11-12..2023-11-14"),
        ("12-14/11", "2023-11-12..2023-11-14"),
        ("12-14/11/2023", "2023-11-12..2023-11-14"),
        ("12, 13, dan 14 November", "2023-11-12..2023-11-14"),
        ("12,13,14 nov 2023", "2023-11-12..2023-11-14"),
        ("12 & 13 November", "2023-11-12..2023-11-13"),
        ("Minggu dan Senin, 12 dan 13 November 2023", "2023-11-12..2023-11-13"),
        ("30 November dan 1 Desember 2023", "2023-11-30..2023-12-01"),
        ("30 Des - 2 Jan", "2023-12-30..2024-01-02"),
        ("30 Desember 2023 - 2 Januari", "2023-12-30..2024-01-02"),
        ("30 Desember - 2 Januari 2024", "2023-12-30..2024-01-02"),
        ("12-14", "2023-11-12..2023-11-14"),
        ("12 s.d. 14", "2023-11-12..2023-11-14"),
        ("10 s/d 12", "2023-11-10..2023-11-12"),
        ("12-11", "2023-11-12"),
        ("10-12-23", "2023-12-10"),
        ("12 November 2023", "2023-11-12"),
        ("besok", "2023-11-13"),
        ("besok s.d. lusa", "2023-11-13..2023-11-14"),
        ("hari ini sampai Rabu", "2023-11-12..2023-11-15"),
        ("besok - Rabu, 15 November", "2023-11-13..2023-11-15"),
        ("Senin s.d. Rabu", "2023-11-13..2023-11-15"),
        ("1-31 Desember 2023", "2023-12-01..2023-12-31"),
    ],
)
def test_runs_of_days_are_read(typed: str, meant: str) -> None:
    """A run is read with its dash, s.d., list or weekdays; 12-11 alone is a day."""
    assert dates.read_days(typed, TODAY) == run(meant)


@pytest.mark.parametrize(
    ("typed", "today", "prefer", "meant"),
    [
        ("12-14 November", "2023-11-13", "future", "2023-11-12..2023-11-14"),
        ("12-14 November", "2023-11-15", "future", "2024-11-12..2024-11-14"),
        ("12-14 November", "2023-11-13", "past", "2022-11-12..2022-11-14"),
        ("13-15", "2023-11-20", "future", "2023-12-13..2023-12-15"),
        ("29-31", "2023-11-12", "near", "2023-10-29..2023-10-31"),
        ("30 Desember - 2 Januari", "2024-01-01", "future", "2023-12-30..2024-01-02"),
        ("30 Desember - 2 Januari", "2024-01-01", "past", "2022-12-30..2023-01-02"),
        ("27-29 Februari", "2023-11-12", "future", "2024-02-27..2024-02-29"),
    ],
)
def test_a_run_that_is_going_on_is_not_over(typed: str, today: str, prefer: Prefer, meant: str) -> None:
    """Without a year, a run whose last day is to come counts as future and not yet as past."""
    assert dates.read_days(typed, day(today), prefer=prefer) == run(meant)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("14-12 November", "Tanggal akhirnya mendahului tanggal awalnya."),
        ("14 November 2023 - 12 November 2023", "Tanggal akhirnya mendahului tanggal awalnya."),
        ("1 Nov - 30 Des", "Paling lama 31 hari."),
        ("1 Nov 2023 - 2 Des 2025", "Paling lama 31 hari."),
        ("12, 14 November", "Harinya tidak berurutan."),
        ("12 November dan 15 November", "Harinya tidak berurutan."),
        ("30-31 Februari", "Tanggal itu tidak ada."),
        ("12-40 November", "Tanggal itu tidak ada."),
        ("Senin s.d. Selasa, 12 s.d. 14 November 2023", "12 November 2023 adalah hari Minggu, bukan Senin."),
        ("Minggu s.d. Rabu, 12 s.d. 14 November 2023", "14 November 2023 adalah hari Selasa, bukan Rabu."),
        ("belum tahu", "Mohon ketik tanggalnya. Contoh: 12 November, 12-14 November 2023."),
    ],
)
def test_wrong_runs_are_refused(typed: str, said: str) -> None:
    """Runs that go backwards, last too long, leave gaps or do not exist are refused with the reason."""
    with pytest.raises(NotADate, match="^" + re.escape(said)):
        dates.read_days(typed, TODAY)


# Times -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("8", "08:00"),
        ("08", "08:00"),
        ("08.00", "08:00"),
        ("8:30", "08:30"),
        ("0800", "08:00"),
        ("1430", "14:30"),
        ("02.30", "02:30"),
        ("00.00", "00:00"),
        ("0", "00:00"),
        ("23:59", "23:59"),
        ("jam 8", "08:00"),
        ("jam8", "08:00"),
        ("Pukul 8.30", "08:30"),
        ("pkl. 08.30", "08:30"),
        ("jam 8 pagi", "08:00"),
        ("8 pagi ya pak", "08:00"),
        ("jam 2 siang", "14:00"),
        ("jam2siang", "14:00"),
        ("siang jam 2", "14:00"),
        ("jam 11 siang", "11:00"),
        ("12 siang", "12:00"),
        ("12.30 siang", "12:30"),
        ("jam 12", "12:00"),
        ("2 sore", "14:00"),
        ("jam 4 sore", "16:00"),
        ("16.00 sore", "16:00"),
        ("jam 5 petang", "17:00"),
        ("jam 7 malam", "19:00"),
        ("7.30 mlm", "19:30"),
        ("12 malam", "00:00"),
        ("jam 1 malam", "01:00"),
        ("jam 2 dini hari", "02:00"),
        ("jam 5 subuh", "05:00"),
        ("setengah 9", "08:30"),
        ("setengah 3 sore", "14:30"),
        ("setengah 1 siang", "12:30"),
        ("jam setengah delapan malam", "19:30"),
        ("jam 8 lewat 15", "08:15"),
        ("8 lebih 15", "08:15"),
        ("jam 2 siang lewat 10 menit", "14:10"),
        ("jam 9 kurang 15", "08:45"),
        ("jam 9 kurang seperempat", "08:45"),
        ("jam 9 malam kurang 15", "20:45"),
        ("jam 12 malam kurang 10", "23:50"),
        ("jam dua belas siang", "12:00"),
        ("pukul delapan pagi", "08:00"),
        ("08.00 WIB", "08:00"),
        ("14.30 wib", "14:30"),
        ("pukul 09.00 WITA", "09:00"),
        ("mulai pukul 08.00 WIB - selesai", "08:00"),
        ("*08.00* _WIB_", "08:00"),
    ],
)
def test_times_are_read(typed: str, meant: str) -> None:
    """Times are read by 24 hours, or by the part of the day they name."""
    assert dates.read_time(typed) == at(meant)


@pytest.mark.parametrize(
    "typed",
    ["", "halo", "25", "24.00", "8.75", "8.5", "8.100", "2500", "100", "jam", "jam 25", "8 siang", "12 pagi", "20 pagi",
     "setengah 30", "jam 8 kurang 75", "12/11", "3s", "-1", "jam 30 menit", "8 " * 200],
)  # fmt: skip
def test_what_is_no_time_gets_a_hint(typed: str) -> None:
    """What cannot be a time is answered with how to type one."""
    with pytest.raises(NotATime) as refused:
        dates.read_time(typed)
    assert str(refused.value) == "Mohon ketik jamnya. Contoh: 08.00, jam 2 siang."


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2", "Pukul 02.00 atau 14.00? Mohon ketik salah satunya."),
        ("jam 2.30", "Pukul 02.30 atau 14.30? Mohon ketik salah satunya."),
        ("setengah 1", "Pukul 00.30 atau 12.30? Mohon ketik salah satunya."),
        ("08.00 - 10.00 WIB", "Mohon ketik satu jam saja. Contoh: 08.00, jam 2 siang."),
    ],
)
def test_a_time_that_may_be_two_is_asked_back(typed: str, said: str) -> None:
    """Jam 2 is most likely in the afternoon, but a meeting filed at night would be wrong for good: the bot asks."""
    with pytest.raises(NotATime) as refused:
        dates.read_time(typed)
    assert str(refused.value) == said


# In a longer line ------------------------------------------------------------------------------------------------


def test_an_invitation_gives_up_its_days_and_its_time() -> None:
    """From the letter's sentence the days and the time are taken out, and the house number stays."""
    letter = (
        "Undangan Bimtek Peningkatan Kapasitas ORSOS, Minggu s/d Selasa 12-14 November 2023 pukul 08.00 WIB "
        "di Hotel Le Polonia, Jl. Jenderal Sudirman No. 14-18 Medan"
    )
    days, rest = dates.find_days(letter, TODAY, "future")
    assert days == run("2023-11-12..2023-11-14")
    assert dates.find_time(rest) == (
        at("08:00"),
        "Undangan Bimtek Peningkatan Kapasitas ORSOS, di Hotel Le Polonia, Jl. Jenderal Sudirman No. 14-18 Medan",
    )


def test_a_meeting_in_one_line_gives_up_its_day_and_its_time() -> None:
    """In the one line of a P2K2 the module, the session and the members' numbers are no dates and no times."""
    found, rest = dates.find_day("p2k2 melati 2.2 kemarin jam 2 siang 3s 7i 12", TODAY, "past")
    assert (found, rest) == (day("2023-11-11"), "p2k2 melati 2.2 jam 2 siang 3s 7i 12")
    assert dates.find_time(rest) == (at("14:00"), "p2k2 melati 2.2 3s 7i 12")


@pytest.mark.parametrize(
    ("line", "meant", "rest"),
    [
        ("p2k2 melati 2.2 12/11 3s", "2023-11-12", "p2k2 melati 2.2 3s"),
        ("p2k2 melati 2.2 11 nov 7 12", "2023-11-11", "p2k2 melati 2.2 7 12"),
        ("p2k2 melati 2.2 11 nov 2023 7 12", "2023-11-11", "p2k2 melati 2.2 7 12"),
        ("p2k2 melati tgl 9 3s 7i", "2023-11-09", "p2k2 melati 3s 7i"),
        ("p2k2 mawar senin 1.3 jam 4 sore", "2023-11-06", "p2k2 mawar 1.3 jam 4 sore"),
        ("p2k2 mawar 1.3 sabtu kemarin 3s", "2023-11-11", "p2k2 mawar 1.3 3s"),
        ("p2k2 mawar kemarin sabtu 3s", "2023-11-11", "p2k2 mawar 3s"),
        ("p2k2 mawar 2.2 minggu lalu 3s", "2023-11-05", "p2k2 mawar 2.2 3s"),
        ("p2k2 mawar 2.2 minggu 3s", "2023-11-12", "p2k2 mawar 2.2 3s"),
        ("dua hari yang lalu melati 2.2", "2023-11-10", "melati 2.2"),
        ("mawar (Sab 11/11) hadir 15", "2023-11-11", "mawar hadir 15"),
        ("melati pada hari Sabtu, 11 November 2023 (Sabtu), semua hadir", "2023-11-11", "melati, semua hadir"),
        ("laporan 2023-11-11.", "2023-11-11", "laporan."),
        ("laporan 11-11-2023, lengkap", "2023-11-11", "laporan, lengkap"),
    ],
)
def test_a_clear_day_is_found_in_a_line(line: str, meant: str, rest: str) -> None:
    """A clear day is found wherever it stands and taken out of the line."""
    assert dates.find_day(line, TODAY, "past") == (day(meant), rest)


@pytest.mark.parametrize(
    "line",
    ["p2k2 melati 2.2 3s 7i 12", "melati 12-11", "melati 12.11", "hadir 16/18", "hadir 16/1/1", "rapat RT 02/03",
     "Jl. Sudirman No. 14-18 Medan", "No. 5, Mei Lin", "surat 005/12/11/2023", "005/12/DINSOS/2023", "di Pasar Minggu",
     "setiap hari Senin", "3 minggu", "minggu ke 2", "minggu ini", "sel baterai", "min 3", "jam 08.00-10.00",
     "12 anggota", "8/12 orang hadir", "12-14 November 2023", "12 dan 13 November 2023", "melati 12", ""],
)  # fmt: skip
def test_what_is_no_clear_day_is_left_alone(line: str) -> None:
    """Modules, shares, addresses, letter numbers, weeks and runs of days are not taken for a day."""
    assert dates.find_day(line, TODAY) == (None, line)


def test_an_impossible_clear_day_is_refused_in_a_line() -> None:
    """A clear day that does not exist is said to be so, instead of being left in the line."""
    for line in ("p2k2 melati 31/2", "rapat 31 Februari 2024 di aula"):
        with pytest.raises(NotADate, match=r"^Tanggal itu tidak ada\."):
            dates.find_day(line, TODAY)


@pytest.mark.parametrize(
    ("line", "meant", "rest"),
    [
        (
            "Hari/Tanggal : Rabu – Jumat/22 – 24 Juni 2022; Tempat : Aula",
            "2022-06-22..2022-06-24",
            "Tempat : Aula",
        ),
        (
            "Stabat, 1 November 2023. Mengundang pada hari Senin, 13 November 2023 di aula",
            "2023-11-13",
            "Stabat, 1 November 2023. Mengundang di aula",
        ),
        ("Rakor Senin s.d Rabu, 13 s.d 15 Maret 2023", "2023-03-13..2023-03-15", "Rakor"),
        ("Rapat 13, 14 dan 15 November 2023, aula", "2023-11-13..2023-11-15", "Rapat, aula"),
        ("Rapat tgl 13-15 di aula", "2023-11-13..2023-11-15", "Rapat di aula"),
        ("Monev 30/11 - 2/12 Babalan", "2023-11-30..2023-12-02", "Monev Babalan"),
        ("Rapat Senin depan di aula No. 3-5", "2023-11-13", "Rapat di aula No. 3-5"),
        ("*Rakor*\n*Senin, 13 November 2023*\nAula Dinas", "2023-11-13", "*Rakor* Aula Dinas"),
    ],
)
def test_days_are_found_in_a_letter(line: str, meant: str, rest: str) -> None:
    """Runs are found too; of two dates the one that stands with its weekday is the invitation's, not the letter's."""
    assert dates.find_days(line, TODAY, "near") == (run(meant), rest)


@pytest.mark.parametrize(
    ("line", "meant", "rest"),
    [
        ("rapat pukul 08.00 WIB di aula", "08:00", "rapat di aula"),
        ("Waktu : 08.00 WIB - selesai; Tempat : Aula", "08:00", "Tempat : Aula"),
        ("Waktu/Pukul : 08.00 s.d. 10.00 WIB di aula", "08:00", "di aula"),
        ("rapat 09.00-11.30 aula", "09:00", "rapat aula"),
        ("rapat 2 siang aula", "14:00", "rapat aula"),
        ("melati jam 2 - 4 sore 3s", "14:00", "melati 3s"),
        ("melati 2.2 setengah 9 pagi", "08:30", "melati 2.2"),
        ("melati siang jam 2 3s", "14:00", "melati 3s"),
        ("8 WIB di aula", "08:00", "di aula"),
        ("12 November 2023 pukul 08.00", "08:00", "12 November 2023"),
        ("pukul 08.00 s.d. 14 November 2023", "08:00", "s.d. 14 November 2023"),
        ("tiba 07.30, mulai pukul 08.00 WIB", "08:00", "tiba 07.30"),
    ],
)
def test_a_clear_time_is_found_in_a_line(line: str, meant: str, rest: str) -> None:
    """A clear time is found with its jam, WIB, part of the day or two full pairs of digits; of a span, its start."""
    assert dates.find_time(line) == (at(meant), rest)


@pytest.mark.parametrize(
    "line",
    ["p2k2 melati 2.2 3s 7i 12", "melati 8", "3 hari 2 malam", "selama 2 jam", "2 jam 30 menit", "Rp 10.000",
     "Rp 12.50", "No. 14-18", "12.11.2023", "10.75", "modul 02.01", "3 jam", "versi 1.10", ""],
)  # fmt: skip
def test_what_is_no_clear_time_is_left_alone(line: str) -> None:
    """Numbers that may be something else are not taken for a time."""
    assert dates.find_time(line) == (None, line)


def test_a_wrong_or_double_clear_time_is_refused_in_a_line() -> None:
    """After "jam", a time that does not exist, or may be one of two, is asked back."""
    with pytest.raises(NotATime, match=r"^Mohon ketik jamnya"):
        dates.find_time("melati kemarin jam 25")
    with pytest.raises(NotATime, match=r"^Pukul 02.00 atau 14.00\?"):
        dates.find_time("melati kemarin jam 2 3s 7i")


# Showing ---------------------------------------------------------------------------------------------------------


def test_days_are_shown_as_letters_print_them() -> None:
    """A day, a short day and a month are shown in Indonesian."""
    assert dates.show_day(TODAY) == "Minggu, 12 November 2023"
    assert dates.show_short_day(TODAY) == "Min 12 Nov"
    assert dates.show_month(TODAY) == "November 2023"


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        ("2023-11-12..2023-11-12", "Minggu, 12 November 2023"),
        ("2023-11-12..2023-11-14", "Minggu s.d. Selasa, 12 s.d. 14 November 2023"),
        ("2023-11-30..2023-12-02", "Kamis s.d. Sabtu, 30 November s.d. 2 Desember 2023"),
        ("2023-12-31..2024-01-02", "Minggu s.d. Selasa, 31 Desember 2023 s.d. 2 Januari 2024"),
    ],
)
def test_runs_are_shown_as_letters_print_them(days: str, shown: str) -> None:
    """What two ends of a run share is printed once."""
    assert dates.show_days(*run(days)) == shown


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Asia/Jakarta", "pukul 07.52 WIB"),
        ("Asia/Pontianak", "pukul 07.52 WIB"),
        ("Asia/Makassar", "pukul 08.52 WITA"),
        ("Asia/Jayapura", "pukul 09.52 WIT"),
        ("Asia/Tokyo", "pukul 09.52 UTC+9"),
        ("Asia/Kolkata", "pukul 06.22 UTC+5:30"),
        ("America/St_Johns", "pukul 21.22 UTC-3:30"),
        ("UTC", "pukul 00.52 UTC"),
    ],
)
def test_moments_are_shown_in_the_zone_of_the_office(zone: str, shown: str) -> None:
    """A moment is brought to the zone, and the zone goes by the name Indonesians use."""
    moment = datetime(2023, 11, 12, 0, 52, tzinfo=UTC)
    assert dates.show_time(moment, zone) == shown
    assert dates.show_time(dates.local(moment, zone).time(), zone) == shown


def test_moments_are_local_only_when_their_zone_is_known() -> None:
    """A moment is shown with its local day; a naive one is refused rather than guessed at."""
    moment = datetime(2023, 11, 11, 17, 52, tzinfo=UTC)
    assert dates.show_moment(moment, WIB) == "Minggu, 12 November 2023 pukul 00.52 WIB"
    assert dates.show_time(datetime(2023, 11, 12, 7, 52), WIB) == "pukul 07.52 WIB"  # noqa: DTZ001  # naive on purpose
    with pytest.raises(ValueError, match="zone"):
        dates.local(moment.replace(tzinfo=None), WIB)


def test_a_local_day_and_time_become_one_moment() -> None:
    """What the clocks of the zone show is the moment that is stored, and comes back as it was."""
    moment = dates.to_utc(TODAY, time(8), WIB)
    assert (moment, moment.tzinfo) == (datetime(2023, 11, 12, 1, tzinfo=UTC), UTC)
    assert dates.local(moment, WIB).replace(tzinfo=None) == datetime.combine(TODAY, time(8))
    assert dates.show_moment(moment.astimezone(timezone(timedelta(hours=9))), WIB).endswith("pukul 08.00 WIB")


# What is shown reads back; nothing breaks the reader ---------------------------------------------------------------

some_day = st.dates(date(2024, 1, 1), date(2040, 12, 31))
some_side = st.sampled_from(["past", "future", "near"])
few_days = st.integers(0, 30).map(lambda days: timedelta(days=days))
patient = settings(deadline=None)  # a busy machine is no failure; the tests at the end measure time


@patient
@given(some_day, some_day, some_side)
@example(date(2024, 2, 29), date(2031, 5, 1), "past")
@example(date(2040, 12, 31), date(2024, 1, 1), "near")
def test_shown_days_read_back(shown: date, today: date, prefer: Prefer) -> None:
    """Whatever day is shown is read as itself, on any day and for any question, also when it stands in a line."""
    assert dates.read_day(dates.show_day(shown), today, prefer=prefer) == shown
    line = f"rapat {dates.show_day(shown)} di aula"
    assert dates.find_day(line, today, prefer) == (shown, "rapat di aula")


@patient
@given(some_day)
def test_short_days_read_back_near_themselves(shown: date) -> None:
    """A short day is read as itself by who reads it that week."""
    assert dates.read_day(dates.show_short_day(shown), shown + timedelta(days=3)) == shown


@patient
@given(some_day, few_days, some_day, some_side)
@example(date(2023, 12, 31), timedelta(days=2), date(2024, 6, 1), "future")
@example(date(2024, 2, 29), timedelta(days=1), date(2026, 6, 1), "past")
def test_shown_runs_read_back(first: date, length: timedelta, today: date, prefer: Prefer) -> None:
    """Whatever run is shown is read as itself, also when it stands in a line."""
    shown = dates.show_days(first, first + length)
    assert dates.read_days(shown, today, prefer=prefer) == (first, first + length)
    assert dates.find_days(f"rapat {shown}, aula", today, prefer) == ((first, first + length), "rapat, aula")


def test_every_shown_day_reads_back() -> None:
    """No day from 2024 to 2040 is missed, the 29th of February and the ends of the months among them."""
    for number in range(date(2024, 1, 1).toordinal(), date(2041, 1, 1).toordinal()):
        shown = date.fromordinal(number)
        assert dates.read_day(dates.show_day(shown), TODAY) == shown


def test_every_shown_time_reads_back() -> None:
    """Each of the 1440 minutes of a day is read as itself, alone and in a line."""
    for minute in range(1440):
        shown = time(minute // 60, minute % 60)
        text = dates.show_time(shown, WIB)
        assert dates.read_time(text) == shown
        assert dates.find_time(f"rapat {text} di aula") == (shown, "rapat di aula")


date_like = st.lists(
    st.sampled_from([
        *"0123456789 ./-,:()'", "12", "31", "2023", "nov", "feb ", "s.d.", " dan ", "senin ", "minggu ", "depan",
        " lalu", "hari ", "tanggal ", "kemarin", "besok ", "jam ", "setengah ", "kurang ", " siang", " malam", " wib",
    ]),
    max_size=40,
).map(lambda parts: "".join(parts)[:200])  # fmt: skip


def readings(text: str, prefer: Prefer = "near") -> list[str]:
    """Read the text in every way; return the hints. Anything else that is raised fails the test that calls."""
    hints = []
    for read_day in (dates.read_day, dates.read_days):
        try:
            read_day(text, TODAY, prefer=prefer)
        except NotADate as hint:
            hints.append(str(hint))
    for find_day in (dates.find_day, dates.find_days):
        try:
            found, rest = find_day(text, TODAY, prefer)
            assert found is not None or rest == " ".join(text.split())
        except NotADate as hint:
            hints.append(str(hint))
    for time_reader in (dates.read_time, dates.find_time):
        try:
            time_reader(text)
        except NotATime as hint:
            hints.append(str(hint))
    return hints


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=200), date_like), some_side)
def test_no_text_breaks_the_reader(text: str, prefer: Prefer) -> None:
    """Whatever people send is read or answered with a hint; nothing else is ever raised."""
    assert all(readings(text, prefer))


@pytest.mark.parametrize("piece", [
    "12/11 ", "12, ", "1-", "minggu ", "jam ", "pagi ", " ", "s.d. ", "setengah 8 ", "08.00-", "\u200b", "٣", "a", "2 ",
    "hari ", "12 november s.d. ", "12 dan ", "t. ", "yang ", "senin ", "16/18 ",
])  # fmt: skip
def test_long_hostile_texts_are_answered_quickly(piece: str) -> None:
    """64 KB of anything costs no more than a moment."""
    text = piece * (65536 // len(piece))
    with at_most(1):
        assert all(readings(text))


def test_reading_takes_well_under_a_millisecond() -> None:
    """A turn spends its time elsewhere."""
    with at_most(0.001, count=600):
        for _ in range(200):
            dates.read_day("Minggu, 12 November 2023", TODAY)
            dates.read_time("jam 2 siang")
            dates.find_day("p2k2 melati 2.2 kemarin jam 2 siang 3s 7i 12", TODAY)
