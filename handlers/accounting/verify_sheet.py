"""Verifying a printed sheet: whether what it says is still what the data says, and else what has changed since."""

import json
from typing import Any

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.dates import show_moment
from bot.message import Said
from bot.questions import Done, More, NotUnderstood, Question
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.accounting.printed import changes, print_certificate, print_list, read_checksum
from handlers.events.event_desk import NOT_YOURS, is_desk
from storage import events, office, sheets
from storage.attendance import Attendance, attendance
from storage.events import Event
from storage.sheets import Sheet

WHAT_IT_IS = "Kode lembar terdiri dari 8 huruf dan angka di kaki lembar, misalnya K7M2PXQ4."
MOST_CHANGES = 12


class ChecksumQuestion(Question[str]):
    """The code at the foot of a sheet; kept as it is printed."""

    prompt = Text.of("Kode lembarnya? 8 huruf dan angka di kaki lembar.")

    def read(self, said: Said, partial: Any) -> Done | More:
        found = read_checksum(said.text) if said.kind == "text" else None
        if found is None:
            raise NotUnderstood(WHAT_IT_IS)
        return Done(found)

    def load(self, kept: Any) -> str:
        return str(kept)


async def ask(chat: Chat, read: Reader) -> str:
    """Return the code that came with the command or the link, or ask for it."""
    given = read_checksum(chat.arg)
    if chat.arg and given is None:
        chat.say(WHAT_IT_IS)
    return await chat.ask("checksum", ChecksumQuestion(), given=given)


def save(tx: Settling, checksum: str) -> None:
    """Hold the sheet against the data as it is now."""
    sheet = sheets.sheet(tx.db, checksum)
    event = events.event(tx.db, sheet.event_id) if sheet else None
    if sheet is None or event is None:
        raise Refused(f"Tidak ada lembar dengan kode {checksum}. Mohon periksa lagi kode di kaki lembar.")
    if not is_desk(tx.db, event.id, tx.me.id, tx.me.role):
        raise Refused(NOT_YOURS)
    whose = f"person:{sheet.person_id}" if sheet.person_id is not None else f"slot {sheet.slot_id}"
    office.note(tx.db, tx.stamp, tx.me.id, "verify sheet", f"event:{event.id}", whose)
    found = attendance(tx.db, event.id, tx.stamp)
    now = _printed_now(event, found, sheet, tx.zone)
    differs = ["Orang atau sesi di lembar ini sudah tidak ada di data."] if now is None else []
    differs += list(changes(sheet.printed, now)) if now is not None else []
    differs += _no_longer_eligible(found, sheet)
    more = len(differs) - MOST_CHANGES
    verdict = [f"⚠️ Data sudah berubah sejak dicetak ({len(differs)}):"] if differs else ["✅ Masih sama dengan data."]
    rest = [f"dan {more} perubahan lain."] if more > 0 else []
    tx.say(lines([*_about(sheet, tx.zone), *verdict, *(f"- {one}" for one in differs[:MOST_CHANGES]), *rest]))


def _printed_now(event: Event, found: Attendance, sheet: Sheet, zone: str) -> str | None:
    """Print the sheet anew from the data of today; None if what it is about is gone."""
    if sheet.kind == "attendance":
        slots = [number for number, slot in enumerate(found.slots) if slot.id == sheet.slot_id]
        return print_list(event, found, slots[0], zone) if slots else None
    person = next((one for one in found.people if one.id == sheet.person_id), None)
    return print_certificate(event, person, json.loads(sheet.printed)["number"]) if person else None


def _no_longer_eligible(found: Attendance, sheet: Sheet) -> list[str]:
    if sheet.kind != "certificate" or any(one.id == sheet.person_id for one in found.eligible):
        return []
    present = next((one.present for one in found.people if one.id == sheet.person_id), 0)
    return [f"Sekarang hadir {present} dari {len(found.slots)} sesi, belum memenuhi syarat {found.needed}."]


def _about(sheet: Sheet, zone: str) -> list[str | Text]:
    """Say what the paper in one's hand must look like, so that a changed one is found out."""
    said = json.loads(sheet.printed)
    made = f"Dibuat {show_moment(from_utc_text(sheet.made_at), zone)}."
    if sheet.kind == "certificate":
        number = f", nomor {said['number']}" if said["number"] else ""
        return [bold(f"Sertifikat {sheet.checksum}"), f"{said['name']}{number}", said["subject"], made]
    named = f"{len(said['lines'])} nama. {said['counts']}"
    return [bold(f"Daftar hadir {sheet.checksum}"), said["subject"], said["day"], named, made]


VERIFY = Dialog("periksa", "Pemeriksaan lembar", ask, save, EVERYONE, steps=1)
