"""The question when an announcement is to leave: a day and a time, typed together or one after the other."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bot import dates
from bot.clock import from_utc_text, utc_text
from bot.labels import number_typed, pick
from bot.message import Choice, Said
from bot.questions import Done, More, NoLongerFits, NotUnderstood, Question
from bot.text import Text

DAYS = (("Besok", 1), ("Lusa", 2))
TIMES = (time(7), time(8), time(13), time(16))
EXAMPLE = "Contoh: besok jam 08.00, Kamis 14.30."
PROMPT = Text.of(f"Dikirim kapan? {EXAMPLE} Lewati untuk kirim tanpa jadwal.")


@dataclass(frozen=True)
class SendTime(Question[datetime]):
    """A moment between now and the beginning of the event; kept as UTC ISO text."""

    now: datetime
    before: datetime
    zone: str
    prompt: Text = PROMPT
    echoes: bool = True

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        if partial:
            return tuple(Choice(f"t{at:%H%M}", f"{at:%H.%M}") for at in TIMES if self._fits(self._at(partial, at)))
        return tuple(Choice(f"d{days}", label) for label, days in DAYS)

    def says(self, partial: Any) -> Text:
        if not partial:
            return self.prompt
        return Text.of(f"{dates.show_day(date.fromisoformat(partial['day']))}, pukul berapa?")

    def read(self, said: Said, partial: Any) -> Done | More:
        tapped = pick(self.choices(partial), said) if number_typed(said) is None else None
        if partial:
            at = time.fromisoformat(f"{tapped[1:3]}:{tapped[3:]}") if tapped else self._time(said.text)
            return self._done(self._at(partial, at))
        today = dates.local(self.now, self.zone).date()
        if tapped:
            return More({"day": (today + timedelta(days=int(tapped[1:]))).isoformat()})
        try:
            day, rest = dates.find_day(said.text, today, prefer="future")
            at_found, _ = dates.find_time(rest)
        except (dates.NotADate, dates.NotATime) as why:
            raise NotUnderstood(str(why)) from why
        if day is None and at_found is None:
            raise NotUnderstood(f"Mohon ketik hari dan jamnya. {EXAMPLE}")
        if at_found is None:
            assert day is not None
            return More({"day": day.isoformat()})
        return self._done(dates.to_utc(day or today, at_found, self.zone))

    def load(self, kept: Any) -> datetime:
        moment = from_utc_text(kept)
        if not self._fits(moment):
            raise NoLongerFits(self._why_not(moment))
        return moment

    def show(self, value: datetime) -> str:
        return dates.show_moment(value, self.zone)

    def _time(self, text: str) -> time:
        try:
            return dates.read_time(text)
        except dates.NotATime as why:
            raise NotUnderstood(str(why)) from why

    def _at(self, partial: Any, at: time) -> datetime:
        return dates.to_utc(date.fromisoformat(partial["day"]), at, self.zone)

    def _done(self, moment: datetime) -> Done:
        if not self._fits(moment):
            raise NotUnderstood(self._why_not(moment))
        return Done(utc_text(moment))

    def _fits(self, moment: datetime) -> bool:
        return self.now < moment < self.before

    def _why_not(self, moment: datetime) -> str:
        if moment <= self.now:
            return f"{self.show(moment)} sudah lewat. {EXAMPLE}"
        return f"Harus sebelum kegiatan dimulai, {self.show(self.before)}. {EXAMPLE}"
