"""What people can do, one file each; this is the table of contents, in the order of the menu."""

from collections.abc import Callable
from typing import Any

from bot.chat import Dialog
from bot.erasing import Sayings
from bot.routes import Command, Routes
from handlers.accounting.accounting import make_accounting
from handlers.accounting.verify_sheet import VERIFY
from handlers.announcing.announce import ANNOUNCE
from handlers.announcing.live_card import compose as compose_live
from handlers.answers.refusal import REASON, read_refusal
from handlers.answers.room_sharing import MATE, ROOM
from handlers.answers.rsvp import RSVP
from handlers.answers.stand_in import STAND_IN
from handlers.auditing.audit_page import AUDIT
from handlers.auditing.chain_words import compose_broken, compose_head
from handlers.auditing.seen import SEEN
from handlers.auditing.touched import TOUCHED
from handlers.backups import compose_late_backup
from handlers.broadcasting.broadcast import make_broadcast, send_all
from handlers.broadcasting.delivery_card import DETAILS, LOOK, NUDGE_REST, STOP, make_going_on, make_resend
from handlers.broadcasting.received import PASSED_ON, READ_IT
from handlers.broadcasting.second_yes import LIMIT, make_second_yes
from handlers.checking_in.board import make_boards
from handlers.checking_in.board_picture import compose as compose_board
from handlers.checking_in.check_in import CHECK_IN
from handlers.checking_in.codes import read_bare_code, read_wish
from handlers.checking_in.distance import WHERE
from handlers.costs_page import COSTS
from handlers.curriculum.lesson_files import ADD_MATERIAL, REMOVE_MATERIAL, SEE_MATERIAL
from handlers.curriculum.lessons import LESSONS
from handlers.curriculum.modules import MODULES
from handlers.curriculum.stunting_variant import VARIANT
from handlers.events.my_events import make_my_events
from handlers.groups.change import CHANGE as CHANGE_GROUP
from handlers.groups.handover import HANDOVER
from handlers.groups.handover_answer import ACCEPT_GROUPS, REFUSE_GROUPS, WITHDRAW_OFFER
from handlers.groups.members import MEMBERS
from handlers.groups.sheet import make_group_sheet
from handlers.groups.taught import MISSED, TAUGHT
from handlers.meetings.confirming import CONFIRM, DROP
from handlers.meetings.edit_meeting import EDIT, NOTES
from handlers.meetings.groups import GROUPS
from handlers.meetings.hand_in import HAND_IN
from handlers.meetings.late_photos import LATE_PHOTOS
from handlers.meetings.log_meeting import LOG_MEETING
from handlers.meetings.my_records import HISTORY
from handlers.meetings.my_records import RECORDS as MY_RECORDS
from handlers.meetings.one_tap import ALL_THERE, HOW, NOT_HELD, SOME_ABSENT
from handlers.meetings.sent_photos import SENT_PHOTOS, read_photos
from handlers.meetings.wishes import ACCEPT, REJECT
from handlers.menu import make_help, make_menu
from handlers.office import SYSTEM
from handlers.opened_card import OPENED
from handlers.overseeing.month_card import MONTH_RECAP
from handlers.overseeing.month_files import HEAT_MAP, WORKBOOK
from handlers.overseeing.nudge import NUDGE
from handlers.overseeing.review import PHOTOS, REVIEW, SEND_BACK, VERIFY_REPORT
from handlers.people import erasure_cards
from handlers.people.applications import APPROVE, REFUSE
from handlers.people.claim import CLAIM, read_code
from handlers.people.erasure_asked import ASK_ERASURE, TAKE_BACK
from handlers.people.erasure_office import DO_NOW, ERASE_PERSON, REFUSE_ERASURE, WAITING
from handlers.people.listed import let_in_listed
from handlers.people.main_channel import MAIN_CHANNEL
from handlers.people.own_copy import OWN_COPY
from handlers.people.profile import CORRECTION, PROFILE
from handlers.people.quiet_hours import QUIET_HOURS
from handlers.people.quiet_hours import read_typed as read_quiet_hours
from handlers.people.registration import make_start
from handlers.people.roster import REQUESTS, ROSTER
from handlers.people.roster_import import IMPORT, read_sent
from handlers.people.roster_person import ACTIVATE, DEACTIVATE, MOVE, PERSON
from handlers.people.roster_search import SEARCH
from handlers.people.unreached import compose_unreached
from handlers.programme.answer_question import ANSWER, OPEN_QUESTIONS, PUBLISH
from handlers.programme.ask_office import ASK_OFFICE
from handlers.programme.event_files import FILES, SEND_FILE
from handlers.programme.event_files_desk import ADD_FILE, REMOVE_FILE, TELL_OF_FILE
from handlers.programme.feedback import FEEDBACK, RATE
from handlers.programme.feedback_recap import FEEDBACK_RECAP
from handlers.programme.suggestions import SUGGEST
from handlers.recaps import RECAPS
from handlers.reminding.compose import compose as compose_reminder
from handlers.reminding.holidays_page import HOLIDAYS
from handlers.reminding.meeting_material import MEETING_MATERIAL
from handlers.reminding.rules_page import RULES_PAGE
from handlers.reminding.snooze import SNOOZED
from handlers.reporting.reporting import make_reporting
from handlers.scheduling.invitation_text import INVITATION
from handlers.scheduling.month_proposal import PROPOSAL
from handlers.scheduling.schedule import SCHEDULE

