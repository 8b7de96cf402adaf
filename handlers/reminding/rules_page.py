"""The rules of reminders, which the operator sets: when, on or off, the office's own words, and the quiet hours."""

from dataclasses import dataclass
from datetime import time

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.picked import choose
from bot.reminder_hours import DAILY, DEADLINE, OWN_FROM, OWN_TO, QUIET_FROM, QUIET_TO, REST, Hours, read_hours
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.reminding.rules_in_words import (
    MISSED_SHOWN,
    OBJECTS,
    hour_lines,
    missed_line,
    object_line,
    rule_line,
    when_line,
)
from handlers.reminding.rules_questions import ask_hours, ask_rule
from storage import lead_times, office, reminders, rules
from storage.lead_times import LeadTime

OPERATORS = frozenset({"operator"})
CHANGE = (
    action("pengingat", "aturan", "Ubah pengingat"),
    action("pengingat", "jam", "Ubah jam"),
    action("libur", "", "Hari libur"),
)

HOURS = {
    "hour": "Jam kartu harian",
    "quiet": "Jam tenang",
    "own": "Jam tenang pribadi",
    "rest": "Hari tanpa tagihan",
    "deadline": "Batas laporan",
}


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule as it is to be, and what of it was changed."""

    what: str
    rule: LeadTime


@dataclass(frozen=True, slots=True)
class NewHours:
    """The hours as they are to be, and which of them was changed."""

    what: str
    hours: Hours


async def run(chat: Chat, read: Reader) -> NewRule | NewHours | None:
    """Show the rules (""), or change one of them ("aturan") or one of the hours ("jam")."""
    if chat.arg == "jam":
        chosen = await chat.ask("what", choose("Ubah yang mana?", {key: key for key in HOURS}, HOURS.__getitem__))
        return NewHours(chosen, await ask_hours(chat, chosen, await read(read_hours)))
    if chat.arg == "aturan":
        return NewRule(*await ask_rule(chat, await read(lead_times.lead_times)))
    return None


def save(tx: Settling, wish: NewRule | NewHours | None) -> None:
    """Show, or keep what was set: it holds from now on, and nothing that was due before falls due by it."""
    if tx.me.role not in OPERATORS:
        raise Refused("Pengingat hanya diatur oleh operator Dinas.")
    match wish:
        case NewRule(what, rule):
            told = _keep_rule(tx, what, rule)
            noted = rule_line(rule)  # without the words that the office wrote
        case NewHours(what, hours):
            noted = told = _keep_hours(tx, what, hours)
        case None:
            tx.say(_page(tx), *CHANGE)
            return
    office.note(tx.db, tx.stamp, tx.me.id, "reminders", "office:rules", noted)
    tx.say(f"✅ Tersimpan. {told}.", action("pengingat", "", "Pengingat"))


RULES_PAGE = Dialog("pengingat", "Pengingat", run, save, OPERATORS, steps=3)


def _page(tx: Settling) -> Text:
    every = lead_times.lead_times(tx.db)
    of = [[one for one in every if one.object == about] for about in OBJECTS]
    own = [f"Kalimat tambahan, {OBJECTS[one.object]}: {one.words}" for one in every if one.words]
    return lines(
        [
            bold("Pengingat"),
            *hour_lines(read_hours(tx.db)),
            bold("Yang dikirim"),
            *(f"· {object_line(some)}" for some in of),
            *own,
            missed_line(tx.db, utc_text(tx.now - MISSED_SHOWN)),
        ]
    )


def _keep_rule(tx: Settling, what: str, new: LeadTime) -> str:
    others = [one for one in lead_times.lead_times(tx.db) if one.object == new.object and one.rule != new.rule]
    if any(one.active and (one.days, one.minutes) == (new.days, new.minutes) for one in others) and what != "words":
        raise Refused(f"Pengingat {when_line(new)} sudah ada. Mohon pilih waktu lain.")
    if what == "time":
        lead_times.set_lead(tx.db, new.rule, new.days, new.minutes, tx.stamp)
    elif what == "switch":
        lead_times.set_active(tx.db, new.rule, bool(new.active), tx.stamp)
    else:
        lead_times.set_words(tx.db, new.rule, new.words)
        own = f"dengan kalimat: {new.words.rstrip('.')}" if new.words else "tanpa kalimat tambahan"
        return f"{rule_line(new)}, {own}"
    return rule_line(new)


def _keep_hours(tx: Settling, what: str, new: Hours) -> str:
    match what:
        case "hour":
            rules.set_rule(tx.db, DAILY, f"{new.daily:%H:%M}")
            _look_again_at_today(tx)
        case "quiet":
            rules.set_rule(tx.db, QUIET_FROM, f"{new.quiet_from:%H:%M}")
            rules.set_rule(tx.db, QUIET_TO, f"{new.quiet_to:%H:%M}")
        case "own":
            rules.set_rule(tx.db, OWN_FROM, f"{new.own_from:%H:%M}")
            rules.set_rule(tx.db, OWN_TO, f"{new.own_to:%H:%M}")
        case "rest":
            rules.set_rule(tx.db, REST, new.rest)
        case _:
            rules.set_rule(tx.db, DEADLINE, str(new.deadline))
    return hour_lines(read_hours(tx.db))[list(HOURS).index(what)]


def _look_again_at_today(tx: Settling) -> None:
    """Let an hour that is over already count for today: what was to go then goes now."""
    searched = reminders.search(tx.db).searched
    midnight = utc_text(dates.to_utc(tx.today, time(), tx.zone))
    if searched and searched > midnight:
        reminders.set_searched(tx.db, midnight)
