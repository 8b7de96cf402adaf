"""What the author of a dialog sees: a chat that can be asked, told, and asked to confirm.

A dialog is a plain coroutine that is run from the top at every message. `ask` returns the answer already given under
that name, or stops the run at the first question nobody has answered. So there is one rule for authors: **a dialog
asks, says, reads and returns; it changes nothing.** What it returns its `save` writes, in the turn's transaction.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from bot.corrections import read_corrections
from bot.labels import fold, pick
from bot.message import Choice, Message, Said
from bot.picked import Choose
from bot.questions import CANCEL, Done, More, NoLongerFits, NotTaken, NotUnderstood, Question
from bot.text import Text, lines
from storage.database import Connection
from storage.dialogs import Step
from storage.people import Person

if TYPE_CHECKING:
    from bot.settling import Settling

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")

MOST_STEPS = 200
EVERYONE = frozenset({"operator", "coordinator", "supervisor", "facilitator", "tksk"})
STRANGERS = frozenset({"stranger"})

ASK_AGAIN: dict[str, bool] = {"ask": True}
"""The mark of a forgotten answer: it also outranks an answer that the dialog knows by itself."""

EDITING = "edit"
"""The half-made answer of a confirmation whose person is choosing what to change."""

FILLING = "fill"
"""The half-made answer of a confirmation whose person is choosing what to fill in."""

SURE = "sure"
"""The half-made answer of a confirmation whose person said yes and must type a phrase to make sure."""


def is_open(kept: Any) -> bool:
    """Say whether a kept answer is the mark of a forgotten one; `was` in it is what Kembali brings back."""
    return isinstance(kept, dict) and kept.get("ask") is True


class Reader(Protocol):
    """Reads one snapshot of the store: `await read(groups_of, person.id)`."""

    async def __call__(
        self, fn: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T: ...


class Files(Protocol):
    """Keeps and opens files by the digest of their bytes: keeping one twice changes nothing.

    What is lent, to be sent, is there for a month.
    """

    async def keep(self, content: bytes, type: str, /) -> str: ...

    async def lend(self, content: bytes, type: str, /) -> str: ...

    async def open(self, digest: str, /) -> bytes: ...


@dataclass(frozen=True)
class Dialog(Generic[R]):
    """Something people can do: `run` asks for it, `save` writes it; `title` names it to people.

    `steps` is how many questions it usually asks. Raise `edition` when old answers must not be trusted any more.
    `forgets` blanks what is said in it, in the inbox too: nothing is to tell who said what it saves.
    """

    name: str
    title: str
    run: Callable[["Chat", Reader], Awaitable[R]]
    save: Callable[["Settling", R], None]
    roles: frozenset[str] = EVERYONE
    steps: int = 0
    edition: int = 1
    forgets: bool = False


class Refused(Exception):
    """What was asked for must not be done; the text tells the person why and what to do next."""


class DuplicateStep(Exception):
    """A dialog asked two questions under one name: a bug, said at once."""


class EndlessDialog(Exception):
    """A dialog asked more than MOST_STEPS questions in one run."""


class Waiting(BaseException):
    """Stops a dialog at its first unanswered question; a BaseException so `except Exception` cannot swallow it."""

    def __init__(
        self, step: Step, prompt: Message, *, partial: Any = None, missed: bool = False, counts: bool = True
    ) -> None:
        super().__init__(step)
        self.step = step
        self.prompt = prompt
        self.partial = partial
        self.missed = missed
        self.fits = False  # what was said is an answer, though it could not be taken: it means nothing else
        self.counts = counts  # whether a number means a choice


class Again(BaseException):
    """Asks for a new run in which `step` has this answer, or is asked anew, starting from `partial`."""

    def __init__(self, step: Step, *, answer: Any = ASK_AGAIN, partial: Any = None) -> None:
        super().__init__(step)
        self.step = step
        self.answer = answer
        self.partial = partial


@dataclass(frozen=True, slots=True)
class Answered:
    """A question on the path just run, as a summary shows it."""

    step: Step
    label: str
    shown: str
    question: Question[Any]
    asked: bool
    empty: bool  # left out, so far


@dataclass
class Chat:
    """One run of a dialog. `today` and `now` stand still during the run; `arg` is what it was opened with."""

    person: Person | None
    chat: str
    now: datetime
    today: date
    zone: str
    arg: str = ""
    sender: str = ""
    phone: str = ""  # the sender's, where the channel vouches for it unasked
    files: Files | None = None
    answers: dict[Step, Any] = field(default_factory=dict)
    offered_to: Step | None = None
    said: Said | None = None
    partial: Any = None
    path: list[Answered] = field(default_factory=list)
    _lines: list[str | Text] = field(default_factory=list)

    @property
    def me(self) -> Person:
        """The person, in a dialog that strangers cannot open."""
        assert self.person is not None
        return self.person

    def say(self, line: str | Text) -> None:
        """Say a line above the next question."""
        self._lines.append(line)

    async def ask(
        self, key: str, question: Question[T], *, about: object = "", label: str = "", given: object = None
    ) -> T:
        """Return the answer to the question named `key`.

        `about` names what the answer depends on: when it changes, the answer is asked for anew. `label` names the
        answer in the summary; without one it cannot be changed from there. `given` is an answer known beforehand, as
        it is kept.
        """
        step = (key, str(about))
        if any(before.step == step for before in self.path):
            raise DuplicateStep(key)
        if len(self.path) >= MOST_STEPS:
            raise EndlessDialog(key)
        echo = self._take_answer(step, question, label)
        known = step not in self.answers and given is not None
        kept = given if known else self.answers.get(step, ASK_AGAIN)
        if is_open(kept):
            raise self._wait(step, question)
        try:
            value = question.load(kept)
        except NoLongerFits as why:
            self.answers.pop(step, None)
            raise self._wait(step, question, hint="" if known else str(why)) from None
        self._lines.clear()
        if echo:
            self.say(f"{echo}: {question.show(value)}")
        self.path.append(Answered(step, label, question.show(value), question, not known, value is None))
        return value

    async def confirm(
        self,
        summary: str | Text,
        yes: str = "Simpan",
        *,
        also: Mapping[str, str] | None = None,
        fill: str = "",
        sure: tuple[str, str] | None = None,
        key: str = "confirm",
    ) -> None:
        """Return once the person said yes to exactly this summary; offer to change one answer or to leave.

        `also` offers to add to an optional answer: its key and the words for it; something sent that fits that question
        is added at once. Without a `yes` there is nothing to say yes to yet: what can be changed is offered at once.
        `fill` offers, in these words, what was left out, and Ubah then the rest; what is sent and
        fits something left out fills it. Lines like "Tempat: Aula" correct the answers of these labels at once.
        `sure` is a phrase that must be typed after the yes, and the prompt that asks for it. The yes is never kept: it
        is part of the turn that saves.
        """
        about = hashlib.sha256(Text.of(summary).plain.encode()).hexdigest()[:12]
        also = also or {}
        step = (key, about)
        more = {f"also-{one}": words for one, words in also.items()}
        empty = [one for one in self.path if one.label and one.empty and fill]
        edit = {FILLING: fill} if empty else {}
        edit |= {EDITING: "Ubah"} if any(one.label for one in self.path) else {}
        offered = {**({"yes": yes} if yes else {}), **more, **edit, CANCEL.id: CANCEL.label}
        question = Choose(Text.of(summary), offered, str)
        said, self.said = self.said, None
        if step != self.offered_to:
            raise self._wait(step, question) if yes else self._edit(step, None, empty, EDITING, summary)
        if self.partial != SURE and said is not None and said.kind == "text":
            self._correct(step, said)
        if self.partial in (EDITING, FILLING) or not yes:
            raise self._edit(step, said, empty, self.partial or EDITING, "" if yes else summary)
        if sure and self.partial == SURE:
            phrase, asks = sure
            if said is not None and said.kind == "text" and fold(said.text) == fold(phrase):
                return
            raise Waiting(step, Message(Text.of(asks)), partial=SURE, missed=said is not None)
        if said is None:
            raise self._wait(step, question)
        chosen, why = pick(question.choices(None), said), ""
        if chosen in (EDITING, FILLING):
            raise self._edit(step, None, empty, chosen)
        for one in self.path:
            if chosen == f"also-{one.step[0]}":
                # Photos are added to those that are there; what was typed is typed anew.
                kept = self.answers.get(one.step)
                raise Again(one.step, partial=kept if isinstance(kept, list) else None)
            if chosen is None and (one.step[0] in also or one in empty) and said.kind != "text":
                why = self._add(one, said) or why
            if chosen is None and _names(said, one):
                raise Again(one.step)
        if chosen != "yes":
            hint = why or f"Mohon pilih {', '.join((yes, *more.values(), *edit.values()))} atau Batal."
            raise self._wait(step, question, hint=hint, missed=True)
        if sure:
            # A tap is answered on the card itself: what is to be sure of must not vanish from it.
            stays = [summary] if said.kind == "tap" else []
            raise Waiting(step, Message(lines([*stays, sure[1]])), partial=SURE)

    def _take_answer(self, step: Step, question: Question[Any], label: str) -> str:
        """Offer what was said to the question it was meant for; return the words that introduce what was read."""
        if step != self.offered_to or self.said is None or not is_open(self.answers.get(step, ASK_AGAIN)):
            return ""
        said, self.said = self.said, None
        try:
            outcome = question.read(said, self.partial)
        except NotUnderstood as why:
            pause = self._wait(step, question, hint=str(why), missed=True)
            pause.fits = isinstance(why, NotTaken)
            raise pause from None
        if isinstance(outcome, More):
            self.partial = outcome.partial
            raise self._wait(step, question, instead=outcome.prompt)
        self.answers[step] = outcome.value
        return (label or "Saya baca") if question.echoes and said.kind == "text" else ""

    def _add(self, one: Answered, said: Said) -> str:
        """Take something sent at the confirmation as an addition to an optional answer; if it does not fit, say why."""
        try:
            outcome = one.question.read(said, self.answers.get(one.step))
        except NotUnderstood as why:
            return str(why) if isinstance(why, NotTaken) else ""
        raise Again(one.step, answer=outcome.value if isinstance(outcome, Done) else outcome.partial)

    def _correct(self, step: Step, said: Said) -> None:
        """Take typed lines like "Tempat: Aula" as the answers of these labels, all of them or none."""
        answers: dict[Step, Any] = {}
        for one, text in read_corrections(said.text, {one.label: one for one in self.path if one.label}):
            try:
                outcome = one.question.read(replace(said, text=text), None)
            except NotUnderstood as why:
                hint = str(why) if str(why).startswith(one.label) else f"{one.label}: {why}"
                raise Waiting(step, Message(Text.of(hint)), partial=self.partial, missed=True) from None
            if isinstance(outcome, More) and isinstance(outcome.partial, dict):
                self.answers |= answers
                raise Again(one.step, partial=outcome.partial)  # it has a question of its own
            answers[one.step] = outcome.value if isinstance(outcome, Done) else outcome.partial
        if answers:
            last, answer = answers.popitem()
            self.answers |= answers
            raise Again(last, answer=answer)

    def _edit(
        self, step: Step, said: Said | None, empty: list[Answered], mode: str, above: str | Text = ""
    ) -> BaseException:
        """Ask which answer to change, or which of those left out to fill in."""
        if mode == FILLING and said is not None and said.kind not in ("text", "tap"):
            for one in empty:
                self._add(one, said)
        labelled = [one for one in self.path if one.label]
        offered = empty if mode == FILLING else [one for one in labelled if one not in empty]
        choices = tuple(Choice(f"e{number}", one.label) for number, one in enumerate(offered))
        chosen = pick(choices, said) if said else None
        if chosen is not None:
            return Again(offered[int(chosen[1:])].step)
        # Typed out, any of them is meant, whichever list it stands in.
        for one in labelled:
            if said and _names(said, one):
                return Again(one.step)
        hint = "Mohon pilih salah satu, atau ketik nomornya." if said else ""
        asks = "Ubah yang mana?"
        if mode == FILLING:
            asks = f"Lengkapi yang mana? Bisa juga langsung diketik, misalnya:\n{offered[0].label}: …"
        return Waiting(step, Message(lines([hint or above, asks]), choices), partial=mode, missed=bool(said))

    def _wait(
        self, step: Step, question: Question[Any], *, hint: str = "", instead: str = "", missed: bool = False
    ) -> Waiting:
        partial = self.partial if step == self.offered_to else None
        # After a miss the hint stands alone: the question, and what was said above it, are still on the screen.
        asked = lines([*([] if instead else self._lines), hint, instead or question.says(partial)])
        text = Text.of(hint) if missed else asked
        prompt = Message(text, question.choices(partial), ask=question.ask)
        return Waiting(step, prompt, partial=partial, missed=missed, counts=question.counts)


def _names(said: Said, one: Answered) -> bool:
    """Say whether the label of an answer was typed, and nothing else."""
    return said.kind == "text" and one.label != "" and fold(one.label) == fold(said.text)
