"""The question who was absent: by member number, or, where the list is not at hand, how many of each reason."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.labels import pick
from bot.message import Choice, Said
from bot.questions import Done, More, NoLongerFits, NotUnderstood, Question
from bot.text import Text
from handlers.meetings.absences import EXAMPLE, WORDS, Absences, read_absences, show_absent
from storage.meetings import REASONS, Meeting, Reason

EVERYONE = Choice("all", "Semua hadir")
BY_COUNT, BY_NUMBER = Choice("count", "Jumlah orang"), Choice("number", "Nomor anggota")

_COUNTING = "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh"
_DIGITS = {word: number for number, word in enumerate(_COUNTING.split(), 1)}
MOST_TYPED = 2_000  # characters: 99 members with a word for each take 1,000
_UNIT = r"(?:orang|org|anggota|peserta|kpm|ibu)\b"
_SPELLED: dict[str, Reason] = {
    **dict.fromkeys(("sakit", "skt"), "sick"),
    **dict.fromkeys(("izin", "ijin", "izn"), "excused"),
    **dict.fromkeys(("alpa", "alfa", "alpha", "absen"), "absent"),
}
_WORD = rf"(?:{'|'.join(_SPELLED)}|tanpa\s+(?:keterangan|kabar)|(?:tidak|tdk|tak|gak|ga|nggak)\s+(?:hadir|datang))\b"
# Nothing is given back: "hadir 3" and 64,000 spaces would be tried in every split of them.
_CLAUSE = re.compile(
    rf"(?P<n1>\d++)\s*+(?:(?P<u1>{_UNIT})\s*+)?(?:yang\s++|yg\s++)?(?P<w1>{_WORD})"
    rf"|(?P<w2>{_WORD})\s*+(?:ada\b)?[\s:=]*+(?P<n2>\d++)\b\s*+(?P<u2>{_UNIT})?"
    rf"|(?P<n3>\d++)\s*+(?P<u3>{_UNIT})"
)
_PRESENT = re.compile(
    rf"(?:yang\s++)?hadir\s++(\d++)\s*+(?:{_UNIT}\s*+)?(?:dari\s++(\d++)\s*+(?:{_UNIT}\s*+)?)?[.\s]*+"
)
_BETWEEN = re.compile(r"(?:[\s,;.&+]|\b(?:dan|serta|yang|yg|ada|hanya|cuma)\b)*+")


@dataclass(frozen=True, slots=True)
class Away:
    """Who was absent: how many of each reason, and which member numbers where that was told."""

    counts: Mapping[Reason, int] = field(default_factory=dict)
    numbers: Absences = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many were absent."""
        return sum(self.counts.values())

    def fits(self, members: Sequence[int]) -> bool:
        """Say whether a group of these member numbers can have been without them."""
        return self.total <= len(members) and all(number in members for number in self.numbers)

    def show(self) -> str:
        """Write "sakit no. 3, izin no. 7", or "sakit 2 orang"; "" when nobody was absent."""
        if self.numbers:
            return show_absent(self.numbers)
        return ", ".join(f"{WORDS[one]} {self.counts[one]} orang" for one in REASONS if self.counts.get(one))


def by_number(numbers: Absences) -> Away:
    """Count the members that were named."""
    reasons = list(numbers.values())
    return Away({one: reasons.count(one) for one in REASONS if one in reasons}, numbers)


def away_of(meeting: Meeting) -> Away:
    """Return who was absent from a meeting that was held."""
    counts: dict[Reason, int] = {"sick": meeting.sick, "excused": meeting.excused, "absent": meeting.absent}
    return Away({reason: count for reason, count in counts.items() if count}, meeting.absences)


def show_attendance(members: int, away: Away) -> str:
    """Write "Hadir 15 dari 18 (sakit no. 3, izin no. 7, alpa no. 12)"."""
    present = f"Hadir {members - away.total} dari {members}"
    return f"{present} ({away.show()})" if away.total else present


