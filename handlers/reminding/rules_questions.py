"""The questions by which the rules of reminders are changed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import time

from bot.chat import Chat, Refused
from bot.picked import choose
from bot.questions import NotUnderstood, or_skip
from bot.reminder_hours import RESTS, Hours
from bot.text import bold, lines
from bot.typed import Typed, a_number, a_time, words
from handlers.reminding.rules_in_words import OBJECTS, REST_WORDS, hour_lines, rule_label, rule_line, when_line
from storage.lead_times import LeadTime


async def ask_rule(chat: Chat, every: Sequence[LeadTime]) -> tuple[str, LeadTime]:
    """Ask which rule is to be changed, and to what; return what of it, and the rule as it then is."""
    abouts = [one for one in OBJECTS if any(rule.object == one for rule in every)]
    which = choose("Pengingat yang mana?", {one: one for one in abouts}, OBJECTS.__getitem__)
    about = await chat.ask("object", which)
    some = {one.rule: one for one in every if one.object == about}
    only = next(iter(some)) if len(some) == 1 else None
    rule = await chat.ask("rule", choose(f"{OBJECTS[about]}: yang mana?", some, rule_label), given=only, about=about)
    switch = "Matikan" if rule.active else "Nyalakan"
    how = {"time": "Ubah waktunya", "switch": switch, "words": "Kalimat tambahan"}
    asked = choose(f"{rule_line(rule)}. Ubah apa?", {one: one for one in how}, how.__getitem__)
    chosen = await chat.ask("how", asked, about=rule.rule)
    if chosen == "switch":
        new = replace(rule, active=not rule.active)
    elif chosen == "words":
        ask = or_skip(words("Kalimat apa yang ditambahkan pada kartunya? Lewati kalau tidak ada.", least=3, most=200))
        own_words = await chat.ask("words", ask, label="Kalimat", about=rule.rule)
        new = replace(rule, words=own_words or "")
    else:
        question, given = _lead_question(rule)
        new = given(await chat.ask("lead", question, label="Waktu", about=rule.rule))
    own = [f"Kalimat tambahan: {new.words}"] if new.words else []
    was = f"Sekarang: {when_line(rule)}" if chosen == "time" else ""
    await chat.confirm(lines([bold("Pengingat"), rule_line(new), was, *own]))
    return chosen, new


def _lead_question(rule: LeadTime) -> tuple[Typed[int], Callable[[int], LeadTime]]:
    if rule.object == "ended":
        return a_number("Berapa menit sesudah selesai? 0 berarti saat itu juga.", 0, 240), (
            lambda number: replace(rule, minutes=number)
        )
    if rule.minutes is not None:
        return a_number("Berapa jam sebelumnya?", 1, 12), lambda number: replace(rule, minutes=number * 60)
    after = (rule.days or 0) < 0
    least, of = (0, " batas laporan") if rule.object == "month" else (1, "nya")
    return a_number(f"Berapa hari {'sesudah' if after else 'sebelum'}{of}?", least, 14), (
        lambda number: replace(rule, days=-number if after else number)
    )


async def ask_hours(chat: Chat, what: str, hours: Hours) -> Hours:
    """Ask for one of the hours; return all of them as they then are."""
    if what == "hour":
        at = a_time("Pukul berapa kartu harian dikirim?", chat.zone, [time(6, 30), time(7), time(8)])
        new = replace(hours, daily=await chat.ask("daily", _outside(at, hours), label="Jam kartu harian"))
    elif what == "quiet":
        start = a_time("Jam tenang mulai pukul berapa?", chat.zone, [time(20), time(21), time(22)])
        end = a_time("Sampai pukul berapa?", chat.zone, [time(5), time(6), time(7)])
        new = replace(
            hours,
            quiet_from=await chat.ask("from", start, label="Mulai"),
            quiet_to=await chat.ask("to", end, label="Sampai"),
        )
        if new.are_quiet_at(new.daily):
            raise Refused(f"Kartu harian dikirim pukul {new.daily:%H.%M}, jadi tidak bisa di dalam jam tenang.")
    elif what == "own":
        start = a_time("Jam tenang pribadi paling awal mulai pukul berapa?", chat.zone, [time(18), time(19), time(20)])
        end = a_time("Paling akhir selesai pukul berapa?", chat.zone, [time(8), time(9), time(10)])
        new = replace(
            hours,
            own_from=await chat.ask("own-from", start, label="Mulai"),
            own_to=await chat.ask("own-to", end, label="Sampai"),
        )
        if not new.allow(new.own_from, new.own_to):
            raise Refused(f"Batasnya harus memuat jam tenang kantor, {hour_lines(hours)[1].partition(': ')[2]}.")
    elif what == "rest":
        ask = choose("Kapan tagihan dan pengingat laporan tidak dikirim?", {one: one for one in RESTS}, _rest_label)
        new = replace(hours, rest=await chat.ask("rest", ask, label="Hari tanpa tagihan"))
    else:
        ask_day = a_number("Paling lambat tanggal berapa laporan sebulan dicatat? 31 berarti akhir bulan.", 1, 31)
        new = replace(hours, deadline=await chat.ask("deadline", ask_day, label="Batas laporan"))
    await chat.confirm(lines([bold("Pengingat"), *hour_lines(new)]))
    return new


def _rest_label(rest: str) -> str:
    words = REST_WORDS[rest]
    return words[0].upper() + words[1:]


def _outside(question: Typed[time], hours: Hours) -> Typed[time]:
    """Take no hour at which nobody is to be disturbed."""
    read = question.reader

    def check(text: str) -> time:
        at = read(text)
        if hours.are_quiet_at(at):
            raise NotUnderstood(f"Itu di dalam jam tenang, {hour_lines(hours)[1].partition(': ')[2]}.")
        return at

    return replace(question, reader=check)