__all__ = [
    "ERASURE_SAYINGS",
    "build_routes",
    "compose_board",
    "compose_broken",
    "compose_head",
    "compose_late_backup",
    "compose_live",
    "compose_reminder",
    "compose_unreached",
    "let_in_listed",
]

ERASURE_SAYINGS = Sayings(erasure_cards.late, erasure_cards.begin, erasure_cards.done)

OFFICE: tuple[Dialog[Any], ...] = (
    *(RULES_PAGE, HOLIDAYS, SNOOZED, MEETING_MATERIAL, COSTS, REQUESTS, IMPORT, SEARCH),
    *(PERSON, ACTIVATE, DEACTIVATE, MOVE, CORRECTION),
    *(MAIN_CHANNEL, QUIET_HOURS, OPENED, AUDIT, TOUCHED, SEEN),
    *(OWN_COPY, ASK_ERASURE, TAKE_BACK, WAITING, DO_NOW, REFUSE_ERASURE, ERASE_PERSON),
)
OF_GROUPS: tuple[Dialog[Any], ...] = (
    *(CHANGE_GROUP, TAUGHT, MISSED),
    *(ACCEPT_GROUPS, REFUSE_GROUPS, WITHDRAW_OFFER),
)
CURRICULUM: tuple[Dialog[Any], ...] = (MODULES, VARIANT, ADD_MATERIAL, SEE_MATERIAL, REMOVE_MATERIAL)
ANSWERS: tuple[Dialog[Any], ...] = (RSVP, REASON, STAND_IN, MATE, ROOM)

OVERSEEING: tuple[Dialog[Any], ...] = (
    *(MONTH_RECAP, NUDGE, HEAT_MAP, WORKBOOK),
    *(REVIEW, PHOTOS, VERIFY_REPORT, SEND_BACK),
)

BROADCASTS: tuple[Dialog[Any], ...] = (LOOK, STOP, DETAILS, NUDGE_REST, READ_IT, PASSED_ON, LIMIT)

PROGRAMME = (
    *(FILES, SEND_FILE, ADD_FILE, REMOVE_FILE, TELL_OF_FILE),
    *(FEEDBACK, RATE, SUGGEST, FEEDBACK_RECAP),
    *(ASK_OFFICE, OPEN_QUESTIONS, ANSWER, PUBLISH),
)

RECORDS: tuple[Dialog[Any], ...] = (
    *(HOW, ALL_THERE, SOME_ABSENT, NOT_HELD, HAND_IN, MY_RECORDS),
    *(EDIT, NOTES, HISTORY, ACCEPT, REJECT, CONFIRM, DROP),
)