@dataclass(frozen=True, slots=True)
class WhoWasAbsent(Question[Away]):
    """Who of the member `numbers` was absent; kept as [[3, "sick"], …], or as {"counts": {"sick": 2}}."""

    numbers: Sequence[int]
    prompt: Text
    echoes: bool = False  # the summary that follows shows it in full
    counts: bool = False  # a number is a member

    def says(self, partial: Any) -> Text:
        return Text.of(_which(partial["text"])) if isinstance(partial, dict) else self.prompt

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        return (BY_COUNT, BY_NUMBER) if isinstance(partial, dict) else (EVERYONE,)

    def read(self, said: Said, partial: Any) -> Done | More:
        if isinstance(partial, dict) and (meant := pick(self.choices(partial), said)):
            text = str(partial["text"])
            if meant == BY_COUNT.id:
                return Done(keep(Away(_counts(text)[0])))
            return Done(keep(by_number(read_absences(text, self.numbers))))
        # A number is a member here, never the number of the only choice.
        if said.kind == "tap" and pick((EVERYONE,), said):
            return Done(keep(Away()))
        if said.kind != "text":
            raise NotUnderstood(f"Mohon ketik nomor yang tidak hadir. {EXAMPLE}")
        away = read_away(said.text, self.numbers)
        if away is None:
            return More({"stage": "meant", "text": said.text}, _which(said.text))
        return Done(keep(away))

    def load(self, kept: Any) -> Away:
        if isinstance(kept, dict):
            away = Away({reason: int(kept["counts"][reason]) for reason in REASONS if reason in kept["counts"]})
            if away.total > len(self.numbers):
                raise NoLongerFits(
                    f"Anggota kelompok ini {len(self.numbers)}. Mohon ketik lagi siapa yang tidak hadir."
                )
            return away
        if any(number not in self.numbers for number, _ in kept):
            raise NoLongerFits(f"Anggota kelompok ini {len(self.numbers)}. Mohon ketik lagi siapa yang tidak hadir.")
        return by_number(dict(kept))

    def show(self, value: Away) -> str:
        return show_attendance(len(self.numbers), value)


def who_was_absent(numbers: Sequence[int], group: str = "") -> WhoWasAbsent:
    """Ask who was absent. Names stay on the facilitator's paper list: only numbers are typed."""
    whose = f" Kelompok {group}" if group else ""
    return WhoWasAbsent(
        numbers,
        Text.of(
            f"Siapa yang tidak hadir dari {len(numbers)} anggota{whose}? Ketik nomornya di daftar Bapak/Ibu, tanpa "
            f"nama. {EXAMPLE}"
        ),
    )


def who(numbers: Sequence[int]) -> WhoWasAbsent:
    """Ask the same in short, under a card that has named the group."""
    return WhoWasAbsent(
        numbers, Text.of("Siapa? Ketik nomornya, misalnya 3s 7i 12 (s sakit, i izin, tanpa huruf alpa).")
    )


def keep(away: Away) -> Any:
    """Write who was absent as an answer is kept."""
    if away.counts and not away.numbers:
        return {"counts": dict(away.counts)}
    return [[number, reason] for number, reason in sorted(away.numbers.items())]


def read_away(text: str, numbers: Sequence[int]) -> Away | None:
    """Read numbers or counts; None where "2 sakit" may be either. Raises NotUnderstood."""
    if len(text) > MOST_TYPED:
        raise NotUnderstood(f"Terlalu panjang. Mohon ketik nomor yang tidak hadir saja. {EXAMPLE}")
    if (present := _PRESENT.fullmatch(text.strip().casefold())) is not None:
        came, whole = (int(number[:4]) if number else len(numbers) for number in present.groups())
        if came > len(numbers) or whole != len(numbers):
            raise NotUnderstood(f"Anggota kelompok ini {len(numbers)}. {EXAMPLE}")
        missing = len(numbers) - came
        return Away({"absent": missing} if missing else {})
    counts, sure = _counts(text)
    if counts and sum(counts.values()) <= len(numbers):
        return Away({reason: count for reason, count in counts.items() if count}) if sure else None
    if counts and sure:
        raise NotUnderstood(f"Yang tidak hadir {sum(counts.values())}, padahal anggotanya {len(numbers)}. {EXAMPLE}")
    return by_number(read_absences(text, numbers))


def _counts(text: str) -> tuple[dict[Reason, int], bool]:
    """Read how many of each reason; whether it can mean nothing else, for it says "orang" of one. Nothing if not so."""
    rest = text.casefold().replace("seorang", "1 orang")
    rest = re.sub(rf"\b({'|'.join(_DIGITS)})\b", lambda found: str(_DIGITS[found[0]]), rest)
    counts: dict[Reason, int] = {}
    sure, at = False, _end(rest, 0)
    while at < len(rest):
        found = _CLAUSE.match(rest, at)
        if found is None:
            return {}, False
        word = found["w1"] or found["w2"] or ""
        reason = _SPELLED.get(word, "absent")
        if reason in counts:
            return {}, False
        counts[reason] = int((found["n1"] or found["n2"] or found["n3"])[:4])
        sure = sure or bool(found["u1"] or found["u2"] or found["u3"])
        at = _end(rest, found.end())
    return counts, sure


def _end(text: str, at: int) -> int:
    between = _BETWEEN.match(text, at)
    return between.end() if between else at


def _which(text: str) -> str:
    return f"“{text[:40].strip()}”: itu jumlah orangnya, atau nomor anggotanya?"
