"""The profile (profil): what the office keeps about me; a copy of it, putting it right, and having it erased."""

import hashlib
from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader
from bot.clock import from_utc_text
from bot.dates import show_moment
from bot.labels import fold
from bot.message import Message
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from bot.typed import words
from handlers.people.erasure_asked import ASK_ERASURE, TAKE_BACK
from handlers.people.erasure_cards import PROMISED
from handlers.people.main_channel import MAIN_CHANNEL
from handlers.people.own_copy import OWN_COPY
from handlers.people.quiet_hours import QUIET_HOURS, Span, show_span
from handlers.people.roster_person import CHANNELS, PERSON, show_channels, show_number, show_post
from storage import erasures, holdings, people, roster_search
from storage.erasures import Erasure
from storage.holdings import Holdings
from storage.roster_search import Listed

ASK = "Apa yang perlu diperbaiki? Tuliskan yang keliru dan yang benar."


@dataclass(frozen=True, slots=True)
class Profile:
    """What is shown."""

    me: Listed
    kept: Holdings
    main: str | None
    asked: Erasure | None
    quiet: Span | None


async def see_profile(chat: Chat, read: Reader) -> Profile:
    """Look up what is kept about the person."""
    me = await read(roster_search.listed, chat.me.id)
    assert me is not None, "people are never deleted"
    main = await read(people.main_channel, chat.me.id)
    asked = await read(erasures.open_for, chat.me.id)
    quiet = await read(people.quiet_hours, chat.me.id)
    return Profile(me, await read(holdings.holdings, chat.me.id), main, asked, quiet)


def save_profile(tx: Settling, shown: Profile) -> None:
    """Show it."""
    several = len(shown.me.channels) > 1
    own = shown.asked is not None and shown.asked.own
    tx.say(
        _written(shown, tx.zone),
        action(OWN_COPY.name, "", "Salinan data"),
        action("perbaikan", "", "Perbaikan data"),
        action("dilihat", "", "Siapa melihat"),
        action(QUIET_HOURS.name, "", "Jam tenang"),
        *((action(MAIN_CHANNEL.name, "", "Kanal utama"),) if several else ()),
        *((action(ASK_ERASURE.name, "", "Hapus data saya"),) if shown.asked is None else ()),
        *((action(TAKE_BACK.name, "", "Tarik permintaan"),) if own else ()),
    )


async def ask_correction(chat: Chat, read: Reader) -> str:
    """Ask what is wrong."""
    return await chat.ask("what", words(ASK, least=5, most=500))


def save_correction(tx: Settling, what: str) -> None:
    """Put the words before every operator, once."""
    said = lines([bold("Permintaan tentang data diri"), f"{tx.me.name}, {show_post(tx.me)}", what])
    card = Message(said, (action(PERSON.name, tx.me.id, "Lihat petugas"),))
    digest = hashlib.sha256(fold(what).encode()).hexdigest()[:16]
    operators = [one for one in people.people_in_roles(tx.db, "operator") if people.has_chat(tx.db, one.id)]
    told = 0
    for operator in operators:
        told += tx.notify(
            operator.id,
            card,
            kind="correction",
            object=f"person:{tx.me.id}",
            occurrence=digest,
        )
    if not operators:
        tx.say("Belum ada operator yang terdaftar di bot. Mohon sampaikan langsung ke kantor Dinas.")
    elif told:
        tx.say("Diteruskan ke operator Dinas. Setelah diperbaiki, hasilnya terlihat di profil.")
    else:
        tx.say("Permintaan yang sama sudah diteruskan ke operator Dinas. Mohon tunggu kabarnya.")


def _written(shown: Profile, zone: str) -> Text:
    person, kept = shown.me.person, shown.kept
    counts = [
        (kept.invitations, "undangan kegiatan"),
        (kept.check_ins, "absen"),
        (kept.groups, "kelompok"),
        (kept.meetings, "laporan P2K2"),
        (kept.photos, "foto"),
        (kept.questions, "pertanyaan"),
        (kept.feedback, "penilaian dan saran"),
        (kept.certificates, "sertifikat"),
    ]
    known = ", ".join(f"{number} {what}" for number, what in counts if number)
    return lines(
        [
            bold("Data Bapak/Ibu di bot ini"),
            f"Nama: {person.name}",
            f"Tugas: {show_post(person)}",
            f"Nomor HP: {show_number(person.phone)}",
            f"{show_channels(shown.me.channels, shown.me.since, zone)}.",
            _where(shown),
            f"Jam tenang: {show_span(shown.quiet)}." if shown.quiet else "",
            f"Tersimpan: {known}." if known else "Belum ada catatan kegiatan atau laporan.",
            "Data ini dipakai Dinas Sosial untuk tugas pendampingan dan dilihat oleh operator, koordinator, dan "
            "supervisor kecamatan. Nama, NIK, dan nomor KK keluarga penerima tidak disimpan.",
            "Ada yang keliru? Tekan Perbaikan data; operator Dinas mengerjakannya.",
            _asked(shown.asked, zone),
        ]
    )


def _asked(asked: Erasure | None, zone: str) -> str:
    if asked is None:
        return ""
    until = from_utc_text(asked.asked_at) + PROMISED if asked.own else from_utc_text(asked.due_at)
    return f"⚠️ Data ini dihapus paling lambat {show_moment(until, zone)}. Sampai itu tidak ada pengingat dan siaran."


def _where(shown: Profile) -> str:
    if len(shown.me.channels) < 2:
        return ""
    where = f"lewat {CHANNELS.get(shown.main, shown.main)}" if shown.main else "ke kanal yang terakhir dipakai"
    return f"Pemberitahuan dikirim {where}."


PROFILE = Dialog("profil", "Profil", see_profile, save_profile)
CORRECTION = Dialog("perbaikan", "Perbaikan data", ask_correction, save_correction, steps=1)