def build_routes(
    office: str, link: Callable[[str], str] = lambda payload: "", address: Callable[[str], str] = lambda path: path
) -> Routes:
    """List every way into what people can do.

    `office` is its name as people read it; `link` turns a deep link's payload into an address, '' where there is none;
    `address` makes a whole address of a path of the web side.
    """
    commands: list[Command] = []
    menu, help_ = make_menu("menu", commands), make_help(commands)
    start = make_start(office, menu)
    my_events, *event_parts = make_my_events(link)
    commands += [
        Command("menu", menu, "", "yang bisa dilakukan sekarang"),
        Command("bantuan", help_, "", "semua perintah", ("help",)),
        Command("start", start, "", "mulai, mendaftar"),
        Command("p2k2", LOG_MEETING, "Catat P2K2", "catat pertemuan; juga sebaris: p2k2 melati 2.2 kemarin 3s 7i"),
        Command("jadwal", SCHEDULE, "Jadwal", "rencana pertemuan"),
        Command("kelompok", GROUPS, "Kelompok", "kelompok dampingan saya"),
        Command("anggota", MEMBERS, "", "anggota masuk atau keluar: anggota 7 keluar mulai 1 Desember"),
        Command("serahkan", HANDOVER, "", "serahkan kelompok ke pendamping lain"),
        Command("laporan", MY_RECORDS, "", "laporan P2K2: draft, terkirim, dikembalikan"),
        Command("kegiatan", my_events, "Kegiatan", "undangan, jawaban, dan absen saya", ("acara",)),
        Command("hadir", CHECK_IN, "", "absen dengan kode: /hadir K7M2P"),
        Command("buat", ANNOUNCE, "Buat kegiatan", "umumkan kegiatan baru"),
        Command(
            "siaran", make_broadcast(office), "Siaran", "kirim siaran ke petugas, atau ke keluarga lewat pendamping"
        ),
        Command("rekap", RECAPS, "Rekap", "rekap bulanan, daftar hadir kegiatan"),
        Command("periksa", VERIFY, "", "periksa lembar yang dicetak: /periksa K7M2PXQ4"),
        Command("materi", LESSONS, "Materi P2K2", "modul dan sesi P2K2"),
        Command("petugas", ROSTER, "Petugas", "daftar petugas: impor, cari, setujui"),
        Command("profil", PROFILE, "Profil", "data saya: lihat, salin, perbaiki, hapus"),
        Command("sistem", SYSTEM, "Sistem", "keadaan bot, cadangan, tindakan terakhir"),
    ]
    dialogs = _by_name(
        *(one.dialog for one in commands),
        *(WHERE, APPROVE, REFUSE, CLAIM, LATE_PHOTOS, SENT_PHOTOS, PROPOSAL, INVITATION),
        *OFFICE,
        *ANSWERS,
        *event_parts,
        *make_boards(address),
        *PROGRAMME,
        *OVERSEEING,
        *BROADCASTS,
        make_resend(office),
        make_going_on(office),
        *make_second_yes(office, send_all),
        *OF_GROUPS,
        *CURRICULUM,
        make_group_sheet(office),
        *RECORDS,
        *make_accounting(office, link),
        *make_reporting(office),
    )
    payloads = {"c": VERIFY.name, "h": CHECK_IN.name, "k": my_events.name, "s": "pindai", "u": CLAIM.name}
    bare = (read_code, read_bare_code, read_wish, read_refusal, read_sent, read_photos, read_quiet_hours)
    return Routes(commands, dialogs, payloads, bare, fallback=menu.name, door=start.name)


def _by_name(*dialogs: Dialog[Any]) -> dict[str, Dialog[Any]]:
    found: dict[str, Dialog[Any]] = {}
    for one in dialogs:
        assert found.setdefault(one.name, one) is one, f"two dialogs are named {one.name}"
    return found
